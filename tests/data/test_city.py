"""The bundled city is what its README says, and is written the same every time."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import osmium
import pytest
import shapely
import tzfpy
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from planner.layers.crs import metric_epsg, to_metric
from planner.layers.files import read_layer
from planner.network.build import build_network
from planner.network.extent import dense_bounds
from planner.network.gateways import find_gateways
from planner.network.graph import CLASSES, Access, Network
from planner.network.osm import read_extract

if TYPE_CHECKING:
    from numpy.typing import NDArray

DATA = Path(__file__).resolve().parents[2] / "data"
FILES = (
    "aldermere.osm.pbf", "facilities.geojson", "entrances.geojson", "zones.geojson",
    "closures.geojson", "access_routes.geojson", "staging_sites.csv",
)  # fmt: skip
ZONE = ZoneInfo("Atlantic/Azores")
LAYERS = {name.split(".")[0]: DATA / name for name in FILES[1:]}


@dataclass
class Raw(osmium.SimpleHandler):
    """The file's ways and places, read without the planner's own reader."""

    xy: dict[int, tuple[float, float]] = field(default_factory=dict)
    ways: list[tuple[list[int], dict[str, str]]] = field(default_factory=list)
    restrictions: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def node(self, n: osmium.osm.Node) -> None:
        self.xy[n.id] = ((n.location.lon + 28.2) * 86_809.0, (n.location.lat - 38.85) * 111_012.6)

    def way(self, w: osmium.osm.Way) -> None:
        self.ways.append(([n.ref for n in w.nodes], dict(w.tags)))

    def relation(self, r: osmium.osm.Relation) -> None:
        if r.tags.get("type") == "restriction":
            via = next(m.type for m in r.members if m.role == "via")
            self.restrictions.append((r.tags["restriction"], via))

    def streets(self) -> list[tuple[list[int], dict[str, str]]]:
        return [w for w in self.ways if w[1].get("highway", "footway") != "footway"]

    def line(self, refs: list[int]) -> shapely.LineString:
        return shapely.LineString([self.xy[n] for n in refs])

    def areas(self, key: str, value: str = "") -> NDArray[np.object_]:
        found = [w for w in self.ways if key in w[1] and value in ("", w[1][key])]
        return np.array([shapely.Polygon([self.xy[n] for n in refs]) for refs, _ in found], object)


@pytest.fixture(scope="module")
def raw() -> Raw:
    handler = Raw()
    handler.apply_file(str(DATA / "aldermere.osm.pbf"))
    return handler


@pytest.fixture(scope="module")
def network() -> Network:
    extract = read_extract(DATA / "aldermere.osm.pbf")
    return build_network(extract, epsg=metric_epsg(-28.2, 38.85))


def test_script_writes_the_same_bytes_as_the_files_kept(tmp_path: Path) -> None:
    script = DATA / "make_city.py"
    for folder in ("first", "second"):
        command = [sys.executable, str(script), "--out", str(tmp_path / folder)]
        subprocess.run(command, check=True, timeout=120)
    for name in FILES:
        first = (tmp_path / "first" / name).read_bytes()
        assert first == (tmp_path / "second" / name).read_bytes(), name
    kept, made = Raw(), Raw()
    kept.apply_file(str(DATA / FILES[0]))
    made.apply_file(str(tmp_path / "first" / FILES[0]))
    # Another numpy may round the last digit of a place otherwise; the city stays the same.
    assert [w[0] for w in kept.ways] == [w[0] for w in made.ways]
    assert [w[1] for w in kept.ways] == [w[1] for w in made.ways]
    places = np.array([list(kept.xy.values()), list(made.xy.values())])
    assert np.abs(places[0] - places[1]).max() < 0.05


def test_the_zone_of_the_place_is_the_one_of_the_scenario() -> None:
    for lon in (-28.23, -28.17):
        for lat in (38.832, 38.868):
            assert tzfpy.get_tz(lon, lat) == ZONE.key


def test_extract_is_small() -> None:
    assert (DATA / "aldermere.osm.pbf").stat().st_size < 600_000


def test_network_has_about_five_thousand_arcs_and_drops_nothing(network: Network) -> None:
    assert 4_500 <= network.n_arcs <= 5_500
    drops = {k: v for k, v in network.counts.items() if v and "node references dropped" in k}
    assert drops == {}
    assert network.extract_date == "2026-11-02T00:00:00Z"


def test_every_public_street_is_reached_from_every_other(network: Network) -> None:
    free = network.access != Access.PRIVATE
    tail, head, n = network.tail[free], network.head[free], network.n_nodes
    graph = csr_matrix((np.ones(len(tail)), (tail, head)), (n, n))
    _, part = connected_components(graph, directed=True, connection="strong")
    outside = part[tail] != np.bincount(part).argmax()
    outside |= part[head] != np.bincount(part).argmax()
    # Only the motorway begins and ends at the edge of the map, one way each.
    classes = {CLASSES[c] for c in network.road_class[free][outside].tolist()}
    assert classes <= {"motorway", "motorway_link"}


def test_gateways_lie_in_at_least_eight_sectors(network: Network) -> None:
    gateways = find_gateways(network, dense_bounds(network))
    assert len(gateways) >= 8
    assert {"motorway", "primary", "secondary"} == set(gateways["road_class"])


def test_streets_cross_only_at_shared_nodes_or_on_bridges(raw: Raw) -> None:
    pairs, layer = [], []
    for refs, tags in raw.streets():
        pairs += itertools.pairwise(refs)
        layer += [tags.get("layer", "0")] * (len(refs) - 1)
    lines = shapely.linestrings([[raw.xy[a], raw.xy[b]] for a, b in pairs])
    hits = shapely.STRtree(lines).query(lines, predicate="intersects").T
    wrong = [
        (i, j) for i, j in hits.tolist()
        if i < j and layer[i] == layer[j] and not set(pairs[i]) & set(pairs[j])
    ]  # fmt: skip
    assert wrong == []


def _rings(raw: Raw, area: osmium.osm.Area) -> tuple[list[Any], list[Any]]:
    outer = next(iter(area.outer_rings()))
    holes = [[raw.xy[n.ref] for n in ring] for ring in area.inner_rings(outer)]
    return [raw.xy[n.ref] for n in outer], holes


def test_streets_cross_the_river_only_on_bridges(raw: Raw) -> None:
    river = next(
        shapely.Polygon(*_rings(raw, o))
        for o in osmium.FileProcessor(str(DATA / FILES[0])).with_areas()
        if o.is_area() and o.tags.get("water") == "river"
    )
    wet = [tags for refs, tags in raw.streets() if raw.line(refs).intersects(river)]
    assert all(tags.get("bridge") == "yes" for tags in wet)
    names = {tags["name"] for tags in wet}
    assert names == {"Withy Bridge Road", "Ring Road", "Old Bridge Street", "Anvil Road",
                     "Eastern Motorway"}  # fmt: skip
    assert not shapely.intersects(raw.areas("building"), river).any()


def test_buildings_stand_clear_of_streets_and_of_each_other(raw: Raw) -> None:
    houses = raw.areas("building")
    tree = shapely.STRtree(houses)
    streets = np.array([raw.line(refs) for refs, _ in raw.streets()], object)
    assert len(tree.query(streets, predicate="intersects").T) == 0
    near = tree.query(houses, predicate="intersects").T
    assert (near[:, 0] == near[:, 1]).all()
    assert 500 < len(houses) < 2_500


def test_a_street_name_belongs_to_one_street(raw: Raw) -> None:
    parts: dict[str, list[set[int]]] = defaultdict(list)
    islands = [set(refs) for refs, tags in raw.streets() if tags.get("junction") == "roundabout"]
    for refs, tags in raw.streets():
        if "name" in tags and tags["highway"] != "motorway":
            parts[tags["name"]].append(set(refs))
    for name, sets in parts.items():
        joined: list[set[int]] = []
        for nodes in sets + [r for r in islands if any(r & s for s in sets)]:
            touching = [j for j in joined if j & nodes]
            joined = [j for j in joined if not j & nodes] + [nodes.union(*touching)]
        assert len(joined) == 1, name
    assert len(parts) > 300


def test_city_holds_what_the_readme_says(raw: Raw) -> None:
    tags = Counter(f"{k}={v}" for _, t in raw.ways for k, v in t.items())
    assert 20 <= tags["amenity=parking"] <= 40
    assert tags["junction=roundabout"] >= 3
    assert tags["amenity=courthouse"] == tags["amenity=townhall"] == tags["route=ferry"] == 1
    assert tags["amenity=hospital"] == 2
    kinds = Counter(raw.restrictions)
    assert kinds["no_left_turn", "n"] >= 20
    assert kinds["only_straight_on", "n"] >= 5
    assert sum(n for (_, via), n in kinds.items() if via == "w") == 1


def test_scenario_files_load_without_a_fault() -> None:
    facilities = set(read_layer(LAYERS["facilities"], "facilities", timezone=ZONE).frame["id"])
    assert facilities == {"courthouse", "hospital", "service-centre"}
    for layer, path in LAYERS.items():
        checked = read_layer(path, layer, timezone=ZONE)
        assert not checked.dropped_columns, layer
        if "facility_id" in checked.frame:
            assert set(checked.frame["facility_id"]) == facilities
            assert checked.frame.groupby("facility_id").size().min() >= 2


def test_scenario_lies_on_the_streets(network: Network) -> None:
    shapes = [network.arc_shape(a) for a in range(network.n_arcs)]
    roads = shapely.union_all(shapely.buffer([shapely.LineString(s) for s in shapes], 3.0))
    for layer in ("access_routes", "closures", "zones"):
        frame = to_metric(read_layer(LAYERS[layer], layer, timezone=ZONE).frame, network.epsg)
        for line in frame.geometry[frame.geometry.geom_type == "LineString"]:
            assert line.within(roads), layer
