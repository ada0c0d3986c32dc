"""What lies within minutes of a gate at a time: the isochrones a person asks for."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import shapely

from planner.errors import InputError
from planner.initialise import credit_of
from planner.layers.crs import to_lonlat
from planner.network.profiles import PROFILES
from planner.network.store import load_extract, load_network
from planner.plan import words
from planner.plan.day.risk import day_risk, day_span
from planner.plan.gate_size import too_large
from planner.plan.hour import at_hour, problem_at
from planner.plan.prepare import Ground, lay_out, read_layers
from planner.plan.question import ask
from planner.plan.wishes.hand import hand_of
from planner.plan.wishes.words import wishes_kept
from planner.plan.zones import label
from planner.routes.isochrone import MINUTE_S, isochrone
from planner.tuning import parameters_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from planner.layers.workspace import Workspace
    from planner.network.graph import Network
    from planner.plan.question import Question
    from planner.plan.wishes.hand import Hand
    from planner.risk.build import Risk
    from planner.risk.field import Footprint
    from planner.routes.isochrone import Direction, Reach
    from planner.routes.problem import Problem

MINUTES = (5, 10, 15)
LONGEST_MIN = 60
"""Beyond an hour the edge of the map, not the road, decides what is reached."""

DIRECTIONS: tuple[Direction, ...] = ("out", "into")


@dataclass(frozen=True, slots=True)
class ReachQuestion:
    """A question about a gate; ``at`` is ISO text, local without an offset.

    Attributes
    ----------
    direction
        ``out``: places reached leaving the gate then; ``into``: places from which one is at the
        gate by then.
    minutes
        Steps, ascending.
    avoid
        Streets to leave alone, as in ``Wishes``; other wishes have no bearing on who may be where.
    """

    facility: str
    gate: str
    at: str
    profile: str = "foot"
    direction: Direction = "out"
    minutes: tuple[int, ...] = MINUTES
    avoid: tuple[str, ...] = ()


def reach_ground(workspace: Workspace, facility: str, profile: str) -> Ground:
    """Return a facility with its gates on the roads of a profile; nobody comes from anywhere.

    Raises
    ------
    InputError
        The facility or the profile is unknown.
    """
    if profile not in PROFILES:
        raise InputError(f"no profile {profile!r}; there are {', '.join(PROFILES)}")
    layers = read_layers(workspace, facility)
    # Neither gateways nor sites cut the roads: what is reached does not depend on them.
    layers = replace(
        layers, gateways=layers.gateways.iloc[:0], staging_sites=layers.staging_sites.iloc[:0]
    )
    return lay_out(load_network(workspace, profile), layers, 1, load_extract(workspace))


class Moment(NamedTuple):
    """A facility's roads at a time, with its zones and without: closures, rules by the clock stay."""

    ground: Ground
    problem: Problem
    risk: Risk
    bare: Problem


class GateReach(NamedTuple):
    """What is reached from a gate, by steps; nothing while it is shut.

    Attributes
    ----------
    opens
        Second at which it opens next; None while it is open, or where it opens no more that day.
    found, free
        With zones, without them.
    zones
        Those that cut something off: id, label.
    """

    is_open: bool
    opens: int | None
    found: list[Reach]
    free: list[Reach]
    zones: list[dict[str, str]]


def at_moment(ground: Ground, question: Question, hand: Hand) -> Moment:
    """Return a facility's roads at a time.

    Parameters
    ----------
    ground
        From ``reach_ground``.
    question
        ``arrive`` is the time at the gate.
    hand
        Streets left alone, on these roads; with zones and without.
    """
    span, hour = day_span(question, ground.layers.settings.zone), at_hour(ground, question)
    without = replace(ground, metric=replace(ground.metric, zones=ground.metric.zones.iloc[:0]))
    risk, calm = (day_risk(one, span, question.parameters) for one in (ground, without))
    return Moment(
        ground, hand.on(problem_at(ground, question, risk, hour)), risk,
        hand.on(problem_at(without, question, calm, hour)),
    )  # fmt: skip


