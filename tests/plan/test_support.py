"""Stops for the crew, havens, the medical block, in a drawn town.

::

    W --------------- gate ---------------- E      North Road, y = 600
           |                     |
         West St               East St
           |                     |
    S --------------- (0,-600) ------------ T      South Road, y = -600, 1.2 km south
"""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import jsonschema
import pytest
from shapely.geometry import Point, box

from planner.cli.crew import support_lines
from planner.errors import InputError
from planner.initialise import initialise
from planner.layers.workspace import Workspace
from planner.plan import make_plan
from planner.plan.question import ask
from tests.network.osmfile import Drawing, lonlat

if TYPE_CHECKING:
    from collections.abc import Sequence

DAY = "2027-03-02"
NOW = datetime(2027, 3, 2, 3, 0, tzinfo=UTC)
SCHEMA = Path(__file__).parents[2] / "docs" / "plan.schema.json"
KNOWN = ("opens", "closes", "hours", "emergency")
GATEWAYS = {"west": (-1500, 600), "east": (1500, 600), "south": (-1500, -600), "town": (1500, -600)}


def place(x: float, y: float) -> Point:
    return Point(lonlat(x, y))


def frame(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=4326)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The drawn town with one gate; nothing reported, no stops."""
    folder = tmp_path_factory.mktemp("crew")
    drawn = Drawing()
    north = [(-1500, 600), (-600, 600), (0, 600), (600, 600), (1500, 600)]
    south = [(-1500, -600), (-600, -600), (0, -600), (600, -600), (1500, -600)]
    drawn.way(*north, highway="secondary", name="North Road")
    drawn.way(*south, highway="secondary", name="South Road")
    drawn.way((-600, 600), (-600, -600), highway="secondary", name="West Street")
    drawn.way((600, 600), (600, -600), highway="secondary", name="East Street")
    around = (*lonlat(-2000, -2000), *lonlat(2000, 2000))
    path = initialise(drawn.write(folder / "t.osm.pbf"), folder / "t.gpkg", bbox=around).path
    workspace = Workspace.open(path)
    gone = workspace.layer("gateways")
    workspace.change("gateways", gone.iloc[:0], gone=gone["id"])
    workspace.append("facilities", frame([{
        "id": "hq", "name": "Hall", "geometry": box(*lonlat(-60, 620), *lonlat(60, 720))}]))  # fmt: skip
    workspace.append("entrances", frame([{
        "id": "front", "name": "Front gate", "facility_id": "hq", "kind": "both",
        "opens": "05:00", "closes": "23:00", "geometry": place(0, 612)}]))  # fmt: skip
    workspace.append("gateways", frame([
        {"id": key, "name": key.title(), "road_class": "secondary", "geometry": place(*xy)}
        for key, xy in GATEWAYS.items()]))  # fmt: skip
    return Path(path)


@pytest.fixture
def own(town: Path, tmp_path: Path) -> Workspace:
    return Workspace.open(shutil.copy(town, tmp_path / "own.gpkg"))


def put(workspace: Workspace, *rows: Sequence[Any]) -> None:
    """Add stops: id, kind, x, y, and what is known: opens, closes, hours by the day, emergency."""
    made = []
    for key, kind, x, y, *hours in rows:
        row = {"id": key, "name": key.title(), "kind": kind, "geometry": place(x, y)}
        made.append(row | dict(zip(KNOWN, hours, strict=False)))
    workspace.append("support_stops", frame(made))


def crowd(workspace: Workspace, x: float, y: float, **more: Any) -> None:
    workspace.append("zones", frame([{
        "id": f"z{x}", "kind": "standing_assembly", "starts_at": f"{DAY}T04:00",
        "ends_at": f"{DAY}T12:00", "size_low": 100, "size_high": 200, "source_grade": "A",
        "info_grade": "1", "influence_m": 60.0, "geometry": place(x, y), **more}]))  # fmt: skip


def support(workspace: Workspace, arrive: str = "08:00", **more: Any) -> dict[str, Any]:
    question = ask("hq", f"{DAY}T{arrive}", workspace.timezone, **more)
    document = make_plan(workspace, question, now=NOW).document
    assert document["verification"]["passed"], document["verification"]
    jsonschema.validate(document, json.loads(SCHEMA.read_text(encoding="utf-8")))
    found: dict[str, Any] = document["support"]
    return found


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in rows]


def test_stops_are_told_by_kind_with_minutes_of_the_road_and_hours(own: Workspace) -> None:
    put(own, ("cafe", "food", 300, 615, "06:00", "20:00"), ("pump", "fuel", 600, -300))
    told = support(own)
    assert [(one["id"], one["hours"]) for one in told["stops"]] == [
        ("cafe", "open"), ("pump", "not known")]  # fmt: skip
    cafe, pump = told["stops"]
    assert cafe["length_m"] == pytest.approx(300, abs=5)
    assert pump["length_m"] == pytest.approx(1500, abs=10)
    assert pump["street"] == "East Street"
    assert pump["from"] == {"kind": "gate", "id": "front", "name": "Front gate"}
    # Never silently open: hours nobody knows are told as such wherever the stop is.
    assert "hours not known" in pump["text"]
    assert {one["kind"]: one["text"] for one in told["none"]} == {
        "rest": "place to rest: none on the map here", "toilets": "toilets: none on the map here"}  # fmt: skip


def test_a_stop_inside_a_crowd_or_behind_one_is_not_told(own: Workspace) -> None:
    """One lies in the crowd's ground, one past it on a street that nothing else leads to."""
    put(own, ("in", "food", -300, 612), ("past", "food", -1300, 612), ("free", "food", 900, 612))
    crowd(own, -300, 600)
    told = support(own)
    assert "in" not in ids(told["stops"])
    assert "free" in ids(told["stops"])
    past = next((one for one in told["stops"] if one["id"] == "past"), None)
    # West Street leads round the crowd: longer than the 1300 m past it.
    assert past is None or past["length_m"] > 2000


