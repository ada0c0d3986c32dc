"""Roads of a DIMACS shortest-path graph, which has no tags.

The files of the 9th DIMACS challenge come in pairs of the same arcs: ``-d`` with lengths in
tenths of a metre (great circle, as between the places in ``.co``) and ``-t`` with travel times,
length divided by a relative speed of the TIGER/Line road category. The unit of that speed "does
not correspond to any usual unit" (the challenge's notes on the TIGER graphs), so a relative
speed tells the category, and the category a class and a speed.
"""

from __future__ import annotations

import bz2
import gzip
import re
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from planner.errors import NetworkError
from planner.network.formats import Kind, format_of
from planner.network.osm import WAY_KEYS, Extract

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

DEGREE = 1_000_000
"""A coordinate of a ``.co`` file is in millionths of a degree."""

CATEGORIES = ((1.0, "motorway"), (0.8, "primary"), (0.6, "secondary"), (0.4, "unclassified"))
"""Relative speeds of the challenge's categories A1 to A4 (challenge notes), fastest first, and the
class of road that each stands for (TIGER/Line feature classes; the match is an assumption)."""
KMH_AT_ONE = 100
"""Kilometres an hour at relative speed 1, a limited-access highway (assumption)."""
UNTIMED = "road"
"""Class of every way where no travel times are known."""

_HEADS = {b"a": re.compile(rb"^p +sp +(\d+) +(\d+)", re.MULTILINE),
          b"v": re.compile(rb"^p +aux +sp +co +(\d+)()", re.MULTILINE)}  # fmt: skip
_OPEN = {"": open, "gz": gzip.open, "bz2": bz2.open}


class _Ways(NamedTuple):
    """Ways of two nodes: from, to, index into CATEGORIES (-1 untimed), in one direction only."""

    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    category: NDArray[np.int64]
    oneway: NDArray[np.bool_]


def read_dimacs(path: Path) -> Extract:
    """Read the arcs of a ``.gr`` file, places from ``.co`` beside it, times where they are known.

    An arc and its reverse make one way; arcs between the same nodes are one arc, the quickest.
    Ways have no names. Their ids are numbers in the order of their nodes, not OSM ids.

    Raises
    ------
    NetworkError
        A file is cut short or damaged, or the places are missing.
    """
    lengths, times = _pair(path)
    place_file = _beside(lengths, ".gr", ".co") or (times and _beside(times, ".gr", ".co"))
    if not place_file:
        want = re.sub(r"\.gr\b", ".co", path.name)
        raise NetworkError(f"{path.name} tells no places; put {want} (or .co.gz) beside it.")
    arcs = _numbers(lengths, b"a")
    places = _numbers(place_file, b"v")
    category = _categories(lengths, arcs, times)
    ways, counts = _joined(arcs, category)
    return _extract(ways, places, counts)


def _pair(path: Path) -> tuple[Path, Path | None]:
    """Return the file of lengths and that of times, whichever of the two was given."""
    if "-t." in path.name:
        lengths = _beside(path, "-t.", "-d.")
        return (lengths, path) if lengths else (path, None)
    return path, _beside(path, "-d.", "-t.")


def _beside(path: Path, part: str, other: str) -> Path | None:
    if part not in path.name:
        return None
    front, _, back = path.name.rpartition(part)
    bare = (front + other + back).removesuffix(".gz").removesuffix(".bz2")
    tries = (path.with_name(bare + ending) for ending in ("", ".gz", ".bz2"))
    return next((found for found in tries if found.is_file()), None)


def _numbers(path: Path, letter: bytes) -> NDArray[np.int64]:
    """Return int64[k, 3], the numbers of all lines with a letter, as many as the head tells."""
    text = _text(path)
    head = _HEADS[letter].search(text)
    if head is None:
        raise NetworkError(f"{path.name} is no DIMACS file: a line 'p sp' or 'p aux sp co' lacks.")
    body = re.sub(rb"(?m)^c.*\n?", b"", text[head.end() :])
    # Anything else than the letter and numbers stops the reading, which numpy tells by a warning.
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            flat = np.fromstring(body.replace(b"\n" + letter + b" ", b"\n"), np.int64, sep=" ")
        except (DeprecationWarning, ValueError) as error:
            raise NetworkError(f"{path.name} is damaged: {error}; fetch it again.") from error
    told = int(head[2] or head[1])
    if len(flat) != 3 * told:
        msg = f"{path.name} tells {told} lines but holds {len(flat) / 3:g}: cut short, fetch it again."
        raise NetworkError(msg)
    return flat.reshape(-1, 3)


