"""Every number has a unit and a source, and the published ones are reproduced."""

from __future__ import annotations

import dataclasses
import json

import pytest

from planner.errors import InputError
from planner.risk.parameters import RiskParameters

PARAMETERS = RiskParameters()


def test_table_gives_every_number_a_unit_and_a_source() -> None:
    table = PARAMETERS.table()
    assert set(table) == {f.name for f in dataclasses.fields(RiskParameters)}
    for name, row in table.items():
        assert row["unit"], name
        assert row["source"], name
    assert json.loads(json.dumps(table)) == table


@pytest.mark.parametrize(
    ("codes", "weight"),
    [("A1", 1.0), ("B2", 0.75), ("C3", 0.5), ("D4", 0.25), ("E5", 0.0), ("F6", 0.5), ("A3", 0.75)],
)
def test_grade_is_the_mean_of_the_published_numbers(codes: str, weight: float) -> None:
    assert PARAMETERS.grade(*codes) == weight


def test_editing_one_cell_of_the_grade_table_changes_that_grade_only() -> None:
    rows = [list(row) for row in PARAMETERS.grade_weight]
    rows[2][2] = 0.9
    edited = dataclasses.replace(PARAMETERS, grade_weight=tuple(tuple(r) for r in rows))
    assert edited.grade("C", "3") == 0.9
    assert edited.grade("C", "4") == PARAMETERS.grade("C", "4")
    assert edited.table()["grade_weight"]["value"]["C3"] == 0.9  # type: ignore[index]  # JSON values


def test_grade_refuses_a_code_that_does_not_exist() -> None:
    with pytest.raises(InputError, match="G3"):
        PARAMETERS.grade("G", "3")
    with pytest.raises(InputError):
        PARAMETERS.grade("C", "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("standing_density", 0.0),
        ("block_presence", 0.0),
        ("clear_below", 1.5),
        ("step_s", 301),
        ("level_from", (0.1, 0.2, 0.1, 0.5, 0.6)),
        ("grade_weight", ((2.0,) * 6,) * 6),
        ("ageing_tau_h", float("nan")),
    ],
)
def test_numbers_out_of_range_are_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(InputError, match=name):
        dataclasses.replace(PARAMETERS, **{name: value})


def test_influence_grows_with_size_between_its_limits() -> None:
    reach = [PARAMETERS.influence_m(n) for n in (0, 100, 1000, 4000, 10**6)]
    assert reach == [100, 100, 150, 300, 600]


def test_level_counts_the_limits_reached() -> None:
    assert [PARAMETERS.level(r) for r in (0.0, 0.09, 0.1, 0.2, 0.5, 0.79, 1.0)] == [
        0, 0, 1, 2, 3, 4, 5,
    ]  # fmt: skip


def test_every_number_out_of_range_is_named_in_one_error() -> None:
    with pytest.raises(InputError) as caught:
        dataclasses.replace(PARAMETERS, clear_below=1.5, step_s=0, level_from=(0.2, 0.1))
    told = str(caught.value)
    assert "clear_below: 1.5 is not in 0.001 to 1" in told
    assert "step_s: 0 is not in 1 to 300" in told
    assert "level_from: 2 numbers, not 5" in told
    assert "a level may not begin below the one before it" in told
