"""A toy town of 100 m blocks on both sides of a river with one bridge.

y=400  A----B----C----D----E        streets: 1 km/h irrelevant; all two-way
       |    |    |    |    |
y=300  +----+----+----+----+
       |    |    |    |    |
y=200  +----+----+----+----+        "2nd Street"
       |    |    |    |    |
y=100  +----+----+----+----+
       |    |    |    |    |
y=0    +----+----+----+----+
~~~~~~~~~~~~~|~~~~~~~~~~~~~~        river, y=-90..-10, bridge at x=100
y=-100 +----+----+----+----+
      x=0  100  200  300  400
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from planner.network.graph import CLASSES, Network
from planner.risk.build import build_risk
from planner.risk.ground import Obstacles
from planner.risk.parameters import RiskParameters
from tests.network.arrays import free_turns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.risk.field import Risk, RiskField

EPSG = 32610
EPOCH = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
RIVER = box(-50, -90, 450, -10)
COLUMNS = [
    "id", "kind", "source_kind", "starts_at", "ends_at", "size_low", "size_high", "source_grade",
    "info_grade", "observed_at", "influence_m", "speed_kmh", "time_precision_min", "note",
    "position_error_m", "report_of", "geometry",
]  # fmt: skip


def at(hour: float) -> pd.Timestamp:
    """Hours after the epoch as a time."""
    return pd.Timestamp(EPOCH + timedelta(hours=hour))


def second(hour: float) -> int:
    """Hours after the epoch as seconds."""
    return round(hour * 3600)


def make_network(streets: list[tuple[tuple[float, float], tuple[float, float], str]]) -> Network:
    """A network of straight two-way streets (from, to, name), secondary, 10 m/s."""
    nodes: dict[tuple[float, float], int] = {}
    for a, b, _ in streets:
        nodes.setdefault(a, len(nodes))
        nodes.setdefault(b, len(nodes))
    ends = [pair for a, b, _ in streets for pair in ((a, b), (b, a))]
    names = ("", *sorted({name for _, _, name in streets} - {""}))
    m = len(ends)
    length = np.array([float(np.hypot(b[0] - a[0], b[1] - a[1])) for a, b in ends])
    index = np.arange(m)
    tail, head = np.array([[nodes[a], nodes[b]] for a, b in ends], np.int32).T
    zeros = np.zeros(m, np.int32)
    return Network(
        epsg=EPSG,
        node_id=np.arange(len(nodes), dtype=np.int64),
        node_xy=np.array(list(nodes), float),
        tail=tail,
        head=head,
        length_m=length,
        time_s=np.maximum(np.round(length / 10), 1).astype(np.int32),
        way_id=(index // 2).astype(np.int64),
        way_from=zeros,
        way_to=zeros,
        road_class=np.full(m, CLASSES.index("secondary"), np.uint8),
        access=np.zeros(m, np.uint8),
        name=np.array([names.index(s[2]) for s in streets for _ in range(2)], np.int32),
        twin=(index ^ 1).astype(np.int32),
        **free_turns(tail, head, len(nodes)),
        shape_start=(2 * np.arange(m + 1)).astype(np.int64),
        shape_xy=np.array(ends, float).reshape(-1, 2),
        names=names,
    )


def town_streets() -> list[tuple[tuple[float, float], tuple[float, float], str]]:
    """The streets of the drawing."""
    ys = [-100.0, 0.0, 100.0, 200.0, 300.0, 400.0]
    across = [
        ((float(x), y), (x + 100.0, y), f"Street {row}")
        for row, y in enumerate(ys)
        for x in range(0, 400, 100)
    ]
    along = [
        ((float(x), y), (float(x), y + 100), f"Avenue {x // 100}")
        for x in range(0, 500, 100)
        for y in ys[1:-1]
    ]
    return [*across, *along, ((100.0, -100.0), (100.0, 0.0), "Bridge")]


@pytest.fixture(scope="session")
def town() -> Network:
    """The toy town."""
    return make_network(town_streets())


@pytest.fixture(scope="session")
def obstacles() -> Obstacles:
    """Buildings fill each block but for 10 m along the streets; one block is a plaza."""
    buildings = [
        box(x + 10, y + 10, x + 90, y + 90)
        for x in range(0, 400, 100)
        for y in range(0, 400, 100)
        if (x, y) != (200, 200)
    ]
    return Obstacles(buildings, [RIVER])


def zone(geometry: Any, **changed: Any) -> dict[str, Any]:
    """A row of the zones layer: C3, 07:00-10:00, 400-500 people."""
    row = {
        "id": "z-1", "kind": "standing_assembly", "source_kind": "operator", "starts_at": at(7),
        "ends_at": at(10), "size_low": 400, "size_high": 500, "source_grade": "C",
        "info_grade": 3, "observed_at": at(7), "influence_m": 150.0, "speed_kmh": np.nan,
        "time_precision_min": 10.0, "note": "", "position_error_m": np.nan, "report_of": "",
        "geometry": geometry,
    }  # fmt: skip
    return row | changed


def zones_frame(*rows: dict[str, Any]) -> gpd.GeoDataFrame:
    """Rows as the metric layer."""
    return gpd.GeoDataFrame(list(rows), columns=COLUMNS, geometry="geometry", crs=EPSG)


def closures_frame(*rows: dict[str, Any]) -> gpd.GeoDataFrame:
    """Rows as the metric layer."""
    columns = ["id", "name", "starts_at", "ends_at", "kind", "geometry"]
    return gpd.GeoDataFrame(list(rows), columns=columns, geometry="geometry", crs=EPSG)


def risk_of(network: Network, *rows: dict[str, Any], **more: Any) -> Risk:
    """The risk of a day."""
    return build_risk(
        network,
        zones_frame(*rows).set_crs(network.epsg, allow_override=True),
        more.get("closures", closures_frame()).set_crs(network.epsg, allow_override=True),
        obstacles=more.get("obstacles", Obstacles()),
        parameters=more.get("parameters", RiskParameters()),
        start=EPOCH,
        end=EPOCH + timedelta(hours=24),
    )


def arc(network: Network, a: tuple[float, float], b: tuple[float, float]) -> int:
    """The arc between two crossings."""
    nodes = {tuple(xy): i for i, xy in enumerate(network.node_xy.tolist())}
    hits = (network.tail == nodes[a]) & (network.head == nodes[b])
    return int(np.flatnonzero(hits)[0])


def is_shut(field: RiskField, second: int) -> NDArray[np.bool_]:
    """Return which arcs, bool[m], are shut at a second."""
    now = (field.shut[:, 0] <= second) & (second < field.shut[:, 1])
    owner = np.repeat(np.arange(len(field.row)), np.diff(field.shut_start))
    found = np.zeros(len(field.row), bool)
    found[owner[now]] = True
    return found
