"""Our ways beside Valhalla's: ratios, and the cause of every pair that is far off."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tests.benchmarks.valhalla.shapes import decode, shared_part

if TYPE_CHECKING:
    from planner.network.graph import Network
    from tests.benchmarks.valhalla.ours import Pairs, Route

Answer = dict[str, Any]

CLOSE, FAR = 0.10, 0.30
"""Of length or time: within the first is alike, beyond the second needs a cause."""

SAME_LINE_M = 15.0
AS_QUICK = 1.05
"""On Valhalla's own clock: up to this share of its own way's seconds, ours is as good."""

SHORT_M = 500.0
"""On a way this short the halves of a street and the first turn are a large share."""


class Pair(NamedTuple):
    """One pair: ratios ours / theirs of length, time; ours / theirs on Valhalla's own clock."""

    number: int
    ours_m: float
    theirs_m: float
    length: float
    time: float
    own_clock: float
    shared: float
    cause: str
    ways: tuple[int, ...]


def compare(
    network: Network,
    pairs: Pairs,
    ours: list[Route | None],
    theirs: list[Answer | None],
    walks: list[list[Answer] | None],
) -> list[Pair]:
    """Return every pair that differs; lengths of a missing way are nan."""
    ends = network.way_id[pairs.stops.arc].reshape(-1, 2).tolist()
    known = set(network.way_id.tolist())
    found = []
    for i, (mine, other, walked) in enumerate(zip(ours, theirs, walks, strict=True)):
        if mine is None or other is None:
            if (mine is None) != (other is None):
                found.append(_lost(network, i, mine, other, pairs))
            continue
        if not mine.length_m or not other["length_m"]:
            continue
        length, time = mine.length_m / other["length_m"], mine.time_s / other["time_s"]
        clock = walked[-1]["time_s"] / other["time_s"] if walked else np.nan
        shared = shared_part(decode(other["shape"]), mine.xy, network.epsg, SAME_LINE_M)
        pair = Pair(i, mine.length_m, other["length_m"], length, time, clock, shared, "", ())
        cause, ways = _cause(pair, ends[i], other["edges"] or [], known)
        found.append(pair._replace(cause=cause, ways=ways))
    return found


def _lost(
    network: Network, number: int, mine: Route | None, other: Answer | None, pairs: Pairs
) -> Pair:
    lengths = (mine.length_m if mine else np.nan), (other["length_m"] if other else np.nan)
    arcs = pairs.stops.arc.reshape(-1, 2)[number]
    cause = "no way of Valhalla's"
    if mine is None:
        shut = network.access[arcs] > 0
        cause = "no way of ours: " + ("start or end on a restricted street" if shut.any() else
                                      "start or end enclosed by restricted streets")  # fmt: skip
    nan = np.nan
    return Pair(number, *lengths, nan, nan, nan, nan, cause, tuple(network.way_id[arcs].tolist()))


def _cause(
    pair: Pair, ends: list[int], edges: list[Answer], known: set[int]
) -> tuple[str, tuple[int, ...]]:
    """Return why a pair is far off, and the OSM ways it hangs on; "" where it is not."""
    if abs(pair.length - 1) <= FAR and abs(pair.time - 1) <= FAR:
        return "", ()
    shut = tuple(dict.fromkeys(e["way_id"] for e in edges if e["way_id"] not in known))
    moved = tuple(
        way for way, edge in zip(ends, edges[:1] + edges[-1:], strict=False)
        if edge["way_id"] != way
    )  # fmt: skip
    table = {
        "Valhalla begins or ends on another street": moved,
        "Valhalla drives where we do not": shut,
        "Valhalla does not drive ours": tuple(ends) if np.isnan(pair.own_clock) else (),
        "same way, other speeds": tuple(ends) if pair.shared > 0.95 else (),
        "ours is the quicker by Valhalla's own clock": tuple(ends) if pair.own_clock < 1 else (),
        "as quick by Valhalla's own clock": tuple(ends) if pair.own_clock <= AS_QUICK else (),
        "short way": tuple(ends) if pair.theirs_m < SHORT_M else (),
    }
    return next(((why, ways) for why, ways in table.items() if ways), ("unexplained", tuple(ends)))


def figures(n: int, pairs: list[Pair]) -> dict[str, float]:
    """Return the figures of a city of ``n`` pairs."""
    both = [pair for pair in pairs if not np.isnan(pair.length)]
    times = [pair.time for pair in both]
    return {
        "pairs": n,
        "same_reachability": 1 - (len(pairs) - len(both)) / n,
        "length_within_10_percent": float(np.mean([abs(p.length - 1) <= CLOSE for p in both])),
        "no_slower_by_valhallas_clock": float(
            np.mean([abs(p.length - 1) <= CLOSE or p.own_clock <= AS_QUICK for p in both])
        ),
        "time_ratio_median": median(times),
        "time_ratio_25": float(np.quantile(times, 0.25)),
        "time_ratio_75": float(np.quantile(times, 0.75)),
        "same_line_median": median(pair.shared for pair in both),
        "far_off": sum(bool(pair.cause) for pair in both),
    }
