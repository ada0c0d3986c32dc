"""Streets by name, crossings of two streets, the stretch between two crossings."""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra
from shapely import LineString, MultiLineString

from planner.errors import NetworkError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.network.graph import Network

NEAR_CROSSING_M = 30.0
"""Streets that share no node but come this near count as crossing (underpasses, cut corners)."""

BRIDGED_M = 60.0
"""Longest gap between two parts of one street that a stretch runs across (squares, roundabouts)."""

WHOLE_M = 1500.0
"""A street told without crossings, as a bridge or a square is, is no longer than this. Assumption."""

SHOWN = 12

_WORDS = {
    "street": "st", "avenue": "ave", "av": "ave", "avenida": "ave", "boulevard": "blvd",
    "drive": "dr", "road": "rd", "lane": "ln", "court": "ct", "place": "pl", "square": "sq",
    "highway": "hwy", "parkway": "pkwy", "freeway": "fwy", "expressway": "expy", "terrace": "ter",
    "circle": "cir", "bridge": "br", "north": "n", "south": "s", "east": "e", "west": "w",
    "northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw", "saint": "st",
    "strasse": "str", "rua": "r", "travessa": "tv", "praca": "pc", "largo": "lg",
    "first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "fifth": "5th",
    "sixth": "6th", "seventh": "7th", "eighth": "8th", "ninth": "9th", "tenth": "10th",
}  # fmt: skip
_SMALL = frozenset({"de", "da", "do", "das", "dos", "des", "du", "del"})
_COMPOUND = re.compile(r"(?<=\w)strasse$")
_NOT_WORD = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True, eq=False)
class Street:
    """All arcs of one name.

    Attributes
    ----------
    name
        As most arcs write it.
    arcs
        int64[k]; ascending.
    """

    name: str
    arcs: NDArray[np.int64]


def normalise(name: str) -> str:
    """Return a name without case, accents, punctuation and spelt-out common words.

    Examples
    --------
    >>> normalise("Southwest 3rd Avenue") == normalise("SW 3RD Ave.")
    True
    >>> normalise("Plöck-Straße"), normalise("Hauptstr.")
    ('plock str', 'hauptstr')
    """
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = [word for word in _NOT_WORD.sub(" ", plain).split() if word not in _SMALL]
    words = [_WORDS.get(word, word) for word in words]
    return " ".join(_COMPOUND.sub("str", word) for word in words)


