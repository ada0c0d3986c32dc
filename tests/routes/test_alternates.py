"""Other ways in: along plateaus of two trees, chosen by what each place in the order means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from shapely.geometry import LineString

from planner.routes.alternates import AlternateRules, alternate_ways
from planner.routes.primary import primary_ways, tree_way
from planner.routes.via import _on_marked, plateaus, timed, timed_by, tree_from
from planner.routes.walk import LAST_APPROACH_M, shared_share
from tests.routes.asking import DAY, ask
from tests.town import make_network, zone

if TYPE_CHECKING:
    from planner.network.graph import Network
    from planner.routes.problem import Problem
    from planner.routes.walk import Walk

SIZE = 8


def jagged(seed: int) -> Network:
    """A grid of crossings moved at random, some streets left out."""
    rng = np.random.default_rng(seed)
    places = {
        (x, y): (x * 300.0 + float(rng.integers(-90, 90)), y * 300.0 + float(rng.integers(-90, 90)))
        for x in range(SIZE) for y in range(SIZE)
    }  # fmt: skip
    streets = [
        (places[a], places[b], f"{a}{b}")
        for a in places
        for b in ((a[0] + 1, a[1]), (a[0], a[1] + 1))
        if b in places and rng.random() > 0.15
    ]
    return make_network(streets)


def asked(seed: int, gates: int = 1) -> Problem:
    network = jagged(seed)
    rng = np.random.default_rng(seed)
    nodes = rng.choice(network.n_nodes, gates + 1, replace=False)
    places = [tuple(network.node_xy[n].tolist()) for n in nodes]
    return ask(network=network, origins=places[:1], gates=[(p, [DAY]) for p in places[1:]])


def beside(
    problem: Problem, rules: AlternateRules | None = None
) -> tuple[Walk | None, list[Walk], list[Walk]]:
    to_go = problem.free_tree().cost
    (primary,) = primary_ways(problem, to_go)
    if primary is None:
        return None, [], []
    by_gate = [problem.tree([g]) for g in range(len(problem.gate_nodes))]
    origin = int(problem.origins[0])
    return primary, *alternate_ways(
        problem, origin, primary, by_gate, to_go, rules or AlternateRules()
    )


def seconds_between(problem: Problem) -> np.ndarray:
    """Seconds from node to node, by scipy on the plain graph."""
    network = problem.network
    n = network.n_nodes
    weights = csr_matrix((network.time_s.astype(float), (network.tail, network.head)), (n, n))
    return dijkstra(weights)


@pytest.mark.parametrize("seed", range(30))
def test_every_part_without_the_whole_plateau_is_a_shortest_way(seed: int) -> None:
    """The definition of local optimality, checked on every stretch of every way."""
    problem = asked(seed)
    tree = problem.tree([0])
    origin = int(problem.origins[0])
    first = tree_way(problem, tree, origin)
    if first is None:
        return
    within = 2 * first.cost_s
    outward = tree_from(problem, origin, first.depart, within, problem.free_tree().cost)
    nothing = np.zeros(problem.graph.n_arcs, bool)
    found = plateaus(tree, outward, within, 1.0, marked=nothing, length_m=problem.network.length_m)
    shortest = seconds_between(problem)
    assert len(found.last)
    for last, cost, long in zip(found.last, found.cost, found.long, strict=True):
        way = timed_by(problem, tree, outward, int(last))
        assert way is not None
        assert way.cost_s == pytest.approx(cost)
        assert way.arrive == problem.arrive
        stops = [int(problem.network.tail[way.arcs[0]]), *problem.network.head[way.arcs].tolist()]
        passed = np.append(0, np.cumsum(way.time_s))
        for i in range(len(stops)):
            for j in range(i + 1, len(stops)):
                if passed[j] - passed[i] < long:
                    assert passed[j] - passed[i] == shortest[stops[i], stops[j]]


@pytest.mark.parametrize("seed", range(30))
def test_plateau_tells_the_share_of_its_way_as_the_walk_does(seed: int) -> None:
    problem = asked(seed)
    tree = problem.tree([0])
    origin = int(problem.origins[0])
    first = tree_way(problem, tree, origin)
    if first is None:
        return
    outward = tree_from(problem, origin, first.depart, 2 * first.cost_s, tree.cost)
    marked = problem.on_roads(first.arcs)
    length_m = problem.network.length_m
    found = plateaus(tree, outward, 2 * first.cost_s, 1.0, marked=marked, length_m=length_m)
    for last, shared in zip(found.last, found.shared, strict=True):
        way = timed_by(problem, tree, outward, int(last))
        assert way is not None
        assert shared == pytest.approx(shared_share(problem, way, first))
        assert shared == pytest.approx(_on_marked(way.arcs, marked, length_m, LAST_APPROACH_M))


@pytest.mark.parametrize("seed", range(40))
def test_ways_keep_to_the_rules(seed: int) -> None:
    """Shared, stretch, twins, no node twice."""
    problem = asked(seed, gates=2)
    rules = AlternateRules()
    primary, ways, near = beside(problem, rules)
    if primary is None:
        return
    limit = max(primary.cost_s * rules.wide, primary.cost_s + rules.wide_s)
    for i, way in enumerate(ways):
        assert shared_share(problem, way, primary) <= rules.max_shared
        assert way.cost_s <= limit
        heads = problem.network.head[way.arcs]
        assert len(set(heads.tolist())) == len(heads)
        for other in ways[:i]:
            assert shared_share(problem, way, other) <= rules.max_twin
    assert not {w.arcs.tobytes() for w in ways} & {w.arcs.tobytes() for w in near}


@pytest.mark.parametrize("seed", range(12))
def test_no_two_ways_are_one_from_the_last_turning_on(seed: int) -> None:
    """Whoever drives the primary has passed what sets two such ways apart."""
    primary, others, _ = beside(asked(seed, gates=2))
    first = set() if primary is None else set(primary.arcs.tolist())
    rests = []
    for way in others:
        on = [arc in first for arc in way.arcs.tolist()]
        turns = [i + 1 for i in range(len(on) - 1) if on[i] and not on[i + 1]]
        rests.append(tuple(way.arcs[turns[-1] if turns else 0 :].tolist()))
    assert len(set(rests)) == len(rests)


def test_ways_are_found_for_nearly_every_pair_of_a_grid() -> None:
    """Two thirds of the streets of a crossing remain: there is always a way round."""
    counts = [len(beside(asked(seed))[1]) for seed in range(60) if beside(asked(seed))[0]]
    assert np.mean([n >= 2 for n in counts]) >= 0.85


def test_contingency_has_another_gate_than_the_primary_and_the_alternate() -> None:
    """Three gates in a row, the third a block further."""
    gates = [((400.0, y), [DAY]) for y in (400.0, 300.0, 100.0)]
    problem = ask(gates=gates)
    primary, ways, _ = beside(problem)
    assert primary is not None
    assert len({primary.gate, ways[0].gate, ways[1].gate}) == (
        3 if ways[0].gate != primary.gate else 2
    )
    assert ways[1].gate not in {primary.gate, ways[0].gate}


def test_contingency_comes_from_another_side_where_there_is_one_gate() -> None:
    """The gate at a crossing is reached by two streets."""
    problem = ask(gates=[((400.0, 400.0), [DAY])])
    primary, ways, _ = beside(problem)
    assert primary is not None
    ends = [int(problem.roads[way.arcs[-1]]) for way in (primary, *ways)]
    assert len(set(ends[:3])) == 2


def test_emergency_way_shares_least_of_those_left() -> None:
    """Two far roads left: the longer shares nothing with those before, and is taken."""
    problem = asked(3, gates=2)
    primary, ways, near = beside(problem)
    assert primary is not None
    assert len(ways) == 3
    before = [primary, *ways[:2]]

    def most(way: Walk) -> float:
        return max(shared_share(problem, way, other) for other in before)

    rules = AlternateRules()
    limit = max(primary.cost_s * rules.wide, primary.cost_s + rules.wide_s)
    left = [
        w for w in near
        if w.cost_s <= limit and shared_share(problem, w, primary) <= rules.max_shared
        and all(shared_share(problem, w, o) <= rules.max_twin for o in ways[:2])
    ]  # fmt: skip
    assert all(round(most(ways[2]), 1) <= round(most(w), 1) for w in left)


def test_clear_ways_come_before_those_that_are_not() -> None:
    """A crowd on the second street: what passes it is shown only after what does not."""
    crowd = zone(LineString([(100, 200), (300, 200)]), influence_m=60.0)
    problem = ask(crowd, gates=[((400.0, 400.0), [DAY]), ((400.0, 0.0), [DAY])])
    _, ways, _ = beside(problem)
    risky = [way.max_risk >= problem.clear_below for way in ways]
    assert risky == sorted(risky)


def test_a_way_is_driven_as_late_as_can_be() -> None:
    """Each arc is entered when the one before ends; the last ends at the second asked for."""
    problem = ask()
    (primary,) = primary_ways(problem, problem.free_tree().cost)
    assert primary is not None
    again = timed(problem, primary.arcs, problem.arrive)
    assert again is not None
    assert again.entered.tolist() == primary.entered.tolist()


def test_one_forward_tree_serves_an_origin_that_has_ways_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No penalty search where plateaus and gates give three."""
    problem = asked(3, gates=2)
    by_gate = [problem.tree([g]) for g in range(2)]
    to_go = problem.free_tree().cost
    (primary,) = primary_ways(problem, to_go)
    assert primary is not None
    monkeypatch.setattr(type(problem), "tree", lambda *_, **__: pytest.fail("another tree"))
    ways, _ = alternate_ways(problem, int(problem.origins[0]), primary, by_gate, to_go)
    assert len(ways) == 3
