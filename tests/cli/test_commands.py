"""The commands as a user meets them: what goes where, and which exit code."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.cli.main import app
from planner.errors import NetworkError
from planner.layers.crs import to_lonlat
from planner.layers.workspace import Workspace
from planner.network.store import load_network
from planner.scenario import ARRIVE, FACILITY, folder

ASK = ["--facility", FACILITY, "--arrive", ARRIVE]


def run(*words: object):
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def file(bundled: Path, tmp_path: Path) -> Path:
    return shutil.copy(bundled, tmp_path / "city.gpkg")


def test_plan_prints_json_on_stdout_and_exits_0(file: Path) -> None:
    result = run("plan", "-w", file, *ASK, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["verification"]["passed"]


def test_plan_in_words_begins_with_the_first_line(file: Path) -> None:
    result = run("plan", "-w", file, *ASK)
    assert result.stdout.startswith("Best way in at 07:30: ")
    assert "© OpenStreetMap contributors" in result.stdout


def test_plan_as_geojson_holds_routes_and_sites(file: Path) -> None:
    made = json.loads(run("plan", "-w", file, *ASK, "--geojson").stdout)
    kinds = {f["geometry"]["type"] for f in made["features"]}
    assert kinds == {"LineString", "Point"}


def test_no_way_through_exits_3(file: Path) -> None:
    workspace = Workspace.open(file)
    gates = workspace.layer("entrances")
    mine = gates[gates["facility_id"] == FACILITY].copy()
    mine["kind"] = "foot"
    workspace.append("entrances", mine)
    result = run("plan", "-w", file, *ASK)
    assert result.exit_code == 3
    assert result.stdout.startswith("No way through by vehicle at 07:30: the facility has no gate")


def test_unknown_facility_exits_2_with_one_line(file: Path) -> None:
    result = run("plan", "-w", file, "--facility", "x", "--arrive", ARRIVE)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: no facility 'x'")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("courthose", "most like it: courthouse ("),
        ("COURTHOUSE", "most like it: courthouse ("),
        ("larkmead", "most like it: hospital (Larkmead Hospital)"),
        ("xqz", "some are: "),
    ],
)
def test_unknown_facility_is_told_those_most_like_it(file: Path, asked: str, said: str) -> None:
    told = run("plan", "-w", file, "--facility", asked, "--arrive", ARRIVE).stderr
    assert said in told
    assert f"planner show -w {file.name} facilities" in told


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["--vehicles", "0"], "vehicles 0: it must be a whole number from 1 to 1000"),
        (["--vehicles", "1001"], "vehicles 1001: it must be a whole number from 1 to 1000"),
        (["--profile", "tank"], "profile 'tank': it must be one of 'car', 'van', "),
    ],
)
def test_part_of_a_question_out_of_range_is_told_in_words(
    file: Path, wrong: list[str], said: str
) -> None:
    result = run("plan", "-w", file, *ASK, *wrong)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_absent_workspace_exits_2(tmp_path: Path) -> None:
    result = run("show", "-w", tmp_path / "none.gpkg")
    assert result.exit_code == 2
    assert "planner init" in result.stderr


def test_bad_file_lists_every_fault_exits_2_and_changes_nothing(file: Path, tmp_path: Path) -> None:
    before = file.read_bytes()
    bad = tmp_path / "zones.csv"
    bad.write_text(
        "id,kind,starts_at,ends_at,size_low,size_high,lon,lat\n"
        "a,standing,2027-03-02T09:00,2027-03-02T08:00,50,10,-28.2,38.85\n"
        "b,march,soon,2027-03-02T08:00,-5,10,-28.2,38.85\n"
    )
    result = run("import", "zones", bad, "-w", file)
    assert result.exit_code == 2
    for word in ("kind", "starts_at", "size_low", "geometry"):
        assert word in result.stderr
    assert file.read_bytes() == before


def test_zone_by_words_lies_on_its_street(file: Path) -> None:
    result = run(
        "zone", "add", "-w", file, "--along", "Meridian Avenue", "--from", "Ring Road", "--to",
        "Lintel Place", "--start", "2027-03-02T07:00", "--end", "2027-03-02T10:00", "--size",
        "200-800", "--grade", "C3",
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr
    feature = json.loads(result.stdout)["features"][0]
    assert feature["geometry"]["type"] == "LineString"
    about = feature["properties"]
    assert (about["size_low"], about["size_high"], about["source_grade"]) == (200, 800, "C")
    assert about["info_grade"] == 3


def test_zone_keeps_how_far_its_place_may_be_off(file: Path) -> None:
    place = Workspace.open(file).layer("facilities").geometry.iloc[0].representative_point()
    told = (
        "zone", "add", "-w", file, "--geometry", place.wkt, "--size", "50",
        "--start", "2027-05-04T07:00", "--end", "2027-05-04T11:00", "--position-error",
    )  # fmt: skip
    result = run(*told, "75")
    (feature,) = json.loads(result.stdout)["features"]
    assert feature["properties"]["position_error_m"] == 75
    result = run(*told, "9000")
    assert result.exit_code == 2
    assert "give 5,000 or less" in result.stderr


def test_zone_on_an_unknown_street_suggests_others(file: Path) -> None:
    result = run(
        "zone", "add", "-w", file, "--along", "Meridan Avenue", "--from", "Ring Road", "--to",
        "Lintel Place", "--start", "2027-03-02T07:00", "--end", "2027-03-02T10:00", "--size", "50",
    )  # fmt: skip
    assert result.exit_code == 2
    assert "Meridian Avenue" in result.stderr


def test_number_of_a_zone_that_is_none_is_refused(file: Path) -> None:
    result = run(
        "zone", "add", "-w", file, "--geometry", "POINT (0 0)", "--start", "2027-03-02T07:00",
        "--end", "2027-03-02T08:00", "--size", "9", "--influence", "nan",
    )  # fmt: skip
    assert result.exit_code == 2
    assert "influence_m nan: give a number" in result.stderr


def test_export_into_no_folder_tells_why_in_words(file: Path) -> None:
    result = run("export", "zones", file.parent / "none" / "z.geojson", "-w", file)
    assert result.exit_code == 2
    assert "cannot be written (No such file or directory); choose another folder" in result.stderr


def test_zone_without_a_place_says_what_is_missing(file: Path) -> None:
    result = run(
        "zone",
        "add",
        "-w",
        file,
        "--start",
        "2027-03-02T07:00",
        "--end",
        "2027-03-02T08:00",
        "--size",
        "9",
    )
    assert result.exit_code == 2
    assert "--along, --from, --to" in result.stderr


def test_zones_added_at_the_same_time_are_both_kept(file: Path) -> None:
    before = len(Workspace.open(file).layer("zones"))
    place = Workspace.open(file).layer("gateways").geometry.iloc[0].wkt
    words = [sys.executable, "-m", "planner.cli.main", "zone", "add", "-w", str(file), "--geometry",
             place, "--start", "2027-03-02T07:00", "--end", "2027-03-02T08:00", "--size", "20"]  # fmt: skip
    running = [subprocess.Popen(words, stdout=subprocess.DEVNULL) for _ in range(3)]
    assert [one.wait(60) for one in running] == [0, 0, 0]
    assert len(Workspace.open(file).layer("zones")) == before + 3


def test_removed_zone_comes_back_by_undo(file: Path) -> None:
    ids = set(Workspace.open(file).layer("zones")["id"])
    one = min(ids)
    assert run("zone", "remove", one, "-w", file).exit_code == 0
    assert set(Workspace.open(file).layer("zones")["id"]) == ids - {one}
    assert run("undo", "-w", file).exit_code == 0
    assert set(Workspace.open(file).layer("zones")["id"]) == ids


def test_export_and_import_round_trip(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.geojson"
    assert run("export", "zones", out, "-w", file).exit_code == 0
    assert run("import", "zones", out, "-w", file).exit_code == 0


def test_show_tells_the_extract_date_and_what_was_dropped(file: Path) -> None:
    result = run("show", "-w", file)
    assert result.exit_code == 0
    assert "extract 2026" in result.stdout
    assert "11 gateways" in result.stdout
    assert " quiet_places" in result.stdout
    assert " transit_stops" in result.stdout


def test_init_prints_counts_with_zeros(tmp_path: Path) -> None:
    result = run("init", folder() / "aldermere.osm.pbf", "-w", tmp_path / "new.gpkg")
    assert result.exit_code == 0
    counts = json.loads(result.stdout)
    assert counts["gateways"] <= 12
    assert 0 in counts.values()
    again = run("init", folder() / "aldermere.osm.pbf", "-w", tmp_path / "new.gpkg")
    assert again.exit_code == 2


def test_init_on_junk_is_one_clear_error(tmp_path: Path) -> None:
    junk = tmp_path / "junk.osm.pbf"
    junk.write_bytes(b"not a map")
    result = run("init", junk, "-w", tmp_path / "w.gpkg")
    assert result.exit_code == 2
    assert not (tmp_path / "w.gpkg").exists()


def test_init_takes_a_file_or_a_place_never_both_or_neither(tmp_path: Path) -> None:
    target = tmp_path / "w.gpkg"
    for words in ((), (folder() / "aldermere.osm.pbf", "--place", "Aldermere")):
        result = run("init", *words, "-w", target)
        assert result.exit_code == 2
        assert "give a city file or --place" in result.stderr
    assert not target.exists()


def test_init_of_a_place_makes_a_workspace_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(place: str, into: Path, **_: object) -> Path:
        return Path(shutil.copy(folder() / "aldermere.osm.pbf", into / "aldermere.osm.pbf"))

    monkeypatch.setattr("planner.network.place.fetch_place", fetch)
    result = run("init", "--place", "Aldermere, Azores", "-w", tmp_path / "w.gpkg")
    assert result.exit_code == 0, result.stderr
    assert "a .osm.pbf file of the area is surer" in result.stderr
    assert Workspace.open(tmp_path / "w.gpkg").settings.name == "Aldermere, Azores"


def test_init_of_a_place_offline_exits_2_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(*_: object, **__: object) -> Path:
        raise NetworkError("The servers cannot be reached")

    monkeypatch.setattr("planner.network.place.fetch_place", fetch)
    result = run("init", "--place", "Aldermere", "-w", tmp_path / "w.gpkg")
    assert result.exit_code == 2
    assert result.stderr.startswith("error: The servers")
    assert list(tmp_path.iterdir()) == []


def test_init_of_a_place_asks_nobody_when_the_file_exists(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "osmnx", None)
    result = run("init", "--place", "Aldermere", "-w", file)
    assert result.exit_code == 2
    assert "exists" in result.stderr


def test_init_of_a_graph_says_what_it_cannot_tell(tmp_path: Path) -> None:
    graph = tmp_path / "toy.gr"
    pairs = [(i, i + 1) for i in range(1, 30)] + [(i + 1, i) for i in range(1, 30)]
    graph.write_text(f"p sp 30 {len(pairs)}\n" + "".join(f"a {a} {b} 700\n" for a, b in pairs))
    places = "".join(f"v {i} {9_000_000 + 1_000 * i} 50000000\n" for i in range(1, 31))
    (tmp_path / "toy.co").write_text(f"p aux sp co 30\n{places}")
    result = run("init", graph, "-w", tmp_path / "w.gpkg")
    assert result.exit_code == 0, result.stderr
    assert "A DIMACS graph tells no street names" in result.stderr
    shown = run("show", "-w", tmp_path / "w.gpkg").stdout
    assert "58 arcs read" in shown
    assert "not OpenStreetMap" in shown
    assert "© OpenStreetMap" not in shown
    assert "0 arcs dropped: beside a quicker one between the same nodes" in shown


def test_update_tells_rows_by_layer_and_keeps_zones(file: Path) -> None:
    zones = set(Workspace.open(file).layer("zones")["id"])
    result = run("update", folder() / "aldermere.osm.pbf", "-w", file)
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    assert all(done["changed"] == 0 for done in told.values())
    assert set(Workspace.open(file).layer("zones")["id"]) == zones
    assert run("plan", "-w", file, *ASK).exit_code == 0


def test_update_with_a_bad_file_exits_2_and_changes_nothing(file: Path, tmp_path: Path) -> None:
    before = file.read_bytes()
    junk = tmp_path / "junk.osm.pbf"
    junk.write_bytes(b"<html>404</html>")
    result = run("update", junk, "-w", file)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "web page" in result.stderr
    assert file.read_bytes() == before


def test_show_counts_what_was_dropped_beside_the_roads(file: Path) -> None:
    shown = run("show", "-w", file).stdout
    assert "car parks left out: not public" in shown
    assert "ways dropped: no access for cars" in shown


def test_brief_writes_one_file_and_refuses_an_unknown_marking(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "brief.html"
    assert run("brief", "-w", file, *ASK, "--out", out).exit_code == 0
    assert out.stat().st_size < 2_000_000
    result = run("brief", "-w", file, *ASK, "--out", tmp_path / "b.html", "--marking", "SECRET")
    assert result.exit_code == 2
    assert not (tmp_path / "b.html").exists()


def test_demo_leaves_a_workspace_and_a_briefing(tmp_path: Path) -> None:
    result = run("demo", "--out", tmp_path / "out")
    assert result.exit_code == 0
    assert (tmp_path / "out" / "briefing.html").is_file()
    assert (tmp_path / "out" / "demo.gpkg").is_file()
    assert "planner app" in result.stderr


def a_street(file: Path) -> list[list[float]]:
    network = load_network(Workspace.open(file))
    longest = int(network.length_m.argmax())
    return to_lonlat(network.arc_shape(longest), network.epsg).tolist()


def corrections(path: Path, *shapes: dict[str, object]) -> Path:
    features = [
        {"type": "Feature", "geometry": shape, "properties": {"kind": "closed"}} for shape in shapes
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_corrections_are_imported_shown_exported_removed_undone(file: Path, tmp_path: Path) -> None:
    street = a_street(file)
    bare = Workspace.open(file).settings.bounds
    given = corrections(
        tmp_path / "c.geojson",
        {"type": "LineString", "coordinates": street},
        {"type": "LineString", "coordinates": [bare[:2], [bare[0] + 1e-3, bare[1]]]},
    )
    result = run("import", "corrections", given, "-w", file)
    assert result.exit_code == 0, result.stderr
    assert "no road is found for correction-2: " in result.stderr

    told = run("show", "-w", file).stdout
    assert "       1 local corrections in force\n" in told
    assert "       1 local corrections that match no road\n" in told
    assert "correction correction-1: closed, " in told
    assert "correction correction-2: closed, matches no road: " in told

    assert run("export", "corrections", tmp_path / "out.geojson", "-w", file).exit_code == 0
    rows = json.loads((tmp_path / "out.geojson").read_text())["features"]
    assert [row["properties"]["kind"] for row in rows] == ["closed", "closed"]

    arcs = load_network(Workspace.open(file)).n_arcs
    assert run("remove", "corrections", "correction-1", "-w", file).exit_code == 0
    assert load_network(Workspace.open(file)).n_arcs > arcs
    assert run("undo", "-w", file).exit_code == 0
    assert load_network(Workspace.open(file)).n_arcs == arcs


def test_isochrone_tells_areas_as_words_and_geojson(file: Path) -> None:
    ask = ["-w", file, "--facility", FACILITY, "--gate", "courthouse-north", "--at", ARRIVE]
    ask += ["--profile", "car", "--minutes", "2,4"]
    words = run("isochrone", *ask)
    assert words.exit_code == 0
    assert "2 min:" in words.stdout
    assert "© OpenStreetMap contributors" in words.stdout
    made = json.loads(run("isochrone", *ask, "--geojson").stdout)
    assert [f["properties"]["minutes"] for f in made["features"]] == [2, 4]
    assert "OpenStreetMap" in made["attribution"]


def test_isochrone_of_a_gate_in_the_crowd_exits_3(file: Path) -> None:
    """The south gate is open, and no clear street leads from it."""
    ask = ["--facility", FACILITY, "--gate", "courthouse-south", "--at", ARRIVE]
    result = run("isochrone", "-w", file, *ask, "--profile", "car")
    assert result.exit_code == 3
    assert "no clear street leads from or to the gate" in result.stdout


def test_plan_tells_who_leaves_on_foot_and_at_another_time(file: Path) -> None:
    made = json.loads(run("plan", "-w", file, *ASK, "--json").stdout)
    assert [gate["id"] for gate in made["on_foot"]["gates"]]
    departs = [time["depart"][11:16] for time in made["leaving"]["times"]]
    assert departs == ["07:00", "07:30", "08:00"]


@pytest.mark.parametrize("wrong", [["--gate", "nix"], ["--minutes", "4,2"], ["--minutes", "x"]])
def test_isochrone_of_what_cannot_be_asked_exits_2(file: Path, wrong: list[str]) -> None:
    ask = ["--facility", FACILITY, "--gate", "courthouse-north", "--at", ARRIVE, "--profile", "car"]
    assert run("isochrone", "-w", file, *ask, *wrong).exit_code == 2


def test_leave_tells_when_one_arrives_from_every_gateway(file: Path) -> None:
    ask = ["-w", file, "--facility", FACILITY, "--depart", ARRIVE]
    assert run("leave", *ask).stdout.startswith("leaving 2027-03-02 07:30")
    made = json.loads(run("leave", *ask, "--json").stdout)
    assert len(made["origins"]) == len(Workspace.open(file).layer("gateways"))


def test_numbers_set_are_printed_used_by_a_plan_and_taken_back(file: Path) -> None:
    result = run("parameters", "-w", file, "--set", "clear_below=0.3", "--set", "grade_weight.C3=1")
    assert result.exit_code == 0, result.stderr
    lines = [line.split() for line in result.stdout.splitlines() if "set in this" in line]
    assert [line[:3] for line in lines] == [
        ["grade_weight.C3", "1", "0.5"], ["clear_below", "0.3", "0.1"],
    ]  # fmt: skip
    printed = json.loads(run("parameters", "-w", file, "--json").stdout)
    assert printed["clear_below"] == {
        "value": 0.3, "unit": "risk below which a route or place is clear",
        "source": "set in this workspace", "default": 0.1,
    }  # fmt: skip
    shown = run("show", "-w", file).stdout
    assert "number clear_below: 0.3, by default 0.1" in shown
    plan = json.loads(run("plan", "-w", file, *ASK, "--json").stdout)
    assert plan["provenance"]["parameters"]["clear_below"] == printed["clear_below"]
    assert run("undo", "-w", file).exit_code == 0
    assert "number clear_below" not in run("show", "-w", file).stdout


@pytest.mark.parametrize("bad", ["clear_below", "clear_below=0.2=3", "=1", "clear_below="])
def test_number_that_is_no_assignment_is_refused(file: Path, bad: str) -> None:
    before = file.read_bytes()
    result = run("parameters", "-w", file, "--set", bad)
    assert result.exit_code == 2
    assert "clear_below" in result.stderr
    assert file.read_bytes() == before


def test_reader_that_has_read_enough_is_no_fault(file: Path) -> None:
    words = [sys.executable, "-m", "planner.cli.main", "plan", "-w", str(file), *ASK, "--json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        running.stdout.close()
        told = running.stderr.read()
    assert b"roken pipe" not in told
    assert b"Traceback" not in told
