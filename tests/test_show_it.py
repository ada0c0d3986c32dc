"""The main job on four real cities: a calm morning, a crowd on the way, at one gate, at all."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from shapely.geometry import Point
from typer.testing import CliRunner

from planner.cli.main import app
from planner.layers.crs import to_xy
from planner.plan.make import answer_at
from planner.routes.causes import AS_GOOD_S, AS_GOOD_SHARE, WORTH_S
from tests.city_day import (
    DATE,
    FACILITY,
    CityDay,
    city_day,
    exposure_of_old_way,
    front_gate,
    line_of,
    metric,
    origin_of,
    routes,
    shared_share,
)
from tests.plan.test_staff import reported_in

CITIES = ("portland", "heidelberg", "helsinki", "porto")
EARLY = timedelta(minutes=15)


@pytest.fixture(scope="session", params=CITIES)
def day(request, shared_data, tmp_path_factory) -> CityDay:
    """The plans of one city."""
    return city_day(shared_data, tmp_path_factory.mktemp("cities"), request.param)


def test_three_gateways_have_a_way_in_that_verifies(day) -> None:
    """And nothing had to be withheld."""
    check = day.calm.document["verification"]
    served = [o for o in day.calm.document["origins"] if o["routes"]]
    assert len(served) >= 3
    assert check["passed"], check["failures"]
    support = day.calm.document["support"]
    told = (routes(day.calm.document), day.calm.document["staging"],
            support["stops"], support["havens"])  # fmt: skip
    assert check["checked"] == sum(map(len, told))


def test_calm_way_is_free_of_exposure(day) -> None:
    """Without a report there is no risk to charge."""
    assert {r["exposure_min"] for r in routes(day.calm.document)} == {0.0}
    assert day.calm.document["zones"] == []


def test_there_are_sites_to_wait_with_two_ways_out(day) -> None:
    """Every city has a car park that is fit."""
    for plan in (day.calm, day.crowd, day.front_crowd):
        staging = plan.document["staging"]
        assert staging
        assert all(len({w["gateway"] for w in s["ways"]}) == 2 for s in staging)


def test_primary_goes_round_the_crowd(day) -> None:
    """It leaves the street of the report, and enters no footprint that shuts its road."""
    old = origin_of(day.calm, day.report.origin)["routes"][0]
    new = origin_of(day.crowd, day.report.origin)["routes"][0]
    on_street = day.report.along.buffer(2.0, cap_style="flat")
    assert line_of(day.calm, old).intersection(on_street).length > 0.8 * day.report.along.length
    assert line_of(day.crowd, new).intersection(on_street).length < 15
    here = [f for f in day.crowd.risk.footprints if f.presence >= 0.2]
    assert here
    assert all(line_of(day.crowd, new).intersection(f.kept_clear).length < 1 for f in here)


def test_exposure_falls_against_the_old_way(day) -> None:
    """Driving the old streets at the same hour would meet the crowd."""
    old = origin_of(day.calm, day.report.origin)["routes"][0]
    new = origin_of(day.crowd, day.report.origin)["routes"][0]
    assert exposure_of_old_way(old, day.calm) == 0.0
    assert exposure_of_old_way(old, day.crowd) > new["exposure_min"]


def test_every_way_arrives_on_time(day) -> None:
    """Within the quarter of an hour before the time asked for."""
    for plan in (day.calm, day.crowd, day.after, day.front_crowd, day.opening):
        asked = datetime.fromisoformat(plan.document["arrive_by"])
        for route in routes(plan.document):
            arrive = datetime.fromisoformat(route["arrive"])
            assert asked - EARLY <= arrive <= asked, route["id"]


def test_every_alternate_differs_from_its_primary(day) -> None:
    """At most 60% of it, outside the last 300 m, is drawn over the primary."""
    for plan in (day.calm, day.crowd, day.front_crowd):
        for origin in plan.document["origins"]:
            for route in origin["routes"][1:]:
                assert route["shared_with_primary"] <= 0.6
                assert shared_share(plan, route, origin["routes"][0]) <= 0.61, route["id"]


def test_fewer_than_two_alternates_come_with_the_reason(day) -> None:
    """What the city does not allow is said."""
    for origin in day.calm.document["origins"]:
        assert len(origin["routes"]) >= 3 or any("other way:" in s for s in origin["unmet"])
    enough = [o for o in day.calm.document["origins"] if len(o["routes"]) >= 3]
    assert len(enough) >= 0.8 * len(day.calm.document["origins"])


def test_every_plan_of_the_day_verifies(day) -> None:
    """Routes and sites pass the independent check in every state."""
    for plan in (day.crowd, day.after, day.front_crowd, day.shut, day.opening, day.before_opening):
        assert plan.document["verification"]["passed"], plan.document["verification"]["failures"]


def test_after_the_window_the_fastest_way_is_back(day) -> None:
    """At noon the crowd of 07:00-10:00 weighs nothing."""
    for calm, after in zip(
        day.noon.document["origins"], day.after.document["origins"], strict=True
    ):
        assert after["routes"][0]["geometry"] == calm["routes"][0]["geometry"]
        assert after["routes"][0]["time_s"] == calm["routes"][0]["time_s"]


def test_crowd_at_the_front_gate_makes_another_gate_best(day) -> None:
    """No way ends at the gate of the crowd, and it is said why."""
    document = day.front_crowd.document
    assert document["feasible"]
    assert front_gate(document) != day.front
    assert day.front not in {r["entrance"] for r in routes(document)}
    gate = next(g for g in document["gates"] if g["id"] == day.front)
    assert "assembly" in gate["reason"]


def test_crowds_at_every_gate_leave_no_way_through(day) -> None:
    """Each gateway's reason names an assembly; the first line tells when it opens."""
    document = day.shut.document
    assert not document["feasible"]
    assert routes(document) == []
    assert all("assembly" in o["reason"] for o in document["origins"])
    assert document["headline"].startswith(("Delay the shift: ", "Come earlier: "))
    assert "no vehicle way in before" in document["headline"]
    assert all("once a way is clear" in s["why"] for s in document["staging"])


