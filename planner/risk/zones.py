"""Reported zones as the risk model reads them: in seconds, weights, metres."""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING, Any

import pandas as pd

from planner.errors import CrsError, GeometryError, InputError
from planner.risk.corroboration import MARCH, grouped, merged
from planner.risk.reported import Report, Zone

__all__ = ["Report", "Zone", "absent", "check_crs", "read_report", "read_zones", "seconds_out"]

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from geopandas import GeoDataFrame

    from planner.risk.parameters import RiskParameters

UNAGEING = frozenset({"permit"})
"""Kinds of source whose word holds for the whole of its window."""


def read_zones(
    frame: GeoDataFrame, epoch: datetime, *, epsg: int, parameters: RiskParameters
) -> tuple[tuple[Zone, ...], tuple[str, ...]]:
    """Return the zones of a metric frame, rows of one zone as one, and notices on doubts.

    Raises
    ------
    CrsError, GeometryError, InputError
        The frame is not in EPSG ``epsg``; a row has no usable geometry, window or grade.
    """
    check_crs(frame, epsg, "zones")
    reports = [read_report(row, epoch, parameters) for row in frame.to_dict("records")]
    groups = grouped(reports, parameters.corroboration_near_m)
    found = [merged(group, key, parameters) for group, key in groups]
    told = sorted(found, key=lambda pair: pair[0].id)
    return tuple(zone for zone, _ in found), tuple(note for _, said in told for note in said)


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


def read_report(row: Mapping[str, Any], epoch: datetime, parameters: RiskParameters) -> Report:
    """Return one metric row of the zones layer as told.

    Raises
    ------
    GeometryError, InputError
        It has no usable geometry, window, number or grade.
    """
    name = str(row["id"])
    geometry = row["geometry"]
    if geometry is None or geometry.is_empty or not geometry.is_valid:
        raise GeometryError(f"zone {name}: its geometry is missing or broken; draw it again")
    if row["kind"] == MARCH and geometry.geom_type != "LineString":
        raise GeometryError(f"zone {name}: a march needs a line from its start to its end")
    start, end = seconds_out(epoch, row["starts_at"], row["ends_at"])
    if start is None or end is None or end <= start:
        raise InputError(f"zone {name}: state a window that ends after it starts")
    soft = _number(row, "time_precision_min")
    source, info = str(row["source_grade"]), _code(row["info_grade"])
    seen = row.get("observed_at")
    seen_s = start if absent(seen) else floor(_offset(seen, epoch))
    low, high = _size(row)
    named = row.get("report_of")
    return Report(
        id=name, kind=str(row["kind"]), geometry=geometry, source_kind=str(row["source_kind"]),
        grade=source + info, weight=parameters.grade(source, info), start_s=start, end_s=end,
        soft_s=round(60 * (parameters.soft_edge_min if soft is None else soft)), seen_s=seen_s,
        # Until its start, a report made before it was a plan.
        ages_from_s=None if row["source_kind"] in UNAGEING else max(start, seen_s),
        size_low=low, size_high=high, influence_m=_number(row, "influence_m"),
        speed_kmh=_number(row, "speed_kmh"), place_error_m=_number(row, "position_error_m"),
        report_of="" if absent(named) else str(named),
    )  # fmt: skip


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


def _size(row: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """Return the stated range; 0 people are no statement."""
    stated = [n for n in (_number(row, "size_low"), _number(row, "size_high")) if n is not None]
    return (min(stated), max(stated)) if stated and max(stated) > 0 else (None, None)
