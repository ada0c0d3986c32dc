"""The commands of ``planner``."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner import __version__
from planner.cli.asking import asking
from planner.cli.later import later
from planner.cli.options import Overwrite, Role, WorkspaceFile, run
from planner.cli.zone import zone_app

if TYPE_CHECKING:
    from planner.cli import numbers, steps
else:
    numbers, steps = (later(f"planner.cli.{name}") for name in ("numbers", "steps"))

app = typer.Typer(
    name="planner",
    help="Ways in, gates, staging and timing for a facility while assemblies are reported nearby.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(zone_app, name="zone")


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"planner {__version__}")
        raise typer.Exit


@app.callback()
def about(
    _version_asked: Annotated[
        bool, typer.Option("--version", help="Tell the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Ways in, gates, staging and timing for a facility while assemblies are reported nearby."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(levelname)s: %(message)s"
    )


@app.command()
def demo(
    out: Annotated[
        Path, typer.Option("--out", help="Folder for the workspace and the briefing.")
    ] = Path("out"),
) -> None:
    """Plan the bundled scenario: print the answer, write the workspace and briefing.html."""
    run(lambda: steps.demo(out))


@app.command()
def init(
    workspace: WorkspaceFile,
    city: Annotated[
        Path | None,
        typer.Argument(
            help="OpenStreetMap extract (.osm.pbf, .osm, .osm.gz, .osm.bz2), OSMnx graph (.graphml) or "
            "DIMACS graph (.gr with .co beside it)."
        ),
    ] = None,
    place: Annotated[
        str | None,
        typer.Option(
            "--place", help="Instead of a file: a place to download, such as 'Portland, Oregon'."
        ),
    ] = None,
    bbox: Annotated[
        str | None, typer.Option("--bbox", help="Part to take: west,south,east,north.")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option("--timezone", help="IANA zone; found from the place.")
    ] = None,
    overwrite: Overwrite = False,
) -> None:
    """Make a workspace from a city file or a place: roads, gateways, what the map knows."""
    run(
        lambda: steps.init(
            city, workspace, place=place, bbox=bbox, timezone=timezone, overwrite=overwrite
        )
    )


@app.command()
def update(
    city: Annotated[Path, typer.Argument(help="Newer file of the same place, as for init.")],
    workspace: WorkspaceFile,
    bbox: Annotated[
        str | None,
        typer.Option("--bbox", help="Part to take: west,south,east,north; as before when absent."),
    ] = None,
) -> None:
    """Renew roads and map from a newer file; your layers and edits stay as they are."""
    run(lambda: steps.update(city, workspace, bbox=bbox))


@app.command("import")
def import_(
    layer: Annotated[str, typer.Argument(help="Layer to fill (planner show lists them).")],
    file: Annotated[Path, typer.Argument(help="GeoJSON, GeoPackage, or CSV with lon and lat.")],
    workspace: WorkspaceFile,
    role: Role = "planner",
) -> None:
    """Read a file into a layer; every fault is listed and nothing is half-done."""
    run(lambda: steps.import_layer(layer, file, workspace, role=role))


@app.command()
def export(
    layer: Annotated[str, typer.Argument(help="Layer to write.")],
    file: Annotated[Path, typer.Argument(help="File to make: .geojson, .gpkg or .csv.")],
    workspace: WorkspaceFile,
) -> None:
    """Write a layer to a file of its own."""
    run(lambda: steps.export_layer(layer, file, workspace))


@app.command()
def show(
    workspace: WorkspaceFile,
    layer: Annotated[str | None, typer.Argument(help="Layer to print as GeoJSON.")] = None,
) -> None:
    """Tell what the workspace holds and what was dropped, or print one layer."""
    run(lambda: steps.show(workspace, layer))


@app.command()
def remove(
    layer: Annotated[str, typer.Argument(help="Layer to remove rows from.")],
    ids: Annotated[list[str], typer.Argument(help="Ids of the rows.")],
    workspace: WorkspaceFile,
    role: Role = "planner",
) -> None:
    """Remove rows of a layer; what was known before stays in the history."""
    run(lambda: steps.remove_rows(layer, ids, workspace, role=role))


@app.command()
def parameters(
    workspace: WorkspaceFile,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Number to set, such as clear_below=0.2."),
    ] = None,
    reset: Annotated[
        list[str] | None,
        typer.Option("--reset", metavar="NAME", help="Number that takes its default again."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the numbers as JSON.")] = False,
    role: Role = "planner",
) -> None:
    """Print every number of the risk model, or set some for this workspace; undo takes it back."""
    run(lambda: numbers.parameters(workspace, set_ or [], reset or [], role=role, as_json=json))


@app.command()
def undo(workspace: WorkspaceFile, role: Role = "planner") -> None:
    """Take the last edit back."""
    run(lambda: steps.undo(workspace, role=role))


app.add_typer(asking)


@app.command("app")
def app_(
    workspace: Annotated[
        Path | None,
        typer.Option(
            "-w", "--workspace", help="Workspace file to open.", envvar="PLANNER_WORKSPACE"
        ),
    ] = None,
    port: Annotated[
        int, typer.Option("--port", min=1, max=65535, help="Port on this machine.")
    ] = 8501,
) -> None:
    """Open the app in a browser; the same as: streamlit run app.py."""
    run(lambda: steps.open_app(workspace, port))


if __name__ == "__main__":
    app()
