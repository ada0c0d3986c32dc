"""The words on how often an answer stays clear in simulated variations of the reports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from math import ceil
from types import MappingProxyType
from typing import Any

from planner.plan import words
from planner.plan.directions.speech import speech_of
from planner.plan.pace.names import NAMES, the

Record = dict[str, Any]

UNCOUNTED: Mapping[str, None] = MappingProxyType(
    {"clear_share": None, "clear_share_low": None, "clear_share_high": None}
)
"""What stands in a record where no variations were looked at."""

OF_WHAT = "simulated variations of these reports; unreported events are not included"

NOTHING = (
    "Nothing to vary: no report in doubt bears on this time; unreported events are not included"
)

WITHHELD = "its ways are withheld: they did not pass the check"


def count(share: float, of: int) -> int:
    """Return how many variations of some a share is."""
    return round(share * of)


def of_all(record: Mapping[str, Any], ensemble: Record | None) -> str:
    """Return "482 of 500" for a way, gate or site, "" where nothing was counted.

    >>> of_all({"clear_share": 0.964}, {"worlds": 500})
    '482 of 500'
    """
    share = record.get("clear_share")
    if ensemble is None or share is None:
        return ""
    return f"{count(share, ensemble['worlds'])} of {ensemble['worlds']}"


def sampled(record: Mapping[str, Any], ensemble: Record | None) -> str:
    """Return between which numbers the count would lie, were there many more variations.

    >>> sampled({"clear_share_low": 0.9438, "clear_share_high": 0.9773}, {"worlds": 500})
    '472 to 489'
    """
    if ensemble is None or record.get("clear_share_low") is None:
        return ""
    of = ensemble["worlds"]
    low, high = (count(record[f"clear_share_{end}"], of) for end in ("low", "high"))
    return f"{low} to {high}" if low < high else f"{low}"


def clear_in(record: Mapping[str, Any], ensemble: Record | None) -> str:
    """Return ", clear in 482 of 500" to stand behind other facts, "" where nothing was counted."""
    told = of_all(record, ensemble)
    return f", clear in {told}" if told else ""


def at_least(ensemble: Record) -> str:
    """Return the share a robust way must be clear in, in words.

    >>> at_least({"clear_share_asked": 0.55, "worlds": 100})
    '55 of 100'
    """
    of = ensemble["worlds"]
    # A share of hundredths of so many worlds is no whole number to the last digit.
    return f"{ceil(ensemble['clear_share_asked'] * of - 1e-9)} of {of}"


def sentence(document: Record) -> str:
    """Return the second line: how often the first choice stays clear, whether another is surer.

    Parameters
    ----------
    document
        The plan with its shares, and ``ensemble`` but for this sentence.
    """
    ensemble = document["ensemble"]
    if not ensemble["worlds"]:
        return f"Stopped before any of {ensemble['of']} simulated variations was worked out."
    if not ensemble["varied"]:
        return f"{NOTHING}."
    stopped = f"Stopped after {ensemble['worlds']} of {ensemble['of']}. " * ensemble["stopped"]
    best = words.best_origin(document)
    if best is None:
        return f"{stopped}{_no_first_choice(document)}."
    told = [
        f"{stopped}The first choice from {best['name']} is "
        f"clear in {of_all(best['routes'][0], ensemble)} {OF_WHAT}."
    ]
    if is_other(best):
        told.append(f"{best['robust']['text'][0].upper()}{best['robust']['text'][1:]}.")
    others = sum(is_other(o) for o in document["origins"])
    if others > is_other(best):
        many = speech_of(document["profile"]).many(len(document["origins"]))
        told.append(f"From {others} of {many} the robust way is another than the first choice.")
    return " ".join(told)


def is_other(origin: Record) -> bool:
    """Tell whether an origin's robust way is another than its first choice."""
    robust = origin.get("robust")
    if not robust:
        return False
    return robust["route"] is not None or robust["same_as"] != origin["routes"][0]["id"]


def robust_text(origin: Record, robust: Record, way: Record, ensemble: Record) -> str:
    """Return the robust way in words, beside the first choice where that is another.

    Parameters
    ----------
    origin
        Its record, shares included.
    robust
        Its record but for the text.
    way
        The record of the route it is.
    """
    own, of = of_all(robust, ensemble), ensemble["worlds"]
    first = origin["routes"][0]
    if way["id"] == first["id"]:
        return f"the first choice is the robust way: clear in {own}"
    named = way["entrance_name"]
    if way["role"] in NAMES:
        named = f"{the(way['role'])}, {named}"
    return (
        f"quickest of the ways clear in at least {at_least(ensemble)}: {named}{words.via(way)}, "
        f"clear in {own} (first choice in {count(first['clear_share'], of)}), "
        f"{words.minutes(way['time_s'] + way['wait_s'])}; leave by "
        f"{words.clock(way['leave_by'])}, {_apart(way, first)} the first choice"
    )


def _apart(way: Record, first: Record) -> str:
    """Return how far apart one leaves by two ways, as the two clocks shown stand apart."""
    leave, other = (datetime.fromisoformat(r["leave_by"][:16]) for r in (way, first))
    seconds = (leave - other).total_seconds()
    if not seconds:
        return "the same minute as"
    return f"{words.minutes(abs(seconds))} {'later' if seconds > 0 else 'earlier'} than"


def none_robust(origin: Record, ensemble: Record, way_share: float | None) -> str:
    """Return what is said of an origin without a robust way."""
    of = ensemble["worlds"]
    if not origin["routes"]:
        return _no_way(count(way_share, of), of) if way_share is not None else "no way through"
    most = max(origin["routes"], key=lambda r: r["clear_share"])
    return (
        f"no way is clear in at least {at_least(ensemble)}; most often "
        f"{the(most['role'])}, in {count(most['clear_share'], of)}"
    )


def _no_way(found: int, of: int) -> str:
    """Return for whom there is no way how often some road would be left open.

    A variation shuts the ground of one reading; the plan shuts all that the reports may take.
    """
    if not found:
        return f"no way through in any of {of} variations"
    return f"no way through as reported; some road stays open in {found} of {of} variations"


def _no_first_choice(document: Record) -> str:
    """Return the second line where the first tells of no way: one truth, and its doubt."""
    ensemble = document["ensemble"]
    found, of = count(ensemble["way_share"], ensemble["worlds"]), ensemble["worlds"]
    if any(origin["sure"] == WITHHELD for origin in document["origins"]):
        return "No way is told: those found did not pass the check"
    if not found:
        return f"No way through as reported, nor in any of {of} {OF_WHAT}"
    shares = (gate["clear_share"] for gate in document["gates"])
    clear = count(max((share for share in shares if share is not None), default=0.0), of)
    told = f"a clear one in at least {clear}" if clear else "no clear one in any"
    return (
        f"No way through as reported: do not count on one. Some road stays open in {found}, {told}, "
        f"of {of} {OF_WHAT}"
    )
