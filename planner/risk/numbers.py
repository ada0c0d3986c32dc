"""The numbers of the risk model one by one, each by its name."""

from __future__ import annotations

from dataclasses import fields, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from planner.layers.schema import Column, Kind
from planner.risk.parameters import INFO_GRADES, PARTS, RiskParameters, leaves

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DOT = "."
"""Stands between the name of a table and that of its cell, as in ``grade_weight.C3``."""


def _columns() -> Iterator[tuple[str, Column]]:
    for one in fields(RiskParameters):
        least, most = one.metadata["span"]
        kind = Kind.INTEGER if isinstance(one.default, int) else Kind.NUMBER
        cells = PARTS.get(one.name, ())
        for name in [f"{one.name}{DOT}{cell}" for cell in cells] or [one.name]:
            yield name, Column(
                name, kind, required=True, unit=one.metadata["unit"], minimum=least, maximum=most,
                meaning=one.metadata["source"],
            )  # fmt: skip


NUMBERS: Mapping[str, Column] = MappingProxyType(dict(_columns()))
"""How each number is read: its limits, with its unit, its source as ``meaning``."""


def single(parameters: RiskParameters) -> dict[str, float]:
    """Return every number by its name, cell by cell.

    Examples
    --------
    >>> single(RiskParameters())["grade_weight.C3"]
    0.5
    """
    values: list[float] = []
    for one in fields(RiskParameters):
        values += leaves(getattr(parameters, one.name))
    return dict(zip(NUMBERS, values, strict=True))


def changed(parameters: RiskParameters, values: Mapping[str, float]) -> RiskParameters:
    """Return the parameters with some numbers changed, by their names.

    Raises
    ------
    InputError
        A number lies outside its range, or two of them do not fit together.

    Examples
    --------
    >>> changed(RiskParameters(), {"level_from.2": 0.3}).level_from
    (0.1, 0.3, 0.4, 0.6, 0.8)
    """
    after = single(parameters) | dict(values)
    return replace(parameters, **{one.name: _field(one.name, after) for one in fields(parameters)})


def _field(name: str, values: Mapping[str, float]) -> Any:
    if name not in PARTS:
        return values[name]
    cells = tuple(values[f"{name}{DOT}{cell}"] for cell in PARTS[name])
    if name != "grade_weight":
        return cells
    width = len(INFO_GRADES)
    return tuple(cells[i : i + width] for i in range(0, len(cells), width))
