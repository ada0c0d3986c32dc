"""What ``planner evaluate`` does: a planner's own way beside the suggestions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typer

from planner.layers.workspace import Workspace
from planner.plan.pace.names import with_pace
from planner.plan.words import clock, dated, minutes

if TYPE_CHECKING:
    from pathlib import Path

NOT_VERIFIED = 3
TOLD = 0.005
"""A risk below reads as 0.00 and is not told."""
HEADS = ("way", "gate", "leave by", "arrive", "min", "km", "exposure", "worst risk", "shared")


def evaluate(
    target: Path, facility: str, arrive: str, route: str, asked: dict[str, Any], *, as_json: bool
) -> int:
    """Print how a planner's own way stands beside the suggestions."""
    from planner.plan.own.evaluate import evaluate as judge
    from planner.plan.own.line import read_drawing
    from planner.plan.question import ask
    from planner.tuning import parameters_of

    workspace = Workspace.open(target)
    asked = {**asked, "parameters": parameters_of(workspace)}
    question = ask(facility, arrive, workspace.timezone, **asked)
    found = judge(workspace, question, read_drawing(workspace, route))
    document = found.document
    typer.echo(json.dumps(document, ensure_ascii=False) if as_json else told(document))
    return 0 if found.verified and found.compared else NOT_VERIFIED


def told(document: dict[str, Any]) -> str:
    """Return an evaluation for a terminal: the stamp, the table, every finding."""
    origin, when = document["origin"], dated(document["arrive_by"])
    lines = [
        document["stamp"]["text"],
        f"{document['facility_name']}, arrive by {when}, {document['timezone']}, "
        f"from {origin['name']}",
        "",
        *_table(document["comparison"]),
    ]
    if not origin["feasible"]:
        lines.append(f"no suggestion from there: {origin['reason']}")
    lines += ["", *(_finding(one) for one in document["findings"])]
    lines += [f"note: {said}" for said in document["notices"]]
    return "\n".join([*lines, document["attribution"]])


def _table(rows: list[dict[str, Any]]) -> list[str]:
    cells = [HEADS, *(_cells(row) for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(HEADS))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    worst = row["worst"]
    risk = "clear" if row["clear"] else "not clear"
    where = (
        f", {worst['risk']:.2f} {worst['street'] or 'unnamed road'} {clock(worst['at'])}"
        if worst and worst["risk"] >= TOLD else ""
    )  # fmt: skip
    return (
        ("yours" if row["own"] else with_pace(row["role"])) + ("" if row["verified"] else ", NOT VERIFIED"),
        row["entrance_name"] or "none", clock(row["leave_by"]), clock(row["arrive"]),
        minutes(row["time_s"]).removesuffix(" min"), f"{row['length_m'] / 1000:.1f}",
        f"{row['exposure_min']:.1f}", risk + where,
        "" if row["shared_m"] is None else f"{row['shared_m'] / 1000:.1f} km",
    )  # fmt: skip


def _finding(one: dict[str, Any]) -> str:
    mark = "breaks" if one["breaks"] else "  note"
    span = f"{one['from'][11:19]}-{one['until'][11:19]}"
    return f"{mark} {span} {one['lat']:.5f},{one['lon']:.5f}  {one['text']}"
