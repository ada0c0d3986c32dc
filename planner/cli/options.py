"""Options that several commands share, with how a command ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from planner.errors import PlannerError

BAD_INPUT = 2

WorkspaceFile = Annotated[
    Path,
    typer.Option("-w", "--workspace", help="Workspace file (.gpkg).", envvar="PLANNER_WORKSPACE"),
]
WorkspaceOrNone = Annotated[
    Path | None,
    typer.Option("-w", "--workspace", help="Workspace file (.gpkg).", envvar="PLANNER_WORKSPACE"),
]
Since = Annotated[
    str | None,
    typer.Option(
        "--since", help="Number of an edit, ISO time, or HH:MM of today: as known then, and now."
    ),
]
Facility = Annotated[
    str, typer.Option("--facility", help="Id of the facility (planner show facilities).")
]
Arrive = Annotated[
    str,
    typer.Option(
        "--arrive", help="Time to be at the gate, ISO; without offset in the workspace's zone."
    ),
]
Vehicles = Annotated[int, typer.Option("--vehicles", help="Vehicles a staging site must hold.")]
Role = Annotated[
    str, typer.Option("--role", help="Role of who edits (kept with the edit; never a name).")
]
Profile = Annotated[
    str,
    typer.Option("--profile", help="Who travels: car, van, bus, foot or wheelchair."),
]
Quiet = Annotated[
    bool,
    typer.Option(
        "--quiet/--no-quiet",
        help="Spare streets near schools and hospitals, and short cuts through residential ones.",
    ),
]
Trade = Annotated[
    str,
    typer.Option(
        "--trade",
        help="Minutes against exposure: fastest, balanced or calmest (docs/options.md).",
    ),
]
Worlds = Annotated[
    int,
    typer.Option(
        "--worlds",
        help="Simulated variations of the reports, up to 10,000: how often each way stays clear.",
    ),
]
Seed = Annotated[
    int, typer.Option("--seed", help="Number the variations are drawn from: the same, the same.")
]
ClearShare = Annotated[
    float,
    typer.Option(
        "--clear-share", help="Share of the variations in which the robust way must be clear."
    ),
]
PinnedGate = Annotated[
    str | None, typer.Option("--gate", help="Id of the gate to end at (planner show entrances).")
]
Via = Annotated[
    list[str] | None,
    typer.Option(
        "--via", metavar="LON,LAT|ID",
        help="Place to pass on the way in, or id of a staging site or support stop; may be "
        "repeated, in order.",
    ),
]  # fmt: skip
Avoid = Annotated[
    list[str] | None,
    typer.Option(
        "--avoid-street", metavar="STREET",
        help="Street not to drive on: NAME, 'NAME from CROSSING to CROSSING', or LON,LAT for the "
        "road nearest (on a bridge: the bridge); may be repeated.",
    ),
]  # fmt: skip
Prefer = Annotated[
    list[str] | None,
    typer.Option(
        "--prefer-street", metavar="STREET",
        help="Street to drive on where that costs little, told as for --avoid-street; may be "
        "repeated.",
    ),
]  # fmt: skip
AccessRoutes = Annotated[
    bool, typer.Option("--prefer-access-routes", help="Prefer the approved access routes.")
]
Marking = Annotated[str, typer.Option("--marking", help="TLP 2.0 marking of the briefing.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace the file when it exists.")]


def wishes(
    gate: str | None,
    via: list[str] | None,
    avoid: list[str] | None,
    prefer: list[str] | None,
    *,
    access_routes: bool,
) -> dict[str, Any]:
    """Return what is asked of the ways in, as a question takes it."""
    return {
        "gate": gate, "via": tuple(via or ()), "avoid": tuple(avoid or ()),
        "prefer": tuple(prefer or ()), "access_routes": access_routes,
    }  # fmt: skip


def run(step: Callable[[], int | None]) -> None:
    """Run a step; what it was given and cannot use exits 2 with the message."""
    with _told():
        code = step()
        if code:
            raise typer.Exit(code)


@contextmanager
def _told() -> Iterator[Any]:
    try:
        yield
    except PlannerError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(BAD_INPUT) from error
    except BrokenPipeError:
        raise  # whoever read the output, as `head` does, has read enough: typer ends in silence
    except OSError as error:
        typer.echo(f"error: {error.strerror or error}: {error.filename or ''}", err=True)
        raise typer.Exit(BAD_INPUT) from error
