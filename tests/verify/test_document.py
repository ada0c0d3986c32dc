"""A document that cannot be read fails; it never raises."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from planner.verify import Facts, verify
from planner.verify.choice import Asked, verify_choice
from planner.verify.table import DOCUMENT
from tests.verify.moving import move
from tests.verify.told import tell_staff
from tests.verify.town import Town

TOWN = Town()
move(TOWN)
tell_staff(TOWN)
TOWN.primary["steps"] = None
TOWN.origin["robust"] = {"same_as": "gw-west:alternate", "route": None}
TOWN.document["advice"] = {"transit": None}
FACTS: Facts = TOWN.facts()
RIGHT: dict[str, Any] = TOWN.document


@pytest.mark.parametrize("document", [None, [], "plan", 7, {}, {"feasible": True}])
def test_no_plan_at_all_fails(document: object) -> None:
    outcome = verify(document, FACTS)
    assert not outcome.passed
    assert {failure.rule for failure in outcome.failures} == {DOCUMENT}


FIRST_ROUTE = ("origins", 0, "routes", 0)
FIRST_LEG = (*FIRST_ROUTE, "legs", 0)
MALFORMED: list[tuple[tuple[str | int, ...], object]] = [
    (("arrive_by",), "yesterday"),
    (("arrive_by",), 1772438400),
    (("facility",), None),
    (("origins",), {}),
    (("origins", 0), "gw-west"),
    (("origins", 0, "lat"), 91.0),
    (("origins", 0, "unmet"), None),
    ((*FIRST_ROUTE, "role"), "fastest"),
    ((*FIRST_ROUTE, "depart"), "2026-03-02T07:55:00"),
    ((*FIRST_ROUTE, "exposure_min"), float("nan")),
    ((*FIRST_ROUTE, "max_risk"), 1.1),
    ((*FIRST_ROUTE, "legs"), []),
    ((*FIRST_ROUTE, "geometry"), {"type": "Point", "coordinates": [8.0, 50.0]}),
    ((*FIRST_ROUTE, "id"), "gw-west:alternate"),
    ((*FIRST_LEG, "way"), "11"),
    ((*FIRST_LEG, "time_s"), 0),
    ((*FIRST_LEG, "time_s"), True),
    ((*FIRST_LEG, "wait_s"), -1),
    ((*FIRST_LEG, "length_m"), float("inf")),
    ((*FIRST_LEG, "coordinates"), [[8.0, 50.0]]),
    ((*FIRST_LEG, "coordinates"), [[8.0, 50.0], [8.1]]),
    (("staging", 0, "room_for"), 1.5),
    (("staging", 0, "ways"), None),
]


def _with(path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    document = copy.deepcopy(RIGHT)
    inner: Any = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return document


@pytest.mark.parametrize(("path", "value"), MALFORMED)
def test_malformed_part_fails_as_document(path: tuple[str | int, ...], value: object) -> None:
    outcome = verify(_with(path, value), FACTS)
    assert DOCUMENT in {failure.rule for failure in outcome.failures}


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        (("advice",), ["x"], DOCUMENT),
        (("advice", "transit"), 3, DOCUMENT),
        ((*FIRST_ROUTE, "steps"), [3], "staff_message"),
        (("origins", 0, "robust", "same_as"), [], "robust_named"),
    ],
)
def test_part_that_a_rule_on_the_whole_plan_reads_fails_rather_than_raises(
    path: tuple[str | int, ...], value: object, rule: str
) -> None:
    """A rule that cannot be applied once raised out of the check, and no plan was told at all."""
    assert verify(RIGHT, FACTS).passed
    assert rule in {failure.rule for failure in verify(_with(path, value), FACTS).failures}


def test_faulty_route_does_not_hide_another() -> None:
    document = _with((*FIRST_ROUTE, "legs"), None)
    document["origins"][0]["routes"][1]["exposure_min"] = 9.0
    rules = {(failure.id, failure.rule) for failure in verify(document, FACTS).failures}
    assert {("gw-west:primary", DOCUMENT), ("gw-west:alternate", "exposure")} <= rules


def _paths(value: object, here: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [*([here] if here else []), *(p for key, v in inner for p in _paths(v, (*here, key)))]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=5,
)


@given(path=st.sampled_from(_paths(RIGHT)), value=ANYTHING)
@example(path=("staging", 1, "id"), value=[])
@settings(max_examples=150, deadline=None)
def test_any_value_in_any_place_is_judged_without_an_exception(
    path: tuple[str | int, ...], value: object
) -> None:
    outcome = verify(_with(path, value), FACTS)
    assert outcome.passed == (not outcome.failures)
    json.dumps(outcome.to_json())


@pytest.mark.parametrize("missing", ["arrive_by", "profile", "facilities"])
def test_choice_without_what_its_ways_are_read_by_fails_rather_than_raises(missing: str) -> None:
    facility = {"id": "hq", "vehicles": 2, "placed": 0, "worst_s": None, "reason": "no site"}
    document: dict[str, Any] = {
        "feasible": False, "arrive_by": RIGHT["arrive_by"], "profile": "car",
        "facilities": [facility], "sites": [], "figures": None,
    }  # fmt: skip
    asked = Asked({"hq": 2}, 1, "p-median", 10, frozenset(), frozenset(), split=False)
    facts = replace(FACTS, staging_sites=None)
    assert verify_choice(document, facts, asked).passed
    empty = [] if missing == "facilities" else None
    for broken in (
        {**document, missing: empty},
        {k: v for k, v in document.items() if k != missing},
    ):
        found = verify_choice(broken, facts, asked).failures
        assert DOCUMENT in {failure.rule for failure in found}


def test_facts_that_cannot_be_used_fail_rather_than_raise() -> None:
    town = Town()
    town.gate["opens"] = "early"
    failures = verify(town.document, town.facts()).failures
    assert {failure.rule for failure in failures} == {"gate_open"}
    assert all("could not be checked" in failure.detail for failure in failures)
