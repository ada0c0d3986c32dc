"""Sites for several facilities as a command: a table for people, JSON, exit codes, the briefing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner.layers.workspace import Workspace
from planner.scenario import ARRIVE, FACILITY
from tests.cli.test_commands import run


@pytest.fixture(scope="module")
def ask(bundled: Path) -> list[str]:
    gates = Workspace.open(bundled).layer("entrances")
    driven = gates[gates["kind"].isin(["vehicle", "both"])]["facility_id"]
    other = next(key for key in sorted(set(driven)) if key != FACILITY)
    return ["--facility", FACILITY, "--facility", other, "--arrive", ARRIVE]


@pytest.fixture(scope="module")
def file(bundled: Path, ask: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ``--json`` printed."""
    path = tmp_path_factory.mktemp("stage") / "sites.json"
    result = run("stage", "-w", bundled, *ask, "--vehicles", "8", "--vehicles", "5", "--json")
    assert result.exit_code == 0, result.stderr
    path.write_text(result.stdout, "utf-8")
    return path


def test_answer_in_words_is_one_line_then_a_table(bundled, ask) -> None:
    result = run("stage", "-w", bundled, *ask, "--vehicles", "6", "--worlds", "5")
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0].startswith("12 vehicles wait ")
    assert lines[3].split()[:2] == ["site", "room"]
    assert any(line.startswith("if the reports are wrong: ") for line in lines)
    assert lines[-2].startswith("checked: ")
    assert "© OpenStreetMap contributors" in lines[-1]


def test_vehicles_are_told_one_for_each_facility(file) -> None:
    document = json.loads(file.read_text("utf-8"))
    assert [one["vehicles"] for one in document["facilities"]] == [8, 5]
    assert document["sites_asked"] == 2


def test_no_choice_exits_3_and_says_who_and_what_would_be_enough(bundled, ask) -> None:
    result = run("stage", "-w", bundled, *ask, "--sites", "1", "--vehicles", "1000")
    assert result.exit_code == 3
    assert result.stdout.startswith("No choice of 1 site holds all 2000 vehicles; no place for ")
    assert "has room for 1000 vehicles; the largest, " in result.stdout
    assert "would be enough: " in result.stdout


@pytest.mark.parametrize(("words", "said"), [
    (["--objective", "best"], "p-median, coverage, p-center"), (["--sites", "0"], "from 1 to 20"),
    (["--fix", "nowhere"], "no staging site 'nowhere'"), (["--profile", "foot"], "no vehicles to stage"),
    (["--vehicles", "0"], "vehicles 0"), (["--worlds", "-1"], "worlds"),
])  # fmt: skip
def test_bad_input_exits_2_with_one_line(bundled, ask, words, said) -> None:
    result = run("stage", "-w", bundled, *ask, *words)
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert said in result.stderr


def brief(bundled: Path, file: Path, out: Path, arrive: str = ARRIVE):
    asked = ["--facility", FACILITY, "--arrive", arrive, "--stage", file, "--out", out]
    return run("brief", "-w", bundled, *asked)


def test_briefing_holds_the_sites_that_a_file_asks_for_chosen_anew(bundled, file, tmp_path) -> None:
    """What else the file says is not believed."""
    document = json.loads(file.read_text("utf-8"))
    name = document["sites"][0]["name"]
    document["sites"][0]["name"] = document["headline"] = "<script>alert(1)</script> elsewhere"
    forged = tmp_path / "forged.json"
    forged.write_text(json.dumps(document), "utf-8")
    out = tmp_path / "b.html"
    result = brief(bundled, forged, out)
    assert result.exit_code == 0, result.stderr
    page = out.read_text("utf-8")
    assert "Several facilities" in page
    assert "Who waits where" in page
    assert name in page
    assert "elsewhere" not in page


@pytest.mark.parametrize("text", ["[]", "{}", "no json", '{"facilities": 3}'])
def test_file_that_is_no_choice_of_sites_exits_2(bundled, tmp_path, text) -> None:
    forged = tmp_path / "forged.json"
    forged.write_text(text, "utf-8")
    result = brief(bundled, forged, tmp_path / "b.html")
    assert result.exit_code == 2
    assert "planner stage --json wrote" in result.stderr


def test_sites_of_another_arrival_exit_2(bundled, file, tmp_path) -> None:
    result = brief(bundled, file, tmp_path / "b.html", "2027-03-02T08:30")
    assert result.exit_code == 2
    assert "of another" in result.stderr
