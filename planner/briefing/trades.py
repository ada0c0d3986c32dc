"""Minutes against exposure: a small chart of each side's options, a table beside it."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

from shapely.geometry import Point, shape
from shapely.ops import unary_union

from planner.briefing.escape import escape, isolate, isolate_plain
from planner.briefing.grid import grid, section
from planner.briefing.marks import mark
from planner.briefing.words import clock, letter, way_mark, ways_of
from planner.plan.trades import is_primary, minutes_before, told_options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from shapely.geometry.base import BaseGeometry

    from planner.briefing.marks import Mark

Document = dict[str, Any]
LAYER = "options"
BESIDE_DEG = 1e-5
"""Degrees, about a metre, within which a line counts as along another."""

WIDE, HIGH = 320.0, 166.0
LEFT, RIGHT, TOP, BOTTOM = 38.0, 12.0, 22.0, 42.0
DOT, INSET = 9.0, 18.0
HEADS = ("Option", "Leave by", "Minutes", "Exposure, min", "Worst risk", "On the map")
LEAST_SPAN = (1.0, 0.2)
"""Minutes, minutes of exposure that an axis spans at least."""

NOTE = (
    "Minutes from leaving to the time to arrive by; exposure is minutes on the way times the risk met there. "
    "No option is worse than another in both. The double ring is the first choice of this plan."
)


INK = {"light": "#1d2733", "dark": "#e9eef3"}
"""Colours of a picture that cannot take over those of the page around it."""

OWN_STYLE = (
    "font:12px system-ui,sans-serif;fill:currentColor", ".axis,.band,circle{fill:none;stroke:currentColor}"
    ".axis{stroke-opacity:.55}.band{stroke-width:9;stroke-opacity:.2;stroke-linejoin:round}"
    "circle{stroke-width:1.5}.first circle{stroke-width:2.5}.dot text{font-weight:700}",
)  # fmt: skip


def picture(svg: str, theme: str) -> str:
    """Return a chart as an image that holds its own style, for pages that let no SVG in.

    Parameters
    ----------
    svg
        As ``chart`` returns it.
    theme
        ``light`` or ``dark``.
    """
    style = f'style="color:{INK.get(theme, INK["light"])};{OWN_STYLE[0]}"'
    whole = svg.replace("<svg ", f'<svg xmlns="http://www.w3.org/2000/svg" {style} ', 1).replace(
        ">", f"><style>{OWN_STYLE[1]}</style>", 1
    )
    words = svg.partition('aria-label="')[2].partition('"')[0]
    data = b64encode(whole.encode()).decode()
    return f'<img alt="{words}" src="data:image/svg+xml;base64,{data}">'


def trades(document: Document, zone: ZoneInfo) -> str:
    """Return the options of every side that has more than one, and who has none, in words."""
    sides = [(place, o) for place, o in enumerate(document["origins"]) if o.get("options")]
    if not sides:
        return ""
    figures = "".join(
        f"<h3>From {letter(place)}: {isolate(origin['name'])}</h3>{ribbon(document, place, zone)}"
        for place, origin in sides if told_options(origin)
    )  # fmt: skip
    single = [letter(place) for place, origin in sides if not told_options(origin)]
    rest = f"<p>{_no_choice(single)}</p>" if single else ""
    note = NOTE if figures else ""
    return section("Minutes against exposure", figures + rest, note=note)


def _no_choice(marks: Sequence[str]) -> str:
    return (
        f"From {', '.join(marks)}: no choice. The first choice is the fastest way and the least exposed, "
        "or others hardly differ."
    )


def ribbon(
    document: Document, place: int, zone: ZoneInfo, *, theme: str = "", drawn: bool = False
) -> str:
    """Return the chart and the table of a side's options; words where there is no choice.

    Parameters
    ----------
    document
        The plan's document as its reader may see it.
    place
        Place of the side among the document's.
    zone
        Zone in which times are told.
    theme
        ``light`` or ``dark`` where the page lets no SVG in.
    drawn
        Whether the map shows ``option_marks`` of the side.
    """
    origin, by = document["origins"][place], document["arrive_by"]
    options = told_options(origin)
    if not options:
        return f"<p>{_no_choice([letter(place)])}</p>" if origin.get("options") else ""
    shown = [(way, way_mark(place, n, way)) for n, way in enumerate(ways_of(origin))]
    rows = []
    for n, option in enumerate(options, 1):
        marks = [name for way, name in shown if _is(option, way)]
        name = marks[0] if marks else _called(n) if drawn else "not shown"
        rows.append(_row(option, n, name, (by, zone)))
    table = grid(f"Options from {letter(place)}", HEADS, rows, " nnnn")
    figure = chart(options, by, clock(by, zone))
    return f'<div class="trades">{picture(figure, theme) if theme else figure}{table}</div>'


def option_marks(origin: Document, zone: ZoneInfo) -> list[Mark]:
    """Return the options of a side that are none of its ways, as marks of the map."""
    found = [
        (number, option, shape(option["geometry"]))
        for number, option in enumerate(told_options(origin), 1)
        if not any(_is(option, way) for way in ways_of(origin))
    ]
    return [
        mark(
            LAYER, f"{origin['id']}-{number}",
            [f"{_called(number).capitalize()}: {option['name']}",
             f"leave by {clock(option['leave_by'], zone)}, at {isolate_plain(option['entrance_name'])}, "
             f"worst risk {option['max_risk']:.2f}"],
            shape=line, style="option", at=(spot.x, spot.y),
            badge={"kind": "mine", "text": _called(number)},
        )
        for number, option, line in found
        for spot in [_spot(line, origin)]
    ]  # fmt: skip


def _is(option: Document, way: Document) -> bool:
    """Tell whether an option is a way that is shown; the robust one comes after the options."""
    drawn = option.get("geometry")
    return option["same_as"] == way["id"] or (drawn is not None and drawn == way.get("geometry"))


def _spot(line: BaseGeometry, origin: Document) -> Point:
    """Return where the name of an option stands: where it goes alone, if it does anywhere."""
    ways = unary_union([shape(route["geometry"]) for route in ways_of(origin)])
    alone = line.difference(ways.buffer(BESIDE_DEG))
    longest = max(getattr(alone, "geoms", [alone]), key=lambda part: float(part.length))
    return (line if longest.is_empty else longest).interpolate(0.5, normalized=True)


def _called(number: int) -> str:
    return f"option {number}"


def _row(option: Document, number: int, shown: str, when: tuple[str, ZoneInfo]) -> tuple[str, ...]:
    by, zone = when
    first = is_primary(option)
    name = f"{number} {escape(option['name'])}"
    clear = "" if option["clear"] else "<br><em>not clear</em>"
    return (
        f"<b>{name}</b><br>first choice" if first else name,
        f"<b>{clock(option['leave_by'], zone)}</b>", f"{minutes_before(option, by):.1f}",
        f"{option['exposure_min']:.1f}", f"{option['max_risk']:.2f}{clear}",
        shown,
    )  # fmt: skip


def chart(options: Sequence[Mapping[str, Any]], by: str, told: str) -> str:
    """Return an inline SVG of options: minutes along, exposure up, the primary ringed twice.

    Parameters
    ----------
    options
        At least two, fastest first.
    by
        Time to arrive by, ISO.
    told
        The same as a clock shows it.
    """
    points = [(minutes_before(o, by), float(o["exposure_min"])) for o in options]
    across, up = _scale([x for x, _ in points]), _scale([0.0, *(y for _, y in points)], least=1)
    long, tall = WIDE - LEFT - RIGHT - 2 * INSET, HIGH - TOP - BOTTOM - INSET
    spots = [(LEFT + INSET + across(x) * long, HIGH - BOTTOM - up(y) * tall) for x, y in points]
    base = HIGH - BOTTOM
    words = "; ".join(f"{escape(o['name'])} {x:.1f} min with {y:.1f} min exposure"
                      for o, (x, y) in zip(options, points, strict=True))  # fmt: skip
    marks = "".join(
        _dot(n, spot, first=is_primary(o))
        for n, (o, spot) in enumerate(zip(options, spots, strict=True), 1)
    )
    ends = "".join(
        f'<text x="{spots[i][0]:.1f}" y="{base + 21:.0f}" text-anchor="middle">{points[i][0]:.1f}</text>'
        f'<text x="{LEFT - 8:.0f}" y="{spots[i][1] + 4:.1f}" text-anchor="end">{points[i][1]:.1f}</text>'
        for i in (0, -1)
    )
    return (
        f'<svg viewBox="0 0 {WIDE:.0f} {HIGH:.0f}" role="img" aria-label="{words}">'
        f'<path class="axis" d="M{LEFT:.0f} {TOP - 8:.0f}V{base:.0f}H{WIDE - 8:.0f}"/>'
        f'<path class="band" d="{_steps(spots)}"/>{marks}{ends}'
        f'<text x="{(LEFT + WIDE) / 2:.0f}" y="{HIGH - 4:.0f}" text-anchor="middle">minutes before {told}</text>'
        f'<text x="2" y="12">exposure, min</text></svg>'
    )


def _scale(values: Sequence[float], least: int = 0) -> Any:
    """Return a function from a value to its place between 0 and 1 along an axis."""
    low, high = min(values), max(values)
    span = max(high - low, LEAST_SPAN[least])
    return lambda value: (value - low) / span


def _steps(spots: Sequence[tuple[float, float]]) -> str:
    """Return the path that no other way lies below: along to the next option, then down to it."""
    (x, y), *rest = spots
    return f"M{x:.1f} {y:.1f}" + "".join(f"H{a:.1f}V{b:.1f}" for a, b in rest)


def _dot(number: int, spot: tuple[float, float], *, first: bool) -> str:
    x, y = spot
    ring = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{DOT + 4:.0f}"/>' if first else ""
    return (
        f'<g class="dot{" first" if first else ""}">{ring}<circle cx="{x:.1f}" cy="{y:.1f}" r="{DOT:.0f}"/>'
        f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle">{number}</text></g>'
    )
