"""A zone is seen again; rows are joined to one zone, split from it."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from shapely import Point

from planner.errors import InputError, SchemaError
from planner.layers.workspace import Workspace
from planner.reports import add_row
from planner.sightings import join, seen_again, split

START = datetime(2027, 3, 2, 14, tzinfo=UTC)
NOW = START + timedelta(hours=2)
ROW = {
    "kind": "standing_assembly", "source_kind": "news", "starts_at": START,
    "ends_at": START + timedelta(hours=4), "size_low": 50, "size_high": 80, "source_grade": "C",
    "info_grade": 3,
}  # fmt: skip


@pytest.fixture
def workspace(bundled: Path, tmp_path: Path) -> Workspace:
    """The bundled city, free to change, with three zones at one place."""
    found = Workspace.open(Path(shutil.copy(bundled, tmp_path / "city.gpkg")))
    west, south, east, north = found.settings.bounds
    for key in ("a", "b", "c"):
        add_row(found, "zones", {**ROW, "id": key}, Point((west + east) / 2, (south + north) / 2))
    return found


def row(workspace: Workspace, key: str) -> dict:
    frame = workspace.layer("zones")
    return frame[frame["id"] == key].to_dict("records")[0]


def links(workspace: Workspace) -> dict[str, str]:
    frame = workspace.layer("zones").set_index("id")
    return {key: frame.loc[key, "report_of"] for key in ("a", "b", "c")}


def test_a_sighting_is_the_next_version_and_the_last_stays_readable(workspace: Workspace) -> None:
    before = datetime.now(UTC)
    news = {"grade": "b2", "size": "100-200"}
    assert seen_again(workspace, "a", START + timedelta(hours=1), news=news, now=NOW) == "a"
    after = row(workspace, "a")
    assert after["observed_at"] == START + timedelta(hours=1)
    assert (after["source_grade"], after["info_grade"], after["size_high"]) == ("B", 2, 200)
    earlier = workspace.layer("zones", at=before).set_index("id").loc["a"]
    assert (earlier["observed_at"], earlier["source_grade"]) == (START, "C")
    workspace.undo()
    assert row(workspace, "a")["source_grade"] == "C"


def test_a_time_without_offset_is_the_workspaces(workspace: Workspace) -> None:
    local = (START + timedelta(minutes=30)).astimezone(workspace.timezone)
    seen_again(workspace, "a", f"{local:%Y-%m-%dT%H:%M}", now=NOW)
    assert row(workspace, "a")["observed_at"] == local


def test_a_sighting_without_a_time_is_of_now(workspace: Workspace) -> None:
    seen_again(workspace, "a", now=NOW)
    assert row(workspace, "a")["observed_at"] == NOW


@pytest.mark.parametrize(
    ("key", "at", "news", "words"),
    [
        ("a", NOW + timedelta(minutes=1), {}, "lies ahead of now"),
        ("a", START - timedelta(minutes=1), {}, "change its start first"),
        ("zz", NOW, {}, "no zone 'zz'; known: a, b, c"),
        ("a", NOW, {"grade": "C"}, "such as C3"),
        ("a", NOW, {"source": "police"}, "grade what this kind of source says"),
        ("a", NOW, {"until": "2027-03-01T00:00"}, "cannot end before it starts"),
        ("a", NOW, {"size": "-4"}, "give the people expected"),
        ("a", NOW, {"source": "neighbour", "grade": "C3"}, "not known"),
        ("a", "2027-03-28T00:30", {}, "does not exist"),
    ],
)
def test_an_odd_sighting_is_refused_by_name(
    workspace: Workspace, key: str, at: datetime | str, news: dict[str, str], words: str
) -> None:
    version = workspace.version
    with pytest.raises((InputError, SchemaError), match=words):
        seen_again(workspace, key, at, news=news, now=NOW)
    assert workspace.version == version


def test_a_sighting_before_the_last_or_after_the_end_is_refused(workspace: Workspace) -> None:
    later = START + timedelta(hours=6)
    seen_again(workspace, "a", START + timedelta(hours=1), now=later)
    with pytest.raises(InputError, match="was last seen at"):
        seen_again(workspace, "a", START + timedelta(minutes=30), now=later)
    with pytest.raises(InputError, match="give a new end"):
        seen_again(workspace, "a", START + timedelta(hours=5), now=later)
    until = (START + timedelta(hours=7)).astimezone(workspace.timezone)
    news = {"until": f"{until:%Y-%m-%dT%H:%M}"}
    seen_again(workspace, "a", START + timedelta(hours=5), news=news, now=later)
    assert row(workspace, "a")["ends_at"] == until


def test_another_kind_of_source_is_another_report_of_the_zone(workspace: Workspace) -> None:
    news = {"source": "police", "grade": "B3"}
    key = seen_again(workspace, "a", START + timedelta(minutes=5), news=news, now=NOW)
    told = row(workspace, key)
    assert (told["report_of"], told["source_kind"], told["source_grade"]) == ("a", "police", "B")
    assert row(workspace, "a")["observed_at"] == START
    again = seen_again(workspace, "a", NOW, news={"source": "police", "grade": "A1"}, now=NOW)
    assert again == key
    assert row(workspace, key)["info_grade"] == 1


def test_joined_rows_name_one_zone_and_bring_theirs(workspace: Workspace) -> None:
    assert join(workspace, "b", ["c"]) == ("c",)
    assert join(workspace, "a", ["c"]) == ("b", "c")
    assert links(workspace) == {"a": "", "b": "a", "c": "a"}
    with pytest.raises(InputError, match="already"):
        join(workspace, "c", ["b"])
    with pytest.raises(InputError, match="no zone 'x'"):
        join(workspace, "a", ["x"])
    workspace.undo()
    assert links(workspace) == {"a": "", "b": "", "c": "b"}


def test_a_split_row_stands_for_itself_and_the_rest_stay_together(workspace: Workspace) -> None:
    join(workspace, "a", ["b", "c"])
    assert split(workspace, ["a"]) == ("a", "b", "c")
    assert links(workspace) == {"a": "a", "b": "", "c": "b"}
    assert split(workspace, ["c"]) == ("c",)
    assert links(workspace) == {"a": "a", "b": "", "c": "c"}
    with pytest.raises(InputError, match="already"):
        split(workspace, ["a", "c"])
