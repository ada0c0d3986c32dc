"""Roads looked up for one plan serve the next, without hiding what is wrong with it."""

from __future__ import annotations

from dataclasses import replace

from planner.verify import Facts, verify
from planner.verify.streets import Streets
from tests.verify.town import EPSG, ON_LONG_STREET, Town


def broken(town: Town, facts: Facts) -> list[str]:
    """Return the rules that a plan breaks."""
    return [failure.rule for failure in verify(town.document, facts).failures]


def test_fault_after_a_right_plan_on_the_same_roads_is_found() -> None:
    """One road the right way, then the same road against its sign, then right again."""
    town = Town()
    town.tag(11, oneway="yes")
    known = replace(town.facts(), streets=Streets(town.extract(), EPSG))
    shared = replace(known, extract=known.streets.extract)
    assert broken(town, shared) == []
    right = town.document
    wrong = Town()
    legs = wrong.primary["legs"]
    legs[0]["coordinates"] = legs[0]["coordinates"][::-1]
    assert {"direction", "legs_chain"} <= set(broken(wrong, shared))
    town.document = right
    assert broken(town, shared) == []


def test_roads_of_another_extract_are_not_used() -> None:
    """The street has been shut to cars since the roads were looked up."""
    before = Streets(Town().extract(), EPSG)
    town = Town()
    assert broken(town, replace(town.facts(), streets=before)) == []
    town.tag(11, access="no")
    assert "open_to_profile" in broken(town, replace(town.facts(), streets=before))


def test_crowd_of_the_next_plan_counts_on_roads_already_known() -> None:
    """Only roads are remembered, never what stands on them or when."""
    town = Town()
    roads = Streets(town.extract(), EPSG)
    quiet = replace(town.facts(), streets=roads, extract=roads.extract)
    assert broken(town, quiet) == []
    town.gather(ON_LONG_STREET, 0.9)
    busy = replace(town.facts(), streets=roads, extract=roads.extract)
    assert "crowd" in broken(town, busy)
    assert busy.roads("car") is roads
