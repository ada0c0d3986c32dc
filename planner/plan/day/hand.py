"""The planner's wishes over a whole day: the gate, the streets; no places to pass."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from planner.plan.wishes.hand import Hand, Kind, hand_of
from planner.plan.wishes.words import wishes_kept

if TYPE_CHECKING:
    from planner.plan.prepare import Ground, Prepared
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
        prepared = replace(prepared, ground=_at_gate(ground, hand.gate))
        hand = replace(hand, gate=0)
    kept = wishes.model_copy(update={"via": ()})
    return prepared, DayHand(hand, hand.without(["gate"]), kept, told)


def _at_gate(ground: Ground, gate: int) -> Ground:
    """Return the ground with one of its gates alone."""
    one, stops = slice(gate, gate + 1), ground.stops
    return replace(
        ground, gates=ground.gates.iloc[one].reset_index(drop=True),
        stops=replace(
            stops, gates=stops.gates[one], gate_offset_m=stops.gate_offset_m[one],
            gate_crosses=stops.gate_crosses[one], gate_named=stops.gate_named[one],
            gate_arc=stops.gate_arc[one],
        ),
    )  # fmt: skip
