"""The staff message: three sentences on a gate, a time, another way; nothing of what is reported."""

from __future__ import annotations

import copy
import re
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from planner.layers.workspace import Workspace
from planner.plan import Plan, make_plan
from planner.plan.question import ask
from planner.plan.staff import _if_stopped, message, text_of
from planner.plan.why.words import KINDS
from planner.risk.labels import _KINDS
from planner.scenario import ARRIVE, FACILITY

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2027, 3, 2, 6, 30, tzinfo=UTC)
EVE = datetime(2027, 2, 20, 6, 30, tzinfo=UTC)
REASONS = (
    "assembly", "march", "blockade", "encampment", "event", "friction", "zone", "crowd", "risk",
    "exposure", "report", "police", "permit", "operator", "news", "grade", "presence", "closure",
    "closed", "shut", "protest", "demonstration", "clear", "avoid", "because",
)  # fmt: skip
"""Words that no message holds outside names of places."""


def reported_in(text: str, document: dict[str, Any]) -> list[str]:
    """What of the reports a message tells: labels, kinds, grades, sources, words of risk."""
    names = [g["name"] for g in document["gates"]]
    for origin in document["origins"]:
        names.append(origin["name"])
        for route in origin["routes"]:
            names += [step["street"] for step in route["steps"]]
            names += [hold["place"] for hold in route["holds"]]
        if origin["stop"]:
            names.append(origin["stop"]["name"])
            names += [step["street"] for step in origin["stop"]["drive"]["steps"]]
    for name in sorted({n for n in names if n}, key=len, reverse=True):
        text = text.replace(name, "X")
    told = [
        value
        for zone in document["zones"]
        for key in ("label", "id", "kind", "grade", "source_kind")
        for value in (str(zone[key]), str(zone[key]).replace("_", " "))
        if value and value.lower() in text.lower()
    ]
    told += [c["name"] for c in document["closures"] if c["name"] in text]
    told += [kind for kind in (*_KINDS.values(), *KINDS.values()) if kind.lower() in text.lower()]
    return told + [word for word in REASONS if re.search(rf"\b{word}", text, re.IGNORECASE)]


def plan(workspace: Workspace, arrive: str = ARRIVE, *, now: datetime = NOW, **more: Any) -> Plan:
    return make_plan(workspace, ask(FACILITY, arrive, workspace.timezone, **more), now=now)


@pytest.fixture(scope="module")
def workspace(bundled: Path) -> Workspace:
    return Workspace.open(bundled)


@pytest.fixture(scope="module")
def made(workspace: Workspace) -> Plan:
    return plan(workspace)


def step(
    turn: str, text: str, street: str, lon: float = 0.0, toward: str = "east"
) -> dict[str, Any]:
    """A direction of 100 m."""
    return {
        "turn": turn, "street": street, "lon": lon, "lat": 0.0, "toward": toward,
        "text": f"{text}, 100 m", "length_m": 100.0,
    }  # fmt: skip


def told_of(
    first: list[dict[str, Any]], other: list[dict[str, Any]], decide: tuple[float, float] | None
) -> str:
    """What is told to who is stopped: one decides at a longitude, after some metres."""
    at = decide and {"lon": decide[0], "lat": 0.0, "after_m": decide[1]}
    points = [[lon / 2, 0.0] for lon in range(2 * len(other))]
    own = {"steps": first, "geometry": {"coordinates": [*points[:2], [9.0, 9.0]]}}
    way = {
        "steps": other, "entrance_name": "North gate", "trigger": {"decide": at},
        "geometry": {"coordinates": points}, "leave_by": "2027-03-02T07:05:00-01:00",
    }  # fmt: skip
    return _if_stopped({"arrive_by": "2027-03-02T07:30:00-01:00"}, own, way)


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=\.)\s", text) if part]


