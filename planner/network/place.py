"""The map of a place asked for by name, from the public servers of OpenStreetMap.

OSMnx finds the place. The map comes as raw OpenStreetMap data, not as an OSMnx graph, which would
leave out turn restrictions, barriers, buildings and everything else that a plan needs.
"""

from __future__ import annotations

import re
import time
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.errors import InputError, NetworkError
from planner.network.extent import METRES_A_DEGREE
from planner.network.formats import Kind, format_of
from planner.network.places import KEYS
from planner.network.transit import STOP_NODES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shapely.geometry.base import BaseGeometry

    from planner.network.extent import Bounds

TILE_M = 7_000.0
"""Widest side of what is asked for at once, about 50 km2: some 100 MB in a dense city (assumption)."""
MOST_TILES = 60
"""More would burden public servers and take an hour; a file is the better way (assumption)."""
PAUSE_S = 2.0
TRIES = 3
BUSY = frozenset({429, 502, 503, 504})
"""HTTP answers of a server that may have time later."""
BY_FILE = (
    "Download a .osm.pbf extract of the area (for example from download.geofabrik.de or "
    "extract.bbbike.org) and give that file: planner init city.osm.pbf."
)
_DATE = re.compile(rb'osm_base="([0-9T:Z-]{20})"')
_ROADS = ('way["highway"]', 'way["route"="ferry"]')


