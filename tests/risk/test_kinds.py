"""Each kind of zone in each shape it may be drawn in; the published figures; what stops influence.

y=300  +----+----+----+----+
       |    |    | plz|    |     plz: open plaza, x 200-300, y 200-300; other blocks built up
y=200  +----+----+----+----+     "Street 3"
       |    |    |    |    |
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, Point, box

from planner.layers.schema import ZONE_KINDS
from planner.risk.footprint import crowd_m2
from planner.risk.ground import Streets
from planner.risk.march import column_length_m, plan_march
from planner.risk.parameters import RiskParameters
from planner.risk.presence import ageing
from planner.risk.status import Status, status_at
from planner.risk.zones import read_zones
from tests.town import (
    EPOCH,
    EPSG,
    arc,
    at,
    is_shut,
    make_network,
    risk_of,
    second,
    zone,
    zones_frame,
)

if TYPE_CHECKING:
    from planner.network.graph import Network
    from planner.risk.ground import Obstacles

PARAMETERS = RiskParameters()
SHAPES: dict[str, Any] = {
    "point": Point(200, 200),
    "line": LineString([(100, 200), (300, 200)]),
    "polygon": box(205, 205, 295, 295),
}
STANDING = tuple(kind for kind in ZONE_KINDS if kind != "march")
SENSE: dict[str, dict[str, Any]] = {
    "standing_assembly": {"source_kind": "police"},
    "blockade": {"source_kind": "road_authority"},
    "encampment": {"source_kind": "operator", "starts_at": at(-48), "ends_at": at(72)},
    "permitted_event": {"source_kind": "permit"},
    "unknown_friction": {"source_kind": "other", "source_grade": "F", "info_grade": 6},
}
"""What a report of each kind looks like: who tells it, how long it lasts, how sure it is."""


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", STANDING)
def test_a_standing_zone_takes_its_ground_and_shuts_the_streets_on_it(
    town: Network, obstacles: Obstacles, kind: str, shape: str
) -> None:
    row = zone(SHAPES[shape], kind=kind, size_high=1_000) | SENSE[kind]
    risk = risk_of(town, row, obstacles=obstacles)
    now = second(7.5)
    (ground,) = [f for f in risk.footprints if f.start_s <= now < f.end_s]
    assert ground.polygon.area == pytest.approx(926, rel=0.05)
    assert ground.polygon.intersection(shapely.union_all(obstacles.buildings)).area < 1e-6
    shut = {town.names[town.name[a]] for a in is_shut(risk.field, now).nonzero()[0]}
    if shape == "polygon":
        # The plaza has room to spare: it is kept clear as a whole, the streets round it are open.
        assert ground.kept_clear.equals(SHAPES[shape])
        assert not shut
        assert risk.field.at(now).max() > 0
    else:
        assert "Street 3" in shut
        assert risk.field.at(now)[arc(town, (100, 200), (200, 200))] >= PARAMETERS.block_presence


@pytest.mark.parametrize("kind", STANDING)
def test_a_standing_zone_stays_where_it_is(town: Network, kind: str) -> None:
    risk = risk_of(town, zone(SHAPES["line"], kind=kind) | SENSE[kind])
    assert len({f.kept_clear.wkb for f in risk.footprints}) == 1


def test_a_march_leaves_the_streets_behind_it(town: Network) -> None:
    line = LineString([(0, 300), (400, 300)])
    risk = risk_of(town, zone(line, kind="march", source_kind="permit", speed_kmh=1.0))
    steps = [f.kept_clear.centroid.x for f in risk.footprints]
    assert (np.diff(steps) > -1e-6).all()
    assert steps[-1] - steps[0] > 200
    first = arc(town, (0, 300), (100, 300))
    assert is_shut(risk.field, second(7.05))[first]
    assert not is_shut(risk.field, second(8))[first]


@pytest.mark.parametrize("shape", ["point", "polygon"])
def test_a_march_without_a_line_is_refused(town: Network, shape: str) -> None:
    with pytest.raises(ValueError, match="a march needs a line"):
        risk_of(town, zone(SHAPES[shape], kind="march"))


def read(row: dict[str, Any]) -> Any:
    (found,), _ = read_zones(zones_frame(row), EPOCH, epsg=EPSG, parameters=PARAMETERS)
    return found


def test_each_kind_counts_as_long_as_its_source_is_good_for() -> None:
    """An encampment seen two days ago is no more, a permit holds to its end."""
    camp = zone(SHAPES["point"], kind="encampment", observed_at=at(-48)) | SENSE["encampment"]
    assert status_at(read(camp), second(8), PARAMETERS) == Status.EXPIRED
    again = read(camp | {"observed_at": at(6)})
    assert status_at(again, second(8), PARAMETERS) == Status.REPORTED
    event = zone(SHAPES["point"], kind="permitted_event") | SENSE["permitted_event"]
    long = read(event | {"ends_at": at(20)})
    assert status_at(long, second(19), PARAMETERS) == Status.REPORTED


def test_unknown_friction_without_a_basis_weighs_a_half() -> None:
    row = zone(SHAPES["point"], kind="unknown_friction") | SENSE["unknown_friction"]
    assert read(row).weight == 0.5


def test_unknown_friction_without_a_size_takes_the_assumed_hundred(town: Network) -> None:
    row = zone(SHAPES["point"], kind="unknown_friction", size_low=0, size_high=0)
    risk = risk_of(town, row)
    assert risk.footprints[0].polygon.area == pytest.approx(100 / 1.08, rel=0.05)
    assert any("no size stated; 100 people are assumed" in note for note in risk.notices)


@pytest.mark.parametrize(
    ("people", "ground_m2", "radius_m"), [(200, 185, 8), (1_000, 926, 17), (20_000, 18_500, 77)]
)
def test_published_ground_of_crowds(people: int, ground_m2: int, radius_m: int) -> None:
    """Area = N / density at 1.08 a m2, as DOMAIN 3 prints it: rounded to three figures."""
    area = crowd_m2(people, PARAMETERS.standing_density)
    assert float(f"{area:.3g}") == ground_m2
    assert round(math.sqrt(area / math.pi)) == radius_m


@pytest.mark.parametrize(("square_feet", "per_m2"), [(10, 1.1), (4.5, 2.4), (2.5, 4.3)])
def test_published_densities_of_jacobs(square_feet: float, per_m2: float) -> None:
    assert round(1 / (square_feet * 0.3048**2), 1) == per_m2


def test_published_density_is_the_one_used() -> None:
    assert PARAMETERS.standing_density == pytest.approx(1 / (10 * 0.3048**2), abs=0.005)


def test_published_column_of_a_march(town: Network) -> None:
    """5,000 people on a 12 m street at 1 a m2: 417 m, passing in 12.5 min at 2 km/h."""
    assert round(column_length_m(5_000, 12.0, PARAMETERS.march_density)) == 417
    row = zone(LineString([(0, 300), (400, 300)]), kind="march", size_high=5_000, speed_kmh=2.0)
    march, _ = plan_march(read(row), Streets.of(town, PARAMETERS), PARAMETERS)
    assert round(march.column_m) == 417
    assert march.column_m / march.speed_ms / 60 == pytest.approx(12.5, abs=0.01)
    assert PARAMETERS.march_speed_min_kmh == 1.0


def test_published_ageing() -> None:
    left = ageing(3600.0 * np.arange(1, 4), PARAMETERS)
    assert left.round(2).tolist() == [0.83, 0.67, 0.5]


def test_published_grades() -> None:
    assert [PARAMETERS.grade(code[0], code[1]) for code in ("A1", "C3", "E5", "F6")] == [
        1,
        0.5,
        0,
        0.5,
    ]


@pytest.mark.parametrize("barrier", ["river", "railway"])
@pytest.mark.parametrize("crossing", [False, True])
def test_influence_crosses_a_river_or_a_railway_by_a_road_alone(
    barrier: str, crossing: bool
) -> None:
    """Two banks 60 m apart: only a bridge, or a level crossing, carries influence over.

    y=60  C----D      The barrier needs no shape of its own: what counts is that no road
          (    )      crosses it, be it water or rails.
    y=0   A----B
    """
    streets = [((0.0, 0.0), (100.0, 0.0), "North"), ((0.0, 60.0), (100.0, 60.0), "South")]
    if crossing:
        streets.append(((0.0, 0.0), (0.0, 60.0), "Bridge" if barrier == "river" else "Crossing"))
    network = make_network(streets)
    row = zone(Point(20, 0), size_high=20, influence_m=200.0, source_kind="permit")
    far = risk_of(network, row).field.at(second(8))[arc(network, (0.0, 60.0), (100.0, 60.0))]
    assert (far > 0) == crossing
