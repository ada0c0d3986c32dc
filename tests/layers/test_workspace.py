"""The workspace: versions, all or nothing, what was known when, and nothing half-done."""

from __future__ import annotations

import sqlite3
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

from planner.errors import InputError, SchemaError, StoreError
from planner.layers.schema import LAYERS
from planner.layers.workspace import Settings, Workspace
from tests.layers.conftest import BOUNDS, entrances, facilities, frame, zones

if TYPE_CHECKING:
    from pathlib import Path


def now() -> datetime:
    """Return the time, after a pause longer than the clock of the store can tell apart."""
    time.sleep(0.003)
    moment = datetime.now(UTC)
    time.sleep(0.003)
    return moment


def test_settings_survive_reopening(workspace: Workspace, settings: Settings) -> None:
    again = Workspace.open(workspace.path)
    assert again.settings == settings
    assert str(again.timezone) == "America/Los_Angeles"


@pytest.mark.parametrize(
    "change",
    [
        {"timezone": "Nowhere"},
        {"bounds": (1, 1, 0, 2)},
        {"bounds": (0, 0, 1, 91)},
        {"epsg": 4326},
        {"epsg": 2992},
        {"epsg": 1},
        {"owner": "x"},
    ],
)
def test_settings_refuse_bad_values(settings: Settings, change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"zone|degrees|Extra|not a known"):
        Settings(**(settings.model_dump() | change))


@pytest.mark.parametrize("layer", list(LAYERS))
def test_empty_layer_has_its_columns(workspace: Workspace, layer: str) -> None:
    empty = workspace.layer(layer)
    assert len(empty) == 0
    assert list(empty.columns) == [*LAYERS[layer].names, "geometry"]
    assert empty.crs.to_epsg() == 4326


def test_an_empty_layer_changed_by_one_reader_is_whole_for_the_next(workspace: Workspace) -> None:
    first = workspace.layer("zones")
    first["mine"] = 1
    del first["kind"]
    assert {"mine"}.isdisjoint(workspace.layer("zones").columns)
    assert "kind" in workspace.layer("zones").columns


def test_readings_at_once_are_those_one_by_one_and_let_the_file_go(filled: Workspace) -> None:
    with filled.at_once(), filled.at_once():
        version, layer = filled.version, filled.layer("zones")
    assert version == filled.version
    assert layer.equals(filled.layer("zones"))
    filled.remove("zones", list(layer["id"]))
    with filled.at_once():
        assert filled.layer("zones").empty


def test_appended_rows_come_back_by_id_with_their_types(filled: Workspace) -> None:
    gates = filled.layer("entrances")
    assert gates["id"].tolist() == ["gate-n", "gate-s"]
    assert gates["assumed"].tolist() == [False, False]
    zone = filled.layer("zones").iloc[0]
    assert zone["starts_at"] == pd.Timestamp("2026-03-02T15:00Z")
    assert filled.layer("zones")["size_high"].dtype == "int64"


def test_version_grows_with_every_edit_only(filled: Workspace) -> None:
    assert filled.version == 3
    filled.layer("zones")
    assert filled.version == 3
    filled.append("zones", zones(id="b"))
    assert filled.version == 4


def test_known_id_becomes_its_next_version(filled: Workspace) -> None:
    assert filled.append("zones", zones(id="zone-1", size_high=900)) == 1
    assert filled.layer("zones")["size_high"].tolist() == [900]


def test_layer_at_a_time_is_what_was_known_then(filled: Workspace) -> None:
    before = now()
    filled.append("zones", zones(id="zone-1", size_high=900))
    between = now()
    filled.remove("zones", ["zone-1"])
    assert filled.layer("zones", at=before)["size_high"].tolist() == [800]
    assert filled.layer("zones", at=between)["size_high"].tolist() == [900]
    assert len(filled.layer("zones")) == 0
    assert len(filled.layer("zones", at=datetime(2020, 1, 1, tzinfo=UTC))) == 0


def test_removed_id_can_come_back(filled: Workspace) -> None:
    filled.remove("zones", ["zone-1"])
    filled.append("zones", zones(id="zone-1", size_low=1))
    assert filled.layer("zones")["size_low"].tolist() == [1]


def test_rows_with_a_fault_change_nothing(filled: Workspace) -> None:
    bad = pd.concat([zones(id="good"), zones(id="bad", size_low=-1)])
    with pytest.raises(SchemaError) as caught:
        filled.append("zones", bad)
    assert len(caught.value.faults) == 1
    assert filled.version == 3
    assert filled.layer("zones")["id"].tolist() == ["zone-1"]


