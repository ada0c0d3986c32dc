"""Signs mean different things to a car, a van, a bus, to who walks or rolls."""

from __future__ import annotations

import pytest

from planner.verify import verify
from planner.verify.law import LAWS, Leave
from planner.verify.signs import leave_of_barrier, leave_of_way, limit_of, may_drive, too_small
from tests.verify.town import ALTERNATE, Change, Town

OPEN, ENDING, SHUT = Leave


def _rules(town: Town) -> set[str]:
    return {failure.rule for failure in verify(town.document, town.facts()).failures}


def _as(profile: str, *changes: Change) -> Town:
    """Return the town planned for a profile, at a pace that everybody keeps."""
    town = Town(speed_ms=2.0 if LAWS[profile].walks else 30 / 3.6)
    town.document["profile"] = profile
    for change in changes:
        change(town)
    return town


@pytest.mark.parametrize("profile", LAWS)
def test_right_plan_passes_for_every_profile(profile: str) -> None:
    assert _rules(_as(profile)) == set()


def test_plan_that_names_no_profile_is_one_for_a_car() -> None:
    town = Town()
    assert "profile" not in town.document
    town.tag(12, motorcar="no")
    assert _rules(town) == {"open_to_profile"}


def test_profile_nobody_knows_cannot_be_judged() -> None:
    town = Town()
    town.document["profile"] = "broom"
    assert _rules(town) == {"document"}


WAYS: list[tuple[dict[str, str], dict[str, Leave]]] = [
    ({"motor_vehicle": "no"}, {"car": SHUT, "van": SHUT, "bus": SHUT, "foot": OPEN}),
    ({"access": "no", "psv": "yes"}, {"car": SHUT, "van": SHUT, "bus": OPEN, "foot": SHUT}),
    ({"access": "psv"}, {"car": SHUT, "bus": OPEN}),
    ({"motorcar": "no"}, {"car": SHUT, "van": SHUT, "bus": OPEN}),
    ({"motorcar": "no", "goods": "yes"}, {"car": SHUT, "van": OPEN}),
    ({"vehicle": "no", "bus": "yes", "tourist_bus": "no"}, {"bus": SHUT}),
    ({"access": "private", "foot": "yes"}, {"car": ENDING, "foot": OPEN, "wheelchair": OPEN}),
    ({"foot": "no"}, {"car": OPEN, "foot": SHUT, "wheelchair": SHUT}),
    ({"wheelchair": "no"}, {"foot": OPEN, "wheelchair": SHUT}),
    ({"motorroad": "yes"}, {"car": OPEN, "foot": SHUT}),
    ({"highway": "motorway"}, {"bus": OPEN, "foot": SHUT}),
    ({"highway": "trail"}, {"car": SHUT, "foot": OPEN}),
    ({"highway": "busway"}, {"bus": OPEN, "foot": SHUT}),
    ({"highway": "service", "service": "parking_aisle"}, {"car": OPEN, "bus": SHUT}),
    ({"smoothness": "impassable"}, {"car": SHUT, "van": SHUT, "foot": OPEN}),
    ({"highway": "busway"}, {"car": SHUT, "bus": OPEN}),
    ({"highway": "service", "service": "busbay"}, {"car": SHUT, "bus": OPEN, "foot": OPEN}),
    ({"highway": "footway"}, {"car": SHUT, "bus": SHUT, "foot": OPEN, "wheelchair": OPEN}),
    ({"highway": "footway", "access": "yes"}, {"car": SHUT, "foot": OPEN}),
    ({"highway": "pedestrian", "motor_vehicle": "destination"}, {"car": ENDING, "bus": ENDING}),
    ({"highway": "steps"}, {"car": SHUT, "foot": OPEN, "wheelchair": SHUT}),
    ({"highway": "steps", "ramp:wheelchair": "yes"}, {"wheelchair": OPEN}),
    ({"highway": "construction", "access": "yes"}, {"car": SHUT, "bus": SHUT, "foot": SHUT}),
    ({"ford": "yes"}, {"car": SHUT, "bus": SHUT, "foot": OPEN, "wheelchair": SHUT}),
    ({"ford": "yes", "motor_vehicle": "yes"}, {"car": OPEN}),
    ({"highway": "", "route": "ferry"}, {"car": SHUT, "foot": OPEN}),
    ({"highway": "", "route": "ferry", "motor_vehicle": "yes"}, {"car": OPEN, "bus": OPEN}),
    ({"highway": "", "route": "ferry", "foot": "no"}, {"foot": SHUT}),
]


@pytest.mark.parametrize(("tags", "leave"), WAYS)
def test_way_is_open_to_whom_its_tags_say(tags: dict[str, str], leave: dict[str, Leave]) -> None:
    said = {name: leave_of_way({"highway": "residential"} | tags, LAWS[name]) for name in leave}
    assert said == leave


