"""Reported zones as the risk model reads them: in seconds, weights, metres."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING, Any

import pandas as pd

from planner.errors import CrsError, GeometryError, InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

    from planner.risk.parameters import RiskParameters

UNAGEING = frozenset({"permit"})
"""Kinds of source whose word holds for the whole of its window."""


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """One row that tells of a zone; seconds count from the epoch of the risk field.

    Attributes
    ----------
    source_kind, grade
        What kind of source told it; its two-part grade, such as ``C3``.
    weight
        Weight of the grade, in [0, 1].
    start_s, end_s, soft_s
        Stated window, and how much earlier or later it may truly begin or end.
    ages_from_s
        Second from which an unrepeated report loses weight; None for one that never does.
    size_low, size_high
        Stated range of people; equal where one number or none is stated.
    """

    id: str
    source_kind: str
    grade: str
    weight: float
    start_s: int
    end_s: int
    soft_s: int
    ages_from_s: int | None
    size_low: float
    size_high: float


@dataclass(frozen=True, slots=True, eq=False)
class Zone:
    """One reported zone; seconds count from the epoch of the risk field.

    Attributes
    ----------
    geometry
        Polygon, line or point in the metric CRS of the network.
    start_s, end_s, soft_s
        Window it is taken to have, and how much earlier or later it may truly begin or end.
    ages_from_s
        Second from which an unrepeated report loses weight; None for one that never does.
    weight
        Weight that all its reports have together, in [0, 1], before window and ageing.
    size
        People; the upper end of the stated range, so that the footprint errs large.
    influence_m
        Reach along streets; ``influence_assumed`` when derived from ``size``.
    speed_kmh
        Stated speed of a march, None when not stated.
    size_low, size_high
        Range of people over all its reports; ``size`` is the upper end.
    place_error_m
        Standard deviation of its place, stated or assumed.
    source_kind
        Kind of source of the leading report.
    reports
        What tells of it, the leading report first.
    """

    id: str
    kind: str
    geometry: BaseGeometry
    start_s: int
    end_s: int
    soft_s: int
    ages_from_s: int | None
    weight: float
    size: float
    influence_m: float
    influence_assumed: bool
    speed_kmh: float | None
    size_low: float
    size_high: float
    place_error_m: float
    source_kind: str
    reports: tuple[Report, ...]


def read_zones(
    frame: GeoDataFrame, epoch: datetime, *, epsg: int, parameters: RiskParameters
) -> tuple[tuple[Zone, ...], tuple[str, ...]]:
    """Return the zones of a metric frame, and notices on what had to be assumed.

    Raises
    ------
    CrsError, GeometryError, InputError
        The frame is not in EPSG ``epsg``; a row has no usable geometry, window or grade.
    """
    check_crs(frame, epsg, "zones")
    zones, notices = [], []
    for row in frame.to_dict("records"):
        zone, notes = _read(row, epoch, parameters)
        zones.append(zone)
        notices += notes
    return tuple(zones), tuple(notices)


def check_crs(frame: GeoDataFrame, epsg: int, layer: str) -> None:
    """Refuse a frame that is not in the metric CRS of the network.

    Raises
    ------
    CrsError
        With both codes and the remedy.
    """
    if len(frame) and (frame.crs is None or frame.crs.to_epsg() != epsg):
        found = None if frame.crs is None else frame.crs.to_epsg()
        raise CrsError(f"{layer}: CRS is {found}, the network has EPSG:{epsg}; convert it first")


def seconds_out(epoch: datetime, start: object, end: object) -> tuple[int | None, int | None]:
    """Return a window in whole seconds after ``epoch``, rounded outward; None where not stated."""
    first = None if absent(start) else floor(_offset(start, epoch))
    last = None if absent(end) else ceil(_offset(end, epoch))
    return first, last


def absent(value: object) -> bool:
    """Tell whether a cell of a frame is empty."""
    return value is None or value is pd.NaT or bool(pd.isna(value)) or value == ""  # type: ignore[call-overload]  # any cell


def _offset(value: Any, epoch: datetime) -> float:
    return float((pd.Timestamp(value) - pd.Timestamp(epoch)).total_seconds())


def _read(
    row: Mapping[str, Any], epoch: datetime, parameters: RiskParameters
) -> tuple[Zone, list[str]]:
    name = str(row["id"])
    geometry = row["geometry"]
    if geometry is None or geometry.is_empty or not geometry.is_valid:
        raise GeometryError(f"zone {name}: its geometry is missing or broken; draw it again")
    if row["kind"] == "march" and geometry.geom_type != "LineString":
        raise GeometryError(f"zone {name}: a march needs a line from its start to its end")
    start, end = seconds_out(epoch, row["starts_at"], row["ends_at"])
    if start is None or end is None or end <= start:
        raise InputError(f"zone {name}: state a window that ends after it starts")
    low, size, notes = _size(row, name, parameters)
    reach = _number(row, "influence_m")
    if reach is None:
        reach = parameters.influence_m(size)
        notes.append(f"zone {name}: influence of {reach:.0f} m is an assumption from its size")
        assumed = True
    else:
        assumed = False
    report = _report(row, epoch, (start, end), (low, size), parameters)
    error = _number(row, "position_error_m")
    zone = Zone(
        id=name,
        kind=str(row["kind"]),
        geometry=geometry,
        start_s=start,
        end_s=end,
        soft_s=report.soft_s,
        ages_from_s=report.ages_from_s,
        weight=report.weight,
        size=size,
        influence_m=reach,
        influence_assumed=assumed,
        speed_kmh=_number(row, "speed_kmh"),
        size_low=low,
        size_high=size,
        place_error_m=parameters.place_error_m if error is None else error,
        source_kind=report.source_kind,
        reports=(report,),
    )
    return zone, notes


def _report(
    row: Mapping[str, Any],
    epoch: datetime,
    window: tuple[int, int],
    size: tuple[float, float],
    parameters: RiskParameters,
) -> Report:
    soft = _number(row, "time_precision_min")
    source, info = str(row["source_grade"]), _code(row["info_grade"])
    return Report(
        id=str(row["id"]),
        source_kind=str(row["source_kind"]),
        grade=source + info,
        weight=parameters.grade(source, info),
        start_s=window[0],
        end_s=window[1],
        soft_s=round(60 * (parameters.soft_edge_min if soft is None else soft)),
        ages_from_s=_ages_from(row, epoch, window[0]),
        size_low=size[0],
        size_high=size[1],
    )


def _code(value: object) -> str:
    return str(int(value)) if isinstance(value, (int, float)) else str(value)


def _number(row: Mapping[str, Any], column: str) -> float | None:
    value = row.get(column)
    if absent(value):
        return None
    number = float(value)  # type: ignore[arg-type]  # any cell
    if number < 0:
        raise InputError(f"zone {row['id']}: {column} is {number:g}; give 0 or more")
    return number


def _size(
    row: Mapping[str, Any], name: str, parameters: RiskParameters
) -> tuple[float, float, list[str]]:
    stated = [n for n in (_number(row, "size_low"), _number(row, "size_high")) if n is not None]
    if stated and max(stated) > 0:
        return min(stated), max(stated), []
    size = parameters.size_default
    return size, size, [f"zone {name}: no size stated; {size:.0f} people are assumed"]


def _ages_from(row: Mapping[str, Any], epoch: datetime, start: int) -> int | None:
    """Begin at the start for a report made before it: until then it was a plan."""
    if row["source_kind"] in UNAGEING:
        return None
    seen = row.get("observed_at")
    return start if absent(seen) else max(start, floor(_offset(seen, epoch)))