def test_failure_midway_changes_nothing(filled: Workspace) -> None:
    with sqlite3.connect(filled.path) as other:
        other.execute(
            "CREATE TRIGGER stop BEFORE INSERT ON zones_history WHEN NEW.id = 'z2' "
            "BEGIN SELECT raise(ABORT, 'disk trouble'); END"
        )
    other.close()
    with pytest.raises(StoreError, match="nothing was changed"):
        filled.append("zones", pd.concat([zones(id="z1"), zones(id="z2")]))
    assert filled.layer("zones")["id"].tolist() == ["zone-1"]
    assert filled.version == 3


def test_row_outside_the_area_is_refused(filled: Workspace) -> None:
    with pytest.raises(SchemaError, match="km outside"):
        filled.append("facilities", facilities().translate(1, 1).to_frame("geometry"))


def test_gate_of_an_unknown_facility_is_refused(workspace: Workspace) -> None:
    with pytest.raises(SchemaError, match="import the facilities first"):
        workspace.append("entrances", entrances())


def test_facility_with_gates_cannot_be_removed(filled: Workspace) -> None:
    with pytest.raises(InputError, match="gate-n, gate-s"):
        filled.remove("facilities", ["hq"])
    filled.remove("entrances", ["gate-n", "gate-s"])
    assert filled.remove("facilities", ["hq"]) == 1


def test_removing_an_unknown_id_is_refused(filled: Workspace) -> None:
    with pytest.raises(InputError, match="nope"):
        filled.remove("zones", ["zone-1", "nope"])
    assert len(filled.layer("zones")) == 1


def test_edit_based_on_an_old_version_is_refused(filled: Workspace) -> None:
    seen = filled.version
    filled.append("zones", zones(id="zone-1", size_high=900))
    with pytest.raises(StoreError, match=r"meanwhile: zone-1"):
        filled.append("zones", zones(id="zone-1", size_high=700), based_on=seen)
    assert filled.layer("zones")["size_high"].tolist() == [900]


def test_id_that_someone_else_took_meanwhile_is_refused(
    filled: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = filled.known_ids("zones")
    filled.append("zones", zones())
    monkeypatch.setattr(filled, "known_ids", lambda _: before)
    with pytest.raises(StoreError, match=r"meanwhile: zone-2"):
        filled.append("zones", zones(size_high=5000))
    assert filled.layer("zones")["size_high"].tolist() == [800, 800]


def test_made_id_is_never_that_of_a_removed_row(filled: Workspace) -> None:
    filled.remove("zones", ["zone-1"])
    filled.append("zones", zones())
    assert filled.layer("zones")["id"].tolist() == ["zone-2"]


def test_undo_restores_what_was_before_and_undo_again_brings_it_back(filled: Workspace) -> None:
    filled.append("zones", pd.concat([zones(id="zone-1", size_high=900), zones(id="new")]))
    assert filled.undo() == 2
    assert filled.layer("zones")[["id", "size_high"]].to_numpy().tolist() == [["zone-1", 800]]
    assert filled.undo() == 2
    assert filled.layer("zones")["id"].tolist() == ["new", "zone-1"]


def test_undo_of_nothing_does_nothing(workspace: Workspace) -> None:
    assert workspace.undo() == 0


def test_two_writers_at_once_lose_nothing(workspace: Workspace) -> None:
    def write(who: str) -> None:
        own = Workspace.open(workspace.path)
        for number in range(10):
            own.append("zones", zones(id=f"{who}-{number}"))

    threads = [threading.Thread(target=write, args=(who,)) for who in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(workspace.layer("zones")) == 20
    assert workspace.version == 20


def test_existing_file_is_not_overwritten_unless_asked(
    filled: Workspace, settings: Settings
) -> None:
    with pytest.raises(StoreError, match="exists"):
        Workspace.create(filled.path, settings)
    assert len(filled.layer("zones")) == 1
    assert len(Workspace.create(filled.path, settings, overwrite=True).layer("zones")) == 0


def test_workspace_that_fails_while_being_built_leaves_no_file(
    tmp_path: Path, settings: Settings
) -> None:
    target = tmp_path / "w.gpkg"

    def fail() -> None:
        with Workspace.building(target, settings) as draft:
            draft.append("facilities", facilities())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list(tmp_path.iterdir()) == []
    with Workspace.building(target, settings) as draft:
        draft.append("facilities", facilities())
        assert not target.exists()
    assert len(Workspace.open(target).layer("facilities")) == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"not a database at all", b"SQLite format 3\x00" + b"rubbish" * 1000],
)
def test_wrong_or_broken_file_is_refused_with_a_remedy(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "w.gpkg"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="planner init"):
        Workspace.open(path)


