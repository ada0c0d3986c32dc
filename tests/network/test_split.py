"""Cutting arcs changes no answer."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from planner.network.moves import BARRED, movements
from planner.network.snap import Snapped, snap
from planner.network.split import split
from tests.network.drawing import ROAD, arc_between, draw, may_follow

STREET = {1: (0, 0), 2: (400, 0), 3: (1000, 0), 4: (400, 300)}


def stops_on(*places):
    arc, along = zip(*places, strict=True)
    k = len(arc)
    none = np.zeros(k, np.int8)
    return Snapped(
        np.array(arc, np.int32), np.array(along, float), np.zeros(k), np.zeros((k, 2)),
        none, none.astype(np.uint8), none,
    )  # fmt: skip


def allowed_moves(network):
    moves = movements(network.tail, network.head, network.n_nodes)
    ok = network.turn_s != BARRED
    return moves.source[ok], moves.target[ok], network.turn_s[ok]


def times_between(network, nodes):
    """Return shortest seconds from node to node over allowed movements, arcs as scipy's nodes."""
    m, n = network.n_arcs, len(nodes)
    source, target, turn = allowed_moves(network)
    starts = [(m + i, a) for i, v in enumerate(nodes) for a in np.flatnonzero(network.tail == v)]
    rows = np.concatenate([source, [s for s, _ in starts]]).astype(int)
    columns = np.concatenate([target, [a for _, a in starts]]).astype(int)
    seconds = network.time_s[columns].astype(float)
    seconds[: len(turn)] += turn
    graph = coo_matrix((seconds, (rows, columns)), (m + n, m + n))
    reach = dijkstra(graph.tocsr(), indices=np.arange(m, m + n))[:, :m]
    return np.stack([reach[:, network.head == v].min(axis=1, initial=np.inf) for v in nodes])


def check(network, result):
    """Assert what holds for every split."""
    cut, parent = result.network, result.parent
    assert cut.time_s.min() >= 1
    assert np.array_equal(np.bincount(parent, cut.time_s), network.time_s)
    assert np.allclose(np.bincount(parent, cut.length_m), network.length_m)
    two_way = np.flatnonzero((cut.twin >= 0) & cut.is_own())
    assert np.array_equal(cut.twin[cut.twin[two_way]], two_way)
    assert np.array_equal(cut.tail[two_way], cut.head[cut.twin[two_way]])
    assert np.array_equal(parent[cut.twin[two_way]], network.twin[parent[two_way]])
    first, last = cut.shape_start[:-1], cut.shape_start[1:] - 1
    assert np.allclose(cut.shape_xy[first], cut.node_xy[cut.tail])
    assert np.allclose(cut.shape_xy[last], cut.node_xy[cut.head])
    source, target, _ = allowed_moves(cut)
    old = cut.head[source] < network.n_nodes
    kept = parent[source[old]].astype(np.int64) * network.n_arcs + parent[target[old]]
    before, after, _ = allowed_moves(network)
    assert np.array_equal(np.sort(kept), np.sort(before.astype(np.int64) * network.n_arcs + after))
    assert np.array_equal(parent[source[~old]], parent[target[~old]])


def test_long_arcs_are_cut_into_equal_pieces(tmp_path):
    network = draw(tmp_path, {1: (0, 0), 2: (1000, 0)}, [(7, [1, 2], ROAD)])  # 150 s
    result = split(network, max_time_s=30)
    assert result.network.time_s.tolist() == [30] * 10
    assert result.parent.tolist() == [0] * 5 + [1] * 5
    assert result.network.twin.tolist() == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]
    assert result.network.way_from.tolist() == [0, -1, -1, -1, -1, 1, -1, -1, -1, -1]
    assert result.network.way_to.tolist() == [-1, -1, -1, -1, 1, -1, -1, -1, -1, 0]
    assert result.network.node_id.tolist() == [1, 2, -1, -2, -3, -4]
    check(network, result)


@pytest.mark.parametrize("max_time_s", [7, 20, 30, 60, 1000])
def test_no_piece_takes_longer_than_asked(tmp_path, max_time_s):
    tags = {**ROAD, "maxspeed:forward": "50", "maxspeed:backward": "13"}
    network = draw(tmp_path, STREET, [(7, [1, 2, 3], tags), (8, [2, 4], ROAD)])
    result = split(network, max_time_s=max_time_s)
    assert result.network.time_s.max() <= max_time_s
    check(network, result)


def test_a_stop_is_one_node_on_both_directions(tmp_path):
    network = draw(tmp_path, STREET, [(7, [1, 2, 3], ROAD), (8, [2, 4], ROAD)])
    arc = arc_between(network, 1, 2)
    result = split(network, max_time_s=1000, stops=stops_on((arc, 100.0)))
    node, cut = result.stop_node[0], result.network
    assert node == network.n_nodes
    assert cut.node_xy[node] - network.node_xy[0] == pytest.approx([100, 0], abs=0.5)
    assert (cut.tail == node).sum() == (cut.head == node).sum() == 2
    check(network, result)


def test_no_u_turn_at_a_stop(tmp_path):
    network = draw(tmp_path, STREET, [(7, [1, 2, 3], ROAD), (8, [2, 4], ROAD)])
    for arc, along in ((arc_between(network, 1, 2), 100.0), (arc_between(network, 2, 1), 100.0)):
        result = split(network, max_time_s=1000, stops=stops_on((arc, along)))
        cut = result.network
        for piece in np.flatnonzero(cut.head == result.stop_node[0]).tolist():
            assert not may_follow(cut, piece, int(cut.twin[piece]))
            assert sum(may_follow(cut, piece, a) for a in range(cut.n_arcs)) == 1


