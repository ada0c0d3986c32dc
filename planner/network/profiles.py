"""Who travels: what each may use, how fast, how large it is, what its turns cost.

One table, `PROFILES`; code follows it. Sources: EU = Council Directives 96/53/EC (sizes) or
92/6/EEC (speed limiters of coaches); OSRM = its public car profile; R5, Valhalla = the turn
costs of these routers; D8 = Weidmann 1993 as quoted in the domain notes. A number without one
of these is an *assumption*.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple


class Speed(NamedTuple):
    """Speeds of a road class in km/h: taken without a ``maxspeed``, and the highest believed."""

    default: float
    cap: float


class TurnCosts(NamedTuple):
    """Seconds lost at a junction; ``near`` is the turn to one's own side of the road.

    Attributes
    ----------
    straight, slight, near, far, sharp, u_turn
        By angle: a near turn is to the right where one drives on the right; a far turn crosses
        the oncoming lane; sharp is added to near or far beyond about 135 degrees.
    signal
        At a node with traffic lights, whatever the turn.
    stop, give_way
        At such a sign.
    onto_larger
        Added where a minor road meets a larger one without lights.
    across_larger
        Added where one goes straight over a larger road without lights.
    roundabout
        Entering one.
    gate
        Passing a gate or a lift gate.
    """

    straight: float
    slight: float
    near: float
    far: float
    sharp: float
    u_turn: float
    signal: float
    stop: float
    give_way: float
    onto_larger: float
    across_larger: float
    roundabout: float
    gate: float


class Size(NamedTuple):
    """What must fit under, over and between: metres and tonnes; 0 is not limited."""

    height_m: float
    width_m: float
    length_m: float
    weight_t: float
    axle_load_t: float


@dataclass(frozen=True, slots=True)
class Profile:
    """One way of travelling.

    Attributes
    ----------
    name, title
        Key of the table, and words for people.
    kind, plural
        Words for counts: ``car`` ways, ways for ``cars``.
    on_foot
        Whether the rules for walking hold: no one-way streets, no turn restrictions for cars.
    access_keys
        OSM keys from the general to the particular; the last one present decides.
    own_words
        Values of such a key that name this traveller, as ``access=psv`` does for a bus.
    speeds
        Speed by value of ``highway`` (``ferry`` for ``route=ferry``); others are no road here.
    needs_leave
        Values of ``highway`` that need an access tag to be used, of any key.
    needs_own_leave
        Values that need a tag of a key more particular than ``access``.
    shut_services
        Values of ``service`` never used.
    exempt
        Words of a turn restriction's ``except`` that free this traveller from it.
    restriction_keys
        Keys of a turn restriction that bind it, from the general to the particular.
    oneway_keys
        From the general to the particular; the last one present decides.
    size
        A `Size`; a smaller limit on the way shuts it.
    top_kmh
        Never faster, whatever is posted.
    speed_factor
        Share of the posted or class speed kept up on the road.
    gate_kinds
        Values of ``entrances.kind`` it may use.
    stopped_by
        Kinds of ``barrier`` that end its way unless a particular key says otherwise.
    turns_round
        Whether it may turn round at a plain dead end, not only where there is room for it.
    fords, steps
        Whether a ford without leave, or steps without a wheelchair ramp, can be passed.
    turn_costs
        A `TurnCosts`.
    """

    name: str
    title: str
    kind: str
    plural: str
    on_foot: bool
    access_keys: tuple[str, ...]
    own_words: frozenset[str]
    speeds: Mapping[str, Speed]
    needs_leave: frozenset[str]
    needs_own_leave: frozenset[str]
    shut_services: frozenset[str]
    exempt: frozenset[str]
    restriction_keys: tuple[str, ...]
    oneway_keys: tuple[str, ...]
    size: Size
    top_kmh: float
    speed_factor: float
    gate_kinds: tuple[str, ...]
    stopped_by: frozenset[str]
    turns_round: bool
    fords: bool
    steps: bool
    turn_costs: TurnCosts


ROAD_SPEEDS: Mapping[str, Speed] = MappingProxyType({
    "motorway": Speed(100, 130), "trunk": Speed(85, 110), "primary": Speed(65, 100),
    "secondary": Speed(60, 100), "tertiary": Speed(50, 90), "unclassified": Speed(35, 80),
    "residential": Speed(30, 60), "living_street": Speed(10, 20), "service": Speed(15, 40),
    "track": Speed(12, 30), "motorway_link": Speed(75, 90), "trunk_link": Speed(65, 80),
    "primary_link": Speed(55, 70), "secondary_link": Speed(50, 60),
    "tertiary_link": Speed(40, 60), "road": Speed(25, 60), "ferry": Speed(10, 40),
    "pedestrian": Speed(6, 10), "footway": Speed(6, 10), "path": Speed(6, 10),
    "cycleway": Speed(6, 10), "bridleway": Speed(6, 10),
})  # fmt: skip
"""Speeds by class where nothing is posted: the median of the defaults of Valhalla, OSRM and
GraphHopper for cars, rounded; the cap on what is posted: assumption."""

BUS_SPEEDS: Mapping[str, Speed] = MappingProxyType(
    {**ROAD_SPEEDS, "busway": Speed(40, 60), "track": Speed(10, 20)}
)

WALK_KMH = 1.34 * 3.6
"""Free walking speed, D8."""

WALK_ON: tuple[str, ...] = (
    "motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential",
    "living_street", "service", "track", "motorway_link", "trunk_link", "primary_link",
    "secondary_link", "tertiary_link", "road", "pedestrian", "footway", "path", "cycleway",
    "bridleway", "corridor", "platform", "busway", "trail",
)  # fmt: skip


def _walking(kmh: float, **other: float) -> Mapping[str, Speed]:
    speeds = dict.fromkeys(WALK_ON, kmh) | other
    return MappingProxyType({name: Speed(speed, speed) for name, speed in speeds.items()})


NO_ROOM = frozenset(
    {"bollard", "block", "chain", "jersey_barrier", "kissing_gate", "stile", "cycle_barrier",
     "motorcycle_barrier", "turnstile", "full-height_turnstile", "horse_stile", "wall", "fence",
     "hedge", "log", "debris", "rope", "planter", "bus_trap", "sump_buster", "spikes",
     "wicket_gate", "guard_rail", "barrier_board", "chicane", "stone", "shrub", "overgrowth",
     "hole", "door", "city_wall", "retaining_wall", "ditch", "bar", "delineators", "tank_trap",
     "sliding_beam", "yes"}
)  # fmt: skip
"""Barriers that end a car's way, unless they say that cars may pass."""

