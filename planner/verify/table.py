"""The table of rules, applied to a whole plan.

A new rule is a function in one of the rule modules that yields what it finds wrong in words,
with one row here and one mutation in the tests.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from planner.verify import (
    allowed,
    clock,
    demands,
    directions,
    gates,
    hazards,
    hourly,
    message,
    moves,
    pace,
    roads,
    sites,
    trades,
    trigger,
)
from planner.verify.case import PlanCase, PlanRule, RouteCase, RouteRule, SiteCase, SiteRule
from planner.verify.document import Origin, Reading, read
from planner.verify.stops import BESIDE, ELSEWHERE, STOP_RULES, StopCase
from planner.verify.support import SUPPORT_RULES, SupportCase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from planner.verify.document import Head, Route, Site, Stop, Transit
    from planner.verify.facts import Facts
    from planner.verify.streets import Streets

LOG = logging.getLogger(__name__)

DOCUMENT = "document"
"""Name of the rule that the document can be read at all."""

ROUTE_RULES: Mapping[str, RouteRule] = MappingProxyType({
    "starts_at_origin": roads.starts_at_origin,
    "legs_chain": roads.legs_chain,
    "on_way": roads.on_way,
    "direction": roads.direction,
    "open_to_profile": roads.open_to_profile,
    "size": roads.size,
    "through_restricted": roads.through_restricted,
    "barrier": roads.barrier,
    "turn": roads.turn,
    "via_ways": roads.via_ways,
    "conditional": hourly.conditional,
    "u_turn": roads.u_turn,
    "lengths": roads.lengths,
    "drawn": roads.drawn,
    "schedule": clock.schedule,
    "on_time": clock.on_time,
    "speed": clock.speed,
    "waiting_place": clock.waiting_place,
    "hold_outside_crowds": clock.hold_outside_crowds,
    "hold_allowed": clock.hold_allowed,
    "holds_told": clock.holds_told,
    "closure": hazards.closure,
    "crowd": hazards.crowd,
    "risk_stated": hazards.risk_stated,
    "exposure": hazards.exposure,
    "clear": hazards.clear,
    "gate_of_facility": gates.gate_of_facility,
    "gate_for_profile": gates.gate_for_profile,
    "gate_size": gates.gate_size,
    "gate_reached": gates.gate_reached,
    "gate_open": gates.gate_open,
    "gate_clear": gates.gate_clear,
    "shared_stated": pace.shared_stated,
    "alternates_differ": pace.alternates_differ,
    "directions": directions.directions,
    "decision_point": directions.decision_point,
    "use_when": trigger.use_when,
    "pinned_gate": demands.pinned_gate,
    "places_passed": demands.places_passed,
    "streets_avoided": demands.streets_avoided,
})  # fmt: skip

SITE_RULES: Mapping[str, SiteRule] = MappingProxyType({
    "site_place": sites.site_place,
    "site_outside_crowds": sites.site_outside_crowds,
    "site_allowed": allowed.site_allowed,
    "site_gateways": sites.site_gateways,
    "site_ways_reach": sites.site_ways_reach,
    "site_ways_disjoint": sites.site_ways_disjoint,
    "site_ways_clear": sites.site_ways_clear,
    "site_way_lengths": sites.site_way_lengths,
    "site_room": sites.site_room,
    "move_lengths": moves.move_lengths,
    "move_ways_in": moves.move_ways_in,
    "move_ways_in_clear": moves.move_ways_in_clear,
    "move_hand_over": moves.move_hand_over,
    "move_holds": moves.move_holds,
    "move_fallback": moves.move_fallback,
})  # fmt: skip

PLAN_RULES: Mapping[str, PlanRule] = MappingProxyType({
    "roles": pace.roles,
    "reason_given": pace.reason_given,
    "robust_named": pace.robust_named,
    "staff_message": message.staff_message,
    "options_true": trades.options_true,
    "wishes_told": demands.wishes_told,
})  # fmt: skip

DRIVE_RULES: Mapping[str, RouteRule] = MappingProxyType({
    name: rule for name, rule in ROUTE_RULES.items() if name not in ELSEWHERE
})  # fmt: skip
"""Of the rules of routes those of a drive to a stop, which ends at no gate."""

WALK_RULES: Mapping[str, RouteRule] = MappingProxyType({
    name: rule for name, rule in ROUTE_RULES.items() if name not in BESIDE
})  # fmt: skip
"""Of the rules of routes those of a walk to a gate, which stands beside no other."""

HAND_OVER_RULES: Mapping[str, RouteRule] = MappingProxyType({
    name: rule for name, rule in ROUTE_RULES.items()
    if name not in BESIDE | moves.FROM_GROUND | {"places_passed"}
})  # fmt: skip
"""Of the rules of routes those of a drive from a site to a gate, which stands beside no other."""

WALKERS: Mapping[str, str] = MappingProxyType({"walk": "foot", "wheelchair": "wheelchair"})
"""Ways from a stop to a gate, and who goes them."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A broken rule: id of the route, site or origin, name of the rule, what is wrong."""

    id: str
    rule: str
    detail: str


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome: `checked` routes and sites, and every failure found."""

    passed: bool
    checked: int
    failures: tuple[Failure, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as the plan document shows it."""
        return {
            "passed": self.passed,
            "checked": self.checked,
            "failures": [asdict(failure) for failure in self.failures],
        }


