"""What a turn restriction relation orders a vehicle: which kind, when."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from planner.network import conditional

if TYPE_CHECKING:
    from planner.network.osm import Restriction
    from planner.network.profiles import Profile

SKIPPED = "turn restrictions skipped: "


class Order(NamedTuple):
    """One order of a restriction.

    Attributes
    ----------
    kind
        As tagged: ``no_left_turn``, ``only_straight_on`` and the like.
    when
        "" always; else "shut EXPR" (it holds then) or "open EXPR" (it does not hold then).
    """

    kind: str
    when: str = ""

    @property
    def only(self) -> bool:
        """Whether every other movement is forbidden."""
        return self.kind.startswith("only_")


def orders_of(rule: Restriction, profile: Profile) -> tuple[list[Order], str]:
    """Return what a restriction orders a profile, and why nothing where the list is empty."""
    keys = profile.restriction_keys[::-1]
    exempt = {word.strip() for word in rule.tags.get("except", "").split(";")}
    if exempt & set(profile.exempt):
        return [], SKIPPED + "exempt"
    members = rule.from_ways and rule.to_ways and (rule.via_ways or len(rule.via_nodes) == 1)
    if not members:
        return [], SKIPPED + "a member is missing"
    always = next((rule.tags[key] for key in keys if key in rule.tags), "")
    timed = next((rule.tags[f"{k}:conditional"] for k in keys if f"{k}:conditional" in rule.tags), "")
    if not (always or timed):
        return [], SKIPPED + "for other vehicles"
    orders, doubtful = _timed(always, timed, rule.tags)
    known = [o for o in orders if o.kind.startswith(("no_", "only_"))]
    if known:
        return known, ""
    return [], SKIPPED + ("hours not understood" if doubtful else "of unknown kind")


def _timed(always: str, timed: str, tags: dict[str, str]) -> tuple[list[Order], bool]:
    """Return orders with their hours; True where some hours were not understood."""
    hours = conditional.old_hours(tags)
    if hours is not None:
        # A relation may say its hours twice, in the old tags as in the new.
        return ([Order(always, f"shut {hours}")] if hours else []), not hours
    orders, doubtful, lifted = [], False, ""
    for clause in conditional.clauses(timed) if timed else ():
        if not clause.hours:
            doubtful = True
        elif clause.value == "none":
            lifted = clause.hours
        else:
            orders.append(Order(clause.value, f"shut {clause.hours}"))
    if always:
        orders.append(Order(always, f"open {lifted}" if lifted else ""))
    return orders, doubtful
