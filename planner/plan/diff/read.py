"""Plans as files, read for a comparison."""

from __future__ import annotations

import json
import math
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from planner.errors import InputError
from planner.network.profiles import PROFILES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Record = dict[str, Any]

MOST_BYTES = 200_000_000
MOST_FAULTS = 5
MOST_WHOLE = 2**53
"""Whole numbers from here on are no seconds, metres or people."""


def read_plan(path: Path) -> Record:
    """Return the plan of a file that ``planner plan --json`` wrote.

    Raises
    ------
    InputError
        The file cannot be read, is not JSON, or holds no plan; what is wrong is told.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path.name} is larger than a plan can be: {_HOW}")
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name} is not UTF-8 text: {_HOW}") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}): check the path") from error
    try:
        found = json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InputError(f"{path.name} is not JSON ({error.msg}, {where}): {_HOW}") from error
    except (RecursionError, ValueError) as error:
        raise InputError(f"{path.name} is not JSON a plan can be read from: {_HOW}") from error
    return checked_plan(found, path.name)


def checked_plan(found: Any, name: str) -> Record:
    """Return a plan's document when it holds all that a comparison reads.

    Raises
    ------
    InputError
        It is no plan, or parts are missing or of another kind; the first five are named.
    """
    if not isinstance(found, dict) or not {"origins", "gates", "staging"} <= set(found):
        raise InputError(f"{name} is not a plan but {_looks_like(found)}: {_HOW}")
    faults = list(_faults(found, PLAN, "")) or list(_twice(found))
    if faults:
        more = f" and {len(faults) - MOST_FAULTS} more" if len(faults) > MOST_FAULTS else ""
        told = "; ".join(faults[:MOST_FAULTS])
        raise InputError(f"{name} is a plan of another schema ({told}{more}): {_HOW}")
    return found


_HOW = "write the file with planner plan --json"


def _no_number(text: str) -> float:
    raise ValueError(text)


def _looks_like(found: Any) -> str:
    if not isinstance(found, dict):
        return {list: "a list"}.get(type(found), "a single value")
    for key, what in (("timetable", "a day"), ("changes", "a comparison"), ("features", "GeoJSON")):
        if key in found:
            return what
    return "something else"


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) if isinstance(value, float) else abs(value) < MOST_WHOLE


def _time(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _zone(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(ZoneInfo(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def _line(value: Any) -> bool:
    points = value.get("coordinates") if isinstance(value, dict) else None
    return (
        isinstance(points, list)
        and len(points) > 1
        and all(isinstance(p, list) and len(p) == 2 and all(map(_number, p)) for p in points)
    )


def _shape(value: Any) -> bool:
    from shapely.errors import ShapelyError
    from shapely.geometry import shape

    try:
        return not shape(value).is_empty
    except (ShapelyError, AttributeError, KeyError, TypeError, ValueError, IndexError):
        return False


def _known(value: Any) -> bool:
    return isinstance(value, str) and value in PROFILES


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _maybe(test: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or test(value)


_LEG = {"street": _text, "length_m": _number}
_ROUTE = {
    "id": _text, "role": _text, "entrance": _text, "entrance_name": _text, "depart": _time,
    "leave_by": _time, "arrive": _time, "time_s": _number, "wait_s": _number,
    "length_m": _number, "exposure_min": _number, "max_risk": _number, "clear": _flag,
    "clear_share": _maybe(_number), "geometry": _line, "legs": [_LEG],
}  # fmt: skip
_ORIGIN = {
    "id": _text, "name": _text, "lon": _number, "lat": _number, "reason": _maybe(_text),
    "opens_at": _maybe(_time), "routes": [_ROUTE],
}  # fmt: skip
_GATE = {
    "id": _text, "name": _text, "lon": _number, "lat": _number, "opens": _text, "closes": _text,
    "open": _flag, "reason": _maybe(_text),
}  # fmt: skip
_SITE = {
    "id": _text, "name": _text, "rank": _number, "lon": _number, "lat": _number,
    "time_s": _number, "gate": _text, "room_for": _number,
}  # fmt: skip
_ZONE = {
    "id": _text, "label": _text, "kind": _text, "starts_at": _time, "ends_at": _time,
    "status": _text, "size_low": _number, "size_high": _number, "grade": _text,
    "geometry": _shape,
}  # fmt: skip
_CLOSURE = {
    "id": _text, "name": _text, "starts_at": _time, "ends_at": _time, "geometry": _shape,
}  # fmt: skip
PLAN: dict[str, Any] = {
    "feasible": _flag, "facility": _text, "facility_name": _text, "facility_lon": _number,
    "facility_lat": _number, "headline": _text, "arrive_by": _time, "timezone": _zone,
    "profile": _known, "quiet": _flag, "generated_at": _time,
    "origins": [_ORIGIN], "gates": [_GATE], "staging": [_SITE], "zones": [_ZONE],
    "closures": [_CLOSURE], "verification": {"passed": _flag},
    "provenance": {"inputs": {"source_name": _text}, "parameters": {}, "version": _text},
}  # fmt: skip
"""What a comparison reads of a plan, each with the test of it; a list's one member is of each."""


def _twice(found: Record) -> Iterator[str]:
    """Yield the lists in which two rows have one id."""
    for name in (name for name, form in PLAN.items() if isinstance(form, list)):
        ids = [row["id"] for row in found[name]]
        if len(ids) != len(set(ids)):
            yield f"two of {name} have one id"


def _faults(found: Any, form: Any, where: str) -> Iterator[str]:
    if isinstance(form, list):
        if not isinstance(found, list):
            yield f"{where} is no list"
            return
        for place, row in enumerate(found):
            yield from _faults(row, form[0], f"{where}[{place}]")
    elif isinstance(form, dict):
        if not isinstance(found, dict):
            yield f"{where} is no object"
            return
        for name, inner in form.items():
            inside = f"{where}.{name}" if where else name
            if name in found:
                yield from _faults(found[name], inner, inside)
            else:
                yield f"{inside} is missing"
    elif not form(found):
        yield f"{where} is of another kind"
