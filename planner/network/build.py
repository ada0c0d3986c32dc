"""From raw ways to directed arcs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from planner.errors import NetworkError
from planner.network.country import UNKNOWN
from planner.network.drawn import draw
from planner.network.graph import Access, Network
from planner.network.moves import BARRED, cells, ends_of, movements
from planner.network.pieces import barriers_on, pieces_of, points_of, turning_nodes
from planner.network.profiles import CAR
from planner.network.sequences import Expanded, expand
from planner.network.signs import signs_on
from planner.network.timed import timed_arcs
from planner.network.turncost import Bends, headings, turn_seconds
from planner.network.turns import Arcs, passes_through, restrict, u_turns
from planner.network.ways import usable_ways

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.network.country import Country
    from planner.network.drawn import Drawn
    from planner.network.osm import Extract
    from planner.network.pieces import Pieces, Points
    from planner.network.profiles import Profile
    from planner.network.signs import Signs
    from planner.network.timed import Timed
    from planner.network.ways import Ways

COPIES = "copies of arcs for leaving restricted streets, long restrictions, signs with hours"


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
    barriers = barriers_on(extract, ways, points, profile, counts)
    pieces = pieces_of(extract, ways, points, barriers)
    if not len(pieces.first):
        msg = (
            f"No road for {profile.plural} is left in this file; "
            "see whether the area or the file is right."
        )
        raise NetworkError(msg)
    signs = signs_on(extract, points, pieces)
    drawn = draw(ways, points, pieces)
    made = _turned(extract, _arcs(extract, points, pieces, ways, drawn),
                   _bends(points, pieces, ways, drawn, signs), (profile, country), counts)  # fmt: skip
    drawn = drawn.of(made.copy_of)
    timed = timed_arcs(ways, barriers, drawn, made.timed, pieces.node)
    _count_arcs(drawn, len(pieces.node), counts)
    seconds = pieces.time_s + np.rint(signs.between * profile.turn_costs.signal).astype(np.int64)
    return _network(extract, ways, points, pieces, (drawn, seconds, made, timed), {
        "epsg": epsg, "counts": counts, "profile": profile.name,
    })  # fmt: skip


def _network(
    extract: Extract,
    ways: Ways,
    points: Points,
    pieces: Pieces,
    made: tuple[Drawn, NDArray[np.int64], Expanded, Timed],
    about: dict[str, Any],
) -> Network:
    drawn, seconds, turned, timed = made
    return Network(
        node_id=points.node_id[pieces.node],
        node_xy=points.xy[pieces.node],
        tail=drawn.tail,
        head=drawn.head,
        length_m=pieces.length_m[drawn.piece],
        time_s=seconds[drawn.against, drawn.piece].astype(np.int32),
        way_id=extract.way_id[ways.row[drawn.way]],
        way_from=points.position[drawn.first].astype(np.int32),
        way_to=points.position[drawn.last].astype(np.int32),
        road_class=ways.road_class[drawn.way],
        access=drawn.access,
        name=ways.name[drawn.way],
        twin=drawn.twin,
        turn_s=turned.turn_s,
        shape_start=drawn.shape_start,
        shape_xy=np.take(points.place, drawn.shape_at, axis=0),
        copy_of=drawn.copy_of,
        roundabout=ways.roundabout[drawn.way],
        names=ways.names,
        extract_date=extract.extract_date,
        timed_arc=timed.arc,
        timed_rule=timed.rule,
        timed_rules=timed.rules,
        **about,
    )


def _arcs(extract: Extract, points: Points, pieces: Pieces, ways: Ways, drawn: Drawn) -> Arcs:
    node_id = points.node_id[pieces.node]
    return Arcs(
        drawn.tail, drawn.head, drawn.twin, extract.way_id[ways.row[drawn.way]], drawn.access,
        drawn.leaving, node_id, turning_nodes(extract, node_id),
    )  # fmt: skip


def _bends(points: Points, pieces: Pieces, ways: Ways, drawn: Drawn, signs: Signs) -> Bends:
    start, end = headings(points, pieces)
    at = (drawn.against, drawn.piece)
    return Bends(
        start[at], end[at], ways.road_class[drawn.way], ways.roundabout[drawn.way],
        signs.at_end[at],
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
    ends = ends_of(arcs.tail, arcs.head, n_nodes)
    moves = movements(arcs.tail, arcs.head, n_nodes, ends)
    at = cells(arcs.tail, arcs.head, n_nodes, ends)
    barred = passes_through(arcs, moves)
    if not profile.on_foot:
        barred |= u_turns(arcs, moves, barred, at_dead_ends=profile.turns_round)
    bans = restrict(
        arcs, moves, at, barred,
        restrictions=extract.restrictions, profile=profile, counts=counts,
    )  # fmt: skip
    seconds = turn_seconds(moves, arcs.twin, bends, profile.turn_costs,
                           on_left=country.drives_on_left)  # fmt: skip
    turn_s = np.where(barred, np.uint8(BARRED), seconds)
    return expand(arcs.tail, arcs.head, moves, turn_s, bans)


def _count_arcs(drawn: Drawn, n_nodes: int, counts: dict[str, int]) -> None:
    own = drawn.copy_of == np.arange(len(drawn.tail))
    tail, head, access = drawn.tail[own], drawn.head[own], drawn.access[own]
    counts[COPIES] = int((~own).sum())
    inside = drawn.inside[own]
    counts["nodes"] = n_nodes
    counts["arcs"] = len(tail)
    counts["arcs for destinations only"] = int((access == Access.DESTINATION).sum())
    counts["arcs private"] = int((access == Access.PRIVATE).sum())
    counts["arcs that are loops"] = int((tail == head).sum())
    counts["arcs outside the largest strongly connected part"] = int((~inside).sum())
