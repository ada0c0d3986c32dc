"""Trades of minutes for exposure as records, with the one that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from planner.plan import words
from planner.plan.paths import degrees, way_record
from planner.plan.question import TRADES
from planner.routes.walk import shared_share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.plan.facts import Answer
    from planner.plan.question import Question
    from planner.routes.answer import OriginAnswer
    from planner.routes.walk import Walk

Record = dict[str, Any]

OPTION = "option"
"""Role of a way that is shown as a trade only."""

BALANCED = "balanced"

NAMES = (
    ("the only one",),
    ("fastest", "least exposure"),
    ("fastest", "between", "least exposure"),
    ("fastest", "nearly as fast", "less exposure", "least exposure"),
    ("fastest", "nearly as fast", "between", "less exposure", "least exposure"),
)
"""What options are called, fastest first, by how many there are."""

SAME_MIN = 0.05
"""Minutes of exposure that are told as none: a tenth is shown."""


def option_records(answer: Answer, key: str, found: OriginAnswer, routes: list[Record]) -> list[Record]:  # fmt: skip
    """Return the options of an origin, fastest first; legs are given where it is no route."""
    if not found.options:
        return []
    names = NAMES[len(found.options) - 1]
    return [
        _option(answer, f"{key}:{OPTION}-{i}", name, way, _same(found.routes, routes, way), found)
        for i, (name, way) in enumerate(zip(names, found.options, strict=True), 1)
    ]


def _same(ways: Sequence[Walk], routes: list[Record], way: Walk) -> str | None:
    same = (
        str(route["id"]) for one, route in zip(ways, routes, strict=False)
        if np.array_equal(one.arcs, way.arcs) and np.array_equal(one.entered, way.entered)
    )  # fmt: skip
    return next(same, None)


def _option(answer: Answer, key: str, name: str, way: Walk, same: str | None,
            found: OriginAnswer) -> Record:  # fmt: skip
    shared = shared_share(answer.problem, way, found.routes[0])
    record = {"name": name, "same_as": same, "proven": way.proven}
    parts = degrees(answer, way.arcs)
    record = way_record(answer, key, OPTION, way, shared=shared, parts=parts) | record
    # The route it is holds legs and holds; they are checked there.
    return record | ({"legs": None, "holds": None} if same else {})


def trade_record(document: Record, question: Question) -> Record:
    """Return what trade was asked for, and what each would mean for who the first line is for."""
    origin = words.best_origin(document)
    options = origin["options"] if origin else []
    record: Record = {
        "asked": question.trade, "minutes_for_one": round(question.worth, 3),
        "origin": origin["id"] if origin else None, "text": "",
        "choices": [_choice(trade, options, question) for trade in TRADES] if options else [],
    }  # fmt: skip
    return record | {"text": _text(record, origin) if question.trade != BALANCED else ""}


def _choice(trade: str, options: list[Record], question: Question) -> Record:
    """Return the option a trade takes, its seconds, its minutes of exposure."""
    value = question.model_copy(update={"trade": trade}).worth
    arrive = question.arrive_utc

    def cost(option: Record) -> tuple[float, str]:
        seconds = (arrive - words.clock_key(option["depart"])).total_seconds()
        return seconds + 60 * value * option["exposure_min"], option["id"]

    best = min(options, key=cost)
    if trade == question.trade:
        best = next((o for o in options if (o["same_as"] or "").endswith(":primary")), best)
    return {
        "trade": trade, "option": best["id"], "depart": best["depart"],
        "time_s": best["time_s"] + best["wait_s"], "exposure_min": best["exposure_min"],
    }  # fmt: skip


def _text(record: Record, origin: Record | None) -> str:
    """Return in words what was chosen, and what the other choices would change."""
    asked = record["asked"]
    said = f"Chosen: the {'fastest' if asked == 'fastest' else 'least exposed'} ways in"
    if origin is None or not record["choices"]:
        return f"{said}."
    own = next(c for c in record["choices"] if c["trade"] == asked)
    told = [
        f"{c['trade']} would be {difference(own, c)}"
        for c in record["choices"] if c["option"] != own["option"]
    ]  # fmt: skip
    rest = "; ".join(told) or "every trade takes the same way"
    return f"{said}. From {origin['name']}: {rest}."


def difference(own: Record, other: Record) -> str:
    """Return in words how another choice differs in minutes and in exposure."""
    later = (words.clock_key(other["depart"]) - words.clock_key(own["depart"])).total_seconds() / 60
    exposed = other["exposure_min"] - own["exposure_min"]
    return f"{_more(-later, 'min', 'longer', 'shorter')} with {_more(exposed, 'min', 'more', 'less')} exposure"  # fmt: skip


def _more(value: float, unit: str, more: str, less: str) -> str:
    if abs(value) < SAME_MIN:
        return f"no {more}" if more == "longer" else "the same"
    return f"{abs(value):.1f} {unit} {more if value > 0 else less}"
