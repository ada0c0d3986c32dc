"""Our ways beside the best against Valhalla's alternates, on the same pairs, without zones.

Set ``PLANNER_VALHALLA_PYTHON`` as for ``test_valhalla``; without it nothing here runs.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

from planner.layers.crs import to_xy
from planner.network.build import build_network
from planner.network.country import country
from planner.network.osm import read_extract
from tests.benchmarks.valhalla.beside import LOCAL, Way, figures, our_ways
from tests.benchmarks.valhalla.ours import random_pairs
from tests.benchmarks.valhalla.test_valhalla import (
    ASKING,
    CITIES,
    PAIRS,
    SEED,
    ask_valhalla,
    write_country,
    write_sorted,
)

MOST = 2
"""Ways beside the best that both are asked for."""


@pytest.mark.parametrize("name", CITIES)
def test_ways_beside_the_best(name, shared_data, tmp_path, benchmark) -> None:
    """Less shared, within 1.5 of the best, locally optimal, found for more pairs."""
    if not os.environ.get(ASKING):
        pytest.skip(f"{ASKING} names no Python with pyvalhalla: see docs/benchmarks.md")
    city = CITIES[name]
    source = shared_data / "osm" / f"{name}.osm.pbf"
    network = build_network(read_extract(source), epsg=city.epsg, country=country(city.code))
    pairs = random_pairs(network, PAIRS, SEED)
    files = (
        write_sorted(source, tmp_path / "sorted.osm.pbf"),
        write_country(city, tmp_path / "country.osm.pbf"),
    )
    asked = [{"alternates": p, "most": MOST, "local": LOCAL} for p in pairs.lonlat.tolist()]
    version, answers = ask_valhalla(files, asked)
    valhallas = [[_way(one, city.epsg) for one in answer] for answer in answers]
    own = benchmark.pedantic(our_ways, (network, pairs, MOST), rounds=1)
    ours, theirs = figures(own, valhallas), figures(valhallas, own)
    benchmark.extra_info |= {"city": name, "valhalla": version, "ours": ours, "theirs": theirs}
    assert ours["at_least_one"] > theirs["at_least_one"]
    assert ours["at_least_two"] > theirs["at_least_two"]
    assert ours["shared_median_where_both"] < theirs["shared_median_where_both"]
    assert ours["stretch_within_1.5_where_both"] >= 0.9
    assert ours["locally_optimal_where_both"] >= 0.9


def _way(answer: dict[str, Any], epsg: int) -> Way:
    return Way(answer["time_s"], to_xy(np.array(answer["lonlat"]), epsg), answer["local"])
