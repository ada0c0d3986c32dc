"""Movement about each staging site, as records in words: ways in, hand-over, holds, fallback."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from planner.plan import words
from planner.plan.margin import time_in_hand
from planner.plan.paths import lonlat_line, route_record
from planner.routes.primary import circles
from planner.routes.walk import street_runs
from planner.staging.movement import bound_for, movements
from planner.staging.nearby import NEAR_M

if TYPE_CHECKING:
    from planner.plan.facts import Answer
    from planner.staging.fallback import Fallback
    from planner.staging.movement import Hold, Movement, WayIn
    from planner.staging.nearby import NearReport
    from planner.staging.sites import Site

Record = dict[str, Any]

TOLD_S = 30
"""A detour of fewer seconds is none in words."""

NO_WAY_IN = "no gateway has a way that is there when the site is to be taken"
NO_HAND_OVER = "no way from here to an open gate is clear at the time asked for"
ROUND = "the way from here to a gate would drive in circles: ask for another time"
NO_OTHER = "no other site can be used"
NO_FALLBACK = "no other usable site is far enough from what makes one leave, with a clear way to it"


def with_movement(document: Record, answer: Answer) -> Record:
    """Return a plan with the movement about each of its staging sites."""
    if answer.scene is None:
        return document
    # What has no score is forbidden, or no place to stop either: in front of a hospital, too small.
    unfit = {out.row for out in answer.staging_out if out.score is None}
    spare = [out.row for out in answer.staging_out if out.score is not None]
    apart = "exits" not in answer.question.sites.off
    found = movements(answer.scene, answer.staging, unfit, spare=spare, apart=apart)
    index = {str(answer.sites["id"].iloc[site.row]): i for i, site in enumerate(answer.staging)}
    told = []
    for record in document["staging"]:
        i = index[str(record["id"])]
        moved = movement_record(document, answer, i, found[i]) if found else None
        told.append(record | {"movement": moved})
    return document | {"staging": told}


def movement_record(document: Record, answer: Answer, i: int, moved: Movement) -> Record:
    """Return the movement about one site.

    Parameters
    ----------
    document
        The plan with its staging sites, in the order of the answer's.
    answer
        What it was written from.
    i, moved
        Index of the site, what was found for it.
    """
    site = answer.staging[i]
    own = _record_of(document, answer, i)
    over = _hand_over(answer, site, own)
    no_over = None if over else NO_HAND_OVER if not site.open else ROUND
    trigger = _trigger(document, own, moved.near_report, over)
    fallback = moved.fallback and _fallback(answer, document, moved.fallback, trigger)
    usable = len(answer.staging) + sum(out.score is not None for out in answer.staging_out)
    other = NO_FALLBACK if usable > 1 else NO_OTHER
    record = {
        "text": "", "ways_in": [_way_in(answer, site, one) for one in moved.ways_in],
        "ways_in_reason": None if moved.ways_in else NO_WAY_IN,
        "hand_over": over, "hand_over_reason": no_over,
        "hold_points": [_hold(answer, document, own, one) for one in moved.holds],
        "trigger": trigger, "fallback": fallback,
        "fallback_reason": None if fallback else other,
    }  # fmt: skip
    return record | {"text": movement_text(record, own)}


def _record_of(document: Record, answer: Answer, i: int) -> Record:
    key = answer.sites["id"].iloc[answer.staging[i].row]
    found: Record = next((s for s in document["staging"] if s["id"] == key), {})
    return found


def _hand_over(answer: Answer, site: Site, own: Record) -> Record | None:
    """Return the way to the gate street by street, None where it may not be driven now."""
    if not site.open or circles(answer.problem, site.to_gate):
        return None
    return route_record(answer, hand_over_id(own["id"]), "hand_over", site.to_gate, 0.0)


def hand_over_id(site: str) -> str:
    """Return the id of the way from a site to a gate."""
    return f"{site}:hand_over"


def movement_text(record: Record, own: Record) -> str:
    """Return the line for the driver: when to leave the site, by what street, there when."""
    over = record["hand_over"]
    if over is None:
        return f"Stay at S{own['rank']}: {record['hand_over_reason']}"
    return (
        f"Leave S{own['rank']} by {words.clock(over['leave_by'])}{words.via(over)}, "
        f"{over['entrance_name']} {words.clock(over['arrive'])}"
    )


def _way_in(answer: Answer, site: Site, one: WayIn) -> Record:
    zone, when, way = answer.layers.settings.timezone, answer.risk.field.when, one.way
    placed = answer.layers.gateways[answer.stops.gateways >= 0]
    gateway = placed.iloc[one.origin]
    node = int(answer.stops.sites[site.row])
    bound = replace(answer, problem=bound_for(answer.problem, node, answer.risk.field.seconds(
        answer.question.staging_window[0])))  # fmt: skip
    leave = way.depart - time_in_hand(bound, way)
    record = {
        "gateway": gateway["id"], "leave_by": words.iso(when(leave), zone),
        "depart": words.iso(when(way.depart), zone), "arrive": words.iso(when(way.arrive), zone),
        "time_s": way.arrive - way.depart, "length_m": round(float(way.length_m.sum()), 1),
        "max_risk": round(way.max_risk, 4),
        "clear": bool(way.max_risk < answer.problem.clear_below),
        "streets": street_runs(answer.problem, way.arcs), "geometry": lonlat_line(answer, way.arcs),
    }  # fmt: skip
    risky = "" if record["clear"] else f", not clear: risk {record['max_risk']:.2f} on the way"
    return record | {"text": (
        f"from {gateway['name']} leave by {words.clock(record['leave_by'])}, there "
        f"{words.clock(record['arrive'])}, {words.minutes(record['time_s'])}{risky}"
    )}  # fmt: skip


def _hold(answer: Answer, document: Record, own: Record, one: Hold) -> Record:
    row = answer.sites.iloc[one.row]
    lon, lat = words.lonlat(row.geometry.representative_point(), answer.problem.network.epsg)
    rank = next((f"S{s['rank']} " for s in document["staging"] if s["id"] == row["id"]), "")
    more = f", {words.minutes(one.detour_s)} more on the way" if one.detour_s >= TOLD_S else ""
    return {
        "id": str(row["id"]), "name": str(row["name"]), "lon": lon, "lat": lat,
        "time_s": one.time_s, "detour_s": one.detour_s,
        "text": f"{rank}{row['name']}, {words.minutes(one.time_s)} from S{own['rank']}{more}",
    }  # fmt: skip


def _trigger(
    document: Record, own: Record, near_report: NearReport | None, over: Record | None
) -> Record:
    """Return what makes one leave a site for another: a report near it, its way on shut."""
    away, within = None, NEAR_M
    near = f"anything is reported within {_metres(within)} of S{own['rank']}"
    if near_report is not None:
        label = next(z["label"] for z in document["zones"] if z["id"] == near_report.zone)
        away, within = round(near_report.distance_m, 1), round(near_report.within_m, 1)
        near = (
            f"{label} is reported within {_metres(within)} of S{own['rank']} (now {_metres(away)})"
        )
    shut = f", or the way to {over['entrance_name']} is shut" if over else ""
    return {
        "zone": near_report and near_report.zone, "distance_m": away, "within_m": within,
        "text": f"{near}{shut}",
    }  # fmt: skip


def _metres(metres: float) -> str:
    return f"{round(metres, -1):.0f} m"


def _fallback(answer: Answer, document: Record, one: Fallback, trigger: Record) -> Record | None:
    row, move = answer.sites.iloc[one.row], one.move
    to = next((s for s in document["staging"] if s["id"] == row["id"]), None)
    if to is None and one.row in {site.row for site in answer.staging}:
        # It was chosen, and the check has withheld it.
        return None
    lon, lat = words.lonlat(row.geometry.representative_point(), answer.problem.network.epsg)
    called = f"S{to['rank']} {to['name']}" if to else str(row["name"] or row["id"])
    streets = street_runs(answer.problem, move.arcs)
    by = f" by {words.listed(streets[:2])}" if streets else ""
    shared = f"; {one.shared_m:.0f} m of it are also on the way to the gate" * (one.shared_m >= 1)
    return {
        "site": str(row["id"]), "name": str(row["name"] or row["id"]), "lon": lon, "lat": lat,
        "rank": to and to["rank"], "time_s": move.time_s,
        "length_m": round(move.length_m, 1), "shared_m": round(one.shared_m, 1),
        "streets": streets, "geometry": lonlat_line(answer, move.arcs),
        "text": f"If {trigger['text']}: move to {called}{by}, "
                f"{words.minutes(move.time_s)}{shared}",
    }  # fmt: skip
