"""The planner's hand on the bundled city: every combination kept, told, weighed, verified."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import numpy as np
import pytest

from planner.errors import InputError, NetworkError
from planner.layers.workspace import Workspace
from planner.plan import Plan, with_doubt
from planner.plan.make import plan_at, prepare
from planner.plan.prepare import Prepared
from planner.plan.question import Question, ask
from planner.plan.wishes.asked import MOST, Wishes, point_in, stretch_in
from planner.plan.wishes.hand import PREFER, hand_of
from planner.scenario import ARRIVE, FACILITY

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2027, 3, 2, 6, 30, tzinfo=UTC)
SCHEMA = Path(__file__).parents[2] / "docs" / "plan.schema.json"
NORTH, SOUTH = "courthouse-north", "courthouse-south"
PARTS: dict[str, Any] = {
    "gate": NORTH, "via": ("park-way-1261",), "avoid": ("Ring Road",),
    "prefer": ("Chancel Street",), "access_routes": True,
}  # fmt: skip


@pytest.fixture(scope="module")
def workspace(bundled: Path) -> Workspace:
    return Workspace.open(bundled)


@pytest.fixture(scope="module")
def prepared(workspace: Workspace) -> Prepared:
    return prepare(workspace, FACILITY)


def question(prepared: Prepared, arrive: str = ARRIVE, **wishes: Any) -> Question:
    return ask(FACILITY, arrive, prepared.workspace.timezone, wishes=wishes)


def plan(prepared: Prepared, arrive: str = ARRIVE, **wishes: Any) -> Plan:
    return plan_at(prepared, question(prepared, arrive, **wishes), now=NOW)


def ways(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for origin in document["origins"]:
        yield from origin["routes"]


COMBINATIONS = [c for r in range(1, 6) for c in itertools.combinations(PARTS, r)]
WHOLE = [("gate", "avoid", "prefer"), ("via", "access_routes"), tuple(PARTS)]


def kept(document: dict[str, Any], parts: tuple[str, ...]) -> None:
    """Demand that a plan is right by its schema and check, and keeps some wishes in every way."""
    jsonschema.validate(document, json.loads(SCHEMA.read_text()))
    assert document["feasible"]
    assert document["verification"]["failures"] == []
    for way in ways(document):
        if "gate" in parts:
            assert way["entrance"] == NORTH
        if "avoid" in parts:
            assert "Ring Road" not in way["streets"]
        if "via" in parts:
            (passed,) = document["wishes"]["passes"][way["id"]]
            assert way["depart"] < passed["at"] < way["arrive"]
            assert any("you pass" in step["text"] for step in way["steps"])
    told = {item["kind"]: item for item in document["wishes"]["items"]}
    assert set(told) == set(parts)
    assert all(told[k]["kept"] for k in ("gate", "via", "avoid") if k in parts)


@pytest.mark.parametrize("parts", COMBINATIONS, ids="+".join)
def test_every_combination_is_kept_by_the_first_choices(
    prepared: Prepared, parts: tuple[str, ...]
) -> None:
    wishes = {part: PARTS[part] for part in parts}
    kept(plan_at(prepared, question(prepared, **wishes), now=NOW, whole=False).document, parts)


@pytest.mark.parametrize("parts", WHOLE, ids="+".join)
def test_every_way_keeps_what_was_asked(prepared: Prepared, parts: tuple[str, ...]) -> None:
    """Alternates too, and as many of them."""
    document = plan(prepared, **{part: PARTS[part] for part in parts}).document
    kept(document, parts)
    assert sum(len(o["routes"]) >= 3 for o in document["origins"]) >= 8


def test_cost_is_the_difference_of_two_plans(prepared: Prepared) -> None:
    """Without any wish, and without each alone: as if those plans had been asked for."""
    both = plan(prepared, via=PARTS["via"], avoid=PARTS["avoid"]).document
    others = {"via-1": {"avoid": PARTS["avoid"]}, "avoid-1": {"via": PARTS["via"]}}

    def minutes(document: dict[str, Any]) -> dict[str, float]:
        firsts = {o["id"]: o["routes"][0] for o in document["origins"]}
        return {key: (way["time_s"] + way["wait_s"]) / 60 for key, way in firsts.items()}

    here, free = minutes(both), minutes(plan(prepared).document)
    for told in both["wishes"]["origins"]:
        assert told["minutes"] == pytest.approx(here[told["id"]] - free[told["id"]], abs=0.01)
    for item in both["wishes"]["items"]:
        without = minutes(plan(prepared, **others[item["id"]]).document)
        for cost in item["costs"]:
            expected = here[cost["origin"]] - without[cost["origin"]]
            assert cost["minutes"] == pytest.approx(expected, abs=0.01)


def test_shut_pinned_gate_is_told_with_its_hours_and_the_next_best(prepared: Prepared) -> None:
    document = plan(prepared, "2027-03-02T21:30", gate=NORTH).document
    assert not document["feasible"]
    assert "North gate is shut at 21:30 (open 07:00-19:00)" in document["headline"]
    assert "the next best gate: East gate" in document["headline"]
    assert all(o["drop"] == ["gate"] for o in document["wishes"]["origins"])
    assert document["verification"]["passed"]


def test_gate_behind_an_assembly_names_what_stands_there(prepared: Prepared) -> None:
    document = plan(prepared, gate=SOUTH).document
    assert not document["feasible"]
    assert "assembly" in document["headline"]
    assert all(o["drop"] == ["gate"] for o in document["wishes"]["origins"])


def test_only_the_demands_that_leave_no_way_are_dropped(prepared: Prepared) -> None:
    """The streets around the north gate left alone: that or the gate must go, never the rest."""
    around = ("Ledger Street", "Lintel Place")
    document = plan(prepared, gate=NORTH, avoid=(*around, "Ring Road"), via=PARTS["via"]).document
    stuck = [o for o in document["wishes"]["origins"] if o["drop"]]
    assert stuck
    for origin in stuck:
        assert len(origin["drop"]) == 1
        assert origin["drop"] != ["via-1"]
        assert "no way" in origin["reason"] or "next best gate" in origin["reason"]
        less = {"gate": {"avoid": (*around, "Ring Road"), "via": PARTS["via"]}}.get(
            origin["drop"][0]
        )
        if less:
            assert plan(prepared, **less).document["feasible"]


def test_no_gate_is_called_beaten_where_no_way_passes_the_place(prepared: Prepared) -> None:
    """A place to pass within the ground of the assembly at the front gate."""
    zones = prepared.workspace.layer("zones")
    place = zones[zones["id"] == "zone-1"].geometry.iloc[0].centroid
    document = plan(prepared, via=(f"{place.x},{place.y}",)).document
    assert not document["feasible"]
    told = {gate["reason"] for gate in document["gates"]}
    assert "no way to it as you asked" in told
    assert "other gates are quicker or calmer" not in told


def test_no_wish_leaves_the_plan_as_it_was(prepared: Prepared) -> None:
    document = plan(prepared).document
    assert document["wishes"] is None
    assert json.dumps(document) == json.dumps(plan(prepared, via=()).document)


def test_variations_keep_the_wishes(prepared: Prepared) -> None:
    """Robust ways pass the place and leave the street alone; gates not asked for are not counted."""
    wished = {"via": PARTS["via"], "avoid": PARTS["avoid"], "gate": NORTH}
    document = with_doubt(plan(prepared, **wished), worlds=40).document
    assert document["verification"]["failures"] == []
    robust = [o["robust"] for o in document["origins"] if o["robust"]]
    assert robust
    for way in (r["route"] for r in robust if r["route"]):
        assert way["entrance"] == NORTH
        assert "Ring Road" not in way["streets"]
    counted = {g["id"] for g in document["gates"] if g["clear_share"] is not None}
    assert counted == {NORTH}


def test_point_on_a_bridge_means_the_bridge_alone(prepared: Prepared) -> None:
    ground = prepared.ground
    network = ground.stops.network
    arc = int(np.flatnonzero(np.isin(network.way_id, ground.raised))[0])
    from planner.plan.words import lonlat_of

    lon, lat = lonlat_of(network.arc_shape(arc).mean(axis=0), network.epsg)
    (wish,) = hand_of(ground, Wishes(avoid=(f"{lon},{lat}",))).wishes
    assert "ridge" in wish.name
    assert np.isin(network.way_id[wish.arcs], ground.raised).all()
    assert arc in wish.arcs


def test_stretch_between_crossings_is_less_than_the_street(prepared: Prepared) -> None:
    ground = prepared.ground
    whole, part = (
        hand_of(ground, Wishes(avoid=(text,))).wishes[0].arcs
        for text in ("Chancel Street", "Chancel Street from Ledger Street to Honeystone Street")
    )
    assert 0 < len(part) < len(whole)
    assert np.isin(part, whole).all()


def test_preference_costs_and_never_takes_time(prepared: Prepared) -> None:
    """Other roads cost more by the factor, in the way's cost and nowhere else."""
    made = plan(prepared, prefer=PARTS["prefer"])
    problem, free = made.answer.problem, plan(prepared).answer.problem
    arcs = made.answer.hand.wishes[0].arcs
    np.testing.assert_array_equal(problem.factor[arcs], free.factor[arcs])
    others = np.setdiff1d(np.arange(len(problem.factor)), arcs)
    np.testing.assert_allclose(problem.factor[others], PREFER * free.factor[others])
    np.testing.assert_array_equal(problem.graph.time, free.graph.time)