def test_at_half_past_five_all_that_is_shut_is_told_as_shut_with_the_first_to_open(
    own: Workspace,
) -> None:
    put(
        own,
        ("cafe", "food", 300, 615, "07:00", "20:00"),
        ("bar", "food", 200, 615, "06:30", "20:00"),
    )
    told = support(own, "05:30")
    assert told["stops"] == []
    text = next(one["text"] for one in told["none"] if one["kind"] == "food")
    assert "2 nearer are shut then, first opens 06:30" in text
    assert ids(support(own, "08:00")["stops"]) == ["bar", "cafe"]


def test_a_stop_that_shuts_while_one_eats_is_not_open(own: Workspace) -> None:
    put(own, ("cafe", "food", 300, 615, "06:00", "08:10"))
    assert support(own, "08:00")["stops"] == []
    assert ids(support(own, "07:30")["stops"]) == ["cafe"]


def test_over_midnight_hours_hold(own: Workspace) -> None:
    put(own, ("night", "food", 300, 615, "20:00", "06:00"))
    assert ids(support(own, "05:30")["stops"]) == ["night"]


def test_hours_that_differ_by_the_day_hold_on_the_day_of_the_arrival(own: Workspace) -> None:
    """Half of Helsinki's cafés were told as "hours not known", though the map has them by the day."""
    put(
        own,
        ("workday", "food", 300, 615, None, None, "Mo-Fr 07:00-14:30; Sa 10:00-18:00"),
        ("late", "food", 200, 615, None, None, "We 06:00-24:00"),
        ("both", "fuel", 200, 612, "06:00", "20:00", "Mo-Fr 00:00-24:00; PH off"),
        ("rain", "toilets", 400, 612, None, None, "Tu 07:00-12:00 unknown"),
    )
    told = {one["id"]: one for one in support(own)["stops"]}
    assert {key: one["hours"] for key, one in told.items()} == {
        "workday": "open", "both": "open", "rain": "not known"}  # fmt: skip
    assert told["workday"]["text"].endswith("open then (Mo-Fr 07:00-14:30; Sa 10:00-18:00)")
    assert told["both"]["text"].endswith("open 06:00 to 20:00 (Mo-Fr 00:00-24:00; PH off)")
    # Tuesday: one has shut at 14:25 for whoever eats a quarter of an hour, the other opens tomorrow.
    shut = support(own, "14:25")
    assert [one["id"] for one in shut["stops"] if one["kind"] == "food"] == []
    text = next(one["text"] for one in shut["none"] if one["kind"] == "food")
    assert "2 nearer are shut then, first opens Wed 06:00" in text


