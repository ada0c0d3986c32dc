"""Where it is risky on the bundled city: places, ways, areas; zones in a plan by their status."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from shapely import Point
from shapely.geometry import shape

from planner.briefing.page import render_briefing
from planner.errors import InputError
from planner.layers.workspace import Workspace
from planner.plan import make_plan
from planner.plan.question import ask
from planner.plan.risky import area_risk, drawn_way, outline, place_risk, scene, spot, way_risk
from planner.reports import add_row
from planner.scenario import ARRIVE, FACILITY

SPOT = {
    "kind": "blockade", "source_kind": "news", "size_low": 50, "size_high": 60,
    "source_grade": "C", "info_grade": 3, "time_precision_min": 0,
}  # fmt: skip


@pytest.fixture
def own(bundled: Path, tmp_path: Path) -> Workspace:
    return Workspace.open(Path(shutil.copy(bundled, tmp_path / "own.gpkg")))


@pytest.fixture(scope="module")
def city(bundled: Path) -> Workspace:
    return Workspace.open(bundled)


def document(workspace: Workspace, arrive: str = ARRIVE) -> dict[str, Any]:
    return make_plan(workspace, ask(FACILITY, arrive, workspace.timezone), whole=False).document


def status(workspace: Workspace, arrive: str) -> dict[str, str]:
    return {row["id"]: row["status"] for row in document(workspace, arrive)["zones"]}


def test_zones_are_not_yet_reported_expired_by_the_time_asked(city: Workspace) -> None:
    early, late = (status(city, f"2027-03-02T{hour}") for hour in ("06:00", "10:20"))
    assert (early["zone-1"], early["zone-3"]) == ("not yet", "reported")
    assert (late["zone-1"], late["zone-2"], late["zone-3"]) == ("expired", "reported", "expired")
    assert (late["zone-4"], status(city, "2027-03-02T10:14")["zone-1"]) == ("not yet", "reported")


def test_an_expired_zone_is_nowhere_but_in_its_list(own: Workspace) -> None:
    spot = outline_spot(own)
    add_row(own, "zones", SPOT | {"id": "gone", "starts_at": "2027-03-01T06:00",
                                  "ends_at": "2027-03-01T09:00"}, spot)  # fmt: skip
    add_row(own, "zones", SPOT | {"id": "aged", "starts_at": "2027-03-02T00:30",
                                  "ends_at": "2027-03-02T20:00"}, spot)  # fmt: skip
    # Both at one time: how long a message to staff holds follows the clock.
    asked = ask(FACILITY, ARRIVE, own.timezone)
    now = datetime.now(UTC)
    before = make_plan(city_of(own), asked, now=now).document
    plan = make_plan(own, asked, now=now)
    rows = {row["id"]: row for row in plan.document["zones"]}
    assert [rows[key]["status"] for key in ("gone", "aged")] == ["expired", "expired"]
    assert rows["aged"]["expires_at"][:16] == "2027-03-02T06:30"
    assert plan.document["origins"] == before["origins"]
    page = render_briefing(plan, {}, marking="TLP:AMBER+STRICT")
    assert "Expired, no longer counted" in page
    assert page.count("06:00-09:00") == 1
    # Its window goes on, and no way keeps clear of it any more: the first line says so.
    assert plan.document["headline"].endswith("00:30-20:00 (since 06:30).")
    assert "No longer counted unless seen again: " in plan.document["headline"]
    assert "06:00-09:00" not in plan.document["headline"]
    assert not any("zone gone" in note or "zone aged" in note for note in plan.document["notices"])
    open_page = render_briefing(plan, {}, marking="TLP:CLEAR")
    assert "Expired" not in open_page
    assert "00:30-20:00" not in open_page


def outline_spot(workspace: Workspace) -> Point:
    west, south, east, north = workspace.settings.bounds
    return Point((west + east) / 2, (south + north) / 2)


def city_of(own: Workspace) -> Workspace:
    """The same city without the two rows."""
    copy = Path(shutil.copy(own.path, own.path.with_name("before.gpkg")))
    found = Workspace.open(copy)
    found.remove("zones", ["gone", "aged"])
    return found


def test_two_sources_are_one_zone_of_the_plan(own: Workspace) -> None:
    spot = outline_spot(own)
    when = {"starts_at": "2027-03-02T07:00", "ends_at": "2027-03-02T09:00"}
    add_row(own, "zones", SPOT | when | {"id": "x"}, spot)
    add_row(own, "zones", SPOT | when | {"id": "y", "source_kind": "police", "size_high": 90}, spot)
    told = document(own, "2027-03-02T07:00")
    row = next(row for row in told["zones"] if row["id"] == "x")
    assert [report["id"] for report in row["reports"]] == ["x", "y"]
    assert row["presence_at_arrival"] == pytest.approx(0.75, abs=0.025)
    assert row["size_high"] == 90
    assert sum(row["id"] in ("x", "y") for row in told["zones"]) == 1
    assert any("x, y are taken as reports of one zone" in note for note in told["notices"])


def test_a_place_is_clear_before_its_zone_and_not_in_it(city: Workspace) -> None:
    of = scene(city, "2027-03-02T06:00", "2027-03-02T12:00")
    found = place_risk(of, *outline(of, FACILITY))
    levels = {spell["from"][11:16]: spell["level"] for spell in found["spells"]}
    assert levels["06:00"] == 0
    assert max(levels.values()) == 4
    ends = [spell["until"] for spell in found["spells"]]
    assert [spell["from"] for spell in found["spells"][1:]] == ends[:-1]
    assert not found["clear"]
    assert 0.75 <= found["max_risk"] < 0.8


def test_exposure_along_a_planned_way_is_that_of_the_plan(city: Workspace, tmp_path: Path) -> None:
    made = document(city)
    file = tmp_path / "way.geojson"
    for origin in made["origins"]:
        route = origin["routes"][0]
        feature = {"type": "Feature", "properties": {}, "geometry": route["geometry"]}
        file.write_text(json.dumps(feature))
        of = scene(city, route["depart"], ahead=timedelta(hours=1))
        found = way_risk(of, *drawn_way(of, str(file)))
        assert found["time_s"] == pytest.approx(route["time_s"], rel=0.05), origin["id"]
        assert found["exposure_min"] == pytest.approx(route["exposure_min"], abs=0.05)
        assert found["max_risk"] == pytest.approx(route["max_risk"], abs=0.02)
        assert found["shut_m"] == 0
        assert found["off_road_m"] < 40


def test_areas_are_geojson_by_level_and_time(city: Workspace) -> None:
    of = scene(city, "2027-03-02T07:00", "2027-03-02T07:30")
    found = area_risk(of)
    times = [feature["properties"]["at"] for feature in found["features"]]
    assert [datetime.fromisoformat(t).minute for t in dict.fromkeys(times)] == [0, 15, 30]
    for feature in found["features"]:
        assert 1 <= feature["properties"]["level"] <= 5
        assert shape(feature["geometry"]).is_valid
    first = [f for f in found["features"] if f["properties"]["at"] == times[0]]
    assert first[0]["properties"]["level"] == 5


@pytest.mark.parametrize(
    ("at", "until", "words"),
    [
        ("2027-03-28T00:30", None, "clocks skip it"),
        ("soon", None, "not a time"),
        ("2027-03-02T07:00", "2027-03-02T07:00", "is not after"),
        ("2027-03-02T07:00", "2027-03-09T07:00", "48 hours"),
    ],
)
def test_odd_times_are_refused(city: Workspace, at: str, until: str | None, words: str) -> None:
    with pytest.raises(InputError, match=words):
        scene(city, at, until)


def test_odd_places_and_ways_are_refused(city: Workspace, tmp_path: Path) -> None:
    of = scene(city, "2027-03-02T07:00")
    for text, words in (("3", "lon,lat"), ("3,4", "outside the area"), ("x,y", "lon,lat")):
        with pytest.raises(InputError, match=words):
            spot(of, text)
    with pytest.raises(InputError, match="no facility 'x'"):
        outline(of, "x")
    west, south, _, north = city.settings.bounds
    sea = {
        "type": "LineString",
        "coordinates": [[west + 0.001, south + 0.001], [west + 0.001, north - 0.001]],
    }
    for content, words in (
        ("{", "cannot be read"),
        ('{"type": "FeatureCollection", "features": []}', "0 features; give one line"),
        (feature({"type": "Point", "coordinates": [west + 0.01, south + 0.01]}), "is a Point"),
        (feature({"type": "LineString", "coordinates": [[0, 0], [1, 1]]}), "outside the area"),
        (feature(sea), "run along no road"),
    ):
        file = tmp_path / "way.geojson"
        file.write_text(content)
        with pytest.raises(InputError, match=words):
            way_risk(of, *drawn_way(of, str(file)))
    with pytest.raises(InputError, match="there is no such file"):
        drawn_way(of, str(tmp_path / "none.geojson"))


def feature(geometry: dict[str, Any]) -> str:
    return json.dumps({"type": "Feature", "properties": {}, "geometry": geometry})
