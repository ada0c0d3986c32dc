"""What is said otherwise of those who drive, walk, roll."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from planner.network.profiles import CAR, PROFILES, Profile


class Speech(NamedTuple):
    """Words of one way of travelling.

    Attributes
    ----------
    by
        As in "no way through by vehicle".
    origin
        Where ways begin: "gateway", with "s" more than one.
    road
        What must lie near it: "no public road lies near this gateway".
    move
        As in "the drive ends".
    gate, whom
        As in "no vehicle gate is open", "no gate for vehicles".
    back
        As in "make a U-turn onto a street".
    side, origins, ways
        As in "first choice from each side"; where they begin; the title over all of them.
    way
        As in "no vehicle way in before 08:55".
    """

    by: str
    origin: str
    road: str
    move: str
    gate: str
    whom: str
    back: str
    side: str
    origins: str
    ways: str
    way: str

    def many(self, origins: int) -> str:
        """Return a number of places to come from, in words."""
        return f"{origins} {self.origin}{'s' * (origins != 1)}"


DRIVEN = Speech(
    by="by vehicle", origin="gateway", road="public road", move="drive", gate="vehicle gate",
    whom="vehicles", back="Make a U-turn", side="side",
    origins="Where main roads cross the edge of the map", ways="Ways in",
    way="vehicle way in",
)  # fmt: skip
WALKED = Speech(
    by="on foot", origin="stop", road="public path", move="walk", gate="gate for people on foot",
    whom="people on foot", back="Turn back", side="stop",
    origins="Stops of public transport near the site",
    ways="Ways in on foot from public transport", way="way in on foot",
)  # fmt: skip
ROLLED = WALKED._replace(
    by="by wheelchair", move="way", gate="gate for wheelchairs", whom="wheelchairs",
    ways="Ways in by wheelchair from public transport", way="way in by wheelchair",
)  # fmt: skip

SPEECH: Mapping[str, Speech] = MappingProxyType({
    "car": DRIVEN, "van": DRIVEN, "bus": DRIVEN, "foot": WALKED, "wheelchair": ROLLED,
})  # fmt: skip
"""Words by profile."""


def speech_of(profile: str | None) -> Speech:
    """Return the words of a profile; those of drivers where none is told."""
    return SPEECH[profile or CAR.name]


def traveller(name: str | None) -> str:
    """Return who travels, with the size that counts on the road.

    >>> traveller("foot"), traveller("car")
    ('On foot', 'Car')
    """
    profile = PROFILES[name or CAR.name]
    if profile.on_foot or profile.name == CAR.name:
        return profile.title
    return f"{profile.title}: {size(profile)}"


def size(profile: Profile) -> str:
    """Return in words how large a vehicle is, where it may turn round.

    >>> size(PROFILES["bus"])
    '3.8 m high, 2.55 m wide, 12 m long, 18 t; turns round only where there is room'
    """
    height, width, length, weight, _ = profile.size
    turns = "" if profile.turns_round else "; turns round only where there is room"
    return f"{height:g} m high, {width:g} m wide, {length:g} m long, {weight:g} t{turns}"
