"""The words of road signs as tags carry them, with what they mean to each profile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from types import MappingProxyType

Tags = Mapping[str, str]


class Leave(IntEnum):
    """Who may use a road; the order is from free to shut."""

    OPEN = 0
    ENDING_ONLY = 1
    SHUT = 2


FREE = frozenset({"yes", "permissive", "designated", "public", "official"})
ENDING = frozenset({
    "destination", "customers", "customer", "delivery", "visitors", "private", "permit",
    "residents", "employees", "restricted", "staff", "license", "service",
})  # fmt: skip
FORBIDDEN = frozenset({
    "no", "agricultural", "forestry", "emergency", "military", "bus", "psv", "taxi", "hgv",
    "foot", "bicycle", "use_sidepath", "construction",
})  # fmt: skip

TRAVELLERS = frozenset({
    "vehicle", "motor_vehicle", "motorcar", "motorcycle", "moped", "mofa", "bicycle", "horse",
    "goods", "hgv", "hgv_articulated", "trailer", "caravan", "motorhome", "hazmat", "psv", "bus",
    "minibus", "coach", "tourist_bus", "share_taxi", "taxi", "tram", "foot", "wheelchair",
    "agricultural", "forestry", "emergency", "military",
})  # fmt: skip
"""Words by which a condition names whom it is for."""

ROADS = frozenset({
    "motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential",
    "living_street", "service", "road", "motorway_link", "trunk_link", "primary_link",
    "secondary_link", "tertiary_link",
})  # fmt: skip
"""Classes open to vehicles unless a tag says otherwise."""

FIELD_ROADS = frozenset({"track"})
"""A track belongs to fields and woods: vehicles need to be told that they may use it."""

MOTORWAYS = frozenset({"motorway", "motorway_link"})
PATHS = frozenset({"pedestrian", "footway", "path", "cycleway", "bridleway"})
"""Classes that vehicles use only where a sign names them: ``access`` means those it is made for."""

WALKWAYS = PATHS | {"steps", "track", "corridor", "platform", "elevator", "trail"}
OFF_ROADS = frozenset({"emergency_access"})
BUS_ROADS = frozenset({"bus", "busbay"})
TIGHT_ROADS = frozenset({"parking_aisle", "drive-through", "drive_through"})
"""Values of ``service`` that keep vehicles, or those that are no bus, off unless told."""

SOLID_BARRIERS = frozenset({
    "bollard", "block", "jersey_barrier", "wall", "fence", "chain", "log", "debris", "planter",
    "cycle_barrier", "stile", "turnstile", "kissing_gate", "full-height_turnstile",
    "motorcycle_barrier", "horse_stile", "bus_trap", "sump_buster", "delineators", "rope",
    "hedge", "ditch", "retaining_wall", "guard_rail", "spikes", "city_wall", "tank_trap",
    "wicket_gate", "barrier_board", "stone", "shrub", "hole", "bar",
})  # fmt: skip
BUS_FILTERS = frozenset({"bus_trap", "sump_buster"})
"""Barriers no vehicle passes unless a tag says that it may; gates are passed unless shut by a tag."""

WALLS = frozenset({"wall", "fence", "hedge", "ditch", "retaining_wall", "city_wall", "guard_rail"})
"""Barriers nobody passes on foot unless a tag says so."""

NARROW = frozenset({
    "stile", "turnstile", "kissing_gate", "full-height_turnstile", "cycle_barrier", "horse_stile",
    "motorcycle_barrier", "log", "debris", "chain", "rope", "stone",
})  # fmt: skip
"""Barriers that stop a wheelchair too."""

HIGH_KERBS = frozenset({"raised", "regular", "yes"})
RIGHT_ROUND = frozenset({"roundabout", "circular"})
NO_LIMIT_KMH = 140.0


@dataclass(frozen=True)
class Law:
    """What binds one profile.

    Attributes
    ----------
    keys
        Access keys from the most to the least specific; the first that is tagged decides.
    own
        Words that, as the value of such a key, mean this profile.
    exempt
        Words of ``except`` that free it from a turn restriction.
    roads, told_only, named_only
        Values of ``highway`` open to it; those open only where an access tag says so, or one
        of a more particular key than ``access``.
    off_roads
        Values of ``service`` that shut a road.
    solid
        Barriers it does not pass unless told.
    gates
        Kinds of entrance it may use.
    size
        Its height, width, length in metres, weight in tonnes, by the tag that limits it.
    top_kmh
        A speed it never exceeds.
    walks
        Whether it is bound by no turn restriction, one-way sign or rule on turning back.
    wheels
        Whether steps and high kerbs stop it though it walks.
    wades
        Whether it goes through a ford without being told that it may.
    backs_out
        Whether it may turn round in a dead end that has no turning circle.
    """

    name: str
    keys: tuple[str, ...]
    own: frozenset[str]
    exempt: frozenset[str]
    roads: frozenset[str]
    told_only: frozenset[str]
    named_only: frozenset[str]
    off_roads: frozenset[str]
    solid: frozenset[str]
    gates: frozenset[str]
    size: Mapping[str, float]
    top_kmh: float = NO_LIMIT_KMH
    walks: bool = False
    wheels: bool = False
    wades: bool = False
    backs_out: bool = True

    @cached_property
    def oneway_keys(self) -> tuple[str, ...]:
        """Keys of a one-way sign, the first that is tagged decides."""
        special = tuple(f"oneway:{key}" for key in self.keys if key != "access")
        return special if self.walks else (*special, "oneway")

    def limit_names(self, base: str) -> Iterator[str]:
        """Give the keys of a limit of size, the most particular first."""
        yield from (f"{base}:{mode}" for mode in self.keys if mode != "access")
        yield base

    @cached_property
    def size_keys(self) -> frozenset[str]:
        """Keys of every limit that may bind its size."""
        bases = (base for key in self.size for base in LIMITS[key])
        return frozenset(name for base in bases for name in self.limit_names(base))

    @cached_property
    def turn_keys(self) -> tuple[str, ...]:
        """Keys of a turn restriction, the first that is tagged decides."""
        return (*(f"restriction:{key}" for key in self.keys if key != "access"), "restriction")

    @cached_property
    def hourly_keys(self) -> frozenset[str]:
        """Keys with ``:conditional`` that change what it may do on a way or at a barrier."""
        sided = {f"{key}:{side}" for key in self.keys for side in ("forward", "backward")}
        bases = {*self.keys, *sided, *self.oneway_keys, *self.size_keys}
        return frozenset(f"{base}:conditional" for base in bases)


def _vehicle(
    name: str, keys: tuple[str, ...], size: tuple[float, ...],
    unlike: frozenset[str] = frozenset(), **more: object,
) -> Law:  # fmt: skip
    rest = {
        "roads": ROADS, "off_roads": OFF_ROADS | BUS_ROADS, "solid": SOLID_BARRIERS, **more,
    }  # fmt: skip
    return Law(
        name=name,
        keys=(*keys, "motor_vehicle", "vehicle", "access"),
        # What names cars may bind a van, never free it.
        own=frozenset({*keys, "motor_vehicle", "vehicle"}) - unlike,
        exempt=frozenset({*keys, "motor_vehicle", "vehicle"}) - unlike,
        told_only=FIELD_ROADS,
        named_only=PATHS,
        gates=frozenset({"vehicle", "both"}),
        size=MappingProxyType(dict(zip(SIZES, size, strict=True))),
        **rest,  # type: ignore[arg-type]  # fields of Law by name, checked by its constructor
    )


def _walker(name: str, keys: tuple[str, ...], solid: frozenset[str], **more: object) -> Law:
    return Law(
        name=name,
        keys=(*keys, "access"),
        own=frozenset(keys),
        exempt=frozenset(),
        roads=(ROADS - MOTORWAYS) | WALKWAYS,
        told_only=frozenset(),
        named_only=MOTORWAYS | {"busway"},
        off_roads=frozenset(),
        solid=solid,
        gates=frozenset({"foot", "both"}),
        top_kmh=10.0,  # Assumption: nobody walks faster for long.
        walks=True,
        **more,  # type: ignore[arg-type]  # fields of Law by name, checked by its constructor
    )


LIMITS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "maxheight": ("maxheight", "maxheight:physical"),
    "maxwidth": ("maxwidth", "maxwidth:physical"),
    "maxlength": ("maxlength",),
    "maxweight": ("maxweight", "maxweightrating"),
    "maxaxleload": ("maxaxleload",),
})  # fmt: skip
"""Keys that tell a limit, by the size that it limits."""

SIZES = ("maxheight", "maxwidth", "maxlength", "maxweight", "maxaxleload")

LAWS: Mapping[str, Law] = MappingProxyType({
    law.name: law
    for law in (
        _vehicle("car", ("motorcar",), (2.0, 1.9, 4.8, 2.0, 1.2)),
        _vehicle(
            "van", ("goods", "motorcar"), (2.8, 2.1, 6.0, 3.5, 2.2), frozenset({"motorcar"})
        ),
        _vehicle(
            "bus", ("tourist_bus", "coach", "bus", "psv"), (3.8, 2.55, 12.0, 18.0, 11.5),
            roads=ROADS | {"busway"}, off_roads=OFF_ROADS | TIGHT_ROADS, solid=SOLID_BARRIERS - BUS_FILTERS,
            top_kmh=100.0, backs_out=False,
        ),
        _walker("foot", ("foot",), WALLS, size=MappingProxyType({}), wades=True),
        _walker(
            "wheelchair", ("wheelchair", "foot"), WALLS | NARROW,
            size=MappingProxyType({"maxwidth": 0.8}), wheels=True,
        ),
    )
})  # fmt: skip
"""Sizes: a bus by Council Directive 96/53/EC, a car as OSRM has it; the rest is assumption.
Top speed of a bus: Council Directive 92/6/EEC."""
