"""The words of why: what a cause is called, sentences for a way, a gate, an hour."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from planner.plan.words import SAME_S, best_origin, iso, listed, minutes, span
from planner.risk.apart import CLOSURE, ZONE
from planner.risk.ground import Streets
from planner.risk.labels import street_among

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.plan.facts import Answer
    from planner.risk.apart import Cause

Record = dict[str, Any]

KINDS: Mapping[str, str] = MappingProxyType({
    "standing_assembly": "the standing assembly", "march": "the march",
    "blockade": "the blockade", "encampment": "the encampment",
    "permitted_event": "the permitted event", "unknown_friction": "the reported friction",
})  # fmt: skip
"""What a zone is called within a sentence."""

NO_WAY_TO = "no way through"
"""How the reason of a gate begins that is open, while no way leads to it."""

LITTLE_MIN = 0.05
"""Minutes of exposure not worth a word."""


class Names(dict["Cause", str]):
    """What each cause of a plan is called within a sentence, with its hours; looked up once."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self._answer = answer

    def __missing__(self, cause: Cause) -> str:
        """Return the name of a cause not asked for before."""
        if cause.kind == ZONE:
            self[cause] = self._zone(cause.key)
        else:
            told = _closure if cause.kind == CLOSURE else _gate_hours
            self[cause] = told(self._answer, cause.key)
        return self[cause]

    @cached_property
    def _streets(self) -> Streets:
        return Streets.of(self._answer.problem.network, self._answer.risk.parameters)

    def _zone(self, key: str) -> str:
        risk, timezone = self._answer.risk, self._answer.layers.settings.timezone
        zone = next(z for z in risk.zones if z.id == key)
        street = street_among(self._streets, zone.geometry)
        since, until = (
            iso(risk.field.when(second), timezone) for second in (zone.start_s, zone.end_s)
        )
        where = f" on {street}" if street else f" {key}"
        return f"{KINDS.get(str(zone.kind), 'the zone')}{where} ({span(since, until, '-')})"


def _closure(answer: Answer, key: str) -> str:
    timezone = answer.layers.settings.timezone
    row = next(r for r in answer.layers.closures.itertuples() if str(r.id) == key)
    hours = span(iso(row.starts_at, timezone), iso(row.ends_at, timezone), "-")
    return f"the closure {row.name} ({hours})"


def _gate_hours(answer: Answer, key: str) -> str:
    row = next(r for r in answer.gates.itertuples() if str(r.id) == key)
    return f"the hours of {row.name} ({row.opens}-{row.closes})"


def sentence(name: str, record: Record) -> str:
    """Return what makes a gateway's way another than on a calm day, and what would be without it."""
    causes = [w for w in record["without"] if w["cause"]]
    all_of = record["together"] or causes[0]
    apart = [w["label"] for w in causes]
    told = f"{_differs(name, record)} because of {' together with '.join(apart)}."
    without = "it" if len(causes) == 1 else "both" if len(causes) == 2 else "all of them"
    told += f" Without {without} {_would(all_of)}{_each_alone(causes)}."
    return told + " Fewer may do: not all were tried." * (
        not record["smallest"] and len(causes) > 1
    )


def wished(seconds: int) -> str:
    """Return what all that a planner asks for costs at most.

    >>> wished(240)
    'What is asked of the ways makes them up to 4 min longer.'
    """
    return f"What is asked of the ways makes them up to {minutes(seconds)} longer."


def _each_alone(causes: Sequence[Record]) -> str:
    """Return what each of several causes would change alone."""
    if len(causes) < 2:
        return ""
    if not any(_gains(one) for one in causes):
        either = "either" if len(causes) == 2 else "any one"
        return f"; without {either} alone nothing is gained"
    return "".join(
        f"; without {_short(w['label'])} alone "
        + ("it" + _is_or_takes(w) if _gains(w) else "nothing is gained")
        for w in causes
    )


def _is_or_takes(without: Record) -> str:
    if without["saves_s"] is None:
        return f" takes {minutes(without['time_s'])}"
    return f" is {_saves(without)}"


def _short(label: str) -> str:
    """Return what a cause is called, its hours left out.

    >>> _short("the march on Naito Parkway (07:00-10:00)")
    'the march on Naito Parkway'
    """
    return label.rpartition(" (")[0] or label


def _differs(name: str, record: Record) -> str:
    if record["longer_s"] is None:
        return f"From {name} there is no way through"
    if record["longer_s"] >= SAME_S:
        return f"From {name} the way is {minutes(record['longer_s'])} longer than on a calm day"
    if record["exposure_min"] >= LITTLE_MIN:
        return f"From {name} the way is not as calm as on a calm day"
    return f"From {name} the way is another than on a calm day"


