"""The choice of sites as JSON-ready data."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from planner import __version__
from planner.initialise import credit_of
from planner.plan import words
from planner.plan.document import write_ways
from planner.plan.numbers import road_numbers
from planner.plan.paths import lonlat_line
from planner.plan.stage.choice import Chosen
from planner.plan.stage.words import facility_reason, headline, help_record, site_words
from planner.plan.stage.worlds import robust_record
from planner.plan.told_ways import answer_of
from planner.staging.candidates import MAX_DISTANCE_M, vehicle_m2
from planner.staging.choice import choose

if TYPE_CHECKING:
    from datetime import datetime

    from planner.plan.facts import Answer
    from planner.plan.stage.ground import Laid

Record = dict[str, Any]

OF_A_WAY = (
    "id", "entrance", "entrance_name", "depart", "leave_by", "margin_s", "arrive", "time_s", "wait_s",
    "length_m", "exposure_min", "max_risk", "clear", "streets", "geometry", "legs", "holds",
    "snap_offset_m", "steps", "notices",
)  # fmt: skip
"""What is told of a drive from a site to a gate, as of any route of a plan."""


def write_stage(laid: Laid, chosen: Chosen, now: datetime) -> Record:
    """Return the document, still without its verification."""
    asked, workspace = laid.asked, laid.prepared.workspace
    question = asked.question
    zone = workspace.settings.timezone
    sites = _sites(laid, chosen)
    document: Record = {
        "feasible": chosen.choice is not None,
        "headline": "",
        "objective": asked.objective,
        "minutes": asked.minutes if asked.objective == "coverage" else None,
        "arrive_by": words.iso(question.arrive_utc, zone), "timezone": zone,
        "profile": question.profile, "quiet": question.quiet,
        "free_of_risk": [words.iso(when, zone) for when in question.staging_window],
        "generated_at": words.iso(now, zone),
        "sites_asked": asked.sites, "split": asked.split,
        "fixed": list(asked.fixed), "forbidden": list(asked.forbidden),
        "facilities": _facilities(laid, chosen),
        "sites": sites,
        "figures": _figures(chosen),
        "help": [help_record(one, laid, chosen.stuck) for one in chosen.help],
        "candidates": int(laid.usable.sum()),
        "sites_out": _out(laid),
        "sites_far": laid.far,
        "robust": robust_record(laid, chosen),
        "verification": {"passed": False, "checked": 0, "failures": []},
        "notices": [],
        "warnings": _warnings(laid, sites),
        "provenance": _provenance(laid),
        "attribution": credit_of(workspace),
    }  # fmt: skip
    document["headline"] = headline(document)
    if document["robust"]:
        document["robust"] |= _as_reported(laid, chosen, document["robust"])
    return document


def _as_reported(laid: Laid, chosen: Chosen, robust: Record) -> Record:
    """Return who waits where at the robust sites with the reports as they are, where they are others.

    They are judged by variations; the drives are those one would plan with, checked like all.
    """
    if robust["sites"] is None or robust["same"]:
        return {"placed": None}
    ids = laid.sites["id"].tolist()
    rows = tuple(sorted(ids.index(one) for one in robust["sites"]))
    choice = choose(replace(chosen.ask, fixed=rows, most=len(rows)))
    if choice is None:
        return {"placed": None}
    left = chosen.ask.demand - choice.placed.sum(axis=1)
    there = Chosen(chosen.ask, choice, left, (), ())
    placed = {
        "facilities": _facilities(laid, there), "sites": _sites(laid, there),
        "figures": _figures(there),
    }  # fmt: skip
    said = words.minutes(choice.vehicle_s / max(choice.covered, 1))
    return {
        "placed": placed,
        "told": [*robust["told"], f"there, with the reports as they are: {said} away on average"],
    }


def _facilities(laid: Laid, chosen: Chosen) -> list[Record]:
    frame, choice = laid.prepared.ground.layers.facility, chosen.choice
    records = []
    for f, ((key, vehicles), name, place) in enumerate(
        zip(laid.asked.facilities, frame["name"], frame.geometry, strict=True)
    ):
        point = place.representative_point()
        placed = 0 if choice is None else int(choice.placed[f].sum())
        used = [] if choice is None else np.flatnonzero(choice.placed[f]).tolist()
        records.append({
            "id": key, "name": str(name), "lon": round(point.x, 7), "lat": round(point.y, 7),
            "vehicles": vehicles, "placed": placed,
            "worst_s": int(max((np.ceil(laid.seconds[f, s]) for s in used), default=0)) or None,
            "reason": facility_reason(laid, chosen, f),
        })  # fmt: skip
    return records


def _sites(laid: Laid, chosen: Chosen) -> list[Record]:
    """Return the sites opened, most vehicles first, each with who waits there and their drive."""
    if chosen.choice is None:
        return []
    drives = _drives(laid, chosen)
    records = [_site(laid, int(s), chosen, drives) for s in chosen.choice.sites]
    records.sort(key=lambda site: (-site["vehicles"], site["id"]))
    return [site | {"why": site_words(site)} for site in records]


def _site(laid: Laid, s: int, chosen: Chosen, drives: dict[tuple[int, int], Record]) -> Record:
    row = laid.sites.iloc[s]
    place = row.geometry.representative_point()
    lon, lat = words.lonlat(place, laid.problem.network.epsg)
    serves = [drives[f, s] for f in range(len(laid.seconds)) if (f, s) in drives]
    vehicles = sum(one["vehicles"] for one in serves)
    ways, door_m = _ways_out(laid, s)
    return {
        "id": row["id"], "name": str(row["name"] or row["id"]), "lon": lon, "lat": lat,
        "area_m2": round(float(row["capacity_m2"]), 1), "room_for": int(laid.room[s]),
        "size_assumed": "assumed" in str(row["kind"]),
        "vehicles": vehicles, "spare": int(laid.room[s]) - vehicles,
        "fixed": s in chosen.ask.fixed, "serves": serves,
        "ways": ways, "shared_door_m": door_m, "why": "",
    }  # fmt: skip


def _ways_out(laid: Laid, s: int) -> tuple[list[Record], float]:
    """Return the two ways out of a site, as a plan tells them."""
    pair = laid.exits[s]
    if pair is None:
        return [], 0.0
    layers, stops = laid.prepared.ground.layers, laid.prepared.ground.stops
    placed = layers.gateways["id"][stops.gateways >= 0].tolist()
    answer = facility_answer(laid, laid.prepared.ground.layers.facility["id"].iloc[0], [], [])
    ways = [
        {
            "gateway": placed[way.gateway], "time_s": way.time_s,
            "length_m": round(way.length_m, 1), "geometry": lonlat_line(answer, way.arcs),
        }
        for way in pair[:2]
    ]  # fmt: skip
    return ways, round(pair[2], 1)


def facility_answer(laid: Laid, facility: str, sites: list[int], ways: list[Any]) -> Answer:
    """Return drives from some sites to one facility as an answer: the sites are its origins."""
    ground = laid.prepared.ground
    layers, metric, nodes = ground.layers, ground.metric, ground.stops.sites[sites]
    chosen = layers.facility["id"] == facility
    starts = ground.sites.iloc[sites].to_crs(4326)[["id", "name", "geometry"]]
    starts = starts.set_geometry(starts.geometry.representative_point()).reset_index(drop=True)
    return answer_of(
        replace(
            ground, stops=replace(ground.stops, gateways=nodes),
            layers=replace(layers, facility=layers.facility[chosen], gateways=starts),
            metric=replace(metric, facility=metric.facility[chosen]),
        ),
        laid.asked.question.model_copy(update={"facility": facility}), laid.risk,
        (replace(laid.problem, origins=nodes), laid.hour), ways,
    )  # fmt: skip


def _drives(laid: Laid, chosen: Chosen) -> dict[tuple[int, int], Record]:
    """Return every drive of the choice, by facility and site."""
    found: dict[tuple[int, int], Record] = {}
    if chosen.choice is None:
        return found
    for f, (key, _) in enumerate(laid.asked.facilities):
        placed = chosen.choice.placed[f]
        used = np.flatnonzero(placed).tolist()
        if not used:
            continue
        answer = facility_answer(laid, key, used, [laid.ways[f][s] for s in used])
        name = str(answer.layers.facility["name"].iloc[0])
        for s, origin in zip(used, write_ways(answer)["origins"], strict=True):
            route = origin["routes"][0]
            found[f, s] = (
                {"facility": key, "facility_name": name, "vehicles": int(placed[s])}
                | {part: route[part] for part in OF_A_WAY}
                | {"id": f"{origin['id']}:{key}", "role": "primary"}
            )
    return found


def _figures(chosen: Chosen) -> Record | None:
    """Return what the choice takes, in vehicle-minutes, worst and mean minutes."""
    choice = chosen.choice
    if choice is None:
        return None
    return {
        "vehicles": int(chosen.ask.demand.sum()), "placed": choice.covered,
        "vehicle_min": round(choice.vehicle_s / 60, 1),
        "mean_s": round(choice.vehicle_s / choice.covered), "worst_s": choice.worst_s,
    }  # fmt: skip


def _out(laid: Laid) -> list[Record]:
    """Return the candidates near that cannot be used, with why."""
    epsg, records = laid.problem.network.epsg, []
    for row, why in zip(laid.sites.itertuples(), laid.out, strict=True):
        if why:
            lon, lat = words.lonlat(row.geometry.representative_point(), epsg)
            records.append({"id": row.id, "name": str(row.name or row.id), "lon": lon, "lat": lat,
                            "why": why})  # fmt: skip
    return records


def _warnings(laid: Laid, sites: list[Record]) -> list[str]:
    """Return what to look at before one relies on the choice."""
    said = []
    guessed = [site["name"] for site in sites if site["size_assumed"]]
    if guessed:
        said.append(f"the size of {', '.join(guessed)} is assumed: look before you rely on it")
    if laid.prepared.ground.layers.entrances["assumed"].any():
        said.append("some gates are assumed, not surveyed: check them before use")
    return said


def _provenance(laid: Laid) -> Record:
    workspace, asked = laid.prepared.workspace, laid.asked
    settings = workspace.settings
    answer = facility_answer(laid, asked.facilities[0][0], [], [])
    own = {
        "m2_per_vehicle": {
            "value": vehicle_m2(asked.question.profile),
            "unit": "m2",
            "source": "assumption",
        },
        "max_distance_m": {"value": MAX_DISTANCE_M, "unit": "m", "source": "assumption"},
        "sites": {"value": asked.sites, "unit": "sites", "source": "question"},
    }
    return {
        "inputs": {
            "workspace": settings.name, "workspace_version": laid.prepared.version,
            "source_name": settings.source_name, "source_sha256": settings.source_sha256,
            "extract_date": settings.extract_date, "roads": credit_of(workspace),
        },
        "parameters": asked.question.parameters.table() | road_numbers(answer) | own,
        "seed": asked.question.seed, "version": __version__,
    }  # fmt: skip