def reach_of(
    moment: Moment, gate: int, wish: ReachQuestion, named: Network | None = None
) -> GateReach:
    """Return what is reached from a gate, or reaches it, at a moment.

    Parameters
    ----------
    gate
        Index of a gate that lies on a road.
    wish
        Direction and minutes.
    named
        Streets that zones are called after, those of a plan that this stands beside: walkers
        and drivers know one zone by one name. The moment's own where None.
    """
    is_open, opens = _hours(moment.problem.by_hours(), gate)
    if not is_open:
        return GateReach(False, opens, [], [], [])
    crowds = _crowds(moment.risk, _window(moment.problem, wish))
    found = isochrone(
        moment.problem, gate, direction=wish.direction, minutes=wish.minutes,
        kept_clear=[f.kept_clear for f in crowds],
    )  # fmt: skip
    free = isochrone(moment.bare, gate, direction=wish.direction, minutes=wish.minutes)
    named = named or moment.problem.network
    return GateReach(True, None, found, free, _cutting(moment, wish, _lost(found, free), named))


def gate_reach(
    workspace: Workspace,
    wish: ReachQuestion,
    *,
    ground: Ground | None = None,
    hand: Hand | None = None,
    named: Network | None = None,
) -> dict[str, Any]:
    """Return the isochrones of a gate as a GeoJSON FeatureCollection with members of its own.

    Parameters
    ----------
    workspace, wish
        What is known, what is asked.
    ground
        From ``reach_ground``, for many questions about one facility; else laid out here.
    hand
        Streets left alone on that ground, where they were read before; else as ``wish`` says.
    named
        As in ``reach_of``.

    Returns
    -------
    One feature a step, ascending: ``minutes``, ``area_km2``, ``road_km``, the same
    ``without_zones``. Beside the features: ``open`` and ``opens_at`` of the gate, ``zones`` that
    cut something off (id, label), ``wishes`` kept, ``snap_offset_m``, ``attribution``.

    Raises
    ------
    InputError
        The gate is unknown, does not serve the profile or is on no road; the minutes do not
        ascend.
    """
    _check(wish)
    question = ask(
        wish.facility, wish.at, workspace.timezone, profile=wish.profile, quiet=False,
        parameters=parameters_of(workspace), wishes={"avoid": wish.avoid},
    )  # fmt: skip
    ground = ground or reach_ground(workspace, wish.facility, wish.profile)
    hand = hand_of(ground, question.wishes) if hand is None else hand
    gate = _gate_row(ground, wish)
    moment = at_moment(ground, question, hand)
    reach = reach_of(moment, gate, wish, named)
    row, zone = ground.gates.iloc[gate], workspace.timezone
    opens = None if reach.opens is None else words.iso(moment.risk.field.when(reach.opens), zone)
    return {
        "type": "FeatureCollection",
        "facility": wish.facility, "gate": row["id"], "gate_name": row["name"],
        "profile": wish.profile, "direction": wish.direction,
        "at": words.iso(question.arrive_utc, zone), "timezone": workspace.settings.timezone,
        "open": reach.is_open, "opens_at": opens,
        "wishes": wishes_kept(hand, question.wishes),
        "snap_offset_m": round(float(ground.stops.gate_offset_m[gate]), 1),
        "zones": reach.zones,
        "attribution": credit_of(workspace),
        "features": [_feature(a, b, moment.problem.network.epsg)
                     for a, b in zip(reach.found, reach.free, strict=True)],
    }  # fmt: skip


def _check(wish: ReachQuestion) -> None:
    steps = wish.minutes
    if (
        not steps
        or list(steps) != sorted(set(steps))
        or not 1 <= steps[0] <= steps[-1] <= LONGEST_MIN
    ):
        told = ",".join(map(str, steps)) or "none"
        raise InputError(
            f"minutes {told}: give whole minutes from 1 to {LONGEST_MIN}, ascending, such as 5,10,15"
        )
    if wish.direction not in DIRECTIONS:
        raise InputError(f"direction {wish.direction!r}: say out or into")