class StreetIndex:
    """The named streets of a network."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._keys = [normalise(name) for name in network.names]
        number = {key: i for i, key in enumerate(sorted(set(self._keys)))}
        self._number = number
        of_name = np.array([number[key] for key in self._keys], np.int64)
        self._street = of_name[network.name]
        self._order = np.argsort(self._street, kind="stable")
        self._start = np.searchsorted(self._street[self._order], np.arange(len(number) + 1))
        # Sides of a street cut by a bollard share the OSM id: people walk through.
        _, self._node = np.unique(network.node_id, return_inverse=True)

    @property
    def names(self) -> tuple[str, ...]:
        """All names as in the file, sorted, without the empty one."""
        return tuple(sorted(filter(None, set(self._network.names))))

    def find(self, name: str) -> Street:
        """Return a street by name, whatever the case, accents or common abbreviations.

        Raises
        ------
        NetworkError
            No street has this name; similar ones are suggested.
        """
        key = normalise(name)
        arcs = self._arcs(key)
        if key and len(arcs):
            return Street(self._spelling(arcs), arcs)
        near = self._suggestions(key)
        hint = f" Did you mean {', '.join(near)}?" if near else " See the map for its spelling."
        msg = f'There is no street "{name}" in this network.{hint}'
        raise NetworkError(msg)

    def crossings(self, street: Street) -> tuple[str, ...]:
        """Return the names of the streets that share a node with one, sorted."""
        nodes = self._nodes(street.arcs)
        network = self._network
        touching = np.isin(self._node[network.tail], nodes) | np.isin(
            self._node[network.head], nodes
        )
        others = np.unique(network.name[touching])
        own = normalise(street.name)
        return tuple(
            sorted(network.names[i] for i in others.tolist() if self._keys[i] not in ("", own))
        )

    def stretch(self, along: str, from_: str, to: str) -> LineString:
        """Return the line along a street between its crossings with two others.

        The shortest line wins where the streets cross more than once, as dual carriageways do.

        Parameters
        ----------
        along, from_, to
            Street names, as for ``find``.

        Returns
        -------
        LineString
            In the network's metric CRS, from the crossing with ``from_``.

        Raises
        ------
        NetworkError
            A name is unknown, a crossing does not exist (those that do are listed), or the
            street does not lead from one crossing to the other.
        """
        street, first, second = self.find(along), self.find(from_), self.find(to)
        if normalise(first.name) == normalise(second.name):
            msg = f'Both ends are "{first.name}"; name two different crossing streets.'
            raise NetworkError(msg)
        start, end = self._crossing(street, first), self._crossing(street, second)
        path = self._path(street, start, end)
        if path is None:
            msg = (
                f'"{street.name}" does not lead from "{first.name}" to "{second.name}" in one '
                "piece; draw the line on the map, or name it in two parts."
            )
            raise NetworkError(msg)
        return LineString(path)

    def whole(self, name: str) -> LineString:
        """Return the line along a short street from its one end to the other, as of a bridge.

        Raises
        ------
        NetworkError
            The name is unknown, or the street is longer than 1.5 km or in several pieces: then
            it takes two crossings, and those that it has are listed.
        """
        street = self.find(name)
        nodes = self._nodes(street.arcs)
        xy = self._xy(nodes)
        first = int(np.hypot(*(xy - xy.mean(axis=0)).T).argmax())
        last = int(np.hypot(*(xy - xy[first]).T).argmax())
        path = self._path(street, nodes[[first]], nodes[[last]])
        if path is None or LineString(path).length > WHOLE_M:
            what = "lies in several pieces" if path is None else "is over 1.5 km long"
            msg = (
                f'"{street.name}" {what}: say between which crossings. '
                f"It crosses: {self._told_crossings(street)}."
            )
            raise NetworkError(msg)
        return LineString(path)

    def _told_crossings(self, street: Street) -> str:
        names = self.crossings(street)
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        return f"{', '.join(names[:SHOWN]) or 'no named street'}{more}"

    def _arcs(self, key: str) -> NDArray[np.int64]:
        i = self._number.get(key)
        if i is None:
            return np.empty(0, np.int64)
        arcs: NDArray[np.int64] = self._order[self._start[i] : self._start[i + 1]]
        return arcs

    def _spelling(self, arcs: NDArray[np.int64]) -> str:
        names, count = np.unique(self._network.name[arcs], return_counts=True)
        return self._network.names[int(names[count.argmax()])]

    def _suggestions(self, key: str) -> list[str]:
        words = set(key.split())
        holding = sorted(k for k in self._number if k and words and words <= set(k.split()))
        close = difflib.get_close_matches(key, list(self._number), n=5, cutoff=0.6)
        found = dict.fromkeys([*close, *holding])
        return [
            self._spelling(arcs)
            for arcs in (self._arcs(k) for k in list(found)[:5] if k)
            if len(arcs)
        ]

    def _nodes(self, arcs: NDArray[np.int64]) -> NDArray[np.int64]:
        network = self._network
        nodes: NDArray[np.int64] = np.unique(
            self._node[np.concatenate([network.tail[arcs], network.head[arcs]])]
        )
        return nodes

    def _xy(self, nodes: NDArray[np.int64]) -> NDArray[np.float64]:
        place = np.empty((int(self._node.max()) + 1, 2))
        place[self._node] = self._network.node_xy
        xy: NDArray[np.float64] = place[nodes]
        return xy

    def _crossing(self, street: Street, other: Street) -> NDArray[np.int64]:
        nodes = self._nodes(street.arcs)
        shared = np.intersect1d(nodes, self._nodes(other.arcs))
        if len(shared):
            return shared
        lines = MultiLineString([self._network.arc_shape(int(a)) for a in other.arcs])
        gap = shapely.distance(shapely.points(self._xy(nodes)), lines)
        if gap.min() <= NEAR_CROSSING_M:
            nearest: NDArray[np.int64] = nodes[gap <= gap.min() + 1.0]
            return nearest
        msg = (
            f'"{street.name}" does not cross "{other.name}". '
            f"It crosses: {self._told_crossings(street)}."
        )
        raise NetworkError(msg)

    def _path(
        self, street: Street, start: NDArray[np.int64], end: NDArray[np.int64]
    ) -> NDArray[np.float64] | None:
        nodes = self._nodes(street.arcs)
        u, v, metres, arc = self._edges(street, nodes)
        graph = coo_matrix((metres, (u, v)), (len(nodes), len(nodes))).tocsr()
        sources = np.searchsorted(nodes, start)
        targets = np.searchsorted(nodes, end)
        far, before = dijkstra(graph, directed=False, indices=sources, return_predecessors=True)
        far = np.where(far[:, targets] > 0, far[:, targets], np.inf)
        row, column = np.unravel_index(int(far.argmin()), far.shape)
        if not np.isfinite(far[row, column]):
            return None
        steps = [int(targets[column])]
        while steps[-1] != sources[row]:
            steps.append(int(before[row, steps[-1]]))
        steps.reverse()
        by_ends = dict(zip(zip(u.tolist(), v.tolist(), strict=True), arc.tolist(), strict=True))
        parts = [self._drawn(by_ends, a, b, nodes) for a, b in pairwise(steps)]
        xy = np.concatenate(parts)
        keep = np.append(True, (np.diff(xy, axis=0) != 0).any(axis=1))
        line: NDArray[np.float64] = xy[keep]
        return line

    def _edges(
        self, street: Street, nodes: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
        """Return lower end, upper end, metres and arc (-1: a gap bridged) of each edge."""
        network, arcs = self._network, street.arcs
        ends = np.stack([self._node[network.tail[arcs]], self._node[network.head[arcs]]])
        u, v = np.sort(np.searchsorted(nodes, ends), axis=0)
        xy = self._xy(nodes)
        # A bridged gap costs more than its length, so that the street itself is preferred.
        points = np.asarray(shapely.points(xy))
        a, b = shapely.STRtree(points).query(points, predicate="dwithin", distance=BRIDGED_M)
        a, b = a[a < b], b[a < b]
        metres = np.concatenate([network.length_m[arcs], 10 * np.hypot(*(xy[a] - xy[b]).T)])
        u, v = np.concatenate([u, a]), np.concatenate([v, b])
        arc = np.concatenate([arcs, np.full(len(a), -1)])
        # Keep the shortest of parallel edges: a sparse matrix would add them up.
        order = np.lexsort((arc, metres, v, u))
        u, v, metres, arc = u[order], v[order], np.maximum(metres[order], 1e-6), arc[order]
        first = np.append(True, (np.diff(u) != 0) | (np.diff(v) != 0)) & (u != v)
        return u[first], v[first], metres[first], arc[first]

    def _drawn(
        self, by_ends: dict[tuple[int, int], int], a: int, b: int, nodes: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        arc = by_ends[min(a, b), max(a, b)]
        if arc < 0:
            return self._xy(nodes[[a, b]])
        shape = self._network.arc_shape(arc)
        return shape if self._node[self._network.tail[arc]] == nodes[a] else shape[::-1]
