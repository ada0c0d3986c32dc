"""The commands that ask something of a workspace: plans, days, risk, reach."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.later import later
from planner.cli.options import (
    AccessRoutes,
    Arrive,
    Avoid,
    ClearShare,
    Facility,
    Marking,
    PinnedGate,
    Prefer,
    Profile,
    Quiet,
    Seed,
    Since,
    Trade,
    Vehicles,
    Via,
    WorkspaceFile,
    WorkspaceOrNone,
    Worlds,
    run,
    wishes,
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

asking = typer.Typer(rich_markup_mode=None)


@asking.command()
def plan(
    workspace: WorkspaceFile,
    facility: Facility,
    arrive: Arrive,
    vehicles: Vehicles = 10,
    profile: Profile = "car",
    quiet: Quiet = True,
    trade: Trade = "balanced",
    gate: PinnedGate = None,
    via: Via = None,
    avoid_street: Avoid = None,
    prefer_street: Prefer = None,
    prefer_access_routes: AccessRoutes = False,
    worlds: Worlds = 0,
    seed: Seed = 0,
    clear_share: ClearShare = 0.9,
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
) -> None:
    """Answer: which gate, which ways in, when to leave, where to stage. Exit 3: no way through."""
    form = "json" if json else "geojson" if geojson else "messages" if messages else "words"
    asked = {
        "vehicles": vehicles, "profile": profile, "quiet": quiet, "trade": trade,
        "worlds": worlds, "seed": seed, "clear_share": clear_share,
        "wishes": wishes(
            gate, via, avoid_street, prefer_street, access_routes=prefer_access_routes
        ),
    }  # fmt: skip
    run(lambda: steps.plan(workspace, facility, arrive, asked, form=form, choke=choke_points))


@asking.command()
def brief(
    workspace: WorkspaceFile,
    facility: Facility,
    arrive: Arrive,
    out: Annotated[Path, typer.Option("--out", help="HTML file to write.")],
    vehicles: Vehicles = 10,
    profile: Profile = "car",
    quiet: Quiet = True,
    trade: Trade = "balanced",
    gate: PinnedGate = None,
    via: Via = None,
    avoid_street: Avoid = None,
    prefer_street: Prefer = None,
    prefer_access_routes: AccessRoutes = False,
    worlds: Worlds = 0,
    seed: Seed = 0,
    clear_share: ClearShare = 0.9,
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
) -> None:
    """Seal the plan into one HTML file that opens without a network."""
    asked = {
        "vehicles": vehicles, "profile": profile, "quiet": quiet, "trade": trade,
        "worlds": worlds, "seed": seed, "clear_share": clear_share,
        "wishes": wishes(
            gate, via, avoid_street, prefer_street, access_routes=prefer_access_routes
        ),
    }  # fmt: skip
    run(
        lambda: steps.brief(
            workspace,
            facility,
            arrive,
            asked,
            out,
            marking=marking,
            beside={"since": since, "route": route, "stage": stage},
        )
    )


@asking.command()
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
    vehicles: Vehicles = 10,
    profile: Profile = "car",
    quiet: Quiet = True,
    gate: PinnedGate = None,
    via: Via = None,
    avoid_street: Avoid = None,
    prefer_street: Prefer = None,
    prefer_access_routes: AccessRoutes = False,
    json: Annotated[bool, typer.Option("--json", help="Print every difference as JSON.")] = False,
    geojson: Annotated[
        bool, typer.Option("--geojson", help="Print the ways of both, places that changed.")
    ] = False,
) -> None:
    """Tell what changed from one plan to another, worst first. Exit 3: no way through after."""
    form = "json" if json else "geojson" if geojson else "words"
    history = {"workspace": workspace, "facility": facility, "arrive": arrive, "since": since}
    asked = {
        "vehicles": vehicles, "profile": profile, "quiet": quiet,
        "wishes": wishes(
            gate, via, avoid_street, prefer_street, access_routes=prefer_access_routes
        ),
    }  # fmt: skip
    run(lambda: diff_step.diff_either(files or [], history, asked, form=form))


@asking.command()
def day(
    workspace: WorkspaceFile,
    facility: Facility,
    date: Annotated[str, typer.Option("--date", help="Local day, such as 2026-03-02.")],
    every: Annotated[int, typer.Option("--every", help="Minutes between arrivals.")] = 15,
    vehicles: Annotated[
        int | None,
        typer.Option("--vehicles", help="A change of shift: so many come, then as many leave."),
    ] = None,
    profile: Profile = "car",
    quiet: Quiet = True,
    worlds: Annotated[
        int, typer.Option("--worlds", help="Simulated variations of the reports; 50 do, 0: none.")
    ] = 0,
    seed: Seed = 0,
    json: Annotated[bool, typer.Option("--json", help="Print the whole day as JSON.")] = False,
) -> None:
    """Answer for a whole day: gates and best times to arrive, to leave, for a shift. Exit 3: no way all day."""
    asked = {"profile": profile, "quiet": quiet, "every_min": every, "vehicles": vehicles,
             "worlds": worlds, "seed": seed}  # fmt: skip
    run(lambda: day_step.day(workspace, facility, date, asked, as_json=json))


@asking.command()
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
    profile: Profile = "car",
    quiet: Quiet = True,
    json: Annotated[bool, typer.Option("--json", help="Print the judgement as JSON.")] = False,
) -> None:
    """Judge a way you drew: on the roads, by the rules, beside the suggestions. Exit 3: not verified."""
    asked = {"profile": profile, "quiet": quiet}
    run(lambda: evaluate_step.evaluate(workspace, facility, arrive, route, asked, as_json=json))


@asking.command()
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


@asking.command()
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


@asking.command()
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


@asking.command()
def stage(
    workspace: WorkspaceFile,
    facility: Annotated[
        list[str],
        typer.Option("--facility", help="Id of a facility; repeat it for several."),
    ],
    arrive: Arrive,
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
    profile: Profile = "car",
    quiet: Quiet = True,
    worlds: Annotated[
        int,
        typer.Option("--worlds", help="Simulated variations of the reports; 50 do, 0: none."),
    ] = 0,
    seed: Seed = 0,
    json: Annotated[bool, typer.Option("--json", help="Print the whole answer as JSON.")] = False,
) -> None:
    """Choose sites where the vehicles of several facilities wait. Exit 3: they find none."""
    choice = {"objective": objective, "minutes": minutes, "fixed": tuple(fix or ()),
              "forbidden": tuple(forbid or ()), "split": split}  # fmt: skip
    choice |= {} if sites is None else {"sites": sites}
    asked = {"vehicles": tuple(vehicles or (10,)), "profile": profile, "quiet": quiet,
             "worlds": worlds, "seed": seed, "choice": choice}  # fmt: skip
    run(lambda: stage_step.stage(workspace, facility, arrive, asked, as_json=json))
