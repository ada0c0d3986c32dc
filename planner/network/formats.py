"""What a road file is, told by its first bytes."""

from __future__ import annotations

import bz2
import gzip
import re
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from planner.errors import NetworkError

if TYPE_CHECKING:
    from pathlib import Path

HEAD_BYTES = 65_536
REMEDY = "fetch the .osm.pbf extract of your area"


class Kind(StrEnum):
    """Kinds of files that hold roads; the OSM ones by their name in libosmium."""

    PBF = "pbf"
    XML = "osm"
    OPL = "opl"
    O5M = "o5m"
    GRAPHML = "graphml"
    DIMACS = "dimacs"


OSM = frozenset({Kind.PBF, Kind.XML, Kind.OPL, Kind.O5M})


class Format(NamedTuple):
    """What a file is, and how it is packed: "", "gz" or "bz2"."""

    kind: Kind
    packing: str = ""

    @property
    def osmium(self) -> str:
        """The format as libosmium writes it, such as ``osm.gz``."""
        return ".".join(filter(None, (self.kind.value, self.packing)))


_ROOTS = {"osm": Kind.XML, "graphml": Kind.GRAPHML}
_PACKED = {b"\x1f\x8b": "gz", b"BZh": "bz2"}
_STRANGERS = (
    (b"PK\x03\x04", "a ZIP archive: unpack it and give the file inside"),
    (b"7z\xbc\xaf", "a 7z archive: unpack it and give the file inside"),
    (b"\xfd7zXZ", "packed with xz: unpack it and give the file inside"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd: unpack it and give the file inside"),
    (b"SQLite format 3", f"a database or GeoPackage, not a road file: {REMEDY}"),
    (b"II*\x00", f"an image (TIFF): {REMEDY}"),
    (b"MM\x00*", f"an image (TIFF): {REMEDY}"),
    (b"II+\x00", f"an image (BigTIFF): {REMEDY}"),
    (b"\x89PNG", f"an image (PNG): {REMEDY}"),
    (b"\xff\xd8\xff", f"an image (JPEG): {REMEDY}"),
    (b"%PDF", f"a PDF: {REMEDY}"),
    (b"\x00\x00\x27\x0a", f"a shapefile, which tells no junctions: {REMEDY}"),
    (b"PAR1", f"a Parquet table: {REMEDY}"),
)
"""First bytes of what is taken for a road file by mistake, and what to do."""

_ROOT = re.compile(r"<([A-Za-z_][\w.-]*)")
_OPL = re.compile(rb"[nwr]-?\d+( |\n|$)")
_DIMACS = re.compile(rb"(c[ \n][^\n]*\n|c\n)*p +sp +\d+ +\d+")
_PBF_HEAD = b"\x0a\x09OSMHeader"


def format_of(path: Path) -> Format:
    """Return what a road file is, whatever its name says.

    Raises
    ------
    NetworkError
        The file is missing, a folder, empty, cannot be opened or holds no roads; the message
        tells what it seems to be.
    """
    head = _first_bytes(path)
    packing = next((word for magic, word in _PACKED.items() if head.startswith(magic)), "")
    inner = _unpacked(path, packing) if packing else head
    kind = _kind(inner)
    if kind is None:
        raise NetworkError(f"{path.name} is {_stranger(inner)}.")
    if packing and kind in (Kind.PBF, Kind.O5M):
        raise NetworkError(f"{path.name} is packed once more ({packing}): unpack it first.")
    return Format(kind, packing)


def _first_bytes(path: Path) -> bytes:
    if path.is_dir():
        raise NetworkError(f"{path.name} is a folder; give the .osm.pbf file in it.")
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except FileNotFoundError as error:
        msg = f"There is no OSM file at {path.name}; give the path of a .osm.pbf file."
        raise NetworkError(msg) from error
    except OSError as error:
        raise NetworkError(f"{path.name} cannot be opened ({error.strerror}).") from error
    if not head.strip():
        raise NetworkError(f"{path.name} is empty; {REMEDY} again.")
    return head


def _unpacked(path: Path, packing: str) -> bytes:
    opener = gzip.open if packing == "gz" else bz2.open
    try:
        with opener(path, "rb") as file:
            # One byte at a time would be told of a cut file too late, all of it too soon.
            return file.read1(HEAD_BYTES)
    except (OSError, EOFError, ValueError) as error:
        msg = f"{path.name} cannot be unpacked ({error}); it may be cut short: {REMEDY} again."
        raise NetworkError(msg) from error


def _kind(head: bytes) -> Kind | None:
    if head[4 : 4 + len(_PBF_HEAD)] == _PBF_HEAD:
        return Kind.PBF
    if head.startswith(b"\xff\xe0\x04o5m2"):
        return Kind.O5M
    if _OPL.match(head):
        return Kind.OPL
    if _DIMACS.match(head.replace(b"\r\n", b"\n")):
        return Kind.DIMACS
    return _ROOTS.get(_root(head))


def _root(head: bytes) -> str:
    """Return the name of the outermost XML element, "" where this is no XML."""
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = head.decode("utf-16" if wide else "utf-8-sig", "replace").lstrip()
    if not text.startswith("<"):
        return ""
    bare = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    found = _ROOT.search(bare)
    return found[1] if found else ""


def _stranger(head: bytes) -> str:
    for magic, words in _STRANGERS:
        if head.startswith(magic):
            return words
    root = _root(head)
    if root.lower() == "html" or head.lstrip()[:14].lower() == b"<!doctype html":
        return f"a web page, not a map: the download failed; {REMEDY} again"
    if root == "osmChange":
        return f"a file of changes, not a map: {REMEDY}"
    if root:
        return f"XML of another kind (<{root}>): {REMEDY}"
    if head.lstrip()[:1] in (b"{", b"["):
        return f"JSON or GeoJSON, which tells no junctions: {REMEDY}"
    return (
        "not OpenStreetMap data, an OSMnx GraphML file or a DIMACS graph; it may be damaged or of "
        f"another kind: {REMEDY} again"
    )
