"""More vehicles than any place to wait holds: the largest, several together, what to ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from planner.network.profiles import PROFILES
from planner.plan.sites.record import NONE
from planner.plan.stage.ground import lay_stage
from planner.plan.stage.question import MOST_SITES, StageQuestion
from planner.staging.criteria import BY_NAME

if TYPE_CHECKING:
    from planner.plan.prepare import Prepared
    from planner.plan.question import Question

Record = dict[str, Any]


def with_room(document: Record, question: Question, prepared: Prepared) -> Record:
    """Return a plan that says so where no site that can be used holds the vehicles asked for.

    The sites too small for a plan are looked at as a choice for several facilities looks at them.

    Parameters
    ----------
    document, question
        The plan with its places to wait, what was asked.
    prepared
        What it was made from.
    """
    found = None if _needless(document, prepared) else staging_room(question, prepared)
    if found is None:
        return document | {"staging_room": None}
    told = [said for said in document["warnings"] if said.startswith(f"{NONE}:")]
    kept = [said for said in document["warnings"] if said not in told]
    parts = [part for said in told for part in said.removeprefix(f"{NONE}: ").split("; ")]
    others = [part for part in parts if BY_NAME["room"].lacking not in part]
    said = "; ".join([found["text"], *([f"of others: {', '.join(others)}"] if others else [])])
    return document | {"staging_room": found, "warnings": [*kept, f"{NONE}: {said}"]}


def staging_room(question: Question, prepared: Prepared) -> Record | None:
    """Return what the usable sites near hold, None where there is none or one holds all."""
    vehicles, forbidden = question.vehicles, question.sites.forbidden
    asked = StageQuestion(
        ((question.facility, vehicles),), question.model_copy(update={"worlds": 0}), 1, "p-median",
        split=True,
    )  # fmt: skip
    laid = lay_stage(prepared.workspace, asked)
    ids = laid.sites["id"].astype(str)
    free = np.isfinite(laid.seconds[0]) & ~ids.isin(forbidden).to_numpy(bool)
    rows = np.flatnonzero(free)
    # The largest first, of equal ones the nearer.
    rows = rows[np.lexsort((laid.seconds[0][rows], -laid.room[rows]))][:MOST_SITES]
    held = np.cumsum(laid.room[rows])
    if not len(rows) or laid.room[rows[0]] >= vehicles:
        return None
    row = laid.sites.iloc[rows[0]]
    many = int(np.searchsorted(held, vehicles)) + 1
    largest = {
        "id": str(row["id"]), "name": str(row["name"] or row["id"]), "room_for": int(held[0]),
        "size_assumed": "assumed" in str(row["kind"]),
    }  # fmt: skip
    record = {
        "vehicles": vehicles, "largest": largest,
        "sites": min(many, len(rows)), "together": int(held[min(many, len(rows)) - 1]),
    }  # fmt: skip
    return record | {"text": _text(record, whole=len(rows) == int(free.sum()))}


def _needless(document: Record, prepared: Prepared) -> bool:
    """Tell whether a plan has places to wait, or nobody who needs one."""
    on_foot = PROFILES[document["profile"]].on_foot
    return bool(document["staging"]) or on_foot or prepared.ground.layers.staging_sites.empty


def _text(record: Record, *, whole: bool) -> str:
    largest, vehicles, many = record["largest"], record["vehicles"], record["sites"]
    guess = ", a size that is assumed" * largest["size_assumed"]
    said = (
        f"none near that can be used holds {vehicles} vehicles; the largest, {largest['name']}, has "
        f"room for {largest['room_for']}{guess}"
    )
    fewer = f"what would help: {largest['room_for']} vehicles or fewer at one site"
    if many == 1:
        return f"{said}, and no other can be used; {fewer}, or sites of your own"
    some = ("both" if many == 2 else f"all {many}") if whole else f"the {many} largest"
    if record["together"] >= vehicles:
        return f"{said}; {fewer}, or all {vehicles} apart at {many} sites"
    return (
        f"{said}, {some} together for {record['together']}; {fewer}, {record['together']} or fewer "
        f"apart at {many}, or sites of your own"
    )