def test_a_haven_that_is_shut_by_the_day_says_when_it_opens(own: Workspace) -> None:
    put(own, ("post", "police", 300, 612, None, None, "Mo-Fr 09:00-16:00"))
    told = support(own)["havens"][0]
    assert (told["hours"], told["next_open"][:16]) == ("shut", f"{DAY}T09:00")
    assert told["text"].endswith("by a clear way; shut then, opens 09:00 (Mo-Fr 09:00-16:00)")


def test_hospitals_say_whether_they_take_emergencies_and_those_that_do_not_come_last(
    own: Workspace,
) -> None:
    """A house without an emergency ward is no place to bring who is hurt."""
    put(
        own,
        ("rehab", "hospital", 100, 612, None, None, None, "no"),
        ("a", "hospital", 300, 612), ("b", "hospital", 500, 612), ("c", "hospital", 700, 612),
        ("ward", "hospital", 1300, 612, None, None, None, "yes"),
        ("post", "police", 300, 612),
    )  # fmt: skip
    told = support(own)
    hospitals = [(one["id"], one["emergency"]) for one in told["havens"]]
    assert hospitals == [("a", "unknown"), ("b", "unknown"), ("ward", "yes"), ("post", None)]
    assert told["havens"][2]["text"].endswith("by a clear way; takes emergencies")
    assert ids(told["medical"]["hospitals"]) == ["a", "b", "ward"]
    own.remove("support_stops", ["a", "b", "c", "ward"])
    told = support(own)
    assert told["havens"][0]["text"].endswith("by a clear way; takes no emergencies")
    assert told["medical"]["hospitals"] == []


def test_where_none_is_within_the_minutes_the_nearest_is_told(own: Workspace) -> None:
    put(own, ("far", "toilets", 0, -612))
    told = support(own, support_minutes=1)
    assert told["stops"] == []
    none = next(one for one in told["none"] if one["kind"] == "toilets")
    assert none["nearest"]["id"] == "far"
    assert none["nearest"]["time_s"] > 60
    assert "none within 1 min; nearest is Far (toilets): " in none["text"]
    assert ids(support(own, support_minutes=10)["stops"]) == ["far"]


def test_twenty_restaurants_are_three_and_known_hours_come_first(own: Workspace) -> None:
    """A crew chief reads three; a door known to be open is not pushed out by unknown ones."""
    rows = [(f"r{n}", "food", 30 * n - 300, 612) for n in range(20)]
    put(own, *rows, ("open", "food", 600, 0, "00:00", "24:00"))
    told = support(own)["stops"]
    assert len(told) == 3
    assert told[-1]["id"] == "open"
    assert [one["time_s"] for one in told] == sorted(one["time_s"] for one in told)


def test_two_rows_of_one_place_are_told_once(own: Workspace) -> None:
    """A station is mapped as a point and as an outline."""
    own.append("support_stops", frame([
        {"id": key, "name": "Star", "kind": "fuel", "geometry": place(300 + dx, 612)}
        for key, dx in (("a", 0), ("b", 40))]))  # fmt: skip
    assert ids(support(own)["stops"]) == ["a"]


def test_hours_of_a_map_read_before_unknown_ones_were_kept_are_not_believed(own: Workspace) -> None:
    """All day on every row of the map is what was once put where nobody knew."""
    put(
        own,
        ("osm-node-1", "food", 300, 612, "00:00", "24:00"),
        ("mine", "fuel", 200, 612, "00:00", "24:00"),
    )
    told = {one["id"]: one["hours"] for one in support(own)["stops"]}
    assert told == {"osm-node-1": "not known", "mine": "open"}
    put(own, ("osm-node-2", "toilets", 400, 612))
    told = {one["id"]: one["hours"] for one in support(own)["stops"]}
    assert told == {"osm-node-1": "open", "mine": "open", "osm-node-2": "not known"}


def test_a_haven_behind_a_crowd_is_told_with_its_way_round(own: Workspace) -> None:
    """The minutes are those under current risk, not those of the straight line."""
    put(own, ("ward", "hospital", -800, 612))
    calm = support(own)["havens"][0]
    crowd(own, -250, 600)
    told = support(own)["havens"][0]
    assert (calm["state"], told["state"]) == ("clear", "clear")
    assert told["length_m"] > 2 * calm["length_m"]
    assert told["line_m"] == calm["line_m"]


