"""Places to wait ranked again from an answer: the very plan that is made from the start."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from planner.errors import InputError
from planner.layers.workspace import Workspace
from planner.plan import make
from planner.plan.make import make_plan, with_doubt, with_sites
from planner.plan.question import ask
from planner.plan.sites.again import looks_at_all
from planner.scenario import ARRIVE, FACILITY
from planner.staging.site_wishes import SiteWishes

if TYPE_CHECKING:
    from pathlib import Path

    from planner.plan import Plan

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def workspace(bundled: Path) -> Workspace:
    return Workspace.open(bundled)


def made(workspace: Workspace, worlds: int = 0, **sites: Any) -> Plan:
    question = ask(FACILITY, ARRIVE, workspace.timezone, worlds=worlds, sites=sites)
    return make_plan(workspace, question, now=NOW)


@pytest.fixture(scope="module")
def plain(workspace: Workspace) -> Plan:
    return made(workspace)


def told(plan: Plan | None) -> str:
    assert plan is not None
    return json.dumps(plan.document)


def test_ranked_again_it_is_the_plan_made_from_the_start(workspace: Workspace, plain: Plan) -> None:
    """Sites, movement, stops of the crew, warnings, what was checked: all of the document."""
    ids = [site["id"] for site in plain.document["staging"]]
    asked: list[dict[str, Any]] = [
        {"weights": {"haven": 10.0, "room": 0.0}},
        {"off": ["exits", "room"], "forbidden": ids[:1]},
        {"locked": ids[-1:], "weights": {"lit": 5.0}},
        {"forbidden": ids},
    ]
    for sites in asked:
        again = with_sites(plain, SiteWishes(**sites))
        assert told(again) == told(made(workspace, **sites)), sites
        assert told(again) != told(plain)
    assert told(with_sites(plain, SiteWishes())) == told(plain)


def test_minutes_to_a_stop_alone_look_for_stops_alone(workspace: Workspace, plain: Plan) -> None:
    question = ask(FACILITY, ARRIVE, workspace.timezone, support_minutes=3)
    again = with_sites(plain, SiteWishes(), support_minutes=3)
    assert told(again) == told(make_plan(workspace, question, now=NOW))


def test_who_may_not_use_a_site_is_told_once_in_the_warning(workspace: Workspace) -> None:
    """Whether a site was looked at or not: one phrase with one count."""
    question = ask(FACILITY, ARRIVE, workspace.timezone, vehicles=900)
    (said,) = [w for w in make_plan(workspace, question, now=NOW).document["warnings"]
               if w.startswith("no staging site")]  # fmt: skip
    assert "access, height, hours or longest stay bar" not in said


def test_variations_of_the_same_ways_are_not_drawn_again(
    workspace: Workspace, plain: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = with_doubt(plain, worlds=20, threads=1)
    sites = {"weights": {"haven": 10.0}, "forbidden": [before.document["staging"][0]["id"]]}
    monkeypatch.setattr(make, "simulated", None)
    found = with_sites(before, SiteWishes(**sites))
    assert found is not None
    back = with_sites(found, SiteWishes())
    assert told(back) == told(before)
    monkeypatch.undo()
    assert told(found) == told(made(workspace, worlds=20, **sites))
    assert all("clear_share" in site for site in found.document["staging"])
    # Crews set out from the sites that are told, those of the variations.
    chosen = {site["id"] for site in found.document["staging"]}
    begun = [one["from"] for one in found.document["support"]["stops"] if one["from"]]
    assert {one["id"] for one in begun if one["kind"] == "site"} <= chosen


def test_another_candidate_needs_a_plan_from_the_start(plain: Plan) -> None:
    ground = plain.prepared.ground
    known = str(ground.sites["id"].iloc[0])
    nothing = SiteWishes()
    assert not looks_at_all(ground, nothing, SiteWishes(locked=["nowhere"]))
    assert looks_at_all(ground, nothing, SiteWishes(forbidden=["nowhere"]))
    assert looks_at_all(ground, nothing, SiteWishes(locked=[known])) == (len(ground.sites) < 40)
    with pytest.raises(InputError, match="no staging site 'nowhere'"):
        with_sites(plain, SiteWishes(forbidden=["nowhere"]))
