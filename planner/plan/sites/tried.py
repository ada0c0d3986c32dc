"""Places tried for waiting: what each would be worth, in a plan of its own field."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from planner.errors import InputError
from planner.network.profiles import PROFILES
from planner.plan.sites.what_if import place_if, what_if

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.plan.make import Plan

Record = dict[str, Any]

MOST = 20
"""Places tried in one plan."""

LONGEST = 200

ON_FOOT = (
    "people on foot bring no vehicles to stage, so no place can be tried: ask for car, van or bus"
)

FAR_M = 50.0
"""A place further from where it joins the road says so. Assumption: a large car park's half."""


def with_tried(plan: Plan, places: Sequence[str]) -> Plan:
    """Return a whole plan with what some places would be worth, in the order asked for.

    They are measured like any candidate, beside it; nothing else of the plan changes. Simulated
    variations do not count at a place that is tried.

    Parameters
    ----------
    plan
        A whole plan.
    places
        "LON,LAT", or "ID=LON,LAT" for a site as if it stood there.

    Raises
    ------
    InputError
        One cannot be read, is no place, or its site was not looked at; who travels has no vehicles.
    """
    if len(places) > MOST:
        raise InputError(f"{len(places)} places to try: give {MOST} at most")
    if places and PROFILES[plan.question.profile].on_foot:
        raise InputError(ON_FOOT)
    return replace(
        plan, document=plan.document | {"staging_tried": [_tried(plan, one) for one in places]}
    )


def read_place(text: str) -> tuple[str | None, float, float]:
    """Return the site, longitude, latitude of a place as typed.

    Raises
    ------
    InputError
        It cannot be read.

    Examples
    --------
    >>> read_place("yard=8.69,49.41"), read_place("8.69, 49.41")
    (('yard', 8.69, 49.41), (None, 8.69, 49.41))
    """
    site, _, numbers = text.rpartition("=")
    try:
        lon, lat = (float(part) for part in numbers.split(","))
    except ValueError as error:
        raise InputError(
            f"a place to try {text[:LONGEST]!r}: give LON,LAT, or ID=LON,LAT for a site as if it "
            "stood there"
        ) from error
    return site.strip() or None, lon, lat


def _tried(plan: Plan, text: str) -> Record:
    site, lon, lat = read_place(text)
    found = place_if(plan, lon, lat) if site is None else what_if(plan, site, lon, lat)
    record = found | {"rank": _rank(plan, found)}
    return record | {"text": words(record)}


def _rank(plan: Plan, found: Record) -> int | None:
    """Return in which place a tried one would stand among the sites that are told."""
    score = found["score"]
    others = [one["score"] for one in plan.document["staging"] if one["id"] != found["id"]]
    return None if score is None else 1 + sum(other > score for other in others)


def words(tried: Record) -> str:
    """Return what a place is worth in one line.

    >>> words({"id": None, "name": "", "lon": 8.69, "lat": 49.41, "score": 71.2, "was": None,
    ...        "why": "", "rank": 2, "road_m": 12.0})
    '8.69000, 49.41000: score 71, in place 2 of the sites told'
    """
    at = f"{tried['lon']:.5f}, {tried['lat']:.5f}"
    called = f"{tried['name']} at {at}" if tried["id"] else at
    was = "" if not tried["id"] else f" (was {_score(tried['was'])})"
    if tried["score"] is None:
        return f"{called}: not usable{was}: {tried['why']}"
    place = f", in place {tried['rank']} of the sites told"
    far = f"; {tried['road_m']:.0f} m from the road" if tried["road_m"] > FAR_M else ""
    return f"{called}: score {_score(tried['score'])}{was}{place}{far}"


def _score(score: float | None) -> str:
    return "out" if score is None else f"{score:.0f}"
