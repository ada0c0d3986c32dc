"""The commands that ask something of a workspace: plans, days, risk, reach."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.later import later
from planner.cli.options import (
    DOUBT,
    SITES,
    SUPPORT,
    WHO,
    WISHES,
    Arrive,
    Facility,
    Marking,
    Since,
    WorkspaceFile,
    WorkspaceOrNone,
    run,
    takes,
)

if TYPE_CHECKING:
    from planner.cli import day as day_step
    from planner.cli import diff as diff_step
    from planner.cli import evaluate as evaluate_step
    from planner.cli import reach, steps
    from planner.cli import risk as risk_step
    from planner.cli import stage as stage_step
else:
    day_step, diff_step, evaluate_step, reach, risk_step, stage_step, steps = (
        later(f"planner.cli.{name}")
        for name in ("day", "diff", "evaluate", "reach", "risk", "stage", "steps")
    )

Try = Annotated[
    list[str] | None,
    typer.Option(
        "--try",
        metavar="[ID=]LON,LAT",
        help="Place to try for waiting: its score and parts; with ID=, that site as if it stood "
        "there. May be repeated.",
    ),
]

asking = typer.Typer(rich_markup_mode=None)


@asking.command()
@takes("vehicles", *WHO, "trade", *WISHES, *DOUBT, *SITES, SUPPORT)
def plan(
    workspace: WorkspaceFile,
    facility: Facility,
    arrive: Arrive,
    asked: dict[str, Any],
    json: Annotated[bool, typer.Option("--json", help="Print the whole plan as JSON.")] = False,
    geojson: Annotated[
        bool, typer.Option("--geojson", help="Print routes and sites as GeoJSON.")
    ] = False,
    messages: Annotated[
        bool,
        typer.Option("--messages", help="Print what to tell staff, by gateway: no reasons."),
    ] = False,
    choke_points: Annotated[
        bool,
        typer.Option("--choke-points", help="Tell the roads every way in must use; planners only."),
    ] = False,
    tries: Try = None,
) -> None:
    """Answer: which gate, which ways in, when to leave, where to stage. Exit 3: no way through."""
    form = "json" if json else "geojson" if geojson else "messages" if messages else "words"
    run(
        lambda: steps.plan(
            workspace, facility, arrive, asked, form=form, choke=choke_points, tries=tries or ()
        )
    )


@asking.command()
@takes("vehicles", *WHO, "trade", *WISHES, *DOUBT, *SITES, SUPPORT)
def brief(
    workspace: WorkspaceFile,
    facility: Facility,
    arrive: Arrive,
    out: Annotated[Path, typer.Option("--out", help="HTML file to write.")],
    asked: dict[str, Any],
    marking: Marking = "TLP:AMBER+STRICT",
    since: Annotated[
        str | None,
        typer.Option(
            "--since", help="Tell what changed since an edit, a time, or a plan's JSON file."
        ),
    ] = None,
    route: Annotated[
        str | None,
        typer.Option(
            "--route", help="Your own way, as for planner evaluate: judged, marked as yours."
        ),
    ] = None,
    stage: Annotated[
        str | None,
        typer.Option(
            "--stage",
            metavar="FILE",
            help="Sites for several facilities: a file of planner stage --json, asked again.",
        ),
    ] = None,
    tries: Try = None,
) -> None:
    """Seal the plan into one HTML file that opens without a network."""
    run(
        lambda: steps.brief(
            workspace,
            facility,
            arrive,
            asked,
            out,
            marking=marking,
            beside={"since": since, "route": route, "stage": stage},
            tries=tries or (),
        )
    )


@asking.command()
@takes("vehicles", *WHO, "trade", *WISHES)
def diff(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="BEFORE AFTER", help="Two plans that planner plan --json wrote."),
    ] = None,
    workspace: WorkspaceOrNone = None,
    facility: Annotated[
        str | None, typer.Option("--facility", help="Instead of files: id of the facility.")
    ] = None,
    arrive: Annotated[
        str | None, typer.Option("--arrive", help="Time to be at the gate, ISO.")
    ] = None,
    since: Since = None,
    *,
    asked: dict[str, Any],
    json: Annotated[bool, typer.Option("--json", help="Print every difference as JSON.")] = False,
    geojson: Annotated[
        bool, typer.Option("--geojson", help="Print the ways of both, places that changed.")
    ] = False,
) -> None:
    """Tell what changed from one plan to another, worst first. Exit 3: no way through after."""
    form = "json" if json else "geojson" if geojson else "words"
    history = {"workspace": workspace, "facility": facility, "arrive": arrive, "since": since}
    run(lambda: diff_step.diff_either(files or [], history, asked, form=form))


@asking.command()
@takes(*WHO, "trade", *WISHES, "seed")
def day(
    workspace: WorkspaceFile,
    facility: Facility,
    date: Annotated[str, typer.Option("--date", help="Local day, such as 2026-03-02.")],
    asked: dict[str, Any],
    every: Annotated[int, typer.Option("--every", help="Minutes between arrivals.")] = 15,
    vehicles: Annotated[
        int | None,
        typer.Option("--vehicles", help="A change of shift: so many come, then as many leave."),
    ] = None,
    worlds: Annotated[
        int, typer.Option("--worlds", help="Simulated variations of the reports; 50 do, 0: none.")
    ] = 0,
    json: Annotated[bool, typer.Option("--json", help="Print the whole day as JSON.")] = False,
) -> None:
    """Answer for a whole day: gates and best times to arrive, to leave, for a shift. Exit 3: no way all day."""
    asked |= {"every_min": every, "vehicles": vehicles, "worlds": worlds}
    run(lambda: day_step.day(workspace, facility, date, asked, as_json=json))


@asking.command()
@takes(*WHO)
def evaluate(
    workspace: WorkspaceFile,
    facility: Facility,
    arrive: Arrive,
    route: Annotated[
        str,
        typer.Option(
            "--route",
            help="Your way in driving order: a GeoJSON, GPX or WKT file, WKT, or an access route's id.",
        ),
    ],
    asked: dict[str, Any],
    json: Annotated[bool, typer.Option("--json", help="Print the judgement as JSON.")] = False,
) -> None:
    """Judge a way you drew: on the roads, by the rules, beside the suggestions. Exit 3: not verified."""
    run(lambda: evaluate_step.evaluate(workspace, facility, arrive, route, asked, as_json=json))


@asking.command()
@takes("profile")
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
        str | None, typer.Option("--route", help="A way in driving order, as for planner evaluate.")
    ] = None,
    *,
    asked: dict[str, Any],
    json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
    geojson: Annotated[
        bool, typer.Option("--geojson", help="Print areas, a feature for each level and time.")
    ] = False,
) -> None:
    """Tell the risk at a place, the exposure along a route, or the areas at risk."""
    form = "geojson" if geojson else "json" if json else "words"
    about = {"place": place, "facility": facility, "route": route}
    times = {"at": at, "until": until, **asked}
    run(lambda: risk_step.risk(workspace, about, times, form=form))


@asking.command()
@takes("profile", "avoid_street", profile="foot")
def isochrone(
    workspace: WorkspaceFile,
    facility: Facility,
    gate: Annotated[str, typer.Option("--gate", help="Id of the gate (planner show entrances).")],
    at: Annotated[
        str, typer.Option("--at", help="Time at the gate, ISO; as --arrive of planner plan.")
    ],
    asked: dict[str, Any],
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
    wish = {"facility": facility, "gate": gate, "at": at, "profile": asked["profile"]}
    wish["avoid"] = tuple(asked["wishes"].get("avoid", ()))
    run(lambda: reach.isochrone(workspace, wish, direction, minutes, geojson=geojson))


@asking.command()
@takes(*WHO, "trade", *WISHES)
def leave(
    workspace: WorkspaceFile,
    facility: Facility,
    depart: Annotated[
        str, typer.Option("--depart", help="Time of leaving every gateway, ISO; as --arrive.")
    ],
    asked: dict[str, Any],
    json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """Answer: leaving each gateway then, which gate, when there, how clear. Exit 3: no way."""
    run(lambda: reach.leave(workspace, facility, depart, asked, as_json=json))


@asking.command()
@takes(*WHO, "seed")
def stage(
    workspace: WorkspaceFile,
    facility: Annotated[
        list[str],
        typer.Option("--facility", help="Id of a facility; repeat it for several."),
    ],
    arrive: Arrive,
    asked: dict[str, Any],
    vehicles: Annotated[
        list[int] | None,
        typer.Option(
            "--vehicles", help="Vehicles of every facility, or one number for each in their order."
        ),
    ] = None,
    sites: Annotated[
        int | None,
        typer.Option("--sites", help="Sites to open at most; as many as facilities when absent."),
    ] = None,
    objective: Annotated[
        str,
        typer.Option(
            "--objective",
            help="p-median: least minutes of all; coverage: most vehicles within --minutes; "
            "p-center: least worst minutes.",
        ),
    ] = "p-median",
    minutes: Annotated[int, typer.Option("--minutes", help="Of the objective coverage.")] = 5,
    fix: Annotated[
        list[str] | None,
        typer.Option("--fix", metavar="ID", help="Site to open in any case; may be repeated."),
    ] = None,
    forbid: Annotated[
        list[str] | None,
        typer.Option("--forbid", metavar="ID", help="Site not to open; may be repeated."),
    ] = None,
    split: Annotated[
        bool,
        typer.Option("--split", help="Vehicles of one facility may wait at several sites."),
    ] = False,
    worlds: Annotated[
        int,
        typer.Option("--worlds", help="Simulated variations of the reports; 50 do, 0: none."),
    ] = 0,
    json: Annotated[bool, typer.Option("--json", help="Print the whole answer as JSON.")] = False,
) -> None:
    """Choose sites where the vehicles of several facilities wait. Exit 3: they find none."""
    choice = {"objective": objective, "minutes": minutes, "fixed": tuple(fix or ()),
              "forbidden": tuple(forbid or ()), "split": split}  # fmt: skip
    choice |= {} if sites is None else {"sites": sites}
    asked |= {"vehicles": tuple(vehicles or (10,)), "worlds": worlds, "choice": choice}
    run(lambda: stage_step.stage(workspace, facility, arrive, asked, as_json=json))
