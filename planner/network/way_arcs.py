"""Where on their raw way the arcs of a network lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.network.graph import Network


class OnWay(NamedTuple):
    """An arc's place on its way, metres from the way's start: ``begin > end`` against it."""

    arc: int
    begin: float
    end: float

    @property
    def forward(self) -> bool:
        """Whether the arc follows the way's drawing order."""
        return self.end > self.begin


class WayArcs:
    """The arcs of a network by raw way; what was looked up is remembered."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._order = np.argsort(network.way_id, kind="stable")
        self._ids = network.way_id[self._order]
        self._found: dict[int, list[OnWay]] = {}

    def on(self, way_id: int, along: NDArray[np.float64]) -> list[OnWay]:
        """Return the arcs of a way, copies too, with where they lie.

        Parameters
        ----------
        way_id
            OSM id.
        along
            float64[k]; metres of each of its nodes from its start.
        """
        if way_id not in self._found:
            self._found[way_id] = self._look_up(way_id, along)
        return self._found[way_id]

    def _look_up(self, way_id: int, along: NDArray[np.float64]) -> list[OnWay]:
        network = self._network
        low, high = np.searchsorted(self._ids, [way_id, way_id + 1])
        found: list[OnWay] = []
        pieces: list[int] = []
        # The pieces of an arc that was cut follow each other; the last one ends at a node.
        for arc in self._order[low:high].tolist():
            pieces.append(arc)
            if network.way_to[arc] >= 0:
                found += self._pieces(pieces, along)
                pieces = []
        return found

    def _pieces(self, pieces: list[int], along: NDArray[np.float64]) -> list[OnWay]:
        network = self._network
        begin = float(along[network.way_from[pieces[0]]])
        end = float(along[network.way_to[pieces[-1]]])
        share = np.cumsum([0.0, *network.length_m[pieces].tolist()])
        at = begin + (end - begin) * share / share[-1]
        return [
            OnWay(arc, *ends)
            for arc, ends in zip(pieces, np.stack([at[:-1], at[1:]], 1).tolist(), strict=True)
        ]
