"""Sentences on what changed for ways in."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from planner.plan.diff.fields import WORTH, seconds
from planner.plan.pace.names import NAMES
from planner.plan.words import clock, minutes, via

if TYPE_CHECKING:
    from planner.plan.diff.ways import Pair

Record = dict[str, Any]

LONGEST = 80
MINUTE_S = 60
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")


def name_of(text: str, *, most: int | None = LONGEST) -> str:
    r"""Return a name as one short line: what is typed into a file may hold anything.

    >>> name_of("East\x1b[2J\ngate")
    'East [2J gate'
    """
    clean = " ".join(_UNSEEN.sub(" ", text).split())
    return clean if most is None or len(clean) <= most else clean[: most - 1] + "…"


def first_choice(before: Record, after: Record, pairs: list[Pair], later_s: float) -> list[str]:
    """Return what is worth telling of an origin's first choice, part by part.

    Parameters
    ----------
    before, after
        The origin in both plans, with a way in either.
    pairs
        Its ways, matched.
    later_s
        Seconds by which the arrival asked about is later.
    """
    old, new = before["routes"][0], after["routes"][0]
    return [
        *_course(old, new, pairs),
        *_leave(old, new, later_s),
        *_hold(old, new),
        *_risk(old, new),
    ]


def other_way(pair: Pair) -> str:
    """Return what became of a way beside the first choice, "" where it is the same."""
    old, new = pair.before, pair.after
    if new is None and old is not None:
        return f"no more {called(old)}"
    if old is None and new is not None:
        return f"new: {called(new)}, leave {clock(new['leave_by'])}"
    if old is None or new is None:
        return ""
    parts = []
    if old["role"] != new["role"]:
        parts.append(f"now the {_rank(new)}")
    if old["entrance"] != new["entrance"]:
        parts.append(_gates(old, new))
    elif pair.apart_m >= WORTH["metres"]:
        parts.append(_streets(old, new))
    parts += _risk(old, new)
    return f"the {called(old)}: {', '.join(parts)}" if parts else ""


def called(route: Record) -> str:
    """Return what a way is called: its role, by which gate, along which street."""
    return f"{_rank(route)} by {name_of(route['entrance_name'])}{name_of_via(route)}"


def _rank(route: Record) -> str:
    """Return what a way is called by its rank; a file may hold any word for it."""
    return NAMES.get(route["role"]) or name_of(route["role"])


def name_of_via(route: Record) -> str:
    """Return " via" the street people will recognise a way by, "" where none has a name."""
    street = name_of(via(route).removeprefix(" via "))
    return f" via {street}" if street else ""


def _course(old: Record, new: Record, pairs: list[Pair]) -> list[str]:
    """Return by which gate or street one comes now, and what the two ways are in the other plan."""
    same = next(p for p in pairs if p.after is new)
    parts = []
    if old["entrance"] != new["entrance"]:
        parts.append(f"now {_gates(old, new)}")
    elif same.before is not old:
        parts.append(f"now another way, {_streets(old, new)}")
    elif same.apart_m >= WORTH["metres"]:
        parts.append(f"now {_streets(old, new)}")
    if same.before is not None and same.before is not old:
        parts.append(f"which was the {_rank(same.before)}")
    became = next(p for p in pairs if p.before is old).after
    if became is not None and became is not new:
        parts.append(f"the way of before is now the {_rank(became)}")
    return parts


def _gates(old: Record, new: Record) -> str:
    return f"by {name_of(new['entrance_name'])} instead of {name_of(old['entrance_name'])}"


def _streets(old: Record, new: Record) -> str:
    """Return the streets that tell two ways apart."""
    gone, come = _own_street(old, new), _own_street(new, old)
    if come and gone:
        return f"via {come} instead of {gone}"
    return f"via {come}" if come else f"no more via {gone}" if gone else "a little elsewhere"


def _own_street(route: Record, other: Record) -> str:
    """Return the longest street of a way that the other does not use, "" for none."""
    theirs = {leg["street"] for leg in other["legs"]}
    own: Counter[str] = Counter()
    for leg in route["legs"]:
        if leg["street"] and leg["street"] not in theirs:
            own[leg["street"]] += leg["length_m"]
    return name_of(own.most_common(1)[0][0]) if own else ""


def _leave(old: Record, new: Record, later_s: float) -> list[str]:
    later = seconds(old["leave_by"], new["leave_by"]) - later_s
    if abs(later) < WORTH["seconds"]:
        return []
    way = "later" if later > 0 else "earlier"
    against = " against the arrival" if later_s else ""
    # As the two clocks shown stand apart, seconds left out.
    shown = seconds(old["leave_by"][:16], new["leave_by"][:16])
    apart = minutes(abs(later if later_s else shown))
    return [f"leave {clock(new['leave_by'])}, {apart} {way}{against}"]


def _hold(old: Record, new: Record) -> list[str]:
    if abs(new["wait_s"] - old["wait_s"]) < WORTH["seconds"]:
        return []
    if new["wait_s"] < MINUTE_S:
        return ["no hold on the way any more"]
    before = minutes(old["wait_s"]) if old["wait_s"] >= MINUTE_S else "none"
    return [f"hold {minutes(new['wait_s'])} on the way instead of {before}"]


def _risk(old: Record, new: Record) -> list[str]:
    parts = []
    if old["clear"] != new["clear"]:
        parts.append(
            "clear again" if new["clear"] else f"no more clear, risk {new['max_risk']:.2f}"
        )
    if abs(new["exposure_min"] - old["exposure_min"]) >= WORTH["exposure_min"] - 1e-9:
        parts.append(f"{new['exposure_min']:.1f} min exposure instead of {old['exposure_min']:.1f}")
    return [*parts, *share_of(old, new)]


def share_of(old: Record, new: Record) -> list[str]:
    """Return in how many variations something stays clear, where that changed and both tell it."""
    one, other = old.get("clear_share"), new.get("clear_share")
    if one is None or other is None or abs(other - one) < WORTH["share"] - 1e-9:
        return []
    return [f"clear in {other:.0%} of the variations instead of {one:.0%}"]