def _text(path: Path) -> bytes:
    with path.open("rb") as file:
        start = file.read(3)
    packing = "gz" if start.startswith(b"\x1f\x8b") else "bz2" if start == b"BZh" else ""
    opener: Any = _OPEN[packing]
    try:
        with opener(path, "rb") as file:
            text: bytes = file.read()
    except (OSError, EOFError, ValueError) as error:
        msg = f"{path.name} cannot be unpacked ({error}): cut short, fetch it again."
        raise NetworkError(msg) from error
    return text.replace(b"\r\n", b"\n")


def _categories(lengths: Path, arcs: NDArray[np.int64], times: Path | None) -> NDArray[np.int64]:
    """Return int64[k], index into CATEGORIES of each arc, -1 where no time is known."""
    if times is None or format_of(times).kind is not Kind.DIMACS:
        return np.full(len(arcs), -1)
    timed = _numbers(times, b"a")
    if not np.array_equal(timed[:, :2], arcs[:, :2]):
        msg = f"{times.name} has other arcs than {lengths.name}; take both from one place."
        raise NetworkError(msg)
    speed = arcs[:, 2] / np.maximum(timed[:, 2], 1)
    relative = np.array([value for value, _ in CATEGORIES])
    nearest: NDArray[np.int64] = np.abs(speed[:, None] - relative).argmin(axis=1)
    return nearest


def _joined(arcs: NDArray[np.int64], category: NDArray[np.int64]) -> tuple[_Ways, dict[str, int]]:
    tail, head = arcs[:, 0], arcs[:, 1]
    loop = tail == head
    # The quickest of several arcs between two nodes comes first, so it is the one kept.
    order = np.lexsort((arcs[:, 2], category, head, tail))
    order = order[~loop[order]]
    pair = np.stack([tail[order], head[order]], axis=1)
    again = np.zeros(len(order), bool)
    again[1:] = (pair[1:] == pair[:-1]).all(axis=1)
    kept = order[~again]
    tail, head, category = tail[kept], head[kept], category[kept]
    low, high = np.minimum(tail, head), np.maximum(tail, head)
    order = np.lexsort((tail, category, high, low))
    key = np.stack([low, high, category], axis=1)[order]
    twin = np.zeros(len(order) + 1, bool)
    twin[1:-1] = (key[1:] == key[:-1]).all(axis=1)
    first = order[~twin[:-1]]
    ways = _Ways(tail[first], head[first], category[first], ~twin[1:][~twin[:-1]])
    counts = {
        "arcs read": len(arcs),
        "arcs dropped: from a node to itself": int(loop.sum()),
        "arcs dropped: beside a quicker one between the same nodes": int(again.sum()),
        "ways read": len(first),
    }
    return ways, counts


def _extract(ways: _Ways, places: NDArray[np.int64], counts: dict[str, int]) -> Extract:
    n = len(ways.tail)
    classes = [name for _, name in CATEGORIES] + [UNTIMED]
    speeds = [str(round(KMH_AT_ONE * value)) for value, _ in CATEGORIES]
    values = ("", "no", "yes", *classes, *speeds)
    tags = np.zeros((len(WAY_KEYS), n), np.int32)
    tags[WAY_KEYS.index("oneway")] = 1 + ways.oneway
    tags[WAY_KEYS.index("highway")] = 3 + ways.category % len(classes)
    posted = 3 + len(classes) + ways.category
    tags[WAY_KEYS.index("maxspeed")] = np.where(ways.category >= 0, posted, 0)
    order = np.argsort(places[:, 0], kind="stable")
    ids, lonlat = places[order, 0], places[order, 1:] / DEGREE
    refs = np.stack([ways.tail, ways.head], axis=1).ravel()
    at = np.minimum(np.searchsorted(ids, refs), max(len(ids) - 1, 0))
    known = ids[at] == refs if len(ids) else np.zeros(len(refs), bool)
    xy = np.full((len(refs), 2), np.nan)
    xy[known] = lonlat[at[known]]
    return Extract(
        np.arange(1, n + 1), np.arange(n + 1) * 2, refs, xy, tags, values,
        np.empty(0, np.int64), (), (), None, "", counts,
    )  # fmt: skip
