"""Reading graphs that OSMnx saved."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import numpy as np
import pytest

from planner.errors import NetworkError
from planner.network.build import build_network
from planner.network.sources import read_roads, read_surroundings
from tests.network.drawing import EPSG, ROAD, at, write_osm

if TYPE_CHECKING:
    from pathlib import Path

#   1 ---- 4 -> 5     1-4 bends over two nodes the graph dropped, and is two ways
GRAPH = """<?xml version='1.0' encoding='utf-8'?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="d0" for="graph" attr.name="crs"/><key id="d9" for="graph" attr.name="created_date"/>
<key id="d1" for="node" attr.name="y"/><key id="d2" for="node" attr.name="x"/>
<key id="d3" for="edge" attr.name="osmid"/><key id="d4" for="edge" attr.name="highway"/>
<key id="d5" for="edge" attr.name="name"/><key id="d6" for="edge" attr.name="maxspeed"/>
<key id="d7" for="edge" attr.name="access"/><key id="d8" for="edge" attr.name="geometry"/>
<key id="da" for="node" attr.name="highway"/>
<graph edgedefault="directed">
<node id="1"><data key="d1">50.0</data><data key="d2">9.0</data></node>
<node id="4"><data key="d1">50.0</data><data key="d2">9.003</data><data key="da">turning_circle</data></node>
<node id="5"><data key="d1">50.0</data><data key="d2">9.004</data></node>
<edge source="1" target="4" id="0"><data key="d3">[10, 11]</data>
<data key="d4">['tertiary', 'residential']</data><data key="d5">["A &amp; 'B'", 'C']</data>
<data key="d6">['50', '30']</data><data key="d7">['yes', 'private']</data>
<data key="d8">LINESTRING (9 50, 9.001 50.001, 9.002 50.001, 9.003 50)</data></edge>
<edge source="4" target="5" id="0"><data key="d3">12</data><data key="d4">motorway</data></edge>
<edge source="4" target="1" id="0"><data key="d3">[10, 11]</data>
<data key="d4">['tertiary', 'residential']</data>
<data key="d8">LINESTRING (9.003 50, 9.002 50.001, 9.001 50.001, 9 50)</data></edge>
<data key="d0">epsg:4326</data><data key="d9">2026-01-02 03:04:05</data>
</graph></graphml>
"""


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    path = tmp_path / "town.graphml"
    path.write_text(GRAPH, encoding="utf-8")
    return path


def test_reversed_twins_are_one_way_of_both_directions(graph: Path) -> None:
    extract = read_roads(graph)
    assert extract.n_ways == 2
    assert [extract.tags(i)["oneway"] for i in range(2)] == ["no", "yes"]
    assert extract.counts["edges joined with their reversed twin"] == 1


def test_a_simplified_edge_keeps_its_shape_and_the_careful_tags(graph: Path) -> None:
    extract = read_roads(graph)
    assert extract.tags(0) == {
        "highway": "tertiary", "name": "A & 'B'", "oneway": "no", "access": "private",
        "maxspeed": "50;30",
    }  # fmt: skip
    assert extract.lonlat[:4].tolist() == [[9, 50], [9.001, 50.001], [9.002, 50.001], [9.003, 50]]
    assert extract.refs[[0, 3]].tolist() == [1, 4]
    assert extract.counts["edges of several ways, taken as one"] == 1


def test_nodes_that_matter_and_the_date_are_kept(graph: Path) -> None:
    extract = read_roads(graph)
    assert dict(zip(extract.node_id.tolist(), extract.node_tags, strict=True)) == {
        4: {"highway": "turning_circle"}
    }
    assert extract.extract_date == "2026-01-02T03:04:05"
    assert len(read_surroundings(graph).buildings) == 0


def test_a_packed_graph_is_read(graph: Path) -> None:
    packed = graph.with_name("town.graphml.gz")
    packed.write_bytes(gzip.compress(graph.read_bytes()))
    assert np.array_equal(read_roads(packed).lonlat, read_roads(graph).lonlat)


def test_a_projected_graph_comes_back_to_degrees(graph: Path) -> None:
    from planner.layers.crs import to_xy

    text = GRAPH.replace("epsg:4326", "epsg:32632")
    for lon, lat in ((9.003, 50.0), (9.004, 50.0)):
        (x, y), *_ = to_xy([[lon, lat]], 32632).tolist()
        old = f'<data key="d1">{lat}</data><data key="d2">{lon}</data>'
        text = text.replace(old, f'<data key="d1">{y}</data><data key="d2">{x}</data>')
    graph.write_text(text)
    assert read_roads(graph).lonlat[-1].tolist() == pytest.approx([9.004, 50.0])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("</graphml>", "", "breaks off"),
        ("<graphml", '<!DOCTYPE g [<!ENTITY a "b">]><graphml', "document type"),
        ("LINESTRING (9 50", "LINESTRING (9", "no WKT"),
        ('source="1"', 'source="north"', "no graph of OSMnx"),
        ('<node id="1"', "<node", "no graph of OSMnx"),
        ("epsg:4326", "local:feet", "before it is projected"),
    ],
)
def test_a_damaged_or_hostile_graph_is_one_error(
    graph: Path, old: str, new: str, words: str
) -> None:
    graph.write_text(GRAPH.replace(old, new, 1))
    with pytest.raises(NetworkError, match=words):
        read_roads(graph)


def test_a_list_nested_without_end_is_taken_as_text(graph: Path) -> None:
    graph.write_text(
        GRAPH.replace('<data key="d4">motorway', f'<data key="d4">{"[" * 9000}{"]" * 9000}')
    )
    assert read_roads(graph).n_ways == 2


@pytest.mark.parametrize("simplify", [True, False])
def test_a_graph_of_osmnx_gives_the_arcs_of_its_osm_file(tmp_path: Path, simplify: bool) -> None:
    osmnx = pytest.importorskip("osmnx", reason="OSMnx is not installed: pip install -e '.[test]'")
    nodes = {i: at(100.0 * i, 10.0 * (i % 3)) for i in range(1, 8)}
    ways = [
        (10, [1, 2, 3, 4], ROAD), (11, [4, 5], {**ROAD, "name": "East", "oneway": "yes"}),
        (12, [5, 6, 7, 4], {"highway": "primary", "oneway": "-1"}),
    ]  # fmt: skip
    path = write_osm(tmp_path / "town.osm", nodes, ways)
    saved = tmp_path / "town.graphml"
    kept = osmnx.graph_from_xml(path, simplify=simplify, retain_all=True)
    osmnx.save_graphml(kept, saved)
    ours, theirs = (build_network(read_roads(p), epsg=EPSG) for p in (path, saved))
    assert theirs.length_m.sum() == pytest.approx(ours.length_m.sum(), rel=1e-4)
    ends = {
        (int(ours.node_id[a]), int(ours.node_id[b]))
        for a, b in zip(ours.tail, ours.head, strict=True)
    }
    if simplify:
        found = zip(theirs.tail, theirs.head, strict=True)
        assert {(int(theirs.node_id[a]), int(theirs.node_id[b])) for a, b in found} == ends
