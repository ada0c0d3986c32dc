"""A workspace as known at an earlier edit: whole, for reading alone."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pandas.testing import assert_frame_equal

from planner.errors import InputError
from planner.layers.schema import LAYERS
from planner.layers.then import Then, as_known
from planner.layers.workspace import Workspace
from planner.network.store import copy_path, load_network
from planner.tuning import parameters_of, set_parameters

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def workspace(bundled: Path, tmp_path: Path) -> Iterator[Workspace]:
    return Workspace.open(shutil.copy(bundled, tmp_path / "own.gpkg"))


def test_every_layer_is_as_it_was_at_an_edit(workspace) -> None:
    last = workspace.version
    was = {name: workspace.layer(name) for name in LAYERS}
    ids = workspace.ids()
    workspace.remove("zones", ["zone-1", "zone-2"])
    workspace.remove("closures", ["closure-1"])
    workspace.undo()
    then = as_known(workspace, str(last))

    assert then.version == last
    assert then.ids() == ids
    for name, frame in was.items():
        assert_frame_equal(then.layer(name), frame)
    assert "zone-1" not in set(workspace.layer("zones")["id"])


def test_edits_of_one_instant_are_told_apart_by_number(workspace) -> None:
    last = workspace.version
    for key in ("zone-1", "zone-2", "zone-3"):
        workspace.remove("zones", [key])
    left = [len(as_known(workspace, str(last + n)).layer("zones")) for n in range(4)]

    assert left == [4, 3, 2, 1]


def test_numbers_of_the_model_are_those_of_then(workspace) -> None:
    last = workspace.version
    set_parameters(workspace, {"clear_below": 0.3})

    assert parameters_of(workspace).clear_below == 0.3
    assert parameters_of(as_known(workspace, str(last))).clear_below == 0.1


def test_time_means_the_last_edit_up_to_it(workspace) -> None:
    now = datetime.now(UTC) + timedelta(hours=1)
    here = now.astimezone(workspace.timezone)
    for said in (now.isoformat(timespec="minutes"), f"{here:%Y-%m-%dT%H:%M}", f"{here:%H:%M}"):
        assert as_known(workspace, said, now=now).version == workspace.version
    early = as_known(workspace, "1")
    at = early.known_at.isoformat(timespec="milliseconds")
    assert as_known(workspace, at, now=now).version == 1


@pytest.mark.parametrize(
    ("since", "said"),
    [
        ("0", "has no edit 0; its edits are 1 to"),
        ("999", "has no edit 999"),
        ("-1", "give the number of an edit, a time like"),
        ("yesterday", "give the number of an edit, a time like"),
        ("2026-02-30T05:00", "give the number of an edit, a time like"),
        ("1999-01-01T05:00", "nothing was known yet; its edits are 1 to"),
        ("2199-01-01T05:00", "is still to come"),
    ],
)
def test_what_is_no_earlier_state_says_what_to_give(workspace, since, said) -> None:
    with pytest.raises(InputError, match=said):
        as_known(workspace, since)


def test_what_was_known_then_cannot_be_edited(workspace) -> None:
    then = Then(workspace, 1)
    last = workspace.version
    for act in (
        lambda: then.remove("zones", ["zone-1"]), then.undo,
        lambda: then.append("zones", workspace.layer("zones")),
        lambda: then.put_arrays("x", {}), lambda: then.put_static("x", None),
    ):  # fmt: skip
        with pytest.raises(InputError, match="as known at edit 1"):
            act()
    assert workspace.version == last


def test_roads_of_then_leave_the_copy_of_now_alone(workspace) -> None:
    load_network(workspace)
    written = copy_path(workspace).stat().st_mtime_ns
    then = Then(workspace, workspace.version)
    copy_path(workspace).unlink()
    load_network(then)

    assert not copy_path(workspace).exists()
    load_network(workspace)
    assert copy_path(workspace).stat().st_mtime_ns > written


def test_renewed_roads_are_noticed(workspace) -> None:
    last = workspace.version
    with workspace.renewing(workspace.settings, role="update"):
        pass
    assert as_known(workspace, str(last)).roads_renewed
    assert not as_known(workspace, str(last + 1)).roads_renewed
