"""What the file remembers of its edits; a change of many rows as one edit."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from planner.errors import StoreError
from planner.layers import history
from planner.layers.schema import schema_of
from planner.layers.sqlite import Store
from tests.layers.conftest import zones

if TYPE_CHECKING:
    from planner.layers.workspace import Workspace


def store(workspace: Workspace) -> Store:
    """The file of a workspace."""
    return Store.existing(workspace.path)


def test_last_edits_tell_what_became_of_each_row(workspace: Workspace) -> None:
    workspace.append("zones", zones(id="a"), role="duty")
    workspace.append("zones", zones(id="a", size_high=900))
    workspace.remove("zones", ["a"])
    workspace.undo(role="duty")
    told = history.last_edits(store(workspace))

    assert [edit.number for edit in told] == [4, 3, 2, 1]
    assert [edit.added for edit in told] == [("a",), (), (), ("a",)]
    assert [edit.changed for edit in told] == [(), (), ("a",), ()]
    assert [edit.removed for edit in told] == [(), ("a",), (), ()]
    assert [edit.role for edit in told] == ["duty", "planner", "planner", "duty"]
    assert all(edit.layer == "zones" and edit.ids == ("a",) for edit in told)
    assert abs((datetime.now(UTC) - told[0].at).total_seconds()) < 60


def test_only_as_many_edits_as_asked_for_are_told(filled: Workspace) -> None:
    assert [edit.layer for edit in history.last_edits(store(filled), most=2)] == [
        "zones", "entrances",
    ]  # fmt: skip
    assert history.last_edits(store(filled), most=0) == []


def test_rows_changed_and_removed_together_are_one_edit(workspace: Workspace) -> None:
    for key in ("a", "b"):
        workspace.append("zones", zones(id=key))
    frame = workspace.layer("zones")
    changed = frame[frame["id"] == "a"].assign(size_high=900)
    stamp = history.Stamp("planner", datetime.now(UTC), based_on=workspace.version)
    history.change_rows(store(workspace), schema_of("zones"), changed, ["b"], stamp)

    (last,) = history.last_edits(store(workspace), most=1)
    assert (last.changed, last.removed) == (("a",), ("b",))
    workspace.undo()
    assert workspace.layer("zones")["size_high"].tolist() == [800, 800]


def test_row_removed_by_one_and_edited_by_another_changes_nothing(workspace: Workspace) -> None:
    for key in ("a", "b"):
        workspace.append("zones", zones(id=key))
    seen = workspace.version
    frame = workspace.layer("zones")
    workspace.append("zones", zones(id="b", size_high=900))
    stamp = history.Stamp("planner", datetime.now(UTC), based_on=seen)
    with pytest.raises(StoreError, match="someone else"):
        history.change_rows(
            store(workspace), schema_of("zones"), frame[frame["id"] == "a"], ["b"], stamp
        )

    assert workspace.version == seen + 1
    assert set(workspace.layer("zones")["id"]) == {"a", "b"}


def test_undo_twice_is_told_as_redo_and_a_third_time_as_undo(workspace: Workspace) -> None:
    told = [history.to_redo(store(workspace))]
    workspace.append("zones", zones(id="a"))
    told.append(history.to_redo(store(workspace)))
    workspace.append("zones", zones(id="a", size_high=900))
    told.append(history.to_redo(store(workspace)))
    assert told == [False, False, False]

    for redo, size in ((True, 800), (False, 900), (True, 800)):
        workspace.undo()
        assert history.to_redo(store(workspace)) is redo
        assert workspace.layer("zones")["size_high"].tolist() == [size]


def test_an_edit_of_another_row_or_layer_takes_nothing_back(workspace: Workspace) -> None:
    workspace.append("zones", zones(id="a"))
    workspace.append("zones", zones(id="b"))
    assert not history.to_redo(store(workspace))
    workspace.remove("zones", ["a"])
    assert not history.to_redo(store(workspace))
