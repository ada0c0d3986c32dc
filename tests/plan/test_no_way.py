"""Where those stop who have no way in, how they go on: true, clear, and the best there is."""

from __future__ import annotations

import copy
import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import jsonschema
import numpy as np
import pytest
from shapely.geometry import Point

from planner.layers.crs import to_xy
from planner.layers.workspace import Workspace
from planner.network.store import load_network
from planner.plan import Plan, make_plan
from planner.plan.afoot import LONGEST_S, WALKERS, site_key, walk_at
from planner.plan.make import with_beside
from planner.plan.no_way.advice import NOTICE, advise
from planner.plan.no_way.last_stop import PARK_S, Halts, as_problem, calm_sites
from planner.plan.question import ask
from planner.plan.withhold import plain_facts, verified
from planner.routes.primary import least_to_go
from planner.scenario import ARRIVE, FACILITY
from planner.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable

    from planner.verify import Facts

DAY = "2027-03-02"
NOW = datetime(2027, 3, 2, 3, 0, tzinfo=UTC)
SCHEMA = Path(__file__).parents[2] / "docs" / "plan.schema.json"


def crowd(key: str, place: Any, *, since: str = "07:00", until: str = "09:00", **more: Any) -> Any:
    """A standing assembly that blocks where it stands."""
    return {
        "id": key, "kind": "standing_assembly", "starts_at": on_day(since),
        "ends_at": on_day(until), "size_low": 200, "size_high": 800, "source_grade": "B",
        "info_grade": "2", "influence_m": 100.0, "geometry": place, **more,
    }  # fmt: skip


def on_day(clock: str) -> str:
    """The local ISO time of a clock on the day."""
    return f"{DAY}T{clock}"


def report(workspace: Workspace, *rows: dict[str, Any]) -> None:
    workspace.append("zones", gpd.GeoDataFrame(list(rows), crs=4326))


def gates(workspace: Workspace, *kinds: str) -> Any:
    frame = workspace.layer("entrances")
    return frame[(frame["facility_id"] == FACILITY) & frame["kind"].isin(kinds)]


def at_every_gate(workspace: Workspace, *kinds: str) -> None:
    rows = gates(workspace, *kinds).itertuples()
    report(workspace, *(crowd(f"at {row.id}", row.geometry) for row in rows))


def plan(workspace: Workspace, arrive: str = "08:00", *, now: datetime = NOW, **more: Any) -> Plan:
    question = ask(FACILITY, on_day(arrive), workspace.timezone)
    return make_plan(workspace, question, now=now, **more)


def own_copy(bundled: Path, folder: Path) -> Workspace:
    return Workspace.open(shutil.copy(bundled, folder / "own.gpkg"))


@pytest.fixture
def own(bundled: Path, tmp_path: Path) -> Workspace:
    return own_copy(bundled, tmp_path)


