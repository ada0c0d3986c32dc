"""How much longer the same road takes when everybody drives."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.layers.clock import is_weekday
from planner.network.graph import CLASSES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from numpy.typing import NDArray


class Group(NamedTuple):
    """Classes of road that fill up alike, with the factor at the height of the rush."""

    classes: tuple[str, ...]
    peak: float


GROUPS: Mapping[str, Group] = {
    "motorway, trunk": Group(("motorway", "trunk", "motorway_link", "trunk_link"), 1.33),
    "primary, secondary": Group(("primary", "secondary", "primary_link", "secondary_link"), 1.25),
    "tertiary": Group(("tertiary", "tertiary_link"), 1.15),
    "minor": Group(("unclassified", "residential", "living_street", "service", "road"), 1.05),
}
"""Factor on free-flow time at full rush. Motorways: travel time index 1.33, the mean of 52 US
metropolitan areas on weekdays 6-9 and 16-19 h, 2017 and 2018 (FHWA-HOP-19-026). The others:
assumption; arterial streets bear half as much delay as freeways at these hours (Urban Mobility
Report, in Falcocchio and Levinson 2015, 8.2). Classes not named here, such as ferries, keep their time."""

WEEKDAY = (
    0.0, 0.0, 0.0, 0.0, 0.0, 0.1, 0.5, 1.0, 1.0, 0.6, 0.4, 0.4,
    0.5, 0.5, 0.5, 0.7, 1.0, 1.0, 0.8, 0.5, 0.2, 0.1, 0.0, 0.0,
)  # fmt: skip
"""Share of the full rush by hour. The peaks are those of FHWA's index; least delay from midnight
to 6 and most from 17 to 18 h (Falcocchio and Levinson 2015); the steps between: assumption."""

WEEKEND = (
    0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.1, 0.2, 0.3, 0.4,
    0.4, 0.4, 0.4, 0.4, 0.4, 0.3, 0.2, 0.1, 0.0, 0.0, 0.0, 0.0,
)  # fmt: skip
"""The same on Saturdays and Sundays: assumption. Public holidays count as their weekday."""

BUFFER_CALM = 0.1
"""Share of the drive added to "leave by" where there is no rush (assumption)."""
BUFFER_RUSH = 0.35
"""The same at full rush: assumption, between calm and the 2.12 / 1.33 - 1 = 0.59 by which the 95th
percentile exceeds the mean on the busiest US roads (planning time index 2.12, FHWA-HOP-19-026)."""
BUFFER_LEAST_S = 60
"""Least margin, for a missed light at the door (assumption)."""

_PARTS = 1000


def rush_factor(road_class: NDArray[np.uint8], when_local: datetime) -> NDArray[np.float32]:
    """Return float32[m], at least 1: the factor on free-flow time in the hour of a local time."""
    share = rush_share(when_local)
    table = np.ones(len(CLASSES), np.float32)
    for group in GROUPS.values():
        for name in group.classes:
            table[CLASSES.index(name)] = 1 + share * (group.peak - 1)
    factor: NDArray[np.float32] = table[road_class]
    return factor


def rush_share(when_local: datetime) -> float:
    """Return the share of the full rush, 0 to 1, in the hour of a local time."""
    hours = WEEKDAY if is_weekday(when_local) else WEEKEND
    return hours[when_local.hour]


def margin_s(drive_s: int, when_local: datetime) -> int:
    """Return the seconds, whole minutes, by which to leave earlier than the drive itself asks.

    Parameters
    ----------
    drive_s
        Seconds of the drive, the factor of the hour included.

    Examples
    --------
    >>> from datetime import datetime
    >>> margin_s(1200, datetime(2026, 3, 3, 8)), margin_s(1200, datetime(2026, 3, 1, 3))
    (420, 120)
    """
    share = BUFFER_CALM + rush_share(when_local) * (BUFFER_RUSH - BUFFER_CALM)
    minutes = math.ceil(round(share * drive_s / 60, 6))
    return max(60 * minutes, BUFFER_LEAST_S) if drive_s > 0 else 0


def scaled(
    time_s: NDArray[np.int32],
    factor: NDArray[np.float32],
    *,
    run: NDArray[np.int64] | None = None,
) -> NDArray[np.int32]:
    """Return whole seconds times a factor, whose sums from the start of a run are the best.

    Every sum over the first arcs of a run is within 0.5 s of the unrounded one; a factor is
    taken in thousandths. No arc takes less than 1 s, nor less than before where its factor
    is 1 or more.

    Parameters
    ----------
    time_s, factor
        int32[m], float32[m]; in the order in which the arcs of a run follow each other.
    run
        int64[m]; number of the run of each arc, arcs of a run side by side; None: one run.
    """
    if not len(time_s):
        return time_s.astype(np.int32)
    parts = np.rint(np.asarray(factor, np.float64) * _PARTS).astype(np.int64)
    exact = time_s.astype(np.int64) * parts
    total = np.cumsum(exact)
    begins = np.ones(len(exact), bool)
    begins[1:] = False if run is None else run[1:] != run[:-1]
    first = np.flatnonzero(begins)[np.cumsum(begins) - 1]
    before = (total - exact)[first]
    # Whole numbers all the way: half a second is rounded up, the same at every place.
    until = (total - before + _PARTS // 2) // _PARTS
    since = (total - exact - before + _PARTS // 2) // _PARTS
    seconds: NDArray[np.int32] = np.maximum(until - since, 1).astype(np.int32)
    return seconds
