"""A drawn way put to the independent check: every place at which it does not hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from planner.network.profiles import PROFILES
from planner.plan import words
from planner.plan.directions import phrases
from planner.plan.own.parts import NO_WAY
from planner.plan.own.places import place_of, street_of
from planner.plan.withhold import plain_facts
from planner.plan.zones import label
from planner.verify import verify
from planner.verify.case import leg_told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planner.plan.facts import Answer
    from planner.plan.own.end import End
    from planner.plan.own.parts import Part
    from planner.plan.own.places import Place
    from planner.plan.own.time import Ride
    from planner.verify import Failure
    from planner.verify.streets import Streets

OWN = "drawn"
"""Id of the route, of its start."""


class Rule(NamedTuple):
    """What a broken rule is called: the kind of a finding, and its words.

    ``text`` takes ``street``, ``who``, ``gate``, ``gap`` to it and ``said``, the words of the
    check.
    """

    kind: str
    text: str


RULES: Mapping[str, Rule] = MappingProxyType({
    "direction": Rule("one_way", "goes against the one-way direction of {street}"),
    "open_to_profile": Rule("access", "uses {street}, which is not open to {who}"),
    "size": Rule("size", "on {street}: {said}"),
    "through_restricted": Rule(
        "access", "passes through {street}, which is only for those who have an errand there"
    ),
    "barrier": Rule("barrier", "on {street}: {said}"),
    "turn": Rule("turn", "at the end of {street}: {said}"),
    "via_ways": Rule("turn", "from {street} on: {said}"),
    "conditional": Rule("hours", "on {street}: {said}"),
    "u_turn": Rule("u_turn", "turns round on {street}, where one may not"),
    "on_way": Rule("off_road", "leaves the roads"),
    "legs_chain": Rule("off_road", "jumps from one road to another at {street}"),
    "closure": Rule("closure", "uses {street} while it is closed ({said})"),
    "crowd": Rule("zone", "on {street}: {said}"),
    "gate_of_facility": Rule("gate", "ends at no gate of this facility"),
    "gate_for_profile": Rule("gate", "{said}"),
    "gate_reached": Rule("gate", "ends {gap} from {gate}"),
    "gate_open": Rule("gate", "{said}"),
    "gate_clear": Rule("gate", "{said}"),
    "on_time": Rule("clock", "{said}"),
})  # fmt: skip
"""The kind of finding for each rule of the check; any other rule is told in its own words."""

OTHER = Rule("other", "{said}")

TURN = re.compile(r"turn restriction (-?\d+) \((\w+)\)(?: at node -?\d+)?")


class Spot(NamedTuple):
    """Parts of a way in a row of which the check says the same."""

    rule: str
    said: str
    first: int
    last: int


def findings(answer: Answer, ride: Ride, end: End, streets: Streets) -> list[dict[str, Any]]:
    """Return every place at which a drawn way breaks a rule, in driving order."""
    # What is wished of the suggestions does not bind a way of one's own.
    facts = replace(plain_facts(streets.extract, answer, streets), demands=None)
    outcome = verify(_document(answer, ride, end), facts)
    named = [street_of(answer, ride, streets, i) for i in range(len(ride.parts))]
    spots = _spots(outcome.failures, ride, named)
    return [_finding(answer, ride, end, streets, spot) for spot in spots]


def _document(answer: Answer, ride: Ride, end: End) -> dict[str, Any]:
    """Return the way as the one route of a plan, a leg for each part."""
    zone, when = answer.layers.settings.timezone, answer.risk.field.when
    lines = [part.lonlat.tolist() for part in ride.parts]
    legs = [
        {
            "way": part.way, "enter": words.iso(when(int(ride.entered[i])), zone),
            "time_s": int(ride.time_s[i]), "wait_s": 0, "length_m": part.length_m,
            "risk": float(ride.risk[i]), "coordinates": lines[i],
        }
        for i, part in enumerate(ride.parts)
    ]  # fmt: skip
    route = {
        "id": OWN, "role": "primary", "entrance": end.id,
        "depart": words.iso(when(ride.depart), zone), "arrive": words.iso(when(ride.arrive), zone),
        "time_s": int(ride.time_s.sum()), "wait_s": 0, "length_m": ride.length_m,
        "exposure_min": ride.exposure_min, "max_risk": ride.max_risk,
        "clear": ride.max_risk < answer.problem.clear_below,
        "geometry": {"type": "LineString", "coordinates": [p for line in lines for p in line]},
        "legs": legs, "snap_offset_m": end.offset_m, "notices": [],
    }  # fmt: skip
    lon, lat = lines[0][0]
    return {
        "feasible": True, "facility": answer.question.facility,
        "arrive_by": words.iso(answer.question.arrive_utc, zone),
        "profile": answer.question.profile, "staging": [],
        "origins": [{"id": OWN, "lon": lon, "lat": lat, "feasible": True, "routes": [route]}],
    }  # fmt: skip


def _spots(failures: Sequence[Failure], ride: Ride, streets: Sequence[str]) -> Iterator[Spot]:
    """Give the failures in driving order, those that say the same along one street as one."""
    last = len(ride.parts) - 1
    gaps = any(part.way == NO_WAY for part in ride.parts)
    broken = {failure.rule for failure in failures}
    # Where a way leaves the roads its legs do not join; a gate that is not reached may be shut.
    same = {"legs_chain"} if gaps else set()
    same |= {"gate_open", "gate_clear"} if "gate_reached" in broken else set()
    told = []
    for failure in failures:
        leg, said = leg_told(failure.detail)
        if failure.rule not in same:
            told.append((last if leg is None else leg, failure.rule, said))
    told.sort(key=lambda one: (one[1], one[2], one[0]))
    spots: list[Spot] = []
    for leg, rule, said in told:
        before = spots[-1] if spots else None
        again = before and (before.rule, before.said) == (rule, said)
        if before and again and leg - before.last <= 1 and streets[leg] == streets[before.last]:
            spots[-1] = before._replace(last=leg)
        else:
            spots.append(Spot(rule, said, leg, leg))
    yield from sorted(spots, key=lambda spot: (spot.first, spot.rule))


def _finding(answer: Answer, ride: Ride, end: End, streets: Streets, spot: Spot) -> dict[str, Any]:
    place = place_of(answer, ride, streets, spot.first, spot.last)
    rule = RULES.get(spot.rule, OTHER)
    said = _named(answer, end, spot.said)
    if spot.rule == "on_way" and ride.parts[spot.first].way == NO_WAY:
        parts = ride.parts[spot.first : spot.last + 1]
        said, text = "", _off_words(parts)
    else:
        text = rule.text.format(
            street=place.street or "a road without a name", said=said,
            who=PROFILES[answer.question.profile].plural, gate=end.name,
            gap=phrases.metres(end.gap_m),
        )  # fmt: skip
    return record(answer, ride, (spot.first, spot.last), place) | {
        "kind": rule.kind, "text": text + _between(place.between, rule.kind), "breaks": True,
    }  # fmt: skip


def record(answer: Answer, ride: Ride, span: tuple[int, int], place: Place) -> dict[str, Any]:
    """Return where and when some parts of a way are, as fields of a finding."""
    first, last = span
    zone, when = answer.layers.settings.timezone, answer.risk.field.when
    return {
        "street": place.street, "lon": round(place.lon, 7), "lat": round(place.lat, 7),
        "between": list(place.between),
        "from": words.iso(when(int(ride.entered[first])), zone),
        "until": words.iso(when(int(ride.entered[last] + ride.time_s[last])), zone),
    }  # fmt: skip


def _off_words(parts: Sequence[Part]) -> str:
    length = sum(part.length_m for part in parts)
    off = max(part.off_m for part in parts)
    if off < 1:
        return f"jumps {length:.0f} m where no road leads"
    far = f"up to {off:.0f} m from the nearest" if off < float("inf") else "no road near"
    return f"leaves the roads for {length:.0f} m, {far}"


def _between(between: tuple[str, str], kind: str) -> str:
    if kind in ("gate", "clock", "other") or not any(between):
        return ""
    before, after = between
    if before and after and before != after:
        return f", between {before} and {after}"
    return f", near {before or after}"


def _named(answer: Answer, end: End, said: str) -> str:
    """Return the words of the check with zones, closures, gates by the names people know."""
    risk, network = answer.risk, answer.problem.network
    zone = answer.layers.settings.zone
    for one in risk.zones:
        if said.endswith(f"zone {one.id}"):
            at_gate = said.startswith("ends before entrance")
            does = f"ends before {end.name}, on" if at_gate else "drives into"
            called = label(one, risk, network, zone)
            return f"{does} the ground of zone {one.id} ({called})"
    for row in answer.layers.closures.itertuples():
        if f"closure {row.id} " in said:
            return str(row.name or row.id)
    if turn := TURN.search(said):
        return f"a turn that is not allowed: {turn[2].replace('_', ' ')} (restriction {turn[1]})"
    return said.replace(f"entrance {end.id}", end.name) if end.id else said


def near_zones(answer: Answer, ride: Ride, streets: Streets) -> list[dict[str, Any]]:
    """Return every stretch of a way on which it is not clear, with its risk: no rule is broken."""
    limit, found = answer.problem.clear_below, []
    risky = [i for i, risk in enumerate(ride.risk.tolist()) if risk >= limit]
    while risky:
        first = last = risky.pop(0)
        while risky and risky[0] - last <= 1:
            last = risky.pop(0)
        place = place_of(answer, ride, streets, first, last)
        worst = float(ride.risk[first : last + 1].max())
        text = f"near a reported zone on {place.street or 'no road'}: risk {worst:.2f}"
        found.append(record(answer, ride, (first, last), place) | {
            "kind": "near_zone", "text": text + _between(place.between, "near_zone"),
            "breaks": False,
        })  # fmt: skip
    return found
