"""Local corrections are facts: for the plan and for the check of it."""

from __future__ import annotations

import dataclasses
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
from shapely.geometry import LineString

from planner.layers.crs import to_xy
from planner.layers.workspace import Workspace
from planner.network.store import corrected, load_extract, load_network, save_extract
from planner.plan.make import make_plan, plan_at
from planner.plan.prepare import prepare
from planner.plan.question import ask
from planner.scenario import ARRIVE, FACILITY
from planner.verify.streets import Streets

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2027, 3, 2, 5, 0, tzinfo=UTC)


@pytest.fixture
def workspace(bundled: Path, tmp_path: Path) -> Workspace:
    return Workspace.open(shutil.copy(bundled, tmp_path / "city.gpkg"))


def planned(workspace: Workspace) -> dict[str, Any]:
    question = ask(FACILITY, ARRIVE, workspace.timezone)
    return make_plan(workspace, question, now=NOW, whole=False).document


def primary(document: dict[str, Any]) -> dict[str, Any]:
    return document["origins"][0]["routes"][0]


def street_taken(workspace: Workspace, document: dict[str, Any]) -> LineString:
    """The longest leg in the middle third of the first primary that can be driven both ways."""
    network = load_network(workspace)
    both = set(network.way_id[network.twin >= 0].tolist())
    legs = primary(document)["legs"]
    third = len(legs) // 3
    inner = [LineString(leg["coordinates"]) for leg in legs[third:-third] if leg["way"] in both]
    return max(inner, key=lambda line: line.length)


def add(workspace: Workspace, kind: str, shape: LineString) -> None:
    workspace.append("corrections", gpd.GeoDataFrame({"kind": [kind]}, geometry=[shape], crs=4326))


def off_m(workspace: Workspace, document: dict[str, Any], line: LineString) -> float:
    """Metres between the middle of a street and the first primary."""
    epsg = workspace.settings.epsg
    route = LineString(to_xy(primary(document)["geometry"]["coordinates"], epsg))
    street = LineString(to_xy(line.coords, epsg))
    return route.distance(street.interpolate(0.5, normalized=True))


@pytest.mark.parametrize("kind", ["closed", "oneway"])
def test_way_goes_round_a_street_that_is_corrected(workspace: Workspace, kind: str) -> None:
    before = planned(workspace)
    street = street_taken(workspace, before)
    assert off_m(workspace, before, street) < 1
    add(workspace, kind, street.reverse())
    after = planned(workspace)
    assert off_m(workspace, after, street) > 10
    assert after["verification"]["passed"]
    assert "1 local correction of the road map is in force" in after["notices"]
    workspace.undo()
    assert planned(workspace) == before | {
        "provenance": planned(workspace)["provenance"],
        "generated_at": before["generated_at"],
    }


def test_check_drives_both_ways_only_where_the_correction_says_so(workspace: Workspace) -> None:
    before = planned(workspace)
    street = street_taken(workspace, before)
    # The map is wrong: it has the street one-way against the route.
    add(workspace, "oneway", street.reverse())
    wrong = corrected(workspace).extract
    workspace.undo()
    save_extract(workspace, wrong, epsg=workspace.settings.epsg)
    assert off_m(workspace, planned(workspace), street) > 10

    add(workspace, "two_way", street)
    prepared = prepare(workspace, FACILITY)
    question = ask(FACILITY, ARRIVE, workspace.timezone)
    right = plan_at(prepared, question, now=NOW, whole=False).document
    assert right["verification"]["passed"]
    assert off_m(workspace, right, street) < 1

    raw = dataclasses.replace(prepared, streets=Streets(wrong, workspace.settings.epsg))
    failures = plan_at(raw, question, now=NOW, whole=False).document["verification"]["failures"]
    assert {failure["rule"] for failure in failures} >= {"direction"}


def test_correction_without_a_road_is_a_warning_not_an_error(workspace: Workspace) -> None:
    west, south, *_ = workspace.settings.bounds
    add(workspace, "closed", LineString([(west, south), (west + 1e-3, south)]))
    document = planned(workspace)
    assert document["verification"]["passed"]
    assert any(said.startswith("1 local correction of the road map without effect")
               for said in document["warnings"])  # fmt: skip
    assert not any("in force" in said for said in document["notices"])


def test_network_and_extract_are_those_of_the_same_corrections(workspace: Workspace) -> None:
    street = street_taken(workspace, planned(workspace))
    add(workspace, "closed", street)
    network, extract = load_network(workspace), load_extract(workspace)
    assert set(network.way_id.tolist()) <= set(extract.way_id.tolist())
    assert network.counts["local corrections in force"] == 1
