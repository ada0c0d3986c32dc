"""Files in and out: formats, coordinate systems, row numbers as the user counts them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest

from planner.errors import InputError, SchemaError, StoreError
from planner.layers.files import read_layer, write_layer
from planner.layers.intake import import_layer
from planner.layers.workspace import Workspace
from tests.layers.conftest import BOUNDS, ZONE, entrances, facilities, zones

if TYPE_CHECKING:
    from pathlib import Path

    from planner.layers.check import Checked

HEAD = "id,facility_id,name,kind,opens,closes,lon,lat\n"


def read(path: Path, layer: str, **options: Any) -> Checked:
    """Read a file in the zone of the square."""
    return read_layer(path, layer, timezone=ZONE, **options)


def refused(path: Path, layer: str, **options: Any) -> SchemaError:
    """Return the error of a file that must be refused."""
    with pytest.raises(SchemaError) as caught:
        read(path, layer, **options)
    return caught.value


def csv(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    """Write a CSV."""
    path = tmp_path / "rows.csv"
    path.write_bytes(text.encode(encoding))
    return path


def geojson(tmp_path: Path, document: Any) -> Path:
    """Write a GeoJSON."""
    path = tmp_path / "rows.geojson"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    """Return a feature."""
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features: Any, **members: Any) -> dict[str, Any]:
    """Return a collection."""
    return {"type": "FeatureCollection", "features": list(features), **members}


def test_csv_keeps_ids_as_text(tmp_path: Path) -> None:
    path = csv(tmp_path, HEAD + "007,hq,Gate,both,06:00,20:00,-122.68,45.51\n")
    frame = read(path, "entrances").frame
    assert frame["id"].tolist() == ["007"]
    assert frame.geometry[0].coords[0] == (-122.68, 45.51)


@pytest.mark.parametrize("mark", [";", "\t"])
def test_csv_of_a_spreadsheet_with_byte_order_mark_is_read(tmp_path: Path, mark: str) -> None:
    text = HEAD + "g,hq,Gate,both,06:00,20:00,-122.68,45.51\r\n"
    path = csv(tmp_path, text.replace(",", mark), "utf-8-sig")
    assert read(path, "entrances").frame["id"].tolist() == ["g"]


def test_csv_faults_carry_the_line_of_the_file(tmp_path: Path) -> None:
    text = (
        HEAD
        + 'a,hq,"two\nlines",both,06:00,20:00,-122.68,45.51\n'  # lines 2 and 3
        + "\n"  # line 4
        + "b,hq,Gate,bot,06:00,20:00,-122.68,x\n"  # line 5
        + "a,hq,Gate,both,06:00,20:00,,45.51\n"  # line 6
        + "c,hq,Gate,both,06:00\n"  # line 7
    )
    faults = refused(csv(tmp_path, text), "entrances").faults
    assert [(f.row, f.id, f.column) for f in faults] == [
        (5, "b", "lat"), (5, "b", "kind"),
        (6, "a", "lon"), (6, "a", "id"),
        (7, "", ""), (7, "c", "lon"), (7, "c", "lat"),
    ]  # fmt: skip


def test_csv_without_lon_is_told_once_and_other_faults_too(tmp_path: Path) -> None:
    text = "id,facility_id,kind,longitude,lat\na,hq,both,-122.68,45.51\nb,hq,boat,-122.68,45.5\n"
    faults = refused(csv(tmp_path, text), "entrances").faults
    assert [(f.row, f.column) for f in faults] == [(1, "lon"), (3, "kind")]
    assert faults[0].remedy == "rename longitude"


@pytest.mark.parametrize(
    ("text", "problem"),
    [("", "empty"), ("id,id,lon,lat\n1,2,3,4\n", "twice")],
)
def test_csv_that_cannot_be_read_says_why(tmp_path: Path, text: str, problem: str) -> None:
    assert problem in str(refused(csv(tmp_path, text), "gateways"))


def test_csv_in_another_encoding_names_the_line(tmp_path: Path) -> None:
    path = csv(tmp_path, "id,name,lon,lat\na,Brücke,8.6,49.4\n", "latin-1")
    (fault,) = refused(path, "gateways").faults
    assert (fault.row, fault.remedy) == (2, "save the file as UTF-8")


def test_csv_with_a_header_alone_gives_an_empty_layer(tmp_path: Path) -> None:
    assert len(read(csv(tmp_path, HEAD), "entrances").frame) == 0


def test_error_prints_a_table_of_every_fault(tmp_path: Path) -> None:
    text = HEAD + "a,hq,Gate,bot,6:00,20:00,-122.68,45.51\n"
    message = str(refused(csv(tmp_path, text), "entrances"))
    assert message.splitlines()[0] == "2 faults in rows.csv (entrances); nothing was changed."
    assert "row  id  column" in message
    assert "did you mean both?" in message
    assert "write HH:MM" in message


def test_geojson_in_degrees_is_read_with_the_id_of_the_feature(tmp_path: Path) -> None:
    point = {"type": "Point", "coordinates": [-122.68, 45.51]}
    path = geojson(tmp_path, collection({**feature(point, name="A"), "id": 7}))
    assert read(path, "gateways").frame["id"].tolist() == ["7"]


def test_geojson_faults_carry_the_number_of_the_feature(tmp_path: Path) -> None:
    point = {"type": "Point", "coordinates": [-122.68, 45.51]}
    torn = {"type": "Polygon", "coordinates": [[1, 2], "x"]}
    path = geojson(
        tmp_path, collection(feature(point, id="a"), feature(torn, id="b"), feature(None, id="c"))
    )
    faults = refused(path, "gateways").faults
    assert [(f.row, f.id, f.column) for f in faults] == [
        (2, "b", "geometry"), (3, "c", "geometry"),
    ]  # fmt: skip
    assert "cannot be read" in faults[0].problem


def test_geojson_with_a_crs_member_is_turned_to_degrees(tmp_path: Path) -> None:
    path = tmp_path / "metric.geojson"
    facilities().to_crs(32610).to_file(path, driver="GeoJSON")
    assert "crs" in json.loads(path.read_text())
    checked = read(path, "facilities", bounds=BOUNDS)
    assert checked.frame.geometry[0].centroid.x == pytest.approx(-122.68, abs=1e-6)
    assert "EPSG:32610" in checked.notices[0]


def test_geojson_in_metres_without_crs_member_is_refused(tmp_path: Path) -> None:
    point = {"type": "Point", "coordinates": [525000, 5040000]}
    (fault,) = refused(geojson(tmp_path, collection(feature(point, id="a"))), "gateways").faults
    assert "525000, 5040000 are not degrees" in fault.problem


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ("{", "is no JSON"),
        ('{"a": 1}', "not GeoJSON"),
        ("[" * 100_000, "is no JSON"),
        (collection(crs={"properties": {"name": "EPSG:0"}}), "unknown system"),
        (collection(crs=5), "unknown system"),
    ],
)
def test_geojson_that_cannot_be_read_says_why(tmp_path: Path, document: Any, problem: str) -> None:
    assert problem in str(refused(geojson(tmp_path, document), "gateways"))


def test_geopackage_layer_of_the_same_name_is_read_in_any_crs(tmp_path: Path) -> None:
    path = tmp_path / "mine.gpkg"
    entrances().to_crs(2992).to_file(path, layer="entrances", driver="GPKG")
    facilities().to_file(path, layer="other", driver="GPKG")
    frame = read(path, "entrances", bounds=BOUNDS).frame
    assert frame["id"].tolist() == ["gate-n", "gate-s"]


def test_geopackage_times_and_numbers_survive(tmp_path: Path) -> None:
    path = tmp_path / "mine.gpkg"
    data = zones(starts_at=pd.Timestamp("2026-03-02T15:00Z"), id=7)
    data.to_file(path, layer="any", driver="GPKG")
    row = read(path, "zones").frame.iloc[0]
    assert (row["id"], str(row["starts_at"])) == ("7", "2026-03-02 15:00:00+00:00")


def test_geopackage_without_the_layer_lists_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "mine.gpkg"
    for name in ("one", "two"):
        facilities().to_file(path, layer=name, driver="GPKG")
    with pytest.raises(InputError, match="one, two"):
        read(path, "zones")


def test_broken_geopackage_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broken.gpkg"
    path.write_bytes(b"SQLite format 3\x00" + b"rubbish" * 500)
    with pytest.raises(InputError, match="cannot be read"):
        read(path, "zones")


def test_layer_of_another_workspace_is_read_without_gdal(
    filled: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pyogrio.read_dataframe", lambda *_, **__: pytest.fail("GDAL opened it"))
    assert read(filled.path, "entrances").frame["id"].tolist() == ["gate-n", "gate-s"]


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg"])
def test_written_layer_reads_back_the_same(filled: Workspace, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out{suffix}"
    before = filled.layer("zones")
    write_layer(before, path)
    after = read(path, "zones").frame
    pd.testing.assert_frame_equal(pd.DataFrame(before), pd.DataFrame(after))


def test_written_csv_of_points_reads_back_the_same(filled: Workspace, tmp_path: Path) -> None:
    write_layer(filled.layer("entrances"), tmp_path / "out.csv")
    after = read(tmp_path / "out.csv", "entrances").frame
    pd.testing.assert_frame_equal(pd.DataFrame(filled.layer("entrances")), pd.DataFrame(after))


def test_csv_of_areas_is_refused_and_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="points only"):
        write_layer(facilities(), tmp_path / "out.csv")
    assert list(tmp_path.iterdir()) == []


def test_export_never_overwrites_a_workspace(filled: Workspace) -> None:
    with pytest.raises(StoreError, match="another file"):
        write_layer(filled.layer("zones"), filled.path)
    assert len(Workspace.open(filled.path).layer("zones")) == 1


@pytest.mark.parametrize("name", ["rows.xlsx", "absent.csv"])
def test_unknown_format_and_absent_file_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"unknown format|no file"):
        read(tmp_path / name, "zones")


def test_bad_file_lists_every_fault_and_changes_nothing(filled: Workspace, tmp_path: Path) -> None:
    text = HEAD + "gate-n,hq,New,both,,,-122.68,45.51\nx,hq2,Far,both,,,8.6,49.4\n"
    with pytest.raises(SchemaError) as caught:
        import_layer(filled, csv(tmp_path, text), "entrances")
    assert [(f.row, f.column) for f in caught.value.faults] == [(3, "facility_id"), (3, "geometry")]
    assert filled.version == 3
    assert filled.layer("entrances")["name"].tolist() == ["North gate", "South gate"]


def test_good_file_is_imported_and_tells_what_it_assumed(filled: Workspace, tmp_path: Path) -> None:
    text = HEAD + "gate-n,hq,New,both,,,-122.68,45.51\n,hq,Side,foot,,,-122.679,45.51\n"
    checked = import_layer(filled, csv(tmp_path, text), "entrances")
    assert filled.layer("entrances")["name"].tolist() == ["Side", "New", "South gate"]
    assert "1 row without an id: named gate-1." in checked.notices
    assert "2 rows without opens: taken as 00:00." in checked.notices


@pytest.mark.parametrize("city", ["portland", "heidelberg", "helsinki", "porto"])
def test_facility_files_of_the_real_cities_are_read(shared_data: Path, city: str) -> None:
    folder = shared_data / "facilities"
    sites = read(folder / f"{city}-facilities.geojson", "facilities").frame
    gates = read(
        folder / f"{city}-entrances.geojson",
        "entrances",
        existing_ids={"facilities": sites["id"].tolist()},
    ).frame
    assert isinstance(sites, gpd.GeoDataFrame)
    assert sites["id"].tolist() == ["exercise-hq"]
    assert len(gates) == 3


@pytest.mark.parametrize("suffix", [".csv", ".geojson", ".gpkg"])
def test_street_goes_out_and_in_again(filled: Workspace, tmp_path: Path, suffix: str) -> None:
    given = entrances().assign(street=["Long Street", ""])
    filled.append("entrances", given)
    path = tmp_path / f"gates{suffix}"
    write_layer(filled.layer("entrances"), path)
    filled.remove("entrances", ["gate-n", "gate-s"])
    import_layer(filled, path, "entrances")
    assert filled.layer("entrances")["street"].tolist() == ["Long Street", ""]


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg"])
def test_further_report_goes_out_and_in_again(
    filled: Workspace, tmp_path: Path, suffix: str
) -> None:
    filled.append("zones", zones(id="again", report_of="zone-1", position_error_m=40))
    path = tmp_path / f"reports{suffix}"
    write_layer(filled.layer("zones"), path)
    filled.remove("zones", ["zone-1", "again"])
    import_layer(filled, path, "zones")
    found = filled.layer("zones")
    assert found["report_of"].tolist() == ["zone-1", ""]
    assert found["position_error_m"].tolist()[0] == 40
    assert found["position_error_m"].isna().tolist() == [False, True]


def test_file_whose_reports_name_no_zone_changes_nothing(filled: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "reports.geojson"
    write_layer(zones(id="again", report_of="zone-7"), path)
    with pytest.raises(SchemaError, match="did you mean zone-1"):
        import_layer(filled, path, "zones")
    assert filled.version == 3
