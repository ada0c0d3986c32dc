"""Whether a place to wait is in sight of a crowd."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIGHT_M = 250.0
"""Farther off a place to wait is no longer made out. Assumption: a good eye reads what fills five
minutes of arc, as on an eye chart; at 250 m that is 36 cm, the largest lettering of a vehicle."""

STEP_M = 20.0
"""Metres from sample to sample along the edge of a crowd. Assumption: a gap between two houses
through which more is seen than a glimpse is about as wide."""

SITE_POINTS = 6
"""Samples of a site: a point within it, others along its edge. Assumption."""

EDGE_M = 0.5
"""Sight lines begin and end this far from their ends: a wall that a crowd leans on, or that
bounds a site, hides nothing by rounding."""

SEE_THROUGH = frozenset({"roof", "carport", "bridge"})
"""Kinds of mapped buildings under which one sees."""


class Sight(NamedTuple):
    """What is seen from `s` sites.

    Attributes
    ----------
    distance_m
        float64[s]; to the nearest crowd, inf where none is within sight distance.
    seen_m
        float64[s]; the shortest sight line to a crowd that no building crosses, inf: none.
    crowd
        int32[s]; row of the crowd that is seen, else of the nearest; -1 for none.
    """

    distance_m: NDArray[np.float64]
    seen_m: NDArray[np.float64]
    crowd: NDArray[np.int32]

    @property
    def hidden(self) -> NDArray[np.bool_]:
        """Whether a crowd is near enough to be seen, but buildings stand between."""
        return np.isfinite(self.distance_m) & np.isinf(self.seen_m)


def in_sight(
    sites: NDArray[Any],
    crowds: NDArray[Any],
    buildings: NDArray[Any],
    *,
    sight_m: float = SIGHT_M,
) -> Sight:
    """Return which crowds are seen from sites, metric, by sight lines on level ground.

    A crowd does not stand in buildings, so that what is seen of its inside is seen of its edge:
    samples of the edge are enough. How high buildings or hills are is not known.

    Parameters
    ----------
    sites
        Points or areas.
    crowds
        Ground of each crowd over all its course in the window.
    buildings
        What hides; empty where none is known: then all within ``sight_m`` is in sight.
    """
    found = Sight(np.full(len(sites), np.inf), np.full(len(sites), np.inf),
                  np.full(len(sites), -1, np.int32))  # fmt: skip
    tree = shapely.STRtree(buildings)
    for row, crowd in enumerate(crowds):
        far = shapely.distance(sites, crowd)
        near = np.flatnonzero(far <= sight_m)  # nan for what is empty
        if not len(near):
            continue
        seen = _shortest_open(sites[near], crowd, tree, sight_m)
        seen[far[near] == 0] = 0.0
        nearer = far[near] < found.distance_m[near]
        clearer = seen < found.seen_m[near]
        unseen = np.isinf(seen) & np.isinf(found.seen_m[near])
        found.crowd[near[clearer | (unseen & nearer)]] = row
        found.distance_m[near] = np.minimum(found.distance_m[near], far[near])
        found.seen_m[near] = np.minimum(found.seen_m[near], seen)
    return found


def _shortest_open(
    sites: NDArray[Any], crowd: Any, tree: shapely.STRtree, sight_m: float
) -> NDArray[np.float64]:
    """Return the shortest sight line from each site to a crowd, inf where all are crossed."""
    seen = np.full(len(sites), np.inf)
    edge = _edge_points(crowd)
    spots, owner = _samples(sites)
    gap = np.hypot(*(spots[:, None] - edge[None]).transpose(2, 0, 1))
    spot, other = np.nonzero(gap <= sight_m)
    length = gap[spot, other]
    ends = np.stack([spots[spot], edge[other]], axis=1)
    blocked = np.zeros(len(length), bool)
    if len(length):
        blocked[tree.query(_shortened(ends, length), "crosses")[0]] = True
    np.minimum.at(seen, owner[spot[~blocked]], length[~blocked])
    return seen


def _shortened(ends: NDArray[np.float64], length: NDArray[np.float64]) -> NDArray[Any]:
    cut = np.where(length > 4 * EDGE_M, EDGE_M / np.maximum(length, EDGE_M), 0.0)[:, None]
    step = (ends[:, 1] - ends[:, 0]) * cut
    ends = np.stack([ends[:, 0] + step, ends[:, 1] - step], axis=1)
    return np.asarray(shapely.linestrings(ends), object)


def _edge_points(crowd: Any) -> NDArray[np.float64]:
    parts = shapely.get_parts(crowd)
    area = shapely.get_dimensions(parts) == 2
    lines = np.where(area, shapely.boundary(parts), parts)
    return shapely.get_coordinates(shapely.segmentize(lines, STEP_M))


def _samples(sites: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return points of sites, float64[q, 2], and the row of the site each is of."""
    rows = np.arange(len(sites))
    area = np.flatnonzero(shapely.get_dimensions(sites) == 2)
    # Of several parts the largest stands for the site.
    edges = shapely.boundary(_largest(sites[area]))
    share = np.linspace(0.0, 1.0, SITE_POINTS - 1, endpoint=False)
    along = shapely.line_interpolate_point(_ring(edges)[:, None], share, normalized=True)
    points = np.concatenate([shapely.point_on_surface(sites), along.ravel()])
    return shapely.get_coordinates(points), np.concatenate([rows, np.repeat(area, len(share))])


def _largest(areas: NDArray[Any]) -> NDArray[Any]:
    parts, owner = shapely.get_parts(areas, return_index=True)
    order = np.lexsort((-shapely.area(parts), owner))
    largest: NDArray[Any] = parts[order[np.unique(owner[order], return_index=True)[1]]]
    return largest


def _ring(edges: NDArray[Any]) -> NDArray[Any]:
    """Return the outer line of each edge: the first ring of one with holes."""
    parts, owner = shapely.get_parts(edges, return_index=True)
    rings: NDArray[Any] = parts[np.unique(owner, return_index=True)[1]]
    return rings


def opaque(frame: Any) -> NDArray[Any]:
    """Return the mapped buildings that hide what is behind them, from the table ``buildings``."""
    if frame is None:
        return np.zeros(0, object)
    walls = np.asarray(frame.geometry.array, object)
    keep = ~frame["kind"].isin(SEE_THROUGH).to_numpy(bool) & (shapely.get_dimensions(walls) == 2)
    found: NDArray[Any] = walls[keep]
    return found