def fetch_place(
    place: str,
    folder: Path,
    *,
    within: Bounds | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Path:
    """Download the map of a place; return the file, an OSM extract in ``folder``.

    Parameters
    ----------
    place
        A name that Nominatim knows, such as "Portland, Oregon".
    within
        West, south, east, north in degrees: only this part of it.
    tell
        Told in words what is about to be asked for.

    Raises
    ------
    InputError
        OSMnx is not installed, the name is not found or names too large a place.
    NetworkError
        The servers cannot be reached or do not answer.
    """
    osmnx = _osmnx()
    tell(f"Looking for {place}")
    tiles = list(_tiles(_outline(osmnx, place), within))
    if not tiles:
        raise InputError(f"The box does not touch {place!r}; check the order of its numbers.")
    if len(tiles) > MOST_TILES:
        msg = f"{place!r} is too large to be asked for ({len(tiles)} parts). {BY_FILE}"
        raise InputError(msg)
    parts = []
    for number, box in enumerate(tiles, 1):
        tell(f"Downloading part {number} of {len(tiles)}")
        parts.append(_download(osmnx, _question(box), folder / f"part-{number}.osm"))
        if number < len(tiles):
            time.sleep(PAUSE_S)
    stem = re.sub(r"\W+", "_", place.lower()).strip("_")[:60] or "place"
    return _merged(parts, folder / f"{stem}.osm.pbf")


def _osmnx() -> ModuleType:
    try:
        import osmnx
    except ImportError as error:
        msg = f"--place needs OSMnx: pip install 'planner[online]'. Or without it: {BY_FILE}"
        raise InputError(msg) from error
    module: ModuleType = osmnx
    return module


def _outline(osmnx: ModuleType, place: str) -> BaseGeometry:
    import requests

    kept = osmnx.settings.use_cache
    # The cache would leave a folder behind wherever the command was typed.
    osmnx.settings.use_cache = False
    try:
        found = osmnx.geocode_to_gdf(place)
    except requests.RequestException as error:
        raise NetworkError(_offline(error)) from error
    except (ValueError, TypeError, KeyError) as error:
        msg = f"No place with an outline is called {place!r} ({error}); add the region or country."
        raise InputError(msg) from error
    finally:
        osmnx.settings.use_cache = kept
    outline: BaseGeometry = found.geometry.iloc[0]
    return outline


def _offline(error: Exception) -> str:
    return (
        "The servers of OpenStreetMap cannot be reached; is this machine offline? "
        f"({type(error).__name__}) {BY_FILE}"
    )


def _tiles(outline: BaseGeometry, within: Bounds | None) -> Iterator[Bounds]:
    """Yield boxes that cover an outline, none wider or higher than ``TILE_M``."""
    import shapely

    area = outline if within is None else shapely.intersection(outline, shapely.box(*within))
    if area.is_empty:
        return
    west, south, east, north = area.bounds
    middle = np.cos(np.radians((south + north) / 2))
    across = max(1, int(np.ceil((east - west) * METRES_A_DEGREE * middle / TILE_M)))
    up = max(1, int(np.ceil((north - south) * METRES_A_DEGREE / TILE_M)))
    xs, ys = np.linspace(west, east, across + 1), np.linspace(south, north, up + 1)
    for j in range(up):
        for i in range(across):
            box = (float(xs[i]), float(ys[j]), float(xs[i + 1]), float(ys[j + 1]))
            if area.intersects(shapely.box(*box)):
                yield box


def _question(box: Bounds) -> str:
    """Return what is asked of Overpass: roads, their turn restrictions, and what is beside them."""
    west, south, east, north = (f"{value:.6f}" for value in box)
    things = "".join(f'nwr["{key}"];' for key in KEYS)
    things += "".join(f'node["{key}"="{value}"];' for key, value in STOP_NODES)
    return (
        f"[out:xml][timeout:180][bbox:{south},{west},{north},{east}];"
        f"({';'.join(_ROADS)};)->.roads;"
        'rel(bw.roads)["type"="restriction"]->.rules;'
        f"({things})->.things;"
        "(.roads;.rules;.things;);(._;>;);out body;"
    )


def _download(osmnx: ModuleType, question: str, target: Path) -> Path:
    """Ask Overpass once or, while it is busy, a few times; the answer is a whole OSM file."""
    import requests

    settings = osmnx.settings
    url = f"{settings.overpass_url.rstrip('/')}/interpreter"
    more: dict[str, Any] = {
        "headers": {"User-Agent": settings.http_user_agent},
        **settings.requests_kwargs,
    }
    for attempt in range(TRIES):
        try:
            with requests.post(
                url, data={"data": question}, stream=True, timeout=settings.requests_timeout, **more
            ) as answer:
                if answer.status_code in BUSY and attempt + 1 < TRIES:
                    time.sleep(PAUSE_S * 10 * (attempt + 1))
                    continue
                answer.raise_for_status()
                with target.open("wb") as file:
                    for piece in answer.iter_content(1 << 20):
                        file.write(piece)
        except requests.HTTPError as error:
            msg = f"The map server refused or is busy ({error}); try again later. {BY_FILE}"
            raise NetworkError(msg) from error
        except requests.RequestException as error:
            raise NetworkError(_offline(error)) from error
        break
    _refuse_broken(target)
    return target


def _refuse_broken(answer: Path) -> None:
    """Refuse an answer that is no map, or that ended early, which Overpass tells in a remark."""
    if format_of(answer).kind is not Kind.XML:
        raise NetworkError(f"The map server sent no map; try again later. {BY_FILE}")
    with answer.open("rb") as file:
        file.seek(max(0, answer.stat().st_size - 2_000))
        said = re.search(rb"<remark>(.*?)</remark>", file.read(), re.DOTALL)
    if said:
        words = said[1].decode("utf-8", "replace").strip()
        raise NetworkError(f"The map server gave up ({words}); try a smaller place. {BY_FILE}")


def _merged(parts: list[Path], target: Path) -> Path:
    import osmium

    header = osmium.io.Header()
    dates = [found[1] for part in parts if (found := _DATE.search(_start(part)))]
    if dates:
        header.set("osmosis_replication_timestamp", min(dates).decode())
    reader = osmium.MergeInputReader()
    for part in parts:
        reader.add_file(str(part))
    with osmium.SimpleWriter(str(target), header=header) as writer:
        reader.apply(writer, simplify=True)
    for part in parts:
        part.unlink()
    return target


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(2_000)
