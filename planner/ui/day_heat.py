"""The day hour by gate as a chart; a click on a cell takes its hour for the question."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.briefing.day_heat import WAYS
from planner.plan.day.words import MEANT, SOME_MIN, cell, clock
from planner.ui import session
from planner.ui.question import on_the_clock

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

KEY = "day-heat"
PICK = "hour"
ROW_PX, HEAD_PX = 34, 60

COLOURS = ("#d5e8f5", "#9fc9e8", "#f7dc86", "#e9963f", "#45454f", "#b9bec6")
"""Fills of the levels in their order: told apart by who sees no red or green, and in grey."""

DARK = "no way"
"""The level on whose fill words are white."""


def day_heat(found: dict[str, Any], zone: ZoneInfo) -> None:
    """Draw the heat map of a day; a click on a cell asks for its hour.

    Parameters
    ----------
    found
        As ``write_day`` makes it.
    zone
        Of the workspace's clock.
    """
    if not found["heat"]["rows"]:
        return
    st.altair_chart(
        heat_chart(found), key=KEY, on_select=lambda: _take(zone), selection_mode=PICK,
        width="stretch",
    )  # fmt: skip
    st.caption(
        "Minutes of the drive by hour; exposure below. "
        + ", ".join(f"{cell({'minutes': None, 'level': level})} {words}"
                    for level, words in MEANT.items() if level != "clear")
        + "; slower, more exposed than that gate at its best. Each cell is the worst of its hour; click one to ask for that hour."
    )  # fmt: skip


def heat_rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one record a cell: gate, hour, what is written in it, what it says."""
    heat, end = found["heat"], found["until"]
    twice = Counter((row["gate_name"], row["direction"]) for row in heat["rows"])
    return [
        {
            "gate": (row["gate_name"] if twice[row["gate_name"], row["direction"]] == 1
                     else f"{row['gate_name']} ({row['gate']})") + f", {WAYS[row['direction']]}",
            "hour": clock(at, end)[:2], "at": at, "level": one["level"], "number": i,
            "text": cell(one),
            "exposed": f"{one['exposure_min']:.1f}"
            if one["exposure_min"] is not None and one["exposure_min"] >= SOME_MIN else "",
            "said": MEANT[one["level"]],
        }
        for row in heat["rows"]
        for i, (one, at) in enumerate(zip(row["cells"], heat["hours"], strict=True))
    ]  # fmt: skip


def heat_chart(found: dict[str, Any]) -> Any:
    """Return the chart: a rectangle a cell, its minutes and exposure written in it."""
    import altair as alt

    rows = heat_rows(found)
    names = list(dict.fromkeys(row["gate"] for row in rows))
    data = alt.Data(values=rows)  # type: ignore[no-untyped-call]  # altair leaves it untyped
    base = alt.Chart(data).encode(
        x=alt.X("number:O", title=None, axis=alt.Axis(
            orient="top", labelAngle=0, labelExpr=_labels(found), ticks=False, domain=False)),
        y=alt.Y("gate:N", title=None, sort=names, axis=alt.Axis(labelLimit=160, ticks=False,
                                                               domain=False)),
    )  # fmt: skip
    pick = alt.selection_point(name=PICK, fields=["at"], on="click", empty=False)
    ink = alt.condition(f"datum.level == '{DARK}'", alt.value("#ffffff"), alt.value("#14202b"))
    cells = base.mark_rect(stroke="#ffffff", strokeWidth=1, cursor="pointer").encode(
        color=alt.Color("level:N", legend=None, scale=alt.Scale(domain=list(MEANT), range=list(COLOURS))),
        tooltip=[alt.Tooltip("gate:N", title="Gate"), alt.Tooltip("hour:N", title="Hour"),
                 alt.Tooltip("text:N", title="Minutes"), alt.Tooltip("exposed:N", title="Exposure, min"),
                 alt.Tooltip("said:N", title="State")],
    ).add_params(pick)  # fmt: skip
    minutes = base.mark_text(fontSize=11, dy=-5, cursor="pointer").encode(text="text:N", color=ink)
    exposed = base.mark_text(fontSize=9, dy=8, cursor="pointer").encode(text="exposed:N", color=ink)
    return (cells + minutes + exposed).properties(height=HEAD_PX + ROW_PX * len(names))


def _labels(found: dict[str, Any]) -> str:
    """Return what writes the hour under a column's number, as two hours may have one name."""
    hours = [clock(at, found["until"])[:2] for at in found["heat"]["hours"]]
    return f"{hours!r}[datum.value]"


def _take(zone: ZoneInfo) -> None:
    """Take the hour of the cell that was clicked as the arrival time."""
    chosen = (st.session_state.get(KEY) or {}).get("selection", {}).get(PICK) or []
    if chosen:
        session.change(arrive=on_the_clock(datetime.fromisoformat(chosen[0]["at"]), zone))
