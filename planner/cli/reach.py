"""What the commands about a moment at a gate, or of leaving, do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typer

from planner.errors import InputError
from planner.layers.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

INFEASIBLE = 3


def isochrone(
    target: Path, asked: dict[str, str], direction: str, minutes: str, *, geojson: bool
) -> int:
    """Print what lies within minutes of a gate."""
    from planner.plan.reach import ReachQuestion, gate_reach

    try:
        steps = tuple(int(part) for part in minutes.split(","))
    except ValueError as error:
        raise InputError(f"--minutes {minutes!r}: give whole minutes, such as 5,10,15") from error
    wish = ReachQuestion(**asked, direction=direction, minutes=steps)  # type: ignore[arg-type]  # checked there
    found = gate_reach(Workspace.open(target), wish)
    typer.echo(json.dumps(found, ensure_ascii=False) if geojson else isochrone_words(found))
    reached = any(feature["properties"]["road_km"] for feature in found["features"])
    return 0 if reached else INFEASIBLE


def isochrone_words(found: dict[str, Any]) -> str:
    """Return isochrones as plain lines: areas, streets, what zones cut off."""
    from planner.network.profiles import PROFILES
    from planner.plan.words import clock, dated

    who, at = PROFILES[found["profile"]].title.lower(), clock(found["at"])
    how = "leaving" if found["direction"] == "out" else "arriving by"
    lines = [f"{found['gate_name']} ({found['gate']}), {how} {found['at'][:10]} {at}, {who}"]
    if not found["open"]:
        opens = found["opens_at"]
        when = f"it opens {dated(opens)}" if opens else "it opens no more that day"
        return f"{lines[0]}\n  the gate is shut at {at}; {when}\n{found['attribution']}"
    for feature in found["features"]:
        facts = feature["properties"]
        free = facts["without_zones"]
        lost = 1 - facts["road_km"] / free["road_km"] if free["road_km"] else 0.0
        cut = (
            f"; {lost:.0%} less than without zones ({free['road_km']:.1f} km)"
            if lost > 0.001
            else ""
        )
        lines.append(
            f"  {facts['minutes']:>3} min: {facts['area_km2']:.2f} km2, "
            f"{facts['road_km']:.1f} km of streets{cut}"
        )
    if not found["features"][-1]["properties"]["road_km"]:
        lines.append("  no clear street leads from or to the gate at that time")
    lines += [f"  cut off by {zone['id']}: {zone['label']}" for zone in found["zones"]]
    lines.append("  clear streets alone count; the areas are drawn around them")
    lines += [f"  {found['wishes']['text']}"] if found["wishes"] else []
    return "\n".join([*lines, found["attribution"]])


def leave(target: Path, facility: str, depart: str, asked: dict[str, Any], *, as_json: bool) -> int:
    """Print where one is, leaving every gateway at a time."""
    from planner.plan.leaving import leave_at

    found = leave_at(Workspace.open(target), facility, depart, **asked)
    typer.echo(json.dumps(found, ensure_ascii=False, indent=1) if as_json else leave_words(found))
    return 0 if any(o["gate"] for o in found["origins"]) else INFEASIBLE


def leave_words(found: dict[str, Any]) -> str:
    """Return the answer as plain lines, a gateway each."""
    from planner.plan.wishes.words import asked_of
    from planner.plan.words import clock, dated, to_minute

    lines = [f"leaving {dated(found['depart'])}, {found['timezone']}"]
    lines += [f"  {said}" for said in asked_of(found)]
    for origin in found["origins"]:
        if origin["gate"] is None:
            lines.append(f"  {origin['name']}: {origin['reason']}")
            continue
        clear = "clear" if origin["clear"] else f"risk {origin['max_risk']:.2f}"
        lines.append(
            f"  {origin['name']}: {origin['gate_name']} {clock(to_minute(origin['arrive']))}, "
            f"{origin['minutes']:.0f} min, {origin['exposure_min']:.1f} min exposure, {clear}; "
            f"... {', '.join(origin['streets'][-4:])}"
        )
    return "\n".join([*lines, f"checked: {found['checked']} ways", found["attribution"]])
