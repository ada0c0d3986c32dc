"""The comparison of two plans as a command: from files, or from the history of a workspace."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from shapely import Point

from planner import reports
from planner.layers.workspace import Workspace
from planner.plan import make_plan
from planner.plan.question import ask
from planner.scenario import ARRIVE, FACILITY
from tests.cli.test_commands import run

ASK = ["--facility", FACILITY, "--arrive", ARRIVE]


@pytest.fixture(scope="module")
def edited(bundled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace from which the assembly at the South gate was taken last."""
    path = Path(shutil.copy(bundled, tmp_path_factory.mktemp("since") / "city.gpkg"))
    Workspace.open(path).remove("zones", ["zone-1"])
    return path


@pytest.fixture(scope="module")
def files(bundled: Path, edited: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("plans")
    made = []
    for name, path in (("before", bundled), ("after", edited)):
        workspace = Workspace.open(path)
        document = make_plan(workspace, ask(FACILITY, ARRIVE, workspace.timezone)).document
        made.append(folder / f"{name}.json")
        made[-1].write_text(json.dumps(document), "utf-8")
    return made


def since(path: Path) -> str:
    return str(Workspace.open(path).version - 1)


def comparable(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for row in found["changes"] if row["kind"] != "question"]


def test_two_files_are_compared_in_words(files) -> None:
    result = run("diff", *files)
    lines = result.stdout.splitlines()

    assert result.exit_code == 0
    assert lines[0].startswith("Changed: ")
    assert lines[1].startswith("before made 20")
    assert "Best way in at 07:30: " in lines[1]
    assert "other ways" in lines
    assert any(" by South gate instead of North gate" in line for line in lines)
    assert lines[-1].startswith("Unchanged: ")


def test_file_against_itself_tells_that_nothing_changed(files) -> None:
    result = run("diff", files[0], files[0])

    assert result.exit_code == 0
    assert result.stdout.startswith("Nothing of note changed.\n")


def test_history_gives_the_same_comparison_as_files_kept(files, edited) -> None:
    kept = run("diff", *files, "--json")
    known = run("diff", "-w", edited, *ASK, "--since", since(edited), "--json")

    assert kept.exit_code == known.exit_code == 0
    assert comparable(json.loads(known.stdout)) == comparable(json.loads(kept.stdout))
    assert json.loads(known.stdout)["before"]["called"].startswith("as known at edit ")


def test_geojson_holds_old_ways_new_ways_and_changed_places(files) -> None:
    result = run("diff", *files, "--geojson")
    features = json.loads(result.stdout)["features"]
    plan = json.loads(files[1].read_text("utf-8"))

    ways = [f for f in features if f["properties"]["kind"] == "way"]
    new = [f for f in ways if f["properties"]["plan"] == "after"]
    assert len(new) == sum(len(o["routes"]) for o in plan["origins"])
    assert 0 < len(ways) - len(new) < 50
    zone = next(f for f in features if f["properties"]["kind"] == "zone")
    assert zone["properties"]["what"] == "removed"
    assert zone["geometry"]["type"] in ("Polygon", "LineString")


def test_exit_code_is_that_of_the_plan_after(bundled, files, tmp_path) -> None:
    path = Path(shutil.copy(bundled, tmp_path / "shut.gpkg"))
    workspace = Workspace.open(path)
    place = workspace.layer("facilities").set_index("id").geometry[FACILITY].centroid
    row = {
        "id": "around", "kind": "standing_assembly", "source_kind": "operator",
        "starts_at": "2027-03-02T05:00", "ends_at": "2027-03-02T11:00", "size_low": 20000,
        "size_high": 30000, "source_grade": "A", "info_grade": "1",
        "observed_at": "2027-03-02T05:00",
    }  # fmt: skip
    reports.add_row(workspace, "zones", row, Point(place.x, place.y).buffer(0.004), role="test")
    result = run("diff", "-w", path, *ASK, "--since", since(path))

    assert result.exit_code == 3
    assert "No way through from any side any more" in result.stdout
    document = json.loads(files[0].read_text("utf-8"))
    document["verification"]["passed"] = False
    failed = tmp_path / "failed.json"
    failed.write_text(json.dumps(document), "utf-8")
    assert run("diff", files[0], failed).exit_code == 1
    assert run("diff", failed, files[0]).exit_code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "--workspace, --facility, --arrive, --since missing: give two files"),
        (["ONE"], "one file only: give two files"),
        (["ONE", "ONE", "ONE"], "3 files: give two files"),
        (["ONE", "ONE", "--since", "3"], "--since beside files: give two files"),
        (["-w", "CITY", *ASK], "--since missing: give two files"),
        (["-w", "CITY", *ASK, "--since", "77"], "has no edit 77"),
        (["-w", "CITY", *ASK, "--since", "3"], "no plan can be made as known at edit 3"),
        (["ONE", "CITY"], "is not UTF-8 text"),
        (["ONE", "NONE"], "cannot be read"),
    ],
)
def test_what_cannot_be_compared_is_bad_input(files, edited, tmp_path, words, said) -> None:
    known = {"ONE": files[0], "CITY": edited, "NONE": tmp_path / "none.json"}
    result = run("diff", *(known.get(word, word) for word in words))

    assert result.exit_code == 2
    assert said in result.stderr
    assert not result.stdout


def test_workspace_of_the_environment_does_not_hinder_files(files, edited, monkeypatch) -> None:
    monkeypatch.setenv("PLANNER_WORKSPACE", str(edited))
    assert run("diff", *files).exit_code == 0


def test_briefing_since_a_file_or_an_edit_tells_what_changed(files, edited, tmp_path) -> None:
    for said in (files[0], since(edited)):
        out = tmp_path / "brief.html"
        result = run("brief", "-w", edited, *ASK, "--out", out, "--since", said)
        page = out.read_text("utf-8")

        assert result.exit_code == 0
        assert "by South gate instead of North gate" in page
        assert 'data-layer="earlier"' in page


def test_briefing_since_nothing_known_writes_no_file(edited, tmp_path) -> None:
    result = run("brief", "-w", edited, *ASK, "--out", tmp_path / "b.html", "--since", "no.json")

    assert result.exit_code == 2
    assert "no.json cannot be read" in result.stderr
    assert not (tmp_path / "b.html").exists()
