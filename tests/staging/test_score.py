"""The score of a site: its arithmetic, what can be asked of it, the order it gives."""

from __future__ import annotations

import math
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
from pydantic import ValidationError
from shapely.geometry import Point, box

from planner.staging.candidates import vehicle_m2
from planner.staging.criteria import BY_NAME, CRITERIA, EXITS
from planner.staging.exits import Exits
from planner.staging.nearby import NEAR_M
from planner.staging.score import Sheet, weighted_mean
from planner.staging.site_wishes import SiteWishes
from planner.staging.sites import FORBIDDEN, TOGETHER, look_at, rank_sites
from tests.routes.asking import ask
from tests.staging.scenes import WINDOW, scene
from tests.town import EPSG, at, risk_of, zone

CORNERS = ((0.0, 0.0), (400.0, 0.0))
GATES = [((400.0, 400.0), [(0, 86400)]), ((0.0, 400.0), [(0, 86400)])]


def part(site, name):
    return next(p for p in site.parts if p.criterion == name)


def test_score_is_the_weighted_mean_of_what_counts() -> None:
    points = np.array([[100.0, 100.0], [50.0, np.nan], [0.0, 40.0]])
    found = weighted_mean(points, np.array([1.0, 2.0, 1.0]))
    assert found.tolist() == [50.0, 70.0]
    assert weighted_mean(np.full((2, 1), np.nan), np.ones(2)).tolist() == [0.0]


@pytest.mark.parametrize(
    "row", [row for row in CRITERIA if row.full != row.none], ids=lambda r: r.name
)
def test_points_run_straight_from_none_to_full_marks(row) -> None:
    middle = (row.full + row.none) / 2
    assert row.points(np.array([row.none, middle, row.full])).tolist() == [0.0, 50.0, 100.0]
    beyond = row.full + (row.full - row.none), row.none - (row.full - row.none)
    assert row.points(np.array(beyond)).tolist() == [100.0, 0.0]
    assert np.isnan(row.points(np.array([np.nan])))[0]


def test_better_measure_never_lowers_a_score() -> None:
    """Any criterion, any other measures, known or not: one step towards better."""
    rng = np.random.default_rng(7)
    weights = np.array([row.weight for row in CRITERIA])
    for _ in range(300):
        values = np.array([
            rng.uniform(*sorted((row.none, row.full))) if rng.random() < 0.8 else np.nan
            for row in CRITERIA
        ])  # fmt: skip
        c = int(rng.integers(len(CRITERIA)))
        if np.isnan(values[c]):
            continue
        better = values.copy()
        better[c] += (CRITERIA[c].full - CRITERIA[c].none) * rng.random()
        both = np.stack([values, better], axis=1)
        points = np.array([row.points(both[i]) for i, row in enumerate(CRITERIA)])
        before, after = weighted_mean(points, weights)
        assert after >= before - 1e-9, CRITERIA[c].name


def test_what_the_map_does_not_tell_is_neutral_and_said() -> None:
    problem = ask(origins=CORNERS)
    plain, told = (
        rank_sites(scene(problem, [(100.0, 200.0)], columns=columns)).sites[0]
        for columns in ({}, {"surface": ["mud"], "lit": ["yes"]})
    )
    assert part(plain, "lit").words == "not known: lit"
    assert (part(plain, "lit").points, part(plain, "surface").points) == (50.0, 50.0)
    assert (part(told, "lit").points, part(told, "surface").points) == (100.0, 0.0)
    assert math.isnan(part(plain, "clear_share").points)
    known = [p for p in plain.parts if not math.isnan(p.points)]
    assert plain.score == pytest.approx(
        sum(p.points * p.weight for p in known) / sum(p.weight for p in known)
    )


def test_size_that_is_a_guess_is_not_known_but_can_bar() -> None:
    columns = {"kind": ["car park, size assumed"] * 2, "capacity_m2": [300.0, 290.0]}
    found = rank_sites(
        scene(ask(origins=CORNERS), [(100.0, 200.0), (300.0, 200.0)], columns=columns)
    )
    assert [s.row for s in found.sites] == [0]
    assert part(found.sites[0], "room").words == "not known: size; assumed room for 10 of 10 asked"
    assert part(found.sites[0], "room").points == 50.0
    assert found.dropped == {"no room for the vehicles asked for": 1}


def test_ten_coaches_take_more_room_than_ten_cars() -> None:
    """In Helsinki ten coaches were to wait on 300 m2."""
    problem = ask(origins=CORNERS)
    coaches = replace(problem, network=replace(problem.network, profile="bus"))
    columns = {"capacity_m2": [1000.0, 600.0]}
    places = [(100.0, 200.0), (300.0, 200.0)]
    cars, buses = (rank_sites(scene(one, places, columns=columns)) for one in (problem, coaches))
    assert {site.row for site in cars.sites} == {0, 1}
    assert {site.row for site in buses.sites} == {0}
    assert part(buses.sites[0], "room").words == "room for 10 of 10 asked"
    assert vehicle_m2("van") == vehicle_m2("car") < vehicle_m2("bus")


