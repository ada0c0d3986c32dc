"""Variations of the reports asked for on the command line."""

from __future__ import annotations

import json
import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from planner.cli.counting import counting
from planner.cli.main import app
from planner.plan.doubt import simulate as doubt
from planner.scenario import ARRIVE, FACILITY

ASK = ["--facility", FACILITY, "--arrive", ARRIVE]
SEED = "918273645"


def run(*words: object) -> Any:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def file(bundled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copy(bundled, tmp_path_factory.mktemp("doubt") / "city.gpkg")


def test_plan_tells_how_often_it_holds_in_its_second_line(file: Path) -> None:
    result = run("plan", "-w", file, *ASK, "--worlds", 100)
    assert result.exit_code == 0, result.stderr
    first, second, *rest = result.stdout.splitlines()
    assert first.startswith("Best way in at 07:30: ")
    assert "of 100 simulated variations of these reports; unreported events are not" in second
    text = "\n".join(rest)
    for start in ("gate South gate: ", "  first choice (primary): ", "staging 1: "):
        assert f"{start}" in text
        (line,) = [row for row in rest if row.startswith(start)][:1]
        assert "of 100" in line
    assert "  how sure: " in text
    assert sum(row.startswith("varied: ") for row in rest) == 3


def test_plan_without_worlds_has_no_second_line_of_doubt(file: Path) -> None:
    result = run("plan", "-w", file, *ASK)
    assert "simulated variations" not in result.stdout
    assert result.stdout.splitlines()[1].startswith("arrive by ")


def test_progress_is_told_on_stderr_alone(file: Path) -> None:
    result = run("plan", "-w", file, *ASK, "--worlds", 50, "--json")
    assert json.loads(result.stdout)["ensemble"]["worlds"] == 50
    assert "simulated variations" in result.stderr


def test_json_keeps_the_seed_and_geojson_does_not(file: Path) -> None:
    asked = ("plan", "-w", file, *ASK, "--worlds", 50, "--seed", SEED)
    document = json.loads(run(*asked, "--json").stdout)
    assert str(document["ensemble"]["seed"]) == str(document["provenance"]["seed"]) == SEED
    printed = run(*asked, "--geojson").stdout
    assert SEED not in printed
    roles = {feature["properties"].get("role") for feature in json.loads(printed)["features"]}
    assert ("robust" in roles) == any((o["robust"] or {}).get("route") for o in document["origins"])
    assert SEED not in run(*asked).stdout


def test_briefing_tells_shares_and_keeps_the_seed_back(file: Path, tmp_path: Path) -> None:
    page = tmp_path / "b.html"
    result = run("brief", "-w", file, *ASK, "--worlds", 50, "--seed", SEED, "--out", page)
    assert result.exit_code == 0, result.stderr
    assert "of 50 simulated variations" in result.stdout.splitlines()[1]
    text = page.read_text("utf-8")
    assert '<section id="how-sure">' in text
    assert SEED not in text


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--worlds", "20000"), "worlds 20000: give a whole number of variations from 0"),
        (("--worlds", "-1"), "worlds -1: give"),
        (("--worlds", "5", "--seed", "-2"), "seed -2: give a whole number"),
        (("--worlds", "5", "--clear-share", "1.5"), "share 1.5: give a share"),
    ],
)
def test_numbers_out_of_range_exit_2(file: Path, option: tuple[str, ...], said: str) -> None:
    result = run("plan", "-w", file, *ASK, *option)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_ctrl_c_tells_the_shares_so_far(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The signal comes while the second word of progress is told."""
    simulate = doubt.simulate

    def interrupted(*given: Any, progress: Any, **more: Any) -> Any:
        def tell(done: int, of: int) -> bool:
            if done > 25:
                os.kill(os.getpid(), signal.SIGINT)
            return progress(done, of)

        return simulate(*given, progress=tell, **more)

    monkeypatch.setattr(doubt, "simulate", interrupted)
    result = run("plan", "-w", file, *ASK, "--worlds", 500)
    assert result.exit_code == 0
    assert "stopped after 50 of 500 variations" in result.stderr
    assert result.stdout.splitlines()[1].startswith("Stopped after 50 of 500. ")
    assert "of 50 simulated variations" in result.stdout


def test_second_ctrl_c_ends_the_command() -> None:
    """Also where the tests were started with the signal ignored, as in the background."""
    was = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        _twice()
    finally:
        signal.signal(signal.SIGINT, was)


def _twice() -> None:
    with counting(500) as tell:
        assert tell(25, 500)
        signal.raise_signal(signal.SIGINT)
        assert not tell(50, 500)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
