"""Bad reports, one table: through a file, the command line, the app; nothing is half-done.

A window that ends before it starts, an hour the clocks skip or repeat, negative sizes, crossing
polygons, zones off the map: each is refused with its row, its column and a remedy.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely.geometry import LineString, Point, Polygon, mapping
from typer.testing import CliRunner

from planner.cli.main import app
from planner.errors import InputError, SchemaError
from planner.initialise import import_file
from planner.layers.workspace import Workspace
from planner.plan import make_plan
from planner.plan.question import ask
from planner.scenario import ARRIVE, FACILITY
from planner.ui.drafts import NEW, Draft
from planner.ui.saving import save

LON, LAT = -28.2, 38.85
GOOD: dict[str, Any] = {
    "kind": "standing_assembly", "source_kind": "news", "starts_at": "2027-03-02T07:00",
    "ends_at": "2027-03-02T09:00", "size_low": 50, "size_high": 80, "source_grade": "C",
    "info_grade": 3,
}  # fmt: skip
BAD: dict[str, tuple[dict[str, Any], Any, str, str]] = {
    "ends before it starts": ({"ends_at": "2027-03-02T06:00"}, None, "ends_at", "ends before it starts"),
    "ends as it starts": ({"ends_at": "2027-03-02T07:00"}, None, "ends_at", "ends before it starts"),
    "hour the clocks skip": ({"starts_at": "2027-03-28T00:30", "ends_at": "2027-03-28T06:00"}, None,
                             "starts_at", "does not exist"),
    "hour the clocks repeat": ({"starts_at": "2026-10-25T00:30"}, None, "starts_at", "happens twice"),
    "no time": ({"starts_at": "noon"}, None, "starts_at", "is not a time"),
    "negative size": ({"size_low": -5}, None, "size_low", "is negative"),
    "negative size above": ({"size_low": 0, "size_high": -1}, None, "size_high", "is negative"),
    "size of nobody's counting": ({"size_high": 90_000_000}, None, "size_high", "more than 10,000,000"),
    "sizes the wrong way round": ({"size_low": 900}, None, "size_low", "is more than size_high"),
    "grade that is none": ({"source_grade": "G"}, None, "source_grade", "not known"),
    "negative reach": ({"influence_m": -1}, None, "influence_m", "is negative"),
    "negative precision": ({"time_precision_min": -1}, None, "time_precision_min", "is negative"),
    "negative place error": ({"position_error_m": -1}, None, "position_error_m", "is negative"),
    "standing march": ({"kind": "march"}, Point(LON, LAT), "geometry", "is drawn as a Point"),
    "crossing polygon": ({}, Polygon([(LON, LAT), (LON + 0.001, LAT + 0.001), (LON + 0.001, LAT),
                                      (LON, LAT + 0.001)]), "geometry", "crosses itself"),
    "off the map": ({}, Point(8.69, 49.41), "geometry", "outside the area"),
    "in metres": ({}, Point(385_000, 6_672_000), "geometry", "degrees"),
    "line without a length": ({}, LineString([(LON, LAT), (LON, LAT)]), "geometry", "broken"),
    "no shape": ({}, shapely.Point(), "geometry", "geometry"),
    "several places": ({}, shapely.MultiPoint([(LON, LAT), (LON, LAT + 0.001)]), "geometry", "MultiPoint"),
    "kind that is none": ({"kind": "riot"}, None, "kind", "not known"),
}  # fmt: skip
"""What is wrong with it: changed cells, its shape (None: a good one), the column, words."""


@pytest.fixture(scope="module")
def city(bundled: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The bundled city; nothing that is refused here changes it."""
    return Workspace.open(Path(shutil.copy(bundled, tmp_path_factory.mktemp("bad") / "city.gpkg")))


def spot(workspace: Workspace) -> Point:
    west, south, east, north = workspace.settings.bounds
    return Point((west + east) / 2, (south + north) / 2)


def case(workspace: Workspace, name: str) -> tuple[dict[str, Any], Any, str, str]:
    changed, shape, column, words = BAD[name]
    return GOOD | changed, spot(workspace) if shape is None else shape, column, words