def test_parts_are_told_in_a_few_words() -> None:
    havens = gpd.GeoDataFrame(
        {"name": ["Old Infirmary", ""], "kind": ["hospital", "fuel"]},
        geometry=[Point(200, 200), Point(100, 200)], crs=EPSG,
    )  # fmt: skip
    gates = gpd.GeoDataFrame({"name": ["East gate", "West gate"]}, geometry=[Point(0, 0)] * 2)
    problem = ask(origins=CORNERS, gates=GATES)
    found = scene(problem, [(100.0, 200.0)], frames={"support_stops": havens, "gates": gates})
    site = rank_sites(found).sites[0]
    assert part(site, "room").words == "room for 20 of 10 asked"
    assert part(site, "gate_minutes").words == "1 min to West gate"
    assert part(site, "all_gates").words == "1 min to East gate, the furthest"
    assert part(site, "haven").words == "1 min to Old Infirmary, hospital"
    assert part(site, "exits").words == "two ways out without a common street"
    assert part(site, "risk").words == "free of risk in its whole window"
    assert len(site.gate_s) == 2
    assert site.gate_s[1] < site.gate_s[0]


def test_every_minute_nearer_counts_and_five_are_good() -> None:
    """Full points up to five minutes left six sites of a town within two points of each other."""
    points = BY_NAME["gate_minutes"].points(np.array([0.9, 2.0, 3.6, 5.0, 10.0, 15.0]))
    assert points.tolist() == sorted(points, reverse=True)
    assert len(set(points.tolist())) == len(points)
    assert (points[0], round(points[3]), points[-1]) == (100.0, 71, 0.0)
    furthest = BY_NAME["all_gates"]
    assert furthest.full - BY_NAME["gate_minutes"].full == 3.0


def test_sight_counts_for_nobody_while_no_crowd_is_reported() -> None:
    """Full points to all tell nobody apart; a crowd far off is one that is out of sight."""
    crowd = zone(Point(400.0, 400.0).buffer(5), starts_at=at(8.5))
    far = zone(Point(4000.0, 4000.0).buffer(5), starts_at=at(8.5))
    problem = ask(origins=CORNERS, gates=GATES)
    told = {}
    for name, zones in (("none", []), ("near", [crowd]), ("far", [far])):
        risk = risk_of(problem.network, *zones)
        looked_at = scene(problem, [(100.0, 200.0)], reported=risk)
        (look,) = look_at(looked_at, [0])
        told[name] = next(p for p in look.parts if p.criterion == "sight")
    assert math.isnan(told["none"].points)
    assert told["none"].words == "no crowd is reported then"
    assert told["far"].points == 100.0
    assert told["near"].points <= 100.0


def test_hospital_that_takes_no_emergencies_is_no_haven() -> None:
    havens = gpd.GeoDataFrame(
        {"name": ["Rehab", "Infirmary"], "kind": "hospital", "emergency": ["no", "unknown"]},
        geometry=[Point(100, 200), Point(400, 400)], crs=EPSG,
    )  # fmt: skip
    found = scene(
        ask(origins=CORNERS, gates=GATES), [(100.0, 200.0)], frames={"support_stops": havens}
    )
    (look,) = look_at(found, [0])
    words = next(p for p in look.parts if p.criterion == "haven").words
    assert words.endswith("to Infirmary, hospital")


def test_weight_asked_for_changes_the_order() -> None:
    """The nearer site has room for all, the further one for twice as many."""
    problem, places = ask(origins=CORNERS, hour=8.0), [(300.0, 300.0), (100.0, 100.0)]
    looked_at = scene(problem, places, columns={"capacity_m2": [300.0, 600.0]})
    lazy = [("room", 0.0), ("gate_minutes", 10.0)]
    assert rank_sites(looked_at, SiteWishes(weights=[("room", 10.0)])).sites[0].row == 1
    assert rank_sites(looked_at, SiteWishes(weights=lazy)).sites[0].row == 0


def test_hard_criterion_that_is_switched_off_bars_nothing_and_is_said() -> None:
    """The far bank hangs on one bridge."""
    problem = ask(origins=((0.0, 400.0), (400.0, 400.0)), gates=[((200.0, 0.0), [(0, 86400)])])
    looked_at = scene(problem, [(100.0, -100.0)])
    assert rank_sites(looked_at).sites == ()
    site = rank_sites(looked_at, SiteWishes(off=("exits",))).sites[0]
    assert (site.exits, part(site, "exits").off, part(site, "exits").weight) == ((), True, 0.0)
    assert part(site, "exits").words.startswith("switched off: separate ways in and out")
    assert "no two separate ways out" in part(site, "exits").words


def test_locked_site_comes_first_and_a_forbidden_one_is_out() -> None:
    problem = ask(origins=CORNERS)
    looked_at = scene(problem, [(300.0, 300.0), (200.0, 200.0), (100.0, 100.0)])
    wishes = SiteWishes(locked=("c",), forbidden=("a",))
    found = rank_sites(looked_at, wishes)
    assert [(s.row, s.locked) for s in found.sites] == [(2, True), (1, False)]
    assert [(o.row, o.why) for o in found.out] == [(0, FORBIDDEN)]
    assert [s.row for s in rank_sites(looked_at, wishes, wanted=1).sites] == [2]


