"""The hard cases of a way that is shut, in a drawn town with one bridge for vehicles.

::

         side                 front
    W ----+------------+--------+-------- E       North Road, y = 600
                       |        |
                    the bridge  footbridge
                       |        |
                       +--------+ lot             Quay Lane, y = -300
                       |
    S -----------------+----------------- T       South Road, y = -600
"""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
from shapely.geometry import LineString, Point, box

from planner.initialise import initialise
from planner.layers.workspace import Workspace
from planner.plan import make_plan
from planner.plan.question import ask
from tests.network.osmfile import Drawing, lonlat

if TYPE_CHECKING:
    from pathlib import Path

DAY = "2027-03-02"
NOW = datetime(2027, 3, 2, 3, 0, tzinfo=UTC)
GATEWAYS = {"west": (-1000, 600), "east": (1000, 600), "south": (-1000, -600), "town": (1000, -600)}
GATES = {"side": (-300, 612, "vehicle"), "front": (300, 612, "both")}
BRIDGE, LOT = (0, 0), (310, -330, 390, -270)


def place(x: float, y: float) -> Point:
    return Point(lonlat(x, y))


def drawing() -> Drawing:
    drawn = Drawing()
    road = {"highway": "secondary", "name": "North Road"}
    drawn.way((-1000, 600), (-300, 600), (0, 600), (300, 600), (1000, 600), **road)
    drawn.way((-1000, -600), (0, -600), (1000, -600), highway="secondary", name="South Road")
    drawn.way((0, -600), (0, -300), (0, -100), highway="secondary", name="Bridge Street")
    drawn.way((0, -100), (0, 100), highway="secondary", name="Bridge Street", bridge="yes")
    drawn.way((0, 100), (0, 600), highway="secondary", name="Bridge Street")
    drawn.way((0, -300), (300, -300), highway="residential", name="Quay Lane")
    drawn.way((300, -300), (300, -100), highway="footway", name="River Path")
    drawn.way((300, -100), (300, 100), highway="footway", name="River Path", bridge="yes")
    drawn.way((300, 100), (300, 600), highway="footway", name="River Path")
    drawn.way((2000, 2000), (2300, 2000), highway="residential", name="Island Road")
    return drawn


