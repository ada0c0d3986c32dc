"""What the criteria look at: candidate sites on their roads, in one window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.routes.primary import tree_way

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from planner.network.search import Tree
    from planner.risk.field import Risk
    from planner.routes.problem import Problem
    from planner.routes.walk import Walk


class Measured(NamedTuple):
    """One measure of every candidate: float64[s], nan where it is not known; words by row.

    ``limit`` stands for the one of the table where the question asks for another. What does not
    apply to the question, as variations that nobody asked for, counts for no site.
    """

    values: NDArray[np.float64]
    say: Callable[[int], str]
    limit: float | None = None
    applies: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Candidate sites on their roads: `s` of them.

    Attributes
    ----------
    problem
        The question as arrays.
    sites
        Rows of the layer ``staging_sites`` in the network's metric CRS; columns may be absent.
    nodes
        int32[s]; node where each meets the road.
    risk
        float64[s]; highest risk on the candidate's own ground in the window.
    since, until
        Window in which a site and its ways out must stay free of risk, seconds.
    vehicles
        How many are to wait.
    ways
        The way of each candidate to a gate; None: there is none, or it is not clear.
    gate_s
        float64[s, g]; seconds to each gate by a clear way, inf where there is none.
    open
        Whether ``ways`` hold at the time asked for; if not, no calm candidate has a clear way
        then, and they are those of a free day.
    frames
        Other layers and tables by name, metric: ``gates``, ``facility``, ``support_stops``,
        ``buildings`` and so on; any may be absent.
    reported
        Crowds and closures on the ground; None where nobody asked.
    clear
        float64[s]; share of simulated variations in which each stays clear; None: not counted.
    clear_share
        Share in which a site must stay clear where that was counted.
    barred
        Why each may not be used in the window, "" where it may; empty: nothing bars any.
    zone
        Time zone of the place; None: hours are not known, and all count.
    """

    problem: Problem
    sites: GeoDataFrame
    nodes: NDArray[np.int32]
    risk: NDArray[np.float64]
    since: int
    until: int
    vehicles: int
    ways: Sequence[Walk | None]
    gate_s: NDArray[np.float64]
    open: bool
    frames: Mapping[str, GeoDataFrame]
    reported: Risk | None = None
    clear: NDArray[np.float64] | None = None
    clear_share: float = 0.9
    barred: Sequence[str] = ()
    zone: tzinfo | None = None

    @property
    def n(self) -> int:
        """Number of candidates."""
        return len(self.nodes)

    def seconds(self, row: int) -> float:
        """Return the seconds of the way of a candidate, inf where there is none."""
        way = self.ways[row]
        return np.inf if way is None else float(way.arrive - way.depart)

    def gate_name(self, gate: int) -> str:
        """Return the name of a gate."""
        gates = self.frames.get("gates")
        return "the gate" if gates is None else str(gates["name"].iloc[gate])

    def column(self, name: str) -> Sequence[str]:
        """Return a text column of the candidates, "" where it is empty or absent."""
        if name not in self.sites:
            return [""] * self.n
        return [str(text).strip() for text in self.sites[name].fillna("")]

    def at_door(self, per_arc: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the greatest of what the arcs that leave each candidate's node have."""
        graph = self.problem.graph
        return np.array([
            per_arc[graph.out_arcs[graph.out_start[v] : graph.out_start[v + 1]]].max(initial=0.0)
            for v in self.nodes.tolist()
        ])  # fmt: skip


class Reach(NamedTuple):
    """Ways to the gates: as ``Scene.ways``, ``Scene.gate_s`` and ``Scene.open``."""

    ways: list[Walk | None]
    gate_s: NDArray[np.float64]
    open: bool


def ways_to_gates(
    problem: Problem, tree: Tree, nodes: NDArray[np.int32], calm: NDArray[np.bool_]
) -> Reach:
    """Return the ways to the gates at the time; of a free day where no calm site has one.

    One tree for all gates together, one for each of them; every candidate reads them.

    Parameters
    ----------
    problem, tree
        The question and its arrival-time tree.
    nodes
        int32[s]; node where each candidate meets the road.
    calm
        bool[s]; whether the candidate's own ground stays free of risk.
    """
    gates = range(len(problem.gate_nodes))
    ways = _clear_ways(problem, tree, nodes)
    is_open = any(way is not None and ok for way, ok in zip(ways, calm.tolist(), strict=True))
    grow = problem.tree if is_open else problem.free_tree
    if not is_open:
        ways = _clear_ways(problem, grow(), nodes, free=True)
    seconds = np.full((len(nodes), len(gates)), np.inf)
    for g in gates if len(gates) > 1 else ():
        for row, way in enumerate(_clear_ways(problem, grow([g]), nodes, free=not is_open)):
            seconds[row, g] = np.inf if way is None else way.arrive - way.depart
    for row, way in enumerate(ways):
        if way is not None:
            seconds[row, way.gate] = way.arrive - way.depart
    return Reach(ways, seconds, is_open)


def _clear_ways(
    problem: Problem, tree: Tree, nodes: NDArray[np.int32], *, free: bool = False
) -> list[Walk | None]:
    found = [tree_way(problem, tree, node) for node in nodes.tolist()]
    return [
        way if way is not None and (free or way.max_risk < problem.clear_below) else None
        for way in found
    ]
