"""What a turn restriction relation orders a traveller: which kind, when."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from planner.errors import NetworkError
from planner.network.conditional import clauses, old_clock, ruled

if TYPE_CHECKING:
    from planner.network.osm import Restriction
    from planner.network.profiles import Profile

SKIPPED = "turn restrictions skipped: "
UNREAD = "turn restrictions whose hours cannot be read, taken to hold at all times"

LIFTED = frozenset({"none", "no", ""})
"""Values by which a restriction is lifted."""


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


class Told(NamedTuple):
    """What a restriction orders a profile.

    Attributes
    ----------
    orders
        The orders, none when it orders nothing.
    skipped
        Why it orders nothing, "" when it does.
    unread
        Whether hours could not be read, so that it holds at all times instead.
    """

    orders: list[Order]
    skipped: str = ""
    unread: bool = False


def orders_of(rule: Restriction, profile: Profile) -> Told:
    """Return what a restriction orders a profile; at all times where its hours are not read."""
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
    if why:
        return Told([], SKIPPED + why)
    found = _orders(always, timed, rule.tags, profile)
    orders = [order for order in found.orders if order.kind.startswith(("no_", "only_"))]
    skipped = "" if orders else SKIPPED + "of unknown kind, or never in force"
    return Told(orders, skipped, bool(orders) and found.unread)


def _orders(always: str, timed: str, tags: dict[str, str], profile: Profile) -> Told:
    try:
        clock, unread = old_clock(tags), False
    except NetworkError:
        clock, unread = "", True
    parts = clauses(timed)[::-1]
    orders = []
    for kind in dict.fromkeys([*(part.value for part in parts), always]):
        if kind in LIFTED:
            continue
        # One kind does not lift another: two signs would stand there.
        said = [(c, value != kind) for value, c in parts if value == kind or value in LIFTED]
        said += [(clock, False)] if kind == always and clock else []
        held = ruled(said, profile, free=bool(clock) or kind != always)
        orders += [Order(kind, when) for when in ("",) * held.shut + held.rules]
        unread |= not held.is_read
    return Told(orders, "", unread)
