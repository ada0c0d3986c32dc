"""Faults of rows as a table one can act on."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import streamlit as st

from planner.ui.words import literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.errors import SchemaError
    from planner.layers.faults import Fault

HEADS = ("Row", "Id", "Column", "Problem", "What to do")
SHOWN = 1000


def fault_list(error: SchemaError, *, source: str) -> Sequence[Fault]:
    """Draw every fault; return them."""
    import pandas as pd

    faults: list[Fault] = [fault for fault in error.faults if hasattr(fault, "problem")]  # type: ignore[misc]  # told apart by hasattr
    count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    st.error(literal(f"{count} in {source}; nothing was saved. Mend them, then try again."))
    st.dataframe(
        pd.DataFrame([cells(fault) for fault in faults[:SHOWN]], columns=list(HEADS)),
        hide_index=True, alt=f"{count}: row, id, column, problem, what to do",
    )  # fmt: skip
    if len(faults) > SHOWN:
        st.caption(f"The first {SHOWN} of {len(faults)} are shown.")
    return faults


def cells(fault: Fault) -> tuple[str, ...]:
    """Return a fault as the cells of a line."""
    return (str(fault.row or ""), fault.id, fault.column, fault.problem, fault.remedy)


def as_csv(faults: Sequence[Fault]) -> bytes:
    r"""Return faults as CSV; no cell is taken for a formula by a spreadsheet.

    >>> from planner.layers.faults import Fault
    >>> as_csv([Fault("zones", 2, "=1+1", "kind", "is missing", "give one")]).decode("utf-8-sig")
    "Row,Id,Column,Problem,What to do\r\n2,'=1+1,kind,is missing,give one\r\n"
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADS)
    for fault in faults:
        writer.writerow(
            [f"'{cell}" if cell[:1] in "=+-@" and cell else cell for cell in cells(fault)]
        )
    return text.getvalue().encode("utf-8-sig")
