"""Rules of the planner's demands: the gate asked for, places passed in order, streets not driven."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import shapely
from pydantic import Field, ValidationError
from shapely.geometry import MultiLineString, Point

from planner.verify.document import Latitude, Line, Longitude, NotNegative, Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from planner.verify.case import PlanCase, RouteCase
    from planner.verify.document import Head
    from planner.verify.facts import Facts

AT_M = 2.0
"""A route passes a place that lies this near to its line."""

OFFSET_SLACK_M = 5.0

BESIDE_M = 0.5
CROSSED_M = 10.0
"""Within ``BESIDE_M`` of a street for no longer than this, a route only crosses it or leaves it."""

VIA, AVOID, GATE = "via", "avoid", "gate"


class Item(Record):
    """One wish as the document tells it; of a place where it was put, of a street its lines."""

    kind: str
    asked: str
    name: str
    lon: Longitude | None = None
    lat: Latitude | None = None
    offset_m: NotNegative | None = None
    lines: list[Line] = Field(default_factory=list)


class Told(Record):
    """The wishes as the document tells them."""

    items: Annotated[list[Item], Field(min_length=1)]

    def of(self, kind: str) -> list[Item]:
        """Return those of a kind, in order."""
        return [item for item in self.items if item.kind == kind]


def pinned_gate(case: RouteCase) -> Iterator[str]:
    """Demand the gate that was asked for."""
    demands = case.facts.demands
    if demands is not None and demands.gate not in (None, case.route.entrance):
        yield f"ends at entrance {case.route.entrance}, asked for was {demands.gate}"


def places_passed(case: RouteCase) -> Iterator[str]:
    """Demand that every place asked for is passed where the plan says, in order."""
    demands = case.facts.demands
    if demands is None or not demands.via:
        return
    told = _told(case.head)
    behind = 0.0
    for number, item in enumerate(told.of(VIA) if told else [], 1):
        if item.lon is None or item.lat is None:
            yield f"does not say where it passes place {number}"
            return
        at = along(case.xy, case.facts.metric([[item.lon, item.lat]])[0])
        ahead = at[at >= behind]
        if not len(ahead):
            yield f"does not pass place {number} ({item.asked}) after those before it"
            return
        behind = float(ahead[0])


def streets_avoided(case: RouteCase) -> Iterator[str]:
    """Demand that no street is driven that was not to be."""
    demands = case.facts.demands
    told = _told(case.head) if demands is not None and demands.avoid else None
    for item in told.of(AVOID) if told else ():
        if item.lon is None and any(_is_named(case, i, item.name) for i in range(len(case.legs))):
            yield f"drives on {item.name}, which was not to be driven"
            continue
        strip = _lines(case.facts, item).buffer(BESIDE_M)
        longest = max(
            (p.length for p in shapely.get_parts(case.line.intersection(strip))), default=0
        )
        if longest > CROSSED_M:
            yield f"drives {longest:.0f} m of {item.name}, which was not to be driven"


def wishes_told(plan: PlanCase) -> Iterator[tuple[str, str]]:
    """Demand that the plan tells each demand, and where on the roads it put it."""
    demands = plan.facts.demands
    raw = plan.head.wishes
    if demands is None:
        if raw is not None:
            yield "plan", "tells wishes that nobody asked for"
        return
    told = _told(plan.head)
    if told is None:
        yield "plan", "does not tell what was asked of its ways"
        return
    asked = {
        GATE: [] if demands.gate is None else [demands.gate],
        VIA: [text for text, _ in demands.via], AVOID: list(demands.avoid),
    }  # fmt: skip
    for kind, texts in asked.items():
        said = [item.asked for item in told.of(kind)]
        if said != texts:
            yield "plan", f"tells {said} as {kind}, asked was {texts}"
    yield from _put(plan.facts, told)


def _put(facts: Facts, told: Told) -> Iterator[tuple[str, str]]:
    """Demand that places lie as near to what was asked as is said, that streets have lines."""
    demands = facts.demands
    assert demands is not None  # noqa: S101 - looked at before
    for item, (text, shape) in zip(told.of(VIA), demands.via, strict=False):
        if item.lon is None or item.lat is None:
            continue
        gap = facts.metric_shape(shape).distance(Point(facts.metric([[item.lon, item.lat]])[0]))
        if gap > min((item.offset_m or 0.0) + OFFSET_SLACK_M, facts.limits.max_snap_m):
            yield "plan", f"puts {text} {gap:.0f} m away from it"
    for item in told.of(AVOID):
        if not item.lines:
            yield "plan", f"does not say which road {item.asked} is"


def _told(head: Head) -> Told | None:
    try:
        return Told.model_validate(head.wishes)
    except ValidationError:
        return None


def along(xy: NDArray[np.float64], place: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far along a line, metres ascending, each of its pieces is at a place."""
    foot, span = xy[:-1], np.diff(xy, axis=0)
    length = np.hypot(*span.T)
    share = ((place - foot) * span).sum(1) / np.maximum(length**2, 1e-12)
    share = np.clip(share, 0.0, 1.0)
    off = np.hypot(*(place - foot - share[:, None] * span).T)
    begin = np.concatenate([[0.0], np.cumsum(length)[:-1]])
    at: NDArray[np.float64] = (begin + share * length)[off <= AT_M]
    return at


def _is_named(case: RouteCase, leg: int, name: str) -> bool:
    return any(
        trace.way.tags.get("name", "").casefold() == name.casefold() for trace in case.traces[leg]
    )


def _lines(facts: Facts, item: Item) -> Any:
    return MultiLineString([facts.metric(line) for line in item.lines])
