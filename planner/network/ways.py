"""Which ways of an extract are roads for cars, by the tables of ``rules``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.network import rules
from planner.network.graph import CLASSES

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from planner.network.osm import Extract

_ABSENT = -2
_SHUT = -1
_UNTOLD = -3


class CarWays(NamedTuple):
    """Ways that cars may use: `c` of them.

    Attributes
    ----------
    row
        int64[c]; row in the extract.
    road_class, access
        uint8[c].
    name
        int32[c]; index into ``names``.
    direction
        int8[c]; 1 only along the drawing, -1 only against it, 0 both.
    kmh
        float64[2, c]; average speed along and against the drawing.
    names
        Distinct names; the first is "".
    """

    row: NDArray[np.int64]
    road_class: NDArray[np.uint8]
    access: NDArray[np.uint8]
    name: NDArray[np.int32]
    direction: NDArray[np.int8]
    kmh: NDArray[np.float64]
    names: tuple[str, ...]


def car_ways(extract: Extract, counts: dict[str, int]) -> CarWays:
    """Return the ways for cars; what is dropped and why is added to ``counts``."""
    road_class = _classes(extract)
    access = _access(extract, road_class, counts)
    direction = _directions(extract, road_class)
    keep = _keep(extract, road_class, access, direction, counts)
    name, names = _names(extract, keep)
    kmh = np.stack([_speeds(extract, road_class, side)[keep] for side in ("forward", "backward")])
    return CarWays(
        keep,
        road_class[keep].astype(np.uint8),
        access[keep].astype(np.uint8),
        name,
        direction[keep].astype(np.int8),
        kmh,
        names,
    )


def _look_up(
    extract: Extract, key: str, meaning: Callable[[str], float], absent: float
) -> NDArray[np.float64]:
    codes = extract.codes(key)
    table = np.full(len(extract.values), absent, float)
    for code in np.unique(codes).tolist():
        if code:
            table[code] = meaning(extract.values[code])
    return table[codes]


def _is(extract: Extract, key: str, words: frozenset[str]) -> NDArray[np.bool_]:
    return _look_up(extract, key, lambda value: value in words, 0) > 0


def _classes(extract: Extract) -> NDArray[np.int64]:
    highway = _look_up(extract, "highway", lambda value: rules.class_of(value, ""), _ABSENT)
    ferry = _look_up(extract, "route", lambda value: rules.class_of("", value), -1)
    return np.where(highway == _ABSENT, ferry, highway).astype(np.int64)


def _access(
    extract: Extract, road_class: NDArray[np.int64], counts: dict[str, int]
) -> NDArray[np.int64]:
    access = np.zeros(extract.n_ways, np.int64)
    access[_is(extract, "highway", rules.NEEDS_LEAVE)] = _UNTOLD
    access[road_class == CLASSES.index("ferry")] = _UNTOLD
    strange = np.zeros(extract.n_ways, bool)
    for key in rules.ACCESS_KEYS:
        said = _look_up(extract, key, _access_code, _ABSENT).astype(np.int64)
        strange |= (said == _ABSENT) & (extract.codes(key) > 0)
        access = np.where(said == _ABSENT, access, said)
    access[_is(extract, "service", rules.SERVICE_NOT_CAR)] = _SHUT
    counts["car ways with an access value not understood, taken as absent"] = int(
        (strange & (road_class >= 0)).sum()
    )
    timed = (extract.codes("access:conditional") > 0) | (
        extract.codes("motor_vehicle:conditional") > 0
    )
    counts["car ways whose access changes by the clock, taken as tagged without it"] = int(
        (timed & (road_class >= 0)).sum()
    )
    return access


def _access_code(value: str) -> int:
    understood, access = rules.access_of(value)
    if not understood:
        return _ABSENT
    return _SHUT if access is None else int(access)


_REVERSIBLE = 2


def _directions(extract: Extract, road_class: NDArray[np.int64]) -> NDArray[np.int64]:
    implied = _is(extract, "junction", rules.RIGHT_ROUND)
    implied |= road_class == CLASSES.index("motorway")
    direction = implied.astype(np.int64)
    for key in ("oneway", "oneway:motor_vehicle"):
        said = _look_up(extract, key, _direction, _ABSENT).astype(np.int64)
        direction = np.where(said == _ABSENT, direction, said)
    return direction


def _direction(value: str) -> int:
    return _REVERSIBLE if value == "reversible" else rules.ONEWAY.get(value, _ABSENT)


def _keep(
    extract: Extract,
    road_class: NDArray[np.int64],
    access: NDArray[np.int64],
    direction: NDArray[np.int64],
    counts: dict[str, int],
) -> NDArray[np.int64]:
    first = np.zeros(extract.n_ways, bool)
    first[np.unique(extract.way_id, return_index=True)[1]] = True
    reasons = {
        "the way's id stands in the file before": ~first,
        "not built or out of use": _is(extract, "highway", rules.NOT_BUILT),
        "for walking, cycling or riding": _is(extract, "highway", rules.ON_FOOT),
        "not a road": road_class < 0,
        "an area, not a line": _is(extract, "area", frozenset({"yes"})),
        "no access for cars": access == _SHUT,
        "a track without an access tag": access == _UNTOLD,
        "direction changes by the clock": direction == _REVERSIBLE,
    }
    left = np.ones(extract.n_ways, bool)
    for reason, mask in reasons.items():
        counts[f"ways dropped: {reason}"] = int((left & mask).sum())
        left &= ~mask
    return np.flatnonzero(left)


def _names(extract: Extract, rows: NDArray[np.int64]) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    code = extract.codes("name")[rows]
    code = np.where(code > 0, code, extract.codes("ref")[rows])
    used, name = np.unique(np.concatenate([[0], code]), return_inverse=True)
    return name[1:].astype(np.int32), tuple(extract.values[i] for i in used.tolist())


def _speeds(extract: Extract, road_class: NDArray[np.int64], side: str) -> NDArray[np.float64]:
    table = np.array([rules.SPEED_KMH[name] for name in CLASSES])
    default, cap = table[road_class, 0], table[road_class, 1]
    posted = np.full(extract.n_ways, np.nan)
    for key in ("maxspeed", f"maxspeed:{side}"):
        said = _look_up(extract, key, lambda value: rules.speed_of(value) or np.nan, np.nan)
        posted = np.where(np.isnan(said), posted, said)
    speed: NDArray[np.float64] = np.fmin(np.where(np.isnan(posted), default, posted), cap)
    return speed * rules.AVERAGE_SPEED_FACTOR


def tunnel_ways(extract: Extract) -> NDArray[np.int64]:
    """Return the sorted ids of ways in a tunnel or under a roof, where no place is snapped."""
    covered = extract.codes("tunnel") > 0
    covered &= ~_is(extract, "tunnel", frozenset({"no"}))
    covered |= _is(extract, "covered", frozenset({"yes"}))
    return np.unique(extract.way_id[covered])


def bridge_ways(extract: Extract) -> NDArray[np.int64]:
    """Return the sorted ids of ways on a bridge, where places are seldom snapped."""
    raised = extract.codes("bridge") > 0
    raised &= ~_is(extract, "bridge", frozenset({"no"}))
    return np.unique(extract.way_id[raised])
