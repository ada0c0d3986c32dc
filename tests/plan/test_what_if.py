"""A place tried out is measured like the one that is then kept there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from planner.errors import InputError
from planner.layers.workspace import Workspace
from planner.plan.make import make_plan, plan_at, prepare
from planner.plan.question import ask
from planner.plan.sites.what_if import NO_ROAD, moved_shape, place_if, what_if
from planner.scenario import ARRIVE, FACILITY
from planner.ui.drafts import stored
from planner.ui.saving import save

if TYPE_CHECKING:
    from pathlib import Path

    from planner.plan import Plan

NEAR_POINTS = 5.0
"""A place that is tried takes part from the end of its piece of road, not from within it."""


@pytest.fixture(scope="module")
def plan(bundled: Path) -> Plan:
    workspace = Workspace.open(bundled)
    return make_plan(workspace, ask(FACILITY, ARRIVE, workspace.timezone))


def test_a_site_tried_where_it_stands_keeps_its_score(plan: Plan) -> None:
    assert plan.document["staging"]
    for site in plan.document["staging"]:
        found = what_if(plan, site["id"], site["lon"], site["lat"])
        assert found["score"] == found["was"] == site["score"]
        assert found["why"] == ""
        assert all(part["points"] == part["was_points"] for part in found["parts"])


def test_a_site_moved_far_from_every_road_is_as_unusable_as_a_new_place_there(plan: Plan) -> None:
    """One dragged into the harbour, 257 m from a road, kept its score and came first."""
    site = plan.document["staging"][0]
    west, south, east, north = plan.prepared.ground.metric.staging_sites.to_crs(4326).total_bounds
    spots = ((west + i * (east - west) / 12, south + j * (north - south) / 12)
             for i in range(13) for j in range(13))  # fmt: skip
    far = "m from the nearest road where one may stop"
    lon, lat = next(spot for spot in spots if place_if(plan, *spot)["why"].endswith(far))
    found = what_if(plan, site["id"], lon, lat)
    assert found["score"] is None
    assert found["why"].endswith(far)
    assert found["was"] == site["score"]


def test_a_tried_place_has_nearly_the_score_it_has_once_it_is_kept(
    plan: Plan, own_copy: Workspace
) -> None:
    first, second = plan.document["staging"][:2]
    lon, lat = second["lon"] + 0.0004, second["lat"] + 0.0003
    found = what_if(plan, first["id"], lon, lat)
    before = stored(own_copy.layer("staging_sites"), first["id"])
    assert before is not None
    shape = moved_shape(plan, first["id"], lon, lat)
    save(own_copy, "staging_sites", [replace(before, shape=shape)], based_on=own_copy.version)

    question = plan.question
    kept = plan_at(prepare(own_copy, FACILITY, vehicles=question.vehicles), question)
    told = {site["id"]: site["score"] for site in kept.document["staging"]}
    told |= {one["id"]: one["score"] for one in kept.document["staging_out"]}
    if found["score"] is None:
        assert told[first["id"]] is None
    else:
        assert told[first["id"]] == pytest.approx(found["score"], abs=NEAR_POINTS)
    own_copy.undo()
    again = stored(own_copy.layer("staging_sites"), first["id"])
    assert again is not None
    assert again.same(before)


def test_a_place_in_a_reported_zone_falls_out_and_says_why(plan: Plan) -> None:
    worst = plan.zones.geometry.representative_point()
    site = plan.document["staging"][0]
    found = [what_if(plan, site["id"], spot.x, spot.y) for spot in worst]
    barred = [one for one in found if one["score"] is None]
    assert barred
    assert any("risk" in one["why"] for one in barred)
    assert any(part["fails"] for one in barred for part in one["parts"])


def test_trying_changes_neither_plan_nor_scene(plan: Plan) -> None:
    scene = plan.answer.scene
    assert scene is not None
    before = scene.n, len(scene.sites), scene.nodes.tolist(), dict(plan.document)
    site = plan.document["staging"][0]
    what_if(plan, site["id"], site["lon"] + 0.001, site["lat"])
    assert before == (scene.n, len(scene.sites), scene.nodes.tolist(), dict(plan.document))


def test_a_place_without_a_road_is_told(plan: Plan) -> None:
    site = plan.document["staging"][0]
    found = what_if(plan, site["id"], site["lon"] + 3.0, site["lat"])
    assert (found["score"], found["why"], found["parts"]) == (None, NO_ROAD, [])


@pytest.mark.parametrize(
    ("site", "lon", "lat", "said"),
    [
        ("<b>none</b>", 0.0, 0.0, "not among those looked at"),
        ("", float("nan"), 0.0, "not among"),
        (None, float("nan"), 45.0, "no place"),
        (None, 500.0, 45.0, "no place"),
        (None, 0.0, 90.0, "no place"),
    ],
)
def test_what_cannot_be_tried_is_refused(
    plan: Plan, site: str | None, lon: float, lat: float, said: str
) -> None:
    key = plan.document["staging"][0]["id"] if site is None else site
    with pytest.raises(InputError, match=said):
        what_if(plan, key, lon, lat)


@pytest.fixture
def own_copy(bundled: Path, tmp_path: Path) -> Workspace:
    path = tmp_path / "own.gpkg"
    path.write_bytes(bundled.read_bytes())
    return Workspace.open(path)