def to_file(rows: list[dict[str, Any]], shapes: list[Any], path: Path) -> Path:
    features = [
        {"type": "Feature", "properties": row, "geometry": None if s.is_empty else mapping(s)}
        for row, s in zip(rows, shapes, strict=True)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


@pytest.mark.parametrize("name", BAD)
def test_a_file_with_one_bad_row_is_refused_for_that_row(
    city: Workspace, tmp_path: Path, name: str
) -> None:
    row, shape, column, words = case(city, name)
    file = to_file([GOOD | {"id": "fine"}, row | {"id": "odd"}], [spot(city), shape],
                   tmp_path / "reports.geojson")  # fmt: skip
    version = city.version
    with pytest.raises(SchemaError) as caught:
        import_file(city, "zones", file)
    found = {(fault.row, fault.id, fault.column) for fault in caught.value.faults}
    assert found == {(2, "odd", column)}
    (fault,) = caught.value.faults  # type: ignore[misc]  # faults are objects here
    assert words in fault.problem + fault.remedy  # type: ignore[attr-defined]  # as above
    assert fault.remedy  # type: ignore[attr-defined]  # as above
    assert city.version == version


@pytest.mark.parametrize("name", BAD)
def test_the_command_refuses_it_with_exit_code_2(
    city: Workspace, tmp_path: Path, name: str
) -> None:
    row, shape, column, words = case(city, name)
    file = to_file([row | {"id": "odd"}], [shape], tmp_path / "reports.geojson")
    version = city.version
    result = CliRunner().invoke(app, ["import", "zones", str(file), "-w", str(city.path)])
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert "odd" in result.stderr
    assert column in result.stderr
    assert words in result.stderr
    assert city.version == version


@pytest.mark.parametrize("name", BAD)
def test_words_of_a_report_are_refused_alike(city: Workspace, name: str) -> None:
    row, shape, column, words = case(city, name)
    options = {
        "--start": row["starts_at"], "--end": row["ends_at"],
        "--size": f"{row['size_low']}-{row['size_high']}",
        "--grade": f"{row['source_grade']}{row['info_grade']}", "--kind": row["kind"],
        "--geometry": shape.wkt,
    }  # fmt: skip
    others = {"influence_m": "--influence", "time_precision_min": "--precision",
              "position_error_m": "--position-error"}  # fmt: skip
    options |= {option: str(row[key]) for key, option in others.items() if key in row}
    version = city.version
    typed = [f"{option}={value}" for option, value in options.items()]
    result = CliRunner().invoke(app, ["zone", "add", "-w", str(city.path), *typed])
    assert result.exit_code == 2, result.stdout
    # A sign within LOW-HIGH cannot be told from the hyphen: it is refused as no number.
    negative = "negative size" in name
    assert ("size" if negative else column) in result.stderr
    assert negative or words in result.stderr
    assert city.version == version


@pytest.mark.parametrize("name", BAD)
def test_the_app_refuses_it_and_keeps_the_draft_to_mend(city: Workspace, name: str) -> None:
    row, shape, column, words = case(city, name)
    draft = Draft(key=NEW, cells=row, shape=shape)
    version = city.version
    with pytest.raises(SchemaError) as caught:
        save(city, "zones", [draft], based_on=version)
    (fault,) = caught.value.faults  # type: ignore[misc]  # faults are objects here
    assert fault.column == column  # type: ignore[attr-defined]  # as above
    assert words in fault.problem + fault.remedy  # type: ignore[attr-defined]  # as above
    assert city.version == version


def test_a_city_without_any_report_is_planned_asked_shown(city: Workspace, tmp_path: Path) -> None:
    bare = Workspace.open(Path(shutil.copy(city.path, tmp_path / "bare.gpkg")))
    for layer in ("zones", "closures"):
        if len(rows := bare.layer(layer)):
            bare.remove(layer, rows["id"].tolist())
    made = make_plan(bare, ask(FACILITY, ARRIVE, bare.timezone), whole=False)
    assert made.document["zones"] == []
    assert made.document["feasible"]
    for words in (
        ["show"],
        ["risk", "--at", ARRIVE],
        ["risk", "--at", ARRIVE, "--facility", FACILITY],
    ):
        result = CliRunner().invoke(app, [*words, "-w", str(bare.path)])
        assert result.exit_code == 0, result.stderr
        assert "zone " not in result.stdout


def test_a_file_without_rows_is_read_as_none(city: Workspace, tmp_path: Path) -> None:
    file = to_file([], [], tmp_path / "none.geojson")
    before = city.layer("zones")
    result = CliRunner().invoke(app, ["import", "zones", str(file), "-w", str(city.path)])
    assert result.exit_code == 0, result.stderr
    assert city.layer("zones").equals(before)


def test_a_report_of_an_unknown_zone_is_refused_by_name(city: Workspace) -> None:
    draft = Draft(key=NEW, cells=GOOD | {"report_of": "nowhere"}, shape=spot(city))
    with pytest.raises(InputError, match="no 'nowhere' among the zones"):
        save(city, "zones", [draft], based_on=city.version)
