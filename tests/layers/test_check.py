"""Every fault of a layer is found at once; what fits comes out exactly as declared."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from shapely.geometry import (
    GeometryCollection,
    LineString,
    MultiLineString,
    MultiPolygon,
    Point,
    Polygon,
    box,
)  # fmt: skip

from planner.errors import InputError
from planner.layers.check import Checked, check
from planner.layers.schema import LAYERS
from tests.layers.conftest import BOUNDS, ZONE, entrances, facilities, frame, zones

if TYPE_CHECKING:
    import geopandas as gpd

BOWTIE = Polygon([(-122.69, 45.505), (-122.68, 45.506), (-122.68, 45.505), (-122.69, 45.506)])
SPOT = Point(-122.68, 45.51)


def faults_of(layer: str, data: gpd.GeoDataFrame, **options: Any) -> list[tuple[str, str]]:
    """Return column and problem of every fault."""
    checked = check(data, layer, timezone=ZONE, **options)
    assert len(checked.frame) == 0 or not checked.faults
    return [(fault.column, fault.problem) for fault in checked.faults]


def good(layer: str, data: gpd.GeoDataFrame, **options: Any) -> Checked:
    """Return the outcome of a check that finds nothing."""
    checked = check(data, layer, timezone=ZONE, **options)
    assert checked.faults == ()
    return checked


def test_zone_needs_only_geometry_kind_window_and_size() -> None:
    checked = good("zones", zones(), bounds=BOUNDS)
    row = checked.frame.iloc[0]
    assert list(checked.frame.columns) == [*LAYERS["zones"].names, "geometry"]
    assert row["id"] == "zone-1"
    assert row["starts_at"] == datetime(2026, 3, 2, 15, tzinfo=UTC)
    assert row["observed_at"] == row["starts_at"]
    assert (row["source_grade"], row["info_grade"], row["source_kind"]) == ("F", 6, "other")
    assert pd.isna(row["influence_m"])
    assert row["note"] == ""
    assert any("zone-1" in notice for notice in checked.notices)
    assert any("observed_at" in notice for notice in checked.notices)


@pytest.mark.parametrize(
    ("change", "column", "problem"),
    [
        ({"kind": "standing_asembly"}, "kind", "not known"),
        ({"kind": None}, "kind", "missing"),
        ({"size_low": "many"}, "size_low", "not a number"),
        ({"size_low": "1,200"}, "size_low", "not a plain number"),
        ({"size_low": 20.5}, "size_low", "not a whole number"),
        ({"size_low": -5}, "size_low", "negative"),
        ({"size_low": True}, "size_low", "not a number"),
        ({"size_high": float("inf")}, "size_high", "not a number"),
        ({"size_low": 900}, "size_low", "more than size_high"),
        ({"size_high": 10**9}, "size_high", "more than 10,000,000"),
        ({"ends_at": "2026-03-02T06:00"}, "ends_at", "ends before it starts"),
        ({"ends_at": "2026-03-02T07:00"}, "ends_at", "ends before it starts"),
        ({"starts_at": "2026-03-08T02:30"}, "starts_at", "does not exist"),
        ({"ends_at": "2026-11-01T01:30"}, "ends_at", "happens twice"),
        ({"starts_at": "Monday"}, "starts_at", "not a time"),
        ({"starts_at": pd.NaT}, "starts_at", "missing"),
        ({"info_grade": 7}, "info_grade", "more than 6"),
        ({"info_grade": 0}, "info_grade", "less than 1"),
        ({"source_grade": "G"}, "source_grade", "not known"),
        ({"source_kind": "a neighbour"}, "source_kind", "not known"),
        ({"note": "call 503-555-0142"}, "note", "telephone"),
        ({"note": "x" * 201}, "note", "201 characters"),
        ({"id": "me@example.org"}, "id", "e-mail"),
        ({"geometry": None}, "geometry", "no geometry"),
        ({"geometry": LineString()}, "geometry", "empty"),
        ({"geometry": SPOT}, "geometry", "a march is drawn as a Point"),
        ({"geometry": GeometryCollection([SPOT, SPOT])}, "geometry", "is a GeometryCollection"),
        ({"kind": "blockade", "geometry": BOWTIE}, "geometry", "crosses itself at -122.68"),
        ({"geometry": LineString([(-122.69, 45.505)] * 2)}, "geometry", "broken"),
        ({"geometry": LineString([(385000, 6672000), (385100, 6672000)])}, "geometry", "degrees"),
        ({"geometry": LineString([(24.9, 60.1), (24.91, 60.1)])}, "geometry", "km outside"),
    ],
)
def test_zone_with_one_fault_is_refused_for_it_alone(
    change: dict[str, Any], column: str, problem: str
) -> None:
    (fault,) = faults_of("zones", zones(**change), bounds=BOUNDS)
    assert fault[0] == column
    assert problem in fault[1]


def test_every_fault_is_found_at_once() -> None:
    bad = zones(
        kind="marsch", starts_at="soon", size_low=-1, size_high="x", source_grade="Z",
        influence_m=-3, note="@someone", geometry=None,
    )  # fmt: skip
    columns = {column for column, _ in faults_of("zones", bad)}
    expected = {
        "kind", "starts_at", "size_low", "size_high", "source_grade", "influence_m", "note",
        "geometry",
    }  # fmt: skip
    assert columns == expected


def test_fault_names_row_id_and_remedy() -> None:
    data = pd.concat([zones(id="a"), zones(id="b", kind="standing asembly")])
    (fault,) = check(data, "zones", timezone=ZONE, rows=[2, 5]).faults
    assert (fault.layer, fault.row, fault.id, fault.column) == ("zones", 5, "b", "kind")
    assert fault.remedy.startswith("did you mean standing_assembly?")


def test_missing_columns_are_told_once_with_a_near_name() -> None:
    data = zones().rename(columns={"size_low": "Size low"}).drop(columns="ends_at")
    found = check(data, "zones", timezone=ZONE).faults
    assert [(fault.row, fault.column) for fault in found] == [(0, "ends_at"), (0, "size_low")]
    assert found[1].remedy == "rename 'Size low' to size_low"


def test_personal_text_is_not_repeated_in_the_fault() -> None:
    (fault,) = check(zones(note="call 503-555-0142"), "zones", timezone=ZONE).faults
    assert "0142" not in fault.problem + fault.remedy


def test_unknown_columns_are_dropped_and_named() -> None:
    checked = good("zones", zones(organiser="x", cause="y"))
    assert checked.dropped_columns == ("organiser", "cause")
    assert "organiser" not in checked.frame.columns
    assert any("'organiser'" in notice for notice in checked.notices)


def test_duplicate_id_names_the_first_row() -> None:
    data = frame([SPOT] * 3, id=["a", "b", "a"])
    (fault,) = check(data, "gateways", timezone=ZONE).faults
    assert (fault.row, fault.id, fault.problem) == (3, "a", "the id is already used in row 1")


def test_ids_stay_text_with_their_zeros() -> None:
    assert list(good("gateways", frame([SPOT] * 3, id=["007", 7, 8.0])).frame["id"]) == [
        "007", "7", "8",
    ]  # fmt: skip


def test_made_ids_are_the_same_each_time_and_avoid_those_in_use() -> None:
    data = frame([SPOT] * 3, id=["gw-2", None, ""])
    first = good("gateways", data, existing_ids={"gateways": {"gw-1"}})
    again = good("gateways", data, existing_ids={"gateways": {"gw-1"}})
    assert list(first.frame["id"]) == list(again.frame["id"]) == ["gw-2", "gw-3", "gw-4"]


def test_reference_to_an_unknown_facility_is_a_fault_only_when_ids_are_known() -> None:
    assert faults_of("entrances", entrances()) == []
    found = check(entrances(), "entrances", timezone=ZONE, existing_ids={"facilities": {"hq2"}})
    assert [fault.column for fault in found.faults] == ["facility_id", "facility_id"]
    assert found.faults[0].remedy == "did you mean hq2?"


@pytest.mark.parametrize(
    ("opens", "closes", "column"),
    [("8:00", "20:00", "opens"), ("08:00", "25:00", "closes"), ("08:00", "08:00", "closes"),
     ("24:00", "08:00", "opens")],
)  # fmt: skip
def test_bad_opening_hours_are_a_fault(opens: str, closes: str, column: str) -> None:
    data = frame([SPOT], facility_id=["hq"], opens=[opens], closes=[closes])
    assert [name for name, _ in faults_of("entrances", data)] == [column]


def test_swapped_coordinates_are_recognised() -> None:
    data = frame([Point(45.51, 12.68)], id=["a"])
    (fault,) = check(data, "gateways", timezone=ZONE, bounds=(12.6, 45.5, 12.7, 45.6)).faults
    assert "look swapped" in fault.remedy


def test_any_crs_comes_out_in_degrees() -> None:
    metric = facilities().to_crs(32610)
    (shape,) = good("facilities", metric, bounds=BOUNDS).frame.geometry
    assert shape.symmetric_difference(facilities().geometry[0]).area < 1e-12


def test_frame_without_crs_is_a_fault() -> None:
    assert faults_of("gateways", frame([SPOT], crs=None))[0][0] == "geometry"


def test_single_part_geometry_is_unwrapped_and_heights_are_dropped() -> None:
    line = LineString([(-122.69, 45.505, 3.0), (-122.68, 45.506, 4.0)])
    (shape,) = good("zones", zones(geometry=MultiLineString([line]))).frame.geometry
    assert shape.geom_type == "LineString"
    assert not shape.has_z


def test_zone_of_several_parts_is_a_fault() -> None:
    parts = MultiPolygon([box(0, 0, 1, 1), box(2, 0, 3, 1)])
    ((column, problem),) = faults_of("zones", zones(kind="blockade", geometry=parts))
    assert (column, "several parts" in problem) == ("geometry", True)


def test_checked_frame_passes_again_unchanged() -> None:
    once = good("zones", zones()).frame
    twice = good("zones", once).frame
    pd.testing.assert_frame_equal(pd.DataFrame(once), pd.DataFrame(twice))


def test_markup_and_control_letters_in_text_come_out_as_plain_text() -> None:
    name = good("gateways", frame([SPOT], name=["North\n\tgate\u202e {{x}}"])).frame["name"][0]
    assert name == "North gate {{x}}"


@pytest.mark.parametrize("layer", list(LAYERS))
def test_empty_frame_of_any_layer_has_its_columns(layer: str) -> None:
    data = frame([], **{name: [] for name in LAYERS[layer].names})
    checked = good(layer, data)
    assert list(checked.frame.columns) == [*LAYERS[layer].names, "geometry"]


def test_unknown_layer_is_refused() -> None:
    with pytest.raises(InputError, match="The layers are"):
        check(zones(), "people", timezone=ZONE)


@pytest.mark.parametrize("text", ["12 SW Main Street", "Hauptstraße 5"])
def test_street_with_a_house_number_is_refused(text: str) -> None:
    (fault,) = check(facilities().assign(street=text), "facilities", timezone=ZONE).faults
    assert (fault.column, fault.remedy) == ("street", "give the name of the street alone")


@pytest.mark.parametrize("text", ["SW 5th Avenue", "Rue du 8 Mai 1945", "Highway 30"])
def test_street_named_with_a_number_is_kept(text: str) -> None:
    found = check(facilities().assign(street=text), "facilities", timezone=ZONE)
    assert found.frame["street"].tolist() == [text]


def test_site_of_ones_own_is_public_any_hour_unless_it_says_otherwise() -> None:
    row = good("staging_sites", frame([SPOT], name=["Own yard"])).frame.iloc[0]
    told = ("access", "vehicles", "opens", "closes", "hours", "lit")
    assert row[list(told)].tolist() == ["public", "any", "00:00", "24:00", "", "unknown"]
    assert pd.isna(row["maxheight_m"])
    said = {
        "access": ["granted"], "vehicles": ["buses"], "maxheight_m": ["3.4"], "opens": ["06:00"],
        "closes": ["22:00"], "hours": ["Mo-Fr 07:00-19:00; PH off"], "lit": ["yes"],
    }  # fmt: skip
    row = good("staging_sites", frame([SPOT], **said)).frame.iloc[0]
    assert row["hours"] == "Mo-Fr 07:00-19:00; PH off"
    assert (row["access"], row["maxheight_m"], row["lit"]) == ("granted", 3.4, "yes")


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("hours", "weekdays, mostly", "not understood"),
        ("hours", 'Mo-Fr "ask at the gate"', "holds a remark"),
        ("hours", "x" * 400, "more than 255"),
        ("access", "everyone", "not known"),
        ("maxheight_m", "low", "low"),
        ("maxheight_m", "-2", "-2"),
        ("lit", "maybe", "not known"),
    ],
)
def test_what_a_site_says_of_itself_must_be_readable(column: str, value: str, problem: str) -> None:
    ((named, told),) = faults_of("staging_sites", frame([SPOT], **{column: [value]}))
    assert named == column
    assert problem in told
