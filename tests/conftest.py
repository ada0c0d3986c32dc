"""Fixtures that every room's tests share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real cities, or skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("../shared/data is absent: no real city to test on")
    return SHARED


@pytest.fixture(scope="session")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the workspace of the bundled scenario; copy it before you change it."""
    from planner.scenario import make_workspace

    path = tmp_path_factory.mktemp("bundled") / "demo.gpkg"
    make_workspace(path)
    return path


@pytest.fixture
def walkable(bundled: Path, tmp_path: Path) -> Path:
    """A copy of the bundled city with three stops of public transport around its site."""
    from geopandas import GeoDataFrame, points_from_xy

    from planner.layers.workspace import Workspace
    from planner.scenario import FACILITY

    copy = Path(shutil.copy(bundled, tmp_path / "walkable.gpkg"))
    workspace = Workspace.open(copy)
    sites = workspace.layer("facilities")
    site = sites[sites["id"] == FACILITY].geometry.iloc[0].representative_point()
    stops = GeoDataFrame(
        {"osm_id": ["n1", "n2", "n3"], "name": ["Quay", "Market", "Mill"],
         "kind": ["train", "bus", "bus"]},
        geometry=points_from_xy(
            [site.x + 0.004, site.x - 0.005, site.x], [site.y, site.y + 0.002, site.y - 0.004]
        ), crs=4326,
    )  # fmt: skip
    workspace.put_static("transit_stops", stops)
    return copy
