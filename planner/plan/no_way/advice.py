"""What to do with the shift, in one line, from the facts of a plan."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from planner.network.profiles import PROFILES
from planner.plan import words
from planner.plan.directions.speech import speech_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Record = dict[str, Any]

EARLY = timedelta(minutes=5)
"""An arrival this much before the time asked for is worth a word."""

NOTICE = timedelta(minutes=10)
"""An hour is told to staff, who then set out: no less than this before they must leave.
Assumption."""

MOST_NAMED = 2
"""Sides without a way that the first line names; more are counted."""

STOP = ": stop at "
"""What stands before the place where who has no way stops."""


class Told(NamedTuple):
    """One advice: its kind, its words, until when it is of use (ISO) or None."""

    kind: str
    text: str
    until: str | None = None


def advise(document: Record, beside: Mapping[str, Any] | None = None) -> Record | None:
    """Return what to do with the shift, None where the first line says all there is to say.

    Parameters
    ----------
    document
        The plan: its origins, gates, times.
    beside
        ``transit``, ``gates`` and ``inside`` as ``no_way`` found them; those the document has
        when None, nothing (not computed) where it has none.
    """
    before = document.get("advice") or {}
    known = {key: (beside or before).get(key) for key in ("transit", "gates", "inside")}
    told = next((told for rule in RULES if (told := rule(document, known))), None)
    return None if told is None else told._asdict() | known


def _travel(document: Record, _: Mapping[str, Any]) -> Told | None:
    best = [origin["routes"][0] for origin in document["origins"] if origin["routes"]]
    if len(best) < len(document["origins"]) or not all(route["clear"] for route in best):
        return None
    return Told("travel", "Travel as planned", document["valid_until"]) if best else None


def _leave_earlier(document: Record, _: Mapping[str, Any]) -> Told | None:
    """Tell of ways that must be there well before the time asked for."""
    best = words.best_origin(document)
    if best is None:
        return None
    route = best["routes"][0]
    early = words.clock_key(document["arrive_by"]) - words.clock_key(route["arrive"])
    if early < EARLY or any(not origin["routes"] for origin in document["origins"]):
        return None
    text = (
        f"Leave earlier: be at {route['entrance_name']} by {words.clock(route['arrive'])}, "
        "before the way or the gate shuts"
    )
    return Told(words.LEAVE_EARLIER, text, route["leave_by"])


def _some_sides(document: Record, _: Mapping[str, Any]) -> Told | None:
    """Tell of some origins without a way, or of ways that are not clear (nothing)."""
    if not document["feasible"]:
        return None
    text = sides_without(document)
    return Told(words.SOME_SIDES, text, _opens(document)) if text else None


def _no_gate(document: Record, _: Mapping[str, Any]) -> Told | None:
    passes = PROFILES[document["profile"]].gate_kinds
    if document["feasible"] or any(gate["kind"] in passes for gate in document["gates"]):
        return None
    by, reason = speech_of(document["profile"]).by, _reason(document)
    text = f"No way through {by} at {words.clock(document['arrive_by'])}{reason}"
    return Told("add_gates", f"{text}. Import its gates: planner import entrances FILE")


def _as_asked(document: Record, _: Mapping[str, Any]) -> Told | None:
    """Tell what to drop where there is no way but for what the planner demands."""
    wished = [o["reason"] for o in (document.get("wishes") or {"origins": []})["origins"]]
    if document["feasible"] or not any(wished):
        return None
    reason, _count = Counter(filter(None, wished)).most_common(1)[0]
    opens = _opens(document)
    text = f"No way in at {words.clock(document['arrive_by'])} as you asked: {reason}"
    then = f"; as you asked {_none_before(document, opens)}" if opens else ""
    return Told("drop_a_wish", text + then, opens)


def _come_earlier(document: Record, known: Mapping[str, Any]) -> Told | None:
    earlier, opens = _last_before(document), _opens(document)
    if document["feasible"] or earlier is None:
        return None
    asked = words.clock_key(document["arrive_by"])
    back = asked - words.clock_key(earlier["arrive"])
    if opens is not None and words.clock_key(opens) - asked < back:
        return None
    after = f"; after that {_none_before(document, opens)}" if opens else "; later no way in today"
    last, leave = (words.moment(earlier[k], document["arrive_by"]) for k in ("arrive", "leave_by"))
    text = (
        f"Come earlier: the last clear arrival is {last}, leave by {leave}{after}"
        f"{_near_walk(document)}{_inside(known)}"
    )
    return Told("come_earlier", text, earlier["leave_by"])


def _delay(document: Record, known: Mapping[str, Any]) -> Told | None:
    opens = _opens(document)
    if document["feasible"] or opens is None:
        return None
    text = f"Delay the shift: {_none_before(document, opens)}{_near_walk(document)}{_inside(known)}"
    return Told("delay", text, opens)


def _park_and_walk(document: Record, known: Mapping[str, Any]) -> Told | None:
    walk = _best_walk(document)
    if document["feasible"] or walk is None:
        return None
    way = speech_of(document["profile"]).way
    text = (
        f"Park and walk: no {way} within a day; from {walk['name']} it is "
        f"{words.minutes(walk['walk']['time_s'])} on foot (clear){_inside(known)}"
    )
    return Told("park_and_walk", text)


def _stay_away(document: Record, known: Mapping[str, Any]) -> Told | None:
    if document["feasible"]:
        return None
    way = speech_of(document["profile"]).way
    reason = _reason(document)
    return Told(
        "stay_away", f"Stay inside or work elsewhere: no {way} within a day{reason}{_inside(known)}"
    )


RULES: tuple[Callable[[Record, Mapping[str, Any]], Told | None], ...] = (
    _leave_earlier, _travel, _some_sides, _no_gate, _as_asked, _come_earlier, _delay,
    _park_and_walk, _stay_away,
)  # fmt: skip
"""The advices, the first that fits is given."""


def sides_without(document: Record) -> str:
    """Return which origins have no way, and what each does instead; "" where all have one."""
    closed = [origin for origin in document["origins"] if not origin["routes"]]
    if not closed:
        return ""
    told, none = speech_of(document["profile"]), "No way through from "
    names, said = [o["name"] for o in closed], [_instead(document, o) for o in closed]
    if len(closed) <= MOST_NAMED:
        if len(set(said)) == 1:
            return none + " and ".join(names) + said[0]
        return none + "; nor from ".join(map("".join, zip(names, said, strict=True)))
    sides = f"{none}{len(closed)} of {told.many(len(document['origins']))}"
    if len(set(said)) == 1:
        return sides + said[0]
    stops = Counter(way for way in said if way.startswith(STOP))
    if stops:
        way, count = stops.most_common(1)[0]
        return f"{sides}; from {count} of them{way}"
    opens = [origin["opens_at"] for origin in closed if origin["opens_at"]]
    first = min(opens, key=words.clock_key)
    return f"{sides} before {words.moment(first, document['arrive_by'])} at the earliest"


def _instead(document: Record, origin: Record) -> str:
    """Return where who has no way stops instead, or before when there is none; "" for neither."""
    stop, opens = origin.get("stop"), origin["opens_at"]
    if stop and stop["walk"]:
        return f"{STOP}{stop['name']}, then {words.minutes(stop['walk']['time_s'])} on foot"
    return f" before {words.moment(opens, document['arrive_by'])}" if opens else ""


def _last_before(document: Record) -> Record | None:
    """Return the last clear arrival before that can still be made, of the origin that leaves first."""
    found = [
        origin["earlier"] for origin in document["origins"]
        if origin.get("earlier") and origin["earlier"]["clear"]
        and still_made(origin["earlier"], document["generated_at"])
    ]  # fmt: skip
    return last_of(found) if found else None


def still_made(hour: Record, made_at: str) -> bool:
    """Tell whether whoever hears of another hour when a plan is made can still leave for it."""
    return words.clock_key(hour["leave_by"]) >= words.clock_key(made_at) + NOTICE


def last_of(hours: Sequence[Record]) -> Record:
    """Return the latest of other hours, of those in its minute the one that leaves first."""
    latest = max(one["arrive"][:16] for one in hours)
    same = [one for one in hours if one["arrive"][:16] == latest]
    return min(same, key=lambda one: words.clock_key(one["leave_by"]))


def _opens(document: Record) -> str | None:
    opens = [origin["opens_at"] for origin in document["origins"] if origin["opens_at"]]
    return min(opens, key=words.clock_key, default=None)


def _none_before(document: Record, opens: str) -> str:
    before = words.moment(opens, document["arrive_by"])
    return f"no {speech_of(document['profile']).way} before {before}{_gate_opens(document, opens)}"


def _gate_opens(document: Record, opens: str) -> str:
    """Return which gate, shut by its hours at the time asked for, opens when there is a way again."""
    later = [origin["later"] for origin in document["origins"] if origin.get("later")]
    ends = {hour["entrance"] for hour in later if hour["arrive_by"][:16] == opens[:16]}
    hour = words.clock(opens)
    for gate in document["gates"]:
        if not gate["open"] and gate["opens"] == hour and gate["id"] in ends:
            return f", when {gate['name']} opens"
    return ""


def _best_walk(document: Record) -> Record | None:
    stops = [o["stop"] for o in document["origins"] if o.get("stop") and o["stop"]["walk"]]
    return min(stops, key=lambda stop: (stop["walk"]["time_s"], stop["id"]), default=None)


def _near_walk(document: Record) -> str:
    stop = _best_walk(document)
    if stop is None:
        return ""
    minutes = words.minutes(stop["walk"]["time_s"])
    if all(o.get("stop") and o["stop"]["walk"] for o in document["origins"]):
        by = words.clock(document["arrive_by"])
        return (
            f"; or park and walk, at the gate by {by} from every side: {minutes} on foot from "
            f"{stop['name']} (clear)"
        )
    return f"; people already near can walk from {stop['name']} ({minutes}, clear)"


def _inside(known: Mapping[str, Any]) -> str:
    told = known.get("inside")
    if not told or told["by"]:
        return ""
    until = f" until {words.clock(told['until'])}" if told["until"] else ""
    return f"; people inside stay there{until}"


def _reason(document: Record) -> str:
    reasons = Counter(o["reason"] for o in document["origins"] if o["reason"])
    if not reasons:
        return ""
    reason = reasons.most_common(1)[0][0]
    return f": {reason if len(reason) <= words.SHORT else 'what is reported shuts every way in'}"
