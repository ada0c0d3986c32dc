"""Our ways beside Valhalla's: ratios, and the cause of every pair that is far off."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tests.benchmarks.valhalla.plain import decode
from tests.benchmarks.valhalla.shapes import shared_part

if TYPE_CHECKING:
    from planner.network.graph import Network
    from tests.benchmarks.valhalla.ours import Pairs, Route

Answer = dict[str, Any]

CLOSE, FAR = 0.10, 0.30
"""Of length or time: within the first is alike, beyond the second needs a cause."""

SAME_LINE_M = 15.0
AS_QUICK = 1.05
"""On Valhalla's own clock: up to this share of its own way's seconds, ours is as good."""

MOSTLY = 0.5
"""Share of a length."""

BEGINS = "Valhalla begins or ends on another street"
CORNER = "a place at a corner is met from another street"
SHUT = "Valhalla drives where we do not"
NOT_THEIRS = "Valhalla does not drive ours"
SPEEDS = "only the time: other speeds, most on the way named"
QUICKER = "ours is the quicker by Valhalla's own clock"
AS_GOOD = "ours is as quick by Valhalla's own clock"
UNPOSTED = "most of the one or the other has no posted speed"
UNEXPLAINED = "unexplained"


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


class Roads(NamedTuple):
    """What a cause is looked for in: roads of ours, OSM ways of theirs with a posted speed."""

    network: Network
    known: frozenset[int]
    posted: frozenset[int]


def compare(
    roads: Roads,
    pairs: Pairs,
    ours: list[Route | None],
    theirs: list[Answer | None],
    walks: list[list[Answer] | None],
) -> list[Pair]:
    """Return every pair that can be compared, and those that only one side answers."""
    network = roads.network
    ends = network.way_id[pairs.stops.arc].reshape(-1, 2).tolist()
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
        far = abs(length - 1) > FAR or abs(time - 1) > FAR
        cause, ways = _cause(roads, pair, ends[i], mine, other["edges"] or []) if far else ("", ())
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
    roads: Roads, pair: Pair, ends: list[int], mine: Route, edges: list[Answer]
) -> tuple[str, tuple[int, ...]]:
    """Return why a pair is far off, and the OSM ways it hangs on."""
    shut = tuple(dict.fromkeys(e["way_id"] for e in edges if e["way_id"] not in roads.known))
    moved = tuple(
        way for way, edge in zip(ends, edges[:1] + edges[-1:], strict=False)
        if edge["way_id"] != way
    )  # fmt: skip
    own = zip(ends, mine.arcs[[0, -1]].tolist(), strict=True)
    turned = tuple(way for way, arc in own if way != roads.network.way_id[arc])
    said = tuple(ends)
    table = {
        SPEEDS: _slowest(roads.network, mine, edges) if abs(pair.length - 1) <= FAR else (),
        BEGINS: moved,
        SHUT: shut,
        CORNER: turned,
        NOT_THEIRS: said if np.isnan(pair.own_clock) else (),
        QUICKER: said if pair.own_clock < 1 else (),
        AS_GOOD: said if pair.own_clock <= AS_QUICK else (),
        UNPOSTED: said if _unposted(roads, mine, edges) > MOSTLY else (),
    }
    return next(((why, ways) for why, ways in table.items() if ways), (UNEXPLAINED, said))


def _slowest(network: Network, mine: Route, edges: list[Answer]) -> tuple[int, ...]:
    """Return the way on which the two clocks differ most."""
    gap: dict[int, float] = {}
    for way, seconds in zip(network.way_id[mine.arcs].tolist(), mine.arc_s, strict=True):
        gap[way] = gap.get(way, 0.0) + seconds
    last = 0.0
    for edge in edges:
        gap[edge["way_id"]] = gap.get(edge["way_id"], 0.0) - (edge["time_s"] - last)
        last = edge["time_s"]
    return (max(gap, key=lambda way: abs(gap[way])),)


def _unposted(roads: Roads, mine: Route, edges: list[Answer]) -> float:
    """Return the share without a posted speed of what only one side drives; the larger of two."""
    ours = list(zip(roads.network.way_id[mine.arcs].tolist(), mine.arc_m.tolist(), strict=True))
    theirs = [(edge["way_id"], edge["length"] * 1000) for edge in edges]
    both = {way for way, _ in ours} & {way for way, _ in theirs}
    found = [0.0]
    for driven in (ours, theirs):
        alone = [(way, metres) for way, metres in driven if way not in both]
        if alone:
            unposted = sum(metres for way, metres in alone if way not in roads.posted)
            found.append(unposted / sum(metres for _, metres in alone))
    return max(found)


def _share_good(pairs: list[Pair], at_most: float) -> float:
    good = [abs(pair.length - 1) <= CLOSE or pair.own_clock <= at_most for pair in pairs]
    return float(np.mean(good))


def figures(n: int, pairs: list[Pair]) -> dict[str, float]:
    """Return the figures of a city of ``n`` pairs."""
    both = [pair for pair in pairs if not np.isnan(pair.length)]
    times = [pair.time for pair in both]
    return {
        "pairs": n,
        "same_reachability": 1 - (len(pairs) - len(both)) / n,
        "length_within_10_percent": float(np.mean([abs(p.length - 1) <= CLOSE for p in both])),
        "that_or_no_slower_by_valhallas_clock": _share_good(both, 1.0),
        "that_or_at_most_5_percent_slower": _share_good(both, AS_QUICK),
        "valhallas_clock_90_percent": float(np.nanquantile([p.own_clock for p in both], 0.9)),
        "time_ratio_median": median(times),
        "time_ratio_25": float(np.quantile(times, 0.25)),
        "time_ratio_75": float(np.quantile(times, 0.75)),
        "same_line_median": median(pair.shared for pair in both),
        "far_off": sum(bool(pair.cause) for pair in both),
    }
