"""The slider as a table: risk at each gate, half-hour by half-hour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shapely import Point

from planner.briefing.escape import isolate
from planner.briefing.grid import framed, section
from planner.briefing.steps import times_of
from planner.briefing.words import NONE, day, parse
from planner.layers.crs import to_xy
from planner.plan.levels import level_of, levels_of
from planner.risk.areas import risk_of_places

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from planner.plan import Plan

Document = dict[str, Any]


def hours(plan: Plan, document: Document, zone: ZoneInfo) -> str:
    """Return the levels of risk at the gates through the plan's window."""
    if not document["gates"] or not document["zones"]:
        return ""
    times = times_of(document, zone)
    arrive = parse(document["arrive_by"]).astimezone(zone)
    levels = levels_of(document)
    places = [(gate["lon"], gate["lat"]) for gate in document["gates"]]
    spots = [Point(xy) for xy in to_xy(places, plan.network.epsg)]
    found = [_at(plan, spots, when) for when in times]
    head = "".join(
        f'<th scope="col" class="n{" now" if when == arrive else ""}">{when:%H:%M}</th>'
        for when in times
    )
    rows = "".join(
        f'<tr><th scope="row">{isolate(gate["name"])}</th>'
        + "".join(
            f'<td class="n{" now" if when == arrive else ""}">{_mark(risks[n], levels)}</td>'
            for when, risks in zip(times, found, strict=True)
        )
        + "</tr>"
        for n, gate in enumerate(document["gates"])
    )
    note = (
        f"Levels as on the map, on {day(times[0], zone)}, within 30 m of the gate; {NONE} is below "
        "level 1. The framed column is the arrival."
    )
    table = framed(
        "Level of risk at each gate by time of day",
        f'<thead><tr><th scope="col">Gate</th>{head}</tr></thead><tbody>{rows}</tbody>',
        kind="hours",
    )
    return section("Risk at the gates by the hour", table, note=note)


def _at(plan: Plan, spots: list[Point], when: datetime) -> list[float]:
    second = plan.risk.field.seconds(when)
    found = risk_of_places(plan.network, plan.risk, spots, start_s=second, end_s=second + 1)
    return [float(risk) for risk in found]


def _mark(risk: float, levels: tuple[float, ...]) -> str:
    level = level_of(risk, levels)
    return f'<span class="lv lv{level}">{level}</span>' if level else NONE
