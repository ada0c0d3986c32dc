"""Hard ways in, drawn small and planned from the file to the checked plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
from shapely.geometry import LineString, Point, box

from planner.cli.text import plan_words
from planner.initialise import initialise
from planner.layers.workspace import Workspace
from planner.plan.make import make_plan
from planner.plan.question import ask
from tests.network.osmfile import Drawing, lonlat

if TYPE_CHECKING:
    from pathlib import Path

DAY = "2027-03-03"
SITE = "depot"

Place = tuple[float, float]


def at(clock: str) -> str:
    return f"{DAY}T{clock}"


def frame(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(rows, crs=4326)


def spot(place: Place) -> Point:
    return Point(*lonlat(*place))


def along(*places: Place) -> LineString:
    return LineString([lonlat(*place) for place in places])


class Town:
    """A drawn town with one site, its gate, one gateway."""

    def __init__(self, drawing: Drawing, folder: Path, *, gate: Place, start: Place) -> None:
        x, y = gate
        ring = box(*lonlat(x - 15, y - 15), *lonlat(x + 15, y + 15))
        path = initialise(drawing.write(folder / "t.osm.pbf"), folder / "t.gpkg").path
        self.workspace = Workspace.open(path)
        self.replace("facilities", {"id": SITE, "name": "Depot", "geometry": ring})
        self.hours(gate, "00:00", "24:00")
        self.replace("gateways", {"id": "west", "name": "West", "geometry": spot(start)})

    def replace(self, layer: str, *rows: dict[str, Any]) -> None:
        held = self.workspace.layer(layer)["id"].tolist()
        if held:
            self.workspace.remove(layer, held)
        self.workspace.append(layer, frame(list(rows)))

    def hours(self, gate: Place, opens: str, closes: str) -> None:
        self.replace("entrances", {
            "id": "gate", "name": "Gate", "facility_id": SITE, "kind": "both", "opens": opens,
            "closes": closes, "geometry": spot(gate),
        })  # fmt: skip

    def crowd(self, key: str, where: Any, since: str, until: str, *, reach_m: float = 0) -> None:
        self.workspace.append("zones", frame([{
            "id": key, "kind": "standing_assembly", "starts_at": at(since), "ends_at": at(until),
            "size_low": 60, "size_high": 60, "source_grade": "A", "info_grade": 1,
            "time_precision_min": 0, "influence_m": reach_m, "geometry": where,
        }]))  # fmt: skip

    def plan(self, clock: str) -> dict[str, Any]:
        """Return the plan for arriving by a time; it is checked."""
        question = ask(SITE, at(clock), self.workspace.timezone)
        document = make_plan(self.workspace, question).document
        assert document["verification"]["failures"] == []
        return document

    def origin(self, clock: str) -> dict[str, Any]:
        """Return the one origin of the plan for arriving by a time."""
        (origin,) = self.plan(clock)["origins"]
        return origin

    def way(self, clock: str) -> dict[str, Any]:
        return self.origin(clock)["routes"][0]


def three_streets() -> Drawing:
    """Three ways east: North is 40 m up, Middle straight, South 200 m down.

    west (-600, 0) ---- fork (-300, 0) ==N/M/S== (300, 0) ---- gate (500, 0)
    """
    made = Drawing()
    main = {"highway": "secondary", "maxspeed": "50"}
    made.way((-600, 0), (-300, 0), name="West Road", **main)
    made.way((-300, 0), (300, 0), name="Middle Street", **main)
    made.way((-300, 0), (-300, 150), (300, 150), (300, 0), name="North Street", **main)
    made.way((-300, 0), (-300, -300), (300, -300), (300, 0), name="South Street", **main)
    made.way((300, 0), (500, 0), name="East Road", **main)
    return made


def test_zones_that_overlap_in_time_alone_shut_each_its_own_street_at_its_own_time(
    tmp_path: Path,
) -> None:
    town = Town(three_streets(), tmp_path, gate=(500, 10), start=(-600, 0))
    town.crowd("first", along((-50, 0), (50, 0)), "07:00", "08:00")
    town.crowd("second", along((-50, 150), (50, 150)), "07:30", "09:00")
    used = {clock: town.way(clock)["streets"][1] for clock in ("06:40", "07:20", "07:50", "08:40")}
    assert used == {
        "06:40": "Middle Street",
        "07:20": "North Street",
        "07:50": "South Street",
        "08:40": "Middle Street",
    }


def one_way_block() -> Drawing:
    """The gate stands on a one-way street, driven north to south.

    (-200, 200) -- High Street -- (200, 200)
         |                            |  Down Street: south alone
    (-200, 0) --- Low Street --- (200, 0)
    """
    made = Drawing()
    made.way((-400, 0), (-200, 0), name="West Road", highway="secondary")
    made.way((-200, 0), (-200, 200), name="Up Street", highway="residential")
    made.way((-200, 200), (200, 200), name="High Street", highway="residential")
    made.way((200, 200), (200, 0), name="Down Street", highway="residential", oneway="yes")
    made.way((-200, 0), (200, 0), name="Low Street", highway="residential")
    return made


def test_gate_on_a_one_way_street_is_reached_in_its_direction(tmp_path: Path) -> None:
    town = Town(one_way_block(), tmp_path, gate=(210, 60), start=(-400, 0))
    assert town.way("07:30")["streets"] == ["West Road", "Up Street", "High Street", "Down Street"]


def test_no_way_leads_against_a_one_way_street_past_an_assembly(tmp_path: Path) -> None:
    town = Town(one_way_block(), tmp_path, gate=(210, 60), start=(-400, 0))
    town.crowd("high", along((0, 200), (100, 200)), "07:00", "08:00")
    origin = town.origin("07:30")
    assert not origin["routes"]
    assert "High Street" in origin["reason"]
    assert origin["opens_at"][11:16] >= "08:00"


def test_closure_that_ends_on_another_day_is_told_with_that_day(tmp_path: Path) -> None:
    town = Town(one_way_block(), tmp_path, gate=(210, 60), start=(-400, 0))
    town.workspace.append("closures", frame([{
        "id": "works", "name": "Works", "kind": "works", "starts_at": at("06:00"),
        "ends_at": "2027-03-05T18:00", "geometry": along((-100, 200), (100, 200)),
    }]))  # fmt: skip
    origin = town.origin("07:30")
    assert not origin["routes"]
    assert origin["reason"] == "Gate: Works (until 2027-03-05 18:00)"


def divided_road() -> Drawing:
    """A divided road, the gate on the far side of who comes from the west.

                               gate (0, 30)
    westbound  (-200, 20)  <------(0, 20)------  (200, 20)
    eastbound  (-200, 0)   ------------------->  (200, 0)
    One may turn round at either end alone.
    """
    made = Drawing()
    wide = {"highway": "primary", "oneway": "yes", "maxspeed": "50"}
    made.way((-200, 0), (200, 0), name="Broad Road", **wide)
    made.way((200, 20), (-200, 20), name="Broad Road", **wide)
    for x in (-200, 200):
        made.way((x, 0), (x, 20), name="", highway="primary_link")
    made.way((-300, 0), (-200, 0), name="West Road", highway="primary")
    made.way((0, 200), (-300, 200), (-300, 0), name="Back Street", highway="residential")
    return made


def test_gate_on_the_far_side_of_a_divided_road_is_reached_by_its_own_side(tmp_path: Path) -> None:
    town = Town(divided_road(), tmp_path, gate=(0, 30), start=(-300, 0))
    way = town.way("07:30")
    assert way["length_m"] == pytest.approx(100 + 400 + 20 + 200, abs=25)
    (lon, lat) = way["geometry"]["coordinates"][-1]
    assert (lon, lat) == pytest.approx(lonlat(0, 20), abs=2e-5)


def two_bridges() -> Drawing:
    """Two bridges east: a divided one, straight; a plain one, 300 m down.

    (-200, 0) --+ westbound <-- (y=20) +-- gate
                + eastbound --> (y=0)  +
                +-- Low Bridge (y=-300) --+
    """
    made = Drawing()
    wide = {"highway": "primary", "oneway": "yes", "maxspeed": "50", "bridge": "yes"}
    made.way((-150, 0), (150, 0), name="Broad Bridge", **wide)
    made.way((150, 20), (-150, 20), name="Broad Bridge", **wide)
    for x in (-150, 150):
        made.way((x, 0), (x, 20), name="", highway="primary_link")
        made.way((x, 0), (x, -300), name=f"Bank {x}", highway="primary")
    made.way((-200, 0), (-150, 0), name="West Road", highway="primary")
    made.way((150, 0), (200, 0), name="East Road", highway="primary")
    made.way((-150, -300), (150, -300), name="Low Bridge", highway="primary", bridge="yes")
    return made


@pytest.mark.parametrize("y", [0, 20])
def test_assembly_on_one_carriageway_of_a_bridge_keeps_ways_off_the_other(
    tmp_path: Path, y: float
) -> None:
    """The carriageways share no crossing for 300 m, yet nothing stands between them."""
    town = Town(two_bridges(), tmp_path, gate=(200, 10), start=(-200, 0))
    assert "Broad Bridge" in town.way("07:30")["streets"]
    town.crowd("bridge", along((-50, y), (50, y)), "07:00", "09:00", reach_m=100)
    way = town.way("07:30")
    assert "Low Bridge" in way["streets"]
    assert way["clear"]


def island(*, ferry: bool, hours: str = "24/7") -> Drawing:
    made = Drawing()
    made.way((-600, 0), (-300, 0), name="West Road", highway="secondary")
    made.way((300, 0), (500, 0), name="Island Road", highway="secondary")
    if ferry:
        made.way(
            (-300, 0),
            (300, 0),
            name="Ferry",
            route="ferry",
            motor_vehicle="yes",
            duration="00:12",
            opening_hours=hours,
        )
    return made


def test_ferry_is_taken_with_the_minutes_it_takes(tmp_path: Path) -> None:
    town = Town(island(ferry=True), tmp_path, gate=(500, 10), start=(-600, 0))
    way = town.way("07:30")
    assert way["streets"] == ["West Road", "Ferry", "Island Road"]
    assert way["time_s"] >= 12 * 60
    assert "takes a ferry: its timetable is not known, ask before you rely on it" in way["notices"]


def test_ferry_is_told_in_the_first_line_and_beside_its_way(tmp_path: Path) -> None:
    """It goes by a timetable that no map has: who reads "leave by" must know that."""
    town = Town(island(ferry=True), tmp_path, gate=(350, 0), start=(-500, 0))
    plan = town.plan("08:00")
    assert "takes a ferry: its timetable is not known" in plan["headline"]
    assert "\n    note: takes a ferry: its timetable is not known" in plan_words(plan)


def test_ferry_that_does_not_sail_yet_is_the_reason_not_an_assembly(tmp_path: Path) -> None:
    town = Town(island(ferry=True, hours="09:00-18:00"), tmp_path, gate=(350, 0), start=(-500, 0))
    reason = town.origin("08:00")["reason"]
    assert reason == "the hours of roads, gates on them or ferries shut every way in"


def test_island_without_a_ferry_has_no_way_in_and_says_so(tmp_path: Path) -> None:
    town = Town(island(ferry=False), tmp_path, gate=(500, 10), start=(-600, 0))
    origin = town.origin("07:30")
    assert not origin["routes"]
    assert origin["reason"] == "no vehicle gate lies near a public road that can be reached"
    assert origin["opens_at"] is None


@pytest.mark.parametrize(("closes", "there"), [("07:28", "07:27"), ("07:18", "07:17")])
def test_gate_that_shuts_before_the_arrival_is_reached_by_then_in_every_sentence(
    tmp_path: Path, closes: str, there: str
) -> None:
    """Who is told 07:30 stands before a gate that shut at 07:28."""
    town = Town(two_bridges(), tmp_path, gate=(200, 10), start=(-200, 0))
    town.hours((200, 10), "05:00", closes)
    plan = town.plan("07:30")
    assert f"by {there}" in plan["headline"]
    message = plan["origins"][0]["message"]["text"]
    assert f"be there by {there};" in message
    assert "07:30" not in message


def test_staff_are_told_to_be_ready_to_come_earlier_where_the_first_line_says_come_earlier(
    tmp_path: Path,
) -> None:
    town = Town(two_bridges(), tmp_path, gate=(200, 10), start=(-200, 0))
    town.crowd("gate", spot((200, 5)), "07:10", "12:00")
    plan = town.plan("07:30")
    (origin,) = plan["origins"]
    assert plan["headline"].startswith("Come earlier: the last clear arrival is 07:")
    there, leave = (origin["earlier"][key][11:16] for key in ("arrive", "leave_by"))
    told = f"Be ready to leave by {leave} and be at Gate by {there}: a newer message tells the way;"
    assert told in origin["message"]["text"]


def test_staff_are_not_told_to_come_earlier_where_the_shift_is_delayed(tmp_path: Path) -> None:
    town = Town(two_bridges(), tmp_path, gate=(200, 10), start=(-200, 0))
    town.crowd("gate", spot((200, 5)), "05:00", "07:40")
    plan = town.plan("07:30")
    assert plan["headline"].startswith("Delay the shift: ")
    assert "Be ready" not in plan["origins"][0]["message"]["text"]
