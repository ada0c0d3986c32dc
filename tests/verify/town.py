"""A hand-drawn town of raw ways, with a plan through it that is right in every respect.

::

    gw-west 1 ---11--- 2 ---11--- 3 ---12--- 4 gate      y = 400
            |                     |          |
            20                    40         50          each block 500 m wide,
            |                     |          |           400 m high
            5 ---30--- 6 ---30--- 7 ---30--- 8 gw-south  y = 0
                       |          |
                       60 (dead   site
                       |   end)   (30 m south of 7)
                       9                                 y = -200

The primary takes ways 11 and 12, the alternate 20, 30 and 50. Both arrive at 08:00 UTC.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import Geod, Transformer
from shapely.geometry import LineString, Point, Polygon, box

from planner.network.osm import WAY_KEYS, Extract, Restriction
from planner.verify import Crowd, Demands, Facts, Limits

EPSG = 32632
EAST, NORTH = 500_000.0, 5_500_000.0
ARRIVE = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SPEED_MS = 30 / 3.6
LIMITS = Limits(block_presence=0.2, clear_below=0.1, vehicle_m2=30.0)

PLACES: dict[int, tuple[float, float]] = {
    1: (0, 400), 2: (500, 400), 3: (1000, 400), 4: (1500, 400),
    5: (0, 0), 6: (500, 0), 7: (1000, 0), 8: (1500, 0), 9: (500, -200),
}  # fmt: skip

WAYS: dict[int, tuple[tuple[int, ...], dict[str, str]]] = {
    11: ((1, 2, 3), {"highway": "secondary", "name": "Long Street"}),
    12: ((3, 4), {"highway": "secondary", "name": "Long Street"}),
    20: ((1, 5), {"highway": "residential"}),
    30: ((5, 6, 7, 8), {"highway": "residential", "name": "Low Street"}),
    40: ((3, 7), {"highway": "residential"}),
    50: ((8, 4), {"highway": "residential"}),
    60: ((6, 9), {"highway": "residential"}),
}

PRIMARY = ((11, (1, 2)), (11, (2, 3)), (12, (3, 4)))
ALTERNATE = ((20, (1, 5)), (30, (5, 6)), (30, (6, 7)), (30, (7, 8)), (50, (8, 4)))

Legs = Sequence[tuple[int, Sequence[int]]]
_TO_LONLAT = Transformer.from_crs(EPSG, 4326, always_xy=True)


def lonlat(x: float, y: float) -> tuple[float, float]:
    """Return the position of a point of the drawing as a file holds it: seven decimals."""
    if not np.isfinite(x):
        return np.nan, np.nan
    lon, lat = _TO_LONLAT.transform(EAST + x, NORTH + y)
    return round(lon, 7), round(lat, 7)


def metric(shape: Polygon) -> Polygon:
    """Return a drawn shape in the metric CRS."""
    return Polygon([(EAST + x, NORTH + y) for x, y in shape.exterior.coords])


@dataclass
class Town:
    """The facts and the plan of one test, to be broken in one place."""

    places: dict[int, tuple[float, float]] = field(default_factory=lambda: dict(PLACES))
    ways: dict[int, tuple[tuple[int, ...], dict[str, str]]] = field(
        default_factory=lambda: copy.deepcopy(WAYS)
    )
    node_tags: dict[int, dict[str, str]] = field(default_factory=dict)
    restrictions: list[Restriction] = field(default_factory=list)
    closures: list[dict[str, Any]] = field(default_factory=list)
    crowds: list[Crowd] = field(default_factory=list)
    gate: dict[str, Any] = field(default_factory=lambda: {
        "id": "gate-1", "name": "East gate", "facility_id": "hq", "kind": "both",
        "opens": "06:00", "closes": "20:00", "assumed": False, "geometry": Point(lonlat(1503, 400)),
    })  # fmt: skip
    ground: Polygon = field(default_factory=lambda: box(980, -50, 1020, -10))
    yards: dict[str, Polygon] = field(default_factory=dict)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    outline: Polygon = field(default_factory=lambda: box(1505, 380, 1600, 420))
    holding: list[Point | Polygon] = field(default_factory=list)
    timezone: str = "UTC"
    speed_ms: float = SPEED_MS
    demands: Demands | None = None
    limits: Limits = LIMITS
    document: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.document = {
            "feasible": True, "facility": "hq", "arrive_by": ARRIVE.isoformat(),
            "origins": [{
                "id": "gw-west", "name": "West", "feasible": True, "reason": None, "unmet": [],
                **self.place(1),
                "routes": [self.route("primary", PRIMARY), self.route("alternate", ALTERNATE)],
            }],
            "staging": [self.site()],
        }  # fmt: skip

    @property
    def origin(self) -> dict[str, Any]:
        """The one origin of the document."""
        return self.document["origins"][0]  # type: ignore[no-any-return]  # JSON values

    @property
    def primary(self) -> dict[str, Any]:
        """The first route of the document."""
        return self.origin["routes"][0]  # type: ignore[no-any-return]  # JSON values

    @property
    def the_site(self) -> dict[str, Any]:
        """The one staging site of the document."""
        return self.document["staging"][0]  # type: ignore[no-any-return]  # JSON values

    def place(self, node: int) -> dict[str, float]:
        """Return the lon/lat of a node as document fields."""
        lon, lat = lonlat(*self.places[node])
        return {"lon": lon, "lat": lat}

    def tag(self, way: int, **tags: str) -> None:
        """Add tags to a way."""
        self.ways[way][1].update(tags)

    def route(
        self, role: str, legs: Legs, *, risk: float = 0.0, waits: Mapping[int, int] | None = None
    ) -> dict[str, Any]:
        """Return a route over (way, nodes) legs that ends at the gate in time."""
        lines = [[list(lonlat(*self.places[node])) for node in nodes] for _, nodes in legs]
        lengths = [_length_m(line) for line in lines]
        times = [max(1, round(length / self.speed_ms)) for length in lengths]
        pauses = [(waits or {}).get(i, 0) for i in range(len(legs))]
        depart = ARRIVE - timedelta(seconds=sum(times) + sum(pauses))
        enters = [
            depart + timedelta(seconds=sum(times[:i]) + sum(pauses[:i])) for i in range(len(legs))
        ]
        return {
            "id": f"gw-west:{role}", "role": role, "entrance": "gate-1",
            "depart": depart.isoformat(), "arrive": ARRIVE.isoformat(),
            "time_s": sum(times), "wait_s": sum(pauses), "length_m": sum(lengths),
            "exposure_min": risk * sum(times) / 60, "max_risk": risk, "clear": risk < 0.1,
            "shared_with_primary": None if role == "primary" else 0.0,
            "geometry": {"type": "LineString", "coordinates": [p for line in lines for p in line]},
            "legs": [
                {
                    "way": way, "enter": enter.isoformat(), "time_s": time, "wait_s": pause,
                    "length_m": length, "risk": risk, "coordinates": line,
                }
                for (way, _), enter, time, pause, length, line in zip(
                    legs, enters, times, pauses, lengths, lines, strict=True
                )
            ],
            "snap_offset_m": 3.0, "notices": [],
        }  # fmt: skip

    def site(self) -> dict[str, Any]:
        """Return a staging site with ways out to the west and to the south-east."""
        lon, lat = lonlat(1000, -30)
        return {
            "id": "site-1", "name": "Low yard", "rank": 1, "lon": lon, "lat": lat,
            "area_m2": 1000.0, "room_for": 33,
            "ways": [self.site_way("gw-west", (7, 6, 5, 1)), self.site_way("gw-south", (7, 8))],
        }  # fmt: skip

    def site_way(self, gateway: str, nodes: Sequence[int]) -> dict[str, Any]:
        """Return a way out of the site over nodes."""
        line = [list(lonlat(*self.places[node])) for node in nodes]
        length = _length_m(line)
        return {
            "gateway": gateway, "time_s": round(length / SPEED_MS), "length_m": length,
            "geometry": {"type": "LineString", "coordinates": line},
        }  # fmt: skip

    def drive(self, role: str, legs: Legs, **more: Any) -> None:
        """Put another route in the place of the one with this role."""
        routes = self.origin["routes"]
        at = next(i for i, route in enumerate(routes) if route["role"] == role)
        routes[at] = self.route(role, legs, **more)

    def restrict(self, kind: str, before: int, via: int, after: int, **tags: str) -> None:
        """Add a turn restriction."""
        told = {"type": "restriction", "restriction": kind, **tags}
        self.restrictions.append(Restriction(7, told, (before,), (via,), (), (after,)))

    def restrict_row(
        self, kind: str, before: int, via: Sequence[int], after: int, **tags: str
    ) -> None:
        """Add a turn restriction over via ways."""
        told = {"type": "restriction", "restriction": kind, **tags}
        self.restrictions.append(Restriction(8, told, (before,), (), tuple(via), (after,)))

    def close(self, shape: Polygon | LineString, minutes: tuple[int, int] = (-60, 60)) -> None:
        """Shut a drawn shape for minutes around the arrival."""
        start, end = (pd.Timestamp(ARRIVE + timedelta(minutes=m)) for m in minutes)
        self.closures.append(
            {"id": "works-1", "starts_at": start, "ends_at": end, "geometry": _drawn(shape)}
        )

    def gather(
        self, shape: Polygon, presence: float, minutes: tuple[float, float] = (-60, 60)
    ) -> None:
        """Put a crowd on a drawn polygon for minutes around the arrival."""
        start, end = (ARRIVE + timedelta(minutes=m) for m in minutes)
        self.crowds.append(Crowd("zone-1", start, end, metric(shape), presence))

    def facts(self) -> Facts:
        """Return the facts as the check wants them."""
        columns = ["id", "starts_at", "ends_at", "geometry"]
        return Facts(
            extract=self.extract(),
            entrances=gpd.GeoDataFrame([self.gate], geometry="geometry", crs=4326),
            closures=gpd.GeoDataFrame(
                self.closures, columns=columns, geometry="geometry", crs=4326
            ),
            crowds=self.crowds,
            epsg=EPSG,
            timezone=self.timezone,
            limits=self.limits,
            holding_places=self.holding,
            staging_sites=gpd.GeoDataFrame(
                [{"id": key} | self.rows.get(key, {}) for key in ("site-1", *self.yards)],
                geometry=[_drawn(shape) for shape in (self.ground, *self.yards.values())],
                crs=4326,
            ),
            staging_window=(ARRIVE - timedelta(minutes=90), ARRIVE + timedelta(minutes=60)),
            demands=self.demands,
            facilities=gpd.GeoDataFrame({"id": ["hq"]}, geometry=[_drawn(self.outline)], crs=4326),
        )

    def extract(self) -> Extract:
        """Return the raw ways as a reader would."""
        values = sorted({""} | {v for _, tags in self.ways.values() for v in tags.values()})
        code = np.zeros((len(WAY_KEYS), len(self.ways)), np.int32)
        for column, (_, tags) in enumerate(self.ways.values()):
            for key, value in tags.items():
                code[WAY_KEYS.index(key), column] = values.index(value)
        refs = [node for nodes, _ in self.ways.values() for node in nodes]
        sizes = [len(nodes) for nodes, _ in self.ways.values()]
        return Extract(
            way_id=np.array(list(self.ways), np.int64),
            ref_start=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            refs=np.array(refs, np.int64),
            lonlat=np.array([lonlat(*self.places[node]) for node in refs]),
            tag_code=code,
            values=tuple(values),
            node_id=np.array(list(self.node_tags), np.int64),
            node_tags=tuple(self.node_tags.values()),
            restrictions=tuple(self.restrictions),
        )


def _length_m(line: list[list[float]]) -> float:
    lon, lat = zip(*line, strict=True)
    return float(Geod(ellps="WGS84").line_length(lon, lat))


def _drawn(shape: Polygon | LineString) -> Polygon | LineString:
    line = shape if isinstance(shape, LineString) else shape.exterior
    return type(shape)([lonlat(x, y) for x, y in line.coords])


Change = Callable[[Town], object]
ON_LONG_STREET = box(1200, 390, 1240, 410)
"""A square on way 12, the last block of the primary."""
