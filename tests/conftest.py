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
def stopless(bundled: Path, tmp_path: Path) -> Path:
    """Return a copy of the bundled city without public transport."""
    from planner.layers.workspace import Workspace

    copy = Path(shutil.copy(bundled, tmp_path / "stopless.gpkg"))
    workspace = Workspace.open(copy)
    workspace.put_static("transit_stops", workspace.static("transit_stops").iloc[:0])
    return copy
