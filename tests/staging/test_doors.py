"""Minutes to places beside the streets of the toy town: against every path, and clear alone."""

from __future__ import annotations

import heapq

import numpy as np
import pytest
from shapely.geometry import box

from planner.staging.doors import Reached, doors_of
from tests.routes.asking import ask, node
from tests.town import at, zone

PLACES = np.array([(50.0, 3.0), (130.0, 198.0), (397.0, 250.0), (103.0, -40.0), (350.0, -104.0)])


def reached(problem, starts, *, clear=True, within=3600.0):
    nodes = np.array([node(problem.network, place) for place in starts], np.int32)
    return Reached(problem, nodes, doors_of(problem.network, PLACES), clear=clear, within=within)


def oracle(problem, starts, place):
    """Seconds to a place by trying every street: Dijkstra over nodes, then along the last street."""
    network = problem.network
    best = {node(network, start): 0.0 for start in starts}
    heap = [(0.0, key) for key in best]
    while heap:
        cost, here = heapq.heappop(heap)
        if cost > best[here]:
            continue
        for arc in np.flatnonzero(network.tail == here):
            head, total = int(network.head[arc]), cost + float(network.time_s[arc])
            if total < best.get(head, np.inf):
                best[head] = total
                heapq.heappush(heap, (total, head))
    found = []
    for arc in range(network.n_arcs):
        a, b = network.node_xy[network.tail[arc]], network.node_xy[network.head[arc]]
        along = float(np.dot(place - a, b - a) / network.length_m[arc])
        beside = float(np.hypot(*(place - a - (b - a) / network.length_m[arc] * along)))
        if beside < 5.0 and 0 <= along <= network.length_m[arc]:
            found.append(best[int(network.tail[arc])] + along / 10.0)
    return min(found)


@pytest.mark.parametrize("starts", [((0.0, 0.0),), ((0.0, 0.0), (400.0, 400.0))])
def test_seconds_are_those_of_the_quickest_of_all_ways(starts) -> None:
    problem = ask(origins=((0.0, 0.0),))
    found = reached(problem, starts)
    for k, place in enumerate(PLACES):
        assert found.time_s[k] == pytest.approx(max(oracle(problem, starts, place), 1.0))
        way = found.way(k)
        assert way is not None
        # A way is as long as its line, begins at a start, and ends beside its place.
        assert way.line.length == pytest.approx(way.length_m)
        assert way.start in {node(problem.network, start) for start in starts}
        assert np.hypot(*(np.array(way.line.coords[-1]) - place)) < 5.0
        assert way.length_m / 10 <= way.time_s <= way.length_m / 10 + 1


def test_a_place_behind_a_crowd_on_the_one_bridge_has_no_clear_way_but_an_exposed_one() -> None:
    """Presence is too low to shut the bridge, and too high to be clear."""
    crowd = zone(box(80, -20, 120, 20), starts_at=at(7), ends_at=at(9))
    shut = ask(crowd, origins=((0.0, 0.0),))
    assert not np.isfinite(reached(shut, [(0.0, 0.0)]).time_s[4])
    aside = reached(shut, [(0.0, 0.0)])
    assert np.isfinite(aside.time_s[2]), "the near bank keeps its ways"


def test_a_way_on_which_one_would_stand_still_is_none_to_go_now() -> None:
    """The crowd leaves in half an hour: to wait at the gate for that is no way to a hospital now."""
    crowd = zone(box(80, -20, 120, 20), starts_at=at(7), ends_at=at(8.4))
    found = reached(ask(crowd, origins=((0.0, 0.0),)), [(0.0, 0.0)])
    assert found.way(4) is None
