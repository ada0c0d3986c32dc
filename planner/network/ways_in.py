"""What the ways into a lot allow: a low beam, a closed gate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from planner.network.driven import Driven, Rules
from planner.network.site_tags import FROM_STRICT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

AT_M = 4.0
"""A service lane this near to a lot serves it (assumption)."""
LEADS_OUT_M = 3.0
"""A lane that ends nearer to the lot is an aisle of it (assumption)."""
ON_M = 0.5
NEAR_M = 60.0
"""A barrier further from the lot than this is not on its way in (assumption)."""


def ways_in(lots: NDArray[Any], driven: Driven) -> list[Rules | None]:
    """Return what the freest way into each lot allows, None where no lane leads in.

    What binds on every way in binds on the lot. Where a lot has no lane of its own, as where
    its bays open to the street, nothing is known.

    Parameters
    ----------
    lots
        Polygons, metric.
    driven
        Lanes, with barriers on them, same CRS.
    """
    found: list[Rules | None] = [None] * len(lots)
    lot, lane = shapely.STRtree(driven.lanes).query(lots, "dwithin", AT_M)
    barriers = shapely.STRtree(driven.barriers)
    for i in np.unique(lot).tolist():
        ways = list(_parts(lots[i], lane[lot == i].tolist(), driven, barriers))
        if ways:
            found[i] = _freest(ways)
    return found


def _parts(
    lot: Any, lanes: list[int], driven: Driven, barriers: shapely.STRtree
) -> Iterator[Rules]:
    """Yield what each piece of lane that leads out of a lot allows."""
    ground = shapely.buffer(lot, AT_M)
    near = barriers.query(lot, "dwithin", NEAR_M)
    for lane in lanes:
        for piece in shapely.get_parts(shapely.difference(driven.lanes[lane], ground)):
            if shapely.length(piece) > LEADS_OUT_M and shapely.dwithin(piece, ground, ON_M):
                there = near[shapely.dwithin(driven.barriers[near], piece, ON_M)]
                yield strictest(
                    [driven.lane_rules[lane], *(driven.barrier_rules[b] for b in there.tolist())]
                )


def strictest(rules: Iterable[Rules]) -> Rules:
    """Return what holds where all of these do."""
    rules = list(rules)
    heights = [rule.height_m for rule in rules if not np.isnan(rule.height_m)]
    access = min((rule.access for rule in rules), key=FROM_STRICT.index)
    return Rules(access, min(heights, default=np.nan))


def _freest(rules: list[Rules]) -> Rules:
    heights = [rule.height_m for rule in rules]
    access = max((rule.access for rule in rules), key=FROM_STRICT.index)
    return Rules(access, np.nan if np.isnan(heights).any() else max(heights))