@pytest.mark.parametrize("profile", ["car", "bus", "foot", "wheelchair"])
@pytest.mark.parametrize("arrive", [ARRIVE, "2027-03-02T03:00", "2027-03-02T12:00"])
def test_message_tells_gate_times_and_nothing_of_the_reports(
    workspace: Workspace, arrive: str, profile: str
) -> None:
    document = plan(workspace, arrive, profile=profile).document
    for origin in document["origins"]:
        told = origin["message"]
        assert reported_in(told["text"], document) == []
        assert origin["name"] in told["text"]
        if origin["routes"]:
            first = origin["routes"][0]
            assert (told["gate"], told["leave_by"]) == (first["entrance"], first["leave_by"])
            assert first["entrance_name"] in told["text"]
            assert f"by {first['leave_by'][11:16]} on Tuesday 2 Mar" in told["text"]
    assert not [f for f in document["verification"]["failures"] if f["rule"] == "staff_message"]


def test_message_has_three_sentences(made: Plan) -> None:
    for origin in made.document["origins"]:
        assert len(sentences(origin["message"]["text"])) == 3


def test_another_way_is_told_by_its_first_turn_and_gate(made: Plan) -> None:
    for origin in made.document["origins"]:
        other = next(r for r in origin["routes"] if r["id"] == origin["message"]["other"])
        last = sentences(origin["message"]["text"])[2]
        assert other["entrance_name"] in last
        own = {tuple(point) for point in origin["routes"][0]["geometry"]["coordinates"]}
        turns = [step["text"].rpartition(", ")[0].lower() for step in other["steps"]]
        told = next(i for i, turn in enumerate(turns) if turn and turn in last.lower())
        before = other["steps"][:told]
        assert all((step["lon"], step["lat"]) in own for step in before)
        after = other["steps"][told + 1]
        assert (after["lon"], after["lat"]) not in own or after["turn"] == "arrive"


QUAY = step("depart", "Start east on Quay", "Quay")
NORTH = [
    QUAY, step("left", "Turn left onto Ash Row", "Ash Row", 1),
    step("right", "Turn right onto Quay", "Quay", 2), step("left", "Turn left onto Elm", "Elm", 3),
    step("arrive", "Arrive: North gate", "Elm", 4),
]  # fmt: skip


def test_turn_onto_a_road_without_a_name_tells_what_it_leads_to() -> None:
    """A motorway has many ramps."""
    first = [
        step("depart", "Start on Quay Freeway", "Quay Freeway"), step("arrive", "Arrive", "", 5),
    ]  # fmt: skip
    other = [
        first[0], step("slight_right", "Take the ramp on the right", "the ramp", 1),
        step("continue", "Continue onto the ramp", "the ramp", 2),
        step("left", "Turn left onto North Row", "North Row", 3), step("arrive", "Arrive", "", 4),
    ]  # fmt: skip
    told = told_of(first, other, (1, 100))
    assert "doubt, on Quay Freeway, take the ramp on the right for North Row to North gate" in told


def test_way_that_begins_otherwise_is_chosen_before_leaving() -> None:
    """Nobody under way can start another way: "start north" is told to who has not left."""
    first = [step("depart", "Start east on Quay", "Quay"), step("arrive", "Arrive", "", 2)]
    other = [step("depart", "Start north on Ash Row", "Ash Row"), step("arrive", "Arrive", "", 1)]
    told = told_of(first, other, (0, 0))
    assert told.startswith("If in doubt before you leave, start north on Ash Row to North gate; ")


def test_way_that_begins_in_the_other_direction_of_one_street_is_chosen_before_leaving() -> None:
    """Who drives west on the street never comes to where the other way leaves it in the east."""
    first = [step("depart", "Start west on Quay", "Quay", toward="west"), step("arrive", "A", "")]
    for decide in ((0, 0), None):
        told = told_of(first, NORTH, decide)
        assert told.startswith("If in doubt before you leave, ")
        assert "start east on Quay, then by Elm to North gate; " in told


def test_nobody_under_way_is_turned_to_a_gate_that_is_shut_by_then() -> None:
    """A way that one decides on before leaving would be joined too late: it has a minute."""
    told = told_of([QUAY, step("arrive", "Arrive", "", 5)], NORTH, None)
    assert told.startswith(
        "If in doubt before you leave, leave by 07:05 instead: on Quay, turn left onto Ash Row, then by Elm "
    )
    assert told.endswith("stopped or in doubt later, stop where it is safe and call site control.")


