"""When it is risky at a site: a band of the day for it, one for each gate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.briefing.escape import isolate
from planner.briefing.words import parse
from planner.layers.clock import opening_intervals
from planner.layers.crs import to_metric
from planner.plan.day.risk import day_bounds
from planner.plan.levels import LEVELS
from planner.risk.areas import TOP, in_kept_clear, risk_of_places
from planner.ui import answers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from planner.plan import Plan
    from planner.ui.heading import Answered

COLOURS = ("#f6d746", "#fb9b06", "#dd513a", "#932667", "#2d0b59")
"""Of levels 1 to 5, as on the map."""

BAND_PX, FOOT_PX = 30, 46
LEAST_MIN = 24
"""A shorter spell has no room for its number."""

HOURS = 3
"""Between two times written under the bands."""


@dataclass(frozen=True, slots=True)
class Band:
    """A place through a day; times are minutes after its midnight, as they elapse.

    Attributes
    ----------
    spells
        From, until, level 1 to 5, where there is any.
    shut
        From, until.
    """

    name: str
    spells: tuple[tuple[float, float, int], ...]
    shut: tuple[tuple[float, float], ...] = ()


def when_risky(answered: Answered) -> None:
    """Draw the bands of the day asked about, the time of the arrival on them; the same in words."""
    plan, zone = answered.plan, answered.zone
    arrive = parse(answered.document["arrive_by"])
    day = arrive.astimezone(zone).date()
    found = answers.of_the_day(answered.asked, plan, bands)
    start, end = day_bounds(day, zone)
    clock = Clock(start, end, zone)
    with st.container(key="when"):
        st.html('<h2 class="when">When it is risky here</h2>')
        st.vega_lite_chart(
            spec(found, clock, clock.minute(arrive), ink=_ink()), height=BAND_PX * len(found) + FOOT_PX,
            alt="Level of risk through the day at the site and at each gate; the same in words below",
        )  # fmt: skip
        st.html(in_words(found, clock))


@dataclass(frozen=True, slots=True)
class Clock:
    """A local day of 23 to 25 hours, and what its clock shows."""

    start: datetime
    end: datetime
    zone: ZoneInfo

    @property
    def length(self) -> float:
        """Minutes it has."""
        return self.minute(self.end)

    def minute(self, when: datetime) -> float:
        """Return the minutes from its midnight to an aware time."""
        return (when - self.start).total_seconds() / 60

    def shows(self, minute: float) -> str:
        """Return hh:mm so many minutes after its midnight, 24:00 at its end."""
        if minute >= self.length:
            return "24:00"
        return f"{(self.start + timedelta(minutes=minute)).astimezone(self.zone):%H:%M}"

    def hours(self) -> dict[int, str]:
        """Return every third hour on the clock by its minute."""
        minutes = range(0, round(self.length) + 1, 60)
        told = {minute: self.shows(minute) for minute in minutes}
        return {minute: text for minute, text in told.items() if int(text[:2]) % HOURS == 0}


def bands(plan: Plan, day: date, zone: ZoneInfo) -> list[Band]:
    """Return the site and each of its gates through a local day, at every change of its risk."""
    start, end = day_bounds(day, zone)
    clock, field = Clock(start, end, zone), plan.risk.field
    first, last = field.seconds(start), field.seconds(end)
    between = [int(second) for second in field.breaks if first < second < last]
    frames = [to_metric(frame, plan.network.epsg) for frame in (plan.facility, plan.entrances)]
    places = [shape for frame in frames for shape in frame.geometry]
    moments = [first, *between, last]
    steps = [(clock.minute(field.when(a)), clock.minute(field.when(b)), _levels(plan, places, a, b))
             for a, b in pairwise(moments)]  # fmt: skip
    names = _unlike([str(name) for frame in frames for name in frame["name"]])
    shut = [(), *(_shut(row, clock) for row in plan.entrances.itertuples())]
    return [
        Band(name, _joined([(a, b, levels[n]) for a, b, levels in steps]), shut[n])
        for n, name in enumerate(names)
    ]


def _levels(plan: Plan, places: Sequence[Any], since: int, until: int) -> list[int]:
    """Return the level of each place; 5 on ground that nobody drives on, as the map has it."""
    risk, span = plan.risk, {"start_s": since, "end_s": until}
    found = risk_of_places(plan.network, risk, places, **span)
    kept = in_kept_clear(risk, places, **span)
    return [TOP if stays else risk.parameters.level(value)
            for value, stays in zip(found.tolist(), kept.tolist(), strict=True)]  # fmt: skip


def _joined(steps: Sequence[tuple[float, float, int]]) -> tuple[tuple[float, float, int], ...]:
    """Return steps with neighbours of one level as one, those without risk left out."""
    found: list[tuple[float, float, int]] = []
    for since, until, level in steps:
        if found and found[-1][1:] == (since, level):
            found[-1] = (found[-1][0], until, level)
        else:
            found.append((since, until, level))
    return tuple(step for step in found if step[2])


def _shut(gate: Any, clock: Clock) -> tuple[tuple[float, float], ...]:
    opened = opening_intervals(gate.opens, gate.closes, clock.start, clock.end, clock.zone)
    edges = [0.0, *(clock.minute(when) for span in opened for when in span), clock.length]
    spans = zip(edges[::2], edges[1::2], strict=True)
    return tuple((since, until) for since, until in spans if since < until)


def _unlike(names: Sequence[str]) -> list[str]:
    """Return names with a number behind each that stood there before."""
    return [
        f"{name} ({names[: place + 1].count(name)})" if name in names[:place] else name
        for place, name in enumerate(names)
    ]


def _ink() -> str:
    """Return a colour that stands out from the page; Streamlit's own of axes is too faint."""
    return "#fafafa" if st.context.theme.type == "dark" else "#31333f"


