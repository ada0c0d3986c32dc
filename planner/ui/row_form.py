"""The form of one row: every field made from the schema."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.briefing.words import CREDIBILITY, RELIABILITY, plain
from planner.layers.clock import to_utc
from planner.layers.schema import WORDS, Kind
from planner.ui.drafts import label
from planner.ui.words import literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from planner.layers.schema import Column, LayerSchema

STEP = timedelta(minutes=5)
FEW = 9
"""A whole number with no more choices than this is picked from a list."""

NONE = ""
"""Choice of a row that refers to no other."""

WANTED_BY: Mapping[str, str] = MappingProxyType({"speed_kmh": "march", "maxspeed_kmh": "speed"})
"""Columns that only one kind of row is asked for, and that kind."""

YEARS = (date(1970, 1, 1), date(2199, 12, 31))


def fields(
    schema: LayerSchema,
    cells: Mapping[str, Any],
    *,
    key: str,
    zone: ZoneInfo,
    known: Mapping[str, Sequence[str]],
    stored: bool = False,
) -> dict[str, Any]:
    """Draw a field for every column; return the cells as they stand.

    Parameters
    ----------
    cells
        What the fields start with: values of Python, times in UTC.
    key
        Start of the widgets' keys; another one starts anew.
    zone
        Zone in which times are shown and read.
    known
        Ids that may be referred to, by layer.
    stored
        Whether the row has an id already, which then stays.
    """
    others = [key for key in known.get(schema.name, ()) if key != cells.get("id")]
    known = {**known, schema.name: others}
    asked = {"key": key, "zone": zone, "known": known, "stored": stored}
    # What was just chosen counts, not what the row was before.
    kind = str(st.session_state.get(f"{key}-kind") or cells.get("kind") or "")
    first = [c for c in schema.columns if not _later(c, kind)]
    rest = [c for c in schema.columns if _later(c, kind)]
    given = _grids(schema, first, cells, **asked)
    if rest:
        with st.expander("More, if you know it"):
            given |= _grids(schema, rest, cells, **asked)
    return {name: given[name] for name in schema.names}


def _grids(
    schema: LayerSchema, columns: Sequence[Column], cells: Mapping[str, Any], **asked: Any
) -> dict[str, Any]:
    """Draw fields, last those of one kind of row: in a place of their own, all others stay put."""
    given = _grid(schema, [c for c in columns if c.name not in WANTED_BY], cells, **asked)
    place, own = st.empty(), [c for c in columns if c.name in WANTED_BY]
    if own:
        with place.container():
            given |= _grid(schema, own, cells, **asked)
    return given


def _later(column: Column, kind: str) -> bool:
    """Tell whether a column may wait: it is filled in by itself, or may stay unknown."""
    if WANTED_BY.get(column.name) == kind:
        return False
    filled = column.default is not None or column.kind in WORDS
    return not column.required and not (filled and column.kind is not Kind.ID)


def _grid(
    schema: LayerSchema, columns: Sequence[Column], cells: Mapping[str, Any], *, key: str,
    zone: ZoneInfo, known: Mapping[str, Sequence[str]], stored: bool,
) -> dict[str, Any]:  # fmt: skip
    """Draw fields two a line; a time takes a line of its own."""
    given: dict[str, Any] = {}
    side = None
    for column in columns:
        name, spot = label(schema, column.name), f"{key}-{column.name}"
        title = f"{name} *" if column.required else name
        value = cells.get(column.name)
        if column.kind is Kind.TIME:
            given[column.name] = _time(column, title, spot, value, zone)
            side = None
            continue
        if side is None:
            here, side = st.columns(2, gap="small", vertical_alignment="bottom")
        else:
            here, side = side, None
        with here:
            given[column.name] = _field(column, title, spot, value, known=known, stored=stored)
    return given


def _field(
    column: Column, title: str, key: str, value: Any, *,
    known: Mapping[str, Sequence[str]], stored: bool,
) -> Any:  # fmt: skip
    if column.refers_to or column.kind is Kind.CHOICE or _few(column):
        return _choice(column, title, key, value, known)
    if column.kind in (Kind.INTEGER, Kind.NUMBER):
        return _number(column, title, key, value)
    if column.kind is Kind.FLAG:
        _seed(key, bool(value))
        return st.checkbox(title, key=key, help=column.meaning)
    _seed(key, str(value or ""))
    longest = 5 if column.kind is Kind.CLOCK else int(column.maximum or 255)
    text = st.text_input(
        title, key=key, help=column.meaning, max_chars=longest, disabled=stored and column.name == "id",
        placeholder="made when left empty" if column.default_from or column.kind is Kind.ID else None,
    )  # fmt: skip
    return text.strip() or None


def _few(column: Column) -> bool:
    return column.kind is Kind.INTEGER and column.maximum is not None and column.maximum <= FEW


def _choice(
    column: Column, title: str, key: str, value: Any, known: Mapping[str, Sequence[str]]
) -> Any:
    options: list[Any] = list(
        known.get(column.refers_to, ()) if column.refers_to else column.choices
    )
    if _few(column):
        options = list(range(int(column.minimum or 0), int(column.maximum or FEW) + 1))
    if column.refers_to and not column.required:
        options, value = [NONE, *options], value or NONE
    if value is not None and value not in options:
        options = [value, *options]
    _seed(key, value)
    nothing = f"No {plain(column.refers_to)} yet: add one first" if column.refers_to else "Choose"
    chosen = st.selectbox(
        title, options, key=key, index=None if value is None and column.default is None else 0, format_func=lambda option: worded(column, option),
        help=_told(column), placeholder="Choose" if options else nothing,
    )  # fmt: skip
    return None if chosen == NONE else chosen


def _told(column: Column) -> str:
    """Return what a column means, choice by choice where that is told."""
    choices = zip(column.choices, column.choice_meanings, strict=False)
    lines = [f"- **{plain(choice)}**: {meaning}" for choice, meaning in choices]
    return "\n".join([column.meaning, *([""] if lines else []), *lines])


def worded(column: Column, option: object) -> str:
    """Return a choice as people read it."""
    if column.refers_to:
        return str(option) or "none"
    if column.name == "source_grade":
        return f"{option}: {RELIABILITY[str(option)]}"
    if column.name == "info_grade":
        return f"{option}: {CREDIBILITY[str(option)]}"
    return plain(str(option))


def _number(column: Column, title: str, key: str, value: Any) -> Any:
    turn = int if column.kind is Kind.INTEGER else float
    least = None if column.minimum is None else turn(column.minimum)
    most = None if column.maximum is None else turn(column.maximum)
    _seed(key, None if value is None else turn(value))
    limits = f" From {least:,g} to {most:,g}." if least is not None and most is not None else ""
    return st.number_input(
        title, least, most, value=None, step=turn(_step(column)), key=key,
        format=None if turn is int else "%.10g",
        help=f"{column.meaning}{limits}", placeholder="" if column.required else "not given",
    )  # fmt: skip


def _step(column: Column) -> float:
    if column.unit == "people":
        return 50
    if column.unit == "km/h":
        return 0.5
    return 5 if column.unit in ("min", "m", "m2") else 1


def _time(column: Column, title: str, key: str, value: Any, zone: ZoneInfo) -> datetime | None:
    """Draw a day with an hour; return a time in UTC, naive where the clock does not tell which."""
    before = None
    if isinstance(value, datetime):
        before = value.astimezone(zone) if value.tzinfo else value
    elif isinstance(value, date):
        _seed(f"{key}-day", value)
    _seed(f"{key}-day", before.date() if before else None)
    _seed(f"{key}-hour", before.time().replace(second=0, microsecond=0) if before else None)
    left, right = st.columns(2, gap="small", vertical_alignment="bottom")
    help_ = f"{column.meaning} Local time in {zone.key}."
    # Without a cross to clear it, the field has room for its day also on a narrow screen.
    start = None if st.session_state[f"{key}-day"] is None else "today"
    day = left.date_input(f"{title}, day", value=start, min_value=YEARS[0], max_value=YEARS[1],
                          key=f"{key}-day", format="YYYY-MM-DD", help=help_)  # fmt: skip
    hour = right.time_input(f"{title}, {literal(_city(zone))} time", value=None, step=STEP,
                            key=f"{key}-hour", help=help_)  # fmt: skip
    if day is None or hour is None:
        return None
    return on_the_clock(datetime.combine(day, hour), before, zone, key)


def _city(zone: ZoneInfo) -> str:
    return zone.key.rpartition("/")[2].replace("_", " ")


def on_the_clock(local: datetime, before: datetime | None, zone: ZoneInfo, key: str) -> datetime:
    """Return the UTC time of a local one; asks which when the clock shows it twice.

    A time the clock skips stays naive, so that the check can tell of it.
    """
    if before is not None and before.tzinfo is not None:
        shown = before.replace(tzinfo=None, second=0, microsecond=0)
        if shown == local:
            return before.astimezone(UTC)
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return to_utc(local, zone)
    back = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None)
    if back != local:
        return local
    names = [f"first ({first.tzname()})", f"second ({second.tzname()})"]
    picked = st.radio("The clock shows this hour twice", names, key=f"{key}-fold", horizontal=True)
    return to_utc(first if picked == names[0] else second, zone)


def _seed(key: str, value: Any) -> None:
    """Give a widget its first value; Streamlit forgets it when the page is left."""
    if key not in st.session_state:
        st.session_state[key] = value
