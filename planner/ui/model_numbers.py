"""The numbers of the risk model as tables to edit: all of them, the grades in a square."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.briefing.words import CREDIBILITY, RELIABILITY, plain
from planner.errors import PlannerError, SchemaError
from planner.layers.cells import is_missing
from planner.risk.numbers import DOT, NUMBERS, single
from planner.risk.parameters import INFO_GRADES, SET_HERE, SOURCE_GRADES
from planner.tuning import USUAL, numbers_set, parameters_of, set_parameters
from planner.ui.desk import mark_of
from planner.ui.faults import fault_list
from planner.ui.saving import ROLE
from planner.ui.words import literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from planner.layers.workspace import Workspace

GRADES = "grade_weight"
LINES = sorted((n for n in NUMBERS if not n.startswith(f"{GRADES}{DOT}")), key=lambda n: DOT in n)
"""The other numbers, tables of them last."""

TALL_PX = 420
Values = dict[str, float | None]
"""Numbers by name; None for one that shall be as it is by default."""


def model_numbers(workspace: Workspace, version: int) -> str:
    """Draw every number with unit, source and range; return what was saved just now, "" else.

    Parameters
    ----------
    version
        The last edit of the workspace that was seen.
    """
    kept: dict[str, Any] = st.session_state.setdefault(_key(workspace), {"turn": 0, "changed": {}})
    st.caption(
        literal(
            "What the plans of this workspace rest on. Change a value, then save; an emptied cell "
            "takes its default again. A plan prints a changed number with its default."
        )
    )
    try:
        _begin(kept, workspace, version)
    except PlannerError as error:
        st.error(literal(str(error)))
        return ""
    grades, others = _grades(kept), _others(kept)
    changed = {n: v for n, v in (others | grades).items() if _differs(v, kept["stored"][n])}
    kept["changed"] = changed
    return _save_or_discard(workspace, kept, changed)


def _key(workspace: Workspace) -> str:
    return f"numbers-{mark_of(workspace.path, GRADES)}"


def _begin(kept: dict[str, Any], workspace: Workspace, version: int) -> None:
    """Fill the tables anew where nothing is unsaved, or where the page was left meanwhile."""
    left = f"grades-{kept['turn']}" not in st.session_state
    if kept.get("version") == version and not left:
        return
    if not kept["changed"]:
        kept |= {"version": version, "stored": single(parameters_of(workspace))}
    elif not left:
        return
    kept |= {"turn": kept["turn"] + 1, "start": kept["stored"] | kept["changed"]}


def _grades(kept: Mapping[str, Any]) -> Values:
    """Draw the weights of the grades, source by information; return them as they stand."""
    import pandas as pd

    st.markdown("**Weight of a report by its grade**")
    start: Values = kept["start"]
    rows = [[start[f"{GRADES}{DOT}{s}{i}"] for i in INFO_GRADES] for s in SOURCE_GRADES]
    frame = pd.DataFrame(rows, columns=list(INFO_GRADES), dtype="float64")
    frame.insert(0, "Source", [f"{s}: {RELIABILITY[s]}" for s in SOURCE_GRADES])
    make = st.column_config
    about: dict[str, Any] = {"Source": make.TextColumn("Source", width="medium")}
    for info in INFO_GRADES:
        about[info] = make.NumberColumn(
            f"{info}: {CREDIBILITY[info]}", format="%.4g", width="small", help="From 0 to 1."
        )
    edited = st.data_editor(
        frame, key=f"grades-{kept['turn']}", hide_index=True, disabled=["Source"],
        column_config=about, alt="Weight of each grade: source A to F by information 1 to 6",
    )  # fmt: skip
    return {
        f"{GRADES}{DOT}{s}{i}": _value(edited.loc[row, i])
        for row, s in enumerate(SOURCE_GRADES)
        for i in INFO_GRADES
    }


def _others(kept: Mapping[str, Any]) -> Values:
    """Draw all other numbers, one a line; return them as they stand."""
    st.markdown("**All other numbers**")
    make = st.column_config
    edited = st.data_editor(
        _lines(kept["start"]), key=f"others-{kept['turn']}", hide_index=True,
        disabled=["Number", "Default", "Range", "Unit", "Source"], height=TALL_PX,
        column_config={
            "Number": make.TextColumn(width="medium"),
            "Value": make.NumberColumn(format="%.6g", width="small"),
            "Default": make.NumberColumn(format="%.6g", width="small"),
            "Range": make.TextColumn(width="small"),
            "Unit": make.TextColumn(width="medium"),
            "Source": make.TextColumn(width="large"),
        },
        alt="Numbers of the risk model with value, default, range, unit and source",
    )  # fmt: skip
    return {name: _value(value) for name, value in zip(LINES, edited["Value"], strict=True)}


def _lines(values: Values) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for name in LINES:
        column, value = NUMBERS[name], values[name]
        usual = value is None or value == USUAL[name]
        rows.append(
            {
                "Number": title(name), "Value": value, "Default": USUAL[name],
                "Range": f"{column.minimum:g} to {column.maximum:,.10g}", "Unit": column.unit,
                "Source": column.meaning if usual else SET_HERE,
            }
        )  # fmt: skip
    return pd.DataFrame(rows).astype({"Value": "float64", "Default": "float64"})


def title(name: str) -> str:
    """Return the name of a number as people read it.

    Examples
    --------
    >>> title("clear_below"), title("street_width_m.living_street")
    ('Clear below', 'Street width: living street')
    """
    table, _, cell = name.partition(DOT)
    words = table.split("_")
    if words[-1] in ("m", "s", "h", "min", "kmh"):
        words = words[:-1]
    return " ".join(words).capitalize() + (f": {plain(cell).lower()}" if cell else "")


def _value(cell: Any) -> float | None:
    return None if is_missing(cell) else float(cell)


def _differs(value: float | None, stored: float) -> bool:
    return value is None or value != stored


def _save_or_discard(workspace: Workspace, kept: dict[str, Any], changed: Values) -> str:
    there = len(numbers_set(workspace))
    count = "1 unsaved number" if len(changed) == 1 else f"{len(changed)} unsaved numbers"
    here = "1 number is" if there == 1 else f"{there or 'no'} numbers are"
    left, middle, right, note = st.columns(
        [1.2, 0.8, 1, 5], gap="small", vertical_alignment="center"
    )
    pressed = left.button("Save numbers", key="numbers-save", type="primary", disabled=not changed)
    if middle.button("Discard", key="numbers-discard", disabled=not changed):
        _anew(kept)
        st.rerun()
    all_back = right.button(
        "All defaults", key="numbers-reset", disabled=not there or bool(changed),
        help="Takes back every number this workspace sets; undo brings them back.",
    )  # fmt: skip
    note.caption(f"{count if changed else 'Nothing unsaved'}; {here} set in this workspace.")
    if pressed or all_back:
        told = _saved(
            workspace, kept, dict.fromkeys(numbers_set(workspace)) if all_back else changed
        )
        if told:
            return told
    _what_went_wrong(kept.get("error"))
    return ""


def _saved(workspace: Workspace, kept: dict[str, Any], changed: Mapping[str, float | None]) -> str:
    """Save as one edit; return what was done, "" where it was refused."""
    given = {name: value for name, value in changed.items() if value is not None}
    back = [name for name, value in changed.items() if value is None]
    try:
        after = single(
            set_parameters(
                workspace, given, reset=back, role=ROLE, based_on=kept["version"]
            )
        )  # fmt: skip
    except PlannerError as error:
        kept["error"] = error
        return ""
    _anew(kept)
    told = [_name_of(name) + f" {after[name]:g}" for name in list(changed)[:3]]
    more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
    return f"Saved: {', '.join(told)}{more}. Every plan of this workspace uses it from now on."


def _name_of(name: str) -> str:
    cell = name.removeprefix(f"{GRADES}{DOT}")
    return f"weight of {cell}" if cell != name else title(name).lower()


def _anew(kept: dict[str, Any]) -> None:
    kept |= {"version": None, "changed": {}, "error": None}


def _what_went_wrong(error: PlannerError | None) -> None:
    """Show why the last save failed until it is tried again or dropped."""
    if isinstance(error, SchemaError):
        fault_list(error, source="the numbers")
    elif error is not None:
        st.error(literal(f"Nothing was saved. {error}"))
        st.caption("Discard shows the numbers as they are now.")
