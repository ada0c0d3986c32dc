"""Isochrones in the toy town: 10 m/s, blocks of 100 m, gate at (200, 200)."""

from __future__ import annotations

import numpy as np
import pytest
from shapely.geometry import LineString, Point

from planner.routes.isochrone import clear_clock, isochrone
from tests.routes.asking import ask
from tests.town import arc, is_shut, make_network, second, zone

GATE = ((200.0, 200.0), [(0, 24 * 3600)])
ALONG = [((100.0 * x, 0.0), (100.0 * x + 100, 0.0), "Long Street") for x in range(12)]


@pytest.mark.parametrize("direction", ["out", "into"])
def test_streets_within_a_minute_are_those_by_pencil(direction: str) -> None:
    """600 m from one end of a straight street, the last arc in part, both directions once."""
    problem = ask(network=make_network(ALONG), gates=[((0.0, 0.0), [(0, 86_400)])])
    reach = isochrone(problem, 0, direction=direction, minutes=(1,))[0]
    assert reach.road_m == pytest.approx(600.0)
    west, _, east, _ = reach.polygon.bounds
    assert (west, east) == (pytest.approx(-40.0), pytest.approx(640.0))


def test_an_arc_is_reached_in_part() -> None:
    """A minute leads 50 m into an arc of 100 m that is begun after 55 s."""
    network = make_network([((0.0, 0.0), (550.0, 0.0), "A"), ((550.0, 0.0), (650.0, 0.0), "B")])
    problem = ask(network=network, gates=[((0.0, 0.0), [(0, 86_400)])])
    assert isochrone(problem, 0, direction="out", minutes=(1,))[0].road_m == pytest.approx(600.0)


def test_steps_hold_each_other() -> None:
    """What lies within a minute lies within two."""
    near, far = isochrone(ask(gates=[GATE]), 0, direction="out", minutes=(1, 2))
    assert near.road_m <= far.road_m
    assert far.polygon.buffer(0.01).contains(near.polygon)


@pytest.mark.parametrize("direction", ["out", "into"])
def test_a_zone_takes_streets_away_and_never_adds_any(direction: str) -> None:
    """The street of the crowd is not reached; ground kept clear is cut out."""
    crowd = zone(LineString([(200, 300), (300, 300)]))
    free = isochrone(ask(gates=[GATE]), 0, direction=direction, minutes=(1,))[0]
    place = Point(250, 300)
    found = isochrone(
        ask(crowd, gates=[GATE]),
        0,
        direction=direction,
        minutes=(1,),
        kept_clear=[place.buffer(10)],
    )[0]
    assert found.road_m < free.road_m
    assert free.polygon.contains(place)
    assert not found.polygon.contains(place)


def test_arcs_that_are_not_clear_are_shut_for_as_long() -> None:
    """The clock of clear ways is shut where risk reaches the threshold, open elsewhere."""
    problem = ask(zone(LineString([(200, 300), (300, 300)])), gates=[GATE])
    clock, field = clear_clock(problem), problem.field
    assert np.diff(clock.shut_start).sum() == len(clock.shut)
    risk = field.at(second(8.0))
    for a in range(field.row.size):
        own = clock.shut[clock.shut_start[a] : clock.shut_start[a + 1]]
        shut = bool(((own[:, 0] <= second(8.0)) & (second(8.0) < own[:, 1])).any())
        assert shut == (risk[a] >= problem.clear_below or bool(is_shut(field, second(8.0))[a]))
    assert risk[arc(problem.network, (200.0, 300.0), (300.0, 300.0))] >= problem.clear_below
