"""Why there is no way, what shuts a gate, what forces a way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from planner.network.profiles import PROFILES
from planner.network.search import Tree, best_start, follow
from planner.plan import words
from planner.plan.directions.speech import speech_of
from planner.plan.gate_size import too_large
from planner.plan.pace.names import the
from planner.plan.why.words import NO_WAY_TO
from planner.plan.wishes import words as wish_words
from planner.plan.wishes.hand import DEMANDS
from planner.plan.zones import label
from planner.routes.answer import ENOUGH
from planner.routes.doors import zones_before
from planner.routes.walk import shared_share

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.plan.facts import Answer
    from planner.routes.answer import OriginAnswer
    from planner.routes.doors import Door

HOUR_S = 3600
AS_ASKED = "no way to it as you asked"
GROUND_M = 8.0
"""Metres from its kept-clear ground within which a crowd is what shuts a street."""


def no_way(answer: Answer, origin: int) -> str:
    """Return why nobody can arrive from a node in the window."""
    problem, told = answer.problem, speech_of(answer.question.profile)
    if not len(answer.gates):
        small = [
            f"{row.name} is {why}"
            for row in answer.layers.entrances.itertuples()
            if row.kind in PROFILES[answer.question.profile].gate_kinds
            and (why := too_large(answer.question.profile, row))
        ]
        return "; ".join([f"the facility has no gate for {told.whom}", *small])
    if (problem.gate_nodes < 0).all():
        return f"no {told.gate} lies near a {told.road} that can be reached"
    names = _names(answer)
    by_hours = problem.by_hours()
    if not len(by_hours.gates().node):
        return f"no {told.gate} is open around {_asked(answer)} ({_hours(answer)})"
    if not np.isfinite(_free_cost(answer.to_go, answer, origin)):
        return "no road leads from here to a gate, even on a free day"
    blockers: list[str] = []
    for g, name in enumerate(names):
        if problem.pinned not in (None, g):
            continue
        if not by_hours.opens_in_time(g):
            blockers.append(
                f"{name} is shut (open {answer.gates['opens'][g]}-{answer.gates['closes'][g]})"
            )
            continue
        tree = problem.free_tree([g])
        what = [
            *at_the_gate(answer, problem.doors[g]),
            *shutting(answer, _free_way(answer, tree, origin), problem.arrive),
        ]
        if what:
            what = list(dict.fromkeys(what))
            blockers.append(f"{name}: {' and '.join(what)}")
    # Where the wishes were weighed, it is asked why there is none without them.
    demands = answer.hand.of(*DEMANDS) if answer.weighed is None else ()
    asked = " and ".join(wish_words.told(wish) for wish in demands)
    return "; ".join(dict.fromkeys(blockers)) or (
        f"no way {asked}" if asked else _what_shuts(answer)
    )


def _what_shuts(answer: Answer) -> str:
    """Return what shuts every way in where no single report does; a road may have hours itself."""
    kinds = {"assemblies": answer.risk.zones, "closures": answer.metric.closures}
    told = [kind for kind, rows in kinds.items() if len(rows)]
    return (
        f"{words.listed([*told, 'the hours of roads, gates on them or ferries'])} shut every way in"
    )


def shutting(answer: Answer, arcs: NDArray[np.int32], second: int) -> list[str]:
    """Return the zones and closures that shut any of the arcs around a second, in words."""
    field = answer.risk.field
    shut = arcs[field.shut_during(second - answer.problem.early - 1800, second + 1)[arcs]]
    if not len(shut):
        return []
    return _standing_on(answer, shut, second)


def at_the_gate(answer: Answer, door: Door, early: int | None = None) -> list[str]:
    """Return the zones that stand before a gate while one may arrive, in words."""
    problem, risk = answer.problem, answer.risk
    first = problem.arrive - (problem.early if early is None else early)
    there = zones_before(door, risk, (first, problem.arrive + 1))
    zone = answer.layers.settings.zone
    return [label(one, risk, problem.network, zone) for one in risk.zones if one.id in there]


def standing_before(answer: Answer, gate: int, origin: int) -> list[str]:
    """Return the zones and closures that shut a gate, or the free way from a node to it."""
    tree = answer.problem.free_tree([gate])
    on_way = shutting(answer, _free_way(answer, tree, origin), answer.problem.arrive)
    return list(dict.fromkeys([*at_the_gate(answer, answer.problem.doors[gate]), *on_way]))


def _standing_on(answer: Answer, arcs: NDArray[np.int32], second: int) -> list[str]:
    """Return the zones and closures on any of the arcs in the hour before a second."""
    network = answer.problem.network
    timezone = answer.layers.settings.timezone
    lines = shapely.union_all([shapely.LineString(network.arc_shape(int(a))) for a in arcs])
    found = []
    for zone in answer.risk.zones:
        crowds = (
            f for f in answer.risk.footprints
            if f.zone_id == zone.id and f.start_s <= second and f.end_s > second - HOUR_S
        )  # fmt: skip
        if any(f.kept_clear.distance(lines) <= GROUND_M for f in crowds):
            found.append(label(zone, answer.risk, network, answer.layers.settings.zone))
    when = answer.risk.field.when(second)
    for row in answer.metric.closures.itertuples():
        active = row.starts_at <= when and row.ends_at > answer.risk.field.when(second - HOUR_S)
        if active and np.isin(answer.risk.closed.get(row.id, ()), arcs).any():
            until = words.moment(words.iso(row.ends_at, timezone), words.iso(when, timezone))
            found.append(f"{row.name} (until {until})")
    return list(dict.fromkeys(found))


def gate(answer: Answer, row: Any, g: int | None, *, is_open: bool, used: bool) -> str | None:
    """Return why a gate is not used, None for one that is or that may be by another way."""
    if g is None:
        return _unfit(answer, row)
    if answer.hand.gate not in (None, g):
        return "another gate was asked for"
    if not is_open:
        return f"shut at that time (open {row.opens}-{row.closes})"
    if used or not all(found.whole for found in answer.origins):
        return None
    if any(found.by_gate and found.by_gate[g] for found in answer.origins):
        return "other gates are quicker or calmer"
    return _unreached(answer, g)


def _unreached(answer: Answer, g: int) -> str:
    """Return why nobody has a way to a gate that is open to them."""
    if answer.hand.wishes and not any(found.routes for found in answer.origins):
        return AS_ASKED
    problem = answer.problem
    what: list[str] = []
    free = problem.free_tree([g])
    for origin in problem.origins:
        what = shutting(answer, _free_way(answer, free, int(origin)), problem.arrive)
        if what:
            break
    what = list(dict.fromkeys([*at_the_gate(answer, problem.doors[g]), *what]))
    if answer.hand.wishes and not what:
        return AS_ASKED
    return f"{NO_WAY_TO}: " + (", ".join(what) or "no open road leads to it")


def _unfit(answer: Answer, row: Any) -> str | None:
    """Return why a gate is none for who travels."""
    if row.kind in PROFILES[answer.question.profile].gate_kinds:
        return too_large(answer.question.profile, row)
    return "for people on foot only" if row.kind == "foot" else "for vehicles only"


def unmet(answer: Answer, found: OriginAnswer) -> list[str]:
    """Return what was asked for and could not be given."""
    said = []
    others = len(found.routes) - 1
    if found.whole and others < ENOUGH:
        count = "only one other way" if others else "no other way"
        said.append(f"{count}: {_why_together(answer, found)}")
    if not found.routes[0].proven:
        said.append("not proven: the exact table would be too large; the way is near-optimal")
    if found.whole and found.routes[0].max_risk >= answer.problem.clear_below:
        said.append(_why_not_clear(answer, found))
    return said


def _why_not_clear(answer: Answer, found: OriginAnswer) -> str:
    primary, *others = found.routes
    clear = [w for w in (*others, *found.options) if w.max_risk < answer.problem.clear_below]
    if not clear:
        return "no clear way: every way found passes streets near a reported zone"
    longer = min(w.arrive - w.depart for w in clear) - (primary.arrive - primary.depart)
    return (
        f"{the('primary')} passes streets near a reported zone; the quickest clear way below takes "
        f"{words.minutes(longer)} more"
    )


def _why_together(answer: Answer, found: OriginAnswer) -> str:
    network = answer.problem.network
    primary = found.routes[0]
    why = []
    if found.forced:
        names = (network.names[network.name[a]] or "an unnamed road" for a in found.forced)
        length = float(network.length_m[list(found.forced)].sum())
        why.append(f"every way in must use {', '.join(dict.fromkeys(names))} ({length:.0f} m)")
    if found.near_misses:
        way = found.near_misses[0]
        shared = shared_share(answer.problem, way, primary)
        longer = max(0.0, way.cost_s - primary.cost_s)
        twin = max((shared_share(answer.problem, way, w) for w in found.routes[1:]), default=0.0)
        beside = f", {twin:.0%} with {the('alternate')}" if len(found.routes) > 1 else ""
        why.append(
            f"the next way shares {shared:.0%} with {the('primary')}{beside}, "
            f"{words.minutes(longer)} longer"
        )
    return "; ".join(why) or "no other way was found"


def _free_way(answer: Answer, tree: Tree, origin: int) -> NDArray[np.int32]:
    return follow(tree, best_start(answer.problem.graph, tree, origin))


def _free_cost(to_go: NDArray[np.float64], answer: Answer, origin: int) -> float:
    graph = answer.problem.graph
    arcs = graph.out_arcs[graph.out_start[origin] : graph.out_start[origin + 1]]
    return float(to_go[arcs].min(initial=np.inf))


def _names(answer: Answer) -> list[str]:
    return [str(name) for name in answer.gates["name"]]


def _hours(answer: Answer) -> str:
    pinned = answer.problem.pinned
    some = answer.gates if pinned is None else answer.gates.iloc[[pinned]]
    return ", ".join(f"{r.name} {r.opens}-{r.closes}" for r in some.itertuples())


def _asked(answer: Answer) -> str:
    return words.clock(words.iso(answer.question.arrive_utc, answer.layers.settings.timezone))
