"""The last edits, each in words; the last of them can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from planner.briefing.words import moment
from planner.layers.history import Edit, last_edits, to_redo
from planner.layers.sqlite import Store
from planner.ui.drafts import ONE, TITLES
from planner.ui.words import literal

if TYPE_CHECKING:
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from planner.layers.workspace import Workspace

    Stamp = tuple[int, int, int]

SHOWN = 20


@st.cache_data(max_entries=24, show_spinner=False)
def edits(path: Path, stamp: Stamp) -> list[Edit]:  # noqa: ARG001 - part of the key
    """Return the last edits, newest first."""
    return last_edits(Store.existing(path), most=SHOWN)


@st.cache_data(max_entries=24, show_spinner=False)
def _to_redo(path: Path, stamp: Stamp) -> bool:  # noqa: ARG001 - part of the key
    return to_redo(Store.existing(path))


def undo_button(workspace: Workspace, stamp: Stamp, *, waiting: int) -> str:
    """Draw the button with what it would do; return what was done, "" when it was not pressed.

    Parameters
    ----------
    waiting
        Changes that are not saved; undo leaves them alone.
    """
    done = edits(workspace.path, stamp)
    last = done[0] if done else None
    redo = len(done) > 1 and _to_redo(workspace.path, stamp)
    # To take a taking-back back is to do the edit again: it is called so.
    about = in_words(done[1] if redo else last, workspace.timezone) if last else ""
    would, did = ("bring back", "Brought back") if redo else ("take back", "Taken back")
    takes = f"Would {would}: {about}." if last else ""
    own = " Unsaved changes stay." if waiting else ""
    left, right = st.columns([1, 5], gap="small", vertical_alignment="center")
    pressed = left.button(
        "Redo" if redo else "Undo", key="undo", width="stretch", disabled=last is None,
        help=literal(takes + own) if takes else "Nothing was edited yet.",
    )  # fmt: skip
    right.caption(literal(takes or "Nothing was edited yet."))
    if not pressed or last is None:
        return ""
    if workspace.version != last.number:
        return "Not undone: somebody edited meanwhile. Look at the last edit, then press again."
    count = workspace.undo()
    rows = "1 row" if count == 1 else f"{count} rows"
    return f"{did}: {about}. {rows} changed back."


def history_table(workspace: Workspace, stamp: Stamp) -> None:
    """Draw the last edits as a table."""
    import pandas as pd

    done = edits(workspace.path, stamp)
    if not done:
        st.info("Nothing was edited yet: what you save, import or take back is listed here.")
        return
    zone = workspace.timezone
    rows = [
        {
            "When": moment(edit.at.isoformat(), zone), "Role": edit.role,
            "Layer": _title(edit), "What": what(edit),
            "Rows": len(edit.ids), "Ids": ", ".join(edit.ids[:5]) + (" …" if len(edit.ids) > 5 else ""),
        }
        for edit in done
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt="The last edits, newest first")
    st.caption(
        literal(
            f"Times in {zone.key}. Undo takes back the newest of these by a new edit; Redo "
            "brings back what was taken back last. Older edits are changed row by row."
        )
    )


def in_words(edit: Edit, zone: ZoneInfo) -> str:
    """Return an edit in words: who, when, what."""
    when = moment(edit.at.isoformat(), zone)
    return f"{what(edit)} in {_title(edit).lower()} ({edit.role}, {when})"


def _title(edit: Edit) -> str:
    return TITLES.get(edit.layer, "Numbers of the model")


def what(edit: Edit) -> str:
    """Return what an edit did, naming a few rows."""
    parts = []
    for verb, ids in (("added", edit.added), ("changed", edit.changed), ("removed", edit.removed)):
        if len(ids) == 1:
            parts.append(f"{ONE.get(edit.layer, 'number')} {ids[0]} {verb}")
        elif ids:
            parts.append(f"{len(ids)} rows {verb}")
    return ", ".join(parts) or "nothing changed"
