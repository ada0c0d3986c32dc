"""Workspaces by name: what a URL may open."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.errors import InputError
from planner.ui.shelf import Shelf, home


def made(folder: Path, name: str) -> Path:
    """An empty file."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.touch()
    return path


def test_a_file_keeps_its_name_and_two_of_one_stem_differ(tmp_path: Path) -> None:
    shelf = Shelf()
    one, two = made(tmp_path / "a", "city.gpkg"), made(tmp_path / "b", "city.gpkg")

    assert [shelf.put(one), shelf.put(two), shelf.put(one)] == ["city", "city-2", "city"]
    assert shelf.path("city-2") == two.resolve()


def test_a_path_is_no_name(tmp_path: Path) -> None:
    shelf = Shelf()
    shelf.put(made(tmp_path, "city.gpkg"))

    for asked in ("../city", str(tmp_path / "city.gpkg"), "/etc/passwd", ""):
        with pytest.raises(InputError, match="city"):
            shelf.path(asked)


def test_a_file_that_is_gone_is_not_on_offer(tmp_path: Path) -> None:
    shelf = Shelf()
    path = made(tmp_path, "city.gpkg")
    shelf.put(path)
    path.unlink()

    assert shelf.names() == []


def test_names_hold_nothing_odd(tmp_path: Path) -> None:
    assert Shelf().put(made(tmp_path, "a b{{7*7}}&c.gpkg")) == "a-b-7-7-c"


def test_the_folder_can_be_chosen(tmp_path: Path) -> None:
    assert home({"PLANNER_HOME": str(tmp_path)}) == tmp_path
    assert home({}) == Path.home() / "planner"
