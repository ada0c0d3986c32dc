"""The day as a command: a table for people, JSON for programs, exit codes for both."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from planner.layers.workspace import Workspace
from planner.plan.day import laid
from planner.scenario import FACILITY
from tests.cli.test_commands import run

if TYPE_CHECKING:
    from pathlib import Path

ASK = ["--facility", FACILITY, "--date", "2027-03-02"]


def test_day_in_words_is_a_table_of_intervals_under_one_line(bundled: Path) -> None:
    result = run("day", "-w", bundled, *ASK)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].startswith("Best gate: ")
    rows = [line for line in lines if re.match(r"\d\d:\d\d-\d\d:\d\d ", line)]
    assert rows[0].startswith("00:00-")
    assert rows[-1][6:11] == "24:00"
    first = lines[lines.index("best times to arrive:") + 1]
    assert re.match(r"  \d\d:\d\d to \d\d:\d\d: \d+ min, 0.0 min exposure", first)
    assert any("near-optimal" in line for line in lines)
    assert "© OpenStreetMap contributors" in result.stdout


def test_day_as_json_is_one_object_on_stdout(bundled: Path) -> None:
    result = run("day", "-w", bundled, *ASK, "--json", "--every", "60")
    assert result.exit_code == 0
    assert len(json.loads(result.stdout)["slots"]) == 24


def test_day_without_any_way_exits_3(bundled: Path, tmp_path: Path) -> None:
    file = shutil.copy(bundled, tmp_path / "city.gpkg")
    workspace = Workspace.open(file)
    gates = workspace.layer("entrances")
    own = gates[gates["facility_id"] == FACILITY].copy()
    own["kind"] = "foot"
    workspace.append("entrances", own)
    result = run("day", "-w", file, *ASK)
    assert result.exit_code == 3
    assert result.stdout.startswith("No way through by vehicle all day")


@pytest.mark.parametrize("words", [
    ["--facility", "nowhere", "--date", "2027-03-02"], ["--facility", FACILITY, "--date", "Tuesday"],
    [*ASK, "--every", "7"], [*ASK, "--profile", "ship"], [*ASK, "--vehicles", "0"],
])  # fmt: skip
def test_bad_input_exits_2_with_one_line(bundled: Path, words: list[str]) -> None:
    result = run("day", "-w", bundled, *words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("error: ") == 1


def test_interrupted_it_prints_nothing_and_says_so(
    bundled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(laid, "check_sample", stop)
    result = run("day", "-w", bundled, *ASK)
    assert result.exit_code == 130
    assert result.stdout == ""
    assert "stopped: nothing was told" in result.stderr


def test_day_in_words_counts_variations_where_asked(bundled: Path) -> None:
    result = run("day", "-w", bundled, *ASK, "--worlds", "10", "--every", "60")
    assert result.exit_code == 0
    assert re.search(r"; some clear way in \d+ of 10\n", result.stdout)
    assert "of 10 simulated variations of these reports; unreported events are not" in result.stdout


def test_day_in_words_tells_leaving_hours_and_a_change_of_shift(
    bundled: Path, tmp_path: Path
) -> None:
    file = shutil.copy(bundled, tmp_path / "city.gpkg")
    workspace = Workspace.open(file)
    gates = workspace.layer("entrances")
    own = gates[gates["facility_id"] == FACILITY].assign(vehicles_per_15min=20)
    workspace.append("entrances", own)
    result = run("day", "-w", file, *ASK, "--vehicles", "40")
    assert result.exit_code == 0
    assert "\nBest gate out: " in result.stdout
    assert re.search(r"change: until \d\d:\d\d .*; from \d\d:\d\d .*, because ", result.stdout)
    assert "change of shift, 40 vehicles in and 40 out, best first:" in result.stdout
    assert "hour by gate, each hour as at its worst:" in result.stdout
    assert re.search(r"  begin (at|between) \d\d:\d\d.* by .*: 40 in within \d+ min", result.stdout)
    assert re.search(r"  East gate, leave: \d\d-\d\d clear", result.stdout)


def test_a_change_of_shift_over_midnight_is_told_with_the_day_on_which_it_is_over(
    bundled: Path, tmp_path: Path
) -> None:
    file = shutil.copy(bundled, tmp_path / "city.gpkg")
    workspace = Workspace.open(file)
    gates = workspace.layer("entrances")
    own = gates[gates["id"] == "courthouse-east"].assign(vehicles_per_15min=20)
    workspace.append("entrances", own)
    result = run("day", "-w", file, *ASK, "--vehicles", "30")
    assert result.exit_code == 0
    assert re.search(
        r"  begin between \d\d:\d\d and 23:45 by East gate: 30 in within 23 min, then 30 out within "
        r"23 min, over by 00:30 on Wednesday 3 Mar if begun at 23:45; drives of",
        result.stdout,
    )
    rows = re.findall(r"^(?:  )?\d\d:\d\d(?:-| to )(\d\d:\d\d)", result.stdout, re.MULTILINE)
    assert rows
    assert max(rows) == "24:00", "tables and best times are those of the one day"


def test_a_change_of_shift_that_fits_nowhere_says_what_would_help(bundled: Path) -> None:
    result = run("day", "-w", bundled, *ASK, "--vehicles", "40", "--every", "60")
    assert "no gate has a capacity" in result.stdout
    assert "enter the capacity of " in result.stdout
