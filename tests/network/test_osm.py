"""Reading OSM files: any order, any fault, one error."""

from __future__ import annotations

import bz2
import gzip

import numpy as np
import osmium
import pytest

from planner.errors import NetworkError
from planner.network.build import build_network
from planner.network.osm import WAY_KEYS, Extract, read_extract
from tests.network.drawing import EPSG, ROAD, at, write_osm

#   1 --- 2 --- 3 --- 4 --- 5      one street; 9 is in no file, 0 lies at (0, 0), 8 off the map
PLACES = {i: at(100.0 * i, 0.0) for i in range(1, 6)} | {6: (0.0, 0.0), 8: (200.0, 95.0)}

FAULTY = [
    (101, [1, 2, 2, 3], ROAD),  # one repeated reference
    (102, [3, 9, 4, 5], ROAD),  # 9 missing: 3 | 4-5
    (103, [1, 6, 8], ROAD),  # (0, 0) and off the map: fewer than two usable nodes
    (104, [5], ROAD),  # too short
    (101, [4, 5], ROAD),  # the id again
    (105, [1, 2], {"highway": "footway"}),
    (106, [1, 2], {"highway": "construction"}),
    (107, [1, 2], {"highway": "residential", "access": "no"}),
    (108, [1, 2], {"highway": "track"}),
    (109, [1, 2], {"highway": "platform"}),
    (110, [1, 2, 3, 1], {"highway": "service", "area": "yes"}),
    (111, [1, 2], {"highway": "primary", "oneway": "reversible"}),
    (112, [1, 2], {"route": "bus"}),
    (113, [3, 4], {"highway": "residential", "access": "blue"}),
    (114, [4, 5], {"highway": "residential", "access:conditional": "no @ (Su)"}),
]

KNOWN_COUNTS = {
    "ways read": 15,
    "ways ignored: a route that is no ferry": 1,
    "car ways with an access value not understood, taken as absent": 1,
    "car ways shut at some hours": 1,
    "car ways with a condition that cannot be read, taken at its strictest": 0,
    "car ways with a size limit that shuts them at some hours": 0,
    "car ways with a size limit whose hours cannot be read, taken at its strictest": 0,
    "car ways free at some hours, restricted at others, taken as restricted": 0,
    "car ways whose speed limit changes, taken as without": 0,
    "ways dropped: the way's id stands in the file before": 1,
    "ways dropped: not built or out of use": 1,
    "ways dropped: for others, no leave for cars": 1,
    "ways dropped: not a road": 1,
    "ways dropped: an area, not a line": 1,
    "ways dropped: no access for cars": 1,
    "ways dropped: a track or ferry without an access tag": 1,
    "ways dropped: direction changes by the clock": 1,
    "ways dropped: no direction is open": 0,
    "ways dropped: steps": 0,
    "ways dropped: a ford without leave": 0,
    "ways dropped: too low, narrow or weak for cars": 0,
    "ways dropped: ground or slope not for cars": 0,
    "node references dropped: not in the file or the box": 1,
    "node references dropped: at 0,0": 1,
    "node references dropped: off the map": 1,
    "node references dropped: the same node twice running": 1,
    "ways dropped: fewer than two usable nodes": 2,
    "ways for cars": 4,
    "barriers stopping: bollard": 1,
    "turn restrictions read": 6,
    "turn restrictions applied": 3,
    "turn restrictions skipped: a member is missing": 1,
    "turn restrictions skipped: cars are exempt": 1,
    "turn restrictions skipped: for others": 1,
    "copies of arcs for leaving restricted streets, long restrictions, signs with hours": 1,
    "nodes": 6,
    "arcs": 10,
    "arcs for destinations only": 0,
    "arcs private": 0,
    "arcs that are loops": 0,
    "arcs outside the largest strongly connected part": 2,
}

