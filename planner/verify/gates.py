"""Rules of gates: the facility's own, for who passes, large enough, open then, with nobody before it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
from shapely.geometry import LineString

from planner.verify.facts import gate_limits
from planner.verify.law import LAWS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    import geopandas as gpd

    from planner.verify.case import RouteCase

REACH_SLACK_M = 5.0


def gate_of_facility(case: RouteCase) -> Iterator[str]:
    """Demand an entrance of the facility asked for."""
    gate = case.facts.gates.get(case.route.entrance)
    if gate is None:
        yield f"ends at entrance {case.route.entrance}, which is not known"
    elif gate.facility_id != case.head.facility:
        yield f"ends at entrance {gate.id} of {gate.facility_id}, not of {case.head.facility}"


def gate_for_profile(case: RouteCase) -> Iterator[str]:
    """Demand an entrance that is for vehicles, or for who walks."""
    gate = case.facts.gates.get(case.route.entrance)
    if gate is not None and gate.kind not in case.law.gates:
        yield f"ends at entrance {gate.id}, which is for {gate.kind}"


def gate_size(case: RouteCase) -> Iterator[str]:
    """Demand that the vehicle is within every limit of size of its entrance."""
    gate = case.facts.gates.get(case.route.entrance)
    for tag, limit in {} if gate is None else gate.limits.items():
        own = case.law.size.get(tag, 0.0)
        if own > limit:
            yield f"ends at entrance {case.route.entrance} with {tag} {limit:g}, a {case.law.name} has {own:g}"


def gate_reached(case: RouteCase) -> Iterator[str]:
    """Demand that the last leg ends as near to the gate as the route declares."""
    gate = case.facts.gates.get(case.route.entrance)
    if gate is None:
        return
    gap = float(np.hypot(*(case.leg_xy[-1][-1] - gate.xy)))
    if gap > case.route.snap_offset_m + REACH_SLACK_M:
        yield f"ends {gap:.0f} m from entrance {gate.id}, declared {case.route.snap_offset_m:.0f} m"
    elif gap > case.facts.limits.max_snap_m:
        yield f"ends {gap:.0f} m from entrance {gate.id}, too far to be its street"


def gate_open(case: RouteCase) -> Iterator[str]:
    """Demand that the entrance is open on arrival, by the clock on its wall."""
    gate = case.facts.gates.get(case.route.entrance)
    if gate is not None and not is_open(
        gate.opens, gate.closes, case.route.arrive, case.facts.zone
    ):
        yield f"arrives while entrance {gate.id} is shut ({gate.opens} to {gate.closes})"


def gate_clear(case: RouteCase) -> Iterator[str]:
    """Demand that on arrival no crowd that blocks stands between the last leg and its entrance."""
    gate = case.facts.gates.get(case.route.entrance)
    if gate is None:
        return
    step = LineString([case.leg_xy[-1][-1], gate.xy])
    now = case.route.arrive.timestamp()
    found = case.facts.crowds_on(step, now, now + 1)
    blocking = {one.zone_id for one in found if one.presence >= case.facts.limits.block_presence}
    for zone in sorted(blocking):
        yield f"ends before entrance {gate.id}, in the footprint of zone {zone}"


def leaves_by(
    entrances: gpd.GeoDataFrame, entrance: str, profile: str, when: datetime, timezone: str
) -> Iterator[str]:
    """Demand that a way out begins at an entrance that lets the profile pass, open at that time.

    Parameters
    ----------
    entrances
        Those of the facility, as the layer has them.
    entrance, profile, when, timezone
        Id, name of who leaves, aware time of leaving, IANA name of the gate's clock.
    """
    rows = entrances.drop(columns="geometry").to_dict("records")
    gate = next((row for row in rows if str(row["id"]) == entrance), None)
    if gate is None:
        yield f"leaves by entrance {entrance}, which the facility does not have"
        return
    law = LAWS[profile]
    if str(gate["kind"]) not in law.gates:
        yield f"leaves by entrance {entrance}, which is for {gate['kind']}"
    for tag, limit in gate_limits(gate).items():
        if law.size.get(tag, 0.0) > limit:
            yield f"leaves by entrance {entrance} with {tag} {limit:g}, too little for a {law.name}"
    if not is_open(str(gate["opens"]), str(gate["closes"]), when, ZoneInfo(timezone)):
        yield f"leaves while entrance {entrance} is shut ({gate['opens']} to {gate['closes']})"


def is_open(opens: str, closes: str, when: datetime, zone: ZoneInfo) -> bool:
    """Tell whether a daily gate is open at a moment; the minute of closing is shut.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> noon = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    >>> is_open("22:00", "12:01", noon, ZoneInfo("UTC"))
    True
    """
    local = when.astimezone(zone)
    now = local.hour * 3600 + local.minute * 60 + local.second
    first, last = _seconds(opens), _seconds(closes)
    if first < last:
        return first <= now < last
    return now >= first or now < last


def _seconds(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60
