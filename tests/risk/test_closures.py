"""Closures: what runs along is shut, what crosses stays open, exact to the second."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from shapely.geometry import LineString, MultiLineString, Point, box

from planner.risk.closures import closure_arcs
from planner.risk.ground import Streets
from planner.risk.parameters import RiskParameters
from tests.town import arc, at, closures_frame, make_network, risk_of, second

if TYPE_CHECKING:
    from planner.network.graph import Network


def shut_names(town: Network, geometry: Any) -> dict[str, int]:
    arcs = closure_arcs(Streets.of(town, RiskParameters()), geometry)
    names = [town.names[town.name[a]] for a in arcs]
    return {name: names.count(name) for name in names}


@pytest.mark.parametrize("off", [0.0, 5.0, -8.0])
def test_line_shuts_both_directions_of_what_runs_along_it(town: Network, off: float) -> None:
    drawn = LineString([(100, 200 + off), (300, 200 + off)])
    assert shut_names(town, drawn) == {"Street 3": 4}


def test_line_short_within_a_street_shuts_that_street(town: Network) -> None:
    assert shut_names(town, LineString([(140, 200), (150, 200)])) == {"Street 3": 2}


def test_line_a_little_over_a_crossing_leaves_the_next_block_open(town: Network) -> None:
    assert shut_names(town, LineString([(95, 200), (206, 200)])) == {"Street 3": 2}


def test_line_across_a_street_shuts_nothing(town: Network) -> None:
    assert shut_names(town, LineString([(150, 190), (150, 210)])) == {}


def test_line_round_a_corner_shuts_both_streets(town: Network) -> None:
    drawn = LineString([(100, 200), (200, 200), (200, 300)])
    assert shut_names(town, drawn) == {"Street 3": 2, "Avenue 2": 2}


def test_each_part_of_a_multi_line_counts(town: Network) -> None:
    drawn = MultiLineString([[(100, 200), (200, 200)], [(0, 0), (0, 100)]])
    assert shut_names(town, drawn) == {"Street 3": 2, "Avenue 0": 2}


def test_polygon_shuts_what_has_a_real_part_inside(town: Network) -> None:
    assert shut_names(town, box(130, 196, 197, 204)) == {"Street 3": 2}
    assert shut_names(town, box(199.7, 199.7, 200.3, 200.3)) == {}


def test_polygon_on_a_crossing_shuts_the_streets_that_meet_there(town: Network) -> None:
    """The check takes more than a metre in a closed area for driving there."""
    assert shut_names(town, box(198, 198, 202, 202)) == {"Street 3": 4, "Avenue 2": 4}


def test_point_shuts_the_nearest_street(town: Network) -> None:
    assert shut_names(town, Point(150, 210)) == {"Street 3": 2}
    assert shut_names(town, Point(150, 250)) == {}


def test_short_link_across_the_closure_stays_open() -> None:
    dual = make_network(
        [
            ((0.0, 0.0), (100.0, 0.0), "East"),
            ((0.0, 8.0), (100.0, 8.0), "West"),
            ((100.0, 0.0), (100.0, 8.0), "Link"),
        ]
    )
    assert shut_names(dual, LineString([(0, 4), (100, 4)])) == {"East": 2, "West": 2}


def closure(**changed: Any) -> dict[str, Any]:
    row = {
        "id": "c-1", "name": "Works", "kind": "works",
        "starts_at": at(7) + pd.Timedelta(seconds=3), "ends_at": at(9.5),
        "geometry": LineString([(100, 200), (200, 200)]),
    }  # fmt: skip
    return row | changed


def test_closure_shuts_from_its_first_to_its_last_second(town: Network) -> None:
    field = risk_of(town, closures=closures_frame(closure())).field
    shut = arc(town, (100, 200), (200, 200))
    spells = field.shut[field.shut_start[shut] : field.shut_start[shut + 1]]
    assert spells.tolist() == [[second(7) + 3, second(9.5)]]
    assert not field.risk.any()


def test_overlapping_closures_join_and_apart_ones_stay_apart(town: Network) -> None:
    rows = [
        closure(id="a", starts_at=at(1), ends_at=at(3)),
        closure(id="b", starts_at=at(2), ends_at=at(4)),
        closure(id="c", starts_at=at(4), ends_at=at(5)),
        closure(id="d", starts_at=at(6), ends_at=at(23)),
        closure(id="e", starts_at=at(7), ends_at=at(8)),
        closure(id="f", starts_at=at(30), ends_at=at(31)),
    ]
    field = risk_of(town, closures=closures_frame(*rows)).field
    for shut in (arc(town, (100, 200), (200, 200)), arc(town, (200, 200), (100, 200))):
        spells = field.shut[field.shut_start[shut] : field.shut_start[shut + 1]]
        assert spells.tolist() == [[second(1), second(5)], [second(6), second(23)]]
    assert field.shut_start[-1] == len(field.shut) == 4


def test_closure_on_no_street_is_told(town: Network) -> None:
    row = closure(geometry=LineString([(9_000, 0), (9_100, 0)]))
    risk = risk_of(town, closures=closures_frame(row))
    assert any("c-1" in note for note in risk.notices)
    assert len(risk.closed["c-1"]) == 0
