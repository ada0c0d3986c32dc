"""From raw ways to directed arcs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from planner.errors import NetworkError
from planner.network.country import UNKNOWN
from planner.network.graph import Access, Network
from planner.network.moves import BARRED, cells, movements
from planner.network.pieces import barriers_on, pieces_of, points_of, ranges, turning_nodes
from planner.network.profiles import CAR
from planner.network.sequences import Expanded, expand
from planner.network.signs import signs_on
from planner.network.turncost import Bends, headings, turn_seconds
from planner.network.turns import Arcs, leaves_restricted, restrict, u_turns
from planner.network.ways import usable_ways

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.network.country import Country
    from planner.network.osm import Extract
    from planner.network.pieces import Barriers, Pieces, Points
    from planner.network.profiles import Profile
    from planner.network.ways import Ways


def build_network(
    extract: Extract, *, epsg: int, profile: Profile = CAR, country: Country = UNKNOWN
) -> Network:
    """Build the directed arcs of an extract for one profile.

    Every junction, end of a way, turning circle and stopping barrier is a node. A barrier
    that stops the profile cuts its node: each street end there is a node of its own, with the
    same OSM id. All arcs are kept, those off the largest strongly connected part too.

    Parameters
    ----------
    extract
        Raw ways, in EPSG:4326.
    epsg
        Metric CRS of the network.
    profile
        Who travels.
    country
        Side of the road, speeds where none is posted.

    Raises
    ------
    NetworkError
        No road is left for the profile.
    """
    counts = dict(extract.counts)
    ways = usable_ways(extract, profile, country, counts)
    points = points_of(extract, ways, epsg, counts)
    barriers = barriers_on(extract, points, profile, counts)
    pieces = pieces_of(extract, ways, points, barriers)
    if not len(pieces.first):
        msg = (
            f"No road for {profile.plural} is left in this file; "
            "see whether the area or the file is right."
        )
        raise NetworkError(msg)
    drawn = _draw(ways, points, pieces)
    signs = signs_on(extract, points, pieces)
    node_id = points.node_id[pieces.node]
    way = points.way[pieces.first][drawn.piece]
    seconds = pieces.time_s + np.rint(signs.between * profile.turn_costs.signal).astype(np.int64)
    arcs = Arcs(
        drawn.tail, drawn.head, drawn.twin, extract.way_id[ways.row[way]],
        ways.access[drawn.against, way], node_id, turning_nodes(extract, node_id),
    )  # fmt: skip
    bends = Bends(
        *headings(drawn.shape_start, points.xy[points.node[drawn.shape_at]]),
        ways.road_class[way], ways.roundabout[way], signs.at_end[drawn.against, drawn.piece],
    )  # fmt: skip
    made = _turned(extract, arcs, bends, (profile, country), counts)
    one = made.copy_of
    drawn, way = drawn.of(one), way[one]
    access = ways.access[drawn.against, way]
    timed = _timed(ways, barriers, way, drawn, made, pieces.node)
    _count_arcs(drawn.tail, drawn.head, access, len(node_id), counts)
    return Network(
        epsg=epsg,
        node_id=node_id,
        node_xy=points.xy[pieces.node],
        tail=drawn.tail,
        head=drawn.head,
        length_m=pieces.length_m[drawn.piece],
        time_s=seconds[drawn.against, drawn.piece].astype(np.int32),
        way_id=extract.way_id[ways.row[way]],
        way_from=points.position[drawn.first].astype(np.int32),
        way_to=points.position[drawn.last].astype(np.int32),
        road_class=ways.road_class[way],
        access=access,
        name=ways.name[way],
        twin=np.where(np.arange(len(one)) == one, drawn.twin, -1).astype(np.int32),
        turn_s=made.turn_s,
        shape_start=drawn.shape_start,
        shape_xy=points.xy[points.node[drawn.shape_at]],
        copy_of=one,
        roundabout=ways.roundabout[way],
        names=ways.names,
        counts=counts,
        extract_date=extract.extract_date,
        profile=profile.name,
        timed_arc=timed.arc,
        timed_rule=timed.rule,
        timed_rules=timed.rules,
    )


class _Timed(NamedTuple):
    """What is shut by the clock, as in ``Network``."""

    arc: NDArray[np.int32]
    rule: NDArray[np.int32]
    rules: tuple[str, ...]


class _Drawn(NamedTuple):
    """Arcs before they have turns, `m` of them: piece, direction, ends, points.

    ``against`` is 1 for an arc driven against the drawing; ``first`` and ``last`` index points
    in driving order, and so do the ``shape_at`` of arc ``a``, from ``shape_start[a]`` on.
    """

    piece: NDArray[np.int64]
    against: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    twin: NDArray[np.int32]
    shape_start: NDArray[np.int64]
    shape_at: NDArray[np.int64]

    def of(self, arcs: NDArray[np.int32]) -> _Drawn:
        """Return some of the arcs."""
        sizes = np.diff(self.shape_start)[arcs]
        at = np.repeat(self.shape_start[arcs], sizes) + ranges(sizes)
        start = np.concatenate([[0], np.cumsum(sizes)])
        return _Drawn(
            self.piece[arcs], self.against[arcs], self.first[arcs], self.last[arcs],
            self.tail[arcs], self.head[arcs], self.twin[arcs], start, self.shape_at[at],
        )  # fmt: skip


def _draw(ways: Ways, points: Points, pieces: Pieces) -> _Drawn:
    direction = ways.direction[points.way[pieces.first]]
    drivable = np.stack([direction >= 0, direction <= 0], axis=1).ravel()
    piece, against = np.divmod(np.flatnonzero(drivable), 2)
    back = against == 1
    number = np.where(drivable, np.cumsum(drivable) - 1, -1).reshape(-1, 2)
    first = np.where(back, pieces.last[piece], pieces.first[piece])
    last = np.where(back, pieces.first[piece], pieces.last[piece])
    sizes = np.abs(last - first) + 1
    return _Drawn(
        piece, against, first, last,
        np.where(back, pieces.end[piece], pieces.start[piece]).astype(np.int32),
        np.where(back, pieces.start[piece], pieces.end[piece]).astype(np.int32),
        number[piece, 1 - against].astype(np.int32),
        np.concatenate([[0], np.cumsum(sizes)]),
        np.repeat(first, sizes) + ranges(sizes) * np.repeat(np.where(back, -1, 1), sizes),
    )  # fmt: skip


def _turned(
    extract: Extract,
    arcs: Arcs,
    bends: Bends,
    law: tuple[Profile, Country],
    counts: dict[str, int],
) -> Expanded:
    """Return the seconds of every movement, and the copies that keep the longer bans."""
    profile, country = law
    n_nodes = len(arcs.node_id)
    moves = movements(arcs.tail, arcs.head, n_nodes)
    at = cells(arcs.tail, arcs.head, n_nodes)
    barred = leaves_restricted(arcs, moves)
    if not profile.on_foot:
        barred |= u_turns(arcs, moves, barred, at_dead_ends=profile.turns_round)
    bans = restrict(
        arcs, moves, at, barred,
        restrictions=extract.restrictions, profile=profile, counts=counts,
    )  # fmt: skip
    seconds = turn_seconds(moves, arcs.twin, bends, profile.turn_costs,
                           on_left=country.drives_on_left)  # fmt: skip
    turn_s = np.where(barred, np.uint8(BARRED), seconds)
    made = expand(arcs.tail, arcs.head, n_nodes, turn_s, bans)
    counts["copies of arcs that carry a restriction over several ways or by the clock"] = len(
        made.copy_of
    ) - len(arcs.tail)
    return made


def _timed(
    ways: Ways,
    barriers: Barriers,
    way: NDArray[np.int64],
    drawn: _Drawn,
    made: Expanded,
    node: NDArray[np.int64],
) -> _Timed:
    """Return which arcs are shut by the clock."""
    pairs = list(made.timed)
    for row, told in ways.timed.items():
        for arc in np.flatnonzero(way == row).tolist():
            side = -1 if drawn.against[arc] else 1
            pairs += [(arc, rule) for to, rule in told if to in (0, side)]
    for at, hours in barriers.hours.items():
        # One may come up to a gate that is shut, not go on from it.
        beyond = np.flatnonzero(node[drawn.tail] == at).tolist()
        pairs += [(arc, rule) for arc in beyond for rule in hours]
    rules = sorted({rule for _, rule in pairs})
    number = {rule: i for i, rule in enumerate(rules)}
    return _Timed(
        np.array([arc for arc, _ in pairs], np.int32),
        np.array([number[rule] for _, rule in pairs], np.int32),
        tuple(rules),
    )


def _count_arcs(
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    access: NDArray[np.uint8],
    n_nodes: int,
    counts: dict[str, int],
) -> None:
    inside = in_largest_part(tail, head, n_nodes)
    counts["nodes"] = n_nodes
    counts["arcs"] = len(tail)
    counts["arcs for destinations only"] = int((access == Access.DESTINATION).sum())
    counts["arcs private"] = int((access == Access.PRIVATE).sum())
    counts["arcs that are loops"] = int((tail == head).sum())
    counts["arcs outside the largest strongly connected part"] = int((~inside).sum())


def in_largest_part(
    tail: NDArray[np.int32], head: NDArray[np.int32], n_nodes: int
) -> NDArray[np.bool_]:
    """Return bool[m]: arcs with both ends in the largest strongly connected part."""
    graph = coo_matrix((np.ones(len(tail), np.int8), (tail, head)), (n_nodes, n_nodes)).tocsr()
    _, label = connected_components(graph, directed=True, connection="strong")
    size = np.bincount(label[tail], label[tail] == label[head])
    largest = size.argmax() if len(size) else 0
    inside: NDArray[np.bool_] = (label[tail] == largest) & (label[head] == largest)
    return inside