def spec(found: Sequence[Band], clock: Clock, arrive: float, *, ink: str) -> dict[str, Any]:
    """Return the bands as a Vega-Lite chart: colour with the level's number, shut hours, arrival."""
    order, hours = [band.name for band in found], clock.hours()
    shown = "{" + ",".join(f"{minute}:'{text}'" for minute, text in hours.items()) + "}"
    x = {
        "field": "from", "type": "quantitative", "title": None,
        "scale": {"domain": [0, clock.length], "nice": False},
        "axis": {"values": list(hours), "labelExpr": f"({shown})[datum.value]", "grid": True,
                 "labelFlush": True},
    }  # fmt: skip
    y = {
        "field": "place", "type": "nominal", "sort": order, "title": None,
        "scale": {"domain": order, "paddingInner": 0.25, "paddingOuter": 0.1},
        "axis": {"labelLimit": 200, "ticks": False, "domain": False},
    }  # fmt: skip
    colour = {
        "field": "level", "type": "ordinal", "legend": None,
        "scale": {"domain": [1, 2, 3, 4, 5], "range": list(COLOURS)},
    }  # fmt: skip
    rows: list[dict[str, Any]] = [
        {"place": band.name, "from": a, "until": b, "middle": (a + b) / 2, "level": level,
         "when": f"{clock.shows(a)} to {clock.shows(b)}", "means": f"{level}: {LEVELS[level - 1]}"}
        for band in found for a, b, level in band.spells
    ]  # fmt: skip
    shut = [{"place": band.name, "from": a, "until": b, "when": f"{clock.shows(a)} to {clock.shows(b)}",
             "means": "gate shut"} for band in found for a, b in band.shut]  # fmt: skip
    told = [{"field": "when", "title": "Time"}, {"field": "means", "title": "Level"}]
    wide = [row for row in rows if row["until"] - row["from"] >= LEAST_MIN]
    number = {"text": {"field": "level"}, "x": x | {"field": "middle"}, "y": y,
              "color": {"condition": {"test": "datum.level >= 3", "value": "#fff"}, "value": "#000"}}  # fmt: skip
    return {
        "layer": [
            {"data": {"values": shut}, "mark": {"type": "bar", "color": "#8a94a0", "opacity": 0.3},
             "encoding": {"x": x, "x2": {"field": "until"}, "y": y, "tooltip": told}},
            {"data": {"values": rows}, "mark": {"type": "bar", "stroke": "#8a94a0", "strokeWidth": 0.6},
             "encoding": {"x": x, "x2": {"field": "until"}, "y": y, "color": colour, "tooltip": told}},
            {"data": {"values": wide}, "mark": {"type": "text", "fontWeight": "bold"}, "encoding": number},
            {"data": {"values": [{"from": arrive, "when": clock.shows(arrive)}]},
             "mark": {"type": "rule", "strokeWidth": 2.5, "color": ink},
             "encoding": {"x": x, "tooltip": [{"field": "when", "title": "Arrive by"}]}},
        ],
        "config": {"view": {"stroke": None}, "axis": {"labelColor": ink, "labelFontSize": 13}},
    }  # fmt: skip


def in_words(found: Sequence[Band], clock: Clock) -> str:
    """Return the bands as HTML in words, folded."""
    rows = "".join(f"<li><b>{isolate(band.name)}</b>: {_told(band, clock)}</li>" for band in found)
    return (
        '<details class="when-words"><summary>The same in words</summary>'
        f"<ul>{rows}</ul></details>"
        '<p class="when-key">Levels as on the map, within 30 m; grey: the gate is shut; the line: the arrival.</p>'
    )


def _told(band: Band, clock: Clock) -> str:
    spells = [
        f"{clock.shows(a)} to {clock.shows(b)} level {level}, {LEVELS[level - 1]}"
        for a, b, level in band.spells
    ]
    shut = [f"shut {clock.shows(a)} to {clock.shows(b)}" for a, b in band.shut]
    return "; ".join([*(spells or ["no risk that day"]), *shut])
