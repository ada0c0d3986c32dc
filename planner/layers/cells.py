"""One cell of a layer: from what people type to the value its column declares."""

from __future__ import annotations

import math
import re
from datetime import datetime, time, tzinfo
from difflib import get_close_matches
from numbers import Integral, Real
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from planner.errors import InputError
from planner.layers import privacy
from planner.layers.clock import parse_clock, parse_time, to_utc
from planner.layers.faults import Unfit, shown
from planner.layers.schema import Column, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_SHORTEST_WORD = 3
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def is_missing(value: object) -> bool:
    """Tell whether a cell holds nothing."""
    if value is None or value is pd.NaT or value is pd.NA:
        return True
    if isinstance(value, str):
        return not value.strip()
    return isinstance(value, float | np.floating) and math.isnan(value)


def read_cell(value: object, column: Column, timezone: tzinfo) -> object:
    """Return the value of a cell that is not missing.

    Raises
    ------
    Unfit
        The cell does not hold what the column declares.

    """
    return _READERS[column.kind](value, column, timezone)


def suggestion(text: str, known: Sequence[str]) -> str:
    """Return the known word nearest to a text, "" when none is near."""
    lowered = {word.lower(): word for word in reversed(known)}
    wanted = text.strip().lower().replace(" ", "_").replace("-", "_")
    near = get_close_matches(wanted, lowered, n=1, cutoff=0.6)
    if not near:
        near = [word for word in lowered if len(wanted) >= _SHORTEST_WORD and wanted in word]
    return lowered[near[0]] if near else ""


def _text(value: object) -> str:
    if isinstance(value, Real) and not isinstance(value, Integral) and float(value).is_integer():
        value = int(float(value))
    text = "".join(mark if mark.isprintable() else " " for mark in str(value))
    return " ".join(text.split())


def _read_text(value: object, column: Column, _: tzinfo) -> str:
    text = _text(value)
    if column.maximum is not None and len(text) > column.maximum:
        problem = f"{len(text)} characters, more than {column.maximum:.0f}"
        raise Unfit(problem, "shorten it")
    signs = privacy.found(text, note=column.kind is Kind.NOTE)
    if column.kind is Kind.ID:
        signs = tuple(sign for sign in signs if "@" in text and "number" not in sign)
    if signs:
        raise Unfit(
            f"seems to hold {' and '.join(signs)}", "take it out: personal data is not kept"
        )
    return text


def _read_street(value: object, column: Column, timezone: tzinfo) -> str:
    text = _read_text(value, column, timezone)
    if privacy.has_house_number(text):
        raise Unfit(f"{shown(text)} holds a house number", "give the name of the street alone")
    return text


def _read_choice(value: object, column: Column, _: tzinfo) -> str:
    text = _text(value)
    if text in column.choices:
        return text
    near = suggestion(text, column.choices)
    hint = f"did you mean {near}? " if near else ""
    raise Unfit(f"{shown(text)} is not known", f"{hint}one of: {', '.join(column.choices)}")


def _read_time(value: object, _: Column, timezone: tzinfo) -> datetime:
    if isinstance(value, pd.Timestamp):
        value = value.to_pydatetime(warn=False)
    try:
        if isinstance(value, datetime):
            return to_utc(value, timezone)
        return parse_time(str(value), timezone)
    except InputError as error:
        raise _unfit(error) from error


def _read_clock(value: object, _: Column, __: tzinfo) -> str:
    text = value.strftime("%H:%M") if isinstance(value, time) else str(value).strip()
    try:
        parse_clock(text)
    except InputError as error:
        raise _unfit(error) from error
    return text


def _read_hours(value: object, column: Column, timezone: tzinfo) -> str:
    import opening_hours

    text = _read_text(value, column, timezone)
    if '"' in text:
        raise Unfit(f"{shown(text)} holds a remark", "leave out what stands in quotes")
    try:
        opening_hours.OpeningHours(text)
    except opening_hours.ParserError as error:  # type: ignore[attr-defined] # the stub leaves it out
        remedy = "write them as OpenStreetMap does: Mo-Fr 07:00-19:00; Sa 08:00-12:00"
        raise Unfit(f"the hours {shown(text)} are not understood", remedy) from error
    return text


def _unfit(error: InputError) -> Unfit:
    """Split a message "problem; remedy" or "problem. Remedy" in two."""
    message = str(error).rstrip(".")
    problem, mark, remedy = message.partition("; ")
    if not mark:
        problem, mark, remedy = message.partition(". ")
    return Unfit(problem, remedy or "check it")


def _read_number(value: object, column: Column, _: tzinfo) -> float:
    number = _number(value)
    if column.minimum is not None and number < column.minimum:
        problem = "is negative" if number < 0 else f"is less than {column.minimum:g}"
        raise Unfit(f"{shown(value)} {problem}", f"give {column.minimum:g} or more")
    if column.maximum is not None and number > column.maximum:
        problem = f"{shown(value)} is more than {column.maximum:,.10g}"
        raise Unfit(problem, f"give {column.maximum:,.10g} or less")
    return number


def _read_integer(value: object, column: Column, timezone: tzinfo) -> int:
    number = _number(value)
    if not number.is_integer():
        raise Unfit(f"{shown(value)} is not a whole number", "write digits only, such as 200")
    return int(_read_number(value, column, timezone))


def _number(value: object) -> float:
    if isinstance(value, bool | np.bool_):
        raise Unfit(f"{shown(value)} is not a number", "write a number, such as 200")
    if isinstance(value, Real):
        number = float(value)
    else:
        text = str(value).strip()
        number = float(text) if _NUMBER.fullmatch(text) else math.nan
        if math.isnan(number) and _NUMBER.fullmatch(text.replace(",", "").replace(" ", "")):
            remedy = "no thousands mark, a point for decimals, such as 1500.5"
            raise Unfit(f"{shown(value)} is not a plain number", remedy)
    if not math.isfinite(number):
        raise Unfit(f"{shown(value)} is not a number", "write a number, such as 200")
    return number


def _read_flag(value: object, _: Column, __: tzinfo) -> bool:
    if isinstance(value, bool | np.bool_):
        return bool(value)
    text = _text(value).lower()
    if text not in _FLAGS:
        raise Unfit(f"{shown(value)} is neither yes nor no", "write true or false")
    return _FLAGS[text]


_READERS: Mapping[Kind, Callable[[Any, Column, tzinfo], Any]] = MappingProxyType(
    {
        Kind.ID: _read_text, Kind.TEXT: _read_text, Kind.NOTE: _read_text,
        Kind.STREET: _read_street, Kind.HOURS: _read_hours, Kind.CHOICE: _read_choice, Kind.TIME: _read_time, Kind.CLOCK: _read_clock,
        Kind.INTEGER: _read_integer, Kind.NUMBER: _read_number, Kind.FLAG: _read_flag,
    }
)  # fmt: skip
