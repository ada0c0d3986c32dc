"""The network in the workspace, and the disposable copy beside it."""

from __future__ import annotations

import dataclasses

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import LineString

from planner.errors import StoreError
from planner.layers.workspace import Settings, Workspace
from planner.network import store
from planner.network.build import build_network
from planner.network.osm import read_extract
from planner.network.profiles import PROFILES
from planner.network.store import (
    copy_path,
    corrections_digest,
    load_extract,
    load_network,
    save_extract,
)  # fmt: skip
from tests.network.drawing import EPSG, ROAD, at, write_osm


@pytest.fixture
def extract(tmp_path):
    nodes = {1: at(0, 0), 2: at(100, 0), 3: at(200, 50)}
    ways = [(7, [1, 2], {**ROAD, "name": "Straße"}), (8, [2, 3, 9], ROAD)]
    return read_extract(write_osm(tmp_path / "t.osm.pbf", nodes, ways))


@pytest.fixture
def network(extract):
    return build_network(extract, epsg=EPSG)


@pytest.fixture
def workspace(tmp_path, network, extract):
    settings = Settings(name="toy", timezone="UTC", epsg=EPSG, bounds=(8.9, 49.9, 9.1, 50.1))
    workspace = Workspace.create(tmp_path / "toy.gpkg", settings)
    save_extract(workspace, extract, epsg=EPSG)
    return workspace


def assert_same(first, second):
    for field in dataclasses.fields(first):
        one, two = getattr(first, field.name), getattr(second, field.name)
        assert np.array_equal(one, two), field.name
        assert getattr(one, "dtype", type(one)) == getattr(two, "dtype", type(two)), field.name


def test_network_comes_back_bit_for_bit(workspace, network):
    assert_same(load_network(workspace), network)  # from the file
    assert copy_path(workspace).exists()
    assert_same(load_network(workspace), network)  # from the copy


def test_arrays_of_a_loaded_network_are_writable_and_contiguous(workspace):
    for _ in range(2):
        network = load_network(workspace)
        assert network.time_s.flags.writeable
        assert network.shape_xy.flags.c_contiguous


def test_extract_comes_back(workspace, extract):
    again = load_extract(workspace)
    assert np.array_equal(again.lonlat, extract.lonlat, equal_nan=True)
    assert [again.tags(i) for i in range(2)] == [extract.tags(i) for i in range(2)]


def test_copy_is_what_is_opened(workspace, monkeypatch):
    load_network(workspace)
    asked = []
    read = workspace.get_arrays
    monkeypatch.setattr(workspace, "get_arrays", lambda name: (asked.append(name), read(name))[1])
    load_network(workspace)
    assert asked == ["network_key"]


@pytest.mark.parametrize("content", [b"", b"junk", b"PK\x03\x04 cut short"])
def test_broken_copy_is_made_anew(workspace, network, content):
    load_network(workspace)
    copy_path(workspace).write_bytes(content)
    assert_same(load_network(workspace), network)
    assert copy_path(workspace).stat().st_size > 100


def test_truncated_copy_is_made_anew(workspace, network):
    load_network(workspace)
    whole = copy_path(workspace).read_bytes()
    copy_path(workspace).write_bytes(whole[: len(whole) // 2])
    assert_same(load_network(workspace), network)


def test_copy_of_other_roads_is_not_used(workspace, network, tmp_path):
    load_network(workspace)
    nodes = {1: at(0, 0), 2: at(100, 0)}
    other = read_extract(write_osm(tmp_path / "o.osm.pbf", nodes, [(7, [1, 2], ROAD)]))
    save_extract(workspace, other, epsg=EPSG)
    assert load_network(workspace).n_arcs < network.n_arcs


def test_every_profile_has_a_copy_of_its_own(workspace):
    assert {name: load_network(workspace, name).profile for name in PROFILES} == {
        name: name for name in PROFILES
    }
    assert all(copy_path(workspace, name).exists() for name in PROFILES)
    assert load_network(workspace, "foot").time_s.sum() > load_network(workspace).time_s.sum()


def test_copy_of_another_version_is_not_used(workspace, network, monkeypatch):
    load_network(workspace)
    before = copy_path(workspace).read_bytes()
    monkeypatch.setattr(store, "__version__", "9.9.9")
    assert_same(load_network(workspace), network)
    assert copy_path(workspace).read_bytes() != before


def test_unwritable_place_for_the_copy_is_no_error(workspace, network):
    copy_path(workspace).mkdir()
    assert_same(load_network(workspace), network)
    assert [p.name for p in copy_path(workspace).parent.iterdir() if ".npz." in p.name] == []


def test_workspace_without_a_network_is_a_store_error(tmp_path):
    settings = Settings(name="toy", timezone="UTC", epsg=EPSG, bounds=(8.9, 49.9, 9.1, 50.1))
    with pytest.raises(StoreError):
        load_network(Workspace.create(tmp_path / "bare.gpkg", settings))


CLOSED = gpd.GeoDataFrame(
    {"kind": ["closed"]}, geometry=[LineString([at(105, 2), at(195, 50)])], crs=4326
)


def tags_of(extract, way):
    return extract.tags(extract.row_of[way])


def test_correction_is_in_the_roads_at_once_and_gone_when_undone(workspace, network, extract):
    assert_same(load_network(workspace), network)
    workspace.append("corrections", CLOSED)
    for _ in range(2):  # built, then from the copy
        assert load_network(workspace).n_arcs == network.n_arcs - 2
    assert tags_of(load_extract(workspace), 8)["vehicle"] == "no"
    workspace.undo()
    assert_same(load_network(workspace), network)
    assert tags_of(load_extract(workspace), 8) == tags_of(extract, 8)


def test_remark_on_a_correction_makes_no_other_roads(workspace):
    workspace.append("corrections", CLOSED)
    before = corrections_digest(workspace.layer("corrections"))
    workspace.append("corrections", workspace.layer("corrections").assign(note="seen today"))
    assert corrections_digest(workspace.layer("corrections")) == before
    workspace.append("corrections", workspace.layer("corrections").assign(kind="private"))
    assert corrections_digest(workspace.layer("corrections")) != before


def test_correction_stays_when_other_roads_are_saved(workspace, network, extract):
    workspace.append("corrections", CLOSED)
    save_extract(workspace, extract, epsg=EPSG)
    assert load_network(workspace).n_arcs == network.n_arcs - 2
