"""What keeps a crew going: stops for rest, food, toilets, fuel; the nearest havens; the medical block."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from planner.layers.crs import to_lonlat
from planner.network.hurdles import Surroundings
from planner.network.profiles import PROFILES
from planner.plan import words
from planner.plan.support import words as say
from planner.plan.support.medical import medical
from planner.risk.areas import risk_of_places
from planner.staging.doors import Reached, doors_of
from planner.staging.havens import HERE, NONE, Found, told_havens
from planner.staging.support import (
    HAVENS,
    NEEDS,
    ON_FOOT,
    SHUT,
    UNSAID,
    Candidate,
    Hours,
    Kept,
    chosen,
    hours_at,
    known_hours,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.plan.facts import Answer
    from planner.plan.prepare import Prepared
    from planner.staging.doors import Doors, Way

Record = dict[str, Any]

LOOK_S = 3600
"""Nobody is told of a stop or a haven further away than this. Assumption: an hour."""

HERE_M = 15.0
"""A place this near to the facility's outline is on the site (assumption: a mapped point lies
beside its building)."""


def with_support(document: Record, answer: Answer, prepared: Prepared) -> Record:
    """Return a plan's document with stops, havens and the medical block."""
    desk = _Desk(answer, prepared)
    stops, none = _stops(desk)
    havens = _havens(desk)
    question, zone = answer.question, prepared.workspace.timezone
    since, until = (words.iso(when, zone) for when in question.staging_window)
    return document | {"support": {
        "minutes": question.support_minutes, "since": since, "until": until,
        "gates_open": desk.gates_open, "stops": stops, "none": none, "havens": havens,
        "medical": medical(document, havens, desk.first_aid, since=since, until=until),
    }}  # fmt: skip


def without(support: Record | None, failed: set[str]) -> Record | None:
    """Return what is told of stops and havens less those that did not pass the check."""
    if support is None:
        return None
    kept = {
        key: [one for one in support[key] if say.key_of(one["id"]) not in failed]
        for key in ("stops", "havens")
    }
    hospitals = [
        one for one in support["medical"]["hospitals"] if say.key_of(one["id"]) not in failed
    ]
    return support | kept | {"medical": support["medical"] | {"hospitals": hospitals}}


