"""Risk at one place through time, along one drawn way as it is travelled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.ops import substring

from planner.network.map_match import AGAINST, REACH_M, match
from planner.network.moves import BARRED
from planner.network.road_steps import Strand
from planner.risk.areas import PLACE_REACH_M
from planner.risk.ground import Streets

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry import LineString
    from shapely.geometry.base import BaseGeometry

    from planner.network.graph import Network
    from planner.risk.field import Risk

STEP_M = 10.0
"""Metres from sample to sample of a drawn way."""


@dataclass(frozen=True, slots=True, eq=False)
class Journey:
    """A drawn way as it is travelled: `k` stretches of one arc each.

    Attributes
    ----------
    arc
        int32[k]; -1 where no road of the network runs along the way.
    enter_s, leave_s
        float64[k]; seconds after the epoch.
    from_m, to_m
        float64[k]; metres from the start of the way.
    risk
        float64[k]; risk of the arc when entered, presence of a crowd off the roads.
    shut
        bool[k]; the arc, or the ground, is kept clear of vehicles at some second in it.
    """

    arc: NDArray[np.int32]
    enter_s: NDArray[np.float64]
    leave_s: NDArray[np.float64]
    from_m: NDArray[np.float64]
    to_m: NDArray[np.float64]
    risk: NDArray[np.float64]
    shut: NDArray[np.bool_]

    @property
    def exposure_min(self) -> float:
        """Minutes on each stretch times its risk, summed."""
        return float(((self.leave_s - self.enter_s) * self.risk).sum() / 60)

    @property
    def off_road_m(self) -> float:
        """Metres of the way along which no road runs."""
        return float((self.to_m - self.from_m)[self.arc < 0].sum())


def risk_through(
    network: Network, risk: Risk, place: BaseGeometry, *, start_s: int, end_s: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return ``times`` int64[k + 1] and risk float64[k] of a metric place between them.

    As ``risk_of_places`` at every second: the presence of any crowd whose ground to be kept
    clear touches it, and the risk of the streets within 30 m. Neighbouring steps differ.
    """
    field = risk.field
    arcs = Streets.of(network, risk.parameters).near(place.buffer(PLACE_REACH_M).bounds)
    lines = Streets.of(network, risk.parameters).lines(arcs)
    arcs = arcs[shapely.dwithin(lines, place, PLACE_REACH_M)] if len(arcs) else arcs
    rows = field.row[arcs]
    crowds = [f for f in risk.footprints if f.kept_clear.intersects(place)]
    ends = [s for f in crowds for s in (f.start_s, f.end_s)]
    times = np.unique(np.concatenate([field.breaks, np.array(ends, np.int64), [start_s, end_s]]))
    times = times[(times >= start_s) & (times <= end_s)]
    step = np.searchsorted(field.breaks, times[:-1], side="right") - 1
    inside = (step >= 0) & (step < field.risk.shape[1])
    value = np.zeros(len(times) - 1)
    rows = rows[rows >= 0]
    if len(rows):
        value[inside] = field.risk[np.ix_(rows, step[inside])].max(axis=0)
    for f in crowds:
        during = (times[:-1] >= f.start_s) & (times[:-1] < f.end_s)
        value[during] = np.maximum(value[during], f.presence)
    change = np.append(True, value[1:] != value[:-1])
    return np.append(times[:-1][change], times[-1]), value[change]