BARRIERS: list[tuple[dict[str, str], dict[str, Leave]]] = [
    ({"barrier": "bollard"}, {"car": SHUT, "bus": SHUT, "foot": OPEN, "wheelchair": OPEN}),
    ({"barrier": "bollard", "access": "yes"}, {"car": SHUT, "foot": OPEN}),
    ({"barrier": "bollard", "bus": "yes"}, {"car": SHUT, "van": SHUT, "bus": OPEN}),
    ({"barrier": "bus_trap"}, {"car": SHUT, "bus": OPEN}),
    ({"barrier": "stile"}, {"car": SHUT, "foot": OPEN, "wheelchair": SHUT}),
    ({"barrier": "stile", "foot": "yes"}, {"foot": OPEN, "wheelchair": SHUT}),
    ({"barrier": "kissing_gate", "wheelchair": "yes"}, {"wheelchair": OPEN}),
    ({"barrier": "kerb", "kerb": "raised"}, {"foot": OPEN, "wheelchair": SHUT}),
    ({"barrier": "kerb", "kerb": "lowered"}, {"wheelchair": OPEN}),
    ({"kerb": "raised"}, {"foot": OPEN, "wheelchair": SHUT}),
    ({"barrier": "fence"}, {"foot": SHUT, "wheelchair": SHUT}),
    ({"barrier": "gate", "foot": "no"}, {"car": OPEN, "foot": SHUT}),
    ({"barrier": "gate", "motor_vehicle": "no"}, {"car": SHUT, "foot": OPEN}),
    ({"barrier": "gate", "locked": "yes"}, {"car": SHUT, "foot": SHUT}),
    ({"ford": "yes"}, {"car": SHUT, "foot": OPEN, "wheelchair": SHUT}),
]


@pytest.mark.parametrize(("tags", "leave"), BARRIERS)
def test_barrier_stops_whom_its_tags_say(tags: dict[str, str], leave: dict[str, Leave]) -> None:
    assert {name: leave_of_barrier(tags, LAWS[name]) for name in leave} == leave


def test_sign_for_one_side_binds_that_side_alone() -> None:
    tags = {"highway": "residential", "motor_vehicle:backward": "no", "access:forward": "private"}
    car = LAWS["car"]
    assert [leave_of_way(tags, car, side) for side in (1, -1)] == [ENDING, SHUT]
    assert leave_of_way({**tags, "motorcar": "yes"}, car, -1) is OPEN


ONEWAYS: list[tuple[dict[str, str], dict[str, tuple[bool, bool]]]] = [
    ({"oneway": "yes"}, {"car": (True, False), "bus": (True, False), "foot": (True, True)}),
    ({"oneway": "yes", "oneway:bus": "no"}, {"car": (True, False), "bus": (True, True)}),
    ({"oneway": "-1", "oneway:psv": "no"}, {"van": (False, True), "bus": (True, True)}),
    ({"oneway": "reversible"}, {"car": (False, False), "foot": (True, True)}),
    ({"junction": "roundabout"}, {"car": (True, False), "foot": (True, True)}),
    ({"oneway:foot": "yes"}, {"car": (True, True), "foot": (True, False)}),
]


@pytest.mark.parametrize(("tags", "sides"), ONEWAYS)
def test_one_way_sign_binds_whom_it_names(
    tags: dict[str, str], sides: dict[str, tuple[bool, bool]]
) -> None:
    road = {"highway": "residential"} | tags
    said = {
        name: (may_drive(road, LAWS[name], 1), may_drive(road, LAWS[name], -1)) for name in sides
    }
    assert said == sides


LIMITS: list[tuple[dict[str, str], set[str]]] = [
    ({"maxheight": "1.9"}, {"car", "van", "bus"}),
    ({"maxheight": "2.1 m"}, {"van", "bus"}),
    ({"maxheight": "11'6\""}, {"bus"}),
    ({"maxheight": "default"}, set()),
    ({"maxweight": "1.5 t"}, {"car", "van", "bus"}),
    ({"maxweight": "3.5"}, {"bus"}),
    ({"maxweight": "3.5", "maxweight:bus": "none"}, set()),
    ({"maxlength": "10", "maxlength:psv": "no"}, set()),
    ({"maxlength": "10"}, {"bus"}),
    ({"maxwidth": "2"}, {"van", "bus"}),
    ({"maxwidth": "0.7"}, {"car", "van", "bus", "wheelchair"}),
    ({"maxaxleload": "8"}, {"bus"}),
    ({"maxweight": "3.5", "maxweight:coach": "20"}, set()),
    ({"maxweight": "3.5", "maxweight:bus": "20", "maxweight:tourist_bus": "12"}, {"bus"}),
    ({"maxweight:goods": "3"}, {"van"}),
    ({"maxheight:motorcar": "1.9"}, {"car", "van"}),
    ({"maxheight:motorcar": "1.9", "maxheight:goods": "none"}, {"car"}),
    ({"maxweightrating": "7.5"}, {"bus"}),
    ({"maxheight:physical": "2.5"}, {"van", "bus"}),
]


