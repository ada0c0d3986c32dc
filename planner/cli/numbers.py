"""What the command about the numbers of the risk model does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

from planner.errors import InputError
from planner.layers.workspace import Workspace
from planner.risk.numbers import NUMBERS, single
from planner.risk.parameters import SET_HERE
from planner.tuning import USUAL, numbers_set, parameters_of, set_parameters

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from planner.risk.parameters import RiskParameters

HEADS = ("name", "value", "default", "unit", "source")


def parameters(
    target: Path, given: Sequence[str], reset: Sequence[str], *, role: str, as_json: bool
) -> None:
    """Set what is given, then print every number as it is now."""
    workspace = Workspace.open(target)
    before = workspace.version
    if given or reset:
        set_parameters(workspace, _read(given), reset=reset, role=role)
        said = "numbers set" if workspace.version != before else "nothing to change: so they are"
        typer.echo(said, err=True)
    now = parameters_of(workspace)
    typer.echo(json.dumps(now.table(), ensure_ascii=False, indent=1) if as_json else _lines(now))


def set_here(workspace: Workspace) -> list[str]:
    """Return a line for every number that a workspace sets for itself."""
    return [
        f"number {name}: {value:g}, by default {USUAL[name]:g} ({NUMBERS[name].unit})"
        if name in NUMBERS
        else f"number {name}: unknown; planner parameters --reset {name}"
        for name, value in numbers_set(workspace).items()
    ]


def _read(given: Sequence[str]) -> dict[str, object]:
    values: dict[str, object] = {}
    for text in given:
        name, sign, value = (part.strip() for part in text.partition("="))
        if not sign or not name:
            raise InputError(f"--set {text!r}: give NAME=VALUE, such as clear_below=0.2")
        if name in values:
            raise InputError(f"--set names {name} twice; say which of the two it shall be")
        values[name] = value
    return values


def _lines(parameters: RiskParameters) -> str:
    rows = [HEADS]
    for name, value in single(parameters).items():
        usual, column = USUAL[name], NUMBERS[name]
        was, source = ("", column.meaning) if value == usual else (f"{usual:g}", SET_HERE)
        rows.append((name, f"{value:g}", was, column.unit, source))
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEADS) - 1)]
    return "\n".join(
        "  ".join([*(c.ljust(w) for c, w in zip(row, widths, strict=False)), row[-1]])
        for row in rows
    )
