"""Numbers of the risk model that a workspace sets: kept, taken back, refused with their ranges."""

from __future__ import annotations

import sqlite3
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from planner.errors import InputError, SchemaError, StoreError
from planner.layers.history import last_edits
from planner.layers.sqlite import Store
from planner.layers.workspace import Settings, Workspace
from planner.risk.numbers import NUMBERS, changed, single
from planner.risk.parameters import SET_HERE, RiskParameters
from planner.tuning import numbers_set, parameters_of, range_of, set_parameters

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty workspace."""
    settings = Settings(
        name="Square", timezone="Europe/Berlin", epsg=32632, bounds=(8.6, 49.3, 8.8, 49.5)
    )
    return Workspace.create(tmp_path / "square.gpkg", settings)


def test_workspace_that_sets_nothing_has_the_usual_numbers(workspace: Workspace) -> None:
    before = workspace.path.read_bytes()
    assert parameters_of(workspace) == RiskParameters()
    assert workspace.path.read_bytes() == before


def test_number_set_is_kept_and_every_other_stays(workspace: Workspace) -> None:
    given = {"clear_below": "0.2", "grade_weight.C3": 0.6, "step_s": 60, "level_from.5": 0.9}
    after = set_parameters(workspace, given)
    found = parameters_of(Workspace.open(workspace.path))
    assert found == after
    assert (found.clear_below, found.grade("C", "3"), found.step_s) == (0.2, 0.6, 60)
    assert isinstance(found.step_s, int)
    assert found.level_from == (0.1, 0.2, 0.4, 0.6, 0.9)
    rest = {n: v for n, v in single(found).items() if n not in given}
    assert rest == {n: v for n, v in single(RiskParameters()).items() if n not in given}


def test_changed_number_tells_where_it_comes_from_and_what_it_was() -> None:
    table = changed(RiskParameters(), {"clear_below": 0.2, "grade_weight.C3": 0.6}).table()
    assert table["clear_below"]["source"] == SET_HERE
    assert (table["clear_below"]["value"], table["clear_below"]["default"]) == (0.2, 0.1)
    assert table["grade_weight"]["default"]["C3"] == 0.5  # type: ignore[index]  # JSON values
    assert table["grade_weight"]["value"]["C3"] == 0.6  # type: ignore[index]  # JSON values
    assert "default" not in table["risk_aversion"]


def test_one_edit_is_taken_back_by_one_undo_and_brought_back_by_another(
    workspace: Workspace,
) -> None:
    set_parameters(workspace, {"clear_below": 0.2})
    set_parameters(workspace, {"clear_below": 0.3, "risk_aversion": 5}, role="duty")
    (last,) = last_edits(Store.existing(workspace.path), most=1)
    assert (last.layer, last.role) == ("parameters", "duty")
    assert (last.added, last.changed) == (("risk_aversion",), ("clear_below",))
    assert workspace.undo() == 2
    assert numbers_set(workspace) == {"clear_below": 0.2}
    workspace.undo()
    assert numbers_set(workspace) == {"clear_below": 0.3, "risk_aversion": 5}


def test_numbers_as_known_then(workspace: Workspace) -> None:
    set_parameters(workspace, {"clear_below": 0.2})
    time.sleep(0.003)
    then = datetime.now(UTC)
    time.sleep(0.003)
    set_parameters(workspace, {"clear_below": 0.3}, reset=["risk_aversion"])
    assert parameters_of(workspace, at=then).clear_below == 0.2
    assert parameters_of(workspace, at=datetime(2020, 1, 1, tzinfo=UTC)) == RiskParameters()


def test_number_set_to_its_default_or_reset_is_set_no_more(workspace: Workspace) -> None:
    set_parameters(workspace, {"clear_below": 0.2, "risk_aversion": 5, "step_s": 60})
    set_parameters(workspace, {"clear_below": 0.1}, reset=["step_s"])
    assert numbers_set(workspace) == {"risk_aversion": 5}


def test_what_changes_nothing_is_no_edit(workspace: Workspace) -> None:
    set_parameters(workspace, {"clear_below": 0.2})
    set_parameters(workspace, {"clear_below": 0.2, "risk_aversion": 10}, reset=["step_s"])
    assert workspace.version == 1


def test_all_faults_are_told_at_once_with_name_and_range(workspace: Workspace) -> None:
    with pytest.raises(SchemaError) as caught:
        set_parameters(
            workspace,
            {
                "clear_below": 1.5, "step_s": "2.5", "risk_aversion": "much", "clear_belw": 0.1,
                "grade_weight": 1, "presence_error": 0.9, "ageing_tau_h": float("nan"),
                "block_presence": 0.4,
            },
            reset=["block_presence", "nothing"],
        )  # fmt: skip
    found = {fault.id: (fault.problem, fault.remedy) for fault in caught.value.faults}
    assert found == {
        "clear_below": ("'1.5' is more than 1", "give 0.001 to 1; by default 0.1"),
        "step_s": ("'2.5' is not a whole number",
                   "give a whole number from 1 to 300; by default 300"),
        "risk_aversion": ("'much' is not a number", "give 0 to 1,000; by default 10"),
        "clear_belw": ("there is no such number", "did you mean clear_below?"),
        "grade_weight": ("there is no such number",
                         "it is a table: name a cell, such as grade_weight.A1"),
        "presence_error": ("'0.9' is more than 0.5", "give 0.001 to 0.5; by default 0.025"),
        "ageing_tau_h": ("the value is missing", "give 0.1 to 720; by default 6"),
        "block_presence": ("it is set and reset", "do one of the two"),
        "nothing": ("there is no such number", "planner parameters lists them"),
    }  # fmt: skip
    assert workspace.version == 0


def test_levels_out_of_order_are_refused_together(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="level_from: a level may not begin below"):
        set_parameters(workspace, {"level_from.2": 0.5})
    assert workspace.version == 0


def test_numbers_edited_meanwhile_are_refused(workspace: Workspace) -> None:
    set_parameters(workspace, {"clear_below": 0.2})
    set_parameters(workspace, {"clear_below": 0.3})
    with pytest.raises(StoreError, match="meanwhile: clear_below"):
        set_parameters(workspace, {"clear_below": 0.4}, based_on=1)
    assert parameters_of(workspace).clear_below == 0.3


def test_file_of_before_takes_numbers(workspace: Workspace) -> None:
    with sqlite3.connect(workspace.path) as db:
        db.execute("DROP VIEW parameters")
        db.execute("DROP TABLE parameters_history")
    db.close()
    assert parameters_of(workspace) == RiskParameters()
    set_parameters(workspace, {"clear_below": 0.2})
    assert parameters_of(workspace).clear_below == 0.2


def test_what_another_program_wrote_wrongly_is_told_with_the_way_out(workspace: Workspace) -> None:
    with sqlite3.connect(workspace.path) as db:
        rows = [("clear_below", 7.0), ("magic", 1.0), ("risk_aversion", 5.0)]
        db.executemany("INSERT INTO parameters (id, value) VALUES (?, ?)", rows)
    db.close()
    with pytest.raises(InputError, match="--reset clear_below --reset magic"):
        parameters_of(workspace)
    after = set_parameters(workspace, {}, reset=["clear_below", "magic"])
    assert parameters_of(workspace) == after
    assert after.risk_aversion == 5


@pytest.mark.parametrize("name", NUMBERS)
def test_usual_number_lies_in_its_range(name: str) -> None:
    value = single(RiskParameters())[name]
    column = NUMBERS[name]
    assert column.minimum is not None
    assert column.maximum is not None
    assert column.minimum <= value <= column.maximum < float("inf")
    assert f"by default {value:g}" in range_of(name)
