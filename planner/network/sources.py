"""One door to every file that roads come from."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from planner.network.clip import clipped
from planner.network.dimacs import read_dimacs
from planner.network.formats import OSM, Kind, format_of
from planner.network.graphml import read_graphml
from planner.network.osm import read_extract
from planner.network.places import no_places, read_places

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from planner.network.osm import Extract
    from planner.network.places import Bounds, Places

_READERS: Mapping[Kind, Callable[[Path], Extract]] = {
    Kind.GRAPHML: read_graphml,
    Kind.DIMACS: read_dimacs,
}


class About(NamedTuple):
    """What to say of a source: what it cannot tell, "" for nothing; whom to credit."""

    lack: str
    credit: str


OSM_CREDIT = "© OpenStreetMap contributors (ODbL)"
ABOUT: Mapping[Kind, About] = MappingProxyType({
    **{kind: About("", OSM_CREDIT) for kind in OSM},
    Kind.GRAPHML: About(
        "An OSMnx graph tells no turn restrictions, barriers, buildings or places: a .osm.pbf file "
        "of the same area makes a better plan.",
        OSM_CREDIT,
    ),
    Kind.DIMACS: About(
        "A DIMACS graph tells no street names, access, turn restrictions, buildings or places, and "
        "its speeds are assumed: it serves to try the program, not to plan a day.",
        "a DIMACS graph, not OpenStreetMap (US Census TIGER/Line in the 9th challenge)",
    ),
})  # fmt: skip


def read_roads(path: Path | str, *, bbox: Bounds | None = None) -> Extract:
    """Read the roads of a file by what it is: OpenStreetMap data, OSMnx GraphML or DIMACS.

    Parameters
    ----------
    bbox
        West, south, east, north in degrees: take only this part.

    Raises
    ------
    NetworkError
        The file is missing, cut short, of another kind or holds no road.
    """
    path = Path(path)
    kind = format_of(path).kind
    if kind in OSM:
        return read_extract(path, bbox=bbox)
    return clipped(_READERS[kind](path), bbox, file=path.name)


def read_surroundings(path: Path | str, *, bbox: Bounds | None = None) -> Places:
    """Read what a file knows beside the roads; empty frames for files that know nothing else.

    Raises
    ------
    NetworkError
        The file is missing, cut short or of another kind.
    """
    path = Path(path)
    if format_of(path).kind in OSM:
        return read_places(path, bbox=bbox)
    return no_places()


def about(path: Path | str) -> About:
    """Return what to say of a file of this kind.

    Raises
    ------
    NetworkError
        The file is missing or of another kind.
    """
    return ABOUT[format_of(Path(path)).kind]
