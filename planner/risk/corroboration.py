"""Which reports tell of one zone, taken together.

Rows are one zone where one names the other (``report_of``), or where kind, window and place
agree: same kind, overlapping windows, the smaller shape wholly within ``corroboration_near_m``
of the other; of marches each within that of the other, from start to end. A row that names
itself stands for itself.

Independent kinds of source corroborate each other: the weights of two of them make
``1 - (1 - a)(1 - b)``. Reports of one kind of source do not add up, the best counts. That kinds
of source are independent of each other is an assumption.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import numpy as np
import shapely

from planner.risk.reported import Report, Zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from planner.risk.parameters import RiskParameters

MARCH = "march"


def independent(values: Iterable[tuple[str, float]]) -> float:
    """Return the weight of reports, given as (kind of source, weight), taken together.

    Examples
    --------
    >>> independent([("police", 0.5), ("news", 0.5)])
    0.75
    >>> independent([("news", 0.5), ("news", 0.5), ("news", 0.3)])
    0.5
    """
    best: dict[str, float] = {}
    for kind, value in values:
        best[kind] = max(best.get(kind, 0.0), value)
    if len(best) <= 1:
        return sum(best.values())
    return 1 - prod(1 - best[kind] for kind in sorted(best))


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """Rows that name one zone, the leading one first."""

    root: str
    rows: tuple[Report, ...]
    closed: bool

    @property
    def rank(self) -> tuple[object, ...]:
        return (*_rank(self.rows[0])[:-1], -len(self.rows), self.root)


def grouped(reports: Sequence[Report], near_m: float) -> list[tuple[tuple[Report, ...], str]]:
    """Return the reports of each zone, the leading one first, and the zone's id.

    Neither order nor copies of rows change which reports lead.

    Parameters
    ----------
    reports
        Rows as told, metric.
    near_m
        Metres between places that may be one.
    """
    told = sorted(_told(reports), key=lambda one: one.rank)
    shapes = shapely.STRtree([row.geometry for one in told for row in one.rows])
    owner = np.repeat(np.arange(len(told)), [len(one.rows) for one in told])
    founded: dict[int, list[int]] = {}
    for i, one in enumerate(told):
        close = shapes.query(one.rows[0].geometry, predicate="dwithin", distance=near_m)
        first = (
            founder
            for founder in sorted({int(owner[k]) for k in close} & founded.keys())
            if _one_zone(told[founder], one, near_m)
        )
        founded.setdefault(next(first, i), []).append(i)
    return [
        (
            tuple(sorted((row for i in members for row in told[i].rows), key=_rank)),
            min(told[i].root for i in members),
        )
        for members in founded.values()
    ]


def _told(reports: Sequence[Report]) -> list[_Told]:
    known = {report.id for report in reports}
    rows: dict[str, list[Report]] = {}
    for report in reports:
        named = report.report_of if report.report_of in known else ""
        rows.setdefault(named or report.id, []).append(report)
    closed = {report.id for report in reports if report.report_of == report.id}
    return [
        _Told(root, tuple(sorted(own, key=_rank)), root in closed) for root, own in rows.items()
    ]


def _rank(row: Report) -> tuple[object, ...]:
    """Order by grade, then the last sighting, then content: an id decides between copies alone."""
    content = (
        row.kind, row.source_kind, row.start_s, row.end_s, row.soft_s,
        repr((row.size_low, row.size_high, row.influence_m, row.speed_kmh, row.place_error_m)),
    )  # fmt: skip
    return (-row.weight, -row.seen_s, *content, row.geometry.wkb, row.id)


def _one_zone(founder: _Told, one: _Told, near_m: float) -> bool:
    lead = one.rows[0]
    return not (founder.closed or one.closed) and any(
        row.kind == lead.kind
        and row.start_s < lead.end_s
        and lead.start_s < row.end_s
        and _near(row, lead, near_m)
        for row in founder.rows
    )


def _near(one: Report, other: Report, near_m: float) -> bool:
    a, b = one.geometry, other.geometry
    inside = [x.buffer(near_m).covers(y) for x, y in ((a, b), (b, a))]
    if MARCH not in (one.kind, other.kind):
        return any(inside)
    ends = zip(*(shapely.get_point(line, [0, -1]) for line in (a, b)), strict=True)
    return all(inside) and all(p.distance(q) <= near_m for p, q in ends)


def merged(
    reports: tuple[Report, ...], key: str, parameters: RiskParameters
) -> tuple[Zone, list[str]]:
    """Return one zone of its reports, and notices on what was assumed or does not agree.

    Parameters
    ----------
    reports
        The leading one first.
    key
        Id of the zone.
    """
    lead = reports[0]
    notices = _differences(reports, key, parameters) if len(reports) > 1 else []
    low, high = _range(reports)
    if high is None:
        low = high = parameters.size_default
        notices.append(f"zone {key}: no size stated; {high:.0f} people are assumed")
    stated = [r.influence_m for r in reports if r.influence_m is not None]
    reach = lead.influence_m if lead.influence_m is not None else max(stated, default=None)
    if reach is None:
        reach = parameters.influence_m(high)
        notices.append(f"zone {key}: influence of {reach:.0f} m is an assumption from its size")
    window = (lead,) if lead.kind == MARCH else reports
    error = lead.place_error_m
    zone = Zone(
        id=key, kind=lead.kind, geometry=lead.geometry,
        start_s=min(r.start_s for r in window), end_s=max(r.end_s for r in window),
        soft_s=max(r.soft_s for r in window),
        weight=independent((r.source_kind, r.weight) for r in reports),
        size=high, influence_m=reach, influence_assumed=not stated, speed_kmh=lead.speed_kmh,
        size_low=high if low is None else low, size_high=high,
        place_error_m=parameters.place_error_m if error is None else error,
        source_kind=lead.source_kind, reports=reports,
    )  # fmt: skip
    return zone, notices


def _range(reports: Sequence[Report]) -> tuple[float | None, float | None]:
    lows = [r.size_low for r in reports if r.size_low is not None]
    highs = [r.size_high for r in reports if r.size_high is not None]
    return min(lows, default=None), max(highs, default=None)


def _differences(reports: Sequence[Report], key: str, parameters: RiskParameters) -> list[str]:
    """Say that rows are taken as one zone, how surely, and in what they do not agree."""
    lead, *others = reports
    ids = ", ".join(sorted(r.id for r in reports))
    kinds = sorted({r.source_kind.replace("_", " ") for r in reports})
    count = "1 kind" if len(kinds) == 1 else f"{len(kinds)} kinds"
    said = [
        f"zone {key}: {ids} are taken as reports of one zone, by {count} of source "
        f"({', '.join(kinds)}); the place is that of {lead.id}"
    ]
    for what, differs, taken in _DISAGREEMENTS:
        odd = [r.id for r in others if differs(lead, r, parameters)]
        if odd:
            said.append(f"zone {key}: {lead.id} and {', '.join(odd)} differ in {what}; {taken}")
    return said


def _apart_in_time(one: Report, other: Report, _: RiskParameters) -> bool:
    slack = one.soft_s + other.soft_s
    return abs(one.start_s - other.start_s) > slack or abs(one.end_s - other.end_s) > slack


def _apart_in_size(one: Report, other: Report, _: RiskParameters) -> bool:
    bounds = (one.size_low, one.size_high, other.size_low, other.size_high)
    if any(bound is None for bound in bounds):
        return False
    low, high, least, most = (float(bound) for bound in bounds if bound is not None)
    return high < least or most < low


_DISAGREEMENTS: tuple[tuple[str, Callable[[Report, Report, RiskParameters], bool], str], ...] = (
    ("kind", lambda a, b, _: a.kind != b.kind, "that of the first is taken"),
    ("place", lambda a, b, p: not _near(a, b, p.corroboration_near_m), "that of the first is taken"),
    ("window", _apart_in_time, "each counts in its own"),
    ("size", _apart_in_size, "the whole range is provided for"),
    ("speed", lambda a, b, _: b.speed_kmh not in (None, a.speed_kmh), "that of the first is taken"),
)  # fmt: skip
"""What reports may disagree in, how that is found, what is made of it."""
