"""The commands of ``planner``."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner import __version__
from planner.cli.later import later
from planner.cli.options import (
    Arrive,
    ClearShare,
    Facility,
    Marking,
    Overwrite,
    Profile,
    Quiet,
    Role,
    Seed,
    Vehicles,
    WorkspaceFile,
    Worlds,
    run,
)
from planner.cli.zone import zone_app

if TYPE_CHECKING:
    from planner.cli import day as day_step
    from planner.cli import numbers, reach, steps
    from planner.cli import risk as risk_step
else:
    day_step, numbers, reach, risk_step, steps = (
        later(f"planner.cli.{name}") for name in ("day", "numbers", "reach", "risk", "steps")
    )

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


@app.command()
def plan(
    workspace: WorkspaceFile,
    facility: Facility,
    arrive: Arrive,
    vehicles: Vehicles = 10,
    profile: Profile = "car",
    quiet: Quiet = True,
    worlds: Worlds = 0,
    seed: Seed = 0,
    clear_share: ClearShare = 0.9,
    json: Annotated[bool, typer.Option("--json", help="Print the whole plan as JSON.")] = False,
    geojson: Annotated[
        bool, typer.Option("--geojson", help="Print routes and sites as GeoJSON.")
    ] = False,
    choke_points: Annotated[
        bool,
        typer.Option("--choke-points", help="Tell the roads every way in must use; planners only."),
    ] = False,
) -> None:
    """Answer: which gate, which ways in, when to leave, where to stage. Exit 3: no way through."""
    form = "json" if json else "geojson" if geojson else "words"
    asked = {
        "vehicles": vehicles, "profile": profile, "quiet": quiet,
        "worlds": worlds, "seed": seed, "clear_share": clear_share,
    }  # fmt: skip
    run(lambda: steps.plan(workspace, facility, arrive, asked, form=form, choke=choke_points))


@app.command()
def brief(
    workspace: WorkspaceFile,
    facility: Facility,
    arrive: Arrive,
    out: Annotated[Path, typer.Option("--out", help="HTML file to write.")],
    vehicles: Vehicles = 10,
    profile: Profile = "car",
    quiet: Quiet = True,
    worlds: Worlds = 0,
    seed: Seed = 0,
    clear_share: ClearShare = 0.9,
    marking: Marking = "TLP:AMBER+STRICT",
) -> None:
    """Seal the plan into one HTML file that opens without a network."""
    asked = {
        "vehicles": vehicles, "profile": profile, "quiet": quiet,
        "worlds": worlds, "seed": seed, "clear_share": clear_share,
    }  # fmt: skip
    run(lambda: steps.brief(workspace, facility, arrive, asked, out, marking=marking))


@app.command()
def day(
    workspace: WorkspaceFile,
    facility: Facility,
    date: Annotated[str, typer.Option("--date", help="Local day, such as 2026-03-02.")],
    every: Annotated[int, typer.Option("--every", help="Minutes between arrivals.")] = 15,
    profile: Profile = "car",
    quiet: Quiet = True,
    worlds: Annotated[
        int, typer.Option("--worlds", help="Simulated variations of the reports; 50 do, 0: none.")
    ] = 0,
    seed: Seed = 0,
    json: Annotated[bool, typer.Option("--json", help="Print the whole day as JSON.")] = False,
) -> None:
    """Answer for a whole day: best gate by interval, best times to arrive. Exit 3: no way all day."""
    asked = {"profile": profile, "quiet": quiet, "every_min": every, "worlds": worlds,
             "seed": seed}  # fmt: skip
    run(lambda: day_step.day(workspace, facility, date, asked, as_json=json))


@app.command()
def risk(
    workspace: WorkspaceFile,
    at: Annotated[str, typer.Option("--at", help="Moment, ISO; of a route, when it is begun.")],
    until: Annotated[
        str | None, typer.Option("--until", help="From --at to this time, ISO; 48 hours at most.")
    ] = None,
    place: Annotated[str | None, typer.Option("--place", help="A place: lon,lat.")] = None,
    facility: Annotated[
        str | None, typer.Option("--facility", help="A facility, by its id.")
    ] = None,
    route: Annotated[
        str | None, typer.Option("--route", help="GeoJSON file of one line, from start to end.")
    ] = None,
    profile: Profile = "car",
    json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
    geojson: Annotated[
        bool, typer.Option("--geojson", help="Print areas, a feature for each level and time.")
    ] = False,
) -> None:
    """Tell the risk at a place, the exposure along a route, or the areas at risk."""
    form = "geojson" if geojson else "json" if json else "words"
    asked = {"place": place, "facility": facility, "route": route}
    times = {"at": at, "until": until, "profile": profile}
    run(lambda: risk_step.risk(workspace, asked, times, form=form))


@app.command()
def isochrone(
    workspace: WorkspaceFile,
    facility: Facility,
    gate: Annotated[str, typer.Option("--gate", help="Id of the gate (planner show entrances).")],
    at: Annotated[
        str, typer.Option("--at", help="Time at the gate, ISO; as --arrive of planner plan.")
    ],
    profile: Profile = "foot",
    direction: Annotated[
        str,
        typer.Option(
            "--direction", help="out: places reached leaving then; into: whence one is there then."
        ),
    ] = "out",
    minutes: Annotated[str, typer.Option("--minutes", help="Steps, ascending.")] = "5,10,15",
    geojson: Annotated[bool, typer.Option("--geojson", help="Print the areas as GeoJSON.")] = False,
) -> None:
    """Tell what lies within minutes of a gate, zones and closures honoured. Exit 3: nothing, or it is shut."""
    asked = {"facility": facility, "gate": gate, "at": at, "profile": profile}
    run(lambda: reach.isochrone(workspace, asked, direction, minutes, geojson=geojson))


@app.command()
def leave(
    workspace: WorkspaceFile,
    facility: Facility,
    depart: Annotated[
        str, typer.Option("--depart", help="Time of leaving every gateway, ISO; as --arrive.")
    ],
    profile: Profile = "car",
    quiet: Quiet = True,
    json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """Answer: leaving each gateway then, which gate, when there, how clear. Exit 3: no way."""
    asked = {"profile": profile, "quiet": quiet}
    run(lambda: reach.leave(workspace, facility, depart, asked, as_json=json))


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
