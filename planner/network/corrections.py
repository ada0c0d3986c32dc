"""Local corrections of the road map, applied to an extract by place."""

from __future__ import annotations

from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from planner.layers.crs import to_metric
from planner.layers.faults import Unfit
from planner.network.drawn_turns import ban_turn, free_turn, read_turn
from planner.network.matching import REACH_M, Stretch, nearest_spot, runs_along, settled
from planner.network.redraw import Redraw, Road
from planner.network.retag import gated, meant, retagged, ungated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

    from planner.network.osm import Extract

LEAST_SHARE = 0.7
"""Share of a line that must lie along roads; less is no match. Assumption."""

IN_FORCE, WITHOUT_ROAD = "local corrections in force", "local corrections that match no road"
"""Keys of the counts."""

LOOK_M = 3 * REACH_M
"""Roads this far round a drawing are looked at, so that junctions at its ends are known."""


class Corrected(NamedTuple):
    """An extract with the corrections in it.

    Attributes
    ----------
    extract
        With ``counts`` added to its own.
    counts
        How many corrections are in force, by kind, and how many match no road.
    unmatched
        By row id: why it matches no road, what to do.
    matched
        By row id: the streets it is about.
    """

    extract: Extract
    counts: dict[str, int]
    unmatched: dict[str, str]
    matched: dict[str, str]


def without_road(made: Corrected) -> list[str]:
    """Return the corrections that match no road, one in words each."""
    return [f"no road is found for {key}: {why}" for key, why in made.unmatched.items()]


class Row(NamedTuple):
    """One correction; its shape in metres."""

    kind: str
    everyone: bool
    kmh: float | None
    shape: BaseGeometry


def apply_corrections(extract: Extract, rows: GeoDataFrame, epsg: int) -> Corrected:
    """Return an extract in which the corrections hold; the one given is left as it is.

    Ways are cut where a correction begins or ends, so that only the stretch drawn changes. The
    first piece keeps the way's id, others get negative ids, as new nodes do; turn restrictions
    that named the way name its pieces.

    Parameters
    ----------
    extract
        Raw ways, EPSG:4326.
    rows
        The layer ``corrections``; they are applied in the order of their ids.
    epsg
        Metric CRS in which distances are measured.
    """
    if rows.empty:
        return Corrected(extract, {}, {}, {})
    board = Redraw(extract, epsg)
    unmatched: dict[str, str] = {}
    matched: dict[str, str] = {}
    done: Counter[str] = Counter()
    for record in to_metric(rows, epsg).sort_values("id").to_dict("records"):
        row = _row(record)
        try:
            matched[str(record["id"])] = APPLY[row.kind](board, row)
        except Unfit as unfit:
            unmatched[str(record["id"])] = f"{unfit.problem}; {unfit.remedy}"
        else:
            done[row.kind] += 1
    counts = {
        IN_FORCE: done.total(), WITHOUT_ROAD: len(unmatched),
        **{f"local corrections in force: {kind}": n for kind, n in sorted(done.items())},
        "ways cut by local corrections": board.cuts,
    }  # fmt: skip
    return Corrected(board.extract(counts), counts, unmatched, matched)


def _row(record: Mapping[str, object]) -> Row:
    kmh, shape = record["maxspeed_kmh"], record["geometry"]
    known = isinstance(kmh, float) and np.isfinite(kmh)
    everyone = record["applies_to"] == "everyone"
    return Row(str(record["kind"]), everyone, kmh if known else None, shape)  # type: ignore[arg-type] # a frame's cells are objects


def _stretch(board: Redraw, row: Row) -> str:
    roads = _roads(board, row)
    found = _by_road(settled(_along(row.shape, roads), roads))
    changed = [_change(board, road, stretches, row) for road, stretches in found]
    if not any(changed):
        raise Unfit("it is too short to tell a stretch", "draw at least three metres of it")
    length = sum(stretch.length_m for _, stretches in found for stretch in stretches)
    return f"{_streets(road for road, _ in found)}, {length:.0f} m"