def test_a_stop_on_the_way_back_is_the_same_place(tmp_path):
    network = draw(tmp_path, STREET, [(7, [1, 2], ROAD)])
    length = network.length_m[0]
    result = split(network, max_time_s=1000, stops=stops_on((0, 100.0), (1, length - 100.0)))
    assert result.stop_node[0] == result.stop_node[1]


def test_a_stop_at_the_end_of_an_arc_is_its_node(tmp_path):
    network = draw(tmp_path, STREET, [(7, [1, 2], ROAD)])
    result = split(network, max_time_s=1000, stops=stops_on((0, 0.2), (0, network.length_m[0])))
    assert result.stop_node.tolist() == [network.tail[0], network.head[0]]
    assert result.network.n_arcs == network.n_arcs


def test_a_stop_without_an_arc_has_no_node(tmp_path):
    network = draw(tmp_path, STREET, [(7, [1, 2], ROAD)])
    assert split(network, stops=stops_on((-1, 0.0), (0, 50.0))).stop_node[0] == -1


def test_a_stop_on_an_arc_of_one_second_is_its_nearer_end(tmp_path):
    network = draw(tmp_path, {1: (0, 0), 2: (6, 0)}, [(7, [1, 2], ROAD)])
    assert network.time_s.tolist() == [1, 1]
    result = split(network, stops=stops_on((0, 2.0), (0, 4.0), (1, 2.0)))
    tail, head = network.tail[0], network.head[0]
    assert result.stop_node.tolist() == [tail, head, head]


def test_two_stops_in_two_seconds_leave_each_piece_a_second(tmp_path):
    network = draw(tmp_path, {1: (0, 0), 2: (20, 0)}, [(7, [1, 2], ROAD)])  # 3 s
    result = split(network, stops=stops_on((0, 1.0), (0, 2.0), (0, 19.0)))
    assert result.network.time_s.tolist() == [1] * 6
    assert result.stop_node[0] == result.stop_node[1] != result.stop_node[2]
    check(network, result)


def test_a_one_way_street_is_cut_once(tmp_path):
    network = draw(tmp_path, STREET, [(7, [1, 2], {**ROAD, "oneway": "yes"})])
    result = split(network, stops=stops_on((0, 100.0)))
    assert (result.network.twin == -1).all()
    check(network, result)


def test_loop_is_cut_on_both_directions(tmp_path):
    square = {1: (0, 0), 2: (300, 0), 3: (300, 300), 4: (0, 300), 5: (-100, 0)}
    network = draw(tmp_path, square, [(7, [1, 2, 3, 4, 1], ROAD), (8, [5, 1], ROAD)])
    check(network, split(network))


def test_split_leaves_its_input_alone(tmp_path):
    network = draw(tmp_path, STREET, [(7, [1, 2, 3], ROAD)])
    before = {f.name: np.copy(getattr(network, f.name)) for f in dataclasses.fields(network)}
    split(network, stops=stops_on((0, 100.0)))
    for name, value in before.items():
        assert np.array_equal(value, getattr(network, name))


@pytest.fixture(scope="module")
def grid(tmp_path_factory):
    """Five by five streets, some one way, some private, four restrictions."""
    places = {1 + 5 * y + x: (90.0 * x + 7 * y, 130.0 * y) for x in range(5) for y in range(5)}
    rows = [(100 + y, [1 + 5 * y + x for x in range(5)], ROAD) for y in range(5)]
    columns = [
        (200 + x, [1 + 5 * y + x for y in range(5)], {**ROAD, "oneway": way})
        for x, way in enumerate(["no", "yes", "-1", "no", "yes"])
    ]
    private = [(300, [1, 7], {**ROAD, "access": "private"})]
    rules = [
        (i, [("w", f, "from"), ("n", v, "via"), ("w", t, "to")],
         {"type": "restriction", "restriction": kind})
        for i, f, v, t, kind in [
            (1, 101, 7, 201, "no_left_turn"), (2, 102, 13, 202, "only_right_turn"),
            (3, 200, 11, 102, "no_right_turn"), (4, 103, 19, 203, "only_left_turn"),
        ]
    ]  # fmt: skip
    folder = tmp_path_factory.mktemp("grid")
    return draw(folder, places, rows + columns + private, relations=rules)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_times_between_old_nodes_do_not_change(grid, data):
    arcs = st.tuples(st.integers(0, grid.n_arcs - 1), st.floats(0, 1))
    places = data.draw(st.lists(arcs, min_size=1, max_size=12))
    stops = stops_on(*((a, part * grid.length_m[a]) for a, part in places))
    result = split(grid, max_time_s=data.draw(st.integers(3, 40)), stops=stops)
    check(grid, result)
    nodes = range(grid.n_nodes)
    before, after = times_between(grid, nodes), times_between(result.network, nodes)
    assert np.isfinite(before).mean() > 0.5
    assert np.array_equal(before, after)


def test_stops_from_snap_lie_where_snapped(grid):
    places = grid.node_xy[[3, 8, 12]] + [[11, 3], [-20, 5], [31, 8]]
    snapped = snap(grid, places)
    result = split(grid, stops=snapped)
    assert result.network.node_xy[result.stop_node] == pytest.approx(snapped.xy)
