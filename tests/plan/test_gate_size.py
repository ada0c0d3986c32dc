"""Gates with limits of size: who is too large goes elsewhere and is told why."""

from __future__ import annotations

import shutil
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from planner.initialise import import_file
from planner.layers.workspace import Workspace
from planner.plan import make_plan
from planner.plan.gate_size import too_large
from planner.plan.question import ask
from planner.plan.why.reasons import no_way
from planner.scenario import FACILITY

if TYPE_CHECKING:
    from pathlib import Path

NOON = "2027-06-01T12:00"


def limited(bundled: Path, folder: Path, **limits: object) -> Workspace:
    """A copy of the bundled city whose gates of one facility have limits."""
    workspace = Workspace.open(shutil.copy(bundled, folder / "city.gpkg"))
    gates = workspace.layer("entrances")
    own = gates[gates["facility_id"] == FACILITY].copy()
    for column, value in limits.items():
        own[column] = value
    workspace.append("entrances", own)
    return workspace


def gates_of(workspace: Workspace, profile: str) -> tuple[dict[str, str | None], bool]:
    asked = ask(FACILITY, NOON, workspace.timezone, profile=profile)
    document = make_plan(workspace, asked, whole=False).document
    return {g["id"]: g["reason"] for g in document["gates"]}, document["feasible"]


@pytest.mark.parametrize(("limits", "said"), [
    ({"max_height_m": 3.0}, "takes 3 m high, a bus or coach is 3.8 m"),
    ({"max_weight_t": 12.0}, "takes 12 t heavy, a bus or coach is 18 t"),
    ({"max_width_m": 2.4, "max_length_m": 10}, "takes 2.4 m wide, a bus or coach is 2.55 m; takes 10 m long"),
])  # fmt: skip
def test_a_vehicle_too_large_for_every_gate_has_no_way_in_and_the_reason_is_told(
    bundled: Path, tmp_path: Path, limits: dict[str, float], said: str
) -> None:
    workspace = limited(bundled, tmp_path, **limits)
    reasons, feasible = gates_of(workspace, "bus")
    assert not feasible
    assert said in str(reasons["courthouse-east"])
    asked = ask(FACILITY, NOON, workspace.timezone, profile="bus")
    origin = make_plan(workspace, asked, whole=False).document["origins"][0]
    assert said in origin["reason"]


def test_a_gate_large_enough_stays_in_use_beside_one_that_is_not(
    bundled: Path, tmp_path: Path
) -> None:
    workspace = limited(bundled, tmp_path)
    gates = workspace.layer("entrances")
    low = gates[gates["id"] == "courthouse-south"].assign(max_height_m=2.2)
    workspace.append("entrances", low)
    reasons, feasible = gates_of(workspace, "van")
    assert feasible
    assert "takes 2.2 m high" in str(reasons["courthouse-south"])
    assert "takes" not in str(reasons["courthouse-east"])
    assert "takes" not in str(gates_of(workspace, "car")[0]["courthouse-south"])


def test_a_gate_without_a_known_limit_takes_every_vehicle(bundled: Path, tmp_path: Path) -> None:
    row = next(limited(bundled, tmp_path).layer("entrances").itertuples())
    assert too_large("bus", row) is None


def test_who_walks_is_bound_by_no_height_and_a_wheelchair_by_width() -> None:
    from types import SimpleNamespace

    row = SimpleNamespace(max_height_m=0.5, max_width_m=0.7, max_length_m=0.2, max_weight_t=0.1)
    assert too_large("foot", row) is None
    assert "0.7 m wide" in str(too_large("wheelchair", row))


@pytest.mark.parametrize(("cells", "said"), [
    ("0,,,,", ("vehicles_per_15min", "1")), ("-4,,,,", ("vehicles_per_15min", "1")),
    ("few,,,,", ("vehicles_per_15min", "number")), (",low,,,", ("max_height_m", "number")),
    (",,0,,", ("max_width_m", "0.1")), (",,,,-3", ("max_weight_t", "0.1")),
    ("2.5,,,,", ("vehicles_per_15min", "whole")),
])  # fmt: skip
def test_a_bad_capacity_or_size_is_a_fault_that_names_the_row(
    bundled: Path, tmp_path: Path, cells: str, said: tuple[str, str]
) -> None:
    from planner.errors import InputError

    workspace = Workspace.open(shutil.copy(bundled, tmp_path / "city.gpkg"))
    file = tmp_path / "gates.csv"
    head = "id,facility_id,lon,lat,vehicles_per_15min,max_height_m,max_width_m,max_length_m,max_weight_t"
    file.write_text(f"{head}\nnew-gate,{FACILITY},-28.191,38.8524,{cells}\n", "utf-8")
    with pytest.raises(InputError) as caught:
        import_file(workspace, "entrances", file)
    assert "new-gate" in str(caught.value)
    for word in said:
        assert word in str(caught.value)
    assert "new-gate" not in list(workspace.layer("entrances")["id"])


def test_limits_come_back_as_they_were_written(bundled: Path, tmp_path: Path) -> None:
    workspace = limited(bundled, tmp_path, vehicles_per_15min=40, max_height_m=3.25)
    gates: pd.DataFrame = workspace.layer("entrances").set_index("id")
    assert gates.loc["courthouse-east", "vehicles_per_15min"] == 40
    assert gates.loc["courthouse-east", "max_height_m"] == 3.25
    assert gates["max_weight_t"].isna().all()


def test_gate_for_people_on_foot_is_not_called_too_small_for_a_vehicle() -> None:
    rows = pd.DataFrame({
        "name": ["Wicket", "Yard"], "kind": ["foot", "vehicle"], "max_width_m": [1.0, 2.0],
    })  # fmt: skip
    answer: Any = SimpleNamespace(
        problem=None, gates=[], question=SimpleNamespace(profile="bus"),
        layers=SimpleNamespace(entrances=rows),
    )  # fmt: skip
    said = no_way(answer, 0)
    assert "Yard is too small" in said
    assert "Wicket" not in said
