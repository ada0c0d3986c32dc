"""Marks of the city: places to be spared, stops of public transport."""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import pytest
from shapely.geometry import Point, box

from planner.briefing.city_marks import MOST_STOPS, city_marks
from planner.briefing.legend import layers_in, legend
from planner.briefing.marking import parse_marking
from planner.briefing.marks import marks
from planner.briefing.page import render_briefing
from tests.briefing.toy import EPSG, ZONE, frame, lonlat, toy_background, toy_plan

SITE = tuple(lonlat((8, 6))[0])
PLAN = parse_marking("TLP:AMBER+STRICT")


def surroundings(stops: int = 2) -> dict[str, gpd.GeoDataFrame]:
    """A school with grounds, a clinic as a point, stops going east."""
    quiet = [
        {"osm_id": "way/1", "name": "North School", "kind": "school"},
        {"osm_id": "node/2", "name": "", "kind": "clinic"},
        {"osm_id": "way/3", "name": "Far School", "kind": "school"},
    ]
    places = [
        {"osm_id": f"node/{10 + i}", "name": f"Stop {i}", "kind": "tram"} for i in range(stops)
    ]
    return {
        "quiet_places": frame(quiet, [box(7, 8, 8, 9), Point(9, 6), box(100, 6, 101, 7)]),
        "transit_stops": frame(places, [Point(8 + 0.1 * i, 6) for i in range(stops)]),
    }


def test_quiet_places_near_are_drawn_with_their_names() -> None:
    found = city_marks(surroundings(), centre=SITE, epsg=EPSG)
    quiet = [one for one in found if one["layer"] == "quiet"]

    assert [one["facts"][0] for one in quiet] == ["Clinic", "North School"]
    assert quiet[0]["badge"] == {"kind": "quiet"}
    assert quiet[1]["rings"]
    assert json.loads(json.dumps(found)) == found


def test_the_nearest_stops_are_drawn_and_no_more() -> None:
    found = city_marks(surroundings(MOST_STOPS + 5), centre=SITE, epsg=EPSG)
    stops = [one["facts"][0] for one in found if one["layer"] == "stops"]

    assert stops == [f"Stop {i}" for i in range(MOST_STOPS)]


def test_a_workspace_without_these_tables_has_no_such_layer() -> None:
    assert city_marks({}, centre=SITE, epsg=EPSG) == []


def test_stops_are_switched_off_at_first_and_quiet_places_on() -> None:
    plan = toy_plan()
    shown = layers_in(
        plan, plan.document, PLAN, city=city_marks(surroundings(), centre=SITE, epsg=EPSG)
    )
    rows = legend(plan.document, shown)

    assert 'data-layer="stops">' in rows
    assert 'data-layer="quiet" checked>' in rows


@pytest.mark.parametrize(("profile", "look"), [("car", None), ("foot", "afoot")])
def test_places_to_come_from_on_foot_look_unlike_gateways(profile: str, look: str | None) -> None:
    plan = toy_plan()
    document: dict[str, Any] = {**plan.document, "profile": profile}
    (first, *_) = (
        m for m in marks(plan, document, zone=ZoneInfo(ZONE)) if m["layer"] == "gateways"
    )

    assert first["badge"].get("look") == look
    assert ("origin afoot" in legend(document, {"gateways"})) == bool(look)


def test_briefing_holds_the_places_that_ways_go_round() -> None:
    page = render_briefing(toy_plan(), toy_background() | surroundings())

    assert "North School" in page
    assert "Far School" not in page
