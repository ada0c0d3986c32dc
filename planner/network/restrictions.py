"""What a turn restriction relation orders a traveller: which kind, when."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from planner.errors import NetworkError
from planner.network.conditional import ALWAYS, At, clauses, hours_of, old_clock, rules_of

if TYPE_CHECKING:
    from planner.network.osm import Restriction
    from planner.network.profiles import Profile, Size

SKIPPED = "turn restrictions skipped: "


class Order(NamedTuple):
    """One order of a restriction.

    Attributes
    ----------
    kind
        As tagged: ``no_left_turn``, ``only_straight_on`` and the like.
    when
        "" always; else a rule as in ``Network.timed_rules`` that says when it holds.
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
    always = next((rule.tags[key] for key in keys if key in rule.tags), "")
    timed = next(
        (rule.tags[k] for k in (f"{key}:conditional" for key in keys) if k in rule.tags), ""
    )
    exempt = {word.strip() for word in rule.tags.get("except", "").split(";")}
    whole = rule.from_ways and rule.to_ways and (rule.via_ways or len(rule.via_nodes) == 1)
    why = ""
    if not (always or timed):
        why = "for others"
    elif exempt & profile.exempt:
        why = f"{profile.plural} are exempt"
    elif not whole:
        why = "a member is missing"
    try:
        orders = [] if why else _orders(always, timed, rule.tags, profile.size)
    except NetworkError:
        orders, why = [], "hours not understood"
    known = [order for order in orders if order.kind.startswith(("no_", "only_"))]
    return known, "" if known else SKIPPED + (why or "of unknown kind, or never in force")


def _orders(always: str, timed: str, tags: dict[str, str], size: Size) -> list[Order]:
    hours = old_clock(tags)
    if hours:
        return [Order(always or "", f"shut {hours}")]
    found = [(c.value, hours_of(c.condition, size)) for c in reversed(clauses(timed))]
    held = [(value, when) for value, when in found if when is not None]
    orders = []
    for kind in dict.fromkeys(value for value, _ in held if value != "none"):
        parts = [At(when, value != kind) for value, when in held]
        orders += [Order(kind, "" if when == f"shut {ALWAYS}" else when)
                   for when in rules_of(parts, free=kind != always)]  # fmt: skip
    if always and always not in [order.kind for order in orders]:
        parts = [At(when, value == "none") for value, when in held if value == "none"]
        orders += [Order(always, when) for when in rules_of(parts, free=False)] or [Order(always)]
    return orders
