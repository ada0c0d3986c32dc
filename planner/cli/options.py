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
Marking = Annotated[str, typer.Option("--marking", help="TLP 2.0 marking of the briefing.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace the file when it exists.")]


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
