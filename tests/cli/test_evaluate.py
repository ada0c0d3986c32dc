"""``planner evaluate`` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner

from planner.cli.main import app
from tests.plan.own_town import ARRIVE, make_town, way

SCHEMA = Path(__file__).parents[2] / "docs" / "evaluation.schema.json"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_town(tmp_path_factory.mktemp("town")).path


def run(file: Path, route: object, *more: str) -> Any:
    words = ["evaluate", "-w", str(file), "--facility", "hq", "--arrive", ARRIVE]
    return CliRunner().invoke(app, [*words, "--route", str(route), *more])


def test_way_that_verifies_exits_0_with_a_table_of_all(file: Path) -> None:
    result = run(file, way("ABCD", 2, 3).wkt)
    assert result.exit_code == 0, result.stderr
    first, _, _, head, yours, primary, *_ = result.stdout.splitlines()
    assert first == "Verified: every rule is kept at its minute; clear as reported."
    assert head.split() == [
        "way",
        "gate",
        "leave",
        "by",
        "arrive",
        "min",
        "km",
        "exposure",
        "worst",
        "risk",
        "shared",
    ]
    assert yours.startswith("yours ")
    assert primary.startswith("first choice (primary) ")
    assert "1.5 km" in primary


def test_way_that_does_not_verify_exits_3_and_is_stamped_everywhere(file: Path) -> None:
    result = run(file, way("ABFGHD", 2, 3).wkt)
    assert result.exit_code == 3
    lines = result.stdout.splitlines()
    assert lines[0].startswith("NOT VERIFIED: goes against the one-way direction of Up Street")
    assert any(line.startswith("yours, NOT VERIFIED") for line in lines)
    assert sum(line.startswith("breaks ") for line in lines) == 1


def test_json_is_what_the_schema_says(file: Path, tmp_path: Path) -> None:
    route = tmp_path / "way.wkt"
    route.write_text(way("ABFGHD").wkt)
    result = run(file, route, "--json")
    assert result.exit_code == 3
    document = json.loads(result.stdout)
    jsonschema.validate(document, json.loads(SCHEMA.read_text()))
    assert document["drawing"]["name"] == "way.wkt"
    assert document["stamp"]["verified"] is False


def test_what_cannot_be_read_exits_2_and_says_what_may_be_given(file: Path) -> None:
    result = run(file, "nowhere.gpx")
    assert result.exit_code == 2
    assert "no such file and no row of access_routes" in result.stderr
