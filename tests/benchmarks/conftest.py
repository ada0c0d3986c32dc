"""Problems to time: the bundled city always, Portland and Porto where the shared data is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from planner.initialise import import_file, initialise
from planner.layers.workspace import Workspace
from planner.network.store import load_network
from planner.plan.make import read_layers, solve
from planner.plan.question import ask
from planner.scenario import ARRIVE, FACILITY

if TYPE_CHECKING:
    from pathlib import Path

    from planner.plan.facts import Answer

CITIES = ("bundled", "portland", "porto")


@pytest.fixture(scope="session", params=CITIES)
def asked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Workspace, Answer]:
    """Return a workspace and its solved question."""
    city = request.param
    if city == "bundled":
        workspace = Workspace.open(request.getfixturevalue("bundled"))
        question = ask(FACILITY, ARRIVE, workspace.timezone)
    else:
        shared: Path = request.getfixturevalue("shared_data")
        path = tmp_path_factory.mktemp(city) / f"{city}.gpkg"
        initialise(shared / "osm" / f"{city}.osm.pbf", path)
        workspace = Workspace.open(path)
        for layer in ("facilities", "entrances"):
            import_file(workspace, layer, shared / "facilities" / f"{city}-{layer}.geojson")
        question = ask("exercise-hq", "2027-03-02T08:00", workspace.timezone)
    layers = read_layers(workspace, question.facility)
    return workspace, solve(load_network(workspace), layers, question)


def cheapest(tail: np.ndarray, head: np.ndarray, time: np.ndarray, n: int) -> csr_matrix:
    """Return the reversed plain graph; of parallel arcs the cheapest, for CSR would add them."""
    order = np.lexsort((time, tail, head))
    tail, head, time = tail[order], head[order], time[order]
    first = np.ones(len(tail), bool)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    return csr_matrix((time[first].astype(float), (head[first], tail[first])), (n, n))