@dataclass(frozen=True, eq=False)
class _Desk:
    """What the layer of stops holds, beside what is known of the hour."""

    answer: Answer
    prepared: Prepared
    known: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def frame(self) -> Any:
        """The layer, metric."""
        return self.answer.metric.support_stops.reset_index(drop=True)

    @cached_property
    def xy(self) -> NDArray[np.float64]:
        """Metric places, float64[k, 2]."""
        points = shapely.point_on_surface(self.frame.geometry.to_numpy())
        return np.asarray(shapely.get_coordinates(points), float).reshape(-1, 2)

    @cached_property
    def kinds(self) -> NDArray[np.object_]:
        """Kind of each row."""
        kinds: NDArray[np.object_] = self.frame["kind"].to_numpy(object)
        return kinds

    @cached_property
    def doors(self) -> Doors:
        """Where the places meet the roads; worked out once for all hours."""
        known = self.prepared.ground.known
        if "support" not in known:
            network = self.prepared.ground.stops.network
            around = Surroundings.of(
                network, self.prepared.streets.extract, self.answer.metric.obstacles
            )
            known["support"] = doors_of(network, self.xy, around)
        found: Doors = known["support"]
        return found

    @cached_property
    def here(self) -> NDArray[np.bool_]:
        """bool[k]; on the facility's own ground."""
        outline = self.answer.metric.facility.geometry.iloc[0]
        return np.asarray(shapely.dwithin(shapely.points(self.xy), outline, HERE_M))

    @cached_property
    def line_m(self) -> NDArray[np.float64]:
        """float64[k]; metres from the facility in a straight line."""
        outline = self.answer.metric.facility.geometry.iloc[0]
        return np.asarray(shapely.distance(shapely.points(self.xy), outline.centroid))

    @cached_property
    def touched(self) -> NDArray[np.bool_]:
        """bool[k]; an area at risk touches the place in the window of staging sites."""
        risk = self.answer.risk
        since, until = (risk.field.seconds(t) for t in self.answer.question.staging_window)
        places = [shapely.Point(xy) for xy in self.xy]
        return (
            risk_of_places(self.answer.problem.network, risk, places, start_s=since, end_s=until)
            > 0
        )

    @cached_property
    def hours(self) -> list[Kept]:
        """Hours of each row as the layer has them, "" where not known."""
        return known_hours(self.frame)

    @cached_property
    def emergency(self) -> list[str]:
        """Whether each row is a hospital that takes emergencies; a file made before does not tell."""
        told = self.frame["emergency"] if "emergency" in self.frame else [UNSAID] * len(self.frame)
        return [
            word if kind == "hospital" and word in ("yes", "no") else UNSAID
            for word, kind in zip(told, self.kinds, strict=True)
        ]

    @cached_property
    def _open(self) -> NDArray[np.bool_]:
        problem = self.answer.problem
        return np.array(
            [problem.is_open(g, problem.arrive) for g in range(len(problem.gate_nodes))], bool
        )

    @cached_property
    def gates_open(self) -> bool:
        """Whether a gate is open at the hour; if none is, all count."""
        return bool((self._open & (self.answer.problem.gate_nodes >= 0)).any())

    @cached_property
    def gates(self) -> dict[int, Record]:
        """The gates one leaves by, by their node."""
        rows = zip(self.answer.problem.gate_nodes.tolist(), self._open.tolist(),
                   self.answer.gates.itertuples(), strict=True)  # fmt: skip
        return {
            node: {"kind": "gate", "id": row.id, "name": row.name} for node, is_open, row in rows
            if node >= 0 and (is_open or not self.gates_open)
        }  # fmt: skip

    @cached_property
    def sites(self) -> dict[int, Record]:
        """The chosen staging sites by their node."""
        nodes = self.answer.stops.sites
        return {
            int(nodes[site.row]): {"kind": "site", "id": row["id"], "name": row["name"]}
            for site in self.answer.staging for row in [self.answer.sites.iloc[site.row]]
        }  # fmt: skip

    @cached_property
    def first_aid(self) -> set[str]:
        """Ids of the chosen staging sites whose kind says first aid."""
        rows = (self.answer.sites.iloc[site.row] for site in self.answer.staging)
        return {str(row["id"]) for row in rows if "first aid" in str(row["kind"]).casefold()}

    def reached(self, starts: dict[int, Record], *, clear: bool) -> Reached:
        """Return by when one is at each place, leaving some nodes: one tree."""
        nodes = np.array(sorted(starts), np.int32)
        return Reached(self.answer.problem, nodes, self.doors, clear=clear, within=LOOK_S)

    def hours_at(self, row: int, time_s: float) -> Hours:
        """Return whether a place is open when one is there."""
        if not np.isfinite(time_s):
            time_s = 0.0
        field_ = self.answer.risk.field
        when = field_.when(self.answer.problem.arrive + int(np.ceil(time_s)))
        return hours_at(self.hours[row], when, self.prepared.workspace.timezone)

    def candidate(self, row: int, time_s: float) -> Candidate:
        """Return a row as what may be told."""
        name = str(self.frame["name"].iloc[row] or self.kinds[row])
        x, y = self.xy[row].tolist()
        hours = self.hours_at(row, time_s)
        return Candidate(row, self.kinds[row], name, time_s, hours, (x, y), self.emergency[row])


def _stops(desk: _Desk) -> tuple[list[Record], list[Record]]:
    """Return the stops told, and for each kind of which there is none why, what is nearest."""
    starts = desk.sites | desk.gates
    kinds = ON_FOOT if PROFILES[desk.answer.question.profile].on_foot else NEEDS
    rows = np.flatnonzero(np.isin(desk.kinds, kinds))
    if not starts or not len(rows):
        return [], [say.none_of(kind, []) for kind in kinds]
    reached = desk.reached(starts, clear=True)
    seconds = np.where(desk.here, 0.0, reached.time_s)
    limit = desk.answer.question.support_minutes * 60
    ways: dict[int, Way | None] = {}
    found = [desk.candidate(row, float(seconds[row])) for row in rows.tolist()]
    calm = [one for one in found if not desk.touched[one.row] and np.isfinite(one.time_s)]
    told: list[Candidate] = []
    # A way that makes one stand still falls out only when it is looked at, and leaves its place.
    while True:
        told = chosen([one for one in calm if one.time_s <= limit])
        fresh = [one.row for one in told if one.row not in ways and not desk.here[one.row]]
        ways |= {row: reached.way(row) for row in fresh}
        late = {row for row in fresh if ways[row] is None}
        if not late:
            break
        calm = [one for one in calm if one.row not in late]
    records = [_record(desk, one, ways.get(one.row), starts) for one in told]
    none = [
        _none(desk, kind, [one for one in found if one.kind == kind], reached, limit)
        for kind in kinds if not any(one.kind == kind for one in told)
    ]  # fmt: skip
    return records, none


