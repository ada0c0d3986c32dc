"""Reading DIMACS graphs: places, classes by speed, both directions in one way."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import numpy as np
import pytest

from planner.errors import NetworkError
from planner.network.build import build_network
from planner.network.sources import read_roads, read_surroundings

if TYPE_CHECKING:
    from pathlib import Path

#   1 <-> 2 -> 3     and a loop at 3; 1 -> 2 stands twice; lengths in 0.1 m
ARCS = [(1, 2, 800), (2, 1, 800), (1, 2, 900), (2, 3, 1000), (3, 3, 5)]
TIMES = [2000, 2000, 2250, 1250, 5]
HEAD = "c a graph\nc\np sp 3 5\nc more\n"
PLACES = (
    "c places\np aux sp co 3\nv 1 9000000 50000000\nv 2 9001000 50000000\nv 3 9002000 50000000\n"
)


def _lines(values: list[int]) -> str:
    return HEAD + "".join(f"a {u} {v} {w}\n" for (u, v, _), w in zip(ARCS, values, strict=True))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "toy-d.T.gr.gz").write_bytes(gzip.compress(_lines([a[2] for a in ARCS]).encode()))
    (tmp_path / "toy-t.T.gr").write_text(_lines(TIMES))
    (tmp_path / "toy-d.T.co").write_text(PLACES)
    return tmp_path


def _facts(extract) -> dict[tuple[int, int], dict[str, str]]:
    ends = extract.refs.reshape(-1, 2).tolist()
    return {tuple(pair): extract.tags(row) for row, pair in enumerate(ends)}


def test_an_arc_and_its_reverse_are_one_way(folder: Path) -> None:
    assert _facts(read_roads(folder / "toy-d.T.gr.gz")) == {
        (1, 2): {"highway": "unclassified", "oneway": "no", "maxspeed": "40"},
        (2, 3): {"highway": "primary", "oneway": "yes", "maxspeed": "80"},
    }


def test_places_are_millionths_of_a_degree(folder: Path) -> None:
    extract = read_roads(folder / "toy-d.T.gr.gz")
    assert extract.lonlat.tolist() == [[9.0, 50.0], [9.001, 50.0], [9.001, 50.0], [9.002, 50.0]]
    network = build_network(extract, epsg=32632)
    assert network.n_arcs == 3
    assert network.length_m.max() == pytest.approx(71.7, abs=0.5)


def test_every_dropped_arc_is_counted(folder: Path) -> None:
    counts = read_roads(folder / "toy-d.T.gr.gz").counts
    assert counts["arcs dropped: from a node to itself"] == 1
    assert counts["arcs dropped: beside a quicker one between the same nodes"] == 1
    assert counts["arcs read"] == 5


def test_the_file_of_times_finds_the_lengths_beside_it(folder: Path) -> None:
    by_time, by_length = (read_roads(folder / f) for f in ("toy-t.T.gr", "toy-d.T.gr.gz"))
    assert np.array_equal(by_time.tag_code, by_length.tag_code)


def test_without_times_a_way_is_a_road_without_a_speed(folder: Path) -> None:
    (folder / "toy-t.T.gr").unlink()
    facts = _facts(read_roads(folder / "toy-d.T.gr.gz"))
    assert facts[1, 2] == {"highway": "road", "oneway": "no"}


def test_a_graph_without_places_says_which_file_is_missing(folder: Path) -> None:
    (folder / "toy-d.T.co").unlink()
    with pytest.raises(NetworkError, match=r"put toy-d\.T\.co"):
        read_roads(folder / "toy-d.T.gr.gz")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("a 2 3 1250\n", "", "cut short"),
        ("a 2 3 1250", "a 2 3 12x", "damaged"),
        ("a 2 3 1250", "a 3 2 1250", "other arcs"),
    ],
)
def test_a_damaged_graph_is_one_error(folder: Path, old: str, new: str, words: str) -> None:
    times = folder / "toy-t.T.gr"
    times.write_text(times.read_text().replace(old, new))
    with pytest.raises(NetworkError, match=words):
        read_roads(folder / "toy-d.T.gr.gz")


def test_a_graph_knows_nothing_beside_its_roads(folder: Path) -> None:
    places = read_surroundings(folder / "toy-d.T.gr.gz")
    assert set(places.counts.values()) == {0}
    assert places.buildings.crs.to_epsg() == 4326


def test_a_box_takes_a_part(folder: Path) -> None:
    extract = read_roads(folder / "toy-d.T.gr.gz", bbox=(9.0015, 49.9, 9.1, 50.1))
    assert extract.refs.tolist() == [2, 3]
    assert np.isnan(extract.lonlat[0]).all()
    assert extract.counts["ways outside the box"] == 1


def test_new_york_is_read_whole(shared_data: Path) -> None:
    extract = read_roads(shared_data / "scale" / "USA-road-d.NY.gr.gz")
    assert extract.counts["arcs read"] == 733_846
    assert len(np.unique(extract.refs)) == 264_346
    assert np.isfinite(extract.lonlat).all()
    assert extract.n_ways == 365_050
