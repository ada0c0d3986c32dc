"""Files are told by what they hold, and what is none of ours by its name."""

from __future__ import annotations

import bz2
import gzip
import io
import shutil
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import osmium
import pytest

from planner.errors import NetworkError
from planner.network.formats import Format, Kind, format_of
from planner.network.osm import Extract, read_extract
from planner.network.places import read_places
from planner.network.sources import read_roads, read_surroundings
from tests.network.drawing import ROAD, at, write_osm

if TYPE_CHECKING:
    from pathlib import Path

PLACES = {i: at(100.0 * i, 0.0) for i in range(1, 5)}
WAYS = [(1, [1, 2, 3], {**ROAD, "name": "Ä & Ö"}), (2, [3, 9, 4], ROAD), (3, [1, 2, 3, 1], ROAD)]
RULE = (7, [("w", 1, "from"), ("n", 3, "via"), ("w", 2, "to")],
        {"type": "restriction", "restriction": "no_u_turn"})  # fmt: skip


def _town(path: Path) -> Path:
    return write_osm(
        path, PLACES, WAYS, node_tags={2: {"barrier": "gate"}}, relations=[RULE], backwards=True
    )


def _same(one: Extract, other: Extract) -> bool:
    arrays = all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=name == "lonlat")
        for name in ("way_id", "ref_start", "refs", "lonlat", "tag_code", "node_id")
    )
    rest = all(
        getattr(one, name) == getattr(other, name)
        for name in ("values", "node_tags", "restrictions", "counts", "extract_date")
    )
    return arrays and rest


def test_every_kind_of_osm_file_gives_the_same_extract(tmp_path: Path) -> None:
    pbf = _town(tmp_path / "town.osm.pbf")
    xml = _town(tmp_path / "town.osm")
    (tmp_path / "town.osm.gz").write_bytes(gzip.compress(xml.read_bytes()))
    (tmp_path / "town.osm.bz2").write_bytes(bz2.compress(xml.read_bytes()))
    _town(tmp_path / "town.opl")
    whole = read_extract(pbf)
    for name in ("town.osm", "town.osm.gz", "town.osm.bz2", "town.opl"):
        assert _same(read_roads(tmp_path / name), whole), name


@pytest.mark.parametrize(
    ("ending", "wrong"), [(".osm.pbf", ".osm"), (".osm", ".pbf"), (".osm", ".zip"), (".osm", "")]
)
def test_the_name_of_a_file_does_not_matter(tmp_path: Path, ending: str, wrong: str) -> None:
    right = _town(tmp_path / f"town{ending}")
    renamed = shutil.copy(right, tmp_path / f"other{wrong}")
    assert _same(read_roads(renamed), read_extract(right))
    assert len(read_surroundings(renamed).entrances) == 1


def _zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("city.osm", "<osm/>")
    return packed.getvalue()


STRANGERS = {
    "empty": (b"", "is empty"),
    "blank": (b" \n\n", "is empty"),
    "zip": (_zip(), "ZIP archive: unpack"),
    "page": (b"<!DOCTYPE html>\n<html><body>404</body></html>", "web page"),
    "xhtml": (b'<?xml version="1.0"?>\n<!-- x --><html>404</html>', "web page"),
    "geotiff": (b"II*\x00\x08\x00\x00\x00" + b"\x00" * 50, "an image"),
    "changes": (b'<?xml version="1.0"?><osmChange version="0.6"/>', "file of changes"),
    "gpx": (b'<?xml version="1.0"?><gpx/>', "XML of another kind"),
    "geojson": (b'{"type": "FeatureCollection"}', "GeoJSON"),
    "database": (b"SQLite format 3\x00" + b"\x00" * 100, "a database"),
    "junk": (bytes(range(256)) * 20, "not OpenStreetMap data"),
    "cut gzip": (gzip.compress(b"<osm>" * 9)[:6], "cannot be unpacked"),
    "packed pbf": (gzip.compress(b"\x00\x00\x00\x0d\x0a\x09OSMHeader" + b"x" * 9), "packed once more"),
    "packed page": (gzip.compress(b"<html></html>"), "web page"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "words"), STRANGERS.values(), ids=STRANGERS)
@pytest.mark.parametrize("read", [read_roads, read_extract, read_surroundings, read_places])
def test_a_file_of_another_kind_is_told_by_its_name(
    tmp_path: Path, read, content: bytes, words: str
) -> None:
    path = tmp_path / "city.osm.pbf"
    path.write_bytes(content)
    with pytest.raises(NetworkError, match=words) as caught:
        read(path)
    assert str(caught.value).startswith("city.osm.pbf")


