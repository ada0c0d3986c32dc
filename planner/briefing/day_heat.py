"""The day hour by gate as a table: minutes, exposure, level in every cell."""

from __future__ import annotations

from typing import Any

from planner.briefing.escape import escape, isolate
from planner.plan.day.words import MARKS, MEANT, SOME_MIN, cell, clock

Document = dict[str, Any]

WITHOUT_MINUTES = ("no way", "shut")

WAYS = {"arrive": "in", "leave": "out"}


def heat_table(heat: Document, end: str) -> str:
    """Return the heat map; "" where there is no gate.

    Parameters
    ----------
    heat
        As ``planner.plan.day.heat.heat`` writes it.
    end
        ISO time at which the day is over.
    """
    if not heat["rows"]:
        return ""
    heads = "".join(f'<th scope="col">{clock(at, end)[:2]}</th>' for at in heat["hours"])
    rows = "".join(_row(row, heat, end) for row in heat["rows"])
    return (
        '<div class="scroll"><table class="heat"><caption>Minutes by hour and gate</caption><thead>'
        f'<tr><th scope="col">Gate</th>{heads}</tr></thead><tbody>{rows}</tbody></table></div>{_key()}'
    )


def _row(row: Document, heat: Document, end: str) -> str:
    cells = "".join(
        _cell(one, clock(at, end)) for one, at in zip(row["cells"], heat["hours"], strict=True)
    )
    return f'<tr><th scope="row">{isolate(row["gate_name"])}, {WAYS[row["direction"]]}</th>{cells}</tr>'


def _cell(one: Document, at: str) -> str:
    exposed = one["exposure_min"] is not None and one["exposure_min"] >= SOME_MIN
    shown = f"<small>{one['exposure_min']:.1f}</small>" if exposed else ""
    said = f"{at}: {MEANT[one['level']]}" + (
        f", exposure {one['exposure_min']:.1f} min" if exposed else ""
    )
    return (
        f'<td class="{_class(one["level"])}" title="{escape(said)}">{escape(cell(one))}{shown}</td>'
    )


def _class(level: str) -> str:
    return f"h-{level.replace(' ', '-')}"


def _key() -> str:
    """Return what marks and colours mean, in words."""
    parts = ", ".join(
        f'<span class="{_class(level)}">{"" if level in WITHOUT_MINUTES else "12"}{mark}</span> '
        f"{MEANT[level]}"
        for level, mark in MARKS.items()
    )
    return (
        f'<p class="heat-key">{parts}; slower, more exposed than that gate at its best. Minutes of the drive, mean of all sides; below them the most '
        "exposure, in minutes; each cell the worst of its hour.</p>"
    )
