"""Options that several commands share, with how a command ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from inspect import Parameter, Signature, signature
from pathlib import Path
from types import MappingProxyType
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
Role = Annotated[
    str, typer.Option("--role", help="Role of who edits (kept with the edit; never a name).")
]
Marking = Annotated[str, typer.Option("--marking", help="TLP 2.0 marking of the briefing.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace the file when it exists.")]


SHARED: Mapping[str, tuple[Any, Any]] = MappingProxyType({
    "vehicles": (
        Annotated[int, typer.Option("--vehicles", help="Vehicles a staging site must hold.")], 10,
    ),
    "profile": (
        Annotated[
            str,
            typer.Option("--profile", help="Who travels: car, van, bus, foot or wheelchair."),
        ],
        "car",
    ),
    "quiet": (
        Annotated[
            bool,
            typer.Option(
                "--quiet/--no-quiet",
                help="Spare streets near schools and hospitals, and short cuts through residential "
                "ones.",
            ),
        ],
        True,
    ),
    "trade": (
        Annotated[
            str,
            typer.Option(
                "--trade",
                help="Minutes against exposure: fastest, balanced or calmest (docs/options.md).",
            ),
        ],
        "balanced",
    ),
    "gate": (
        Annotated[
            str | None,
            typer.Option("--gate", help="Id of the gate to end at (planner show entrances)."),
        ],
        None,
    ),
    "via": (
        Annotated[
            list[str] | None,
            typer.Option(
                "--via", metavar="LON,LAT|ID",
                help="Place to pass on the way in, or id of a staging site or support stop; may be "
                "repeated, in order.",
            ),
        ],
        None,
    ),
    "avoid_street": (
        Annotated[
            list[str] | None,
            typer.Option(
                "--avoid-street", metavar="STREET",
                help="Street not to drive on: NAME, 'NAME from CROSSING to CROSSING', or LON,LAT for "
                "the road nearest (on a bridge: the bridge); may be repeated.",
            ),
        ],
        None,
    ),
    "prefer_street": (
        Annotated[
            list[str] | None,
            typer.Option(
                "--prefer-street", metavar="STREET",
                help="Street to drive on where that costs little, told as for --avoid-street; may be "
                "repeated.",
            ),
        ],
        None,
    ),
    "prefer_access_routes": (
        Annotated[
            bool,
            typer.Option("--prefer-access-routes", help="Prefer the approved access routes."),
        ],
        False,
    ),
    "worlds": (
        Annotated[
            int,
            typer.Option(
                "--worlds",
                help="Simulated variations of the reports, up to 10,000: how often each way stays "
                "clear.",
            ),
        ],
        0,
    ),
    "seed": (
        Annotated[
            int,
            typer.Option(
                "--seed", help="Number the variations are drawn from: the same, the same."
            ),
        ],
        0,
    ),
    "clear_share": (
        Annotated[
            float,
            typer.Option(
                "--clear-share",
                help="Share of the variations in which the robust way must be clear.",
            ),
        ],
        0.9,
    ),
    "support_minutes": (
        Annotated[
            int,
            typer.Option(
                "--support-minutes", help="Minutes within which stops for the crew are told.",
            ),
        ],
        10,
    ),
    "site_weight": (
        Annotated[
            list[str] | None,
            typer.Option(
                "--site-weight", metavar="NAME=N",
                help="Weight of a criterion of staging sites, 0 to 10 (docs/staging.md); may be "
                "repeated.",
            ),
        ],
        None,
    ),
    "site_off": (
        Annotated[
            list[str] | None,
            typer.Option(
                "--site-off", metavar="NAME",
                help="Criterion of staging sites to switch off; may be repeated.",
            ),
        ],
        None,
    ),
    "lock_site": (
        Annotated[
            list[str] | None,
            typer.Option(
                "--lock-site", metavar="ID",
                help="Id of a staging site that must be among the chosen; may be repeated.",
            ),
        ],
        None,
    ),
    "forbid_site": (
        Annotated[
            list[str] | None,
            typer.Option(
                "--forbid-site", metavar="ID",
                help="Id of a staging site that must not be chosen; may be repeated.",
            ),
        ],
        None,
    ),
})  # fmt: skip
"""What of a question several commands ask: the option, and what holds where it is not given."""

WISHES: Mapping[str, str] = MappingProxyType({
    "gate": "gate", "via": "via", "avoid_street": "avoid", "prefer_street": "prefer",
    "prefer_access_routes": "access_routes",
})  # fmt: skip
"""Options of the planner's hand, with the part of ``Wishes`` each is."""

SITES: Mapping[str, str] = MappingProxyType({
    "site_weight": "weights", "site_off": "off", "lock_site": "locked", "forbid_site": "forbidden",
})  # fmt: skip
"""Options on staging sites, with the part of ``SiteWishes`` each is."""

PARTS = (("wishes", WISHES), ("sites", SITES))
"""Fields of a question that several options make up."""

WHO = ("profile", "quiet")
DOUBT = ("worlds", "seed", "clear_share")
SUPPORT = "support_minutes"


def takes(*names: str, **instead: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command shared options, which come to it as one ``asked``: fields of a question.

    Parameters
    ----------
    names
        Of ``SHARED``; on the help page they stand where ``asked`` does, in the order of that table.
    instead
        What holds where an option is not given, if not what the table says.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        options = [
            Parameter(name, Parameter.KEYWORD_ONLY, annotation=kind,
                      default=instead.get(name, default))
            for name, (kind, default) in SHARED.items() if name in names
        ]  # fmt: skip
        own = signature(command, eval_str=True).parameters.values()
        taken = [one for part in own for one in (options if part.name == "asked" else [part])]

        def given(**values: Any) -> None:
            command(asked=_asked({name: values.pop(name) for name in names}), **values)

        given.__name__, given.__doc__ = command.__name__, command.__doc__
        given.__annotations__ = {one.name: one.annotation for one in taken}
        given.__signature__ = Signature(  # type: ignore[attr-defined]  # what typer reads
            [one.replace(kind=Parameter.KEYWORD_ONLY) for one in taken]
        )
        return given

    return decorate


def _asked(values: dict[str, Any]) -> dict[str, Any]:
    """Return options as the fields of a question: those that make up one field as that one."""
    asked = {k: v for k, v in values.items() if not any(k in parts for _, parts in PARTS)}
    for field, parts in PARTS:
        if any(name in parts for name in values):
            asked[field] = {parts[k]: v for k, v in values.items() if k in parts and v}
    return asked


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
