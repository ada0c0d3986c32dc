"""The commands about zones: reported, seen again, joined, split, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.later import later
from planner.cli.options import Role, WorkspaceFile, run

if TYPE_CHECKING:
    from planner.cli import steps
else:
    steps = later("planner.cli.steps")

zone_app = typer.Typer(help="Report, change and remove zones.", no_args_is_help=True)


@zone_app.command("add")
def zone_add(
    workspace: WorkspaceFile,
    start: Annotated[str, typer.Option("--start", help="When it begins, ISO.")],
    end: Annotated[str, typer.Option("--end", help="When it ends, ISO.")],
    size: Annotated[str, typer.Option("--size", help="People: LOW-HIGH, or one number.")],
    along: Annotated[
        str | None,
        typer.Option(
            "--along", help="Street it stands on; of a short one, such as a bridge, it is enough."
        ),
    ] = None,
    from_: Annotated[
        str | None, typer.Option("--from", help="Crossing at which it begins.")
    ] = None,
    to: Annotated[str | None, typer.Option("--to", help="Crossing at which it ends.")] = None,
    geometry: Annotated[
        str | None, typer.Option("--geometry", help="Instead of streets: WKT in lon lat.")
    ] = None,
    grade: Annotated[
        str, typer.Option("--grade", help="Source A-F and report 1-6, such as C3.")
    ] = "F6",
    kind: Annotated[
        str, typer.Option("--kind", help="What is reported (docs/schema.md).")
    ] = "standing_assembly",
    source: Annotated[str, typer.Option("--source", help="Kind of source, never who.")] = "other",
    influence: Annotated[
        float | None, typer.Option("--influence", help="Reach along streets, metres.")
    ] = None,
    speed: Annotated[float | None, typer.Option("--speed", help="Speed of a march, km/h.")] = None,
    precision: Annotated[
        float | None, typer.Option("--precision", help="Minutes the times may be off.")
    ] = None,
    position_error: Annotated[
        float | None, typer.Option("--position-error", help="Metres the place may be off.")
    ] = None,
    id_: Annotated[str | None, typer.Option("--id", help="Id; a known one is replaced.")] = None,
    role: Role = "planner",
) -> None:
    """Add a zone by the words of a report: a street between two crossings, or a geometry."""
    words = {"along": along, "from": from_, "to": to, "geometry": geometry}
    row = {
        "id": id_, "kind": kind, "source_kind": source, "starts_at": start, "ends_at": end,
        "size": size, "grade": grade, "influence_m": influence, "speed_kmh": speed,
        "time_precision_min": precision, "position_error_m": position_error,
    }  # fmt: skip
    run(lambda: steps.zone_add(workspace, words, row, role=role))


@zone_app.command("seen")
def zone_seen(
    zone: Annotated[str, typer.Argument(help="Id of the zone (planner show zones).")],
    workspace: WorkspaceFile,
    at: Annotated[str | None, typer.Option("--at", help="When, ISO; now when absent.")] = None,
    grade: Annotated[
        str | None, typer.Option("--grade", help="Grade of the sighting, such as B2.")
    ] = None,
    size: Annotated[
        str | None, typer.Option("--size", help="People: LOW-HIGH, or one number.")
    ] = None,
    source: Annotated[
        str | None,
        typer.Option("--source", help="Kind of source; another one becomes a report of its own."),
    ] = None,
    until: Annotated[str | None, typer.Option("--until", help="New end, ISO.")] = None,
    role: Role = "planner",
) -> None:
    """Write down that a zone was seen: its weight no longer ages from before."""
    told = {"grade": grade, "size": size, "source": source, "until": until}
    news = {key: value for key, value in told.items() if value is not None}
    run(lambda: steps.zone_seen(workspace, zone, at, news, role=role))


@zone_app.command("join")
def zone_join(
    zone: Annotated[str, typer.Argument(help="Id of the zone.")],
    others: Annotated[list[str], typer.Argument(help="Ids of rows that report of it too.")],
    workspace: WorkspaceFile,
    role: Role = "planner",
) -> None:
    """Tell that rows report of one zone."""
    run(lambda: steps.zone_join(workspace, zone, others, role=role))


@zone_app.command("split")
def zone_split(
    zones: Annotated[list[str], typer.Argument(help="Ids of rows, each a zone of its own.")],
    workspace: WorkspaceFile,
    role: Role = "planner",
) -> None:
    """Tell that a row is a zone of its own, whatever lies near it."""
    run(lambda: steps.zone_split(workspace, zones, role=role))


@zone_app.command("remove")
def zone_remove(
    ids: Annotated[list[str], typer.Argument(help="Ids of the zones.")],
    workspace: WorkspaceFile,
    role: Role = "planner",
) -> None:
    """Remove zones; what was known before stays in the history."""
    run(lambda: steps.remove_rows("zones", ids, workspace, role=role))