def test_each_side_stops_clear_of_every_crowd(day) -> None:
    """Place, drive and walk in plain geometry: no ground of a crowd of that hour is touched."""
    plan = day.shut
    assert plan.document["verification"]["passed"]
    crowds = [f.kept_clear for f in plan.risk.footprints if f.presence > 0]
    stops = [origin["stop"] for origin in plan.document["origins"] if origin["stop"]]
    assert len(stops) >= len(plan.document["origins"]) - 1
    for stop in stops:
        ways = [way for way in (stop["drive"], stop["walk"], stop["wheelchair"]) if way]
        shapes = [Point(to_xy([(stop["lon"], stop["lat"])], plan.network.epsg)[0])]
        shapes += [metric(plan, way["geometry"]["coordinates"]) for way in ways]
        assert not any(crowd.intersects(shape) for crowd in crowds for shape in shapes)
        assert all(way["clear"] for way in ways)
        assert stop["stay"]["until"] >= plan.document["arrive_by"]


def test_it_opens_after_the_crowds_go_and_not_before(day) -> None:
    """The stated minute is true for each gateway, and two minutes before it no way is open."""
    stated = {o["id"]: datetime.fromisoformat(o["opens_at"]) for o in day.shut.document["origins"]}
    first = min(stated.values())
    ends = datetime.fromisoformat(day.shut.document["zones"][0]["ends_at"])
    assert ends <= first <= ends + timedelta(minutes=30)
    for origin in day.opening.document["origins"]:
        assert bool(origin["routes"]) == (stated[origin["id"]] <= first), origin["id"]
    assert not day.before_opening.document["feasible"]


def test_causes_are_those_without_which_the_plan_is_as_good_as_on_a_calm_day(day) -> None:
    """The rows are taken out of the workspace and the whole plan is made anew."""
    for plan in (day.crowd, day.front_crowd, day.shut):
        calm = {o["id"]: o["routes"][0]["cost_s"] for o in day.calm.document["origins"]}
        now = {o["id"]: o["routes"] for o in plan.document["origins"]}
        for record in plan.document["why"]:
            key = record["origin"]
            cost = now[key][0]["cost_s"] if now[key] else np.inf
            assert bool(record["causes"]) == (cost >= calm[key] + WORTH_S)
            assert (record["text"] != "") == bool(record["causes"])
        for gone in {tuple(r["causes"]) for r in plan.document["why"] if r["causes"]}:
            _as_good_without(plan, calm, list(gone))


def _as_good_without(plan, calm, gone) -> None:
    zones = plan.prepared.ground.layers.zones
    ground = replace(
        plan.prepared.ground,
        layers=replace(plan.prepared.ground.layers, zones=zones[~zones["id"].isin(gone)]),
        metric=replace(
            plan.prepared.ground.metric,
            zones=plan.prepared.ground.metric.zones[~zones["id"].isin(gone)],
        ),
    )
    without = answer_at(ground, plan.question, whole=False)
    keys = [r["origin"] for r in plan.document["why"]]
    cost = dict(zip(keys, (found.routes[0].cost_s for found in without.origins), strict=True))
    for record in plan.document["why"]:
        if record["causes"] == gone:
            most = AS_GOOD_S[0] if record["longer_s"] is None else max(
                AS_GOOD_S[0], AS_GOOD_SHARE * (record["longer_s"] + 600 * record["exposure_min"])
            )  # fmt: skip
            assert cost[record["origin"]] <= calm[record["origin"]] + most + 1


def test_staff_messages_hold_nothing_of_what_is_reported(day) -> None:
    """No label, kind, grade, source or word of risk; a gate and times where there is a way."""
    for plan in (day.calm, day.crowd, day.front_crowd, day.shut):
        document = plan.document
        for origin in document["origins"]:
            text = origin["message"]["text"]
            assert reported_in(text, document) == []
            assert origin["name"] in text
            if origin["routes"]:
                first = origin["routes"][0]
                assert first["entrance_name"] in text
                assert first["leave_by"][11:16] in text
            elif origin["message"]["stop"]:
                assert text.startswith(f"Drive to {origin['stop']['name']}")
                assert origin["stop"]["walk"]["entrance_name"] in text
            else:
                assert text.startswith("Do not set out from ")


@pytest.mark.parametrize("day", ["helsinki"], indirect=True)
def test_exit_codes_tell_a_way_none_and_bad_input(day) -> None:
    """0 at noon, 3 with a crowd at every gate, 2 for a facility or a time that is not."""

    def plan(facility, arrive):
        command = ["plan", "-w", str(day.path), "--facility", facility, "--arrive", arrive]
        return CliRunner().invoke(app, [*command, "--json"])

    noon = plan(FACILITY, f"{DATE}T12:00")
    assert noon.exit_code == 0
    assert json.loads(noon.stdout)["feasible"]
    assert plan(FACILITY, f"{DATE}T08:00").exit_code == 3
    assert plan("no-such-place", f"{DATE}T08:00").exit_code == 2
    assert plan(FACILITY, "yesterday").exit_code == 2
