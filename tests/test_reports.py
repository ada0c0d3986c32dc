"""A report in words becomes a row."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from geopandas import GeoDataFrame
from shapely import Point

from planner import reports
from planner.errors import InputError, SchemaError, StoreError
from planner.layers.workspace import Workspace


@pytest.fixture
def workspace(bundled: Path, tmp_path: Path) -> Workspace:
    """The bundled city, free to change."""
    return Workspace.open(Path(shutil.copy(bundled, tmp_path / "city.gpkg")))


WHEN = {"starts_at": "2027-03-02T07:00", "ends_at": "2027-03-02T09:00"}


def test_stretch_lies_in_the_workspace_in_degrees(workspace: Workspace) -> None:
    index = reports.streets_of(workspace)
    along = "Meridian Avenue"
    first, *_, last = index.crossings(index.find(along))
    line = reports.stretch_in_words(workspace, along, first, last, streets=index)

    west, south, east, north = workspace.settings.bounds
    assert west < line.bounds[0] <= line.bounds[2] < east
    assert south < line.bounds[1] <= line.bounds[3] < north
    assert line.equals(reports.stretch_in_words(workspace, along.upper(), first, last))


def test_street_that_is_missing_suggests_another(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="Did you mean Meridian Avenue"):
        reports.stretch_in_words(workspace, "Meridan Avenue", "Ring Road", "Ring Road")


def test_words_that_are_missing_are_told(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="name the street for to"):
        reports.stretch_in_words(workspace, "Meridian Avenue", "Ring Road", " ")


def test_text_that_is_no_shape_says_how_to_write_one() -> None:
    with pytest.raises(InputError, match="lon before lat"):
        reports.shape_in_words("LINE 1 2")


@pytest.mark.parametrize(
    ("size", "grade", "cells"),
    [
        ("200-800", "c3", ("200", "800", "C", "3")),
        (" 50 ", "F6", ("50", "50", "F", "6")),
        ("1-", "B", ("1", "1", "B", "")),
    ],
)
def test_size_is_a_range_or_one_number(size: str, grade: str, cells: tuple[str, ...]) -> None:
    assert tuple(reports.amounts(size, grade).values()) == cells


@pytest.mark.parametrize(
    ("size", "said"),
    [("0", "nobody"), ("0-0", "nobody"), ("-5", "as 50 or as 200-800"), ("some", "as 50"),
     ("1-2-3", "as 50"), ("", "as 50"), ("2.5", "as 50")],
)  # fmt: skip
def test_size_of_nobody_or_no_number_is_refused(size: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        reports.amounts(size, "F6")


def test_id_is_the_first_never_used() -> None:
    assert reports.free_id("zone", {"zone-001", "zone-003"}) == "zone-002"


def row(**cells: str) -> dict[str, str]:
    """The cells of a report."""
    return {"kind": "standing_assembly", **WHEN, **reports.amounts("20-30", "B2"), **cells}


def one_row(cells: dict[str, str], shape: Point) -> GeoDataFrame:
    """A frame of one row."""
    return GeoDataFrame({name: [cell] for name, cell in cells.items()}, geometry=[shape], crs=4326)


def centre(workspace: Workspace) -> Point:
    """A place inside the workspace."""
    west, south, east, north = workspace.settings.bounds
    return Point((west + east) / 2, (south + north) / 2)


def test_row_without_id_gets_one_and_a_known_id_is_replaced(workspace: Workspace) -> None:
    key = reports.add_row(workspace, "zones", row(), centre(workspace))
    assert (
        reports.add_row(workspace, "zones", row(id=key, size_high="99"), centre(workspace)) == key
    )

    zones = workspace.layer("zones").set_index("id")
    assert zones.loc[key, "size_high"] == 99
    assert zones.loc[key, "source_grade"] == "B"


def test_id_taken_in_between_gives_way_to_the_next(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, look = Workspace.open(workspace.path), workspace.known_ids
    waiting = [row(id="zone-001")]

    def look_then_wait(layer: str) -> dict[str, frozenset[str]]:
        seen = look(layer)
        if waiting:
            other.append("zones", one_row(waiting.pop(), centre(workspace)))
        return seen

    monkeypatch.setattr(workspace, "known_ids", look_then_wait)

    assert reports.add_row(workspace, "zones", row(), centre(workspace)) == "zone-002"


def test_others_who_always_come_first_end_the_tries(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise StoreError("edited meanwhile")

    monkeypatch.setattr(workspace, "append", refuse)
    with pytest.raises(StoreError, match="not added: edited meanwhile"):
        reports.add_row(workspace, "zones", row(), centre(workspace))


def test_row_that_does_not_fit_changes_nothing(workspace: Workspace) -> None:
    before = workspace.version
    with pytest.raises(SchemaError, match="nothing was changed"):
        reports.add_row(workspace, "zones", row(kind="picnic"), centre(workspace))

    assert workspace.version == before
