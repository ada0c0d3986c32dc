"""Signs with hours bind at the second a route is there; the plan arrives on Monday at 08:00."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from planner.verify import verify
from planner.verify.hours import Moment, around, clauses, demands, holds, sign_hours
from planner.verify.law import LAWS
from tests.verify.town import ALTERNATE, Change, Town

MONDAY = Moment(datetime(2026, 3, 2, 7, 58))


def _rules(town: Town) -> set[str]:
    return {failure.rule for failure in verify(town.document, town.facts()).failures}


def _when(value: str) -> dict[str, str]:
    return {"motor_vehicle:conditional": value}


def _restrict(**tags: str) -> Change:
    return lambda town: town.restrict("", 11, 3, 12, **tags)


def _block(tags: dict[str, str]) -> Change:
    return lambda town: town.node_tags.update({2: {"barrier": "gate", **tags}})


SHUT: dict[str, Change] = {
    "a street in its shut hours": lambda town: town.tag(12, **_when("no @ (Mo-Fr 07:00-09:00)")),
    "a street shut over midnight": lambda town: town.tag(12, **_when("no @ 22:00-09:00")),
    "a street that opens at nine": lambda town: town.tag(
        12, motor_vehicle="no", **_when("yes @ (09:00-18:00)")
    ),
    "the last of two conditions": lambda town: town.tag(
        12, **_when("yes @ (06:00-20:00); no @ (07:30-08:30)")
    ),
    "a street shut to what is heavier at these hours": lambda town: town.tag(
        12, **_when("no @ (07:00-09:00 AND weight>1.5)")
    ),
    "a direction shut in the morning": lambda town: town.tag(
        12, **{"oneway:conditional": "-1 @ (06:00-12:00)"}
    ),
    "a reversible street turned the other way": lambda town: town.tag(
        12, oneway="reversible", **{"oneway:conditional": "yes @ (12:00-20:00); -1 @ (06:00-12:00)"}
    ),
    "a side shut in the morning": lambda town: town.tag(
        12, **{"motor_vehicle:forward:conditional": "no @ (06:00-12:00)"}
    ),
    "a street for destinations in the morning is gone through": lambda town: town.tag(
        30, **_when("destination @ (06:00-11:00)")
    ),
    "a weight allowed at night": lambda town: town.tag(
        12, maxweight="1", **{"maxweight:conditional": "5 @ (20:00-06:00)"}
    ),
    "a condition nobody can know": lambda town: town.tag(12, **_when("no @ wet")),
    "leave nobody can know": lambda town: town.tag(
        12, motor_vehicle="no", **_when("yes @ (permit_holder)")
    ),
    "hours nobody can read": lambda town: town.tag(12, **_when("no @ (Mo 25:99)")),
    "one of two conditions nobody can know": lambda town: town.tag(
        12, **_when("no @ (permit_holder AND 07:00-09:00); yes @ (Su)")
    ),
    "days that may be school holidays": lambda town: town.tag(
        12, motor_vehicle="no", **_when("yes @ (Mo-Fr 06:00-20:00; SH off)")
    ),
    "a direction by a sign nobody can read": lambda town: town.tag(
        12, **{"oneway:conditional": "-1 @ (snow)"}
    ),
    "a limit of size in the morning": lambda town: town.tag(
        12, **{"maxheight:conditional": "1.5 @ (06:00-10:00)"}
    ),
    "a limit of size nobody can read": lambda town: town.tag(
        12, **{"maxheight:conditional": "1.5 @ (when it rains)"}
    ),
    "a limit lifted for those who nobody knows": lambda town: town.tag(
        12, maxheight="1.5", **{"maxheight:conditional": "none @ destination"}
    ),
    "a way outside its hours": lambda town: town.tag(12, opening_hours="09:00-18:00"),
    "a way with hours nobody can read": lambda town: town.tag(12, opening_hours="on request"),
    "a gate with hours nobody can read": _block({"opening_hours": "on request"}),
    "a gate shut by what nobody can know": _block(_when("no @ (wet)")),
    "a low gate in the morning": _block({"maxheight:conditional": "1.5 @ (06:00-10:00)"}),
    "a turn barred at hours nobody can read": _restrict(
        **{"restriction:conditional": "no_straight_on @ (when it pleases)"}
    ),
    "a ban lifted for those whom nobody knows": lambda town: town.restrict(
        "no_straight_on", 11, 3, 12, **{"restriction:conditional": "none @ (permit_holder)"}
    ),
    "a ban beside one of another kind": lambda town: town.restrict(
        "no_straight_on", 11, 3, 12, **{"restriction:conditional": "no_u_turn @ (06:00-10:00)"}
    ),
    "a turn barred by half of the old form": lambda town: town.restrict(
        "no_straight_on", 11, 3, 12, hour_on="06:00"
    ),
    "a gate outside its hours": _block({"opening_hours": "Mo-Fr 08:30-18:00"}),
    "a gate shut by a condition": _block(_when("no @ (Mo 06:00-09:00)")),
    "a turn barred in the rush hour": _restrict(
        **{"restriction:conditional": "no_straight_on @ (Mo-Fr 07:00-09:00)"}
    ),
    "an exit commanded in the rush hour": lambda town: town.restrict(
        "", 11, 3, 40, **{"restriction:conditional": "only_right_turn @ (Mo-Fr 07:00-09:00)"}
    ),
    "a turn barred by the old form": lambda town: town.restrict(
        "no_straight_on", 11, 3, 12, hour_on="7", hour_off="18", day_on="Monday", day_off="Fr"
    ),
    "a row of ways barred in the morning": lambda town: town.restrict_row(
        "", 20, (30,), 50, **{"restriction:conditional": "no_left_turn @ (06:00-10:00)"}
    ),
}

OPEN: dict[str, Change] = {
    "a street after its shut hours": lambda town: town.tag(12, **_when("no @ (Mo-Fr 05:00-07:00)")),
    "a street on another day": lambda town: town.tag(12, **_when("no @ (Sa-Su 00:00-24:00)")),
    "a street shut for less than a minute of the drive": lambda town: town.tag(
        12, **_when("no @ (07:59-09:00)")
    ),
    "a street in its open hours": lambda town: town.tag(
        12, motor_vehicle="no", **_when("destination @ (Mo-Sa 06:00-11:00)")
    ),
    "leave that nobody can know where it needs none": lambda town: town.tag(
        12, **_when("yes @ wet; yes @ (permit_holder AND length > 2)")
    ),
    "a condition on which nobody can know, for what is longer": lambda town: town.tag(
        12, **_when("no @ (permit_holder AND length > 12); no @ hgv")
    ),
    "an unread condition at other hours": lambda town: town.tag(
        12, **_when("no @ (wet AND 22:00-06:00)")
    ),
    "leave for a purpose at the end of the way": lambda town: town.tag(
        11, motor_vehicle="no", **_when("yes @ delivery")
    ),
    "a limit of size at night": lambda town: town.tag(
        12, **{"maxheight:conditional": "1.5 @ (20:00-06:00)"}
    ),
    "a limit lifted in the morning": lambda town: town.tag(
        12, maxheight="1.5", **{"maxheight:conditional": "none @ (06:00-10:00)"}
    ),
    "a way in its hours": lambda town: town.tag(12, opening_hours="07:00-18:00"),
    "a street shut to what is heavier": lambda town: town.tag(
        12, **_when("no @ (07:00-09:00 AND weight>7.5)")
    ),
    "a condition for others": lambda town: town.tag(
        12, **{"bus:conditional": "no @ (06:00-22:00)"}
    ),
    "a reversible street turned this way": lambda town: town.tag(
        12, oneway="reversible", **{"oneway:conditional": "yes @ (06:00-12:00)"}
    ),
    "a street for destinations in the morning is begun on": lambda town: town.tag(
        11, **_when("destination @ (06:00-11:00)")
    ),
    "a gate in its hours": _block({"opening_hours": "07:00-18:00", "locked": "yes"}),
    "a turn barred in the evening": _restrict(
        **{"restriction:conditional": "no_straight_on @ (Mo-Fr 17:00-19:00)"}
    ),
    "a ban lifted in the morning": lambda town: town.restrict(
        "no_straight_on", 11, 3, 12, **{"restriction:conditional": "none @ (06:00-10:00)"}
    ),
    "a turn barred on other days": lambda town: town.restrict(
        "no_straight_on", 11, 3, 12, day_on="Tu", day_off="Fr"
    ),
    "a row of ways barred at night": lambda town: town.restrict_row(
        "", 20, (30,), 50, **{"restriction:conditional": "no_left_turn @ (22:00-05:00)"}
    ),
}


@pytest.mark.parametrize("what", SHUT)
def test_sign_in_its_hours_is_caught(what: str) -> None:
    town = Town()
    SHUT[what](town)
    assert _rules(town) == {"conditional"}


@pytest.mark.parametrize("what", OPEN)
def test_sign_out_of_its_hours_binds_nobody(what: str) -> None:
    town = Town()
    OPEN[what](town)
    assert _rules(town) == set()


def test_hours_are_those_of_the_place() -> None:
    """08:00 UTC is 09:00 in Berlin."""
    town = Town(timezone="Europe/Berlin")
    town.tag(12, **_when("no @ (08:30-09:30)"))
    assert _rules(town) == {"conditional"}
    town.tag(12, **_when("no @ (07:00-08:30)"))
    assert _rules(town) == set()


def test_moment_inside_a_long_leg_counts() -> None:
    """The alternate drives 1500 m of way 30 in one leg, from about 07:56 to 07:59."""
    town = Town()
    town.drive("alternate", (ALTERNATE[0], (30, (5, 6, 7, 8)), ALTERNATE[4]))
    leg = town.origin["routes"][1]["legs"][1]
    assert leg["time_s"] > 170
    town.restrict("no_straight_on", 30, 7, 30, hour_on="07:50", hour_off="08:30")
    assert _rules(town) == {"conditional"}
    town.restrictions.clear()
    town.restrict("no_straight_on", 30, 7, 30, hour_on="07:58", hour_off="08:30")
    assert _rules(town) == set()


def test_public_holidays_are_those_of_the_country() -> None:
    berlin, lisbon = ZoneInfo("Europe/Berlin"), ZoneInfo("Europe/Lisbon")
    unity = datetime(2026, 10, 3, 8, tzinfo=ZoneInfo("UTC")).timestamp()
    hours, car = "Mo-Su 06:00-22:00; PH off", LAWS["car"]
    assert [holds(hours, car, when) for when in around(unity, berlin)] == [False] * 3
    assert [holds(hours, car, when) for when in around(unity, lisbon)] == [True] * 3
    assert {when.country for when in around(unity, ZoneInfo("UTC"))} == {""}


@pytest.mark.parametrize(
    ("condition", "profile", "expected"),
    [
        ("", "car", None),
        ("wet", "car", None),
        ("Su", "car", False),
        ("wet AND Su", "car", False),
        ("wet AND Mo", "car", None),
        ("06.00-22.00", "car", True),
        ("24h", "car", True),
        ("SH", "car", None),
        ("Mo-Fr 07:00-17:00; SH off", "car", None),
        ("Tu-Fr 07:00-17:00; PH,SH off", "car", False),
        ("08:00-09:00 unknown", "car", False),
        ("07:00-09:00 unknown", "car", None),
        ("motorcar", "car", True),
        ("motorcar", "van", False),
        ("coach AND Mo", "bus", True),
        ("hgv", "bus", False),
        ("axleload>10 t", "bus", True),
        ("maxweightrating>18", "bus", False),
        ("axles>2", "bus", None),
        ("weight<=40", "foot", False),
    ],
)
def test_what_is_known_of_a_condition(condition: str, profile: str, expected: bool | None) -> None:
    assert holds(condition, LAWS[profile], MONDAY) is expected


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        ("no @ Mo-Fr 12:45-13:30", (("no", "Mo-Fr 12:45-13:30"),)),
        ("yes @ (Mo-Fr 16:00-11:00;Sa 00:00-11:00)",
         (("yes", "Mo-Fr 16:00-11:00;Sa 00:00-11:00"),)),
        ("no @ (06:00-10:00; PH off);yes @ (x)", (("no", "06:00-10:00; PH off"), ("yes", "x"))),
        ("none @ destination", (("none", "destination"),)),
        ("conditional", ()),
    ],
)  # fmt: skip
def test_condition_is_read_whole(value: str, parts: tuple[tuple[str, str], ...]) -> None:
    assert clauses(value) == parts


def test_old_hours_are_read() -> None:
    assert sign_hours({"hour_on": "06", "hour_off": "23"}) == "06:00-23:00"
    assert sign_hours({"day_on": "Mo", "day_off": "Fr"}) == "Mo-Fr"
    assert sign_hours({"hour_on": "07:30:00", "hour_off": "9"}) == "07:30-09:00"


def test_more_particular_restriction_counts_first() -> None:
    tags = {"restriction": "no_left_turn", "restriction:bus": "no_u_turn"}
    assert demands(tags, LAWS["bus"], None) == {"no_u_turn"}
    assert demands(tags, LAWS["car"], None) == {"no_left_turn"}