def _gate_row(ground: Ground, wish: ReachQuestion) -> int:
    """Return the index of a gate among those of the profile."""
    ids = ground.gates["id"].tolist()
    if wish.gate not in ids:
        known = ", ".join(ids[:5]) or "none"
        every = ground.layers.entrances
        title = PROFILES[wish.profile].title.lower()
        narrow = [too_large(wish.profile, row) for row in every[every["id"] == wish.gate].itertuples()
                  if row.kind in PROFILES[wish.profile].gate_kinds]  # fmt: skip
        if narrow:
            raise InputError(f"gate {wish.gate!r} is {narrow[0]}; those for {title} are: {known}")
        kind = every.loc[every["id"] == wish.gate, "kind"]
        if len(kind):
            raise InputError(
                f"gate {wish.gate!r} is of kind {kind.iloc[0]}, which does not serve this profile ({title}); "
                f"those for {title} are: {known}"
            )
        raise InputError(
            f"no gate {wish.gate!r} at {wish.facility!r}; those for {title} are: {known}. "
            "Import others with: planner import entrances FILE"
        )
    gate: int = ids.index(wish.gate)
    if ground.stops.gates[gate] < 0:
        raise InputError(
            f"no road for {PROFILES[wish.profile].title.lower()} lies near gate {wish.gate!r}; "
            "check its place on the Layers page"
        )
    return gate


def _hours(problem: Problem, gate: int) -> tuple[bool, int | None]:
    """Tell whether a gate is open at the second asked for; if not, when it opens next."""
    if problem.is_open(gate, problem.arrive):
        return True, None
    return False, min((a for a, _ in problem.openings[gate] if a > problem.arrive), default=None)


def _window(problem: Problem, wish: ReachQuestion) -> tuple[int, int]:
    most, at = wish.minutes[-1] * MINUTE_S, problem.arrive
    return (at, at + most) if wish.direction == "out" else (at - most, at)


def _crowds(risk: Risk, window: tuple[int, int]) -> list[Footprint]:
    """Return the crowds whose ground nobody enters at some moment of a window."""
    least = risk.parameters.block_presence
    return [f for f in risk.footprints
            if f.start_s < window[1] and f.end_s > window[0] and f.presence >= least]  # fmt: skip


def _lost(found: Sequence[Reach], free: Sequence[Reach]) -> BaseGeometry | None:
    """Return ground that is reached without zones alone, None where that is nothing."""
    if not found or found[-1].road_m >= free[-1].road_m - 1.0:
        return None
    return free[-1].polygon.difference(found[-1].polygon)


def _cutting(
    moment: Moment, wish: ReachQuestion, lost: BaseGeometry | None, named: Network
) -> list[dict[str, str]]:
    """Return the zones whose reach meets ground that is lost."""
    if lost is None:
        return []
    risk, zone = moment.risk, moment.ground.layers.settings.zone
    since, until = _window(moment.problem, wish)
    return [
        {"id": one.id, "label": label(one, risk, named, zone)}
        for one in risk.zones
        if any(
            f.zone_id == one.id
            and f.start_s < until
            and f.end_s > since
            and f.kept_clear.dwithin(lost, one.influence_m)
            for f in risk.footprints
        )
    ]


def _feature(reach: Reach, free: Reach, epsg: int) -> dict[str, Any]:
    shape = shapely.transform(reach.polygon, lambda xy: to_lonlat(xy, epsg).round(6))
    return {
        "type": "Feature",
        "geometry": json.loads(shapely.to_geojson(shape)),
        "properties": {
            "minutes": reach.minutes,
            "area_km2": round(reach.polygon.area / 1e6, 4),
            "road_km": round(reach.road_m / 1000, 2),
            "without_zones": {
                "area_km2": round(free.polygon.area / 1e6, 4),
                "road_km": round(free.road_m / 1000, 2),
            },
        },
    }
