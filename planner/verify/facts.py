"""What is known, as the check reads it: raw roads, gates, closures, crowds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import shapely

from planner.verify.streets import Streets, to_metric

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from planner.network.osm import Extract


@dataclass(frozen=True, slots=True)
class Crowd:
    """Where a crowd stands during [start, end): metric polygon, presence in [0, 1]."""

    zone_id: str
    start: datetime
    end: datetime
    polygon: BaseGeometry
    presence: float


@dataclass(frozen=True, slots=True)
class Limits:
    """The thresholds of a plan, passed in so that both sides mean the same.

    Attributes
    ----------
    block_presence
        A vehicle never enters a footprint of at least this presence.
    clear_below
        A route whose worst risk stays below this is clear.
    vehicle_m2
        Room of one waiting vehicle.
    early_s
        A route may arrive this long before the time asked for.
    gate_stretch_m, max_shared
        An alternate may share this much of its length outside the last stretch.
    max_snap_m
        The street at which a route begins or ends lies no further from its point.
    site_ways
        How many separate ways a staging site must have.
    """

    block_presence: float
    clear_below: float
    vehicle_m2: float
    early_s: int = 900
    gate_stretch_m: float = 300.0
    max_shared: float = 0.6
    max_snap_m: float = 250.0
    site_ways: int = 2


@dataclass(frozen=True, slots=True)
class Demands:
    """What a planner demands of every way.

    Attributes
    ----------
    gate
        Id of the entrance to end at, None: any.
    via
        Places to pass in order: as asked, and the place in lon/lat.
    avoid
        Streets not to be driven, as asked.
    """

    gate: str | None = None
    via: tuple[tuple[str, BaseGeometry], ...] = ()
    avoid: tuple[str, ...] = ()


SHUT_STRIP_M = 0.25


@dataclass(frozen=True)
class Closure:
    """A stretch or area shut during [start, end), metric."""

    id: str
    start: float
    end: float
    shape: BaseGeometry

    @cached_property
    def strip(self) -> BaseGeometry:
        """The ground of a closed line."""
        return self.shape.buffer(SHUT_STRIP_M)


GATE_LIMITS: Mapping[str, str] = MappingProxyType({
    "maxheight": "max_height_m", "maxwidth": "max_width_m", "maxlength": "max_length_m",
    "maxweight": "max_weight_t",
})  # fmt: skip
"""Column of an entrance that limits a size, by the tag that limits it on a road."""


@dataclass(frozen=True, slots=True)
class Gate:
    """An entrance: metric place, hours by the clock, limits of size by their tag."""

    id: str
    facility_id: str
    kind: str
    opens: str
    closes: str
    xy: tuple[float, float]
    limits: Mapping[str, float] = field(default_factory=dict)


def gate_limits(row: Mapping[str, Any]) -> dict[str, float]:
    """Return the limits of size of an entrance that are known, by the tag that says them."""
    told = {tag: float(row.get(column) or 0.0) for tag, column in GATE_LIMITS.items()}
    return {tag: limit for tag, limit in told.items() if limit > 0}


@dataclass(frozen=True, eq=False)
class Facts:
    """Everything a plan is checked against.

    Attributes
    ----------
    extract
        The raw OSM facts, as read from the file.
    entrances, closures
        Layer frames in EPSG:4326.
    crowds
        Footprints, metric.
    epsg
        EPSG code of the metric CRS.
    timezone
        IANA name in which the gate hours are meant.
    limits
        Thresholds.
    holding_places
        Points or polygons in lon/lat where a vehicle may wait, besides the origin; the points
        at which they meet their streets.
    staging_sites
        Layer frame in EPSG:4326; the ground of the suggested sites.
    staging_window
        Aware times between which a site must stay outside every crowd; None: always.
    streets
        Roads of ``extract`` that former checks of a profile have looked up; the same rules
        hold of them.
    demands
        What is demanded of every way; None: nothing.
    support_stops
        Layer frame in EPSG:4326; stops for the crew, and havens.
    facilities
        Layer frame in EPSG:4326; those on whose ground a place may lie that is closed to others.
    """

    extract: Extract
    entrances: gpd.GeoDataFrame
    closures: gpd.GeoDataFrame
    crowds: Sequence[Crowd]
    epsg: int
    timezone: str
    limits: Limits
    holding_places: Sequence[BaseGeometry] = ()
    staging_sites: gpd.GeoDataFrame | None = None
    staging_window: tuple[datetime, datetime] | None = None
    streets: Streets | None = None
    demands: Demands | None = None
    support_stops: gpd.GeoDataFrame | None = None
    facilities: gpd.GeoDataFrame | None = None

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone of the gate hours."""
        return ZoneInfo(self.timezone)

    def roads(self, profile: str) -> Streets:
        """Return the raw roads: those prepared before, if they are of this extract and profile."""
        given = self.streets
        own = (self.extract, self.epsg, profile)
        # Extracts have no equality: the same one is the same object.
        fits = given is not None and (given.extract, given.epsg, given.law.name) == own
        return given if given is not None and fits else Streets(*own)

    def metric(
        self, lonlat: Sequence[Sequence[float]] | NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return metric float64[n, 2] of lon/lat positions."""
        return to_metric(np.asarray(lonlat, float).reshape(-1, 2), self.epsg)

    def metric_shape(self, shape: BaseGeometry) -> BaseGeometry:
        """Return a lon/lat geometry in metres."""
        return shapely.transform(shape, self.metric)

    @cached_property
    def gates(self) -> Mapping[str, Gate]:
        """Entrances by id."""
        return {row["id"]: self._gate(row) for row in _rows(self.entrances)}

    def _gate(self, row: Mapping[str, Any]) -> Gate:
        point = self.metric([row["geometry"].coords[0][:2]])[0]
        text = {name: str(row[name]) for name in ("facility_id", "kind", "opens", "closes")}
        place = (float(point[0]), float(point[1]))
        return Gate(str(row["id"]), xy=place, limits=gate_limits(row), **text)

    @cached_property
    def shut(self) -> tuple[Closure, ...]:
        """Closures in metres and seconds of 1970."""
        return tuple(
            Closure(
                str(row["id"]),
                row["starts_at"].timestamp(),
                row["ends_at"].timestamp(),
                self.metric_shape(row["geometry"]),
            )
            for row in _rows(self.closures)
        )

    @cached_property
    def site_ground(self) -> Mapping[str, BaseGeometry]:
        """Metric outline of each staging site by id."""
        if self.staging_sites is None:
            return {}
        ids = [str(row["id"]) for row in _rows(self.staging_sites.drop(columns="geometry"))]
        shapes = shapely.transform(self.staging_sites.geometry.to_numpy(), self.metric)
        return dict(zip(ids, shapes, strict=True))

    @cached_property
    def site_rows(self) -> Mapping[str, Mapping[str, Any]]:
        """Rows of the layer of staging sites by id."""
        return _by_id(self.staging_sites)

    @cached_property
    def own_ground(self) -> Mapping[str, BaseGeometry]:
        """Metric outline of each facility by id."""
        rows = () if self.facilities is None else _rows(self.facilities)
        return {str(row["id"]): self.metric_shape(row["geometry"]) for row in rows}

    @cached_property
    def support_rows(self) -> Mapping[str, Mapping[str, Any]]:
        """Rows of the layer of stops by id."""
        return _by_id(self.support_stops)

    @cached_property
    def site_span(self) -> tuple[float, float]:
        """Seconds of 1970 between which a staging site must be clear."""
        if self.staging_window is None:
            return (-np.inf, np.inf)
        since, until = self.staging_window
        return (since.timestamp(), until.timestamp())

    @cached_property
    def crowd_tree(self) -> shapely.STRtree:
        """Index of the crowds' polygons, in the order of ``crowds``."""
        return shapely.STRtree([crowd.polygon for crowd in self.crowds])

    @cached_property
    def crowd_span(self) -> NDArray[np.float64]:
        """float64[k, 2]; start, end of each crowd in seconds of 1970."""
        spans = [(crowd.start.timestamp(), crowd.end.timestamp()) for crowd in self.crowds]
        return np.array(spans, float).reshape(-1, 2)

    @cached_property
    def crowd_presence(self) -> NDArray[np.float64]:
        """float64[k]; presence of each crowd."""
        return np.array([crowd.presence for crowd in self.crowds], float)

    @cached_property
    def holding_shapes(self) -> NDArray[np.object_]:
        """object[k]; every place where one may wait, metric."""
        return np.array([self.metric_shape(place) for place in self.holding_places], object)

    def crowds_on(self, ground: BaseGeometry, since: float, until: float) -> list[Crowd]:
        """Return the crowds of any presence that meet some ground in [since, until)."""
        reached = self.crowd_tree.query(ground, predicate="intersects")
        start, end = self.crowd_span[reached].T
        there = (start < until) & (end > since) & (self.crowd_presence[reached] > 0)
        return [self.crowds[k] for k in reached[there].tolist()]


def _by_id(frame: gpd.GeoDataFrame | None) -> Mapping[str, Mapping[str, Any]]:
    """Return the rows of a layer by id, none of no layer."""
    return {} if frame is None else {str(row["id"]): row for row in _rows(frame)}


def _rows(frame: gpd.GeoDataFrame) -> Iterator[dict[str, Any]]:
    # A layer's id may be its index or a column: both occur and mean the same.
    if "id" not in frame.columns:
        frame = frame.rename_axis("id").reset_index()
    yield from frame.to_dict("records")
