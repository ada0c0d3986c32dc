"""Presence of a zone over time: window, soft edges, grade, ageing of what reports of it.

Of one report, ``presence(t) = weight of the grade * window(t) * ageing(t)``. The window is 1 from
the stated start to the stated end and falls to 0 over the stated precision on either side. Ageing
is ``1 - (age / tau)^(1 / delta)``, never below 0. Of several reports, each by its own window and
age, ``presence(t) = 1 - product over kinds of source of (1 - highest of that kind at t)``: kinds
corroborate each other, reports of one kind do not add up. It is a weight, not a probability.

References
----------
Ageing: MISP polynomial decay; Mokaddem et al. 2019, arXiv:1902.03914.
"""

from __future__ import annotations

from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from planner.risk.corroboration import independent

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.risk.parameters import RiskParameters
    from planner.risk.reported import Report, Zone

ROUNDING = 1e-12
"""Change of presence from second to second that is no change."""


def ageing(age_s: NDArray[np.float64], parameters: RiskParameters) -> NDArray[np.float64]:
    """Return the share of weight left ``age_s`` seconds after the last sighting.

    Examples
    --------
    >>> from planner.risk.parameters import RiskParameters
    >>> [round(float(v), 2) for v in ageing(3600.0 * np.arange(1, 4), RiskParameters())]
    [0.83, 0.67, 0.5]
    """
    share = np.clip(age_s / (3600 * parameters.ageing_tau_h), 0, 1)
    return np.asarray(1 - share ** (1 / parameters.ageing_delta), np.float64)


def presence_at(
    zone: Zone, seconds: NDArray[np.float64], parameters: RiskParameters
) -> NDArray[np.float64]:
    """Return the presence weight in [0, 1] of a zone at seconds after the epoch."""
    t = np.asarray(seconds, np.float64)
    best: dict[str, NDArray[np.float64]] = {}
    for report in zone.reports:
        told = _told_at(report, t, parameters)
        known = best.get(report.source_kind)
        best[report.source_kind] = told if known is None else np.maximum(known, told)
    if len(best) == 1:
        return next(iter(best.values()))
    return np.asarray(1 - np.prod([1 - best[kind] for kind in sorted(best)], axis=0), np.float64)


def belief_at(zone: Zone, second: int, parameters: RiskParameters) -> float:
    """Return how far all reports of a zone count at a second, their windows left aside."""
    return independent((r.source_kind, _left(r, second, parameters)) for r in zone.reports)


def _left(report: Report, second: int, parameters: RiskParameters) -> float:
    if report.ages_from_s is None:
        return report.weight
    age = np.array([max(second - report.ages_from_s, 0)], np.float64)
    return report.weight * float(ageing(age, parameters)[0])


def _told_at(
    report: Report, t: NDArray[np.float64], parameters: RiskParameters
) -> NDArray[np.float64]:
    """Return the presence of one report, as if it were alone."""
    outside = np.maximum(np.maximum(report.start_s - t, t - report.end_s), 0)
    if report.soft_s > 0:
        window = np.clip(1 - outside / report.soft_s, 0, 1)
    else:
        window = ((t >= report.start_s) & (t < report.end_s)).astype(float)
    value = report.weight * window
    if report.ages_from_s is not None:
        value = value * ageing(np.maximum(t - report.ages_from_s, 0), parameters)
    return np.asarray(value, np.float64)