def test_turn_is_the_one_where_one_decides_not_the_first_that_differs() -> None:
    """Ways may part, meet, then part for good: joined at the first fork, the other may be shut.

    Nor is a street told that is driven by then.
    """
    first = [QUAY, step("arrive", "Arrive", "", 5)]
    told = told_of(first, NORTH, (2.5, 250))
    assert told.startswith("If you are stopped or in doubt, on Quay, turn left onto Elm to North")


def test_exit_of_a_roundabout_is_told_where_the_roundabout_begins() -> None:
    """The ways part within it, past where the direction is given."""
    round_about = [
        step("roundabout", f"At the roundabout take the {n} exit", street, 2)
        for n, street in (("1st", "Oak"), ("2nd", "Fir"))
    ]
    first = [QUAY, round_about[0], step("arrive", "Arrive", "Oak", 5)]
    other = [*NORTH[:2], round_about[1], *NORTH[3:]]
    told = told_of(first, other, (2.5, 250))
    assert "doubt, on Ash Row, at the roundabout take the 2nd exit, then by Elm to North" in told


def test_other_way_that_goes_straight_on_to_its_gate_is_told_so() -> None:
    told = told_of([QUAY, step("left", "Turn left onto Fir", "Fir", 3.5)], NORTH, (3.5, 350))
    assert told.startswith("If you are stopped or in doubt, stay on Elm to North gate; ")


def test_message_older_than_its_plan_asks_for_a_newer_one(workspace: Workspace) -> None:
    early = plan(workspace, now=EVE).document
    assert all("newer message" in o["message"]["text"] for o in early["origins"])
    assert all("this holds until" not in o["message"]["text"] for o in early["origins"])


def test_where_no_way_is_staff_stay_and_hear_from_when_on_there_is_one(
    bundled: Path, tmp_path: Path
) -> None:
    own = Workspace.open(shutil.copy(bundled, tmp_path / "own.gpkg"))
    gates = own.layer("entrances")
    mine = gates[gates["facility_id"] == FACILITY].copy()
    mine["opens"], mine["closes"] = "09:00", "18:00"
    own.append("entrances", mine)
    document = plan(own, "2027-03-02T08:00").document
    assert not document["feasible"]
    for origin in document["origins"]:
        text = origin["message"]["text"]
        assert text.startswith(f"Do not set out from {origin['name']} by vehicle")
        assert f"a way in is expected from {origin['opens_at'][11:16]} on" in text
        assert reported_in(text, document) == []
        assert origin["message"]["gate"] is None
        # Who is under way hears of the same place in the plan and in the message.
        assert f"already on your way, stop at {origin['stop']['name']} and call" in text
    stale = message(document | {"valid_until": document["generated_at"]}, document["origins"][0])
    assert sentences(stale["text"])[1] == (
        "Stay where you are or work elsewhere; a way in is expected from 09:00 on; do not leave "
        "without a newer message."
    )


def test_holds_are_told_with_their_end_at_the_next_whole_minute(made: Plan) -> None:
    document = copy.deepcopy(made.document)
    origin = document["origins"][0]
    origin["routes"][0]["holds"] = [
        {"place": "Quay car park", "until": "2027-03-02T07:20:01-01:00"}
    ]
    assert (
        "wait at Quay car park until 07:21 and be there by 07:30"
        in (message(document, origin)["text"])
    )


def test_first_choices_have_no_message_yet(workspace: Workspace) -> None:
    question = ask(FACILITY, ARRIVE, workspace.timezone)
    document = make_plan(workspace, question, now=NOW, whole=False).document
    assert {o["message"] for o in document["origins"]} == {None}
    assert text_of(document) == ""


def test_text_has_a_block_for_each_gateway(made: Plan) -> None:
    blocks = text_of(made.document).split("\n\n")
    assert [block.split("\n")[0] for block in blocks] == [
        o["name"] for o in made.document["origins"]
    ]
