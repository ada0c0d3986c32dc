"""What each command does; every function returns its exit code, None for 0."""

from __future__ import annotations

import json
import math
import os
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from planner.cli import text
from planner.errors import InputError, StoreError
from planner.layers.workspace import Workspace
from planner.plan import staff

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.initialise import Progress
    from planner.network.extent import Bounds
    from planner.plan import Plan
    from planner.plan.own.line import Drawing

ASKED = (
    "note: the map was asked for part by part from public servers, which may be busy or lag behind; "
    "a .osm.pbf file of the area is surer, and can be read again offline"
)
INFEASIBLE, OUR_FAULT = 3, 1
DEMO_WORLDS = 500

APP_OPTIONS = {
    "server.address": "127.0.0.1",
    "server.headless": "true",
    "server.fileWatcherType": "none",
    "server.maxUploadSize": "200",
    "browser.gatherUsageStats": "false",
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "theme.light.primaryColor": "#0b5cad",
    "theme.dark.primaryColor": "#6fb1f2",
}
"""As in ``.streamlit/config.toml``, which is read only from the folder of a checkout."""


def init(
    city: Path | None, target: Path, *, place: str | None, bbox: str | None,
    timezone: str | None, overwrite: bool,
) -> None:  # fmt: skip
    """Make a workspace of a file, or of a place by its name, and tell what it holds."""
    from planner.initialise import initialise
    from planner.network.city import checked_box

    if (city is None) == (place is None):
        raise InputError("give a city file or --place, one of the two")
    box = checked_box(_box(bbox))
    with tempfile.TemporaryDirectory() as folder:
        source = city or _downloaded(str(place), Path(folder), target, box=box, overwrite=overwrite)
        report = initialise(
            source, target, bbox=box, timezone=timezone, overwrite=overwrite, name=place,
            progress=_say_step if sys.stderr.isatty() else None,
        )  # fmt: skip
    typer.echo(text.init_report(report), err=True)
    if place is not None:
        typer.echo(ASKED, err=True)
    typer.echo(json.dumps(dict(report.counts), ensure_ascii=False, indent=1))


def _downloaded(
    place: str, folder: Path, target: Path, *, box: Bounds | None, overwrite: bool
) -> Path:
    from planner.network.place import fetch_place

    if target.exists() and not overwrite:
        raise StoreError(f"{target} exists; choose another name, or say --overwrite.")
    return fetch_place(place, folder, within=box, tell=lambda said: typer.echo(said, err=True))


def update(city: Path, target: Path, *, bbox: str | None) -> None:
    """Renew what a workspace has of the map and tell what became of its rows."""
    from planner.renew import update as renew

    report = renew(
        city, target, bbox=_box(bbox), progress=_say_step if sys.stderr.isatty() else None
    )
    typer.echo(text.update_report(report), err=True)
    typer.echo(json.dumps(dict(report.layers), ensure_ascii=False, indent=1))


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
    from planner.cli.numbers import set_here
    from planner.initialise import credit_of, dropped
    from planner.layers.crs import to_metric
    from planner.network.store import corrected, load_network
    from planner.risk.status import statuses
    from planner.tuning import parameters_of

    told = dropped(workspace), credit_of(workspace)
    typer.echo(text.holdings(workspace, load_network(workspace), *told))
    for line in set_here(workspace):
        typer.echo(line)
    now = datetime.now(workspace.timezone).replace(microsecond=0)
    epsg = workspace.settings.epsg
    found = statuses(
        to_metric(workspace.layer("zones"), epsg), now, epsg=epsg,
        parameters=parameters_of(workspace),
    )  # fmt: skip
    for line in text.zones_now(found, now):
        typer.echo(line)
    rows = workspace.layer("corrections")
    if len(rows):
        typer.echo("\n".join(text.corrections(rows, corrected(workspace, rows))))