def test_locked_site_at_risk_is_told_with_why_and_not_recommended() -> None:
    problem = ask(zone(box(80, 180, 120, 220), starts_at=at(8.5)), origins=CORNERS)
    looked_at = scene(problem, [(100.0, 200.0), (300.0, 300.0)])
    found = rank_sites(looked_at, SiteWishes(locked=("a",), off=("exits", "room")))
    assert [s.row for s in found.sites] == [1]
    assert (found.out[0].row, found.out[0].locked, found.out[0].score) == (0, True, None)
    assert "at the site in the window" in found.out[0].why


def test_site_that_is_too_seldom_clear_falls_out() -> None:
    """Nine of ten are asked: the last digit does not count."""
    problem, places = ask(origins=CORNERS), [(300.0, 300.0), (100.0, 100.0)]
    share = np.array([0.9 - 1e-12, 0.89])
    found = rank_sites(scene(problem, places, clear=share, clear_share=0.9))
    assert [s.row for s in found.sites] == [0]
    assert found.out[0].why == "clear in 89% of the variations, 90% asked"
    off = rank_sites(scene(problem, places, clear=share), SiteWishes(off=("clear_share",)))
    assert len(off.sites) == 2


def spread(fit, places, key, wanted: int) -> list[int]:
    """Best first, past those with two better ones within 300 m; these where too few are left."""
    rows = sorted(fit, key=key.__getitem__)
    apart: list[int] = []
    for row in rows:
        if sum(math.dist(places[row], places[one]) < NEAR_M for one in apart) < TOGETHER:
            apart.append(row)
    apart = apart[:wanted]
    spare = [row for row in rows if row not in apart][: wanted - len(apart)]
    return sorted([*apart, *spare], key=key.__getitem__)


@pytest.mark.parametrize("seed", range(20))
def test_order_is_the_one_that_looking_at_every_way_out_gives(seed: int) -> None:
    """Against every candidate's ways out looked for, then sorted, then spread."""
    rng = np.random.default_rng(seed)
    corners = [(100.0 * x, 100.0 * y) for x in range(5) for y in range(5)]
    places = [corners[i] for i in rng.choice(len(corners), 12, replace=False)]
    columns = {
        "capacity_m2": rng.uniform(250, 800, 12).round(),
        "lit": rng.choice(["", "yes", "no"], 12),
    }
    crowd = zone(box(150, 150, 250, 250), starts_at=at(8.5)) if seed % 2 else None
    problem = ask(*([crowd] if crowd else []), origins=((0.0, 0.0), (400.0, 0.0)), gates=GATES)
    looked_at = scene(problem, places, columns=columns)
    wishes = SiteWishes(weights=[("lit", 4.0), ("gate_minutes", 10.0)])
    sheet, exits = Sheet(looked_at, wishes), Exits(problem, **WINDOW)
    for row, node in enumerate(looked_at.nodes.tolist()):
        pair = exits.apart(node)
        sheet.put_exits(row, math.inf if pair is None else pair[2])
    fit = np.flatnonzero(~sheet.out())
    key = {r: (-sheet.scores()[r], looked_at.seconds(r), "abcdefghijkl"[r]) for r in fit}
    for wanted in (1, 3, 6, 9):
        found = rank_sites(looked_at, wishes, wanted=wanted)
        assert [s.row for s in found.sites] == spread(fit, places, key, wanted)
        assert [s.score for s in found.sites] == [sheet.scores()[s.row] for s in found.sites]
        told = {s.row for s in found.sites} | {o.row for o in found.out}
        assert told == set(range(12))


def test_the_one_criterion_that_costs_a_search_is_the_ways_out() -> None:
    assert (
        [row.name for row in CRITERIA if row.measure is None] == [CRITERIA[EXITS].name] == ["exits"]
    )


def test_every_criterion_has_a_source_and_risk_cannot_be_switched_off() -> None:
    assert all(row.source and row.label for row in CRITERIA)
    assert len(BY_NAME) == len(CRITERIA)
    assert BY_NAME["risk"].fixed
    assert all(row.lacking for row in CRITERIA if row.hard)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"weights": ["rooms=3"]}, "no criterion 'rooms'; there are risk, "),
        ({"weights": ["room=11"]}, "from 0 to 10, such as room=2"),
        ({"weights": ["room=-1"]}, "from 0 to 10"),
        ({"weights": ["room"]}, "give NAME=N"),
        ({"weights": ["room=nan"]}, "give NAME=N"),
        ({"off": ["risk"]}, "risk can never be switched off; these can: "),
        ({"off": ["moon"]}, "no criterion 'moon'"),
        ({"locked": ["a"], "forbidden": ["a"]}, "site 'a' is both locked and forbidden"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_says_what_can(given, told) -> None:
    with pytest.raises(ValidationError) as caught:
        SiteWishes(**given)
    assert told in str(caught.value)
