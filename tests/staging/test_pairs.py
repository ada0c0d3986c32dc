"""The least two ways that share no street, against every pair there is."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from planner.network.clockwork import idle_clock
from planner.network.moves import BARRED, movements
from planner.network.search import Graph, arrival_tree, best_start, follow, make_gates, make_graph
from planner.staging import pairs
from planner.staging.exits import Exits
from planner.staging.pairs import Pairs
from tests.routes.asking import ask, node
from tests.town import make_network, second

WORLDS = 400


def random_town(rng):
    """A few crossings, streets between them, some one-way, turns with seconds, some barred."""
    n = int(rng.integers(5, 8))
    spots = [(float(x), float(y)) for x, y in rng.permutation(100)[: 2 * n].reshape(-1, 2) * 10]
    ends = [pair for pair in itertools.combinations(range(n), 2) if rng.random() < 0.5]
    network = make_network(
        [(spots[a], spots[b], "") for a, b in ends] or [(spots[0], spots[1], "")]
    )
    moves = movements(network.tail, network.head, network.n_nodes)
    turn = rng.integers(0, 9, len(moves.source)).astype(np.uint8)
    back = network.twin[moves.source] == moves.target
    turn[(rng.random(len(turn)) < 0.25) | (back & (rng.random(len(turn)) < 0.7))] = BARRED
    network = replace(network, turn_s=turn, time_s=rng.integers(1, 40, network.n_arcs // 2)
                      .repeat(2).astype(np.int32))  # fmt: skip
    free = np.where(rng.random(network.n_arcs) < 0.2, np.inf, 1.0)
    n = network.n_nodes
    owner = np.full(n, -1)
    doors = rng.permutation(np.arange(1, n))[: int(rng.integers(2, 5))]
    owner[doors] = np.arange(len(doors)) % int(rng.integers(2, 4))
    return network, make_graph(network), owner, free


def tree_of(graph: Graph, owner, free):
    doors = np.flatnonzero(owner >= 0).astype(np.int32)
    when = np.zeros(len(doors), np.int64)
    clock = idle_clock(graph.n_nodes, graph.n_arcs)
    gates = make_gates(doors, when, when)
    return arrival_tree(graph, clock, gates, 0, risk_aversion=0.0, penalty=free)


def every_way(graph: Graph, roads, owner, free, start):
    """Yield every row of arcs to a door that drives no street twice."""

    def onward(way):
        last = way[-1]
        if owner[graph.head[last]] >= 0:
            yield tuple(way)
        for arc in out_of(graph, int(graph.head[last])):
            turn = graph.turn[graph.row[arc] + graph.entry[last]]
            if turn != BARRED and np.isfinite(free[arc]) and roads[arc] not in roads[way]:
                yield from onward([*way, arc])

    for arc in out_of(graph, start):
        if np.isfinite(free[arc]):
            yield from onward([arc])


def out_of(graph, at):
    return graph.out_arcs[graph.out_start[at] : graph.out_start[at + 1]].tolist()


def least_by_trying(graph, roads, owner, free, start):
    """Return the least seconds of two ways to two gateways without a common street."""
    ways = {}
    for way in every_way(graph, roads, owner, free, start):
        arcs = np.array(way, np.int32)
        key = (int(owner[graph.head[way[-1]]]), frozenset(roads[arcs].tolist()))
        seconds = int(graph.seconds(arcs).sum())
        ways[key] = min(ways.get(key, seconds), seconds)
    told = sorted((s, g, r) for (g, r), s in ways.items())
    best = np.inf
    for i, (s, g, r) in enumerate(told):
        if 2 * s >= best:
            break
        for t, h, q in told[i + 1 :]:
            if s + t >= best:
                break
            if g != h and not r & q:
                best = s + t
    return best


def test_pair_is_the_least_of_all_pairs_turn_rules_included() -> None:
    """Hundreds of tiny towns with one-ways and forbidden turns; None only where there is none."""
    rng = np.random.default_rng(7)
    some = none = missed = 0
    for _ in range(WORLDS):
        network, graph, owner, free = random_town(rng)
        roads = network.roads()
        tree = tree_of(graph, owner, free)
        found = Pairs(graph, roads, owner, tree.cost).least(
            starts := np.array(out_of(graph, 0), np.int32), np.zeros(len(starts))
        )
        assert found.proven
        best = least_by_trying(graph, roads, owner, free, 0)
        if found.ways is None:
            none += 1
            assert best == np.inf
            continue
        some += 1
        one, other = found.ways
        assert not set(roads[one].tolist()) & set(roads[other].tolist())
        assert owner[graph.head[one[-1]]] != owner[graph.head[other[-1]]]
        assert all(graph.turn[graph.row[b] + graph.entry[a]] != BARRED
                   for way in found.ways for a, b in itertools.pairwise(way.tolist()))  # fmt: skip
        assert graph.seconds(one).sum() + graph.seconds(other).sum() == best
        missed += greedy(graph, roads, owner, free, tree) is None
    assert some > WORLDS / 4
    assert none > WORLDS / 10
    assert missed > 0


def greedy(graph, roads, owner, free, tree):
    """Return the second way beside the quickest one left as it is."""
    first = follow(tree, best_start(graph, tree, 0))
    left = np.where(np.isin(roads, roads[first]), np.inf, free)
    others = np.where(owner == owner[graph.head[first[-1]]], -1, owner)
    if (others < 0).all():
        return None
    arc = best_start(graph, tree_of(graph, others, left), 0)
    return None if arc < 0 else follow(tree, arc)


def test_ground_without_a_pair_is_remembered() -> None:
    """The place further behind the same bridge is answered without another search."""
    network = make_network([((0, 0), (100, 0), ""), ((100, 0), (200, 0), ""), ((200, 0), (300, 0), ""),
                            ((200, 0), (300, 100), "")])  # fmt: skip
    graph = make_graph(network)
    owner = np.array([-1, -1, -1, 0, 1])
    tree = tree_of(graph, owner, np.ones(graph.n_arcs))
    known = Pairs(graph, network.roads(), owner, tree.cost)
    for at in (1, 0):
        starts = np.array(out_of(graph, at), np.int32)
        assert known.least(starts, np.zeros(len(starts))).ways is None
    assert len(known.closed) == 1


def test_pair_is_not_claimed_to_be_proven_when_the_tries_run_out(monkeypatch) -> None:
    """With one try a flow that drives a street twice ends the search, and says so."""
    monkeypatch.setattr(pairs, "MOST_TRIES", 0)
    rng = np.random.default_rng(7)
    told = []
    for _ in range(WORLDS):
        network, graph, owner, free = random_town(rng)
        starts = np.array(out_of(graph, 0), np.int32)
        known = Pairs(graph, network.roads(), owner, tree_of(graph, owner, free).cost)
        told.append(known.least(starts, np.zeros(len(starts))).proven)
    assert not all(told)


def test_trap_that_greedy_falls_into_has_a_pair() -> None:
    """The quickest way takes the middle street, which either of the two ways needs alone."""
    streets = [((0, 0), (100, 0), ""), ((100, 0), (100, 100), ""), ((100, 100), (0, 100), ""),
               ((100, 100), (200, 100), ""), ((0, 0), (0, 100), ""), ((100, 0), (200, 0), "")]  # fmt: skip
    problem = ask(network=make_network(streets), origins=((200.0, 0.0), (200.0, 100.0)))
    network = problem.network
    pair = Exits(problem, since=second(7), until=second(9)).pair(node(network, (0.0, 0.0)))
    assert pair is not None
    first, other, shared_m = pair
    assert shared_m == pytest.approx(0.0)
    assert {first.gateway, other.gateway} == {0, 1}
    assert not set(problem.roads[first.arcs]) & set(problem.roads[other.arcs])