def _gains(without: Record) -> bool:
    """Tell whether anything is better without something."""
    if without["saves_s"] is None:
        return without["time_s"] is not None
    return bool(without["saves_s"] >= SAME_S or without["exposure_saved_min"] >= LITTLE_MIN)


def _would(without: Record) -> str:
    """Return what the way would be without something."""
    if without["time_s"] is None:
        return "there is still no way"
    if not _gains(without):
        return "nothing is gained"
    by = f" by {without['by']}" if without["by"] else ""
    if without["saves_s"] is None:
        return f"{without['gate_name']}{by} takes {minutes(without['time_s'])}"
    if not without["changes"]:
        return f"the same way is {_saves(without)}"
    known = without["parts_at"] not in {"", without["by"]}
    parts = f", from {without['parts_at']} on," if known else ""
    return f"the way to {without['gate_name']}{by}{parts} is {_saves(without)}"


def _saves(without: Record) -> str:
    saves: int = without["saves_s"]
    calmer: bool = without["exposure_saved_min"] >= LITTLE_MIN
    if saves >= SAME_S:
        return f"{minutes(saves)} shorter" + " and calmer" * calmer
    return f"{minutes(-saves)} longer but calmer" if saves <= -SAME_S else "calmer"


def gate(told: Record, because: Sequence[str]) -> str:
    """Return why a gate is taken: against the next best, and against that of a calm day."""
    own = told["name"]
    if told["other"] is None:
        said = f"{own}: no way leads to another gate"
    else:
        said = f"{own}: {_against(told)} {told['other_name']}"
        if told["clear"] and not told["other_clear"]:
            said += ", and clear"
    if told["on_a_calm_day"] != told["id"]:
        said += f"; on a calm day {told['on_a_calm_day_name']}"
        said += f", not now because of {listed(because)}" if because else ""
    return f"{said}."


def _against(told: Record) -> str:
    saves = told["saves_s"]
    if saves >= SAME_S:
        return f"{minutes(saves)} quicker than"
    if saves <= -SAME_S:
        return f"{minutes(-saves)} slower but calmer than"
    return "about as quick as" if saves else "as quick as"


def hour(early: int, drive: int, wait: int, ahead: int, shutting: Sequence[str]) -> str:
    """Return why one leaves so much earlier than on a calm day.

    Parameters
    ----------
    early
        Seconds earlier than on a calm day.
    drive, wait, ahead
        Seconds of it driven, waited on the way, and early at the gate.
    shutting
        What would shut the way later.
    """
    parts = [
        f"{minutes(drive)} more on the way" if drive >= SAME_S else "",
        f"{minutes(wait)} of waiting" if wait >= SAME_S else "",
        f"{minutes(ahead)} early at the gate" if ahead >= SAME_S else "",
    ]
    told = [part for part in parts if part] or [f"{minutes(early)} more on the way"]
    before = f", before {listed(shutting)} shuts it" if shutting else ""
    return f"Leave {minutes(early)} earlier than on a calm day: {listed(told)}{before}."


def same_causes(others: Sequence[tuple[str, int | None]]) -> str:
    """Return which other gateways have the same causes, with how much longer their ways are.

    >>> same_causes([("Quay Road", 120), ("Mill Road", None)])
    ' The same holds from Quay Road (2 min longer) and Mill Road (no way).'
    """
    told = [
        f"{name} ({'no way' if longer is None else f'{minutes(longer)} longer'})"
        for name, longer in others
    ]
    return f" The same holds from {listed(told)}." if told else ""


def first_choice(document: Record) -> list[str]:
    """Return why the way of the first line is what it is: gates, hour, what it hangs on."""
    best = best_origin(document)
    record = next(
        (r for r in document.get("why") or [] if best is not None and r["origin"] == best["id"]),
        None,
    )
    if record is None:
        return []
    told = (*unused(document), record["gate"]["text"], record["hour"], hanging(record))
    return [text for text in told if text]


def unused(document: Record) -> list[str]:
    """Return which gates no way leads to, with what is reported there."""
    no_way = f"{NO_WAY_TO}: "
    return [
        f"{gate['name']} is not used: {gate['reason'].removeprefix(no_way)}."
        for gate in document["gates"] if (gate["reason"] or "").startswith(no_way)
    ]  # fmt: skip


def hanging(record: Record) -> str:
    """Return on which single reports a first choice hangs, where its own sentence does not tell."""
    if set(record["hangs_on"]) <= set(record["causes"]):
        return ""
    told = [
        f"were there no {_short(one['label']).removeprefix('the ')}, {_would(one)}"
        for one in record["without"] if one["id"] in record["hangs_on"] and _gains(one)
    ]  # fmt: skip
    return f"It hangs on single reports: {'; '.join(told)}." if told else ""
