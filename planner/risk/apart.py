"""What each zone or closure does alone, what is left without some."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.risk.build import combine

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from numpy.typing import NDArray

    from planner.risk.field import Risk
    from planner.risk.track import Track

ZONE, CLOSURE = "zone", "closure"


class Cause(NamedTuple):
    """What can be taken away: a zone, a closure, or what a facility or a planner adds.

    Attributes
    ----------
    kind
        ``zone``, ``closure``, or another word of those who ask.
    key
        Id within the kind.
    """

    kind: str
    key: str


def reported(risk: Risk, since: int, until: int) -> list[Cause]:
    """Return the zones, by id, and the closures, in order, that hold in [since, until)."""
    zones = sorted(
        t.zone_id for t in risk.tracks
        if len(t.presence) and t.times[0] < until and t.times[-1] > since
    )  # fmt: skip
    closures = [
        name for name, (arcs, a, b) in zip(risk.shut_by, risk.spells, strict=True)
        if name and len(arcs) and a < until and b > since
    ]  # fmt: skip
    return [
        *(Cause(ZONE, key) for key in zones),
        *(Cause(CLOSURE, key) for key in dict.fromkeys(closures)),
    ]


def left_of(risk: Risk, stays: Callable[[Cause], bool], span: tuple[int, int]) -> Risk:
    """Return what is left of a risk, within a span of seconds.

    Parameters
    ----------
    risk
        As built; the rules of the road stay.
    stays
        Tells of a zone or closure whether it stays.
    span
        From and to; outside nothing is told.
    """
    tracks = tuple(t for t in risk.tracks if stays(Cause(ZONE, t.zone_id)))
    names = {t.zone_id for t in tracks}
    kept = [
        (name, spell) for name, spell in zip(risk.shut_by, risk.spells, strict=True)
        if not name or stays(Cause(CLOSURE, name))
    ]  # fmt: skip
    field = combine(
        tracks, [_within(spell, span) for _, spell in kept], len(risk.field.row),
        epoch=risk.field.epoch, span=span, parameters=risk.parameters,
    )  # fmt: skip
    return replace(
        risk, field=field, tracks=tracks,
        footprints=tuple(f for f in risk.footprints if f.zone_id in names),
        zones=tuple(z for z in risk.zones if z.id in names),
        closed={k: arcs for k, arcs in risk.closed.items() if stays(Cause(CLOSURE, k))},
        spells=tuple(spell for _, spell in kept), shut_by=tuple(name for name, _ in kept),
    )  # fmt: skip


def _within(
    spell: tuple[NDArray[np.int32], int, int], span: tuple[int, int]
) -> tuple[NDArray[np.int32], int, int]:
    arcs, since, until = spell
    return arcs, max(since, span[0]), min(until, span[1])


class Bearing(NamedTuple):
    """What something does alone to `k` arcs, each entered and left at its own second.

    Attributes
    ----------
    risk
        float64[k]; at entry.
    shut
        bool[k]; at some second of the drive over it.
    """

    risk: NDArray[np.float64]
    shut: NDArray[np.bool_]

    @property
    def any(self) -> bool:
        """Whether it does anything."""
        return bool((self.risk > 0).any() or self.shut.any())


def bearing(
    risk: Risk,
    cause: Cause,
    arcs: NDArray[np.int32],
    entered: NDArray[np.int64],
    left: NDArray[np.int64],
) -> Bearing:
    """Return what a zone or a closure does alone to arcs driven in [entered, left)."""
    found = Bearing(np.zeros(len(arcs)), np.zeros(len(arcs), bool))
    if cause.kind == ZONE:
        for of in risk.tracks:
            if of.zone_id == cause.key:
                _bears(of, risk.parameters.block_presence, (arcs, entered, left), found)
    elif cause.kind == CLOSURE:
        for name, (closed, a, b) in zip(risk.shut_by, risk.spells, strict=True):
            if name == cause.key:
                found.shut[np.isin(arcs, closed) & (a < left) & (b > entered)] = True
    return found


def _bears(
    of: Track,
    block: float,
    drive: tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]],
    found: Bearing,
) -> None:
    arcs, entered, left = drive
    for i in np.flatnonzero(of.presence > 0).tolist():
        since, until, reach = of.times[i], of.times[i + 1], of.reaches[of.place[i]]
        during = (entered < until) & (left > since)
        if not during.any():
            continue
        entering = (since <= entered) & (entered < until)
        order = np.argsort(reach.arcs, kind="stable")
        place = np.searchsorted(reach.arcs, arcs, sorter=order)
        place = order[np.minimum(place, len(order) - 1)] if len(order) else place[:0]
        if not len(place):
            continue
        here = reach.arcs[place] == arcs
        found.risk[here & entering] = (of.presence[i] * reach.intensity[place])[here & entering]
        if of.presence[i] >= block:
            found.shut[here & during & reach.inside[place]] = True


def outside(causes: Collection[Cause]) -> Callable[[Cause], bool]:
    """Return a test that all but some pass."""
    gone = frozenset(causes)
    return lambda cause: cause not in gone


def among(causes: Collection[Cause]) -> Callable[[Cause], bool]:
    """Return a test that some alone pass."""
    kept = frozenset(causes)
    return lambda cause: cause in kept
