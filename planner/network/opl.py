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
from planner.network.formats import OSM, REMEDY, Format, Kind, format_of

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from osmium.io import File, Reader

_LOCATION = np.dtype([("id", "<u8"), ("x", "<i4"), ("y", "<i4")])
_UNDEFINED = 2147483647
_SPACES = bytes.maketrans(b"Nn,", b"   ")
_DELETED = re.compile(rb"^\S+ v\d+ dD .*\n", re.MULTILINE)
_VERSION = re.compile(rb"^(\S+) v\d+ d[VD] ", re.MULTILINE)
_PLACED = re.compile(rb"^n(-\d+) .* x(\S+) y(\S+)$", re.MULTILINE)
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
        The file is missing, cut short, not an OSM file or one of many times.
    """
    form = osm_format(path)
    with tempfile.TemporaryDirectory() as scratch:
        try:
            return _passes(path, form, Path(scratch))
        except (RuntimeError, ValueError, OSError) as error:
            raise NetworkError(unreadable(path, error)) from error


def osm_format(path: Path) -> Format:
    """Return what an OSM file is.

    Raises
    ------
    NetworkError
        The file is missing or not an OSM file.
    """
    form = format_of(path)
    if form.kind not in OSM:
        msg = f"{path.name} is a {form.kind} file, not OpenStreetMap data; {REMEDY}."
        raise NetworkError(msg)
    return form


def osm_file(path: Path, form: Format) -> File:
    """Return the file as libosmium is to read it: by what it holds, not by its name."""
    from osmium.io import File

    return File(str(path), form.osmium)


def unreadable(path: Path, error: Exception) -> str:
    """Return what to say of an OSM file that broke off in the middle."""
    return (
        f"{path.name} cannot be read as OpenStreetMap data ({error}). "
        f"It may be cut short or damaged; {REMEDY} again."
    )


def _passes(path: Path, form: Format, scratch: Path) -> Passes:
    import osmium
    from osmium.filter import KeyFilter, TagFilter
    from osmium.io import Reader
    from osmium.osm import NODE, RELATION, WAY

    places = scratch / "places"
    # The flat index file gives the place of every node without a line of text.
    locate = osmium.NodeLocationsForWays(osmium.index.create_map(f"sparse_file_array,{places}"))
    reader = Reader(osm_file(path, form), NODE)
    _refuse_history(path, reader)
    date = reader.header().get("osmosis_replication_timestamp", "")
    # A sound extract in PBF holds nothing deleted; other files must tell.
    told = form.kind is not Kind.PBF

    def text(reader: Reader, *handlers: object) -> bytes:
        return _text(reader, scratch / "lines.opl", *handlers, visibility=told)

    nodes = text(reader, locate, KeyFilter("barrier", "highway", "ford"))
    ways = text(Reader(osm_file(path, form), WAY), KeyFilter("highway", "route"))
    rules = TagFilter(("type", "restriction"))
    relations = text(Reader(osm_file(path, form), RELATION), rules)
    ids, xy = _located(places)
    # References alone, not any word such as "non-motorized".
    if b"Nn-" in ways or b",n-" in ways:
        ids, xy = _with_negative(ids, xy, text(Reader(osm_file(path, form), NODE)))
    return Passes(nodes, ways, relations, ids, xy, date or "")


def _refuse_history(path: Path, reader: Reader) -> None:
    if reader.header().has_multiple_object_versions:
        reader.close()
        msg = (
            f"{path.name} holds the history of the map or changes to it, not the map at one time; "
            f"{REMEDY}, or cut one with: osmium time-filter."
        )
        raise NetworkError(msg)


def _located(places: Path) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    place = np.fromfile(places, _LOCATION)
    place = place[(place["x"] != _UNDEFINED) | (place["y"] != _UNDEFINED)]
    ids = place["id"].astype(np.int64)
    order = np.argsort(ids, kind="stable")
    return ids[order], np.stack([place["x"], place["y"]], axis=1)[order]


def _with_negative(
    ids: NDArray[np.int64], xy: NDArray[np.int32], nodes: bytes
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    # The flat index leaves out ids below zero, which editors give to what was never uploaded.
    found = _PLACED.findall(nodes)
    more = np.array([int(ident) for ident, _, _ in found], np.int64)
    degrees = np.array([(float(x), float(y)) for _, x, y in found], float).reshape(-1, 2)
    every = np.concatenate([more, ids])
    order = np.argsort(every, kind="stable")
    place = np.concatenate([np.rint(degrees * 1e7).astype(np.int32), xy])
    return every[order], place[order]


def _text(reader: Reader, target: Path, *handlers: object, visibility: bool) -> bytes:
    import osmium
    from osmium.io import File

    form = f"opl,add_metadata={'version' if visibility else 'false'}"
    with reader:
        writer = osmium.SimpleWriter(File(str(target), form), overwrite=True)
        try:
            osmium.apply(reader, *handlers, writer)
        finally:
            writer.close()
    text = target.read_bytes()
    return _VERSION.sub(rb"\1 ", _DELETED.sub(b"", text)) if visibility else text


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
    known = {piece: i for i, piece in enumerate(dict.fromkeys(pieces))}
    codes = np.fromiter(map(known.__getitem__, pieces), np.int64, len(pieces))
    place = {key.encode(): i for i, key in enumerate(keys)}
    values: dict[str, int] = {"": 0}
    key_of = np.full(len(known), -1, np.int64)
    value_of = np.zeros(len(known), np.int32)
    for piece, i in known.items():
        key, _, value = piece.partition(b"=")
        key_of[i] = place.get(key if b"%" not in key else _plain(key).encode(), -1)
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
