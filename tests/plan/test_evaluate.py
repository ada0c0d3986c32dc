"""A planner's own way: every place where it does not hold, and nothing mended in silence."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from shapely.geometry import LineString, MultiLineString, box

from planner.errors import GeometryError, InputError
from planner.layers.workspace import Workspace
from planner.plan.make import make_plan
from planner.plan.own.evaluate import evaluate
from planner.plan.own.line import Drawing, drawing_of, read_drawing
from planner.plan.question import ask
from tests.network.drawing import at
from tests.plan.own_town import ARRIVE, close, crowd, make_town, place, put, way

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "evaluation.schema.json").read_text())
NOW = datetime(2027, 3, 2, 5, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture
def own(town: Workspace, tmp_path: Path) -> Workspace:
    return Workspace.open(Path(shutil.copy(town.path, tmp_path / "own.gpkg")))


def drawn(workspace: Workspace, shape: BaseGeometry) -> Drawing:
    return drawing_of(workspace, shape, source="map", name="drawn")


def judged(
    workspace: Workspace, shape: BaseGeometry, arrive: str = ARRIVE, **asked: Any
) -> dict[str, Any]:
    question = ask("hq", arrive, workspace.timezone, **asked)
    found = evaluate(workspace, question, drawn(workspace, shape), now=NOW)
    jsonschema.validate(found.document, SCHEMA)
    return found.document


def broken(document: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["kind"], one["street"]) for one in document["findings"] if one["breaks"]]


def ways(document: dict[str, Any]) -> list[int]:
    return [leg["way"] for leg in document["route"]["legs"]]


@pytest.mark.parametrize("beside", [(0, 0), (2, 3), (-5, 6)], ids=str)
def test_way_that_keeps_every_rule_verifies_however_the_hand_shook(
    town: Workspace, beside: tuple[float, float]
) -> None:
    document = judged(town, way("ABCD", *beside))
    assert document["stamp"]["verified"], document["stamp"]
    assert ways(document) == [10, 11]
    own, first, *_ = document["comparison"]
    assert own["verified"]
    assert document["origin"]["id"] == "gw-west"
    assert (own["time_s"], own["entrance"]) == (first["time_s"], first["entrance"])
    assert first["shared_m"] == pytest.approx(own["length_m"], rel=0.01)


def test_wrong_way_is_matched_as_drawn_and_reported(town: Workspace) -> None:
    document = judged(town, way("ABFGHD", 2, 3))
    assert ways(document) == [10, 21, 30, 23]
    assert broken(document) == [("one_way", "Up Street")]
    (finding,) = document["findings"]
    assert finding["between"] == ["Long Street", "Low Street"]
    assert (finding["lon"], finding["lat"]) == pytest.approx(place("B"), abs=1e-5)
    assert document["route"]["legs"][1]["enter"] == finding["from"]
    assert document["stamp"]["text"].startswith("NOT VERIFIED: goes against the one-way direction")
    assert document["comparison"][0]["verified"] is False


def test_turn_that_is_banned_is_told_at_its_node(town: Workspace) -> None:
    document = judged(town, way("ABCGHD"))
    assert broken(document) == [("turn", "Long Street")]
    assert "no right turn" in document["stamp"]["text"]
    assert document["findings"][0]["until"] == document["route"]["legs"][1]["enter"]


def test_every_place_is_told_not_the_first_alone(town: Workspace) -> None:
    document = judged(town, way("ABFGIJHD"))
    assert broken(document) == [
        ("one_way", "Up Street"), ("access", "Yard"), ("access", "Foot Lane"),
    ]  # fmt: skip
    assert document["stamp"]["text"].endswith("; 2 more faults.")


def test_road_that_is_not_for_cars_is_matched_where_it_was_drawn(town: Workspace) -> None:
    document = judged(town, way("IJHD"))
    assert broken(document) == [("access", "Foot Lane")]


def test_vehicle_that_does_not_fit_is_told_where(town: Workspace) -> None:
    assert judged(town, way("JHD"))["stamp"]["verified"]
    document = judged(town, way("JHD"), profile="bus")
    assert broken(document) == [("size", "Hill")]
    assert "maxheight" in document["stamp"]["text"]


def test_closure_counts_at_the_minute_it_is_driven(own: Workspace) -> None:
    close(own, way("FG"), "07:00", "07:55")
    document = judged(own, way("AEFGHD"))
    assert document["stamp"]["verified"], document["findings"]
    document = judged(own, way("AEFGHD"), "2027-03-02T07:30")
    assert broken(document) == [("closure", "Low Street")]
    (finding,) = document["findings"]
    assert "Works" in finding["text"]
    assert "2027-03-02T07:2" in finding["from"]


def test_zone_counts_at_the_minute_it_is_met(own: Workspace) -> None:
    ground = box(*at(700, 380), *at(780, 420))
    crowd(own, ground, "07:00", "09:00")
    document = judged(own, way("ABCD"))
    met = [f for f in document["findings"] if f["kind"] == "zone"]
    assert met
    assert all("zone z-1" in f["text"] for f in met)
    assert document["comparison"][0]["worst"]["street"] == "Long Street"
    assert judged(own, way("ABCD"), "2027-03-02T14:00")["stamp"]["verified"]


def test_shut_gate_is_told_with_its_hours(town: Workspace) -> None:
    document = judged(town, way("AEFGH"))
    assert broken(document) == [("gate", "Low Street")]
    assert "South gate is shut (22:00 to 23:00)" in document["stamp"]["text"]
    assert judged(town, way("AEFGH"), "2027-03-02T22:30")["stamp"]["verified"]


def test_gate_that_is_missed_is_told_with_how_far(town: Workspace) -> None:
    document = judged(town, way("ABC"))
    assert broken(document) == [("gate", "Long Street")]
    assert "ends 500 m from East gate" in document["stamp"]["text"]


def test_way_off_the_roads_is_told_with_how_far_and_where(town: Workspace) -> None:
    across = LineString([place("A"), place("B"), at(750, 200), place("G"), place("H"), place("D")])
    document = judged(town, across)
    (gap,) = [f for f in document["findings"] if f["kind"] == "off_road"]
    assert gap["between"] == ["Long Street", "Low Street"]
    assert "leaves the roads for" in gap["text"]
    assert "up to 200 m" in gap["text"]
    off = next(leg for leg in document["route"]["legs"] if leg["way"] == 0)
    assert off["length_m"] > 400
    assert not document["stamp"]["verified"]


def test_way_may_begin_anywhere_and_is_compared_from_there(town: Workspace) -> None:
    document = judged(town, way("FGHD"))
    assert document["stamp"]["verified"]
    assert document["origin"]["own"]
    own, first, *_ = document["comparison"]
    assert first["time_s"] <= own["time_s"]


def test_end_moved_onto_the_gate_is_told(town: Workspace) -> None:
    short = LineString([place("A"), place("B"), place("C"), at(1482, 400)])
    document = judged(town, short)
    assert document["stamp"]["verified"]
    assert "the end was moved 18 m to East gate" in document["notices"]


def test_drawing_beside_its_road_is_told_with_how_far(town: Workspace) -> None:
    document = judged(town, way("ABCD", 0, 18))
    assert ways(document) == [10, 11]
    assert any("up to 18 m beside the drawing" in said for said in document["notices"])


def test_way_drawn_from_the_gate_outwards_is_not_turned_round(town: Workspace) -> None:
    document = judged(town, way("DCBA"))
    assert ways(document) == [11, 10]
    assert not document["stamp"]["verified"]
    assert any("draw it the other way" in said for said in document["notices"])


def test_way_that_goes_back_and_forth_is_followed(town: Workspace) -> None:
    document = judged(town, way("ABCBCD"))
    assert ways(document) == [10, 10, 10, 11]
    assert broken(document) == [("u_turn", "Long Street"), ("u_turn", "Long Street")]
    assert any("driven more than once" in said for said in document["notices"])


def test_broken_drawing_is_told_and_its_jump_found(town: Workspace) -> None:
    parts = MultiLineString([way("AB"), way("HD")])
    document = judged(town, parts)
    assert any("part 2 of 2 begins" in said for said in document["notices"])
    assert [kind for kind, _ in broken(document)].count("off_road") == 1


def test_two_points_are_a_straight_line(town: Workspace) -> None:
    document = judged(town, LineString([place("E"), place("C")]))
    assert any("two points" in said for said in document["notices"])
    assert "off_road" in [kind for kind, _ in broken(document)]


def test_fifty_thousand_points_are_made_simpler_and_told(town: Workspace) -> None:
    line = way("ABCD")
    many = LineString([line.interpolate(i / 49_999, normalized=True) for i in range(50_000)])
    document = judged(town, many)
    assert document["stamp"]["verified"]
    assert document["drawing"]["points"] == 50_000
    assert any("50,000 points" in said for said in document["notices"])


def test_access_route_is_judged_by_its_id(own: Workspace) -> None:
    row = {"id": "r-1", "facility_id": "hq", "name": "Approved", "role": "primary"}
    put(own, "access_routes", [row], [way("AEFBCD")])
    drawing = read_drawing(own, "r-1")
    assert (drawing.source, drawing.name) == ("layer", "r-1")
    found = evaluate(own, ask("hq", ARRIVE, own.timezone), drawing, now=NOW)
    assert found.verified
    with pytest.raises(InputError, match=r"no row of access_routes \(known: r-1\)"):
        read_drawing(own, "r-2")


def test_suggestions_are_those_of_the_plan(town: Workspace) -> None:
    question = ask("hq", ARRIVE, town.timezone)
    plan = make_plan(town, question, now=NOW)
    found = evaluate(town, question, drawn(town, way("ABCD")), plan=plan, now=NOW)
    assert found.plan is plan
    named = [route["id"] for route in plan.document["origins"][0]["routes"]]
    assert [row["id"] for row in found.document["comparison"][1:]] == named


def test_same_drawing_gives_the_same_bytes(town: Workspace) -> None:
    one, other = (json.dumps(judged(town, way("ABFGHD", 2, 3))) for _ in range(2))
    assert one == other


FILES: dict[str, tuple[str, str]] = {
    "entities": (
        '<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a "aaaa">]><gpx><rte>'
        '<rtept lat="50" lon="9">&a;</rtept></rte></gpx>', "entities",
    ),
    "broken xml": ("<gpx><rte>", "is no GPX"),
    "no track": ("<gpx></gpx>", "holds no track"),
    "no place": ("<gpx><rte><rtept lat='x' lon='9'/><rtept/></rte></gpx>", "lacks lat or lon"),
    "nan": ('{"type": "LineString", "coordinates": [[9, NaN], [9.01, 50]]}', "not a number"),
    "metres": ('{"type": "LineString", "coordinates": [[500000, 5500000], [500100, 5500000]]}',
               "not degrees"),
    "swapped": ('{"type": "LineString", "coordinates": [[50.0, 9.0], [50.01, 9.0]]}', "swapped"),
    "far away": ('{"type": "LineString", "coordinates": [[20, 40], [20.1, 40]]}', "outside"),
    "point": ('{"type": "Point", "coordinates": [9, 50]}', "is a Point"),
    "nested": ("[" * 3000, "no line"),
    "deep": ('{"a":' * 3000, "cannot be read"),
    "two features": (
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, '
        '"geometry": null}, {"type": "Feature", "properties": {}, "geometry": null}]}', "2 features",
    ),
    "no json": ("{nothing", "cannot be read"),
    "words": ("turn left at the church", "no line is in it"),
    "empty": ("", "no line is in it"),
    "ring of one place": ("LINESTRING (9 50, 9 50)", "broken|0 m long"),
    "too short": ("LINESTRING (9 50, 9.00001 50)", "1 m long"),
}  # fmt: skip
"""Contents of a file, and what the error says of it."""


@pytest.mark.parametrize("name", FILES)
def test_hostile_file_is_one_clear_error(town: Workspace, tmp_path: Path, name: str) -> None:
    text, said = FILES[name]
    file = tmp_path / "way.txt"
    file.write_text(text)
    with pytest.raises((InputError, GeometryError), match=said):
        read_drawing(town, str(file))


GOOD: dict[str, str] = {
    "gpx route": (
        '<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1"><rte>{0}</rte></gpx>'
    ),
    "gpx track": "<gpx><trk><trkseg>{1}</trkseg></trk></gpx>",
    "geometry": '{{"type": "LineString", "coordinates": {2}}}',
    "feature": (
        '{{"type": "Feature", "properties": {{}}, "geometry": '
        '{{"type": "LineString", "coordinates": {2}}}}}'
    ),
    "heights": '{{"type": "LineString", "coordinates": {3}}}',
    "wkt": "{4}",
}


@pytest.mark.parametrize("name", GOOD)
def test_file_of_each_kind_is_read(town: Workspace, tmp_path: Path, name: str) -> None:
    points = [list(p) for p in way("ABCD").coords]
    rte, trk = (
        "".join(f'<{tag} lat="{y}" lon="{x}"/>' for x, y in points) for tag in ("rtept", "trkpt")
    )
    high = [[*p, 120.0] for p in points]
    file = tmp_path / "way.dat"
    file.write_text(GOOD[name].format(rte, trk, points, high, way("ABCD").wkt))
    drawing = read_drawing(town, str(file))
    assert drawing.line.equals_exact(way("ABCD"), 1e-9)
    assert drawing.source == "file"


def test_file_in_another_crs_is_turned_to_degrees(town: Workspace, tmp_path: Path) -> None:
    import geopandas as gpd

    line = way("ABCD")
    metric = gpd.GeoSeries([line], crs=4326).to_crs(32632).iloc[0]
    document = {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32632"}},
        "features": [{"type": "Feature", "properties": {}, "geometry": {
            "type": "LineString", "coordinates": [list(p) for p in metric.coords]}}],
    }  # fmt: skip
    file = tmp_path / "way.geojson"
    file.write_text(json.dumps(document))
    assert read_drawing(town, str(file)).line.equals_exact(line, 1e-6)


def test_line_on_one_road_or_on_none_is_judged(town: Workspace) -> None:
    short = judged(town, LineString([place("C", 150), place("C", 250)]))
    assert ways(short) == [11]
    astray = judged(town, LineString([at(200, 150), at(300, 260)]))
    assert ways(astray) == [0]
    assert ("off_road", "") in broken(astray)


def test_wishes_bind_the_suggestions_not_the_way_of_ones_own(town: Workspace) -> None:
    question = ask("hq", ARRIVE, town.timezone, wishes={"avoid": ("Long Street",)})
    found = evaluate(town, question, drawn(town, way("ABCD")), now=NOW)
    assert found.verified
