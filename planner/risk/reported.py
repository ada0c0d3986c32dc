"""What is reported: rows as told, zones as the risk model takes them from one or several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """One row that tells of a zone; seconds count from the epoch of the risk field.

    Attributes
    ----------
    geometry
        Polygon, line or point in the metric CRS of the network.
    source_kind, grade
        What kind of source told it; its two-part grade, such as ``C3``.
    weight
        Weight of the grade, in [0, 1].
    start_s, end_s, soft_s
        Stated window, and how much earlier or later it may truly begin or end.
    seen_s
        When it was last seen or confirmed.
    ages_from_s
        Second from which an unrepeated report loses weight; None for one that never does.
    size_low, size_high
        Stated range of people; None where no size is stated.
    influence_m, speed_kmh, place_error_m
        None where not stated.
    report_of
        Id of the row it is another report of, its own for a zone that stands for itself
        whatever lies near, "" where nothing is told.
    """

    id: str
    kind: str
    geometry: BaseGeometry
    source_kind: str
    grade: str
    weight: float
    start_s: int
    end_s: int
    soft_s: int
    seen_s: int
    ages_from_s: int | None
    size_low: float | None
    size_high: float | None
    influence_m: float | None
    speed_kmh: float | None
    place_error_m: float | None
    report_of: str


@dataclass(frozen=True, slots=True, eq=False)
class Zone:
    """One zone, from all that is reported of it; seconds count from the epoch of the risk field.

    Place, timetable of a march and kind are those of the leading report: the best graded one,
    of equals the one last seen.

    Attributes
    ----------
    id
        The first of the ids of rows that are a report of no other.
    geometry
        Polygon, line or point in the metric CRS of the network.
    start_s, end_s, soft_s
        From the first stated start to the last stated end, and the most that they may be off;
        of a march, those of its leading report.
    weight
        Weight that all its reports have together, in [0, 1], before window and ageing.
    size
        People; the upper end of the whole range, so that the footprint errs large.
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