SOLID = frozenset(
    {"wall", "fence", "hedge", "city_wall", "retaining_wall", "guard_rail", "ditch", "debris",
     "overgrowth", "hole", "tank_trap"}
)  # fmt: skip
"""Barriers nobody walks through."""

NOT_ROLLED_OVER = SOLID | frozenset(
    {"stile", "turnstile", "full-height_turnstile", "kissing_gate", "horse_stile", "log",
     "cycle_barrier", "motorcycle_barrier", "chicane", "chain", "rope", "stone"}
)  # fmt: skip
"""Barriers a wheelchair does not pass unless they say so."""

DRIVE_KEYS = ("access", "vehicle", "motor_vehicle")
PATHS = frozenset({"pedestrian", "footway", "path", "cycleway", "bridleway"})
_CAR_TURNS = TurnCosts(
    straight=0.0, slight=0.5, near=2.0, far=5.0, sharp=2.0, u_turn=20.0, signal=4.0, stop=4.0,
    give_way=2.0, onto_larger=3.0, across_larger=4.0, roundabout=2.0, gate=10.0,
)  # fmt: skip
"""Between Valhalla (0.5 straight, 1 near, 2.5 far, before its factor for the kind of junction),
OSRM (7.5 at most, signal 2, U-turn 20) and R5 (10 near, 30 far); where in between: assumption."""

CAR = Profile(
    name="car",
    title="Car",
    kind="car",
    plural="cars",
    on_foot=False,
    access_keys=(*DRIVE_KEYS, "motorcar"),
    own_words=frozenset({"motorcar", "motor_vehicle", "vehicle"}),
    speeds=ROAD_SPEEDS,
    needs_leave=frozenset({"track", "ferry"}),
    needs_own_leave=PATHS,
    shut_services=frozenset({"emergency_access", "bus", "busbay"}),
    exempt=frozenset({"motorcar", "motor_vehicle", "vehicle"}),
    restriction_keys=("restriction", "restriction:vehicle", "restriction:motor_vehicle",
                      "restriction:motorcar"),
    oneway_keys=("oneway", "oneway:vehicle", "oneway:motor_vehicle", "oneway:motorcar"),
    # Height, width, length, weight: OSRM; axle load: assumption.
    size=Size(2.0, 1.9, 4.8, 2.0, 1.2),
    top_kmh=130.0,
    speed_factor=0.95,
    gate_kinds=("vehicle", "both"),
    stopped_by=NO_ROOM,
    turns_round=True,
    fords=False,
    steps=False,
    turn_costs=_CAR_TURNS,
)  # fmt: skip

VAN = Profile(
    name="van",
    title="Van (to 3.5 t)",
    kind="van",
    plural="vans",
    on_foot=False,
    # A sign that bars cars bars vans too, unless goods are let in.
    access_keys=(*DRIVE_KEYS, "motorcar", "goods"),
    own_words=frozenset({"goods", "motor_vehicle", "vehicle"}),
    speeds=ROAD_SPEEDS,
    needs_leave=CAR.needs_leave,
    needs_own_leave=PATHS,
    shut_services=CAR.shut_services,
    exempt=frozenset({"goods", "motor_vehicle", "vehicle"}),
    restriction_keys=("restriction", "restriction:vehicle", "restriction:motor_vehicle",
                      "restriction:motorcar", "restriction:goods"),
    oneway_keys=("oneway", "oneway:vehicle", "oneway:motor_vehicle", "oneway:motorcar",
                 "oneway:goods"),
    # A panel van with a high roof; 3.5 t is the limit of its class (N1).
    size=Size(2.8, 2.1, 6.0, 3.5, 2.2),
    top_kmh=120.0,
    speed_factor=0.92,
    gate_kinds=("vehicle", "both"),
    stopped_by=NO_ROOM,
    turns_round=True,
    fords=False,
    steps=False,
    turn_costs=_CAR_TURNS._replace(near=3.0, far=5.5, sharp=4.0, u_turn=30.0),
)  # fmt: skip

