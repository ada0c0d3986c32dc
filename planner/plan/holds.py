"""Where a way stands still, from when until when."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from planner.plan import words
from planner.plan.directions import phrases
from planner.staging.usable import why_not

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from planner.plan.facts import Answer
    from planner.plan.prepare import Ground
    from planner.risk.build import Risk
    from planner.routes.walk import Walk

MINUTE_S = 60


def resting_nodes(
    ground: Ground | Answer, risk: Risk, *, since: int, until: int
) -> NDArray[np.int32]:
    """Return the nodes, int32[r], of sites open, no footprint on their ground, in [since, until)."""
    crowds = [
        f.kept_clear for f in risk.footprints
        if f.start_s < until and f.end_s > since and f.presence > 0
    ]  # fmt: skip
    grounds = np.asarray(ground.sites.geometry.array, object)
    taken, _ = shapely.STRtree(crowds).query(grounds, predicate="intersects")
    free = ground.stops.sites >= 0
    free[taken] = False
    free &= may_wait(ground, risk, since, until)
    return ground.stops.sites[free]


def may_wait(ground: Ground | Answer, risk: Risk, since: int, until: int) -> NDArray[np.bool_]:
    """Return bool[s]: the sites that nothing but risk bars in [since, until], seconds."""
    why = why_not(
        ground.sites, ground.stops.network.profile, ground.metric.facility.geometry.iloc[0],
        (risk.field.when(since), risk.field.when(until)), ground.layers.settings.zone,
        ground.metric.closures,
    )  # fmt: skip
    free: NDArray[np.bool_] = why == ""
    return free


def holds(answer: Answer, way: Walk) -> list[dict[str, Any]]:
    """Return every hold of a way, first to last: place, degrees, times, words.

    Parameters
    ----------
    answer, way
        The plan's facts, one way in.
    """
    return [_record(answer, way, after) for after in np.flatnonzero(way.wait_s).tolist()]


def hold_text(answer: Answer, way: Walk, after: int) -> str:
    """Return the words of the hold after an arc of a way, "" where there is none."""
    seconds = int(way.wait_s[after])
    if not seconds:
        return ""
    until = _until(answer, way, after)
    return phrases.hold(place_of(answer, way, after), seconds, _whole_minute(until, answer))


def place_of(answer: Answer, way: Walk, after: int) -> str:
    """Return what the place at the end of an arc is called: site, car park or gate."""
    node = int(answer.problem.network.head[way.arcs[after]])
    here = np.flatnonzero(answer.stops.sites == node)
    if len(here):
        return str(answer.sites.iloc[int(here[0])]["name"])
    return str(answer.gates.iloc[way.gate]["name"])


def _record(answer: Answer, way: Walk, after: int) -> dict[str, Any]:
    network, zone = answer.problem.network, answer.layers.settings.timezone
    seconds = int(way.wait_s[after])
    end = network.shape_start[int(way.arcs[after]) + 1] - 1
    lon, lat = words.lonlat_of(network.shape_xy[end], network.epsg)
    until = _until(answer, way, after)
    return {
        "place": place_of(answer, way, after), "lon": lon, "lat": lat,
        "from": words.iso(until - timedelta(seconds=seconds), zone),
        "until": words.iso(until, zone),
        "minutes": max(1, round(seconds / MINUTE_S)),
        "text": hold_text(answer, way, after),
    }  # fmt: skip


def _until(answer: Answer, way: Walk, after: int) -> datetime:
    second = int(way.entered[after] + way.time_s[after] + way.wait_s[after])
    return answer.risk.field.when(second)


def _whole_minute(when: datetime, answer: Answer) -> str:
    """Return HH:MM, the next where seconds are left: who moves on sooner finds the road shut."""
    up = timedelta(seconds=-when.second % MINUTE_S)
    return words.clock(words.iso(when + up, answer.layers.settings.timezone))
