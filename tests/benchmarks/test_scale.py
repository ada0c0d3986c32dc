"""Cost against size: Helsinki to New York, with what reading, opening and memory take.

    pytest tests/benchmarks/test_scale.py --benchmark-enable -p no:cacheprovider --benchmark-json FILE

The figures are in ``extra_info``; without ``--benchmark-enable`` the largest are left out.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
import osmium
import pytest
from scipy.sparse.csgraph import dijkstra

from planner.layers.workspace import Settings, Workspace
from planner.network.build import build_network
from planner.network.clockwork import idle_clock
from planner.network.search import arrival_tree, make_gates, make_graph
from planner.network.sources import read_roads
from planner.network.split import split
from planner.network.store import load_network, save_extract
from tests.benchmarks.conftest import cheapest
from tests.benchmarks.test_ratios import seconds

if TYPE_CHECKING:
    from pathlib import Path

PLACES = {
    "helsinki": ("osm/helsinki.osm.pbf", 32635),
    "portland": ("osm/portland.osm.pbf", 32610),
    "heidelberg": ("osm/heidelberg.osm.pbf", 32632),
    "porto": ("osm/porto.osm.pbf", 32629),
    "new york": ("scale/USA-road-d.NY.gr.gz", 32618),
}
CITIES = [name for name in PLACES if name != "new york"]
TREES = 5


def place_of(name: str, shared: Path, request: pytest.FixtureRequest) -> tuple[Path, int]:
    """Return the file and the CRS of a place; large ones only where time is taken."""
    if name in ("porto", "new york") and not request.config.getoption("benchmark_enable"):
        pytest.skip("a large place: taken with --benchmark-enable")
    file, epsg = PLACES[name]
    return shared / file, epsg


@pytest.mark.parametrize("name", PLACES)
def test_tree_against_scipy(name: str, shared_data: Path, request, benchmark) -> None:
    """Budget on Porto: 1.5. Near linear: microseconds per (arc times log of arcs) stay alike."""
    path, epsg = place_of(name, shared_data, request)
    network = build_network(read_roads(path), epsg=epsg)
    cut = split(network).network
    graph, clock = make_graph(cut), idle_clock(cut.n_nodes, cut.n_arcs)
    plain = cheapest(network.tail, network.head, network.time_s, network.n_nodes)
    nodes = np.random.default_rng(1).choice(network.head, TREES)

    def trees() -> None:
        for node in nodes:
            gates = make_gates([node], [0], [0])
            arrival_tree(graph, clock, gates, 0, risk_aversion=1.0)

    benchmark.pedantic(trees, rounds=1, warmup_rounds=1)
    ours = seconds(trees, 5) / TREES
    theirs = seconds(lambda: [dijkstra(plain, indices=int(node)) for node in nodes], 5) / TREES
    benchmark.extra_info |= {
        "arcs": int(network.is_own().sum()), "arcs_searched": cut.n_arcs, "ms": ours * 1e3,
        "scipy_ms": theirs * 1e3, "ratio": ours / theirs,
        "ns_per_arc_log2_arc": ours * 1e9 / (cut.n_arcs * np.log2(cut.n_arcs)),
    }  # fmt: skip


class _Bare(osmium.SimpleHandler):  # type: ignore[misc] # osmium has no types
    def way(self, way: osmium.osm.Way) -> None:
        """Ask nothing of it."""


@pytest.mark.parametrize("name", CITIES)
def test_read_against_a_bare_pass(
    name: str, shared_data: Path, tmp_path: Path, request, benchmark
) -> None:
    """Budgets on Porto: the network 3 passes, opening it again a tenth of that."""
    path, epsg = place_of(name, shared_data, request)
    bare = seconds(lambda: _Bare().apply_file(str(path), locations=True), 3)
    extract = benchmark.pedantic(read_roads, (path,), rounds=1)
    whole = seconds(lambda: build_network(read_roads(path), epsg=epsg), 3)
    settings = Settings(name=name, timezone="UTC", epsg=epsg, bounds=(-1.0, -1.0, 1.0, 1.0))
    workspace = Workspace.create(tmp_path / "roads.gpkg", settings)
    save_extract(workspace, extract, epsg=epsg)
    network = load_network(workspace)
    again = seconds(lambda: load_network(workspace), 5)
    benchmark.extra_info |= {
        "bare_ms": bare * 1e3, "read": seconds(lambda: read_roads(path), 3) / bare,
        "network": whole / bare, "open": again / bare, "arcs": network.n_arcs,
    }  # fmt: skip
    assert network.n_arcs > 0


MEMORY = """
import sys
import numpy, scipy.sparse.csgraph, shapely, pyproj, numba, osmium, opening_hours
from planner.network.sources import read_roads
from planner.network.build import build_network
from planner.network.split import split
from planner.network.search import make_graph
def peak():
    # Not getrusage: a child begins with the peak of its parent.
    return next(int(l.split()[1]) for l in open("/proc/self/status") if l.startswith("VmHWM"))
base = peak()
network = build_network(read_roads(sys.argv[1]), epsg=int(sys.argv[2]))
graph = make_graph(split(network).network)
print(base, peak(), int(network.is_own().sum()))
"""


@pytest.mark.parametrize("name", PLACES)
def test_memory_per_arc(name: str, shared_data: Path, request, benchmark) -> None:
    """Budget: 2 KB an arc above the imports, at the peak of reading and building."""
    path, epsg = place_of(name, shared_data, request)
    command = [sys.executable, "-c", MEMORY, str(path), str(epsg)]
    done = benchmark.pedantic(
        subprocess.run, (command,), {"capture_output": True, "text": True, "check": True}, rounds=1
    )
    base, peak, arcs = map(int, done.stdout.split())
    benchmark.extra_info |= {"base_mb": base / 1024, "peak_mb": peak / 1024, "arcs": arcs,
                             "kb_per_arc": (peak - base) / arcs}  # fmt: skip
    assert peak > base


START = """
import time; since = time.perf_counter()
import numpy as np
from planner.network.clockwork import idle_clock
from planner.network.search import arrival_tree, graph_of_arrays, make_gates
graph = graph_of_arrays([0, 1], [1, 2], [5, 5], [0], n_nodes=3)
arrival_tree(graph, idle_clock(3, 2), make_gates([2], [0], [0]), 0, risk_aversion=0.0)
print(time.perf_counter() - since)
"""


def test_first_call_after_start(tmp_path: Path, benchmark) -> None:
    """Budgets: 5 s with nothing compiled yet, then 0.5 s, imports included."""
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}

    def start() -> float:
        done = subprocess.run(
            [sys.executable, "-c", START], capture_output=True, text=True, check=True,
            env=environment,
        )  # fmt: skip
        return float(done.stdout)

    since = time.perf_counter()
    cold = benchmark.pedantic(start, rounds=1)
    benchmark.extra_info |= {"cold_s": cold, "warm_s": seconds(start, 3), "warm_alone_s": start(),
                             "whole_s": time.perf_counter() - since}  # fmt: skip
    assert cold > 0
