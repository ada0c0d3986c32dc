"""A square of four streets, a facility with two gates, and one zone.

45.52 +-----------+   bounds of the workspace: -122.70, 45.50, -122.66, 45.52
      |  gate-n   |
      | [  hq   ] |
      |  gate-s   |
45.50 +-----------+
    -122.70    -122.66
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
from shapely.geometry import LineString, Point, box

from planner.layers.workspace import Settings, Workspace

if TYPE_CHECKING:
    from pathlib import Path

BOUNDS = (-122.70, 45.50, -122.66, 45.52)
ZONE = "America/Los_Angeles"


def frame(geometry: list[Any], crs: Any = 4326, **columns: list[Any]) -> gpd.GeoDataFrame:
    """Return a frame of these columns."""
    return gpd.GeoDataFrame(columns, geometry=geometry, crs=crs)


def facilities() -> gpd.GeoDataFrame:
    """Return one facility."""
    return frame([box(-122.682, 45.509, -122.678, 45.511)], id=["hq"], name=["Service Centre"])


def entrances() -> gpd.GeoDataFrame:
    """Return its two gates."""
    return frame(
        [Point(-122.68, 45.511), Point(-122.68, 45.509)],
        id=["gate-n", "gate-s"],
        name=["North gate", "South gate"],
        facility_id=["hq", "hq"],
        opens=["00:00", "06:00"],
        closes=["24:00", "20:00"],
    )


def zones(**changes: Any) -> gpd.GeoDataFrame:
    """Return one march with only what a zone needs, and the changes to its cells."""
    line = LineString([(-122.69, 45.505), (-122.68, 45.506)])
    row: dict[str, Any] = {
        "kind": "march",
        "starts_at": "2026-03-02T07:00",
        "ends_at": "2026-03-02T10:00",
        "size_low": 200,
        "size_high": 800,
        "geometry": line,
    } | changes
    shape = row.pop("geometry")
    return frame([shape], **{name: [value] for name, value in row.items()})


@pytest.fixture
def settings() -> Settings:
    """Settings of the square."""
    return Settings(name="Square", timezone=ZONE, epsg=32610, bounds=BOUNDS)


@pytest.fixture
def workspace(tmp_path: Path, settings: Settings) -> Workspace:
    """An empty workspace of the square."""
    return Workspace.create(tmp_path / "square.gpkg", settings)


@pytest.fixture
def filled(workspace: Workspace) -> Workspace:
    """A workspace with a facility, two gates and one zone: three edits."""
    workspace.append("facilities", facilities())
    workspace.append("entrances", entrances())
    workspace.append("zones", zones())
    return workspace