def zone_add(target: Path, words: dict[str, str | None], row: dict[str, Any], *, role: str) -> None:
    """Add one zone whose place is told in words or as WKT."""
    from planner import reports

    workspace = Workspace.open(target)
    shape = _place(workspace, words)
    row |= reports.amounts(str(row.pop("size")), str(row.pop("grade")))
    known = {k: v for k, v in row.items() if v is not None}
    for name, value in known.items():
        if isinstance(value, float) and not math.isfinite(value):
            raise InputError(f"{name} {value}: give a number, or leave the option out")
    key = reports.add_row(workspace, "zones", known, shape, role=role)
    typer.echo(f"zone {key} added", err=True)
    _print_zones(workspace, [key])


def zone_seen(target: Path, key: str, at: str | None, news: dict[str, str], *, role: str) -> None:
    """Write down that a zone was seen."""
    from planner.sightings import seen_again

    workspace = Workspace.open(target)
    row = seen_again(workspace, key, at, news=news, role=role)
    typer.echo(f"zone {key} seen" + (f", told by {row}" if row != key else ""), err=True)
    _print_zones(workspace, [row])


def zone_join(target: Path, key: str, others: list[str], *, role: str) -> None:
    """Make rows reports of one zone."""
    from planner.sightings import join

    workspace = Workspace.open(target)
    moved = join(workspace, key, others, role=role)
    typer.echo(f"{', '.join(moved)} joined to {key}", err=True)
    _print_zones(workspace, moved)


def zone_split(target: Path, keys: list[str], *, role: str) -> None:
    """Make rows zones of their own."""
    from planner.sightings import split

    workspace = Workspace.open(target)
    changed = split(workspace, keys, role=role)
    typer.echo(f"{', '.join(changed)} changed", err=True)
    _print_zones(workspace, changed)


def _print_zones(workspace: Workspace, keys: Sequence[str]) -> None:
    frame = workspace.layer("zones")
    typer.echo(frame[frame["id"].isin(keys)].to_json(default=str))


def remove_rows(layer: str, ids: list[str], target: Path, *, role: str) -> None:
    """Remove rows of a layer."""
    count = Workspace.open(target).remove(layer, ids, role=role)
    typer.echo(f"{count} rows of {layer} removed", err=True)


def undo(target: Path, *, role: str) -> None:
    """Take the last edit back."""
    count = Workspace.open(target).undo(role=role)
    typer.echo(f"{count} rows changed back" if count else "nothing to undo", err=True)


def plan(
    target: Path,
    facility: str,
    arrive: str,
    asked: dict[str, Any],
    *,
    form: str,
    choke: bool = False,
    tries: Sequence[str] = (),
) -> int:
    """Print the plan."""
    made = _plan(Workspace.open(target), facility, arrive, asked, beside_too=form == "json")
    made = _with_tried(made, tries)
    if choke:
        from planner.plan.pace.choke import with_choke_points

        made = with_choke_points(made)
    if form == "json":
        typer.echo(json.dumps(made.document, ensure_ascii=False, indent=1))
    elif form == "geojson":
        typer.echo(json.dumps(text.features(made.document), ensure_ascii=False))
    elif form == "messages":
        typer.echo(staff.text_of(made.document))
    else:
        typer.echo(text.plan_words(made.document))
    return _code(made)


def brief(
    target: Path, facility: str, arrive: str, asked: dict[str, Any], out: Path, *, marking: str,
    beside: dict[str, str | None], tries: Sequence[str] = (),
) -> int:  # fmt: skip
    """Write the sealed briefing.

    Parameters
    ----------
    beside
        ``since``: an earlier plan to tell what changed since; ``route``: a way of one's own;
        ``stage``: the file of a choice of sites for several facilities, to be asked again.
    tries
        Places to try for waiting.
    """
    from planner.briefing.page import write_briefing
    from planner.plan.day.sheet import with_day
    from planner.plan.diff.since import changed, earlier_of

    workspace = Workspace.open(target)
    since, route, stage = (beside[name] for name in ("since", "route", "stage"))
    drawing = None if route is None else _drawing(workspace, route)
    made = with_day(_plan(workspace, facility, arrive, asked, beside_too=True))
    made = _with_tried(made if drawing is None else _with_own(made, drawing), tries)
    if stage is not None:
        from planner.cli.stage import with_stage

        made = with_stage(made, Path(stage))
    before = earlier_of(workspace, made.question, since) if since else None
    news = changed(before, made.document) if before else None
    write_briefing(made, background(workspace), out, marking=marking, changed=news)
    typer.echo("\n".join(text.first_lines(made.document)))
    typer.echo(f"briefing written to {out} ({out.stat().st_size / 1e6:.1f} MB)", err=True)
    return _code(made)


