"""The numbers of the risk model that a workspace sets for itself."""

from __future__ import annotations

from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from planner.errors import InputError
from planner.layers.cells import is_missing, read_cell, suggestion
from planner.layers.faults import Fault, Unfit, schema_error, shown
from planner.layers.history import Stamp, change_rows
from planner.layers.schema import NUMBERS as TABLE
from planner.layers.schema import Kind
from planner.layers.sqlite import Store
from planner.layers.table import typed
from planner.risk.numbers import DOT, NUMBERS, changed, single
from planner.risk.parameters import RiskParameters

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from planner.layers.workspace import Workspace

DEFAULTS = RiskParameters()
USUAL = MappingProxyType(single(DEFAULTS))
"""Every number by its name, as it is where a workspace sets none."""


def numbers_set(workspace: Workspace, at: datetime | None = None) -> dict[str, float]:
    """Return the numbers a workspace sets for itself, by name: now, or as known at a time.

    Raises
    ------
    StoreError
        The file cannot be read.
    """
    rows = workspace.rows(TABLE, at)
    return dict(zip(rows["id"], rows["value"].astype(float), strict=True))


def parameters_of(workspace: Workspace, at: datetime | None = None) -> RiskParameters:
    """Return the numbers of the risk model as a workspace has them: now, or as known at a time.

    Raises
    ------
    InputError
        A number that another program wrote is unknown or out of range; the remedy is told.
    """
    stored = numbers_set(workspace, at)
    values, faults = _read(stored)
    if faults:
        told = "; ".join(f"{fault.id}: {fault.problem}" for fault in faults)
        remedy = "planner parameters " + " ".join(f"--reset {fault.id}" for fault in faults)
        raise InputError(f"numbers of this workspace cannot be used ({told}): {remedy}")
    return changed(DEFAULTS, values)


def set_parameters(
    workspace: Workspace, values: Mapping[str, object], *, reset: Collection[str] = (),
    role: str = "planner", based_on: int | None = None,
) -> RiskParameters:  # fmt: skip
    """Set numbers of the risk model for a workspace as one edit, all or none; undo takes it back.

    Parameters
    ----------
    values
        Numbers by name, as typed or read: ``clear_below``, ``grade_weight.C3``.
    reset
        Names of numbers that shall be again what they are by default.
    role
        Role of who edits; never a name.
    based_on
        The workspace's ``version`` that was seen: numbers edited since are refused.

    Returns
    -------
    RiskParameters
        As they are now.

    Raises
    ------
    SchemaError
        A name is unknown, or a number out of range; every fault is listed.
    InputError
        Numbers do not fit together.
    StoreError
        The numbers were edited since ``based_on``, or the file cannot be written.
    """
    stored = numbers_set(workspace)
    wanted, faults = _read(values)
    for name in reset:
        if name in values:
            faults.append(_fault(name, "it is set and reset", "do one of the two"))
        elif name not in NUMBERS and name not in stored:
            faults.append(_fault(name, "there is no such number", _similar(name)))
    if faults:
        raise schema_error(faults, TABLE.name)
    kept, _ = _read({name: value for name, value in stored.items() if name not in reset})
    after = changed(DEFAULTS, kept | wanted)
    put = {n: v for n, v in wanted.items() if v not in (stored.get(n), USUAL[n])}
    gone = [n for n in stored if n in reset or (n in wanted and wanted[n] == USUAL[n])]
    if put or gone:
        frame = typed({"id": list(put), "value": list(put.values())}, [None] * len(put), TABLE)
        stamp = Stamp(role, datetime.now(UTC), based_on)
        change_rows(Store.existing(workspace.path), TABLE, frame, gone, stamp)
    return after


def _read(values: Mapping[str, object]) -> tuple[dict[str, float], list[Fault]]:
    found: dict[str, float] = {}
    faults: list[Fault] = []
    for name, value in values.items():
        try:
            found[name] = _number(name, value)
        except Unfit as unfit:
            faults.append(_fault(name, unfit.problem, unfit.remedy))
    return found, faults


def _number(name: str, value: object) -> float:
    column = NUMBERS.get(name)
    if column is None:
        raise Unfit("there is no such number", _similar(name))
    if is_missing(value):
        raise Unfit("the value is missing", range_of(name))
    try:
        number: Any = read_cell(value, column, UTC)
    except Unfit as unfit:
        raise Unfit(unfit.problem, range_of(name)) from unfit
    return int(number) if column.kind is Kind.INTEGER else float(number)


def range_of(name: str) -> str:
    """Return what a number may be, in words.

    Examples
    --------
    >>> range_of("clear_below")
    'give 0.001 to 1; by default 0.1'
    """
    column = NUMBERS[name]
    whole = "a whole number from " if column.kind is Kind.INTEGER else ""
    limits = f"{column.minimum:g} to {column.maximum:,.10g}"
    return f"give {whole}{limits}; by default {USUAL[name]:g}"


def _similar(name: str) -> str:
    cells = [other for other in NUMBERS if other.startswith(f"{name}{DOT}")]
    if cells:
        return f"it is a table: name a cell, such as {cells[0]}"
    near = suggestion(name, list(NUMBERS))
    return f"did you mean {near}?" if near else "planner parameters lists them"


def _fault(name: str, problem: str, remedy: str) -> Fault:
    return Fault(TABLE.name, 0, shown(name)[1:-1], "value", problem, remedy)
