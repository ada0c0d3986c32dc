"""A gate behind a closure that lasts costs no table, and one that opens is still found."""

from __future__ import annotations

import numpy as np
import pytest
from shapely.geometry import LineString

from planner.routes import primary
from planner.routes.primary import primary_ways
from tests.routes.asking import ask
from tests.town import at, closures_frame, zone

WORKS = LineString([(350, 400), (400, 400), (400, 350)])


def works(since: float, until: float):
    """Both streets at the gate are dug up between two hours."""
    return closures_frame(
        {"id": "c-1", "name": "Works", "starts_at": at(since), "ends_at": at(until),
         "kind": "works", "geometry": WORKS}
    )  # fmt: skip


def test_no_table_is_filled_for_a_gate_shut_all_along(monkeypatch) -> None:
    """Shut 06:00-09:00, asked for 08:00."""
    monkeypatch.setattr(primary, "exact_ways", lambda *_, **__: pytest.fail("a table was filled"))
    problem = ask(closures=works(6, 9))
    assert primary_ways(problem, problem.free_tree().cost) == [None]


def test_gate_that_opens_in_the_window_is_reached() -> None:
    """Shut until 07:55, asked for 08:00: entered after it, proven."""
    problem = ask(closures=works(6, 7 + 55 / 60))
    (way,) = primary_ways(problem, problem.free_tree().cost)
    assert way.proven
    assert way.entered[-1] >= problem.arrive - 300
    assert np.isfinite(way.cost_s)


def test_no_table_is_filled_while_no_gate_is_open(monkeypatch) -> None:
    """Open 10:00-11:00, asked for 08:00."""
    monkeypatch.setattr(primary, "exact_ways", lambda *_, **__: pytest.fail("a table was filled"))
    hours = [(10 * 3600, 11 * 3600)]
    problem = ask(gates=[((400.0, 400.0), hours)])
    assert primary_ways(problem, problem.free_tree().cost) == [None]


@pytest.mark.parametrize("hour", [6.9, 7.05, 7.15, 8.0, 10.05, 10.2])
def test_close_bounds_lose_no_cheaper_plan(monkeypatch, hour) -> None:
    """A crowd beside the gate 07:00-10:00, a hold on the way: as with free-flow bounds."""
    crowd = zone(LineString([(350, 400), (400, 400)]), size_low=30, size_high=60)
    problem = ask(crowd, hour=hour, rest=[(200.0, 0.0)], origins=[(0.0, 0.0), (0.0, 300.0)],
                  gates=[((400.0, 400.0), [(0, 86400)]), ((0.0, -100.0), [(0, 86400)])])  # fmt: skip
    free = problem.free_tree().cost
    close = primary_ways(problem, free)
    monkeypatch.setattr(primary, "lower_bounds", lambda _, to_go, __: to_go)
    loose = primary_ways(problem, free)
    assert [w and w.cost_s for w in close] == [w and w.cost_s for w in loose]
