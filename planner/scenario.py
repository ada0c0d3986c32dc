"""The bundled scenario: a fictional city, its facilities, a day of reports."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from planner.initialise import InitReport, Progress, Tell, import_file, initialise
from planner.layers.sqlite import make_file
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

CITY_SHARE = 0.6
"""Share of the time that the city takes; the rest goes to the layers."""


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


def make_workspace(
    path: Path, *, overwrite: bool = False, progress: Tell | None = None
) -> tuple[InitReport, list[str]]:
    """Make the scenario's workspace; return what it holds and what was said on the way.

    The file appears whole or not at all.

    Parameters
    ----------
    progress
        Told before each step; what it raises ends the work, and no file is left.

    Raises
    ------
    StoreError
        The file exists and ``overwrite`` is not set, or cannot be written.
    """

    def of_the_city(told: Progress) -> None:
        if progress is not None:
            progress(Progress(told.step, CITY_SHARE * told.done))

    said: list[str] = []
    # Reading layers leaves a copy of the network beside the file: both stand in a folder of their own.
    with (
        make_file(path, overwrite=overwrite) as draft,
        TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as aside,
    ):
        report = initialise(city(), Path(aside, path.name), progress=of_the_city)
        workspace = Workspace.open(report.path)
        for place, (layer, file) in enumerate(layer_files()):
            if progress is not None:
                done = CITY_SHARE + (1 - CITY_SHARE) * place / len(LAYER_FILES)
                progress(Progress(f"Reading the {layer.replace('_', ' ')}", done))
            said += import_file(workspace, layer, file, role="scenario")
        report.path.replace(draft)
    return replace(report, path=path), said