def travel(
    network: Network,
    risk: Risk,
    line: LineString,
    depart_s: int,
    *,
    slower: NDArray[np.float64] | None = None,
) -> Journey:
    """Return a drawn metric way as it is travelled from a second on.

    It takes the seconds of the roads it runs along and of the turns between them; where no
    road runs along it in its direction, the mean pace of the rest.

    Parameters
    ----------
    slower
        float64[m]; factor on the seconds of each arc, 1 when None.
    """
    count = max(round(line.length / STEP_M), 1)
    edges = np.linspace(0, line.length, count + 1)
    arc = _arcs_along(network, risk, line, edges)
    pace = network.time_s / np.maximum(network.length_m, 1e-9)
    pace = pace if slower is None else pace * slower
    mean = float(pace[arc[arc >= 0]].mean()) if (arc >= 0).any() else float(pace.mean())
    seconds = np.diff(edges) * np.where(arc >= 0, pace[arc], mean)
    first = np.flatnonzero(np.append(True, arc[1:] != arc[:-1]))
    last = np.append(first[1:], count) - 1
    on = arc[first]
    seconds[first[1:]] += _turning_s(network, on)
    clock = depart_s + np.append(0.0, np.cumsum(seconds))
    enter, leave = clock[first], clock[last + 1]
    found = np.zeros(len(on))
    road = on >= 0
    found[road] = risk.field.on_entry(on[road], np.floor(enter[road]).astype(np.int64))
    shut = _shut(risk, on, enter, leave)
    _off_road(risk, line, (edges[first], edges[last + 1]), (enter, leave), (on, found, shut))
    return Journey(on, enter, leave, edges[first], edges[last + 1], found, shut)


def _turning_s(network: Network, arcs: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return seconds of going from each arc over to the next, int64[k - 1]; 0 where none is."""
    a, b = arcs[:-1], arcs[1:]
    joined = (a >= 0) & (b >= 0) & (network.head[a] == network.tail[b])
    found = np.zeros(len(a), np.int64)
    cells = network.cells()
    found[joined] = network.turn_s[cells.row[b[joined]] + cells.entry[a[joined]]]
    return np.where(found == BARRED, 0, found)


def _arcs_along(
    network: Network, risk: Risk, line: LineString, edges: NDArray[np.float64]
) -> NDArray[np.int32]:
    """Return of each sample the arc that is driven, int32, -1 for none in its direction."""
    near = Streets.of(network, risk.parameters).near(line.buffer(REACH_M).bounds)
    once = near[network.each_road_once()[near]]
    roads = [_strand(network, arc) for arc in once.tolist()]
    against = np.column_stack([np.zeros(len(once)), np.where(network.twin[once] < 0, AGAINST, 0.0)])
    middle = (edges[:-1] + edges[1:]) / 2
    found = np.full(len(middle), -1, np.int32)
    for piece in match(line, roads, against).pieces if len(once) else ():
        if piece.road >= 0:
            arc = once[piece.road]
            here = (middle >= piece.first) & (middle <= piece.last)
            found[here] = arc if piece.forward else network.twin[arc]
    return found


def _strand(network: Network, arc: int) -> Strand:
    """Return the road of an arc; nodes inside it have ids of their own."""
    first, last = network.shape_start[arc : arc + 2].tolist()
    inner = range(-first - 2, -last, -1)
    ends = (int(network.tail[arc]), int(network.head[arc]))
    return Strand((ends[0], *inner, ends[1]), network.shape_xy[first:last])


def _shut(
    risk: Risk, arcs: NDArray[np.int32], enter: NDArray[np.float64], leave: NDArray[np.float64]
) -> NDArray[np.bool_]:
    start, spans = risk.field.shut_start, risk.field.shut
    found = np.zeros(len(arcs), bool)
    for i in np.flatnonzero(arcs >= 0):
        own = spans[start[arcs[i]] : start[arcs[i] + 1]]
        found[i] = bool(((own[:, 0] < leave[i]) & (own[:, 1] > enter[i])).any())
    return found


def _off_road(
    risk: Risk, line: LineString, metres: tuple[NDArray[np.float64], NDArray[np.float64]],
    clock: tuple[NDArray[np.float64], NDArray[np.float64]],
    into: tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.bool_]],
) -> None:  # fmt: skip
    """Put the presence of crowds into the stretches that no road runs along."""
    arc, value, shut = into
    for i in np.flatnonzero(arc < 0):
        part = substring(line, metres[0][i], metres[1][i])
        for f in risk.footprints:
            during = f.start_s < clock[1][i] and f.end_s > clock[0][i]
            if during and f.presence > value[i] and f.kept_clear.intersects(part):
                value[i] = f.presence
                shut[i] |= f.presence >= risk.parameters.block_presence
