"""The planner's wishes in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.plan import words
from planner.plan.question import BALANCED
from planner.plan.wishes.hand import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.plan.wishes.asked import Wishes
    from planner.plan.wishes.hand import Hand, Wish

Record = dict[str, Any]

_TOLD = {
    Kind.GATE: "to {}", Kind.VIA: "past {}", Kind.AVOID: "not on {}", Kind.PREFER: "preferring {}",
    Kind.ACCESS: "preferring {}",
}  # fmt: skip


def told(wish: Wish) -> str:
    """Return one wish as part of a sentence."""
    return _TOLD[wish.kind].format(wish.name)


def wishes_kept(hand: Hand, wishes: Wishes, left_out: Sequence[Wish] = ()) -> Record | None:
    """Return what every way keeps, JSON-ready, None where nothing was asked.

    Parameters
    ----------
    hand
        The wishes on the roads.
    wishes
        As typed.
    left_out
        Those among them that nothing keeps.
    """
    if not hand.wishes and not left_out:
        return None
    items = [
        {"id": wish.id, "kind": str(wish.kind), "asked": wish.asked, "name": wish.name,
         "told": told(wish)}
        for wish in hand.wishes
    ]  # fmt: skip
    left = [told(wish) for wish in left_out]
    said = [f"As asked: {', '.join(str(item['told']) for item in items)}."] if items else []
    said += [f"Not kept here, only for one arrival: {', '.join(left)}."] if left else []
    return {
        "asked": wishes.model_dump(mode="json"), "items": items, "left_out": left,
        "text": " ".join(said),
    }  # fmt: skip


def asked_of(told: Record) -> list[str]:
    """Return what is kept of a day, or of leaving, in sentences: the trade, the wishes."""
    trade, wishes = told.get("trade", BALANCED), told.get("wishes")
    said = [] if trade == BALANCED else [f"Minutes against exposure: {trade}."]
    return said + ([wishes["text"]] if wishes else [])


def text(record: Record, origins: Sequence[Record]) -> str:
    """Return the second line: what was asked, whether it is kept, what it costs.

    Parameters
    ----------
    record
        The wishes but for this sentence.
    origins
        Records of the document.
    """
    asked = ", ".join(item["told"] for item in record["items"])
    stuck = [o for o in record["origins"] if o["drop"]]
    best = words.best_origin({"origins": list(origins)})
    if best is None:
        return f"You asked: {asked}."
    parts = [f"As you asked: {asked}{_cost(record, best)}"]
    unused = [item for item in record["items"] if item["broken_by"]]
    parts += [f"{item['name']}: not used by {_ways(len(item['broken_by']))}" for item in unused]
    if stuck:
        parts.append(f"no way in so from {len(stuck)} of {len(origins)}{_instead(stuck)}")
    return "; ".join(parts) + "."


def _cost(record: Record, best: Record) -> str:
    minutes = {o["id"]: o["minutes"] for o in record["origins"] if o["minutes"] is not None}
    if best["id"] not in minutes:
        return ""
    low, high = min(minutes.values()), max(minutes.values())
    own = minutes[best["id"]]
    exposed = next(o["exposure_min"] for o in record["origins"] if o["id"] == best["id"])
    more = f", {exposed:+.1f} min exposure" if abs(exposed) >= 0.1 else ""
    beside = f" ({span(low, high)} over all)" if round(high) > round(low) else ""
    return f"; from {best['name']} that costs {amount(own)}{more}{beside}"


def amount(minutes: float) -> str:
    """Return minutes that something costs, in words.

    Examples
    --------
    >>> amount(4.2), amount(0.2), amount(-3.0)
    ('4 min', 'no time', '3 min less')
    """
    whole = round(minutes)
    return "no time" if whole == 0 else f"{whole} min" if whole > 0 else f"{-whole} min less"


def span(low: float, high: float) -> str:
    """Return from which to which minutes something costs."""
    return f"{round(low):+d} to {round(high):+d} min".replace("+0 ", "0 ").replace("-0 ", "0 ")


def _instead(stuck: Sequence[Record]) -> str:
    reasons = list(dict.fromkeys(o["reason"] for o in stuck))
    return f": {reasons[0]}" if reasons else ""


def _ways(count: int) -> str:
    return "1 way" if count == 1 else f"{count} ways"
