"""What each command does; every function returns its exit code, None for 0."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from planner.cli import text
from planner.errors import InputError, StoreError
from planner.layers.workspace import Workspace

if TYPE_CHECKING:
    from planner.plan import Plan

INFEASIBLE, OUR_FAULT = 3, 1

TRIES = 8
"""Times a free id is looked for while others add zones too."""

APP_OPTIONS = {
    "server.address": "127.0.0.1",
    "server.headless": "true",
    "server.fileWatcherType": "none",
    "server.maxUploadSize": "50",
    "browser.gatherUsageStats": "false",
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "theme.base": "light",
    "theme.primaryColor": "#0b5cad",
}
"""As in ``.streamlit/config.toml``, which is read only from the folder of a checkout."""


def init(
    city: Path, target: Path, *, bbox: str | None, timezone: str | None, overwrite: bool
) -> None:
    """Make a workspace and tell what it holds."""
    from planner.initialise import initialise

    report = initialise(city, target, bbox=_box(bbox), timezone=timezone, overwrite=overwrite)
    typer.echo(text.init_report(report), err=True)
    typer.echo(json.dumps(dict(report.counts), ensure_ascii=False, indent=1))


def import_layer(layer: str, file: Path, target: Path, *, role: str) -> None:
    """Read a file into a layer, all or nothing."""
    from planner.initialise import import_file

    said = import_file(Workspace.open(target), layer, file, role=role)
    typer.echo("\n".join(said), err=True)


def export_layer(layer: str, file: Path, target: Path) -> None:
    """Write a layer to a file of its own."""
    from planner.layers.files import write_layer

    frame = Workspace.open(target).layer(layer)
    write_layer(frame, file)
    typer.echo(f"{len(frame)} rows of {layer} to {file}", err=True)


def show(target: Path, layer: str | None) -> None:
    """Print what a workspace holds, or one layer as GeoJSON."""
    workspace = Workspace.open(target)
    if layer is not None:
        typer.echo(workspace.layer(layer).to_json(default=str, ensure_ascii=False))
        return
    from planner.network.store import load_network

    typer.echo(text.holdings(workspace, load_network(workspace)))


def zone_add(target: Path, words: dict[str, str | None], row: dict[str, Any], *, role: str) -> None:
    """Add one zone whose place is told in words or as WKT."""
    workspace = Workspace.open(target)
    shape = _place(workspace, words)
    low, _, high = str(row.pop("size")).partition("-")
    grade = str(row.pop("grade")).strip().upper()
    row |= {
        "size_low": low.strip(), "size_high": (high or low).strip(),
        "source_grade": grade[:1], "info_grade": grade[1:],
    }  # fmt: skip
    known = {k: v for k, v in row.items() if v is not None}
    key = _append_zone(workspace, known, shape, role)
    typer.echo(f"zone {key} added", err=True)
    added = workspace.layer("zones")
    typer.echo(added[added["id"] == key].to_json(default=str))


def _append_zone(workspace: Workspace, row: dict[str, Any], shape: Any, role: str) -> str:
    """Add a zone; return its id, given or the next free one."""
    import geopandas as gpd

    refused = None
    for _ in range(TRIES):
        # An id that somebody else took in between is refused, so the next one is tried.
        seen = None if "id" in row else workspace.version
        key = row.get("id") or _free_id(workspace.known_ids("zones")["zones"])
        cells = {name: [value] for name, value in (row | {"id": key}).items()}
        frame = gpd.GeoDataFrame(cells, geometry=[shape], crs=4326)
        try:
            workspace.append("zones", frame, role=role, based_on=seen)
        except StoreError as error:
            if seen is None:
                raise
            refused = error
        else:
            return str(key)
    raise StoreError(f"the zone was not added: {refused}") from refused


def remove_rows(layer: str, ids: list[str], target: Path, *, role: str) -> None:
    """Remove rows of a layer."""
    count = Workspace.open(target).remove(layer, ids, role=role)
    typer.echo(f"{count} rows of {layer} removed", err=True)


def undo(target: Path, *, role: str) -> None:
    """Take the last edit back."""
    count = Workspace.open(target).undo(role=role)
    typer.echo(f"{count} rows changed back" if count else "nothing to undo", err=True)


def plan(target: Path, facility: str, arrive: str, *, vehicles: int, form: str) -> int:
    """Print the plan."""
    made = _plan(Workspace.open(target), facility, arrive, vehicles)
    if form == "json":
        typer.echo(json.dumps(made.document, ensure_ascii=False, indent=1))
    elif form == "geojson":
        typer.echo(json.dumps(text.features(made.document), ensure_ascii=False))
    else:
        typer.echo(text.plan_words(made.document))
    return _code(made)


def brief(
    target: Path, facility: str, arrive: str, out: Path, *, vehicles: int, marking: str
) -> int:
    """Write the sealed briefing."""
    from planner.briefing.page import write_briefing

    workspace = Workspace.open(target)
    made = _plan(workspace, facility, arrive, vehicles)
    write_briefing(made, background(workspace), out, marking=marking)
    typer.echo(made.document["headline"])
    typer.echo(f"briefing written to {out} ({out.stat().st_size / 1e6:.1f} MB)", err=True)
    return _code(made)


def demo(out: Path) -> int:
    """Plan the bundled scenario from its files."""
    from planner.scenario import ARRIVE, FACILITY, make_workspace

    out.mkdir(parents=True, exist_ok=True)
    target = out / "demo.gpkg"
    report, said = make_workspace(target, overwrite=True)
    typer.echo("\n".join([text.init_report(report), *said]), err=True)
    workspace = Workspace.open(target)
    made = _plan(workspace, FACILITY, ARRIVE, 10)
    from planner.briefing.page import write_briefing

    page = out / "briefing.html"
    write_briefing(made, background(workspace), page, marking="TLP:AMBER+STRICT")
    typer.echo(text.plan_words(made.document))
    typer.echo(
        f"\nworkspace: {target}\nbriefing:  {page} (opens in any browser, no network needed)\n"
        f"app:       planner app -w {target}",
        err=True,
    )
    return _code(made)


def open_app(target: Path | None, port: int) -> None:
    """Start the app on this machine."""
    page = Path(__file__).resolve().parents[1] / "ui" / "main.py"
    environment = dict(os.environ)
    if target is not None:
        Workspace.open(target)
        environment["PLANNER_WORKSPACE"] = str(target.resolve())
    options = {**APP_OPTIONS, "server.port": str(port)}
    command = [sys.executable, "-m", "streamlit", "run", str(page)]
    command += [part for name, value in options.items() for part in (f"--{name}", value)]
    # The server takes this process's place, so that it ends when it is told to.
    os.execve(sys.executable, command, environment)  # noqa: S606 - our own program


def background(workspace: Workspace) -> dict[str, Any]:
    """Return the frames drawn beneath a plan, EPSG:4326."""
    return {name: workspace.static(name) for name in workspace.statics()}


def _plan(workspace: Workspace, facility: str, arrive: str, vehicles: int) -> Plan:
    from planner.plan import make_plan
    from planner.plan.question import ask

    return make_plan(workspace, ask(facility, arrive, workspace.timezone, vehicles=vehicles))


def _code(made: Plan) -> int:
    if not made.document["verification"]["passed"]:
        for failure in made.document["verification"]["failures"][:10]:
            typer.echo(f"check failed: {failure}", err=True)
        return OUR_FAULT
    return 0 if made.document["feasible"] else INFEASIBLE


def _place(workspace: Workspace, words: dict[str, str | None]) -> Any:
    if words["geometry"]:
        import shapely

        if any(words[k] for k in ("along", "from", "to")):
            raise InputError("give --geometry or --along, --from and --to, not both")

        try:
            return shapely.from_wkt(words["geometry"])
        except shapely.GEOSException as error:
            raise InputError(f"--geometry is not WKT: {error}") from error
    street, begin, end = words["along"], words["from"], words["to"]
    missing = [f"--{k}" for k in ("along", "from", "to") if not words[k]]
    if not (street and begin and end):
        raise InputError(f"say where: give {', '.join(missing)}, or --geometry with WKT in lon lat")
    import shapely

    from planner.layers.crs import to_lonlat
    from planner.network.store import load_network
    from planner.network.streets import StreetIndex

    network = load_network(workspace)
    line = StreetIndex(network).stretch(street, begin, end)
    return shapely.transform(line, lambda xy: to_lonlat(xy, network.epsg))


def _free_id(used: frozenset[str]) -> str:
    number = 1
    while f"zone-{number:03d}" in used:
        number += 1
    return f"zone-{number:03d}"


def _box(bbox: str | None) -> tuple[float, float, float, float] | None:
    if bbox is None:
        return None
    try:
        west, south, east, north = (float(part) for part in bbox.split(","))
    except ValueError as error:
        raise InputError(f"--bbox {bbox!r}: give west,south,east,north in degrees") from error
    return west, south, east, north
