"""One way in as a reader would tell it to a driver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.briefing.escape import escape, isolate
from planner.briefing.words import (
    ROBUST,
    STAYS_CLEAR,
    clock,
    kilometres,
    leave_by,
    minutes,
    quiet_metres,
    way_mark,
)
from planner.plan.pace.names import with_pace
from planner.plan.words import latest
from planner.ui.clear_in import clear_words

if TYPE_CHECKING:
    from planner.ui.heading import Answered


def way_in_words(
    route: dict[str, Any], place: tuple[int, int], answered: Answered, *, unfold: bool
) -> str:
    """Return a way as HTML: when to use it, its figures, the last point to change, street by street."""
    zone = answered.zone
    gate = isolate(route.get("entrance_name") or route["entrance"])
    clear = (
        "clear as reported" if route["clear"] else f"not clear, worst risk {route['max_risk']:.2f}"
    )
    wait = f", {minutes(route['wait_s'])} min of it waiting" if route["wait_s"] else ""
    quiet = quiet_metres(route)
    facts = (
        f"<b>Leave by {leave_by(route, zone)}</b>, at {gate} {clock(route['arrive'], zone)} · "
        f"{minutes(route['time_s'] + route['wait_s'])} min{wait}, {kilometres(route['length_m'])} km · {clear}"
        + (f" · {quiet}" if quiet else "")
        + escape(clear_words(route, answered))
        + (f"<br><small>{latest(route)}</small>" if latest(route) else "")
    )
    steps = "".join(
        f"<li><time>{clock(step['at'], zone)}</time> {isolate(step['text'])}</li>"
        for step in route.get("steps") or []
    )
    told = route.get("use_when")
    use = f"<br><small class='use'>{isolate(told)}</small>" if told else ""
    decision = route.get("decision")
    last = f"<p class='decision'>{isolate(decision['text'])}</p>" if decision else ""
    notices = "".join(f"<p class='decision'>{isolate(text)}</p>" for text in route["notices"])
    called = STAYS_CLEAR if route["role"] == ROBUST else with_pace(route["role"])
    name = f"{way_mark(*place, route)} {escape(called)}: {gate}"
    opened = " open" if unfold else ""
    return (
        f'<details class="way r-{escape(route["role"])}"{opened}><summary>{name}{use}</summary>'
        f"<p>{facts}</p>{last}{notices}<ol>{steps}</ol></details>"
    )