def _none(
    desk: _Desk, kind: str, found: Sequence[Candidate], reached: Reached, limit: float
) -> Record:
    """Return why no stop of a kind is told, with the nearest one that is."""
    near = [one for one in found if one.time_s <= limit]
    further = sorted(
        (one for one in found if not desk.touched[one.row] and np.isfinite(one.time_s)
         and one.time_s > limit and one.hours.state != SHUT),
        key=lambda one: (one.time_s, one.row),
    )  # fmt: skip
    starts = desk.sites | desk.gates
    nearest = next(((one, way) for one in further if (way := reached.way(one.row))), None)
    record = nearest and _record(desk, *nearest, starts)
    return say.none_of(
        kind, found, minutes=desk.answer.question.support_minutes, nearest=record,
        shut=[one for one in near if one.hours.state == SHUT],
        when=desk.answer.question.arrive_utc.astimezone(desk.prepared.workspace.timezone),
        touched=sum(bool(desk.touched[one.row]) for one in found),
        look_min=LOOK_S // 60,
    )  # fmt: skip


def _havens(desk: _Desk) -> list[Record]:
    """Return the havens told, with minutes under the risk of the hour."""
    rows = np.flatnonzero(np.isin(desk.kinds, HAVENS))
    if not len(rows) or not desk.gates:
        return []
    clear = desk.reached(desk.gates, clear=True)
    ways = {int(row): clear.way(int(row)) for row in rows if np.isfinite(clear.time_s[row])}
    calm = [bool(ways.get(int(row))) and not desk.touched[row] for row in rows]
    clear_s = np.where(calm, clear.time_s[rows], np.inf)
    exposed_s = np.full(len(rows), np.inf)
    if not (calm | desk.here[rows]).all():
        # Only where some are cut off: the one more tree of exposed ways.
        exposed = desk.reached(desk.gates, clear=False)
        for k, row in enumerate(rows.tolist()):
            if not calm[k]:
                ways[row] = exposed.way(row)
                # The tree goes by the price, which exposure raises: seconds are looked at here.
                near = ways[row] is not None and exposed.time_s[row] <= LOOK_S
                exposed_s[k] = exposed.time_s[row] if near else np.inf
    found = Found(desk.here[rows], clear_s, exposed_s, desk.line_m[rows])
    seconds = np.where(found.here, 0.0, np.minimum(clear_s, exposed_s))
    havens = [desk.candidate(row, float(s)) for row, s in zip(rows.tolist(), seconds, strict=True)]
    told = told_havens(havens, found)
    return [_haven(desk, havens[k], state, ways.get(havens[k].row)) for k, state in told]


def _haven(desk: _Desk, one: Candidate, state: str, way: Way | None) -> Record:
    """Return a haven's record."""
    way = None if state in (HERE, NONE) else way
    record = _record(desk, one, way, desk.gates, here=state == HERE)
    touched = bool(desk.touched[one.row])
    record |= {
        "state": state, "line_m": round(float(desk.line_m[one.row]), 1), "touched": touched,
        "emergency": one.emergency if one.kind == "hospital" else None,
    }  # fmt: skip
    return record | {"text": say.haven(record)}


def _record(
    desk: _Desk,
    one: Candidate,
    way: Way | None,
    starts: dict[int, Record],
    *,
    here: bool | None = None,
) -> Record:
    """Return what is told of a place and the way to it."""
    here = bool(desk.here[one.row]) if here is None else here
    epsg = desk.answer.problem.network.epsg
    lon, lat = words.lonlat_of(one.xy, epsg)
    zone = desk.prepared.workspace.timezone
    when = None if way is None and not here else desk.answer.risk.field.when(
        desk.answer.problem.arrive + (way.time_s if way else 0))  # fmt: skip
    line = None if way is None else np.round(
        to_lonlat(shapely.get_coordinates(way.line), epsg), 7).tolist()  # fmt: skip
    record = {
        "id": str(desk.frame["id"].iloc[one.row]), "kind": one.kind, "name": one.name,
        "lon": lon, "lat": lat, "here": here,
        "from": None if way is None else starts.get(way.start),
        "time_s": 0 if here else None if way is None else way.time_s,
        "arrive": None if when is None else words.iso(when, zone),
        "length_m": None if way is None else round(way.length_m, 1),
        "max_risk": None if way is None else round(way.max_risk, 4),
        "street": way.street if way else "",
        "opens": one.hours.opens or None, "closes": one.hours.closes or None,
        "by_day": one.hours.hours or None, "hours": one.hours.state,
        "next_open": None if one.hours.next_open is None else words.iso(one.hours.next_open, zone),
        "geometry": None if line is None else {"type": "LineString", "coordinates": line},
    }  # fmt: skip
    return record | {"text": say.stop(record)}
