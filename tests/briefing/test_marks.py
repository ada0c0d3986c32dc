"""What stands on the map, as data."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import pytest
from shapely.geometry import LineString, MultiPolygon, Point, box

from planner.briefing.map import build_map, map_parts
from planner.briefing.marking import parse_marking
from planner.briefing.marks import mark, marks, zone_mark
from planner.briefing.overlay import overlay
from planner.briefing.reader import readable
from planner.briefing.steps import worst_step
from planner.briefing.words import KINDS
from tests.briefing.test_lines import decode
from tests.briefing.toy import ZONE, toy_plan

if TYPE_CHECKING:
    from tests.briefing.toy import ToyPlan

TIMES = ZoneInfo(ZONE)


def of_layer(found: list[dict[str, Any]], layer: str) -> list[dict[str, Any]]:
    """Return the marks of one layer."""
    return [one for one in found if one["layer"] == layer]


def test_every_layer_of_the_plan_stands_on_the_map(plan: ToyPlan) -> None:
    found = marks(plan, plan.document, zone=TIMES)

    assert {one["layer"] for one in found} == {
        "facility", "zones", "closures", "approved", "havens", "gateways", "staging", "gates",
    }  # fmt: skip
    assert json.loads(json.dumps(found)) == found


def test_havens_are_ranked_by_metres(plan: ToyPlan) -> None:
    """By degrees a hospital 1,000 m north came before one 800 m east."""
    lon, lat = plan.document["facility_lon"], plan.document["facility_lat"]
    metre = 360 / 40_075_017
    spots = [Point(lon, lat + 1000 * metre),
             Point(lon + 800 * metre / math.cos(math.radians(lat)), lat)]  # fmt: skip
    stops = gpd.GeoDataFrame(
        {"id": ["north", "east"], "kind": "hospital", "name": ["North", "East"]},
        geometry=spots, crs=4326,
    )  # fmt: skip
    found = marks(replace(plan, support_stops=stops), plan.document, zone=TIMES)

    assert [one["id"] for one in of_layer(found, "havens")] == ["east", "north"]


def test_gate_tells_its_state_beside_its_sign(plan: ToyPlan) -> None:
    north, south = of_layer(marks(plan, plan.document, zone=TIMES), "gates")

    assert north["badge"]["sign"] == "✓"
    assert north["badge"]["look"] == "open"
    assert north["badge"]["side"].startswith("up")
    assert south["badge"]["side"].startswith("down")
    assert "shut" in south["badge"]["text"]
    assert "an assembly is reported in front of it" in south["facts"]
    assert south["rank"] > north["rank"]


def test_march_is_a_line_with_direction_and_assembly_an_area(plan: ToyPlan) -> None:
    assembly, march = of_layer(marks(plan, plan.document, zone=TIMES), "zones")
    (line,) = decode(march["lines"])

    assert march["style"] == "march"
    assert line[0][0] < line[-1][0]
    assert (march["rings"], assembly["lines"]) == ("", "")
    assert assembly["style"] == "zone"
    assert "Fri 2 Mar 2096" in assembly["facts"][2]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_of_report_has_a_sign_of_its_own(kind: str) -> None:
    drawn = zone_mark({"id": "z", "kind": kind}, Point(1, 2), TIMES)

    assert drawn["badge"] == {"kind": "zone", "look": kind}
    assert drawn["at"] == [1, 2]
    assert drawn["facts"] == [KINDS[kind], f"{KINDS[kind]} reported"]


def test_text_is_plain_and_never_markup() -> None:
    hostile = "<b>{{7*7}}</b>"
    plan = toy_plan(lambda text: text + hostile)
    found = marks(plan, plan.document, zone=TIMES)

    assert all(
        hostile in one["facts"][0] for one in found if one["layer"] not in ("zones", "approved")
    )
    assert "<bdi>" not in json.dumps(found)
    assert "&lt;" not in json.dumps(found)


def test_nothing_a_user_typed_reaches_the_scaffold(plan: ToyPlan) -> None:
    parts = map_parts(build_map((-122.5, 45.5)))

    assert set(parts.names) == {"map"}
    assert "http" not in parts.script
    for name in ("North gate", "Service centre", "Permit road"):
        assert name not in parts.html + parts.script


def test_shapes_of_several_parts_are_kept_whole() -> None:
    areas = MultiPolygon([box(0, 0, 1, 1), box(2, 0, 3, 1).difference(box(2.2, 0.2, 2.4, 0.4))])

    assert len(decode(mark("zones", "a", ["A"], shape=areas)["rings"])) == 3
    line = mark(
        "closures", "b", ["B", "", None], shape=LineString([(0, 0), (0, 2)]), badge={"kind": "spot"}
    )
    assert line["at"] == [0, 1]
    assert line["facts"] == ["B"]


def test_open_marking_shows_no_gate_route_or_time(plan: ToyPlan) -> None:
    document = readable(plan.document, parse_marking("TLP:CLEAR"))
    data = overlay(plan, document, worst_step(plan, TIMES), zone=TIMES)

    layers = {one["layer"] for one in data["marks"]}
    assert layers <= {"facility", "zones", "closures", "havens"}
    assert data["routes"] == data["events"] == data["stagingWays"] == []
    assert "08:00" not in json.dumps(data)
