"""The words of a direction."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from planner.network.graph import CLASSES
from planner.plan.words import minutes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.network.graph import Network

NEAR_M, FAR_M, BESIDE = 4.0, 80.0, 0.5
"""A gate nearer has no side, one further is not seen; 0.5: 30 degrees off straight ahead."""

COMPASS = ("east", "north-east", "north", "north-west", "west", "south-west", "south", "south-east")

STRAIGHT_DEG, SLIGHT_DEG, SHARP_DEG, BACK_DEG = 22.0, 48.0, 135.0, 165.0

UNNAMED: Mapping[str, str] = MappingProxyType({
    "motorway": "the motorway", "motorway_link": "the ramp", "trunk_link": "the ramp",
    "primary_link": "the slip road", "secondary_link": "the slip road",
    "tertiary_link": "the slip road", "service": "an access road", "track": "a track",
    "ferry": "the ferry", "pedestrian": "a pedestrian street", "footway": "a path",
    "path": "a path", "cycleway": "a path", "bridleway": "a path", "steps": "steps",
})  # fmt: skip
"""What a road without a name is called, by class."""

PLAIN = "an unnamed street"
NAMELESS = frozenset({PLAIN, *UNNAMED.values()})
KM_M = 975.0
"""From here on a length is told in kilometres."""

ORDINAL = ("", "1st", "2nd", "3rd")


def street_of(network: Network, arc: int) -> str:
    """Return what a driver calls the street of an arc: its name, or the kind of road."""
    name = network.names[network.name[arc]]
    return name.replace(";", " / ") or unnamed(network, arc)


def unnamed(network: Network, arc: int) -> str:
    """Return what an arc's kind of road is called where it has no name."""
    return UNNAMED.get(CLASSES[network.road_class[arc]], PLAIN)


def compass(heading: float) -> str:
    """Return the compass word of degrees anticlockwise from east."""
    return COMPASS[round(heading / 45.0) % 8]


def turn_of(angle: float) -> str:
    """Return the turn of an angle in degrees, left positive."""
    size = abs(angle)
    side = "left" if angle > 0 else "right"
    if size < STRAIGHT_DEG:
        return "continue"
    if size > BACK_DEG:
        return "uturn"
    grade = "slight_" if size < SLIGHT_DEG else "sharp_" if size > SHARP_DEG else ""
    return grade + side


def metres(length: float) -> str:
    """Return a length as one says it."""
    if length >= KM_M:
        return f"{length / 1000:.1f} km"
    step = 10 if length < 95 else 50
    return f"{max(10, round(length / step) * step)} m"


def said(turn: str, street: str, *, stays: bool, ramp: str, exit_number: int, back: str) -> str:
    """Return what to do at a turn.

    Parameters
    ----------
    turn
        A turn of the document.
    street
        The street driven next.
    stays
        Whether the street before has the same name.
    ramp
        The link that leads onto the street, "" when the turn does.
    exit_number
        Exit of the roundabout to take, 0 where there is none.
    back
        Words for turning back.
    """
    if exit_number:
        return _roundabout(street, stays=stays, exit_number=exit_number)
    if turn == "ferry":
        return "Take the ferry" + (f" {street}" if street != UNNAMED["ferry"] else "")
    to = f"{'on' if stays else 'onto'} {street}"
    if turn == "uturn":
        return f"{back} {to}"
    if turn == "continue":
        return f"Take {ramp} ahead to {street}" if ramp else f"Continue {to}"
    grade, _, side = turn.rpartition("_")
    if grade == "slight":
        return _slight(side, street, stays=stays, ramp=ramp)
    return _turn(f"Turn {'sharp ' if grade else ''}{side}", street, stays=stays, ramp=ramp)


def _roundabout(street: str, *, stays: bool, exit_number: int) -> str:
    nth = ORDINAL[exit_number] if exit_number < len(ORDINAL) else f"{exit_number}th"
    told = f"At the roundabout take the {nth} exit"
    if not stays:
        return f"{told} onto {street}"
    return told if street in NAMELESS else f"{told}, staying on {street}"


def _turn(verb: str, street: str, *, stays: bool, ramp: str) -> str:
    if ramp:
        return f"{verb} onto {ramp} to {street}"
    if stays:
        return verb if street in NAMELESS else f"{verb}, staying on {street}"
    return f"{verb} onto {street}"


def _slight(side: str, street: str, *, stays: bool, ramp: str) -> str:
    if ramp:
        return f"Take {ramp} on the {side} to {street}"
    if stays:
        return f"Keep {side} on {street}"
    if street in (UNNAMED["motorway_link"], UNNAMED["primary_link"]):
        return f"Take {street} on the {side}"
    return f"Bear {side} onto {street}"


def departs(toward: str, street: str) -> str:
    """Return the first direction."""
    return f"Start {toward} on {street}"


def arrives(gate: str, side: str) -> str:
    """Return the last direction; ``side`` is left, right or ""."""
    return f"Arrive: {gate}" + (f", on the {side}" if side else "")


def hold(place: str, seconds: int, until: str) -> str:
    """Return in words where to stand, how long, until when.

    >>> hold("Quay car park", 720, "07:42")
    'hold at Quay car park 12 min until 07:42'
    """
    return f"hold at {place} {minutes(seconds)} until {until}"


def after_hold(held: str, text: str) -> str:
    """Return a direction that begins with a hold, if there is one in words."""
    if not held:
        return text
    return f"{held[0].upper()}{held[1:]}; then {text[0].lower()}{text[1:]}"


def side_of(heading: float, offset: tuple[float, float]) -> str:
    """Return on which side something lies that is clearly beside the road, else "".

    Parameters
    ----------
    heading
        Degrees anticlockwise from east in which one drives.
    offset
        Metres east and north from the car.
    """
    far = float(np.hypot(*offset))
    if not NEAR_M <= far <= FAR_M:
        return ""
    beside = float(np.sin(np.arctan2(offset[1], offset[0]) - np.radians(heading)))
    if abs(beside) < BESIDE:
        return ""
    return "left" if beside > 0 else "right"
