"""Minutes against exposure in words: what was asked for, what other choices would cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.plan import words
from planner.plan.pace.names import NAMES as RANKS
from planner.plan.question import BALANCED, TRADES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.plan.question import Question

Record = dict[str, Any]

NAMES = (
    ("the only one",),
    ("fastest", "least exposure"),
    ("fastest", "between", "least exposure"),
    ("fastest", "nearly as fast", "less exposure", "least exposure"),
    ("fastest", "nearly as fast", "between", "less exposure", "least exposure"),
)
"""What options are called, fastest first, by how many there are."""

ASKED = {"fastest": "the fastest ways in", "calmest": "the least exposed ways in"}

SAME_MIN = 0.05
"""Minutes that are told as none: tenths are shown."""


def told_options(origin: Mapping[str, Any]) -> Sequence[Record]:
    """Return the options of an origin where there is a choice, fastest first."""
    options: list[Record] = origin.get("options") or []
    return options if len(options) > 1 else []


def is_primary(option: Mapping[str, Any]) -> bool:
    """Tell whether an option is the first choice of its origin."""
    return str(option.get("same_as") or "").endswith(":primary")


def minutes_before(option: Mapping[str, Any], by: str) -> float:
    """Return the minutes between an option's departure and the time to arrive by."""
    return (words.clock_key(by) - words.clock_key(option["depart"])).total_seconds() / 60


def option_line(option: Mapping[str, Any], by: str) -> str:
    """Return an option for a terminal: its name, minutes, exposure; which way it is."""
    role = str(option["same_as"] or "").rpartition(":")[2]
    same = RANKS.get(role, role)
    return (
        f"{'option':<11} {option['name']}: leave by {words.clock(option['leave_by'])}, "
        f"{minutes_before(option, by):.1f} min before {words.clock(by)}, "
        f"{option['exposure_min']:.1f} min exposure{f' ({same})' if same else ''}"
    )


def trade_record(document: Record, question: Question) -> Record:
    """Return what trade was asked for, and what each would mean from one gateway.

    It is the one of the first line where that has a choice, else the one with most to choose.
    """
    origin = _example(document)
    record: Record = {
        "asked": question.trade, "minutes_for_one": round(question.worth, 3),
        "origin": origin["id"] if origin else None, "text": "",
        "choices": [_choice(trade, origin["options"], question) for trade in TRADES]
        if origin else [],
    }  # fmt: skip
    return record | {"text": _text(record, origin) if question.trade != BALANCED else ""}


def _example(document: Record) -> Record | None:
    first = words.best_origin(document)
    free: list[Record] = [o for o in document["origins"] if told_options(o)]
    if first is None or first in free or not free:
        return first if first and first["options"] else None
    return max(free, key=lambda origin: (_spread(origin["options"]), origin["id"]))


def _spread(options: Sequence[Record]) -> float:
    exposed = [float(option["exposure_min"]) for option in options]
    return max(exposed) - min(exposed)


def _choice(trade: str, options: Sequence[Record], question: Question) -> Record:
    """Return the option a trade takes, its seconds, its minutes of exposure."""
    value = question.model_copy(update={"trade": trade}).worth
    by = question.arrive_utc.isoformat()

    def cost(option: Record) -> tuple[float, str]:
        return minutes_before(option, by) + value * option["exposure_min"], option["id"]

    best = min(options, key=cost)
    if trade == question.trade:
        best = next(filter(is_primary, options), best)
    return {
        "trade": trade, "option": best["id"], "depart": best["depart"],
        "time_s": best["time_s"] + best["wait_s"], "exposure_min": best["exposure_min"],
    }  # fmt: skip


def _text(record: Record, origin: Record | None) -> str:
    """Return in words what was chosen, and what the other choices would change."""
    asked = record["asked"]
    said = f"Chosen: {ASKED[asked]}"
    if origin is None:
        return f"{said}."
    own = next(c for c in record["choices"] if c["trade"] == asked)
    others: dict[str, list[str]] = {}
    for choice in record["choices"]:
        if choice["option"] != own["option"]:
            others.setdefault(difference(own, choice), []).append(choice["trade"])
    told = [f"{' and '.join(names)} would be {said}" for said, names in others.items()]
    if not told:
        return f"{said}; every choice takes the same ways, or ways that hardly differ."
    return f"{said}. From {origin['name']}, {'; '.join(told)}."


def difference(own: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """Return in words how another choice differs in minutes and in exposure.

    >>> difference({"depart": "2026-03-02T07:50:00+00:00", "exposure_min": 1.2},
    ...            {"depart": "2026-03-02T07:47:00+00:00", "exposure_min": 0.0})
    '3.0 min longer, 1.2 min less exposure'
    """
    longer = minutes_before(other, own["depart"])
    exposed = other["exposure_min"] - own["exposure_min"]
    time = f"{abs(longer):.1f} min {'longer' if longer > 0 else 'shorter'}"
    risk = f"{abs(exposed):.1f} min {'more' if exposed > 0 else 'less'} exposure"
    parts = [(longer, time), (exposed, risk)]
    return ", ".join(said for value, said in parts if abs(value) >= SAME_MIN) or "the same"
