"""What changed between two plans of one facility, from their documents alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from planner.errors import InputError
from planner.plan.diff.asked import asked_changes
from planner.plan.diff.fields import PLACE_M, WORTH
from planner.plan.diff.origins import origin_changes
from planner.plan.diff.places import place_changes
from planner.plan.diff.read import checked_plan
from planner.plan.diff.told import name_of
from planner.plan.diff.ways import M_PER_DEG, match
from planner.plan.directions.speech import speech_of
from planner.plan.words import clock_key, dated

if TYPE_CHECKING:
    from planner.plan.diff.fields import Change

Record = dict[str, Any]

LISTS = {
    "origin": ("origins", "gateway"), "gate": ("gates", "gate"),
    "site": ("staging", "staging site"), "zone": ("zones", "report"),
    "closure": ("closures", "closed road"),
}  # fmt: skip
"""Where records of a kind stand in a plan, and what one of them is called."""


ELSEWHERE_KM = 20.0
"""A facility further off than this is another one that has the same id. Assumption."""


def diff(before: Record, after: Record) -> Record:
    """Return what was added, removed, changed from one plan to another, worst first.

    Parameters
    ----------
    before, after
        Documents of two plans of one facility, as ``planner plan --json`` prints them: of other
        times, travellers or versions of the workspace if need be, which is told first.

    Returns
    -------
    A document as docs/diff.schema.json describes it. Every difference stands in ``changes``;
    those below ``worth`` are not ``of_note`` and have no sentence.

    Raises
    ------
    InputError
        One of them is no plan, or they are of two facilities.

    Examples
    --------
    >>> diff(monday, tuesday)["headline"]  # doctest: +SKIP
    'Changed: 3 of 12 gateways, 1 of 4 gates, 1 of 3 reports.'
    """
    checked_plan(before, "the plan before")
    checked_plan(after, "the plan after")
    if before["facility"] != after["facility"]:
        raise InputError(
            f"the plans are of two facilities, {name_of(before['facility'])!r} then "
            f"{name_of(after['facility'])!r}: compare plans of one"
        )
    away = _km_apart(before, after)
    if away > ELSEWHERE_KM:
        raise InputError(
            f"the plans are of two places {away:,.0f} km apart that share the id "
            f"{name_of(after['facility'])!r}: compare plans of one"
        )
    found = [
        *asked_changes(before, after),
        *origin_changes(before, after),
        *place_changes(before, after),
    ]
    found.sort(key=lambda one: (one.rank, -one.weight, one.kind, one.key))
    sentences = [one.sentence for one in found if one.sentence]
    counts = {kind: _count(kind, before, after, found) for kind in LISTS}
    others = sum(one.kind == "way" for one in found if one.sentence)
    return {
        "facility": after["facility"], "facility_name": after["facility_name"],
        "timezone": after["timezone"],
        "before": _about(before), "after": _about(after),
        "caveats": _caveats(before, after), "same": not sentences, "headline": _headline(after, sentences, counts, others),
        "sentences": sentences, "unchanged": _unchanged(after, counts), "counts": counts,
        "worth": dict(WORTH) | {"place_m": PLACE_M},
        "changes": [one.record() for one in found],
    }  # fmt: skip


def _km_apart(before: Record, after: Record) -> float:
    lon, lat = (after[key] - before[key] for key in ("facility_lon", "facility_lat"))
    return M_PER_DEG * math.hypot(lon * math.cos(math.radians(after["facility_lat"])), lat) / 1000


def old_ways(before: Record, after: Record) -> list[Record]:
    """Return ways of a plan that the other has no more, or has along other streets.

    Each is the route as it was, with ``origin`` (id) and ``origin_name``.
    """
    left = []
    theirs = {origin["id"]: origin["routes"] for origin in after["origins"]}
    for origin in before["origins"]:
        pairs = match(origin["routes"], theirs.get(origin["id"], []), before["facility_lat"])
        left += [
            pair.before | {"origin": origin["id"], "origin_name": origin["name"]}
            for pair in pairs
            if pair.before and (pair.after is None or pair.apart_m >= WORTH["metres"])
        ]
    return left


def old_first_choices(before: Record, after: Record) -> list[Record]:
    """Return the first choices of a plan that are others now, as ``old_ways`` does ways."""
    first = (
        plan
        | {"origins": [origin | {"routes": origin["routes"][:1]} for origin in plan["origins"]]}
        for plan in (before, after)
    )
    return old_ways(*first)


def _caveats(before: Record, after: Record) -> list[str]:
    """Return what a reader would not expect: the plan before was made later."""
    made = [plan["generated_at"] for plan in (before, after)]
    if clock_key(made[0]) <= clock_key(made[1]):
        return []
    return [
        f"the plan before was made after the other, {dated(made[0])} and {dated(made[1])}: "
        "swap the two to read what changed since"
    ]


def _about(document: Record) -> Record:
    """Return which plan it is: what was asked when of what, and its answer."""
    inputs = document["provenance"]["inputs"]
    kept = ("arrive_by", "profile", "quiet", "generated_at", "feasible", "headline")
    made = dated(document["generated_at"])
    return {key: document[key] for key in kept} | {
        "called": f"made {made}",
        "workspace_version": inputs.get("workspace_version"),
        "source_name": inputs["source_name"],
        "verified": document["verification"]["passed"],
    }


def _count(kind: str, before: Record, after: Record, found: list[Change]) -> dict[str, int]:
    """Return how many records of a kind either plan has, and how many changed by a note's worth.

    Gateways count by their first choice.
    """
    ids = {row["id"] for plan in (before, after) for row in plan[LISTS[kind][0]]}
    return {"of": len(ids), "changed": sum(one.kind == kind for one in found if one.sentence)}


def _headline(
    after: Record, sentences: list[str], counts: dict[str, dict[str, int]], others: int
) -> str:
    if not sentences:
        return "Nothing of note changed."
    parts = [
        f"{count['changed']} of {_many(kind, count['of'], after)}"
        for kind, count in counts.items()
        if count["changed"]
    ]
    parts += [f"{others} other way{'s' * (others != 1)}"] if others else []
    return f"Changed: {', '.join(parts)}." if parts else f"{sentences[0]}."


def _unchanged(after: Record, counts: dict[str, dict[str, int]]) -> str:
    parts = [
        f"{count['of'] - count['changed']} of {_many(kind, count['of'], after)}"
        for kind, count in counts.items()
        if count["of"] > count["changed"]
    ]
    return f"Unchanged: {', '.join(parts)}." if parts else ""


def _many(kind: str, count: int, after: Record) -> str:
    one = speech_of(after["profile"]).origin if kind == "origin" else LISTS[kind][1]
    return f"{count} {one}{'s' * (count != 1)}"