def test_absent_file_is_refused_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="planner init"):
        Workspace.open(tmp_path / "w.gpkg")
    assert list(tmp_path.iterdir()) == []


def test_geopackage_that_is_no_workspace_is_refused(tmp_path: Path) -> None:
    facilities().to_file(tmp_path / "w.gpkg", driver="GPKG")
    with pytest.raises(StoreError, match="not a workspace"):
        Workspace.open(tmp_path / "w.gpkg")


def test_truncated_workspace_is_refused(filled: Workspace) -> None:
    content = filled.path.read_bytes()
    filled.path.write_bytes(content[: len(content) // 2])
    with pytest.raises(StoreError):
        Workspace.open(filled.path).layer("zones")


def test_file_locked_by_another_program_says_so(
    filled: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planner.layers.sqlite.WAIT_S", 0.05)
    other = sqlite3.connect(filled.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError, match="in use by another program"):
        filled.append("zones", zones(id="b"))
    other.close()


def test_arrays_come_back_equal_with_type_and_shape(workspace: Workspace) -> None:
    values = {
        "ids": np.arange(10, dtype=np.int64),
        "xy": np.linspace(0, 1, 20).reshape(10, 2),
        "flags": np.array([True, False]),
        "none": np.zeros((0, 2), np.float32),
        "names": ["", "Größe", 'a"b'],
        "counts": {"dropped": 3},
        "epsg": 32610,
    }
    workspace.put_arrays("network", values)
    found = Workspace.open(workspace.path).get_arrays("network")
    assert list(found) == list(values)
    for name, value in values.items():
        if isinstance(value, np.ndarray):
            assert found[name].dtype == value.dtype
            np.testing.assert_array_equal(found[name], value)
            assert found[name].flags.writeable
        else:
            assert found[name] == value


def test_arrays_replace_those_of_the_same_name_only(workspace: Workspace) -> None:
    workspace.put_arrays("a", {"x": 1, "y": 2})
    workspace.put_arrays("b", {"x": 3})
    workspace.put_arrays("a", {"x": 4})
    assert workspace.get_arrays("a") == {"x": 4}
    assert workspace.get_arrays("b") == {"x": 3}


def test_absent_arrays_are_refused_with_a_remedy(workspace: Workspace) -> None:
    with pytest.raises(StoreError, match="planner init"):
        workspace.get_arrays("network")


@pytest.mark.parametrize("value", [np.array(["a", None], object), {1, 2}, object()])
def test_values_that_cannot_be_stored_are_refused(workspace: Workspace, value: Any) -> None:
    with pytest.raises(StoreError, match=r"network\.x"):
        workspace.put_arrays("network", {"x": value})


def test_thirty_megabytes_are_stored_and_read_quickly(workspace: Workspace) -> None:
    values = {"x": np.random.default_rng(0).integers(0, 10**6, 3_750_000)}
    start = time.perf_counter()
    workspace.put_arrays("network", values)
    stored = time.perf_counter()
    workspace.get_arrays("network")
    read = time.perf_counter()
    assert stored - start < 10
    assert read - stored < 5


def test_static_table_comes_back_equal(workspace: Workspace) -> None:
    data = frame(
        list(entrances().geometry), name=["a", "b"], floors=[1, 2], height_m=[1.5, None],
        open=[True, False],
    )  # fmt: skip
    workspace.put_static("buildings", data.to_crs(32610))
    workspace.put_static("buildings", data)
    found = workspace.static("buildings")
    pd.testing.assert_frame_equal(pd.DataFrame(found), pd.DataFrame(data))
    assert workspace.statics() == ("buildings",)


def test_empty_static_table_keeps_its_columns(workspace: Workspace) -> None:
    workspace.put_static("water", frame([], name=[]))
    assert list(workspace.static("water").columns) == ["name", "geometry"]


@pytest.mark.parametrize("name", ["zones", "zones_history", "gpkg_contents", "a b", "x;y", ""])
def test_static_table_with_a_taken_or_unfit_name_is_refused(
    workspace: Workspace, name: str
) -> None:
    with pytest.raises(StoreError, match="cannot be called"):
        workspace.put_static(name, facilities())


def test_ids_are_listed_by_layer(filled: Workspace) -> None:
    ids = filled.ids()
    assert ids["entrances"] == {"gate-n", "gate-s"}
    assert ids["closures"] == frozenset()


def test_path_with_odd_letters_is_opened(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "größe #1 ?x=y%20.gpkg"
    Workspace.create(path, settings)
    assert Workspace.open(path).settings.bounds == BOUNDS


def test_renewing_keeps_all_of_the_block_or_none(workspace: Workspace, settings: Settings) -> None:
    before = workspace.path.read_bytes()
    renamed = settings.model_copy(update={"name": "Newer"})

    def half() -> None:
        with workspace.renewing(renamed, role="update"):
            workspace.append("facilities", facilities())
            workspace.put_arrays("roads", {"a": np.arange(9)})
            workspace.append("entrances", entrances().assign(facility_id="none"))

    with pytest.raises(SchemaError):
        half()
    assert workspace.path.read_bytes() == before

    with workspace.renewing(renamed, role="update"):
        workspace.append("facilities", facilities())
    assert Workspace.open(workspace.path).settings.name == "Newer"
    assert len(workspace.layer("facilities")) == len(facilities())


def test_edited_ids_tell_the_rows_of_one_role_from_those_of_others(workspace: Workspace) -> None:
    workspace.append("facilities", facilities(), role="import")
    workspace.append("facilities", facilities()[:1], role="planner")
    assert workspace.edited_ids("facilities", "import") == set(facilities()["id"])
    assert workspace.edited_ids("facilities", "import", others=True) == {facilities()["id"].iloc[0]}


def without_corrections(path: Path) -> Workspace:
    """A workspace as it was made before there was a layer of corrections."""
    with sqlite3.connect(path) as db:
        db.execute("DROP VIEW corrections")
        db.execute("DROP TABLE corrections_history")
        db.execute("DELETE FROM gpkg_geometry_columns WHERE table_name = 'corrections'")
        db.execute("DELETE FROM gpkg_contents WHERE table_name = 'corrections'")
    db.close()
    return Workspace.open(path)


def test_layer_newer_than_the_file_is_empty_and_takes_rows(filled: Workspace) -> None:
    old = without_corrections(filled.path)
    assert len(old.layer("corrections")) == 0
    assert old.ids()["corrections"] == frozenset()
    west, south, *_ = BOUNDS
    old.append("corrections", frame([Point(west, south)], kind=["gate"]))
    assert old.layer("corrections")["kind"].tolist() == ["gate"]
    old.undo()
    assert len(old.layer("corrections")) == 0


def test_zone_with_further_reports_is_not_removed_alone(filled: Workspace) -> None:
    filled.append("zones", zones(id="again", report_of="zone-1"))
    with pytest.raises(InputError, match="again"):
        filled.remove("zones", ["zone-1"])
    assert filled.remove("zones", ["zone-1", "again"]) == 2


def test_zone_goes_when_its_further_report_is_freed_in_the_same_edit(filled: Workspace) -> None:
    filled.append("zones", zones(id="again", report_of="zone-1"))
    filled.change("zones", zones(id="again"), ["zone-1"])
    assert filled.layer("zones")[["id", "report_of"]].to_numpy().tolist() == [["again", ""]]


@pytest.mark.parametrize(
    ("rows", "faulty"),
    [
        ({"x": "x", "y": "x", "z": "y"}, {"z": "y itself names x"}),
        ({"x": "nope"}, {"x": "no 'nope' among the zones"}),
        ({"x": "gone"}, {"x": "no 'gone' among the zones"}),
        ({"x": "again"}, {"x": "again itself names zone-1"}),
        ({"x": "y", "y": "x"}, {"x": "name each other", "y": "name each other"}),
        ({"x": "y", "y": "z", "z": ""}, {"x": "y itself names z"}),
        ({"x": "y", "y": "z", "z": "x"}, {"x": "itself", "y": "itself", "z": "itself"}),
        ({"zone-1": "x", "x": ""}, {"zone-1": "again names zone-1"}),
    ],
)
def test_report_of_names_a_zone_of_its_own_in_one_step(
    filled: Workspace, rows: dict[str, str], faulty: dict[str, str]
) -> None:
    filled.append("zones", zones(id="gone"))
    filled.remove("zones", ["gone"])
    filled.append("zones", zones(id="again", report_of="zone-1"))
    version = filled.version
    frame = pd.concat([zones(id=key, report_of=other) for key, other in rows.items()])
    with pytest.raises(SchemaError) as caught:
        filled.append("zones", frame)
    found = {fault.id: fault.problem for fault in caught.value.faults}
    assert set(found) == set(faulty)
    assert all(words in found[key] for key, words in faulty.items()), found
    assert {fault.column for fault in caught.value.faults} == {"report_of"}
    assert filled.version == version


def test_zone_joins_another_with_its_further_reports_in_one_edit(filled: Workspace) -> None:
    filled.append("zones", zones(id="again", report_of="zone-1"))
    filled.append("zones", zones(id="other"))
    joined = pd.concat([zones(id=key, report_of="other") for key in ("again", "zone-1")])
    assert filled.append("zones", joined) == 2
    assert filled.links("zones") == {"again": "other", "other": "", "zone-1": "other"}