RULES = [
    (1, [("w", 113, "from"), ("n", 4, "via"), ("w", 114, "to")], {"restriction": "no_straight_on"}),
    (2, [("w", 113, "from"), ("n", 4, "via")], {"restriction": "no_left_turn"}),
    (3, [("w", 113, "from"), ("n", 4, "via"), ("w", 114, "to")],
     {"restriction": "no_left_turn", "except": "motorcar;bus"}),
    (4, [("w", 113, "from"), ("n", 4, "via"), ("w", 114, "to")],
     {"restriction:hgv": "no_left_turn"}),
    (5, [("w", 113, "from"), ("n", 4, "via"), ("w", 114, "to")],
     {"restriction:conditional": "no_left_turn @ (Mo-Fr 07:00-09:00)"}),
    (6, [("w", 101, "from"), ("w", 113, "via"), ("w", 114, "to")], {"restriction": "no_u_turn"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    return write_osm(
        tmp_path_factory.mktemp("osm") / "faulty.osm.pbf",
        PLACES,
        FAULTY,
        node_tags={2: {"barrier": "bollard"}, 8: {"barrier": "gate"}},
        relations=[(i, members, {**tags, "type": "restriction"}) for i, members, tags in RULES],
        backwards=True,
    )


def test_faulty_unsorted_file_gives_known_counts(faulty):
    network = build_network(read_extract(faulty), epsg=EPSG)
    assert network.counts == KNOWN_COUNTS


def test_counts_do_not_hang_on_the_order_of_objects(faulty, tmp_path):
    sorted_file = write_osm(
        tmp_path / "sorted.osm.pbf",
        PLACES,
        FAULTY,
        node_tags={2: {"barrier": "bollard"}},
        relations=[(i, members, {**tags, "type": "restriction"}) for i, members, tags in RULES],
    )
    assert np.array_equal(
        read_extract(faulty).lonlat, read_extract(sorted_file).lonlat, equal_nan=True
    )


def test_extract_keeps_raw_places_even_wrong_ones(faulty):
    extract = read_extract(faulty)
    row = extract.row_of[103]
    places = extract.lonlat[extract.ref_start[row] : extract.ref_start[row + 1]]
    assert places.tolist()[1:] == [[0.0, 0.0], [200.0, 95.0]]
    assert np.isnan(extract.lonlat[extract.refs == 9]).all()


def test_nodes_that_stop_or_cost_time_are_kept(tmp_path):
    kept = {
        1: {"barrier": "gate"}, 2: {"highway": "traffic_signals"}, 3: {"ford": "yes"},
        4: {"highway": "crossing", "crossing": "marked"},
    }  # fmt: skip
    lamp = {5: {"highway": "street_lamp", "note": "highway=stop"}}
    path = write_osm(
        tmp_path / "t.osm.pbf", PLACES, [(7, [1, 2, 3, 4, 5], ROAD)], node_tags=kept | lamp
    )
    extract = read_extract(path)
    assert dict(zip(extract.node_id.tolist(), extract.node_tags, strict=True)) == kept


def test_an_extract_stored_with_fewer_keys_is_read(faulty):
    extract = read_extract(faulty)
    arrays = extract.to_arrays()
    few = [arrays["way_keys"].index(key) for key in ("name", "highway")]
    arrays |= {"way_keys": ["name", "highway"], "tag_code": extract.tag_code[few]}
    again = Extract.from_arrays(arrays)
    assert again.tags(0) == {"highway": ROAD["highway"]}
    assert not again.codes("oneway:bus").any()


def test_extract_keeps_tags_as_written(tmp_path):
    name = 'Ünïcode, =@% "{{x}}" Straße'
    path = write_osm(
        tmp_path / "t.osm.pbf", PLACES, [(1, [1, 2], {"highway": "service", "name": name})]
    )
    assert read_extract(path).tags(0) == {"highway": "service", "name": name}


def test_extract_survives_storage(faulty):
    extract = read_extract(faulty)
    again = Extract.from_arrays(extract.to_arrays())
    assert np.array_equal(again.lonlat, extract.lonlat, equal_nan=True)
    assert np.array_equal(again.refs, extract.refs)
    assert [again.tags(i) for i in range(again.n_ways)] == [
        extract.tags(i) for i in range(extract.n_ways)
    ]
    assert (again.restrictions, again.node_tags) == (extract.restrictions, extract.node_tags)
    assert (again.counts, again.bbox) == (extract.counts, extract.bbox)


def test_extract_stored_with_other_keys_is_read_by_name(faulty):
    extract = read_extract(faulty)
    arrays = extract.to_arrays()
    arrays["way_keys"] = arrays["way_keys"][::-1]
    arrays["tag_code"] = extract.tag_code[::-1]
    assert Extract.from_arrays(arrays).tags(0) == extract.tags(0)
    assert set(extract.tags(0)) <= set(WAY_KEYS)


def test_extract_stored_with_a_key_unknown_today_is_read_by_name(faulty):
    extract = read_extract(faulty)
    arrays = extract.to_arrays()
    names = arrays["way_keys"].index("name"), arrays["way_keys"].index("highway")
    arrays["way_keys"] = ["gone" if i == names[0] else k for i, k in enumerate(WAY_KEYS)]
    again = Extract.from_arrays(arrays)
    assert not again.codes("name").any()
    assert np.array_equal(again.tag_code[names[1] :], extract.tag_code[names[1] :])


def test_box_ends_roads_at_its_edge(faulty):
    west, south = at(250.0, -50.0)
    east, north = at(450.0, 50.0)
    extract = read_extract(faulty, bbox=(west, south, east, north))
    assert set(extract.refs[np.isfinite(extract.lonlat[:, 0])].tolist()) == {3, 4}
    assert extract.counts["ways outside the box"] > 0


def test_box_without_roads_is_an_error(faulty):
    with pytest.raises(NetworkError, match="no road in the box"):
        read_extract(faulty, bbox=(50.0, 50.0, 51.0, 51.0))


def test_header_date_is_the_extract_date(tmp_path):
    header = osmium.io.Header()
    header.set("osmosis_replication_timestamp", "2025-01-02T03:04:05Z")
    writer = osmium.SimpleWriter(str(tmp_path / "d.osm.pbf"), header=header)
    writer.add_node(osmium.osm.mutable.Node(id=1, version=1, location=at(0, 0)))
    writer.add_way(osmium.osm.mutable.Way(id=1, version=1, nodes=[1, 1], tags=ROAD))
    writer.close()
    assert read_extract(tmp_path / "d.osm.pbf").extract_date == "2025-01-02T03:04:05Z"


@pytest.mark.parametrize("pack", [None, gzip, bz2])
def test_xml_files_are_read_packed_or_not(tmp_path, pack):
    plain = write_osm(tmp_path / "town.osm", PLACES, [(1, [1, 2, 3], ROAD)])
    if pack is not None:
        suffix = {gzip: ".gz", bz2: ".bz2"}[pack]
        packed = tmp_path / f"town.osm{suffix}"
        packed.write_bytes(pack.compress(plain.read_bytes()))
        plain = packed
    assert read_extract(plain).refs.tolist() == [1, 2, 3]


@pytest.mark.parametrize("fault", ["truncated", "junk", "empty", "text"])
def test_unreadable_file_is_one_network_error(faulty, tmp_path, fault):
    whole = faulty.read_bytes()
    content = {
        "truncated": whole[: len(whole) // 2],
        "junk": bytes(range(256)) * 20,
        "empty": b"",
        "text": b"<html>not here</html>",
    }[fault]
    path = tmp_path / "town.osm.pbf"
    path.write_bytes(content)
    with pytest.raises(NetworkError, match="town"):
        read_extract(path)


def test_missing_file_is_a_network_error(tmp_path):
    with pytest.raises(NetworkError, match="There is no OSM file"):
        read_extract(tmp_path / "absent.osm.pbf")


def test_file_without_roads_is_a_network_error(tmp_path):
    path = write_osm(tmp_path / "n.osm.pbf", PLACES, [(1, [1, 2], {"building": "yes"})])
    with pytest.raises(NetworkError, match="no road"):
        read_extract(path)


def test_file_without_a_car_road_is_a_network_error(tmp_path):
    path = write_osm(tmp_path / "n.osm.pbf", PLACES, [(1, [1, 2], {"highway": "steps"})])
    with pytest.raises(NetworkError, match="No road for cars"):
        build_network(read_extract(path), epsg=EPSG)


def test_restriction_whose_last_way_has_no_role_leads_there(tmp_path):
    members = [("w", 113, "from"), ("n", 4, "via"), ("w", 114, "")]
    rule = (1, members, {"type": "restriction", "restriction": "no_left_turn"})
    path = write_osm(tmp_path / "a.osm.pbf", PLACES, FAULTY, relations=[rule])
    assert [r.to_ways for r in read_extract(path).restrictions] == [(114,)]
