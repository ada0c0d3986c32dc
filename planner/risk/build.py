"""The risk of every arc at every moment, from what was reported.

``r(arc, t) = 1 - product over zones of (1 - presence(t) * intensity(arc))``. Each zone becomes
a track: its presence in steps and, for each step, the arcs it bears on. Tracks are combined into
one field whose neighbouring intervals differ.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from planner.errors import InputError
from planner.risk.closures import read_closures
from planner.risk.field import Footprint, Risk, RiskField, Spell
from planner.risk.ground import Obstacles, Streets
from planner.risk.track import Track, track
from planner.risk.zones import read_zones

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from planner.network.graph import Network
    from planner.risk.parameters import RiskParameters

__all__ = ["Footprint", "Obstacles", "Risk", "RiskField", "Spell", "build_risk", "combine", "track"]


def build_risk(
    network: Network,
    zones: GeoDataFrame,
    closures: GeoDataFrame,
    *,
    obstacles: Obstacles,
    parameters: RiskParameters,
    start: datetime,
    end: datetime,
    by_clock: Sequence[Spell] = (),
) -> Risk:
    """Return the risk of every arc of a network within [start, end).

    Parameters
    ----------
    network
        Arcs already split at 30 s, since risk is charged once, at entry.
    zones, closures
        Layers in the metric CRS of the network, times aware.
    start, end
        Aware times; whole seconds count from ``start``.
    by_clock
        Arcs that the rules of the road shut, from and to in seconds.

    Raises
    ------
    InputError
        A time is naive, the span is empty, or a row cannot be used; the message names it.
    """
    if start.tzinfo is None or end.tzinfo is None or end <= start:
        raise InputError("risk: give an aware start and a later aware end")
    epoch = start.astimezone(UTC).replace(microsecond=0)
    span = (0, int(np.ceil((end - epoch).total_seconds())))
    streets = Streets.of(network, parameters)
    read, notices = read_zones(zones, epoch, epsg=network.epsg, parameters=parameters)
    tracks = [track(zone, streets, obstacles, span=span, parameters=parameters) for zone in read]
    closed, windows, odd = read_closures(closures, epoch, streets, parameters)
    notices += odd + tuple(note for t in tracks for note in t.notices)
    drawn = [(closed[name], a, b) for name, a, b in windows]
    shut = [(arcs, max(a, span[0]), min(b, span[1])) for arcs, a, b in (*drawn, *by_clock)]
    field = combine(tracks, shut, network.n_arcs, epoch=epoch, span=span, parameters=parameters)
    footprints = tuple(f for t in tracks for f in _footprints(t))
    shut_by = (*(name for name, _, _ in windows), *("" for _ in by_clock))
    return Risk(
        field, footprints, parameters, closed, notices, read, tuple(shut), shut_by, tuple(tracks)
    )


def _footprints(of: Track) -> list[Footprint]:
    found = []
    for i, place in enumerate(of.place):
        stand, since, until = of.stands[place], int(of.times[i]), int(of.times[i + 1])
        around = None if stand.kept_clear is stand.polygon else stand.kept_clear
        weight = float(of.presence[i])
        found.append(Footprint(of.zone_id, since, until, stand.polygon, weight, around))
    return found


def combine(
    tracks: Sequence[Track],
    closed: Sequence[Spell],
    n_arcs: int,
    *,
    epoch: datetime,
    span: tuple[int, int],
    parameters: RiskParameters,
) -> RiskField:
    """Return the field of some tracks and closures (arcs, from, to), over a span of seconds."""
    breaks, states = _states(tracks, span)
    arcs = [r.arcs for t in tracks for r in t.reaches]
    touched = np.unique(np.concatenate([np.zeros(0, np.int32), *arcs]))
    row = np.full(n_arcs, -1, np.int32)
    row[touched] = np.arange(len(touched), dtype=np.int32)
    keep = np.ones((len(touched), len(breaks) - 1))
    for of, (presence, place) in zip(tracks, states, strict=True):
        for i, reach in enumerate(of.reaches):
            columns = np.flatnonzero(place == i)
            if len(columns):
                gone = presence[columns][None, :] * reach.intensity[:, None]
                keep[np.ix_(row[reach.arcs], columns)] *= 1 - gone
    shut_start, shut = _shut(tracks, closed, n_arcs, parameters.block_presence)
    return RiskField(epoch, breaks, row, 1 - keep, shut_start, shut)


def _states(
    tracks: Sequence[Track], span: tuple[int, int]
) -> tuple[NDArray[np.int64], list[tuple[NDArray[np.float64], NDArray[np.int32]]]]:
    """Return common breaks, and each track's presence and place between them; equal states merged."""
    breaks = np.unique(np.concatenate([np.array(span, np.int64), *(t.times for t in tracks)]))
    breaks = breaks[(breaks >= span[0]) & (breaks <= span[1])]
    states = []
    for of in tracks:
        step = np.searchsorted(of.times, breaks[:-1], side="right") - 1
        there = (step >= 0) & (step < len(of.presence))
        presence, place = np.zeros(len(step)), np.full(len(step), -1, np.int32)
        presence[there], place[there] = of.presence[step[there]], of.place[step[there]]
        place[presence == 0] = -1
        states.append((presence, place))
    change = np.zeros(len(breaks) - 1, bool)
    change[0] = True
    for presence, place in states:
        change[1:] |= (presence[1:] != presence[:-1]) | (place[1:] != place[:-1])
    merged = [(presence[change], place[change]) for presence, place in states]
    return np.append(breaks[:-1][change], breaks[-1]), merged


def _shut(
    tracks: Sequence[Track],
    closed: Sequence[Spell],
    n_arcs: int,
    block_presence: float,
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    spells = list(closed)
    for of in tracks:
        for i in np.flatnonzero(of.presence >= block_presence):
            reach = of.reaches[of.place[i]]
            spells.append((reach.arcs[reach.inside], int(of.times[i]), int(of.times[i + 1])))
    return shut_intervals(spells, n_arcs)


def shut_intervals(
    spells: Sequence[Spell], n_arcs: int
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return every arc's shut intervals, sorted and joined, as in ``RiskField``."""
    spells = [(arcs, a, b) for arcs, a, b in spells if a < b]
    counts = [len(arcs) for arcs, _, _ in spells]
    arc = np.concatenate([np.zeros(0, np.int32), *(arcs for arcs, _, _ in spells)]).astype(np.int64)
    since = np.repeat(np.array([a for _, a, _ in spells], np.int64), counts)
    until = np.repeat(np.array([b for _, _, b in spells], np.int64), counts)
    order = np.lexsort((until, since, arc))
    arc, since, until = arc[order], since[order], until[order]
    lift = arc * (int(until.max(initial=0)) + 1)
    latest = np.maximum.accumulate(until + lift)
    first = np.ones(len(arc), bool)
    first[1:] = (since + lift)[1:] > latest[:-1]
    first[1:] |= arc[1:] != arc[:-1]
    last = np.append(first[1:], True)[: len(arc)]
    shut = np.stack([since[first], (latest - lift)[last]], axis=1)
    start = np.zeros(n_arcs + 1, np.int32)
    np.cumsum(np.bincount(arc[first], minlength=n_arcs), out=start[1:])
    return start, shut.astype(np.int64)
