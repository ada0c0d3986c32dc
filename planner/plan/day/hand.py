"""The planner's wishes over a whole day: the gate, the streets; no places to pass."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from planner.plan.wishes.hand import Hand, Kind, hand_of
from planner.plan.wishes.words import wishes_kept

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.plan.prepare import Prepared
    from planner.plan.wishes.asked import Wishes


class DayHand(NamedTuple):
    """What the ways of a day keep.

    Attributes
    ----------
    hand, out
        On the roads: of who comes, of who leaves. Who leaves begins at the gate.
    wishes
        Those kept, as typed.
    told
        What the document tells of them; None where nothing was asked.
    """

    hand: Hand
    out: Hand
    wishes: Wishes
    told: dict[str, Any] | None


def day_hand(prepared: Prepared, wishes: Wishes) -> tuple[Prepared, DayHand]:
    """Return a facility with the pinned gate as its only one, and what the ways of a day keep."""
    ground = prepared.ground
    whole = hand_of(ground, wishes)
    left = whole.of(Kind.VIA)
    hand = whole.without([wish.id for wish in left])
    told = wishes_kept(hand, wishes, left)
    if hand.gate is not None:
        prepared = at_gates(prepared, np.array([hand.gate]))
        hand = replace(hand, gate=0)
    kept = wishes.model_copy(update={"via": ()})
    return prepared, DayHand(hand, hand.without(["gate"]), kept, told)


def at_gates(prepared: Prepared, gates: NDArray[np.intp]) -> Prepared:
    """Return a facility with some of its gates, by number, as its only ones."""
    ground, stops = prepared.ground, prepared.ground.stops
    stops = replace(
        stops, gates=stops.gates[gates], gate_offset_m=stops.gate_offset_m[gates],
        gate_crosses=stops.gate_crosses[gates], gate_named=stops.gate_named[gates],
        gate_arc=stops.gate_arc[gates],
    )  # fmt: skip
    frame = ground.gates.iloc[gates].reset_index(drop=True)
    return replace(prepared, ground=replace(ground, gates=frame, stops=stops))
