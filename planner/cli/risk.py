"""What ``planner risk`` does: risk at a place, along a way, as areas."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typer

from planner.errors import InputError
from planner.layers.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from planner.plan.risky import Scene


def risk(
    target: Path, asked: dict[str, str | None], times: dict[str, str | None], *, form: str
) -> None:
    """Print the risk of what was asked about; areas when no place is.

    Parameters
    ----------
    asked
        ``place``, ``facility`` or ``route``: one of them, or none.
    times
        ``at``, ``until`` and ``profile``.
    form
        ``json``, ``geojson`` or ``words``.
    """
    from planner.plan import risky

    named = [f"--{key}" for key, value in asked.items() if value is not None]
    if len(named) > 1:
        raise InputError(f"give one of {', '.join(named)}")
    if form == "geojson" and named:
        raise InputError(f"--geojson prints areas: leave {named[0]} out, or say --json")
    if asked["route"] is not None and times["until"] is not None:
        raise InputError("a route ends when it arrives: leave --until out")
    ahead = risky.TRIP if asked["route"] is not None else risky.EVERY * 0
    at, until, profile = str(times["at"]), times["until"], str(times["profile"])
    of = risky.scene(Workspace.open(target), at, until, profile=profile, ahead=ahead)
    found, words = _answer(of, asked)
    typer.echo(words(found) if form == "words" else json.dumps(found, ensure_ascii=False))


def _answer(of: Scene, asked: dict[str, str | None]) -> tuple[dict[str, Any], Any]:
    from planner.plan import risky

    if asked["route"] is not None:
        return risky.way_risk(of, *risky.drawn_way(of, asked["route"])), way_words
    if asked["place"] is not None:
        return risky.place_risk(of, risky.spot(of, asked["place"]), asked["place"]), place_words
    if asked["facility"] is not None:
        shape, name = risky.outline(of, asked["facility"])
        return risky.place_risk(of, shape, name), place_words
    return risky.area_risk(of), area_words


def place_words(found: dict[str, Any]) -> str:
    """Return the risk of a place as plain lines: a spell each."""
    lines = [f"{found['place']}: {_clear(found)}, highest risk {found['max_risk']:.2f}"]
    lines += [
        f"  {_span(spell)}  risk {spell['risk']:.2f}{_level(spell)}" for spell in found["spells"]
    ]
    return "\n".join([*lines, *_foot(found)])


def way_words(found: dict[str, Any]) -> str:
    """Return the exposure along a way as plain lines: a stretch each."""
    lines = [
        f"leaving {_when(found['depart'])}, there {_when(found['arrive'])}: "
        f"{found['length_m'] / 1000:.1f} km, {found['exposure_min']:.1f} min exposure, "
        f"{_clear(found)}, highest risk {found['max_risk']:.2f}"
    ]
    for part in found["stretches"]:
        shut = ", shut" * part["shut"]
        lines.append(
            f"  {_span(part)}  {part['from_m']:.0f}-{part['to_m']:.0f} m, "
            f"{part['street'] or 'no name'}: risk {part['risk']:.2f}{_level(part)}{shut}"
        )
    return "\n".join([*lines, *_foot(found)])


def area_words(found: dict[str, Any]) -> str:
    """Return the areas as plain lines: a level and time each."""
    lines = [f"risk areas at {_when(found['at'])}, {found['timezone']}"]
    for feature in found["features"]:
        facts = feature["properties"]
        lines.append(f"  {_when(facts['at'])}  level {facts['level']}: {facts['area_m2']:,} m2")
    if not found["features"]:
        lines.append("  none")
    return "\n".join([*lines, *_foot(found)])


def _foot(found: dict[str, Any]) -> list[str]:
    zones = [f"zone {z['id']}: {z['status']}: {z['label']}" for z in found["zones"]]
    notes = [f"note: {said}" for said in found["notices"]]
    return [*zones, *notes, found["attribution"]]


def _clear(found: dict[str, Any]) -> str:
    return "clear" if found["clear"] else "not clear"


def _level(told: dict[str, Any]) -> str:
    return f", level {told['level']}" if told["level"] else ""


def _span(told: dict[str, Any]) -> str:
    return f"{_when(told['from'])} to {_when(told['until'])}"


def _when(text: str) -> str:
    return text[:19].replace("T", " ")
