"""What is wrong with a layer, row by row, in words a person can act on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Sequence

_HEADS = ("row", "id", "column", "problem", "what to do")
_SHOWN = 1000


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: ``row`` as the user counts it (line of a CSV, number of a feature), 0 for none."""

    layer: str
    row: int
    id: str
    column: str
    problem: str
    remedy: str


class Unfit(Exception):  # noqa: N818 - not an error of the program: it becomes a fault
    """A value does not fit; carries the problem and the remedy."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


def schema_error(faults: Sequence[Fault], source: str) -> SchemaError:
    """Return the error that prints every fault of a file or layer as a table."""
    layer = faults[0].layer
    where = layer if source == layer else f"{source} ({layer})"
    count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    head = f"{count} in {where}; nothing was changed."
    return SchemaError(f"{head}\n{fault_table(faults)}", tuple(faults))


def fault_table(faults: Sequence[Fault]) -> str:
    """Return the faults as lines of aligned text."""
    rows = [_HEADS]
    rows += [
        (str(f.row or "-"), f.id or "-", f.column or "-", f.problem, f.remedy)
        for f in faults[:_SHOWN]
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(len(_HEADS) - 1)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]])
        for row in rows
    ]
    if len(faults) > _SHOWN:
        lines.append(f"... and {len(faults) - _SHOWN} more")
    return "\n".join(lines)


def shown(value: object, longest: int = 40) -> str:
    """Return a value as short printable text for a message."""
    text = value if isinstance(value, str) else str(value)
    text = "".join(mark if mark.isprintable() else " " for mark in text)
    return "'" + (text if len(text) <= longest else text[: longest - 3] + "...") + "'"
