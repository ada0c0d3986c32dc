"""What ``planner day`` does: a day's gates as a short table, or as JSON."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from planner.layers.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

INFEASIBLE = 3
OUR_FAULT = 1
STOPPED = 130
"""What shells tell of a program that was interrupted."""

SOME_RISK = 0.005
"""Less is told as none."""

STEPS = {
    "ways": "Working out the ways", "check": "Checking a sample", "worlds": "Varying reports",
    "leaving": "Working out ways out", "check out": "Checking ways out",
    "ways past midnight": "Ways past midnight", "check past midnight": "Checking them",
    "leaving past midnight": "Ways out past midnight", "check out past midnight": "Checking them",
}  # fmt: skip


def day(target: Path, facility: str, date: str, asked: dict[str, Any], *, as_json: bool) -> int:
    """Print the day of a facility."""
    from planner.plan.day.sheet import ask_day, make_day
    from planner.tuning import parameters_of

    workspace = Workspace.open(target)
    question = ask_day(facility, date, **asked, parameters=parameters_of(workspace))
    try:
        with _progress() as say:
            made = make_day(workspace, question, say=say)
    except KeyboardInterrupt:
        typer.echo("stopped: nothing was told", err=True)
        return STOPPED
    document = made.document
    typer.echo(json.dumps(document, ensure_ascii=False) if as_json else day_text(document))
    if not document["verification"]["passed"]:
        for failure in document["verification"]["failures"][:10]:
            typer.echo(f"check failed: {failure}", err=True)
        return OUR_FAULT
    return 0 if document["feasible"] else INFEASIBLE


def day_text(document: dict[str, Any]) -> str:
    """Return a day as a short table: first line, gates by interval, windows, what it rests on."""
    from planner.network.profiles import PROFILES
    from planner.plan.wishes.words import asked_of

    who = PROFILES[document["profile"]].title.lower()
    lines = [document["headline"],
             f"{document['facility_name']}, {document['date']}, {document['timezone']}, {who}; "
             f"an arrival every {document['every_min']} min"]  # fmt: skip
    lines += [*asked_of(document), ""]
    lines += _table(document, document, "arrive", "best gate")
    lines += ["", "best times to arrive:", *_listed(document, document)]
    leaving = document["leaving"]
    lines += ["", leaving["headline"], *_table(leaving, document, "leave", "by gate")]
    lines += ["", "best times to leave:", *_listed(leaving, document), ""]
    lines += [
        *_shift(document["shift"]),
        "hour by gate, each hour as at its worst:",
        *_by_hour(document),
        "",
    ]
    if document["ensemble"]:
        lines.append(f"sure: {document['ensemble']['sentence']}")
    lines += [f"warning: {said}" for said in document["warnings"]]
    check = document["verification"]
    state = "all pass" if check["passed"] else f"{len(check['failures'])} failures"
    lines.append(
        f"checked: {check['checked']} ways of {len(check['slots'])} arrivals and "
        f"{len(check['leaving_slots'])} times of leaving, {state}"
    )
    lines.append(f"search: {document['search']['text']}")
    return "\n".join([*lines, document["provenance"]["inputs"]["roads"]])


def _table(told: dict[str, Any], document: dict[str, Any], what: str, which: str) -> list[str]:
    """Return a timetable, an interval a line, then every change of gate with its reason."""
    from planner.plan.day.words import clock

    end = document["until"]
    lines = [f"{what:<13}{which:<24}{'minutes':>7}{'exposure':>10}  way"]
    for row in told["timetable"]:
        span = f"{clock(row['from'], end)}-{clock(row['until'], end)}"
        if row["gate"] is None:
            lines.append(f"{span:<13}{'none':<24}{'':>17}  {row['reason']}")
            continue
        minutes = f"{row['minutes_low']:.0f}-{row['minutes_high']:.0f}"
        risk = f", risk {row['max_risk']:.2f}" * (row["max_risk"] >= SOME_RISK)
        state = "clear" if row["clear"] else f"not clear{risk}"
        lost = f", none from {row['without_way']}" if row["without_way"] else ""
        lines.append(
            f"{span:<13}{row['gate_name'][:23]:<24}{minutes:>7}{row['exposure_min']:>10.1f}  "
            f"{state}{lost}{_clear_in(row, document)}"
        )
    return lines + [f"change: {row['text']}" for row in told["switches"]]


def _listed(told: dict[str, Any], document: dict[str, Any]) -> list[str]:
    """Return the best times, one a line."""
    windows = [f"  {row['text']}{_clear_in(row, document)}" for row in told["windows"]]
    return windows or ["  none: at no time are all ways clear"]


def _shift(told: dict[str, Any] | None) -> list[str]:
    """Return what is said of a change of shift; nothing where none was asked for."""
    if told is None:
        return []
    from planner.plan.day.words import change_of_shift, count

    best = ", best first" * (len(told["windows"]) > 1)
    head = f"change of shift, {count(told['vehicles'])} in and {told['vehicles']} out{best}:"
    return [head, *(f"  {said}" for said in change_of_shift(told)), ""]


def _by_hour(document: dict[str, Any]) -> list[str]:
    """Return the heat map in words, a gate and direction a line."""
    from planner.plan.day.words import hours_alike

    heat = document["heat"]
    return [f"  {row['gate_name']}, {row['direction']}: "
            f"{hours_alike(row, heat, document['until'])}" for row in heat["rows"]]  # fmt: skip


def _clear_in(row: dict[str, Any], document: dict[str, Any]) -> str:
    """Return in how many variations all have a clear way, "" where nothing was counted."""
    from planner.plan.doubt.variations import of_all

    told = of_all(row, document["ensemble"])
    return f"; some clear way in {told}" if told else ""


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Give what draws a bar on stderr for each step of the work."""
    bars: dict[str, Any] = {}

    def say(step: str, done: int, of: int) -> None:
        if step not in bars:
            _end(bars)
            bars[step] = typer.progressbar(length=of, label=STEPS[step], file=sys.stderr)
            bars[step].__enter__()
        bars[step].update(done - bars[step].pos)

    try:
        yield say
    finally:
        _end(bars)


def _end(bars: dict[str, Any]) -> None:
    for bar in bars.values():
        bar.render_finish()