def _with_tried(made: Plan, tries: Sequence[str]) -> Plan:
    if not tries:
        return made
    from planner.plan.sites.tried import with_tried

    return with_tried(made, tries)


def _drawing(workspace: Workspace, route: str) -> Drawing:
    from planner.plan.own.line import read_drawing

    return read_drawing(workspace, route)


def _with_own(made: Plan, drawing: Drawing) -> Plan:
    from planner.plan.own.evaluate import evaluate, with_own

    found = evaluate(made.prepared.workspace, made.question, drawing, plan=made)
    typer.echo(f"your own way: {found.document['stamp']['text']}", err=True)
    return with_own(made, found)


def demo(out: Path) -> int:
    """Plan the bundled scenario from its files."""
    from planner.scenario import ARRIVE, FACILITY, make_workspace

    out.mkdir(parents=True, exist_ok=True)
    target = out / "demo.gpkg"
    report, said = make_workspace(target, overwrite=True)
    typer.echo("\n".join([text.init_report(report), *said]), err=True)
    workspace = Workspace.open(target)
    made = _plan(workspace, FACILITY, ARRIVE, {"worlds": DEMO_WORLDS}, beside_too=True)
    from planner.briefing.page import write_briefing
    from planner.plan.day.sheet import with_day

    page = out / "briefing.html"
    write_briefing(with_day(made), background(workspace), page, marking="TLP:AMBER+STRICT")
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


def _say_step(progress: Progress) -> None:
    typer.echo(f"{progress.done:4.0%}  {progress.step} ...", err=True)


def _plan(
    workspace: Workspace, facility: str, arrive: str, asked: dict[str, Any], *, beside_too: bool
) -> Plan:
    from planner.cli.counting import counting
    from planner.plan import make_plan, with_doubt
    from planner.plan.question import ask, asked_again
    from planner.tuning import parameters_of

    asked = {**asked, "parameters": parameters_of(workspace)}
    question = ask(facility, arrive, workspace.timezone, **asked)
    made = make_plan(workspace, asked_again(question, worlds=0), beside_too=beside_too)
    if not question.worlds:
        return made
    with counting(question.worlds) as tell:
        made = with_doubt(made, worlds=question.worlds, progress=tell)
    found = made.document["ensemble"]
    if found["stopped"]:
        typer.echo(f"stopped after {found['worlds']} of {found['of']} variations", err=True)
    return made


def _code(made: Plan) -> int:
    if not made.document["verification"]["passed"]:
        for failure in made.document["verification"]["failures"][:10]:
            typer.echo(f"check failed: {failure}", err=True)
        return OUR_FAULT
    return 0 if made.document["feasible"] else INFEASIBLE


def _place(workspace: Workspace, words: dict[str, str | None]) -> Any:
    from planner import reports

    named = ("along", "from", "to")
    if words["geometry"]:
        if any(words[k] for k in named):
            raise InputError("give --geometry or --along, --from and --to, not both")
        return reports.shape_in_words(words["geometry"])
    along, begin, end = (words[k] or "" for k in named)
    if not along or bool(begin) != bool(end):
        missing = ", ".join(f"--{k}" for k in named if not words[k])
        raise InputError(f"say where: give {missing}, or --geometry with WKT in lon lat")
    return reports.stretch_in_words(workspace, along, begin, end)


def _box(bbox: str | None) -> tuple[float, float, float, float] | None:
    if bbox is None:
        return None
    try:
        west, south, east, north = (float(part) for part in bbox.split(","))
    except ValueError as error:
        raise InputError(f"--bbox {bbox!r}: give west,south,east,north in degrees") from error
    return west, south, east, north