def test_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "city.osm.pbf").mkdir()
    with pytest.raises(NetworkError, match="is a folder"):
        read_roads(tmp_path / "city.osm.pbf")


@pytest.mark.parametrize("ending", [".osm.pbf", ".osm", ".osm.gz", ".osm.bz2"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_file_cut_short_is_one_error_or_none(tmp_path: Path, ending: str, share: float) -> None:
    plain = _town(tmp_path / "town.osm").read_bytes()
    pack = {".osm.gz": gzip.compress, ".osm.bz2": bz2.compress, ".osm": bytes}
    whole = pack[ending](plain) if ending in pack else _town(tmp_path / "t.osm.pbf").read_bytes()
    cut = tmp_path / f"cut{ending}"
    cut.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(NetworkError, match="cut") as caught:
        read_roads(cut)
    assert "again" in str(caught.value) or "ends" in str(caught.value)


@pytest.mark.parametrize(
    ("head", "known"),
    [
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<osm>", Format(Kind.XML)),
        ("<?xml version='1.0' encoding='UTF-16'?><osm/>".encode("utf-16"), Format(Kind.XML)),
        (b"<graphml xmlns='x'>", Format(Kind.GRAPHML)),
        (bz2.compress(b"c words\np sp 3 4\n"), Format(Kind.DIMACS, "bz2")),
        (b"c a\r\nc\r\np sp 3 4\r\n", Format(Kind.DIMACS)),
        (b"n1 v1 x1 y1\n", Format(Kind.OPL)),
    ],
)
def test_format_of_knows_a_file_by_its_first_bytes(
    tmp_path: Path, head: bytes, known: Format
) -> None:
    (tmp_path / "f").write_bytes(head)
    assert format_of(tmp_path / "f") == known


def test_a_document_type_with_entities_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.osm"
    path.write_text(
        '<?xml version="1.0"?><!DOCTYPE osm [<!ENTITY a "b">]><osm version="0.6">'
        '<node id="1" lat="1" lon="1"><tag k="n" v="&a;"/></node></osm>'
    )
    with pytest.raises(NetworkError, match="entities"):
        read_roads(path)


def test_a_history_file_is_refused(tmp_path: Path) -> None:
    header = osmium.io.Header()
    header.has_multiple_object_versions = True
    with osmium.SimpleWriter(str(tmp_path / "h.osh.pbf"), header=header) as writer:
        writer.add_way(osmium.osm.mutable.Way(id=1, version=1, nodes=[1, 2], tags=ROAD))
    with pytest.raises(NetworkError, match="history of the map"):
        read_roads(tmp_path / "h.osh.pbf")


def test_what_is_marked_deleted_is_no_road(tmp_path: Path) -> None:
    path = tmp_path / "t.osm"
    path.write_text(
        '<osm version="0.6"><node id="1" lat="1" lon="1"/><node id="2" lat="1" lon="1.1"/>'
        '<way id="5" version="2" visible="false"><nd ref="1"/><nd ref="2"/>'
        '<tag k="highway" v="road"/></way>'
        '<way id="6"><nd ref="1"/><nd ref="2"/><tag k="highway" v="road"/></way></osm>'
    )
    assert read_roads(path).way_id.tolist() == [6]


def test_negative_ids_and_missing_metadata_are_read(tmp_path: Path) -> None:
    path = tmp_path / "editor.osm"
    path.write_text(
        '<osm version="0.6"><way id="-5"><nd ref="-1"/><nd ref="2"/><nd ref="-3"/>'
        '<tag k="highway" v="road"/></way>'
        '<node id="-1" lat="1" lon="-1.25"/><node id="2" lat="1" lon="1.1"/></osm>'
    )
    extract = read_roads(path)
    assert extract.way_id.tolist() == [-5]
    assert extract.lonlat[:2].tolist() == [[-1.25, 1.0], [1.1, 1.0]]
    assert np.isnan(extract.lonlat[2]).all()


def test_a_way_of_more_than_2000_nodes_is_read(tmp_path: Path) -> None:
    nodes = {i: at(float(i), 0.0) for i in range(1, 5001)}
    path = write_osm(tmp_path / "long.osm.pbf", nodes, [(1, list(nodes), ROAD)])
    extract = read_roads(path)
    assert extract.refs.tolist() == list(nodes)
    assert np.isfinite(extract.lonlat).all()
