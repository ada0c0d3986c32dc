"""Public sites that OpenStreetMap knows, with their doors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from planner.network.naming import clean_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

ON_OUTLINE_M = 1.5
"""A mapped door this near to an outline is a door of that site (assumption)."""
MOST_DOORS = 8
"""Mapped doors kept of one site: main ones and gates first, then those far apart."""

_NAMELESS_KINDS = frozenset({"hospital", "police", "fire station"})
_DOORS: Mapping[str, str] = {
    "": "both", "main": "both", "yes": "both", "entrance": "both", "secondary": "both",
    "service": "both", "garage": "vehicle", "staircase": "foot", "secondary_entrance": "both",
}  # fmt: skip
"""Values of ``entrance`` that let people in; exits, shops, homes and others do not count."""


def public_facilities(found: GeoDataFrame) -> tuple[GeoDataFrame, Mapping[str, int]]:
    """Turn public places into facilities; also tell what was left out and why.

    A nameless site is kept only where it is a hospital, police or fire station. A site that
    lies within another of the same kind and name (or has no name) is part of it.

    Parameters
    ----------
    found
        As ``Places.facilities``, in a metric CRS.

    Returns
    -------
    GeoDataFrame
        ``id, name, kind, street, geometry`` in the same CRS, by kind and name.
    """
    counts: dict[str, int] = {}
    nameless = (found["name"] == "") & ~found["kind"].isin(_NAMELESS_KINDS)
    counts["public places left out: no name"] = int(nameless.sum())
    frame = found[~nameless].reset_index(drop=True)
    part = _parts_of_others(frame)
    counts["public places left out: part of another"] = int(part.sum())
    frame = frame[~part]
    names = [
        clean_name(name) or f"{kind.capitalize()} without a name"
        for name, kind in zip(frame["name"], frame["kind"], strict=True)
    ]
    ids = ["osm-" + osm_id.replace("/", "-") for osm_id in frame["osm_id"]]
    kept = frame[["kind", "street", "geometry"]].assign(id=ids, name=names)
    kept = kept[["id", "name", "kind", "street", "geometry"]].sort_values(["kind", "name", "id"])
    return kept.reset_index(drop=True), counts


def mapped_entrances(facilities: GeoDataFrame, doors: GeoDataFrame) -> GeoDataFrame:
    """Give the mapped doors and gates on each facility's outline, as entrances.

    Parameters
    ----------
    facilities
        ``id`` and geometry, metric CRS.
    doors
        As ``Places.entrances``, same CRS.

    Returns
    -------
    GeoDataFrame
        The columns of the layer ``entrances`` in the same CRS, ``assumed`` false. Hours are
        not mapped: always open.
    """
    import geopandas as gpd

    kinds = np.array([_door_kind(*row) for row in _door_cells(doors)], object)
    doors = doors[kinds != ""]
    kinds = kinds[kinds != ""]
    points = np.asarray(doors.geometry.array, object)
    main = (doors["value"].isin(("main", "garage")) | (doors["kind"] == "gate")).to_numpy(bool)
    tree = shapely.STRtree(points)
    rows: list[tuple[int, str]] = []
    used: set[int] = set()
    for ident, site in zip(facilities["id"], facilities.geometry, strict=True):
        if shapely.get_dimensions(site) <= 1:
            continue
        near = np.sort(tree.query(shapely.boundary(site), "dwithin", ON_OUTLINE_M))
        near = np.array([i for i in near if i not in used], np.int64)
        near = near[_most_apart(shapely.get_coordinates(points[near]), main[near])]
        used.update(near.tolist())
        rows += [(int(i), str(ident)) for i in near]
    at = [i for i, _ in rows]
    chosen = doors.iloc[at]
    names = [
        clean_name(name) or _DOOR_NAMES[kind]
        for name, kind in zip(chosen["name"], kinds[at], strict=True)
    ]
    return gpd.GeoDataFrame(
        {
            "id": ["osm-" + i.replace("/", "-") for i in chosen["osm_id"]],
            "name": names,
            "facility_id": [ident for _, ident in rows],
            "kind": kinds[at].tolist(),
            "opens": "00:00",
            "closes": "24:00",
            "assumed": False,
            "street": chosen["street"].tolist(),
        },
        geometry=list(points[at]),
        crs=facilities.crs,
    )


_DOOR_NAMES: Mapping[str, str] = {
    "both": "Mapped entrance", "vehicle": "Mapped garage entrance", "foot": "Mapped door",
}  # fmt: skip


def _door_cells(doors: GeoDataFrame) -> Iterator[tuple[str, ...]]:
    columns = (doors[name] for name in ("kind", "value", "access", "vehicle", "foot"))
    return zip(*columns, strict=True)


def _door_kind(kind: str, value: str, access: str, vehicle: str, foot: str) -> str:
    """Return what may pass, "" for nothing."""
    if access == "no" or (kind == "entrance" and value not in _DOORS):
        return ""
    passes = _DOORS[value if kind == "entrance" else ""]
    if passes == "both" and vehicle in ("no", "private"):
        return "foot"
    return "vehicle" if passes == "both" and foot == "no" else passes


def _most_apart(xy: NDArray[np.float64], main: NDArray[np.bool_]) -> NDArray[np.int64]:
    if len(xy) <= MOST_DOORS:
        return np.arange(len(xy))
    chosen = [int(main.argmax())]
    while len(chosen) < MOST_DOORS:
        gaps = np.hypot(*(xy[:, None] - xy[chosen][None]).T).min(axis=0)
        gaps[main] += gaps.max() * (gaps[main] > 0)
        chosen.append(int(gaps.argmax()))
    return np.sort(np.array(chosen, np.int64))


def _parts_of_others(frame: GeoDataFrame) -> NDArray[np.bool_]:
    shapes = np.asarray(frame.geometry.array, object)
    kind, name = frame["kind"].to_numpy(object), frame["name"].to_numpy(object)
    area = shapely.area(shapes)
    inner, outer = shapely.STRtree(shapes).query(shapely.point_on_surface(shapes), "within")
    larger = (area[outer] > area[inner]) | ((area[outer] == area[inner]) & (outer < inner))
    same = (kind[inner] == kind[outer]) & ((name[inner] == name[outer]) | (name[inner] == ""))
    part = np.zeros(len(shapes), bool)
    part[inner[larger & same & (inner != outer)]] = True
    return part
