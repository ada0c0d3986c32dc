"""The bundled scenario: a fictional city, its facilities, a day of reports."""

from __future__ import annotations

from pathlib import Path

from planner.initialise import InitReport, import_file, initialise
from planner.layers.workspace import Workspace

FACILITY = "courthouse"
ARRIVE = "2027-03-02T07:30"

LAYER_FILES = (
    ("facilities", "facilities.geojson"),
    ("entrances", "entrances.geojson"),
    ("zones", "zones.geojson"),
    ("closures", "closures.geojson"),
    ("access_routes", "access_routes.geojson"),
    ("staging_sites", "staging_sites.csv"),
)
"""Layer by file, in an order in which references hold."""


def folder() -> Path:
    """Return the folder of the scenario: in a checkout ``data/``, installed with the package."""
    package = Path(__file__).resolve().parent
    installed = package / "bundled"
    return installed if installed.is_dir() else package.parent / "data"


def city() -> Path:
    """Return the city file."""
    return folder() / "aldermere.osm.pbf"


def layer_files() -> list[tuple[str, Path]]:
    """Return each layer with its file, in an order in which references hold."""
    return [(layer, folder() / name) for layer, name in LAYER_FILES]


def make_workspace(path: Path, *, overwrite: bool = False) -> tuple[InitReport, list[str]]:
    """Make the scenario's workspace; return what it holds and what was said on the way.

    Raises
    ------
    StoreError
        The file exists and ``overwrite`` is not set, or cannot be written.
    """
    report = initialise(city(), path, overwrite=overwrite)
    workspace = Workspace.open(path)
    said: list[str] = []
    for layer, file in layer_files():
        said += import_file(workspace, layer, file, role="scenario")
    return report, said