def test_a_haven_in_a_crowd_is_told_below_one_further_off(own: Workspace) -> None:
    """Who knows the near one would drive there: it is named, with the reason."""
    put(own, ("near", "hospital", -300, 612), ("far", "hospital", 900, 612))
    crowd(own, -300, 600)
    told = support(own)["havens"]
    assert (told[0]["id"], told[0]["state"]) == ("far", "clear")
    near = next(one for one in told if one["id"] == "near")
    assert near["state"] in {"exposed", "none"}
    assert (
        "an area at risk touches it" in near["text"]
        or "no way leads there within an hour now" in near["text"]
    )
    assert near["touched"]


def test_a_haven_that_nothing_leads_to_is_told_so(own: Workspace) -> None:
    """Crowds that shut the road stand on both sides of the gate."""
    put(own, ("ward", "hospital", -1000, 612))
    for x in (-200, 200):
        crowd(own, x, 600, size_low=2000, size_high=4000)
    told = support(own)["havens"]
    assert [(one["id"], one["state"], one["time_s"]) for one in told] == [("ward", "none", None)]
    assert told[0]["text"] == (
        "Ward (hospital): no way leads there within an hour now; emergencies: not known"
    )


def test_a_facility_that_is_a_hospital_is_its_own_nearest(own: Workspace) -> None:
    put(own, ("hall", "hospital", 0, 670), ("other", "hospital", 900, 612))
    told = support(own)["havens"]
    assert [(one["id"], one["state"], one["time_s"]) for one in told][:1] == [("hall", "here", 0)]
    assert told[0]["geometry"] is None
    assert told[0]["text"] == "Hall (hospital): on the site; emergencies: not known"


def test_who_walks_is_told_no_fuel_and_walks_there(own: Workspace) -> None:
    stops = gpd.GeoDataFrame(
        {"osm_id": ["node/1"], "name": ["Stop"], "kind": ["bus"]},
        geometry=[place(100, 605)],
        crs=4326,
    )
    own.put_static("transit_stops", stops)
    put(own, ("pump", "fuel", 100, 612), ("cafe", "food", 300, 612))
    for profile in ("foot", "wheelchair"):
        told = support(own, profile=profile)
        assert ids(told["stops"]) == ["cafe"]
        assert {one["kind"] for one in told["none"]} == {"rest", "toilets"}
        # 300 m on foot: about four minutes.
        assert 150 <= told["stops"][0]["time_s"] <= 420


def test_shut_gates_are_told_and_still_give_minutes(own: Workspace) -> None:
    put(own, ("ward", "hospital", 900, 612))
    told = support(own, "03:30")
    assert told["gates_open"] is False
    assert told["havens"][0]["state"] == "clear"
    assert any("every gate is shut then" in line for line in support_lines(told))


def test_the_medical_block_holds_what_is_known_and_invents_nothing(own: Workspace) -> None:
    put(own, ("ward", "hospital", 900, 612), ("post", "police", 300, 612))
    block = support(own)["medical"]
    assert block["incident"] == "Hall"
    assert block["since"] == f"{DAY}T06:30:00{block['since'][19:]}"
    assert ids(block["hospitals"]) == ["ward"]
    ward = block["hospitals"][0]
    assert ward["ground_s"] > 0
    unknown = ("address", "contact", "air_min", "trauma_centre", "burn_centre", "helipad")
    assert all(ward[key] is None for key in unknown)
    assert block["transportation"] == []
    assert block["procedures"] is None
    # Roles, never names of persons.
    assert (block["prepared_by"], block["approved_by"]) == ("Medical unit leader", "Safety officer")


def test_a_site_of_kind_first_aid_is_a_medical_aid_station(own: Workspace) -> None:
    corners = [lonlat(300, 605), lonlat(360, 660)]
    own.append("staging_sites", frame([{
        "id": "tent", "name": "Yard", "kind": "First aid", "capacity_m2": 3000.0,
        "geometry": box(*corners[0], *corners[1])}]))  # fmt: skip
    assert ids(support(own)["medical"]["aid_stations"]) == ["tent"]


@pytest.mark.parametrize("minutes", [0, 61])
def test_minutes_out_of_range_are_refused_with_what_to_give(own: Workspace, minutes: int) -> None:
    with pytest.raises(
        InputError, match=r"support_minutes .*: it must be a whole number from 1 to 60"
    ):
        support(own, support_minutes=minutes)
