"""Walks at an arrival: from where a vehicle can stop, or a bus does, to the gates open on foot."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planner.layers.crs import to_lonlat
from planner.network.profiles import PROFILES
from planner.network.store import load_network
from planner.plan.beside import WHO
from planner.plan.day.risk import day_risk, day_span
from planner.plan.hour import at_hour, problem_at
from planner.plan.on_paths import on_paths, wishes_of
from planner.plan.paths import route_record
from planner.plan.prepare import lay_out, stops_near
from planner.plan.told_ways import answer_of
from planner.plan.withhold import plain_facts
from planner.routes.isochrone import clear_clock
from planner.routes.primary import least_to_go, tree_way
from planner.verify.streets import Streets

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from planner.plan.facts import Answer
    from planner.plan.prepare import Ground, Prepared
    from planner.plan.question import Question
    from planner.routes.problem import Problem
    from planner.routes.walk import Walk
    from planner.verify import Facts

LONGEST_S = 1800
"""Nobody is sent further on foot than this. Assumption: half an hour, some 2.4 km."""

ROLLED = "wheelchair"
WALKERS = (WHO, ROLLED)
"""Who goes on from where a vehicle stops."""


class Afoot(NamedTuple):
    """Who walks at an arrival, from places named by their ids.

    Attributes
    ----------
    answer
        The facility on the paths of who walks; its gateways are the places.
    problem
        The question as arrays, on whose clock only clear paths are open.
    ways
        The clear walk of each place that has one in time, by its id.
    free_s
        Seconds of the walk on a free day with every gate open, by id; inf where none leads there.
    facts
        What the independent check reads of it.
    """

    answer: Answer
    problem: Problem
    ways: dict[str, Walk]
    free_s: dict[str, float]
    facts: Facts

    def record(self, key: str, place: str) -> dict[str, Any] | None:
        """Return the walk of a place as a route of the document, None where it has none."""
        way = self.ways.get(place)
        return None if way is None else route_record(self.answer, key, "walk", way, 0.0)


def walk_at(prepared: Prepared, question: Question, *, who: str = WHO) -> Afoot:
    """Return the clear walks in for the arrival of a question.

    Parameters
    ----------
    prepared, question
        What the plan is made of.
    who
        Who walks: ``foot`` or ``wheelchair``.
    """
    ground, streets = _grounds(prepared, who)
    hand = on_paths(prepared.ground, question.wishes, ground)
    asked = question.model_copy(update={"profile": who, "quiet": False, "wishes": wishes_of(hand)})
    span = day_span(asked, ground.layers.settings.zone)
    risk, hour = day_risk(ground, span, asked.parameters), at_hour(ground, asked)
    problem = hand.on(problem_at(ground, asked, risk, hour))
    problem = replace(problem, clock=clear_clock(problem))
    tree, free = problem.tree(), problem.free_tree().cost
    ways: dict[str, Walk] = {}
    free_s: dict[str, float] = {}
    for key, node in zip(ground.layers.gateways["id"], ground.stops.gateways.tolist(), strict=True):
        if node < 0:
            continue
        free_s[key] = least_to_go(problem, node, free)
        way = tree_way(problem, tree, node)
        if way is not None and way.arrive - way.depart <= LONGEST_S:
            ways[key] = way
    none = [None] * len(free_s)
    answer = answer_of(ground, asked, risk, (problem, hour), none, to_go=free, hand=hand)
    return Afoot(answer, problem, ways, free_s, plain_facts(streets.extract, answer, streets))


def site_key(row: int) -> str:
    """Return the id under which a candidate site is a place to walk from."""
    return f"site {row}"


def transit_near(prepared: Prepared) -> GeoDataFrame:
    """Return the stops of public transport near a facility, EPSG:4326; none where none are known."""
    workspace = prepared.workspace
    known = "transit_stops" in workspace.statics() and len(workspace.static("transit_stops"))
    if not known:
        return prepared.ground.layers.gateways.iloc[:0]
    return stops_near(workspace, prepared.ground.layers.facility)


def _grounds(prepared: Prepared, who: str) -> tuple[Ground, Streets]:
    """Return the facility on the paths of who walks with the places to walk from, laid out once."""
    known = prepared.ground.known
    if ("afoot", who) not in known:
        layers = prepared.ground.layers
        layers = replace(
            layers, gateways=_places(prepared), staging_sites=layers.staging_sites.iloc[:0]
        )
        network, extract = load_network(prepared.workspace, who), prepared.streets.extract
        known["afoot", who] = (
            lay_out(network, layers, 1, extract), Streets(extract, network.epsg, who),
        )  # fmt: skip
    found: tuple[Ground, Streets] = known["afoot", who]
    return found


def _places(prepared: Prepared) -> GeoDataFrame:
    """Return where vehicles stop at sites, then stops of public transport, EPSG:4326."""
    ground = prepared.ground
    network, nodes = ground.stops.network, ground.stops.sites
    rows = np.flatnonzero(nodes >= 0)
    lonlat = (
        to_lonlat(network.node_xy[nodes[rows]], network.epsg) if len(rows) else np.zeros((0, 2))
    )
    sites = gpd.GeoDataFrame(
        {"id": [site_key(row) for row in rows.tolist()], "name": ground.sites["name"].iloc[rows].tolist(),
         "road_class": "site"},
        geometry=shapely.points(lonlat[:, 0], lonlat[:, 1]), crs=4326,
    )  # fmt: skip
    transit = transit_near(prepared)
    if transit.empty or PROFILES[ground.profile].on_foot:
        return sites
    return pd.concat([sites, transit[sites.columns]], ignore_index=True)
