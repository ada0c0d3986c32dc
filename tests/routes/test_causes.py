"""What makes a way longer: the smallest set of causes, against solving for every subset."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from shapely.geometry import LineString, box

from planner.risk.apart import CLOSURE, ZONE, Cause, bearing, left_of, outside
from planner.routes.apart import GATE, Apart
from planner.routes.causes import WORTH_S, as_good_s, look_for
from planner.routes.primary import primary_ways
from tests.routes.asking import ask
from tests.town import at, closures_frame, is_shut, make_network, risk_of, town_streets, zone

if TYPE_CHECKING:
    from planner.network.graph import Network
    from planner.routes.causes import Found
    from planner.routes.problem import Problem
    from planner.routes.walk import Walk

DAY = (0, 86400)
SEEDS = 60


def slow(network: Network, factor: int = 6) -> Network:
    """The same streets, so long that going round is worth a word."""
    return replace(network, time_s=(network.time_s * factor).astype(np.int32))


def ladder() -> Network:
    """Main street of three blocks, a way round of eight, one round the last block of three.

    (0,400)---North----------------(300,400)
       |                               |
      West                           East
       |                               |
    (0,0)--Main--(100,0)--(200,0)---(300,0) gate
    """
    return slow(make_network([
        ((0.0, 0.0), (100.0, 0.0), "Main"), ((100.0, 0.0), (200.0, 0.0), "Main"),
        ((200.0, 0.0), (300.0, 0.0), "Main"), ((0.0, 0.0), (0.0, 400.0), "West"),
        ((0.0, 400.0), (300.0, 400.0), "North"), ((300.0, 400.0), (300.0, 0.0), "East"),
    ]))  # fmt: skip


def closure(key: str, *places: tuple[float, float], hours: tuple[float, float] = (6, 10)) -> Any:
    """A row of the closures layer along a line."""
    return {
        "id": key, "name": key, "starts_at": at(hours[0]), "ends_at": at(hours[1]),
        "kind": "works", "geometry": LineString(places),
    }  # fmt: skip


def crowd(key: str, *places: tuple[float, float], **more: Any) -> Any:
    """A row of the zones layer along a line."""
    return zone(LineString(places), id=key, influence_m=50.0, **more)


def asked(network: Network, zones: Any = (), closures: Any = (), **more: Any) -> Any:
    """A question, its risk; ``factor`` is what the roads cost beside their time."""
    risk = risk_of(network, *zones, closures=closures_frame(*closures))
    factor = more.pop("factor", None)
    problem = ask(network=network, field=risk.field, **more)
    return problem if factor is None else replace(problem, factor=factor), risk


def apart_of(problem: Problem, risk: Any) -> Apart:
    """The question, ready to be asked without some causes."""
    return Apart(
        problem, risk, gate_ids=[f"g-{i}" for i in range(len(problem.gate_nodes))],
        rest=lambda _: problem.rest_nodes,
    )  # fmt: skip


def found_of(problem: Problem, risk: Any) -> Found | None:
    """Why the first origin's way is not that of a calm day."""
    (way,) = primary_ways(problem, problem.free_tree().cost)
    return look_for(apart_of(problem, risk), int(problem.origins[0]), way)


def keys(found: Found | None) -> list[str]:
    return [] if found is None else [cause.key for cause in found.causes]


AT_300 = {"gates": [((300.0, 0.0), [DAY])]}


def test_one_closure_on_the_short_way_is_the_cause_and_saves_what_the_way_round_costs() -> None:
    """3 blocks of 60 s against 4 m of road at 10 m/s, times 6: 11 blocks."""
    problem, risk = asked(ladder(), closures=[closure("works", (100, 0), (200, 0))], **AT_300)
    found = found_of(problem, risk)
    assert keys(found) == ["works"]
    assert found.smallest
    (alone,) = found.alone
    assert alone.way.arrive - alone.way.depart == 180
    assert found.together.cost_s == pytest.approx(alone.way.cost_s)


