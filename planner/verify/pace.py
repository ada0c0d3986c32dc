"""Rules on alternates: how much of the primary they share, what is said where they must."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.verify.case import PlanCase, RouteCase

SHARE_SLACK = 0.03
ROBUST = "robust"
"""A way shown because it stays clear: it may share any part of the primary."""
OTHER_ROLES = (ROBUST, "option")
"""Ways that are shown for another reason than that they differ from the primary by road."""


def shared_stated(case: RouteCase) -> Iterator[str]:
    """Demand that the share said to lie on the primary is the one that does."""
    said = case.route.shared_with_primary
    if case.primary is None:
        return
    low, high = case.primary_shares
    if said is None:
        yield "does not say how much it shares with the primary"
    elif not low - SHARE_SLACK <= said <= high + SHARE_SLACK:
        yield f"says it shares {said:.0%} with the primary, it shares {low:.0%} to {high:.0%}"


def alternates_differ(case: RouteCase) -> Iterator[str]:
    """Demand that a further way shares little of the primary, or the plan says why it must.

    Such a reason names a street of both; none excuses the primary by another name.
    """
    if case.primary is None or case.route.role in OTHER_ROLES:
        return
    low, _ = case.primary_shares
    if case.route.geometry == case.primary.route.geometry:
        yield "is the primary over again"
    elif low > case.facts.limits.max_shared + SHARE_SLACK and not _says_why(case, case.primary):
        yield f"shares {low:.0%} with the primary and the plan does not say why"


def _says_why(case: RouteCase, primary: RouteCase) -> bool:
    both = {street for street in case.named if street}.intersection(primary.named)
    return any(street in reason for street in both for reason in case.origin.unmet)


def roles(plan: PlanCase) -> Iterator[tuple[str, str]]:
    """Demand one primary of each feasible origin."""
    for origin, routes in plan.origins:
        primaries = [route.role for route in routes].count("primary")
        if origin.feasible and primaries != 1:
            yield origin.id, f"is called feasible with {primaries} primary routes"
        elif not origin.feasible and primaries:
            yield origin.id, "is called infeasible, yet a primary route is given"
        elif not origin.feasible and routes:
            yield origin.id, "is called infeasible, yet a route is given"


def robust_named(plan: PlanCase) -> Iterator[tuple[str, str]]:
    """Demand that the robust way is a route of its origin, or stands beside them."""
    for origin, routes in plan.origins:
        own = [raw["role"] for raw in origin.routes if isinstance(raw, dict) and "role" in raw]
        if ROBUST in own:
            yield origin.id, "has a robust way among its routes"
        said = origin.robust.get("same_as") if isinstance(origin.robust, dict) else None
        if said is not None and said not in {
            route.id for route in routes if route.role not in OTHER_ROLES
        }:
            yield origin.id, f"calls {said!r} its robust way, no route of it"


def reason_given(plan: PlanCase) -> Iterator[tuple[str, str]]:
    """Demand a reason where there is no way through."""
    for origin, _ in plan.origins:
        if not origin.feasible and not (origin.reason or "").strip():
            yield origin.id, "has no way in and gives no reason"
    feasible = any(origin.feasible for origin, _ in plan.origins)
    if plan.head.feasible != feasible:
        yield "plan", f"says feasible is {plan.head.feasible}, its origins say {feasible}"