def verify(
    document: object, facts: Facts, afoot: Mapping[str, Facts] | None = None
) -> Verification:
    """Check every route, site and stop of a plan document against the raw facts.

    Parameters
    ----------
    document
        The plan as JSON values, lon/lat; what cannot be read is a failure.
    facts
        Raw roads, gates, closures, crowds, thresholds.
    afoot
        The same of who walks from where a vehicle stops, by profile; ``facts`` where absent.
    """
    reading = read(document)
    failures = [Failure(fault.subject, DOCUMENT, fault.detail) for fault in reading.faults]
    cases = _route_cases(reading, facts)
    for case in cases:
        failures += _apply(ROUTE_RULES, case, case.route.id)
    origins = tuple(origin for origin, _ in reading.origins)
    profile = reading.head.profile if reading.head is not None else "car"
    for site in reading.sites:
        failures += _apply(SITE_RULES, SiteCase(site, facts, origins, profile), site.id)
    failures += _hand_overs(reading, facts)
    walked, of_stops = _stops(reading, facts, afoot or {})
    failures += of_stops
    failures += _whole(reading, facts)
    failures += _support(reading, facts)
    checked = len(cases) + len(reading.sites) + walked + len(reading.support)
    return Verification(not failures, checked, tuple(failures))


def _support(reading: Reading, facts: Facts) -> Iterator[Failure]:
    """Give what is wrong with stops for the crew, with havens."""
    if reading.head is None:
        return
    for place, minutes in reading.support:
        case = SupportCase(place, minutes, reading.head, facts)
        yield from _apply(SUPPORT_RULES, case, f"support:{place.id}")


def _stops(reading: Reading, facts: Facts, afoot: Mapping[str, Facts]) -> tuple[int, list[Failure]]:
    """Return how many drives to a stop and walks were checked, and what is wrong with them."""
    head = reading.head
    if head is None or not (reading.stops or reading.transit):
        return 0, []
    by_road = head, facts, facts.roads(head.profile)
    paths = {
        who: (head, f, f.roads(who)) for who in WALKERS.values() for f in [afoot.get(who, facts)]
    }
    failures: list[Failure] = []
    walks: list[RouteCase] = []
    for origin, stop, raw in reading.stops:
        drive = _alone(stop.drive, raw["drive"], origin, by_road)
        walked = {
            who: _alone(way, raw[key], stop, paths[who]) for key, who in WALKERS.items()
            if (way := getattr(stop, key)) is not None
        }  # fmt: skip
        failures += _apply(DRIVE_RULES, drive, stop.drive.id)
        failures += _apply(STOP_RULES, StopCase(stop, drive, walked, head, facts), stop.drive.id)
        walks += walked.values()
    on_foot = paths[WALKERS["walk"]]
    walks += [_alone(place.walk, raw["walk"], place, on_foot) for place, raw in reading.transit]
    for walk in walks:
        failures += _apply(WALK_RULES, walk, walk.route.id)
    return len(reading.stops) + len(walks), failures


def _hand_overs(reading: Reading, facts: Facts) -> list[Failure]:
    """Return what is wrong with the ways from staging sites to a gate."""
    head = reading.head
    told = [(s, s.movement.hand_over) for s in reading.sites if s.movement is not None]
    if head is None or not told:
        return []
    failures: list[Failure] = []
    about = (head, facts, facts.roads(head.profile))
    known = {site.id for site, _ in told}
    raws = {raw["id"]: raw for raw in head.staging
            if isinstance(raw, dict) and isinstance(raw.get("id"), str) and raw["id"] in known}  # fmt: skip
    for site, over in told:
        if over is not None:
            case = _alone(over, raws[site.id]["movement"]["hand_over"], site, about)
            failures += _apply(HAND_OVER_RULES, case, over.id)
    return failures


def _alone(
    route: Route,
    raw: Any,
    start: Origin | Stop | Transit | Site,
    about: tuple[Head, Facts, Streets],
) -> RouteCase:
    """Return a way that begins somewhere, beside no other."""
    origin = Origin(id=start.id, lon=start.lon, lat=start.lat, feasible=True, routes=[raw])
    return RouteCase(route, origin, None, *about)


def _route_cases(reading: Reading, facts: Facts) -> list[RouteCase]:
    if reading.head is None:
        return []
    streets = facts.roads(reading.head.profile)
    streets.read(leg.way for _, routes in reading.origins for route in routes for leg in route.legs)
    about = (reading.head, facts, streets)
    cases = []
    for origin, routes in reading.origins:
        first = next((route for route in routes if route.role == "primary"), None)
        beside: dict[str, RouteCase] = {}
        primary = None if first is None else RouteCase(first, origin, None, *about, beside)
        for route in routes:
            case = primary if route is first else None
            case = case or RouteCase(route, origin, primary, *about, beside)
            beside.setdefault(route.id, case)
            cases.append(case)
    return cases


C = TypeVar("C", RouteCase, SiteCase, StopCase, SupportCase)


def _apply(
    rules: Mapping[str, Callable[[C], Iterator[str]]], case: C, subject: str
) -> list[Failure]:
    failures = []
    for name, rule in rules.items():
        failures += judged(subject, name, (Failure(subject, name, said) for said in rule(case)))
    return failures


def judged(subject: str, name: str, found: Iterator[Failure]) -> list[Failure]:
    """Return what a rule finds; that it could not be applied to a subject is a failure too."""
    try:
        return list(found)
    except Exception as error:
        LOG.exception("rule %s could not be applied to %s", name, subject)
        return [Failure(subject, name, f"could not be checked: {error}")]


def _whole(reading: Reading, facts: Facts) -> list[Failure]:
    if reading.head is None:
        return []
    plan = PlanCase(reading.head, reading.origins, facts)
    failures: list[Failure] = []
    for name, rule in PLAN_RULES.items():
        failures += judged("plan", name, (Failure(who, name, said) for who, said in rule(plan)))
    return failures
