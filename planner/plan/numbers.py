"""The numbers of the roads a plan rests on, each with its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.layers.clock import is_weekday
from planner.network.kerb import CROSSING_S
from planner.network.profiles import CAR, PROFILES
from planner.network.quiet import STREET_COST
from planner.network.rush import BUFFER_CALM, BUFFER_RUSH, GROUPS, rush_share
from planner.plan.directions.speech import size
from planner.plan.wishes.hand import PREFER, Kind

if TYPE_CHECKING:
    from planner.plan.facts import Answer

ASSUMED = "assumption"
BETWEEN = "assumption, between the public profiles of Valhalla, OSRM and R5"
INDEX = "FHWA travel time index for motorways; others assumption"


def road_numbers(answer: Answer) -> dict[str, dict[str, Any]]:
    """Return value, unit, source by name: speeds, turns, the hour's traffic, quiet streets."""
    profile = PROFILES[answer.question.profile]
    numbers = {
        "speed_factor": (profile.speed_factor, "share of the limit", ASSUMED),
        "turn_near_s": (profile.turn_costs.near, "s", BETWEEN),
        "turn_across_s": (profile.turn_costs.far, "s", BETWEEN),
        "signal_s": (profile.turn_costs.signal, "s", BETWEEN),
    }
    if not profile.on_foot:
        when = answer.question.arrive_utc.astimezone(answer.layers.settings.zone)
        peaks = {
            f"rush_peak_{name}": (group.peak, "times", INDEX) for name, group in GROUPS.items()
        }
        numbers |= {
            "rush_share": (rush_share(when), "share of the full rush", ASSUMED),
            **peaks,
            "margin_calm": (BUFFER_CALM, "share of the drive", ASSUMED),
            "margin_rush": (BUFFER_RUSH, "share of the drive", ASSUMED),
            "far_side_s": (CROSSING_S, "s", ASSUMED),
        }
    if answer.quiet is not None and answer.question.quiet:
        costs = {
            f"quiet_{name}": (cost, "times", ASSUMED) for name, (_, cost) in STREET_COST.items()
        }
        numbers |= costs
    if answer.hand.of(Kind.PREFER, Kind.ACCESS):
        numbers["other_streets"] = (PREFER, "times", ASSUMED)
    return {
        name: {"value": value, "unit": unit, "source": source}
        for name, (value, unit, source) in numbers.items()
    }


def hour_notices(answer: Answer) -> list[str]:
    """Return in words for whom and for which hour the seconds of the roads hold."""
    profile = PROFILES[answer.question.profile]
    if profile.on_foot:
        return [f"{profile.title.lower()}: from stops of public transport near by, at "
                f"{profile.speeds['footway'].default:.1f} km/h"]  # fmt: skip
    when = answer.question.arrive_utc.astimezone(answer.layers.settings.zone)
    day = "a weekday" if is_weekday(when) else "a weekend"
    told = [f"driving times are those of {when:%H}:00 on {day}"]
    if profile.name != CAR.name:
        told.append(f"{profile.title.lower()}: {size(profile)}")
    return told
