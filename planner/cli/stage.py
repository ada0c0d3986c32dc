"""What ``planner stage`` does: sites for several facilities as a short table, or as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typer

from planner.errors import InputError
from planner.layers.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from planner.plan import Plan

INFEASIBLE = 3
OUR_FAULT = 1
NAMED = 4
"""Sites named of those that cannot be used for one reason; JSON has them all."""


def stage(
    target: Path, facilities: list[str], arrive: str, asked: dict[str, Any], *, as_json: bool
) -> int:
    """Print where the vehicles of several facilities wait."""
    from planner.plan.stage.make import make_stage
    from planner.plan.stage.question import ask_stage
    from planner.tuning import parameters_of

    workspace = Workspace.open(target)
    question = ask_stage(
        facilities, arrive, workspace.timezone, parameters=parameters_of(workspace), **asked
    )
    document = make_stage(workspace, question).document
    typer.echo(json.dumps(document, ensure_ascii=False) if as_json else stage_text(document))
    if not document["verification"]["passed"]:
        for failure in document["verification"]["failures"][:10]:
            typer.echo(f"check failed: {failure}", err=True)
        return OUR_FAULT
    return 0 if document["feasible"] else INFEASIBLE


def with_stage(made: Plan, file: Path) -> Plan:
    """Return a plan with the sites for several facilities that a file asks for, chosen anew.

    Raises
    ------
    InputError
        The file is none that ``planner stage --json`` wrote, or is of another arrival.
    """
    from planner.plan.stage.make import make_stage, with_several
    from planner.plan.stage.question import ask_again

    question = ask_again(read_stage(file), made.question, made.settings.zone)
    found = make_stage(made.prepared.workspace, question)
    typer.echo(f"several facilities: {found.document['headline']}", err=True)
    return with_several(made, found.document)


def read_stage(file: Path) -> Any:
    """Return what a file holds.

    Raises
    ------
    InputError
        It is no JSON.
    """
    try:
        return json.loads(file.read_text("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(f"{file.name} is no JSON: give what planner stage --json wrote") from error


def stage_text(document: dict[str, Any]) -> str:
    """Return a choice of sites as plain lines: the answer, sites, facilities, what would help."""
    from planner.network.profiles import PROFILES
    from planner.plan.words import clock

    who = PROFILES[document["profile"]].title.lower()
    since, until = (clock(text) for text in document["free_of_risk"])
    lines = [document["headline"],
             f"arrive by {document['arrive_by'][:16].replace('T', ' ')}, {document['timezone']}, "
             f"{who}; sites free of risk {since}-{until}", ""]  # fmt: skip
    lines += _sites(document["sites"])
    lines += [f"no place: {one['name']}, {one['vehicles'] - one['placed']} vehicles: {one['reason']}"
              for one in document["facilities"] if one["reason"]]  # fmt: skip
    lines += [f"would be enough: {one['text']}" for one in document["help"]]
    lines += [
        f"if the reports are wrong: {said}" for said in (document["robust"] or {}).get("told", [])
    ]
    why = document["sites_out"]
    lines += _not_usable(why)
    lines.append(
        f"chosen among {document['candidates']} usable sites; {len(why)} near are not, "
        f"{document['sites_far']} lie too far"
    )
    lines += [f"note: {said}" for said in document["notices"]]
    lines += [f"warning: {said}" for said in document["warnings"]]
    check = document["verification"]
    state = "all pass" if check["passed"] else f"{len(check['failures'])} failures"
    lines.append(f"checked: {check['checked']} drives and sites, {state}")
    return "\n".join([*lines, document["attribution"]])


def _sites(sites: list[dict[str, Any]]) -> list[str]:
    """Return the sites as a table, a facility a line."""
    from planner.plan.words import clock

    if not sites:
        return []
    lines = [
        f"{'site':<40}{'room':>5}  {'waits there':<34}{'vehicles':>8}{'leave':>7}{'min':>5}  gate"
    ]
    for site in sites:
        head = f"{site['name'][:38]:<40}{site['room_for']:>5}  "
        for one in site["serves"]:
            took = (one["time_s"] + one["wait_s"]) / 60
            lines.append(
                f"{head}{one['facility_name'][:32]:<34}{one['vehicles']:>8}"
                f"{clock(one['leave_by']):>7}{took:>5.0f}  {one['entrance_name']}"
            )
            head = " " * 47
        if not site["serves"]:
            lines.append(f"{head}nobody: open because it was asked for")
    return [*lines, ""]


def _not_usable(sites: list[dict[str, Any]]) -> list[str]:
    """Return why sites near cannot be used, a reason a line."""
    by_reason: dict[str, list[str]] = {}
    for one in sites:
        by_reason.setdefault(one["why"], []).append(one["name"])
    more = {
        why: f" and {len(names) - NAMED} more" * (len(names) > NAMED)
        for why, names in by_reason.items()
    }
    return [f"not usable, {why} ({len(names)}): {', '.join(names[:NAMED])}{more[why]}"
            for why, names in by_reason.items()]  # fmt: skip