def frame(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=4326)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The drawn town with its gateways, one site, two gates, one car park; nothing reported."""
    folder = tmp_path_factory.mktemp("tiny")
    around = (*lonlat(-1500, -1500), *lonlat(2500, 2500))
    file = drawing().write(folder / "tiny.osm.pbf")
    path = initialise(file, folder / "tiny.gpkg", bbox=around).path
    workspace = Workspace.open(path)
    for layer in ("gateways", "staging_sites"):
        workspace.change(layer, workspace.layer(layer).iloc[:0], gone=workspace.layer(layer)["id"])
    corners = [lonlat(*LOT[:2]), lonlat(*LOT[2:])]
    workspace.append("facilities", frame([{
        "id": "hq", "name": "Hall", "geometry": box(*lonlat(250, 640), *lonlat(350, 720))}]))  # fmt: skip
    workspace.append("entrances", frame([
        {"id": key, "name": f"{key.title()} gate", "facility_id": "hq", "kind": kind,
         "opens": "06:00", "closes": "20:00", "geometry": place(x, y)}
        for key, (x, y, kind) in GATES.items()]))  # fmt: skip
    workspace.append("gateways", frame([
        {"id": key, "name": key.title(), "road_class": "secondary", "geometry": place(*xy)}
        for key, xy in GATEWAYS.items()]))  # fmt: skip
    workspace.append("staging_sites", frame([{
        "id": "lot", "name": "Quay car park", "capacity_m2": 4800.0,
        "geometry": box(*corners[0], *corners[1])}]))  # fmt: skip
    return path


@pytest.fixture
def own(town: Path, tmp_path: Path) -> Workspace:
    return Workspace.open(shutil.copy(town, tmp_path / "own.gpkg"))


def crowd(workspace: Workspace, key: str, xy: tuple[float, float], **more: Any) -> None:
    row = {
        "id": key, "kind": "standing_assembly", "starts_at": f"{DAY}T07:00",
        "ends_at": f"{DAY}T09:00", "size_low": 100, "size_high": 200, "source_grade": "B",
        "info_grade": "2", "influence_m": 60.0, "geometry": place(*xy), **more,
    }  # fmt: skip
    workspace.append("zones", frame([row]))


def works(workspace: Workspace, key: str, line: list[tuple[float, float]], *span: str) -> None:
    workspace.append("closures", frame([{
        "id": key, "name": "Works", "kind": "works", "starts_at": f"{DAY}T{span[0]}",
        "ends_at": f"{DAY}T{span[1]}", "geometry": LineString([lonlat(*xy) for xy in line])}]))  # fmt: skip


def plan(workspace: Workspace, arrive: str = "08:00", now: datetime = NOW) -> dict[str, Any]:
    question = ask("hq", f"{DAY}T{arrive}", workspace.timezone)
    document: dict[str, Any] = make_plan(workspace, question, now=now).document
    assert document["verification"]["passed"], document["verification"]
    return document


def origins(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {origin["id"]: origin for origin in document["origins"]}


def test_a_calm_day_has_ways_from_every_side(own: Workspace) -> None:
    document = plan(own)
    assert all(origin["routes"] for origin in document["origins"])
    assert document["advice"]["kind"] == "travel"
    assert document["advice"]["transit"] is None


def test_a_zone_over_the_only_bridge_stops_the_south_at_the_quay(own: Workspace) -> None:
    """South and town stop before the bridge and walk over the footbridge; the north drives."""
    crowd(own, "bridge", BRIDGE)
    document = plan(own)
    told = origins(document)
    assert told["west"]["routes"]
    assert told["east"]["routes"]
    for side in ("south", "town"):
        stop = told[side]["stop"]
        assert stop["name"] == "Quay car park"
        assert stop["drive"]["streets"] == ["South Road", "Bridge Street", "Quay Lane"]
        assert stop["walk"]["streets"][-2:] == ["River Path", "North Road"] or (
            "River Path" in stop["walk"]["streets"]
        )
        assert stop["walk"]["entrance"] == "front"
    assert document["headline"].startswith("Best way in")
    assert "No way through from South and Town: stop at Quay car park" in document["headline"]


def test_a_crowd_on_the_footbridge_too_leaves_no_walk(own: Workspace) -> None:
    crowd(own, "bridge", BRIDGE)
    crowd(own, "footbridge", (300, 0))
    stop = origins(plan(own))["south"]["stop"]
    assert stop["walk"] is None
    assert stop["text"].startswith("If under way, stop at Quay car park")


def test_a_crowd_at_the_car_park_leaves_no_stop(own: Workspace) -> None:
    crowd(own, "bridge", BRIDGE)
    crowd(own, "lot", (350, -300))
    told = origins(plan(own))["south"]
    assert not told["routes"]
    assert told["stop"] is None


def test_a_crowd_that_comes_to_the_car_park_during_the_stay_leaves_no_stop(own: Workspace) -> None:
    """It is calm when one arrives, and would not be half an hour later."""
    crowd(own, "bridge", BRIDGE)
    crowd(own, "lot", (350, -300), starts_at=f"{DAY}T08:30")
    assert origins(plan(own))["south"]["stop"] is None


def test_a_zone_at_the_front_gate_leaves_the_other(own: Workspace) -> None:
    crowd(own, "front", (300, 605))
    document = plan(own)
    used = {origin["routes"][0]["entrance"] for origin in document["origins"] if origin["routes"]}
    assert used == {"side"}


def test_a_road_that_closes_before_the_arrival_is_told_as_the_last(own: Workspace) -> None:
    works(own, "bridge", [(0, -90), (0, 90)], "07:20", "09:30")
    told = origins(plan(own))["south"]
    earlier, later = told["earlier"], told["later"]
    assert "07:19" <= earlier["arrive"][11:16] <= "07:23", "over the bridge before it shuts"
    assert "09:30" <= later["arrive_by"][11:16] <= "09:34", "over the bridge once it opens"
    assert told["stop"]["walk"]["clear"]


def test_all_gates_shut_until_two_minutes_after_the_arrival(own: Workspace) -> None:
    gates = own.layer("entrances").copy()
    gates["opens"] = "08:02"
    own.append("entrances", gates)
    document = plan(own)
    opens = re.fullmatch(
        "Delay the shift: no vehicle way in before 08:02, when (.+) opens(;.*)?",
        document["headline"][:-1],
    )
    assert opens, document["headline"]
    assert opens[1] in set(gates["name"]), "a manager asks for that gate to open, or waits for it"
    assert {gate["id"] for gate in document["advice"]["gates"]} == {"side", "front"}
    assert all(o["later"]["arrive_by"][11:16] == "08:02" for o in document["origins"])


def test_an_island_has_its_reason_and_no_stop(own: Workspace) -> None:
    own.append("gateways", frame([{
        "id": "island", "name": "Island", "road_class": "residential", "geometry": place(2100, 2000)}]))  # fmt: skip
    told = origins(plan(own))["island"]
    assert told["reason"] == "no public road lies near this gateway"
    assert (told["stop"], told["earlier"], told["later"]) == (None, None, None)


def test_destination_inside_a_zone_keeps_all_out_and_all_in(own: Workspace) -> None:
    ground = box(*lonlat(-400, 500), *lonlat(500, 760))
    crowd(own, "around", (0, 0), geometry=ground, size_low=20000, size_high=30000)
    document = plan(own)
    assert not document["feasible"]
    assert document["advice"]["inside"]["by"] is None
    assert "people inside stay there until" in document["headline"]
    told = origins(document)
    assert told["south"]["stop"]["walk"] is None
    assert told["west"]["stop"] is None, "the car park is on the far side of the crowd"


def test_origin_inside_a_zone_does_not_set_out(own: Workspace) -> None:
    crowd(own, "west", GATEWAYS["west"])
    document = plan(own)
    told = origins(document)
    assert not told["west"]["routes"]
    assert told["west"]["stop"] is None
    assert all(told[side]["routes"] for side in ("east", "south", "town"))
    assert "No way through from West" in document["headline"]


def test_two_zones_that_overlap_in_time_only_leave_the_rest_free(own: Workspace) -> None:
    """A crowd on the bridge and one far off, at one time: the north is as it was."""
    calm = origins(plan(own))
    crowd(own, "bridge", BRIDGE)
    crowd(own, "far", (900, -600))
    told = origins(plan(own))
    assert told["west"]["routes"][0]["geometry"] == calm["west"]["routes"][0]["geometry"]
    assert told["south"]["stop"]["name"] == "Quay car park"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"access": "permission"}, "only for first aid or with permission"),
        ({"access": "private"}, "closed to the public"),
        ({"maxheight_m": 1.8}, "too low for this vehicle"),
        ({"hours": "Sa-Su"}, "shut at some time of the staging window"),
        ({"hours": "unknown"}, "opening hours not readable"),
    ],
)
def test_car_park_that_may_not_be_used_is_no_stop_and_says_why(
    own: Workspace, said: dict[str, Any], why: str
) -> None:
    lot = own.layer("staging_sites")
    own.append("staging_sites", lot.assign(**said))
    crowd(own, "bridge", BRIDGE)
    document = plan(own)
    assert document["staging"] == []
    ((key, told),) = [(out["id"], out["why"]) for out in document["staging_out"]]
    assert key == "lot"
    assert why in told
    assert all(origin["stop"] is None for origin in document["origins"])