def presence_steps(
    zone: Zone, start_s: int, end_s: int, parameters: RiskParameters
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return ``times`` int64[k + 1] and ``values`` float64[k] of the stepped curve.

    Each step is at most ``step_s`` long and at most ``presence_error`` off the curve. A step
    begins at every edge of the window and wherever the curve crosses ``block_presence``, so
    that a step is shut as a whole or not at all. Empty when the zone is never there.
    """
    low = max(start_s, min(r.start_s - r.soft_s for r in zone.reports))
    high = min(end_s, max(r.end_s + r.soft_s for r in zone.reports))
    none = np.zeros(1, np.int64), np.zeros(0)
    if low >= high or zone.weight <= 0:
        return none
    edges = [e for r in zone.reports for e in _edges(r, parameters) if low < e < high]
    edges = sorted({low, high, *edges})
    edges = sorted({*edges, *_turns(zone, edges, parameters)})
    edges = sorted({*edges, *_crossings(zone, edges, parameters)})
    times = [low]
    for a, b in pairwise(edges):
        times += _cut(zone, a, b, parameters)
    cuts = np.array(times, np.int64)
    values = _inner(zone, cuts[:-1], cuts[1:], parameters).mean(axis=0)
    return _merged(cuts, values)


def _edges(report: Report, parameters: RiskParameters) -> list[int]:
    start, end, soft = report.start_s, report.end_s, report.soft_s
    edges = [start - soft, start, end, end + soft]
    if report.ages_from_s is not None:
        edges += [report.ages_from_s, report.ages_from_s + ceil(3600 * parameters.ageing_tau_h)]
    return edges


def _turns(zone: Zone, edges: list[int], parameters: RiskParameters) -> list[int]:
    """Whole seconds at which the curve turns between edges: one report begins while others age.

    Alone, a report only rises or only falls between two of its edges.
    """
    if len(zone.reports) == 1:
        return []
    found: list[int] = []
    for a, b in pairwise(edges):
        if any(r.start_s - r.soft_s <= a < r.start_s for r in zone.reports):
            change = np.diff(presence_at(zone, np.arange(a, b, dtype=float), parameters))
            moving = np.flatnonzero(np.abs(change) > ROUNDING)
            way = np.sign(change[moving])
            found += (a + moving[1:][way[1:] != way[:-1]]).tolist()
    return found


def _crossings(zone: Zone, edges: list[int], parameters: RiskParameters) -> list[int]:
    """Whole seconds at which the curve first stands on the other side of ``block_presence``."""
    found = []
    for a, b in pairwise(edges):
        first, last = (_blocks(zone, t, parameters) for t in (a, b - 1))
        if first == last:
            continue
        low, high = a, b - 1
        while high - low > 1:
            middle = (low + high) // 2
            if _blocks(zone, middle, parameters) == first:
                low = middle
            else:
                high = middle
        found.append(high)
    return found


def _blocks(zone: Zone, second: int, parameters: RiskParameters) -> bool:
    value = presence_at(zone, np.array([second], np.float64), parameters)[0]
    return bool(value >= parameters.block_presence)


def _cut(zone: Zone, a: int, b: int, parameters: RiskParameters) -> list[int]:
    """Return the ends of equal steps over one piece on which the curve only rises or only falls."""
    change = np.ptp(_inner(zone, np.array([a]), np.array([b]), parameters))
    if change == 0:
        return [b]
    pieces = max(ceil((b - a) / parameters.step_s), 1)
    while pieces < b - a:
        cuts = a + (b - a) * np.arange(pieces + 1) // pieces
        spread = np.ptp(_inner(zone, cuts[:-1], cuts[1:], parameters), axis=0)
        if spread.max() <= 2 * parameters.presence_error:
            break
        pieces *= 2
    pieces = min(pieces, b - a)
    return [int(c) for c in a + (b - a) * np.arange(1, pieces + 1) // pieces]


def _inner(
    zone: Zone, a: NDArray[np.int64], b: NDArray[np.int64], parameters: RiskParameters
) -> NDArray[np.float64]:
    """Presence at the first and the last whole second of each step, float64[2, k]."""
    return np.stack([presence_at(zone, t.astype(float), parameters) for t in (a, b - 1)])


def _merged(
    times: NDArray[np.int64], values: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Drop empty ends and join neighbours of equal value."""
    there = np.flatnonzero(values > 0)
    if not len(there):
        return np.zeros(1, np.int64), np.zeros(0)
    times, values = times[there[0] : there[-1] + 2], values[there[0] : there[-1] + 1]
    change = np.concatenate([[True], values[1:] != values[:-1]])
    return np.append(times[:-1][change], times[-1]), values[change]
