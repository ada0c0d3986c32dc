"""What a local correction of the road map may say, each kind with how it is drawn."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class CorrectionKind(NamedTuple):
    """How a kind is drawn, what it says."""

    shape: str
    meaning: str


LINE, POINT = "LineString", "Point"
SPEED = "speed"

CORRECTIONS: Mapping[str, CorrectionKind] = MappingProxyType(
    {
        "closed": CorrectionKind(LINE, "nobody it applies to may use the stretch"),
        "open": CorrectionKind(
            LINE, "usable though the map says no; a road under construction, a pedestrian street or "
            "a busway becomes a road, a footpath stays one"
        ),
        "private": CorrectionKind(LINE, "only for whom it belongs to: a way may end there"),
        "destination": CorrectionKind(LINE, "only to reach a place on it: a way may end there"),
        "oneway": CorrectionKind(LINE, "one-way in the direction the line is drawn"),
        "two_way": CorrectionKind(LINE, "driven both ways though the map says one-way"),
        SPEED: CorrectionKind(LINE, "the limit is `maxspeed_kmh`, both ways"),
        "no_turn": CorrectionKind(
            LINE, "no turning as drawn: along one street, over the junction, into the next"
        ),
        "turn_allowed": CorrectionKind(
            LINE, "the ban on turning as drawn, which the map has, is gone"
        ),
        "gate": CorrectionKind(POINT, "a gate stands there, shut to those it applies to"),
        "no_gate": CorrectionKind(POINT, "the barrier that the map has there is not there"),
    }
)  # fmt: skip

_DRAWN = {LINE: "along the road, as a line", POINT: "on the road, as a point"}


def odd_correction(
    kind: str | None, shape: str | None, speed_kmh: float | None
) -> Iterator[tuple[str, str, str]]:
    """Yield column, problem and remedy of what does not go together in one row.

    >>> next(odd_correction("gate", "LineString", None))[1]
    'a gate is drawn as a LineString'
    """
    told = CORRECTIONS.get(kind or "")
    if told is None:
        return
    if shape is not None and shape != told.shape:
        yield "geometry", f"a {kind} is drawn as a {shape}", f"draw it {_DRAWN[told.shape]}"
    if kind == SPEED and speed_kmh is None:
        yield "maxspeed_kmh", "the value is missing", "the limit in km/h"
    if kind != SPEED and speed_kmh is not None:
        yield "maxspeed_kmh", f"a {kind} has no limit", f"leave it empty, or take kind {SPEED}"
