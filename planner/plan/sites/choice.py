"""The places to wait that answer a question, chosen among those near the facility."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.errors import InputError
from planner.plan.alike import most_like
from planner.risk.areas import risk_of_places
from planner.staging.scene import Scene, ways_to_gates
from planner.staging.usable import why_not

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from planner.plan.prepare import Ground
    from planner.plan.question import Question
    from planner.risk.build import Risk
    from planner.routes.problem import Problem


def scene_of(
    ground: Ground,
    question: Question,
    risk: Risk,
    problem: Problem,
) -> Scene:
    """Return the candidate sites as the criteria look at them.

    Raises
    ------
    InputError
        A locked or forbidden site is not known, or a locked one was not prepared.
    """
    check_ids(ground, question)
    since, until = (risk.field.seconds(t) for t in question.staging_window)
    on_ground = risk_of_places(
        ground.stops.network, risk, list(ground.sites.geometry), start_s=since, end_s=until
    )
    nodes = ground.stops.sites
    barred = why_not(
        ground.sites, ground.profile, ground.metric.facility.geometry.iloc[0],
        question.staging_window, ground.layers.settings.zone, ground.metric.closures,
    )  # fmt: skip
    calm = calm_sites(problem, nodes, on_ground, since, until) & (barred == "")
    found = ways_to_gates(problem, problem.tree(), nodes, calm)
    metric = ground.metric
    frames = metric.obstacles | {
        "gates": ground.gates, "facility": metric.facility, "support_stops": metric.support_stops,
        "staging_sites": metric.staging_sites,
    }  # fmt: skip
    return Scene(
        problem, ground.sites, nodes, on_ground, since, until, question.vehicles,
        found.ways, found.gate_s, found.open, frames, risk, barred=barred.tolist(),
        zone=metric.settings.zone,
    )  # fmt: skip


def calm_sites(
    problem: Problem, nodes: NDArray[np.int32], risk: NDArray[np.float64], since: int, until: int
) -> NDArray[np.bool_]:
    """Return whether ground and door of each site, bool[s], stay free of risk in a window."""
    touched, graph = problem.field.touched(since, until), problem.graph
    door = [
        touched[graph.out_arcs[graph.out_start[v] : graph.out_start[v + 1]]].any()
        for v in nodes.tolist()
    ]
    calm: NDArray[np.bool_] = (risk == 0) & ~np.array(door, bool)
    return calm


def check_ids(ground: Ground, question: Question) -> None:
    """Check that every site asked for by its id is known, and every locked one is looked at.

    Raises
    ------
    InputError
        One is not.
    """
    asked = question.sites
    known_sites(ground.layers.staging_sites, (*asked.locked, *asked.forbidden))
    looked_at = set(ground.sites["id"])
    away = [key for key in asked.locked if key not in looked_at]
    if away and looked_at:
        raise InputError(f"prepared without the locked site {away[0]!r}: prepare it first")


def known_sites(frame: GeoDataFrame, keys: Iterable[str]) -> None:
    """Check that every site asked for by its id is in the layer.

    Raises
    ------
    InputError
        One is not.
    """
    names = dict(zip(frame["id"].astype(str), frame["name"].fillna("").astype(str), strict=True))
    for key in keys:
        if key not in names:
            told, near = most_like(key, names)
            which = (
                f"{'most like it' if near else 'such as'}: {', '.join(told)}" if told else "none"
            )
            raise InputError(
                f"no staging site {key!r} among the {len(names)}; {which}. "
                "See all: planner show staging_sites"
            )
