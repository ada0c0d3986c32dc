"""Why in the plan of the bundled city: causes hold when the rows are gone, sentences tell them."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from planner.layers.workspace import Workspace
from planner.plan import Plan, make_plan
from planner.plan.question import ask
from planner.plan.why.causes import explanations
from planner.plan.why.words import first_choice, gate, hour, sentence
from planner.plan.wishes.asked import Wishes
from planner.routes.causes import WORTH_S, as_good_s
from planner.scenario import ARRIVE, FACILITY

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2027, 3, 2, 6, 30, tzinfo=UTC)


def plan(workspace: Workspace, arrive: str = ARRIVE, **more: Any) -> Plan:
    return make_plan(workspace, ask(FACILITY, arrive, workspace.timezone, **more), now=NOW)


@pytest.fixture(scope="module")
def workspace(bundled: Path) -> Workspace:
    return Workspace.open(bundled)


@pytest.fixture(scope="module")
def made(workspace: Workspace) -> Plan:
    return plan(workspace)


@pytest.fixture
def own(bundled: Path, tmp_path: Path) -> Workspace:
    return Workspace.open(shutil.copy(bundled, tmp_path / "own.gpkg"))


def costs(made: Plan) -> dict[str, float]:
    return {
        o["id"]: o["routes"][0]["cost_s"] if o["routes"] else float("inf")
        for o in made.document["origins"]
    }


def drop(workspace: Workspace, ids: list[str]) -> None:
    """Take rows out of whichever layer holds them."""
    for layer in ("zones", "closures"):
        here = [key for key in ids if key in set(workspace.layer(layer)["id"])]
        if here:
            workspace.remove(layer, here)


def test_without_its_causes_a_way_is_as_good_as_on_a_calm_day(
    made: Plan, workspace: Workspace, bundled: Path, tmp_path: Path
) -> None:
    """And with one of them left, it is not: rows are removed, the plan is made anew."""

    def again(*gone: str) -> dict[str, float]:
        copy = Workspace.open(shutil.copy(bundled, tmp_path / "copy.gpkg"))
        drop(copy, list(gone))
        return costs(plan(copy))

    records = [r for r in made.document["why"] if r["causes"]]
    assert records
    assert all(r["smallest"] for r in records)
    now = costs(made)
    calm = again(*workspace.layer("zones")["id"], *workspace.layer("closures")["id"])
    for record in records:
        key, causes = record["origin"], record["causes"]
        assert now[key] >= calm[key] + WORTH_S
        most = calm[key] + as_good_s(now[key] - calm[key]) + 0.2
        assert again(*causes)[key] <= most
        for left in causes:
            assert again(*(c for c in causes if c != left))[key] > most - 0.4


def test_every_gateway_has_a_record_and_a_gate_that_is_its_own(made: Plan) -> None:
    origins = {o["id"]: o for o in made.document["origins"]}
    assert [r["origin"] for r in made.document["why"]] == list(origins)
    for record in made.document["why"]:
        first = origins[record["origin"]]["routes"][0]
        assert record["gate"]["id"] == first["entrance"]
        assert record["gate"]["text"].startswith(first["entrance_name"])
        assert record["gate"]["other"] != record["gate"]["id"]


def test_explanations_are_the_sentences_of_the_records(made: Plan) -> None:
    assert [r for r in made.document["why"] if r["text"]]
    for record in made.document["why"]:
        names = [o["name"] for o in made.document["origins"] if o["id"] == record["origin"]]
        told = [t for t in made.document["explanations"] if f" {names[0]}" in t]
        assert bool(told) == bool(record["text"])
    assert all(r["text"] == "" for r in made.document["why"] if not r["causes"])
    for record in made.document["why"]:
        for one in record["without"]:
            assert (one["label"] in record["text"]) == one["cause"]


def test_first_choices_leave_why_to_the_whole_plan(workspace: Workspace) -> None:
    question = ask(FACILITY, ARRIVE, workspace.timezone)
    document = make_plan(workspace, question, now=NOW, whole=False).document
    assert document["why"] is None
    assert document["explanations"] == []
    assert first_choice(document) == []


def test_the_gate_that_no_way_leads_to_comes_first_with_what_is_reported(made: Plan) -> None:
    first, second = first_choice(made.document)[:2]
    assert first == "South gate is not used: Standing assembly, Meridian Avenue, 07:00-10:00."
    assert second.startswith("North gate: ")


def test_calm_hour_needs_no_sentence(own: Workspace) -> None:
    drop(own, [*own.layer("zones")["id"], *own.layer("closures")["id"]])
    document = plan(own, "2027-03-02T11:00").document
    assert document["explanations"] == []
    assert {tuple(r["causes"]) for r in document["why"]} == {()}


def test_hours_of_the_nearest_gate_are_the_cause_where_all_are_shut(own: Workspace) -> None:
    drop(own, [*own.layer("zones")["id"], *own.layer("closures")["id"]])
    calm = plan(own, "2027-03-02T11:00").document
    nearest = {o["id"]: o["routes"][0]["entrance"] for o in calm["origins"]}
    rows = own.layer("entrances")
    mine = rows[rows["facility_id"] == FACILITY].copy()
    mine["opens"], mine["closes"] = "12:00", "18:00"
    own.append("entrances", mine)
    document = plan(own, "2027-03-02T11:00").document
    names = {g["id"]: g["name"] for g in document["gates"]}
    for one in document["why"]:
        gate = nearest[one["origin"]]
        assert one["causes"] == [gate]
        assert (one["longer_s"], one["gate"]) == (None, None)
        (cause,) = one["without"]
        assert (cause["kind"], cause["gate"]) == ("gate_hours", gate)
        assert f"no way through because of the hours of {names[gate]} (12:00-18:00)" in one["text"]


def test_wishes_stay_in_force_whatever_is_taken_away(workspace: Workspace, made: Plan) -> None:
    """A place to pass on the far side costs minutes; no report is blamed for them."""
    far = made.document["origins"][6]
    document = plan(workspace, wishes=Wishes(via=(f"{far['lon']},{far['lat']}",))).document
    longer = {w["id"]: w["minutes"] for w in document["wishes"]["origins"]}
    assert max(longer.values()) > 5
    for record in document["why"]:
        assert record["wishes_s"] == pytest.approx(60 * longer[record["origin"]], abs=1)
        assert record["causes"] == []
    assert document["explanations"] == [
        f"What is asked of the ways makes them up to {round(max(longer.values()))} min longer."
    ]


def without(**changed: Any) -> dict[str, Any]:
    """What a way would be without a cause."""
    return {
        "id": "a", "kind": "zone", "label": "the march on Quay (07:00-09:00)", "cause": True,
        "changes": True, "time_s": 600, "saves_s": 240, "exposure_saved_min": 0.0,
        "by": "Naito Parkway", "parts_at": "Main Street", "gate": "g", "gate_name": "North gate",
        "proven": True,
    } | changed  # fmt: skip


def record(*alone: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {
        "longer_s": 240, "exposure_min": 0.0, "causes": [w["id"] for w in alone if w["cause"]],
        "smallest": True, "without": list(alone), "together": None, "hangs_on": [],
    } | changed  # fmt: skip


def test_sentence_tells_what_one_cause_costs_and_where_the_ways_part() -> None:
    assert sentence("Sandy Road", record(without())) == (
        "From Sandy Road the way is 4 min longer than on a calm day because of the march on Quay "
        "(07:00-09:00). Without it the way to North gate by Naito Parkway, from Main Street on, "
        "is 4 min shorter."
    )


def test_sentence_tells_that_two_matter_only_together() -> None:
    idle = {"changes": False, "saves_s": 0}
    two = record(
        without(**idle), without(id="b", label="the closure Pier (06:00-10:00)", **idle),
        together=without(),
    )  # fmt: skip
    assert sentence("X", two) == (
        "From X the way is 4 min longer than on a calm day because of the march on Quay "
        "(07:00-09:00) together with the closure Pier (06:00-10:00). Without both the way to North "
        "gate by Naito Parkway, from Main Street on, is 4 min shorter; without either alone "
        "nothing is gained."
    )


def test_sentence_of_no_way_tells_the_way_that_would_be() -> None:
    none = without(saves_s=None, exposure_saved_min=None, parts_at="")
    assert sentence("X", record(none, longer_s=None)) == (
        "From X there is no way through because of the march on Quay (07:00-09:00). Without it "
        "North gate by Naito Parkway takes 10 min."
    )


def test_sentence_says_where_not_all_sets_were_tried() -> None:
    two = record(without(), without(id="b"), together=without(), smallest=False)
    assert sentence("X", two).endswith(" Fewer may do: not all were tried.")
    one = record(without(), smallest=False)
    assert "Fewer" not in sentence("X", one)


def test_hour_tells_what_the_minutes_earlier_are_made_of() -> None:
    assert hour(720, 480, 0, 240, ["the closure Pier (08:00-10:00)"]) == (
        "Leave 12 min earlier than on a calm day: 8 min more on the way and 4 min early at the "
        "gate, before the closure Pier (08:00-10:00) shuts it."
    )
    assert hour(120, 10, 110, 0, []) == (
        "Leave 2 min earlier than on a calm day: 2 min of waiting."
    )


def test_gateways_with_the_same_causes_share_a_sentence_from_the_longest_way() -> None:
    def one(key: str, longer_s: int | None, *causes: str) -> dict[str, Any]:
        return {"origin": key, "causes": list(causes), "longer_s": longer_s, "wishes_s": None,
                "text": f"{key}." if causes else ""}  # fmt: skip

    origins = [{"id": key, "name": key.upper()} for key in "abcd"]
    records = [one("a", 60, "z"), one("b", 180, "z"), one("c", 0), one("d", None, "y")]
    assert explanations(records, origins) == [
        "b. The same holds from A (1 min longer).", "d.",
    ]  # fmt: skip
    assert explanations(None, origins) == []


@pytest.mark.parametrize(
    ("saves_s", "told"),
    [
        (0, "as quick as"),
        (26, "about as quick as"),
        (-26, "about as quick as"),
        (60, "1 min quicker than"),
    ],
)
def test_gates_some_seconds_apart_are_about_as_quick(saves_s: int, told: str) -> None:
    """The minutes beside them may differ by rounding."""
    facts = {
        "id": "n", "name": "North gate", "other": "s", "other_name": "South gate",
        "saves_s": saves_s, "clear": True, "other_clear": True, "on_a_calm_day": "n",
        "on_a_calm_day_name": "North gate",
    }  # fmt: skip
    assert gate(facts, []) == f"North gate: {told} South gate."
