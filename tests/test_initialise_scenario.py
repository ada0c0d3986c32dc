"""The bundled scenario becomes a workspace, whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planner.errors import Cancelled
from planner.layers.workspace import Workspace
from planner.scenario import FACILITY, LAYER_FILES, make_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from planner.initialise import Progress


def test_scenario_tells_its_steps_in_order_up_to_the_last_layer(tmp_path: Path) -> None:
    told: list[Progress] = []
    report, _ = make_workspace(tmp_path / "w.gpkg", progress=told.append)

    assert [p.done for p in told] == sorted(p.done for p in told)
    assert told[-1].step == f"Reading the {LAYER_FILES[-1][0].replace('_', ' ')}"
    assert report.path == tmp_path / "w.gpkg"
    assert FACILITY in Workspace.open(report.path).ids()["facilities"]
    assert [file.name for file in tmp_path.iterdir()] == ["w.gpkg"]


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_cancelling_the_scenario_leaves_no_file(tmp_path: Path, share: float) -> None:
    def stop(progress: Progress) -> None:
        if progress.done >= share:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        make_workspace(tmp_path / "w.gpkg", progress=stop)
    assert list(tmp_path.iterdir()) == []