def test_two_closures_one_behind_the_other_are_the_cause_together_and_neither_alone() -> None:
    closures = [closure("a", (0, 0), (100, 0)), closure("b", (200, 0), (300, 0))]
    problem, risk = asked(ladder(), closures=closures, **AT_300)
    found = found_of(problem, risk)
    assert keys(found) == ["a", "b"]
    assert found.smallest
    now = 11 * 60
    assert [w.way.arrive - w.way.depart for w in found.alone] == [now, now]
    assert found.together.arrive - found.together.depart == 180


def test_zone_that_costs_nothing_is_no_cause() -> None:
    """One on the way round, one far off, beside the closure that matters."""
    zones = [crowd("far", (0, 150), (0, 250))]
    problem, risk = asked(
        ladder(), zones, [closure("works", (100, 0), (200, 0))],
        gates=[((300.0, 0.0), [DAY])], origins=((100.0, 0.0),),
    )  # fmt: skip
    assert keys(found_of(problem, risk)) == ["works"]
    alone, risk = asked(ladder(), zones, **AT_300)
    assert found_of(alone, risk) is None


def test_of_two_zones_on_one_place_only_the_one_of_that_hour_is_a_cause() -> None:
    """They overlap on the ground, not in the hour of the drive."""
    zones = [
        crowd("early", (120, 0), (180, 0), starts_at=at(4), ends_at=at(6), observed_at=at(4)),
        crowd("now", (120, 0), (180, 0)),
    ]
    problem, risk = asked(ladder(), zones, **AT_300)
    assert keys(found_of(problem, risk)) == ["now"]


def test_two_zones_that_overlap_in_time_and_place_are_the_cause_together() -> None:
    zones = [crowd("a", (120, 0), (180, 0)), crowd("b", (130, 0), (190, 0), kind="blockade")]
    problem, risk = asked(ladder(), zones, **AT_300)
    found = found_of(problem, risk)
    assert keys(found) == ["a", "b"]
    assert all(w.way.cost_s > found.calm.cost_s + WORTH_S for w in found.alone)


def test_hours_of_the_near_gate_are_the_cause_of_going_to_the_far_one() -> None:
    gates = [((100.0, 0.0), [(0, 7 * 3600)]), ((300.0, 0.0), [DAY])]
    problem, risk = asked(ladder(), gates=gates)
    found = found_of(problem, risk)
    assert found.causes == (Cause(GATE, "g-0"),)
    assert found.together.gate == 0


def test_gate_hours_with_a_closure_on_the_way_to_that_gate_count_together() -> None:
    gates = [((100.0, 0.0), [(0, 7 * 3600)]), ((300.0, 400.0), [DAY])]
    problem, risk = asked(ladder(), closures=[closure("a", (0, 0), (100, 0))], gates=gates)
    assert found_of(problem, risk).causes == (Cause(CLOSURE, "a"), Cause(GATE, "g-0"))


def test_no_way_through_has_the_causes_that_open_the_way_of_the_calm_day() -> None:
    closures = [closure("a", (0, 0), (100, 0)), closure("b", (0, 100), (0, 300))]
    problem, risk = asked(ladder(), closures=closures, **AT_300)
    found = found_of(problem, risk)
    assert keys(found) == ["a"]
    assert found.together.arrive - found.together.depart == 180


def test_way_that_must_be_there_early_is_found_where_no_tree_holds_one() -> None:
    """One road: shut by one closure up to 07:55, by another from then on; asked for is 08:00."""
    network = make_network([
        ((0.0, 0.0), (100.0, 0.0), "One"), ((100.0, 0.0), (200.0, 0.0), "One"),
        ((200.0, 0.0), (300.0, 0.0), "One"),
    ])  # fmt: skip
    rows = [
        closure("before", (100, 0), (200, 0), hours=(6, 7 + 55 / 60)),
        closure("after", (100, 0), (200, 0), hours=(7 + 55 / 60, 10)),
    ]
    problem, risk = asked(network, closures=rows, **AT_300)
    apart, case = apart_of(problem, risk), (network, [], rows, AT_300)
    for cause in apart.order:
        way = apart.best(int(problem.origins[0]), [cause])
        assert way is not None
        assert way.cost_s == pytest.approx(cost(solved(case, {cause})))


