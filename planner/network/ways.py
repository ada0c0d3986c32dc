"""Which ways of an extract a profile may use, by the tables of ``profiles``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.network import rules
from planner.network.country import UNKNOWN
from planner.network.graph import CLASSES
from planner.network.leave import REVERSIBLE, SHUT, UNTOLD, Leave, leave
from planner.network.limits import limits_of
from planner.network.profiles import CAR
from planner.network.speeds import speeds
from planner.network.tagging import is_one_of, look_up

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.network.country import Country
    from planner.network.osm import Extract
    from planner.network.profiles import Profile

_ABSENT = -2


class Ways(NamedTuple):
    """Ways that a profile may use: `c` of them.

    Attributes
    ----------
    row
        int64[c]; row in the extract.
    road_class
        uint8[c].
    access
        uint8[2, c]; along and against the drawing.
    name
        int32[c]; index into ``names``.
    direction
        int8[c]; 1 only along the drawing, -1 only against it, 0 both.
    kmh
        float64[2, c]; average speed along and against the drawing.
    roundabout
        bool[c].
    names
        Distinct names; the first is "".
    timed
        By way (index here): (direction, rule) pairs. Direction as above, the way of travel
        that the rule binds; a rule is "shut EXPR" or "open EXPR" in OSM opening hours, local
        time, and the way is shut while any of its rules says so.
    """

    row: NDArray[np.int64]
    road_class: NDArray[np.uint8]
    access: NDArray[np.uint8]
    name: NDArray[np.int32]
    direction: NDArray[np.int8]
    kmh: NDArray[np.float64]
    roundabout: NDArray[np.bool_]
    names: tuple[str, ...]
    timed: dict[int, tuple[tuple[int, str], ...]]


def usable_ways(
    extract: Extract,
    profile: Profile = CAR,
    here: Country = UNKNOWN,
    counts: dict[str, int] | None = None,
) -> Ways:
    """Return the ways for a profile; what is dropped and why is added to ``counts``."""
    counts = {} if counts is None else counts
    road_class = _classes(extract, profile)
    allowed = leave(extract, road_class, profile, counts)
    kmh = speeds(extract, road_class, profile, here)
    side_open = _open_sides(allowed)
    limits = limits_of(extract, road_class >= 0, profile, counts)
    rows = _keep(extract, road_class, allowed, kmh, (profile, limits.shut), counts)
    _count_limits_by_hour(extract, rows, profile, counts)
    name, names = _names(extract, rows)
    along, against = side_open[:, rows]
    number = {row: i for i, row in enumerate(rows.tolist())}
    timed = {
        number[row]: allowed.timed.get(row, ()) + limits.timed.get(row, ())
        for row in sorted(allowed.timed.keys() | limits.timed.keys()) if row in number
    }  # fmt: skip
    return Ways(
        row=rows,
        road_class=road_class[rows].astype(np.uint8),
        access=np.maximum(allowed.access[:, rows], 0).astype(np.uint8),
        name=name,
        direction=(along.astype(np.int8) - against.astype(np.int8)),
        kmh=kmh[:, rows],
        roundabout=is_one_of(extract, "junction", rules.RIGHT_ROUND)[rows],
        names=names,
        timed=timed,
    )


def _classes(extract: Extract, profile: Profile) -> NDArray[np.int64]:
    highway = look_up(extract, "highway", lambda v: rules.class_of(v, profile.speeds), _ABSENT)
    ferry = CLASSES.index("ferry") if "ferry" in profile.speeds else -1
    route = look_up(extract, "route", lambda v: ferry if v == "ferry" else -1, -1)
    return np.where(highway == _ABSENT, route, highway).astype(np.int64)


def _open_sides(allowed: Leave) -> NDArray[np.bool_]:
    sides = np.stack([np.isin(allowed.direction, (0, sign)) for sign in (1, -1)])
    both: NDArray[np.bool_] = sides & (allowed.access >= 0)
    return both


def _keep(
    extract: Extract,
    road_class: NDArray[np.int64],
    allowed: Leave,
    kmh: NDArray[np.float64],
    who: tuple[Profile, NDArray[np.bool_]],
    counts: dict[str, int],
) -> NDArray[np.int64]:
    profile, too_large = who
    first = np.zeros(extract.n_ways, bool)
    first[np.unique(extract.way_id, return_index=True)[1]] = True
    best, nobody = allowed.access.max(axis=0), np.zeros(extract.n_ways, bool)
    others = is_one_of(extract, "highway", rules.FOR_OTHERS) & (road_class < 0)
    untold = best == UNTOLD
    own = profile.on_foot | is_one_of(extract, "highway", profile.needs_own_leave)
    area = nobody if profile.on_foot else is_one_of(extract, "area", {"yes"})
    drowned = nobody if profile.fords else _drowned(extract, profile)
    reasons = {
        "the way's id stands in the file before": ~first,
        "not built or out of use": is_one_of(extract, "highway", rules.NOT_BUILT),
        f"for others, no leave for {profile.plural}": others | (untold & own),
        "not a road": road_class < 0,
        "an area, not a line": area,
        f"no access for {profile.plural}": best == SHUT,
        "a track or ferry without an access tag": untold,
        "direction changes by the clock": allowed.direction == REVERSIBLE,
        "no direction is open": ~_open_sides(allowed).any(axis=0),
        "steps": nobody if profile.steps else _stepped(extract, road_class),
        "a ford without leave": drowned,
        f"too low, narrow or weak for {profile.plural}": too_large,
        f"ground or slope not for {profile.plural}": (kmh <= 0).any(axis=0),
    }
    left = np.ones(extract.n_ways, bool)
    for reason, mask in reasons.items():
        counts[f"ways dropped: {reason}"] = int((left & mask).sum())
        left &= ~mask
    return np.flatnonzero(left)


def _stepped(extract: Extract, road_class: NDArray[np.int64]) -> NDArray[np.bool_]:
    ramp = is_one_of(extract, "ramp:wheelchair", {"yes"})
    ramp |= is_one_of(extract, "wheelchair", {"yes", "designated"})
    stepped: NDArray[np.bool_] = (road_class == CLASSES.index("steps")) & ~ramp
    return stepped


def _drowned(extract: Extract, profile: Profile) -> NDArray[np.bool_]:
    # Water may stand high on the very day: only a tag that names the traveller gives leave.
    ford: NDArray[np.bool_] = extract.codes("ford") > 0
    ford &= ~is_one_of(extract, "ford", rules.NO_FORD)
    for key in profile.access_keys[1:]:
        ford &= ~(look_up(extract, key, lambda v: float(_free(v, profile)), 0) > 0)
    return ford


def _free(value: str, profile: Profile) -> bool:
    return rules.access_of(value, profile.own_words)[1] is not None


def _count_limits_by_hour(
    extract: Extract, rows: NDArray[np.int64], profile: Profile, counts: dict[str, int]
) -> None:
    timed = (extract.codes("maxspeed:conditional")[rows] > 0).sum()
    counts[f"{profile.kind} ways whose speed limit changes, taken as without"] = int(timed)


def _names(extract: Extract, rows: NDArray[np.int64]) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    code = extract.codes("name")[rows]
    code = np.where(code > 0, code, extract.codes("ref")[rows])
    used, name = np.unique(np.concatenate([[0], code]), return_inverse=True)
    return name[1:].astype(np.int32), tuple(extract.values[i] for i in used.tolist())


def tunnel_ways(extract: Extract) -> NDArray[np.int64]:
    """Return the sorted ids of ways in a tunnel or under a roof, where no place is snapped."""
    covered = extract.codes("tunnel") > 0
    covered &= ~is_one_of(extract, "tunnel", {"no"})
    covered |= is_one_of(extract, "covered", {"yes"})
    return np.unique(extract.way_id[covered])


def bridge_ways(extract: Extract) -> NDArray[np.int64]:
    """Return the sorted ids of ways on a bridge, where places are seldom snapped."""
    raised = extract.codes("bridge") > 0
    raised &= ~is_one_of(extract, "bridge", {"no"})
    return np.unique(extract.way_id[raised])
