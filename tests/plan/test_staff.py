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
from planner.plan.staff import _first_turn, _if_stopped, message, text_of
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


def step(turn: str, text: str, street: str, lon: float = 0.0) -> dict[str, Any]:
    """A direction of 100 m."""
    return {
        "turn": turn, "street": street, "lon": lon, "lat": 0.0, "text": f"{text}, 100 m",
        "length_m": 100.0,
    }  # fmt: skip


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


def test_turn_onto_a_road_without_a_name_tells_what_it_leads_to() -> None:
    """A motorway has many ramps."""
    first = [step("depart", "Start on Quay Freeway", "Quay Freeway"), step("arrive", "Arrive", "")]
    other = [
        first[0], step("slight_right", "Take the ramp on the right", "the ramp", 1),
        step("continue", "Continue onto the ramp", "the ramp", 2),
        step("left", "Turn left onto North Row", "North Row", 3), step("arrive", "Arrive", "", 4),
    ]  # fmt: skip
    told = _first_turn({"steps": first}, {"steps": other})
    assert told == "on Quay Freeway, take the ramp on the right for North Row"


def test_way_that_begins_otherwise_is_chosen_before_leaving() -> None:
    """Nobody under way can start another way: "start north" is told to who has not left."""
    first = [step("depart", "Start east on Quay", "Quay"), step("arrive", "Arrive", "", 2)]
    other = [step("depart", "Start north on Ash Row", "Ash Row"), step("arrive", "Arrive", "", 3)]
    told = _if_stopped({"steps": first}, {"steps": other, "entrance_name": "North gate"})
    assert told.startswith("If in doubt before you leave, start north on Ash Row to North gate; ")


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