@pytest.mark.parametrize(("tags", "stopped"), LIMITS)
def test_limit_stops_what_is_larger(tags: dict[str, str], stopped: set[str]) -> None:
    assert {name for name, law in LAWS.items() if too_small(tags, law) is not None} == stopped


@pytest.mark.parametrize(
    ("value", "key", "limit"),
    [
        ("3.5", "maxheight", 3.5), ("3,5 m", "maxheight", 3.5), ("12'", "maxheight", 3.6576),
        ("16\"12'", "maxheight", None), ("none", "maxheight", None), ("7500 kg", "maxweight", 7.5),
        ("10 st", "maxweight", 9.0718474), ("8 hl", "maxweight", None),
    ],
)  # fmt: skip
def test_limit_is_read_in_its_unit(value: str, key: str, limit: float | None) -> None:
    assert limit_of(value, key) == (limit if limit is None else pytest.approx(limit))


BREAKS: dict[str, tuple[str, str, Change]] = {
    "a bus on a road that is too weak": ("size", "bus", lambda town: town.tag(12, maxweight="7.5")),
    "a van under a beam over a node": (
        "size", "van",
        lambda town: town.node_tags.update({2: {"barrier": "height_restrictor", "maxheight": "2"}})),
    "a bus turns round in a dead end": (
        "u_turn", "bus",
        lambda town: town.drive(
            "alternate", (*ALTERNATE[:2], (60, (6, 9)), (60, (9, 6)), *ALTERNATE[2:]))),
    "a bus where coaches must turn off": (
        "turn", "bus",
        lambda town: town.restrict("", 11, 3, 12, **{"restriction:bus": "no_straight_on"})),
    "a car where taxis are exempt": (
        "turn", "car", lambda town: town.restrict("no_straight_on", 11, 3, 12, **{"except": "psv"})),
    "a wheelchair down steps": (
        "open_to_profile", "wheelchair", lambda town: town.tag(12, highway="steps")),
    "a wheelchair over a stile": (
        "barrier", "wheelchair", lambda town: town.node_tags.update({2: {"barrier": "stile"}})),
    "on foot through a wall": (
        "barrier", "foot", lambda town: town.node_tags.update({2: {"barrier": "wall"}})),
    "on foot over private ground": (
        "through_restricted", "foot", lambda town: town.tag(30, foot="private")),
    "on foot by the gate for vehicles": (
        "gate_for_profile", "foot", lambda town: town.gate.update(kind="vehicle")),
    "on foot against a sign for who walks": (
        "open_to_profile", "foot", lambda town: town.tag(12, **{"foot:forward": "no"})),
    "on foot as fast as a car": (
        "speed", "foot", lambda town: town.__setattr__("document", _hurried(town))),
    "a car against access for one side": (
        "open_to_profile", "car", lambda town: town.tag(12, **{"motor_vehicle:forward": "no"})),
}  # fmt: skip


def _hurried(town: Town) -> dict[str, object]:
    return Town().document | {"profile": town.document["profile"]}


@pytest.mark.parametrize("what", BREAKS)
def test_break_is_caught_for_its_profile(what: str) -> None:
    rule, profile, change = BREAKS[what]
    assert _rules(_as(profile, change)) == {rule}


RIGHT: dict[str, tuple[str, Change]] = {
    "a bus is exempt from a restriction": (
        "bus", lambda town: town.restrict("no_straight_on", 11, 3, 12, **{"except": "psv"})),
    "a restriction binds no walker": (
        "foot", lambda town: town.restrict("no_straight_on", 11, 3, 12)),
    "a row of ways binds no walker": (
        "foot", lambda town: town.restrict_row("no_left_turn", 20, (30,), 50)),
    "who walks goes against a one-way street": ("foot", lambda town: town.tag(12, oneway="-1")),
    "who walks turns round anywhere": (
        "wheelchair",
        lambda town: town.drive(
            "alternate", (ALTERNATE[0], (30, (5, 6)), (30, (6, 5)), *ALTERNATE[1:]))),
    "a bus turns round in a turning circle": (
        "bus", lambda town: (
            town.node_tags.update({9: {"highway": "turning_circle"}}),
            town.drive(
                "alternate", (*ALTERNATE[:2], (60, (6, 9)), (60, (9, 6)), *ALTERNATE[2:])))),
    "a car passes where a bus is too high": ("car", lambda town: town.tag(12, maxheight="2.2")),
    "who walks passes a bollard": (
        "foot", lambda town: town.node_tags.update({2: {"barrier": "bollard"}})),
    "who walks comes by the gate for walkers": ("foot", lambda town: town.gate.update(kind="foot")),
}  # fmt: skip


@pytest.mark.parametrize("what", RIGHT)
def test_right_thing_passes_for_its_profile(what: str) -> None:
    profile, change = RIGHT[what]
    assert _rules(_as(profile, change)) == set()
