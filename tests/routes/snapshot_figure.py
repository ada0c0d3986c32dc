"""The picture of docs/arrival-time.md, written from the case: python -m tests.routes.snapshot_figure."""

from __future__ import annotations

from html import escape
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tests.routes import snapshots
from tests.routes.snapshots import ARRIVE, LINES, ROADS, SPEED_KMH, WINDOW_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.routes.snapshots import Case, Chosen

FILE = Path(__file__).parents[2] / "docs" / "pictures" / "arrival-time.svg"
WIDTH, HEIGHT = 900, 620
INK, ROAD, OURS, CROWD, LONG = "#1d2733", "#aab4be", "#0072b2", "#d55e00", "#7a5195"
HEIGHTS = ([-1600, 0, 700, 1000, 2300, 5000], [372, 300, 216, 196, 140, 64])
"""Metres north, and where they are drawn: heights are not to scale."""

TIMES = {"march 1": 1116, "march 2": 472}
"""Seconds before the arrival at which the best way crosses the line of each march."""


def figure() -> str:
    """Return the picture as SVG."""
    of = snapshots.case()
    best = snapshots.by_definition(of)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" font-family="sans-serif" font-size="13" fill="{INK}" role="img">',
        "<title>Two marches, four roads: risk frozen at any one moment chooses wrongly</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        *_map(of, best),
        *_strip(of),
        *_rows(of, best),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _xy(place: Sequence[float]) -> tuple[float, float]:
    x = float(np.interp(place[0], [-5000, 9000], [60, 840]))
    return round(x, 1), round(float(np.interp(place[1], *HEIGHTS)), 1)


def _line(places: Sequence[Sequence[float]], colour: str, width: float, more: str = "") -> str:
    points = " ".join(f"{x:g},{y:g}" for x, y in map(_xy, places))
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width:g}" {more}/>'


def _text(x: float, y: float, said: str, more: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}" {more}>{escape(said)}</text>'


def _map(of: Case, best: Chosen) -> list[str]:
    network = of.network
    parts = [_text(60, 28, "At the gate by 08:00: where the marches are when the best way passes them",
                   'font-size="16" font-weight="bold"')]  # fmt: skip
    parts += [_line(places, ROAD, 5) for places in ROADS.values()]
    nodes = [network.node_xy[network.tail[best.arcs[0]]],
             *(network.node_xy[network.head[a]] for a in best.arcs)]  # fmt: skip
    parts.append(_line(nodes, OURS, 4))
    for name, before in TIMES.items():
        line, start = LINES[name]
        head = (ARRIVE - before - start) * SPEED_KMH / 3.6
        places = [line.interpolate(m).coords[0] for m in np.linspace(head - 667, head, 9)]
        parts.append(_line(places, CROWD, 12, 'stroke-linecap="round" opacity="0.85"'))
        x, y = _xy(places[-1])
        arrow = -1 if line.coords[-1][1] > line.coords[0][1] else 1
        parts.append(
            f'<path d="M{x - 7:g},{y + 8 * arrow:g} l7,{9 * arrow} l7,{-9 * arrow} z" fill="{CROWD}"/>'
        )
        parts.append(_text(x + 14, 350, f"{name} at {_clock(ARRIVE - before)}"))
    names = {"Main Road": (1900, 0), "Hill Road": (-560, 700), "Mill Road": (4440, 700),
             "Ring Road": (1900, 5000)}  # fmt: skip
    parts += [_text(_xy(at)[0], _xy(at)[1] - 8, name) for name, at in names.items()]
    for place, name in ((snapshots.ORIGIN, "from here"), (snapshots.GATE, "gate")):
        x, y = _xy(place)
        parts.append(f'<circle cx="{x:g}" cy="{y:g}" r="7" fill="{INK}"/>')
        parts.append(_text(x, y + 24, name, 'text-anchor="middle"'))
    return parts


def _strip(of: Case) -> list[str]:
    """Draw what becomes of the way chosen by the picture of every minute."""
    left, top, cell = 60, 416, 780 / (WINDOW_S // 60 + 1)
    minutes = range(-(WINDOW_S // 60), 1)
    outcomes = [_outcome(of, snapshots.frozen(of, ARRIVE + 60 * m)) for m in minutes]
    parts = [_text(left, top - 10, "Risk frozen at one moment, from the departure of the best way to the "
                   "arrival: the way then chosen", 'font-size="16" font-weight="bold"')]  # fmt: skip
    at = 0
    for outcome, run in groupby(outcomes):
        n = len(list(run))
        x, width = left + at * cell, n * cell
        colour = LONG if "long" in outcome else CROWD
        parts.append(f'<rect x="{x:.1f}" y="{top}" width="{width:.1f}" height="34" fill="{colour}" '
                     'stroke="#ffffff" stroke-width="2"/>')  # fmt: skip
        if n > 1:
            parts.append(_text(round(x + width / 2, 1), top + 22, outcome.replace("12 min ", ""),
                               'text-anchor="middle" fill="#ffffff" font-size="12"'))  # fmt: skip
        at += n
    for m in range(-28, 1, 4):
        x = round(left + (m + 28.5) * cell, 1)
        parts.append(_text(x, top + 52, _clock(ARRIVE + 60 * m), 'text-anchor="middle"'))
    return parts


def _rows(of: Case, best: Chosen) -> list[str]:
    """Tell the methods side by side."""
    start = ARRIVE - WINDOW_S
    methods = [
        ("frozen at departure", snapshots.frozen(of, start), CROWD),
        ("frozen at arrival", snapshots.frozen(of, ARRIVE), CROWD),
        ("worst of the window", snapshots.worst_of(of, start, ARRIVE + 1), LONG),
        ("as it is on each road when one is there", best, OURS),
    ]
    parts = []
    for i, (name, way, colour) in enumerate(methods):
        y = 502 + 28 * i
        by = [road for road in dict.fromkeys(snapshots.roads(of, way.arcs)) if road != "Main Road"]
        via = " and ".join(by) or "Main Road"
        parts.append(f'<rect x="60" y="{y - 12}" width="14" height="14" fill="{colour}"/>')
        parts.append(_text(82, y, name))
        parts.append(_text(380, y, f"{via}, {(ARRIVE - way.depart) / 60:.0f} min"))
        parts.append(_text(620, y, _outcome(of, way) if way is not best else "meets nobody"))
    return parts


def _outcome(of: Case, way: Chosen) -> str:
    met = snapshots.meets(of, way)
    if not met:
        return "12 min too long"
    return "meets both" if len(met) > 1 else f"meets {met[0]}"


def _clock(second: int) -> str:
    return f"{second // 3600:02d}:{second % 3600 // 60:02d}"


def main() -> None:
    """Write the picture."""
    FILE.write_text(figure(), encoding="utf-8")


if __name__ == "__main__":
    main()