@pytest.mark.parametrize(
    ("wishes", "error", "told"),
    [
        ({"gate": "north"}, InputError, "courthouse-north (North gate)"),
        ({"gate": "courthouse-west"}, InputError, "is for foot"),
        ({"avoid": ("Chancl",)}, NetworkError, "Chancel Street"),
        ({"avoid": ("Chancel Street from Nowhere Row to Ledger Street",)}, NetworkError, "Nowhere"),
        ({"via": ("park-way",)}, InputError, "park-way-1261"),
        ({"via": ("0.0,0.0",)}, InputError, "no road"),
        ({"via": ("x" * 300,)}, InputError, "one of 300 letters; give at most 160"),
        ({"avoid": ("Ring Road",) * (MOST + 1)}, InputError, "9 streets to avoid: give at most 8"),
        ({"other": 1}, InputError, "wishes"),
        ({"avoid": ("Ring Road",), "prefer": ("Ring Road",)}, InputError, "leave one of them out"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_what_cannot_be_read_is_told_with_what_to_do(
    prepared: Prepared, wishes: dict[str, Any], error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told.replace("(", r"\(").replace(")", r"\)")):
        plan(prepared, **wishes)


def test_access_routes_that_are_none_are_told(workspace: Workspace) -> None:
    """The hospital of the bundled city, if nothing is approved for it."""
    facility = next(
        key for key in workspace.layer("facilities")["id"]
        if key not in set(workspace.layer("access_routes")["facility_id"])
    )  # fmt: skip
    ground = prepare(workspace, facility).ground
    with pytest.raises(InputError, match="no access route is approved"):
        hand_of(ground, Wishes(access_routes=True))


def test_texts_are_read_as_points_streets_or_stretches() -> None:
    assert point_in(" 13.4, -52.5 ") == (13.4, -52.5)
    assert point_in("Route 66, 3") is None
    assert point_in("200,10") is None
    assert stretch_in("Way from Hell") == ("Way from Hell", "", "")
    assert stretch_in("A FROM B to C").end == "C"