def _by_road(stretches: Sequence[Stretch]) -> list[tuple[Road, list[Stretch]]]:
    found: dict[int, tuple[Road, list[Stretch]]] = {}
    for stretch in stretches:
        found.setdefault(id(stretch.road), (stretch.road, []))[1].append(stretch)
    return list(found.values())


def _change(board: Redraw, road: Road, stretches: Sequence[Stretch], row: Row) -> bool:
    """Cut a road at the ends of its stretches; change the pieces within them, if any."""
    for stretch in stretches:
        for metres in (stretch.begin, stretch.end):
            board.node_at(road, metres)
    # An index holds only until the next node comes in before it.
    ends = [board.node_at(road, m) for s in stretches for m in (s.begin, s.end)]
    start, changed = 0.0, False
    for piece in board.cut(road, ends):
        end = start + float(piece.along[-1])
        for stretch in stretches:
            if stretch.begin <= (start + end) / 2 <= stretch.end:
                piece.tags = retagged(
                    piece.tags, row.kind, everyone=row.everyone, forward=stretch.forward,
                    kmh=row.kmh,
                )  # fmt: skip
                piece.changed = changed = True
        start = end
    return changed


def _turn(board: Redraw, row: Row) -> str:
    roads = _roads(board, row)
    turn = read_turn(_along(row.shape, roads), roads)
    (ban_turn if row.kind == "no_turn" else free_turn)(board, turn)
    return _streets(stretch.road for stretch in turn.stretches)


def _streets(roads: Iterable[Road]) -> str:
    """Return the names of roads, their class where they have none."""
    told = (r.tags.get("name") or r.tags.get("ref") or r.tags.get("highway", "") for r in roads)
    return ", ".join(dict.fromkeys(told))


def _gate(board: Redraw, row: Row) -> str:
    spot = nearest_spot(shapely.get_coordinates(row.shape)[0], _roads(board, row))
    if spot is None:
        raise Unfit(f"no road lies within {REACH_M:.0f} m", _MOVE)
    node = spot.road.refs[board.node_at(spot.road, spot.metres)]
    board.node_tags[node] = gated(board.node_tags.get(node, {}), everyone=row.everyone)
    return _streets([spot.road])


def _no_gate(board: Redraw, row: Row) -> str:
    here = shapely.get_coordinates(row.shape)[0]
    off = {
        node: float(np.hypot(*(xy - here)))
        for road in _roads(board, row)
        for node, xy in zip(road.refs, road.xy, strict=True)
        if "barrier" in board.node_tags.get(node, {})
    }
    node = min(off, key=lambda one: off[one], default=None)
    if node is None or not off[node] <= REACH_M:
        raise Unfit(f"the map has no barrier within {REACH_M:.0f} m", _MOVE)
    barrier = board.node_tags[node]["barrier"]
    board.node_tags[node] = ungated(board.node_tags[node])
    return f"the {barrier.replace('_', ' ')}, {off[node]:.0f} m off"


_MOVE = "move it onto the road, or remove the row"

APPLY: Mapping[str, Callable[[Redraw, Row], str]] = MappingProxyType(
    {
        **dict.fromkeys(
            ("closed", "open", "private", "destination", "oneway", "two_way", "speed"), _stretch
        ),
        "no_turn": _turn, "turn_allowed": _turn, "gate": _gate, "no_gate": _no_gate,
    }
)  # fmt: skip


def _roads(board: Redraw, row: Row) -> list[Road]:
    """Return the roads near a drawing that it may be about."""
    west, south, east, north = row.shape.bounds
    box = (west - LOOK_M, south - LOOK_M, east + LOOK_M, north + LOOK_M)
    roads = board.near(box)
    return [road for road in roads if meant(road.tags, row.kind, everyone=row.everyone)]


def _along(line: BaseGeometry, roads: Sequence[Road]) -> list[Stretch]:
    stretches, share = runs_along(line, roads)  # type: ignore[arg-type] # the layer's check sees to lines
    if not stretches or share < LEAST_SHARE:
        where = f"only {share:.0%} of it runs" if stretches else "it runs"
        nothing = "" if stretches else " no road"
        raise Unfit(
            f"{where} along{nothing or ' a road'}", "draw it along the road, or remove the row"
        )
    return stretches