BUS = Profile(
    name="bus",
    title="Bus or coach",
    kind="bus",
    plural="buses",
    on_foot=False,
    # A hired coach is no line bus: what bars coaches, even where buses may go, bars it.
    access_keys=(*DRIVE_KEYS, "psv", "bus", "coach", "tourist_bus"),
    own_words=frozenset({"psv", "bus", "coach", "tourist_bus", "motor_vehicle", "vehicle"}),
    speeds=BUS_SPEEDS,
    needs_leave=CAR.needs_leave | {"busway"},
    needs_own_leave=PATHS,
    shut_services=frozenset({"emergency_access", "parking_aisle", "drive-through",
                             "drive_through"}),
    exempt=frozenset({"psv", "bus", "coach", "tourist_bus", "motor_vehicle", "vehicle"}),
    restriction_keys=("restriction", "restriction:vehicle", "restriction:motor_vehicle",
                      "restriction:psv", "restriction:bus", "restriction:coach",
                      "restriction:tourist_bus"),
    oneway_keys=("oneway", "oneway:vehicle", "oneway:motor_vehicle", "oneway:psv",
                 "oneway:bus", "oneway:coach", "oneway:tourist_bus"),
    # Width, weight of two axles and driving axle: EU; height and length (12 m): assumption.
    size=Size(3.8, 2.55, 12.0, 18.0, 11.5),
    top_kmh=100.0,  # EU
    speed_factor=0.85,
    gate_kinds=("vehicle", "both"),
    stopped_by=NO_ROOM - {"bus_trap", "sump_buster"},
    turns_round=False,
    fords=False,
    steps=False,
    turn_costs=_CAR_TURNS._replace(
        slight=1.5, near=5.0, far=8.0, sharp=8.0, u_turn=60.0, stop=6.0, roundabout=3.0, gate=20.0
    ),
)  # fmt: skip

_ON_FOOT_TURNS = TurnCosts(
    straight=0.0, slight=0.0, near=0.0, far=0.0, sharp=0.0, u_turn=0.0, signal=15.0, stop=0.0,
    give_way=0.0, onto_larger=0.0, across_larger=5.0, roundabout=0.0, gate=3.0,
)  # fmt: skip
"""Assumption: half a red phase of 30 s at lights, 5 s to find a gap elsewhere."""

FOOT = Profile(
    name="foot",
    title="On foot",
    kind="foot",
    plural="people on foot",
    on_foot=True,
    access_keys=("access", "foot"),
    own_words=frozenset({"foot"}),
    # Steps: assumption, near half the level speed.
    speeds=_walking(WALK_KMH, steps=2.2, ferry=10.0),
    needs_leave=frozenset(),
    needs_own_leave=frozenset({"motorway", "motorway_link", "trunk", "trunk_link", "cycleway",
                               "busway"}),
    shut_services=frozenset(),
    exempt=frozenset({"foot"}),
    restriction_keys=("restriction:foot",),
    oneway_keys=("oneway:foot",),
    size=Size(0.0, 0.0, 0.0, 0.0, 0.0),
    top_kmh=10.0,
    speed_factor=1.0,
    gate_kinds=("foot", "both"),
    stopped_by=SOLID,
    turns_round=True,
    fords=True,
    steps=True,
    turn_costs=_ON_FOOT_TURNS,
)  # fmt: skip

WHEELCHAIR = Profile(
    name="wheelchair",
    title="Wheelchair",
    kind="wheelchair",
    plural="wheelchairs",
    on_foot=True,
    access_keys=("access", "foot", "wheelchair"),
    own_words=frozenset({"foot", "wheelchair"}),
    # 1.0 m/s: assumption.
    speeds=_walking(3.6, steps=1.0, ferry=10.0),
    needs_leave=frozenset(),
    needs_own_leave=FOOT.needs_own_leave,
    shut_services=frozenset(),
    exempt=frozenset({"foot", "wheelchair"}),
    restriction_keys=("restriction:foot", "restriction:wheelchair"),
    oneway_keys=("oneway:foot",),
    # 0.8 m: assumption, a chair 0.7 m wide with a hand's breadth; the rest does not bind.
    size=Size(0.0, 0.8, 0.0, 0.0, 0.0),
    top_kmh=10.0,
    speed_factor=1.0,
    gate_kinds=("foot", "both"),
    stopped_by=NOT_ROLLED_OVER,
    turns_round=True,
    fords=False,
    steps=False,
    turn_costs=_ON_FOOT_TURNS._replace(across_larger=8.0, gate=6.0),
)  # fmt: skip

PROFILES: Mapping[str, Profile] = MappingProxyType(
    {profile.name: profile for profile in (CAR, VAN, BUS, FOOT, WHEELCHAIR)}
)
"""Every profile by name; the first is the usual one."""
