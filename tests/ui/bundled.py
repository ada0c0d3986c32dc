"""The bundled city as a workspace."""

from __future__ import annotations

from pathlib import Path

from planner.initialise import initialise
from planner.layers.files import read_layer
from planner.layers.workspace import Workspace

DATA = Path(__file__).resolve().parents[2] / "data"
LAYERS = (
    "facilities.geojson", "entrances.geojson", "access_routes.geojson", "staging_sites.csv",
    "zones.geojson", "closures.geojson",
)  # fmt: skip


def bundled_workspace(folder: Path) -> Path:
    """Make the workspace in a folder; return its path."""
    path = folder / "aldermere.gpkg"
    initialise(DATA / "aldermere.osm.pbf", path)
    workspace = Workspace.open(path)
    for name in LAYERS:
        file = DATA / name
        checked = read_layer(file, file.stem, timezone=workspace.timezone)
        workspace.append(file.stem, checked.frame)
    return path