def test_of_two_ways_as_good_the_first_cause_in_order_is_told() -> None:
    """Either of two ways of the same length does, each behind a closure of its own."""
    network = slow(make_network([
        ((0.0, 0.0), (0.0, 100.0), "L"), ((0.0, 100.0), (100.0, 100.0), "L"),
        ((0.0, 0.0), (100.0, 0.0), "R"), ((100.0, 0.0), (100.0, 100.0), "R"),
        ((0.0, 0.0), (-400.0, 0.0), "Far"), ((-400.0, 0.0), (-400.0, 400.0), "Far"),
        ((-400.0, 400.0), (100.0, 400.0), "Far"), ((100.0, 400.0), (100.0, 100.0), "Far"),
    ]))  # fmt: skip
    rows = [closure("left", (0, 0), (0, 100)), closure("right", (0, 0), (100, 0))]
    for order in (rows, rows[::-1]):
        problem, risk = asked(network, closures=order, gates=[((100.0, 100.0), [DAY])])
        found = found_of(problem, risk)
        assert keys(found) == [order[0]["id"]]
        assert found.smallest


def random_case(seed: int) -> tuple[Network, list[Any], list[Any], dict[str, Any]]:
    """A town with streets of its own pace, some zones and closures, gates with hours."""
    rng = np.random.default_rng(seed)
    network = make_network(town_streets())
    pace = np.repeat(rng.integers(2, 9, network.n_arcs // 2), 2)
    network = replace(network, time_s=(network.time_s * pace).astype(np.int32))

    def line(low: int, high: int) -> list[tuple[float, float]]:
        x, y = (100.0 * rng.integers(0, 4, 2)).tolist()
        length = float(rng.integers(low, high))
        return [(x + 20, y), (x + 20 + length, y)] if rng.random() < 0.5 else [
            (x, y + 20), (x, y + 20 + length)]  # fmt: skip

    zones = []
    for i in range(rng.integers(0, 4)):
        begins = float(rng.choice([5, 7, 7, 7.9]))
        zones.append(
            crowd(f"z-{i}", *line(60, 200), starts_at=at(begins), ends_at=at(begins + 2),
                  observed_at=at(begins), info_grade=int(rng.integers(1, 5)))
        )  # fmt: skip
    closures = [
        closure(f"c-{i}", *line(60, 240), hours=tuple(rng.choice([(6, 10), (7.95, 9), (6, 7.95)])))
        for i in range(rng.integers(0, 4))
    ]
    hours = [[DAY], [(0, 7 * 3600)], [(int(7.9 * 3600), 86400)]]
    gates = [
        ((400.0, 400.0), hours[rng.integers(0, 3)]), ((300.0, 0.0), hours[rng.integers(0, 3)]),
    ]  # fmt: skip
    return network, zones, closures, {"gates": gates, "rest": [(200.0, 200.0)]}


def solved(case: Any, gone: set[Cause]) -> Walk | None:
    """The best way when the frames never held some rows: no shared code with taking apart."""
    network, zones, closures, more = case
    more = more | {"gates": [
        (place, [DAY]) if Cause(GATE, f"g-{i}") in gone else (place, hours)
        for i, (place, hours) in enumerate(more["gates"])
    ]}  # fmt: skip
    problem, _ = asked(
        network,
        [z for z in zones if Cause(ZONE, z["id"]) not in gone],
        [c for c in closures if Cause(CLOSURE, c["id"]) not in gone],
        **more,
    )
    (way,) = primary_ways(problem, problem.free_tree().cost)
    return way


def cost(way: Walk | None) -> float:
    return np.inf if way is None else way.cost_s


@pytest.mark.parametrize("seed", range(SEEDS))
def test_smallest_set_is_that_of_solving_for_every_subset(seed: int) -> None:
    compare_with_every_subset(random_case(seed))


@pytest.mark.parametrize("seed", range(0, SEEDS, 3))
def test_smallest_set_is_proven_where_streets_are_spared(seed: int) -> None:
    """A city has streets that cost more than their time: the tables must hold the ways there too."""
    network, zones, closures, more = random_case(seed)
    dear = np.random.default_rng(seed).random(network.n_arcs // 2) < 0.4
    factor = np.repeat(np.where(dear, 1.5, 1.0), 2)
    compare_with_every_subset((network, zones, closures, more | {"factor": factor}))


def compare_with_every_subset(case: Any) -> None:
    problem, risk = asked(*case[:3], **case[3])
    apart = apart_of(problem, risk)
    (primary,) = primary_ways(problem, problem.free_tree().cost)
    found = look_for(apart, int(problem.origins[0]), primary)
    calm = cost(solved(case, set(apart.order)))
    if cost(primary) < calm + WORTH_S:
        assert found is None
        return
    assert found is not None
    assert found.calm.cost_s == pytest.approx(calm)
    assert found.smallest
    most = calm + as_good_s(cost(primary) - calm)
    sets = (set(s) for k in range(len(apart.order) + 1) for s in combinations(apart.order, k))
    assert set(found.causes) == next(s for s in sets if cost(solved(case, s)) <= most + 1e-6)
    for alone in found.alone:
        assert cost(alone.way) == pytest.approx(cost(solved(case, {alone.cause})))


def test_random_cases_hold_sets_of_none_one_and_more_causes() -> None:
    """What the test above is asked."""
    sizes = []
    for seed in range(SEEDS):
        case = random_case(seed)
        problem, risk = asked(*case[:3], **case[3])
        sizes.append(len(keys(found_of(problem, risk))))
    assert {0, 1, 2} <= set(sizes)
    assert np.mean(np.array(sizes) > 0) > 0.4


def test_what_is_left_of_a_risk_is_what_would_be_built_without_those_rows() -> None:
    case = random_case(3)
    network, zones, closures, _ = case
    zones = [*zones, zone(box(150, 150, 250, 250), id="square")]
    _, risk = asked(network, zones, closures)
    gone = {Cause(ZONE, zones[0]["id"]), *(Cause(CLOSURE, c["id"]) for c in closures[:1])}
    left = left_of(risk, outside(gone), (0, 86400))
    _, built = asked(network, zones[1:], closures[1:])
    for second in range(0, 86400, 450):
        np.testing.assert_allclose(left.field.at(second), built.field.at(second))
        np.testing.assert_array_equal(is_shut(left.field, second), is_shut(built.field, second))
    assert [f.zone_id for f in left.footprints] == [f.zone_id for f in built.footprints]


@pytest.mark.parametrize("hour", [6.9, 8.0, 9.9])
def test_what_each_does_alone_is_what_the_risk_of_it_alone_says(hour: float) -> None:
    network = make_network(town_streets())
    zones = [crowd("z", (50, 200), (250, 200)), crowd("y", (100, 50), (100, 150))]
    closures = [closure("c", (0, 100), (200, 100), hours=(6.9, 8))]
    _, risk = asked(network, zones, closures)
    arcs = np.arange(network.n_arcs, dtype=np.int32)
    entered = np.full(len(arcs), round(hour * 3600), np.int64) + arcs % 300
    left = entered + network.time_s
    for cause in (Cause(ZONE, "z"), Cause(ZONE, "y"), Cause(CLOSURE, "c")):
        own = left_of(risk, lambda c, cause=cause: c == cause, (0, 86400)).field
        told = bearing(risk, cause, arcs, entered, left)
        np.testing.assert_allclose(told.risk, own.on_entry(arcs, entered))
        shut = [
            own.shut_during(int(a), int(b))[i]
            for i, (a, b) in enumerate(zip(entered, left, strict=True))
        ]
        np.testing.assert_array_equal(told.shut, shut)
