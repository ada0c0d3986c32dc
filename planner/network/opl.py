"""Text of the OSM passes: pyosmium filters in C++, numpy reads what it wrote.

Nodes are passed first and their places kept in a flat file, so the order of the objects in
the input does not matter; ways are written without places, so a node off the map is no error.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.errors import NetworkError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from osmium.io import Reader

_LOCATION = np.dtype([("id", "<u8"), ("x", "<i4"), ("y", "<i4")])
_UNDEFINED = 2147483647
_SPACES = bytes.maketrans(b"Nn,", b"   ")
_ESCAPE = re.compile(rb"%([0-9a-fA-F]+)%")


class Passes(NamedTuple):
    """What the passes over one file wrote: OPL text and the places of all nodes.

    Attributes
    ----------
    nodes, ways, relations
        OPL lines of barrier, highway and ford nodes, road and ferry ways, restrictions.
    node_id, node_place
        int64[k] ascending and int32[k, 2] lon/lat in 1e-7 degrees.
    extract_date
        Date-time of the file's header, "" when it tells none.
    """

    nodes: bytes
    ways: bytes
    relations: bytes
    node_id: NDArray[np.int64]
    node_place: NDArray[np.int32]
    extract_date: str


def run_passes(path: Path) -> Passes:
    """Pass over an OSM file three times and return what was found.

    Raises
    ------
    NetworkError
        The file is missing, cut short or not an OSM file.
    """
    if not path.is_file():
        msg = f"There is no OSM file at {path.name}; give the path of a .osm.pbf file."
        raise NetworkError(msg)
    with tempfile.TemporaryDirectory() as scratch:
        try:
            return _passes(str(path), Path(scratch))
        except (RuntimeError, ValueError, OSError) as error:
            msg = (
                f"{path.name} cannot be read as OpenStreetMap data ({error}). "
                "It may be cut short or of another kind; fetch the .osm.pbf file again."
            )
            raise NetworkError(msg) from error


def _passes(path: str, scratch: Path) -> Passes:
    import osmium
    from osmium.filter import KeyFilter, TagFilter
    from osmium.io import Reader
    from osmium.osm import NODE, RELATION, WAY

    places = scratch / "places"
    # The flat index file gives the place of every node without a line of text.
    locate = osmium.NodeLocationsForWays(osmium.index.create_map(f"sparse_file_array,{places}"))
    reader = Reader(path, NODE)
    date = reader.header().get("osmosis_replication_timestamp", "")
    nodes = _text(reader, scratch / "nodes.opl", locate, KeyFilter("barrier", "highway", "ford"))
    ways = _text(Reader(path, WAY), scratch / "ways.opl", KeyFilter("highway", "route"))
    relations = _text(
        Reader(path, RELATION), scratch / "relations.opl", TagFilter(("type", "restriction"))
    )
    place = np.fromfile(places, _LOCATION)
    place = place[(place["x"] != _UNDEFINED) | (place["y"] != _UNDEFINED)]
    ids = place["id"].astype(np.int64)
    order = np.argsort(ids, kind="stable")
    xy = np.stack([place["x"], place["y"]], axis=1)
    return Passes(nodes, ways, relations, ids[order], xy[order], date or "")


def _text(reader: Reader, target: Path, *handlers: object) -> bytes:
    import osmium
    from osmium.io import File

    with reader:
        writer = osmium.SimpleWriter(File(str(target), "opl,add_metadata=false"))
        try:
            osmium.apply(reader, *handlers, writer)
        finally:
            writer.close()
    return target.read_bytes()


class TagTable(NamedTuple):
    """Tags of `k` objects in columns.

    Attributes
    ----------
    code
        int32[len(keys), k]; index into ``values``, 0 where the key is absent.
    values
        Distinct values; the first is "".
    """

    code: NDArray[np.int32]
    values: tuple[str, ...]


def read_ids(fields: list[bytes]) -> NDArray[np.int64]:
    """Return the ids of OPL fields such as ``w123``."""
    return np.array([int(field[1:]) for field in fields], np.int64)


def read_refs(fields: list[bytes]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return CSR (start[k + 1], node ids) of OPL fields such as ``Nn1,n2``."""
    start = np.zeros(len(fields) + 1, np.int64)
    np.cumsum([field.count(b"n") for field in fields], out=start[1:])
    text = b"".join(fields).translate(_SPACES)
    refs = np.fromstring(text, np.int64, sep=" ") if start[-1] else np.empty(0, np.int64)
    return start, refs


def read_tags(fields: list[bytes], keys: tuple[str, ...]) -> TagTable:
    """Return the tags of OPL fields such as ``Thighway=service,name=A%20%B``, by column."""
    sizes = [field.count(b",") + 1 for field in fields]
    pieces = b",".join([field[1:] for field in fields]).split(b",") if fields else []
    known: dict[bytes, int] = {}
    codes = np.array([known.setdefault(piece, len(known)) for piece in pieces], np.int64)
    place = {key: i for i, key in enumerate(keys)}
    values: dict[str, int] = {"": 0}
    key_of = np.full(len(known), -1, np.int64)
    value_of = np.zeros(len(known), np.int32)
    for piece, i in known.items():
        key, _, value = piece.partition(b"=")
        key_of[i] = place.get(_plain(key), -1)
        if key_of[i] >= 0:
            value_of[i] = values.setdefault(_plain(value), len(values))
    table = np.zeros((len(keys), len(fields)), np.int32)
    row = np.repeat(np.arange(len(fields)), sizes)
    wanted = key_of[codes] >= 0
    codes = codes[wanted]
    table[key_of[codes], row[wanted]] = value_of[codes]
    return TagTable(table, tuple(values))


def tag_dict(field: bytes) -> dict[str, str]:
    """Return the tags of one OPL field as a dict."""
    pairs = (piece.partition(b"=") for piece in field[1:].split(b",") if piece)
    return {_plain(key): _plain(value) for key, _, value in pairs}


def members(field: bytes) -> list[tuple[str, int, str]]:
    """Return (type, id, role) of an OPL field such as ``Mw1@from,n2@via,w3@to``."""
    pairs = (piece.partition(b"@") for piece in field[1:].split(b",") if piece)
    return [(chr(item[0]), int(item[1:]), _plain(role)) for item, _, role in pairs]


def _plain(text: bytes) -> str:
    if b"%" in text:
        text = _ESCAPE.sub(lambda code: chr(int(code[1], 16)).encode(), text)
    return text.decode("utf-8", "replace")
