"""The commands about zones and about risk by itself, as a user meets them."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner

from planner.cli.main import app
from planner.layers.workspace import Workspace
from planner.scenario import FACILITY

SCHEMA = Path(__file__).parents[2] / "docs" / "risk.schema.json"


def run(*words: object) -> Any:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def file(bundled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(bundled, tmp_path / "city.gpkg"))


def middle(file: Path) -> tuple[float, float]:
    west, south, east, north = Workspace.open(file).settings.bounds
    return (west + east) / 2, (south + north) / 2


def add(file: Path, key: str, hours: float = -1, source: str = "news") -> None:
    lon, lat = middle(file)
    now = datetime.now(Workspace.open(file).timezone)
    start, end = (now + timedelta(hours=h) for h in (hours, hours + 3))
    result = run(
        "zone", "add", "-w", file, "--id", key, "--geometry", f"POINT ({lon} {lat})", "--grade", "C3",
        "--start", start.isoformat(timespec="seconds"), "--end", end.isoformat(timespec="seconds"),
        "--size", "50-80", "--source", source,
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr


def test_seen_prints_the_row_and_says_who_told(file: Path) -> None:
    add(file, "a")
    result = run("zone", "seen", "a", "-w", file, "--size", "200-300")
    assert result.exit_code == 0, result.stderr
    assert "zone a seen" in result.stderr
    (feature,) = json.loads(result.stdout)["features"]
    assert feature["properties"]["size_high"] == 300
    other = run("zone", "seen", "a", "-w", file, "--source", "police", "--grade", "B2")
    assert "zone a seen, told by " in other.stderr
    (feature,) = json.loads(other.stdout)["features"]
    assert feature["properties"]["report_of"] == "a"
    assert run("undo", "-w", file).exit_code == 0
    assert len(Workspace.open(file).layer("zones")) == 5


def test_join_and_split_print_what_they_changed(file: Path) -> None:
    add(file, "a")
    add(file, "b")
    joined = run("zone", "join", "a", "b", "-w", file)
    assert (joined.exit_code, "b joined to a" in joined.stderr) == (0, True)
    apart = run("zone", "split", "b", "-w", file)
    assert (apart.exit_code, "b changed" in apart.stderr) == (0, True)
    again = run("zone", "split", "b", "-w", file)
    assert again.exit_code == 2
    assert "a zone of its own already" in again.stderr


def test_show_counts_zones_by_status_and_names_the_expired(file: Path) -> None:
    add(file, "over", hours=-9)
    add(file, "there")
    shown = run("show", "-w", file).stdout
    assert ": 1 reported, 4 not yet, 1 expired" in shown
    assert ": over" in shown
    assert ": there" not in shown


def test_plan_tells_each_zone_with_its_status(file: Path) -> None:
    add(file, "over", hours=-9)
    words = run("plan", "-w", file, "--facility", FACILITY, "--arrive", "2027-03-02T07:30").stdout
    assert "zone zone-1: reported, weight 0.75: Standing assembly" in words
    assert "zone zone-2: not yet: March" in words
    assert "zone over: expired 20" in words


@pytest.fixture
def way(file: Path, tmp_path: Path) -> Path:
    asked = ["--facility", FACILITY, "--arrive", "2027-03-02T07:30", "--geojson"]
    features = json.loads(run("plan", "-w", file, *asked).stdout)["features"]
    path = tmp_path / "way.geojson"
    path.write_text(json.dumps(features[0]))
    return path


def test_risk_in_words_begins_with_the_answer(file: Path, way: Path) -> None:
    at = ["-w", file, "--at", "2027-03-02T07:10"]
    place = run("risk", *at, "--until", "2027-03-02T08:00", "--facility", FACILITY)
    assert place.stdout.startswith("Aldermere Courthouse: not clear, highest risk 0.7")
    route = run("risk", *at, "--route", way)
    assert route.stdout.startswith("leaving 2027-03-02 07:10:00, there 2027-03-02 07:1")
    areas = run("risk", *at)
    assert "level 5: 5,821 m2" in areas.stdout
    for result in (place, route, areas):
        assert result.exit_code == 0
        assert "zone zone-3: reported: Unknown friction" in result.stdout
        assert "© OpenStreetMap contributors" in result.stdout


def test_risk_as_json_fits_its_schema(file: Path, way: Path) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    at = ["-w", file, "--at", "2027-03-02T07:10"]
    lon, lat = middle(file)
    asked = (["--facility", FACILITY], [f"--place={lon},{lat}"], ["--route", way], [])
    names = set()
    for more in asked:
        made = json.loads(run("risk", *at, *more, "--json").stdout)
        jsonschema.Draft202012Validator(schema).validate(made)
        names |= set(made)
    told = {name for form in schema["oneOf"] for name in form["properties"]}
    assert told == names
    assert json.loads(run("risk", *at, "--geojson").stdout) == made


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--place", "3,4"], "outside the area"),
        (["--place", "here"], "give lon,lat in degrees"),
        (["--facility", "nowhere"], "no facility 'nowhere'; known: courthouse"),
        (["--route", "no.geojson"], "there is no such file"),
        (["--place", "3,4", "--facility", FACILITY], "give one of --place, --facility"),
        (["--until", "2027-03-02T06:00"], "is not after"),
        (["--until", "2027-04-02T06:00"], "48 hours"),
        (["--profile", "tank"], "say car, van, bus"),
        (["--facility", FACILITY, "--geojson"], "leave --facility out"),
        (["--route", "no.geojson", "--until", "2027-03-02T09:00"], "leave --until out"),
    ],
)
def test_odd_questions_about_risk_exit_2(file: Path, words: list[str], said: str) -> None:
    result = run("risk", "-w", file, "--at", "2027-03-02T07:10", *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""