@pytest.fixture(scope="module")
def shut(bundled: Path, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """A crowd at every gate for vehicles; the west gate, on foot alone, is free."""
    workspace = own_copy(bundled, tmp_path_factory.mktemp("shut"))
    at_every_gate(workspace, "vehicle", "both")
    return plan(workspace)


def stops(made: Plan) -> list[dict[str, Any]]:
    return [origin["stop"] for origin in made.document["origins"] if origin["stop"]]


def when(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_every_origin_without_a_way_stops_and_walks_to_the_gate_that_is_free(shut: Plan) -> None:
    document = shut.document
    assert not document["feasible"]
    assert document["verification"]["passed"]
    assert len(stops(shut)) == len(document["origins"])
    for stop in stops(shut):
        drive, walk = stop["drive"], stop["walk"]
        assert walk["entrance_name"] == "West gate"
        assert drive["clear"]
        assert walk["clear"]
        assert when(stop["stay"]["from"]) == when(drive["arrive"])
        assert when(drive["arrive"]) + timedelta(seconds=PARK_S) <= when(walk["depart"])
        assert when(walk["arrive"]) <= when(document["arrive_by"]) <= when(stop["stay"]["until"])
        assert walk["time_s"] <= LONGEST_S


def test_the_first_line_says_what_to_do_with_the_shift(shut: Plan) -> None:
    line = shut.document["headline"]
    assert line.startswith("Delay the shift: no vehicle way in before 09:0")
    # Every side has a place to stop and a clear walk on time: the message to staff says so too.
    assert "; or park and walk, at the gate by 08:00 from every side: " in line
    assert all(
        o["message"]["text"].startswith(f"Drive to {o['stop']['name']} ")
        for o in shut.document["origins"]
    )
    assert shut.document["advice"]["kind"] == "delay"


def test_the_document_fits_the_schema(shut: Plan) -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(json.dumps(shut.document)))


def test_no_other_place_to_stop_takes_fewer_minutes(shut: Plan) -> None:
    """Each calm site by itself: the one chosen costs no more than any."""
    answer = shut.answer
    afoot = walk_at(shut.prepared, shut.question)
    alone = {}
    for row in calm_sites(answer).tolist():
        if (way := afoot.ways.get(site_key(row))) is not None:
            halts = Halts(np.array([row]), np.array([way.depart - PARK_S]))
            alone[row] = as_problem(answer.problem, answer.stops.sites, halts).tree().cost
    ids = answer.sites["id"].tolist()
    nodes = answer.problem.origins.tolist()
    placed = answer.stops.gateways >= 0
    records = [o for o, on in zip(shut.document["origins"], placed, strict=True) if on]
    assert len(alone) > 3
    for node, origin in zip(nodes, records, strict=True):
        costs = {row: least_to_go(answer.problem, node, cost) for row, cost in alone.items()}
        chosen = costs[ids.index(origin["stop"]["id"])]
        assert chosen == min(costs.values())


def test_another_hour_is_told_that_has_a_plan(shut: Plan) -> None:
    """The minute told has a plan, the one before (or after) has none."""
    workspace = shut.prepared.workspace
    for origin in shut.document["origins"][:2]:
        later = when(origin["later"]["arrive_by"])
        assert later == when(origin["opens_at"])
        assert has_way(workspace, later, origin["id"])
        assert not has_way(workspace, later - timedelta(minutes=1), origin["id"])
        earlier = when(origin["earlier"]["arrive_by"])
        assert origin["earlier"]["clear"]
        assert has_way(workspace, earlier, origin["id"])


def has_way(workspace: Workspace, arrive: datetime, key: str) -> bool:
    question = ask(FACILITY, arrive.isoformat(), workspace.timezone)
    document = make_plan(workspace, question, now=NOW, whole=False).document
    return next(bool(o["routes"]) for o in document["origins"] if o["id"] == key)


def test_stops_of_public_transport_have_a_clear_walk_and_no_timetable(shut: Plan) -> None:
    transit = shut.document["advice"]["transit"]
    assert transit
    for stop in transit:
        assert stop["walk"]["clear"]
        assert stop["walk"]["entrance_name"] == "West gate"
        assert stop["kind"] in ("bus", "tram", "train", "subway", "ferry")
    took = [stop["walk"]["time_s"] for stop in transit]
    assert took == sorted(took)


def test_nothing_is_worked_out_where_every_origin_has_a_way(bundled: Path) -> None:
    made = plan(Workspace.open(bundled), "12:00")
    assert stops(made) == []
    assert ("afoot", "foot") not in made.prepared.ground.known
    assert made.document["advice"] is None or made.document["advice"]["transit"] is None


def test_first_choices_leave_it_to_the_whole_plan(shut: Plan) -> None:
    first = plan(shut.prepared.workspace, whole=False)
    assert stops(first) == []
    assert first.document["headline"].startswith("Delay the shift: no vehicle way in before")


def test_destination_inside_a_zone_means_wait_outside_and_stay_inside(own: Workspace) -> None:
    place = own.layer("facilities").set_index("id").geometry[FACILITY].centroid
    report(own, crowd("all around", place.buffer(0.0035), size_low=20000, size_high=40000))
    made = plan(own)
    document = made.document
    assert not document["feasible"]
    assert document["verification"]["passed"]
    assert all(stop["walk"] is None and stop["minutes"] is None for stop in stops(made))
    assert stops(made), "there are places to wait outside"
    assert document["advice"]["transit"] == []
    inside = document["advice"]["inside"]
    assert inside["by"] is None
    assert inside["text"].startswith(f"stay inside until {inside['until'][11:16]}")
    assert when(inside["until"]) > when(f"{DAY}T09:00:00-01:00")
    assert f"people inside stay there until {inside['until'][11:16]}" in document["headline"]


def test_origin_inside_a_zone_is_told_alone(own: Workspace) -> None:
    """Nobody drives out of a crowd: that side has no stop, all others have their ways."""
    corner = plan(own, whole=False).document["origins"][0]
    place = Point(corner["lon"], corner["lat"])
    report(own, crowd("origin", place, influence_m=300.0, until="11:30"))
    document = plan(own).document
    told = next(o for o in document["origins"] if o["id"] == corner["id"])
    others = [o for o in document["origins"] if o["id"] != corner["id"] and o["routes"]]
    assert not told["routes"]
    assert told["stop"] is None
    assert len(others) >= 8
    assert document["headline"].startswith("Best way in")
    assert f"No way through from {corner['name']}" in document["headline"]
    assert document["advice"]["kind"] == "some_sides"


def with_hours(workspace: Workspace, opens: str, closes: str, *kinds: str) -> None:
    mine = gates(workspace, *kinds).copy()
    mine["opens"], mine["closes"] = opens, closes
    workspace.append("entrances", mine)


def test_all_gates_shut_on_wheels_and_on_foot_means_wait(own: Workspace) -> None:
    with_hours(own, "10:00", "11:00", "vehicle", "both", "foot")
    made = plan(own, ARRIVE[11:])
    document = made.document
    assert document["headline"].startswith("Delay the shift: no vehicle way in before 10:00")
    assert stops(made)
    assert all(stop["walk"] is None for stop in stops(made))
    assert document["advice"]["gates"] == []
    assert document["advice"]["inside"] is None


def test_a_gate_that_opens_two_minutes_after_the_arrival(own: Workspace) -> None:
    with_hours(own, "12:02", "18:00", "vehicle", "both")
    document = plan(own, "12:00").document
    assert {gate["opens_at"][11:16] for gate in document["advice"]["gates"]} == {"12:02"}
    assert document["headline"].startswith("Delay the shift: no vehicle way in before 12:02")
    assert {o["later"]["arrive_by"][11:16] for o in document["origins"] if o["later"]} == {"12:02"}


def test_come_earlier_only_while_staff_can_hear_of_it_and_leave(own: Workspace) -> None:
    """All gates shut at noon for the day: the last arrival is told while it can be made."""
    with_hours(own, "06:00", "11:40", "vehicle", "both")
    early = plan(own, "12:00", now=datetime(2027, 3, 2, 8, 0, tzinfo=UTC)).document
    assert early["advice"]["kind"] == "come_earlier"
    assert early["headline"].startswith("Come earlier: the last clear arrival is 11:39")
    leave = sorted(datetime.fromisoformat(o["earlier"]["leave_by"])
                   for o in early["origins"] if o["earlier"])  # fmt: skip
    for now in (leave[0] - NOTICE, leave[len(leave) // 2] - NOTICE, leave[-1] - NOTICE):
        told = advise(early | {"generated_at": now.isoformat()})
        assert told is not None
        assert told["kind"] == "come_earlier"
        assert datetime.fromisoformat(told["until"]) - now >= NOTICE
    over = leave[-1] - NOTICE + timedelta(seconds=1)
    told = advise(early | {"generated_at": over.isoformat()})
    assert told is None or told["kind"] != "come_earlier"
    late = plan(own, "12:00", now=over).document
    assert late["advice"]["kind"] != "come_earlier"
    assert all(origin["earlier"] is None for origin in late["origins"])


def far_from_roads(workspace: Workspace) -> Point:
    """The place of the area that is furthest from any road."""
    network = load_network(workspace)
    west, south, east, north = workspace.settings.bounds
    lonlat = np.stack(np.meshgrid(np.linspace(west, east, 40), np.linspace(south, north, 40)), -1)
    lonlat = lonlat.reshape(-1, 2)
    xy = to_xy(lonlat, network.epsg)
    far = [np.hypot(*(network.shape_xy - place).T).min() for place in xy]
    assert max(far) > 400
    return Point(lonlat[int(np.argmax(far))])


def test_an_island_without_roads_has_its_reason_and_no_stop(own: Workspace) -> None:
    row = {"id": ["island"], "name": ["Island"], "road_class": ["primary"]}
    own.append("gateways", gpd.GeoDataFrame(row, geometry=[far_from_roads(own)], crs=4326))
    document = plan(own, "12:00").document
    island = next(o for o in document["origins"] if o["id"] == "island")
    assert "no public road lies near" in island["reason"]
    assert (island["stop"], island["earlier"], island["later"]) == (None, None, None)
    assert "No way through from Island" in document["headline"]


def test_by_wheelchair_one_needs_longer_or_has_no_way(shut: Plan) -> None:
    told = {
        (stop["walk"]["depart"], (stop["wheelchair"] or {}).get("depart")) for stop in stops(shut)
    }
    assert any(rolled for _, rolled in told)
    for walked, rolled in told:
        assert rolled is None or when(rolled) <= when(walked)
    text = stops(shut)[0]["text"]
    assert "; by wheelchair " in text or text.endswith("; no clear way by wheelchair")


# --- the independent check ---------------------------------------------------------------


def _crowd_on_the_site(made: Plan, document: dict[str, Any]) -> None:
    document["origins"][0]["stop"]["id"] = "nowhere"


def _late(made: Plan, document: dict[str, Any]) -> None:
    stay = document["origins"][0]["stop"]["stay"]
    stay["until"] = stay["from"]


def _not_clear(made: Plan, document: dict[str, Any]) -> None:
    document["origins"][0]["stop"]["walk"]["clear"] = False


def _slower(made: Plan, document: dict[str, Any]) -> None:
    document["origins"][0]["stop"]["walk"]["legs"][0]["time_s"] += 20


def _another_gate(made: Plan, document: dict[str, Any]) -> None:
    walk = document["origins"][0]["stop"]["walk"]
    walk["entrance"] = f"{FACILITY}-east"


def _drive_cut_short(made: Plan, document: dict[str, Any]) -> None:
    drive = document["origins"][0]["stop"]["drive"]
    drive["legs"] = drive["legs"][:1]


def walkers(made: Plan) -> dict[str, Facts]:
    """What the check reads of who walks."""
    return {who: walk_at(made.prepared, made.question, who=who).facts for who in WALKERS}


BREAKS: dict[str, tuple[Callable[[Plan, dict[str, Any]], None], str]] = {
    "a place nobody may stop at": (_crowd_on_the_site, "stop_place"),
    "a stay that ends before the arrival": (_late, "stop_times"),
    "a walk that is not clear": (_not_clear, "stop_clear"),
    "a walk of another time": (_slower, "schedule"),
    "a walk to a gate for vehicles": (_another_gate, "gate_for_profile"),
    "a drive that ends elsewhere": (_drive_cut_short, "stop_place"),
}


@pytest.mark.parametrize(("change", "rule"), BREAKS.values(), ids=BREAKS)
def test_what_is_wrong_with_a_stop_is_caught_and_withheld(
    shut: Plan, change: Callable[[Plan, dict[str, Any]], None], rule: str
) -> None:
    document = copy.deepcopy(shut.document)
    change(shut, document)
    streets = shut.prepared.streets
    afoot = walkers(shut)
    facts = plain_facts(streets.extract, shut.answer, streets)
    assert verify(shut.document, facts, afoot).passed
    assert rule in {failure.rule for failure in verify(document, facts, afoot).failures}
    after = verified(document, streets.extract, shut.answer, streets, afoot=afoot)
    assert after["origins"][0]["stop"] is None
    assert all(origin["stop"] for origin in after["origins"][1:])


def test_a_crowd_the_plan_did_not_know_of_takes_its_stop_away(shut: Plan) -> None:
    """The same document against facts with a crowd on the place, on the walk."""
    streets = shut.prepared.streets
    stop = shut.document["origins"][0]["stop"]
    afoot = walkers(shut)
    facts = plain_facts(streets.extract, shut.answer, streets)
    known = facts.crowds[0]
    day = {"start": when(f"{DAY}T00:00:00-01:00"), "end": when(f"{DAY}T23:00:00-01:00")}
    for place, rule in (
        ([stop["lon"], stop["lat"]], "stop_calm"),
        (stop["walk"]["geometry"]["coordinates"][len(stop["walk"]["geometry"]["coordinates"]) // 2],
         "crowd"),
    ):  # fmt: skip
        ground = Point(facts.metric([place])[0]).buffer(20)
        more = type(known)("new", day["start"], day["end"], ground, 0.9)
        known_too = {who: replace(one, crowds=[*one.crowds, more]) for who, one in afoot.items()}
        told = verify(shut.document, facts, known_too)
        assert rule in {failure.rule for failure in told.failures}


@pytest.mark.parametrize(
    "cells", [{"maxstay_min": 5.0}, {"closes": "00:01"}, {"access": "permission"}]
)
def test_a_stop_where_the_vehicle_may_not_stay_is_found(shut: Plan, cells: dict[str, Any]) -> None:
    """The same document against a row of the layer that keeps it off."""
    facts = plain_facts(shut.prepared.streets.extract, shut.answer, shut.prepared.streets)
    frame = facts.staging_sites.copy()
    stop = shut.document["origins"][0]["stop"]["id"]
    frame.loc[frame["id"] == stop, list(cells)] = list(cells.values())
    found = verify(shut.document, replace(facts, staging_sites=frame), walkers(shut))
    assert {failure.rule for failure in found.failures} == {"stop_allowed"}


def test_what_stands_beside_a_plan_keeps_its_stops(shut: Plan) -> None:
    assert with_beside(shut).document["origins"] == shut.document["origins"]
