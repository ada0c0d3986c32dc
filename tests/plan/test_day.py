"""A day asked of a workspace: it agrees with the plan of each minute, or says why not."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import numpy as np
import pytest

from planner.errors import InputError
from planner.initialise import import_file, initialise
from planner.layers.workspace import Workspace
from planner.plan import make_plan
from planner.plan.day import check as day_check
from planner.plan.day.sheet import Day, ask_day, day_at, day_times, make_day
from planner.plan.prepare import prepare
from planner.plan.question import ask
from planner.plan.wishes.asked import Wishes
from planner.reports import add_row
from planner.routes.day_sheet import COST
from planner.routes.steady import WORTH_S
from planner.scenario import FACILITY
from planner.verify import Failure
from tests.benchmarks.conftest import CITIES

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "day.schema.json").read_text("utf-8"))

if TYPE_CHECKING:
    from planner.plan.prepare import Prepared

DATE = "2027-03-02"


@pytest.fixture(scope="module")
def workspace(bundled: Path) -> Workspace:
    return Workspace.open(bundled)


@pytest.fixture(scope="module")
def prepared(workspace: Workspace) -> Prepared:
    return prepare(workspace, FACILITY)


@pytest.fixture(scope="module")
def day(prepared: Prepared) -> Day:
    return day_at(prepared, ask_day(FACILITY, DATE))


def number(day: Day, hour: str) -> int:
    """The number of the arrival at HH:MM."""
    return next(i for i, slot in enumerate(day.document["slots"]) if slot[11:16] == hour)


def at(rows: list[dict[str, Any]], slot: str) -> dict[str, Any]:
    """The row of a timetable that holds for an arrival."""
    when = datetime.fromisoformat(slot)
    return next(r for r in rows if datetime.fromisoformat(r["from"]) <= when
                < datetime.fromisoformat(r["until"]))  # fmt: skip


def same_as_plan(workspace: Workspace, day: Day, s: int) -> int:
    """Demand that an arrival is told what the plan for its minute tells; return the ways."""
    slot = day.document["slots"][s]
    asked = ask(day.question.facility, slot, workspace.timezone)
    plan = make_plan(workspace, asked, whole=False).document
    count = 0
    pairs = zip(day.document["origins"], plan["origins"], strict=True)
    for o, (mine, its) in enumerate(pairs):
        row = at(mine["timetable"], slot)
        if not its["routes"]:
            assert row["gate"] is None
            continue
        best = its["routes"][0]
        ways = {w["gate"]: w for w in mine["ways"]}
        if row["gate"] != best["entrance"]:
            # A gate is held to while another saves less than a minute.
            cost = day.sheet.values[:, o, s, COST]
            gates = [list(ways).index(g) for g in (row["gate"], best["entrance"])]
            assert 0 <= cost[gates[0]] - cost[gates[1]] < WORTH_S
        way = ways[best["entrance"]]
        assert way["depart"][s] == best["depart"]
        assert way["arrive"][s] == best["arrive"]
        assert way["exposure_min"][s] == pytest.approx(best["exposure_min"], abs=1e-3)
        assert way["clear"][s] == best["clear"]
        count += 1
    return count


@pytest.mark.parametrize("hour", ["00:00", "03:45", "05:00", "23:45"])
def test_an_arrival_in_a_calm_hour_is_told_what_its_plan_tells(
    workspace: Workspace, day: Day, hour: str
) -> None:
    s = number(day, hour)
    assert not day.sheet.near[:, s].any()
    assert same_as_plan(workspace, day, s)


def test_at_every_hour_the_gate_held_to_is_the_one_of_the_first_line_or_as_good_to_a_minute(
    workspace: Workspace, day: Day
) -> None:
    for hour in ("06:30", "08:00", "12:00", "19:30"):
        slot = day.document["slots"][number(day, hour)]
        plan = make_plan(workspace, ask(FACILITY, slot, workspace.timezone), whole=False)
        row = at(day.document["timetable"], slot)
        names = [g["name"] for g in day.document["gates"]]
        said = plan.document["headline"].removeprefix(f"Best way in at {hour}: ")
        first = next(i for i, name in enumerate(names) if said.startswith(name))
        cost = day.sheet.values[:, :, number(day, hour), COST]
        assert (cost[names.index(row["gate_name"])] - cost[first]).mean() < WORTH_S


def test_told_ways_are_never_better_than_the_exact_ones(day: Day, workspace: Workspace) -> None:
    """And on this day no more than ten seconds of cost worse."""
    search = day.document["search"]
    assert search["compared_ways"] > 0
    assert -1e-6 <= search["worst_gap_s"] <= 10


@pytest.mark.parametrize("city", CITIES[1:])
def test_calm_city_agrees_with_its_plans(city: str, shared_data: Path, tmp_path: Path) -> None:
    path = tmp_path / f"{city}.gpkg"
    initialise(shared_data / "osm" / f"{city}.osm.pbf", path)
    workspace = Workspace.open(path)
    for layer in ("facilities", "entrances"):
        import_file(workspace, layer, shared_data / "facilities" / f"{city}-{layer}.geojson")
    day = make_day(workspace, ask_day("exercise-hq", DATE))
    assert day.document["verification"]["passed"]
    assert day.sheet.trees.max() <= 24
    for hour in ("04:00", "08:15", "17:30"):
        assert same_as_plan(workspace, day, number(day, hour))


def test_document_fits_its_schema_and_names_every_field(day: Day) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(day.document)))
    assert set(SCHEMA["properties"]) == set(day.document)


def test_timetables_cover_the_day_without_gaps(day: Day) -> None:
    tables = [day.document["timetable"], *(g["intervals"] for g in day.document["gates"]),
              *(o["timetable"] for o in day.document["origins"] if o["ways"])]  # fmt: skip
    for rows in tables:
        assert rows[0]["from"] == day.document["slots"][0]
        assert rows[-1]["until"] == day.document["until"]
        assert all(a["until"] == b["from"] for a, b in pairwise(rows))


def test_windows_are_clear_and_not_slow(day: Day) -> None:
    assert day.document["windows"]
    for window in day.document["windows"]:
        row = at(day.document["timetable"], window["from"])
        assert row["clear"]
        assert window["gateways"] == len(day.document["origins"])


@pytest.mark.parametrize(("day_", "zone", "slots"), [
    ("2026-03-29", "Europe/Berlin", 92), ("2026-10-25", "Europe/Berlin", 100),
    ("2026-06-01", "Europe/Berlin", 96),
])  # fmt: skip
def test_a_day_has_as_many_quarters_as_its_clocks_give(day_: str, zone: str, slots: int) -> None:
    from zoneinfo import ZoneInfo

    times = day_times(date.fromisoformat(day_), ZoneInfo(zone), 15)
    assert len(times) == slots
    assert times[0].astimezone(ZoneInfo(zone)) == datetime.fromisoformat(day_).replace(
        tzinfo=ZoneInfo(zone)
    )
    assert all(t.tzinfo is UTC for t in times)


def test_a_day_whose_clocks_change_is_answered_whole(prepared: Prepared) -> None:
    """The Azores put the clock back at one in the night of the last Sunday of October."""
    day = day_at(prepared, ask_day(FACILITY, "2027-10-31"))
    assert len(day.document["slots"]) == 100
    assert len(set(day.document["slots"])) == 100
    assert all(len(w["minutes"]) == 100 for o in day.document["origins"] for w in o["ways"])


@pytest.mark.parametrize(("text", "every", "said"), [
    ("2027-02-30", 15, "no date"), ("tomorrow", 15, "no date"), ("20270302", 15, "no date"),
    (DATE, 7, "choose one of"), (DATE, 0, "choose one of"),
])  # fmt: skip
def test_a_day_that_cannot_be_asked_is_refused(text: str, every: int, said: str) -> None:
    with pytest.raises(InputError, match=said):
        ask_day(FACILITY, text, every_min=every)


def test_an_unknown_traveller_or_facility_is_refused(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="cannot be asked"):
        make_day(workspace, ask_day(FACILITY, DATE, profile="ship"))
    with pytest.raises(InputError, match="no facility"):
        make_day(workspace, ask_day("nowhere", DATE))


def test_a_gate_is_told_up_to_the_minute_at_which_its_ways_are_lost(
    day: Day, workspace: Workspace
) -> None:
    """Told until the next quarter, it would be told clear while a crowd gathers before it."""
    (south,) = (g for g in day.document["gates"] if g["id"] == "courthouse-south")
    until = next(i["until"] for i in south["intervals"] if i["state"] == "clear")
    assert until not in day.document["slots"]

    def clear_at(when: datetime) -> bool:
        wishes = Wishes(gate="courthouse-south")
        asked = ask(FACILITY, when.isoformat(), workspace.timezone, wishes=wishes)
        plan = make_plan(workspace, asked, whole=False).document
        return all(o["routes"] and o["routes"][0]["clear"] for o in plan["origins"])

    lost = datetime.fromisoformat(until)
    assert clear_at(lost - timedelta(minutes=1))
    assert not clear_at(lost)


def hours_of_gates(bundled: Path, tmp_path: Path, opens: str, closes: str) -> Workspace:
    workspace = Workspace.open(shutil.copy(bundled, tmp_path / "city.gpkg"))
    gates = workspace.layer("entrances")
    own = gates[gates["facility_id"] == FACILITY].copy()
    own["opens"], own["closes"] = opens, closes
    workspace.append("entrances", own)
    return workspace


def test_hours_without_an_open_gate_have_no_way_and_say_why(bundled: Path, tmp_path: Path) -> None:
    """Open from nine to five: the first arrival told a way is at nine."""
    workspace = hours_of_gates(bundled, tmp_path, "09:00", "17:00")
    document = make_day(workspace, ask_day(FACILITY, DATE)).document
    first, *_, last = document["timetable"]
    assert (first["gate"], first["until"][11:16]) == (None, "09:00")
    assert "no vehicle gate is open" in first["reason"]
    # Who asks for ten past five may be there early; who reads until five stands before no shut gate.
    assert (last["gate"], last["from"][11:16]) == (None, "17:00")
    for row in (*document["timetable"], *document["windows"]):
        assert row["until"][11:16] <= "17:00" or not row.get("gate", True)
    assert "do not travel by vehicle" in document["headline"]
    assert {i["state"] for g in document["gates"] for i in g["intervals"]} >= {"shut", "clear"}


def test_change_for_a_gate_that_shuts_names_its_hour_not_the_quarter(
    bundled: Path, tmp_path: Path
) -> None:
    """Who reads "from 20:15, because it is shut then" would look for a gate open till then."""
    workspace = hours_of_gates(bundled, tmp_path, "00:00", "24:00")
    gates = workspace.layer("entrances")
    calm = make_day(workspace, ask_day(FACILITY, DATE)).document
    held = {told["timetable"][-1]["gate"] for told in (calm, calm["leaving"])}
    own = gates[gates["id"].isin(held)].copy()
    own["closes"] = "21:05"
    workspace.append("entrances", own)
    document = make_day(workspace, ask_day(FACILITY, DATE)).document
    for told in (document, document["leaving"]):
        (row,) = (r for r in told["switches"] if r["kind"] == "shut")
        assert row["from_gate"] in held
        assert row["at"][11:16] == "21:05"
        assert row["reason"] == f"because {row['from_name']} shuts at 21:05"


def test_hour_in_which_a_gate_shuts_is_told_as_shut_whatever_the_step(
    bundled: Path, tmp_path: Path
) -> None:
    """Open until half past four: of the hour from four on no arrival after that is possible."""
    workspace = hours_of_gates(bundled, tmp_path, "09:00", "16:30")
    document = make_day(workspace, ask_day(FACILITY, DATE, every_min=60)).document
    for row in document["heat"]["rows"]:
        shut = [cell["level"] == "shut" for cell in row["cells"]]
        assert shut == [not 9 <= hour < 16 for hour in range(24)]
    for table in (document, document["leaving"], *document["origins"]):
        shuts = [row["until"][11:16] for row in table["timetable"] if row["gate"]]
        assert shuts[-1] == "16:30"
        assert table["timetable"][-1]["from"][11:16] == "16:30"
    for gate in document["gates"]:
        assert gate["intervals"][-1]["from"][11:16] == "16:30"


def test_change_of_gate_is_told_for_when_the_one_before_shuts(
    bundled: Path, tmp_path: Path
) -> None:
    """Asked every hour, a gate that shuts at 16:30 is not told until 17:00."""
    workspace = hours_of_gates(bundled, tmp_path, "16:00", "24:00")
    gates = workspace.layer("entrances")
    east = gates[gates["id"] == "courthouse-east"].copy()
    east["opens"], east["closes"] = "00:00", "16:30"
    workspace.append("entrances", east)
    day = make_day(workspace, ask_day(FACILITY, DATE, every_min=60)).document
    (change,) = (c for c in day["switches"] if c["kind"] == "shut")
    assert change["at"][11:16] == "16:30"
    assert change["text"].startswith("until 16:30 ")
    for a, b in pairwise(day["timetable"]):
        assert a["until"] == b["from"]


def test_hours_without_a_way_are_told_apart_by_their_reasons(bundled: Path, tmp_path: Path) -> None:
    """Gates shut until nine; from eight to noon every gate is behind a closure."""
    workspace = hours_of_gates(bundled, tmp_path, "09:00", "22:00")
    gates = workspace.layer("entrances")
    around = gates[gates["facility_id"] == FACILITY].union_all().buffer(0.004)
    row = {"id": "cordon", "name": "Cordon", "kind": "police_line", "starts_at": f"{DATE}T08:00",
           "ends_at": f"{DATE}T12:00"}  # fmt: skip
    add_row(workspace, "closures", row, around, role="planner")
    document = make_day(workspace, ask_day(FACILITY, DATE)).document
    first, second, third = document["timetable"][:3]
    assert (first["gate"], second["gate"]) == (None, None)
    assert "open" in first["reason"]
    assert "Cordon" in second["reason"]
    assert second["from"][11:16] == "09:00"
    assert third["gate"] is not None
    for gate in document["gates"]:
        shut, none, *rest, last = gate["intervals"]
        assert (shut["state"], shut["reason"]) == ("shut", "shut (open 09:00-22:00)")
        assert last["state"] == "shut"
        assert none["state"] == "no way"
        assert "Cordon" in none["reason"]
        assert all(interval["reason"] is None for interval in rest)


def test_a_facility_without_gates_has_no_way_all_day(bundled: Path, tmp_path: Path) -> None:
    workspace = Workspace.open(shutil.copy(bundled, tmp_path / "city.gpkg"))
    gates = workspace.layer("entrances")
    own = gates[gates["facility_id"] == FACILITY].copy()
    own["kind"] = "foot"
    workspace.append("entrances", own)
    document = make_day(workspace, ask_day(FACILITY, DATE)).document
    assert not document["feasible"]
    assert document["headline"].startswith("No way through by vehicle all day: the facility has no")
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(document)))


def test_people_on_foot_have_a_day_too(workspace: Workspace) -> None:
    document = make_day(workspace, ask_day(FACILITY, DATE, profile="foot", every_min=60)).document
    assert document["feasible"]
    assert len(document["slots"]) == 24
    assert document["verification"]["passed"]


def test_a_way_that_fails_the_check_is_withheld_at_every_arrival_it_is_told(
    prepared: Prepared, day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check is made to refuse the ways of one gateway."""
    real = day_check.checked

    def refuse(prepared: Any, answer: Any) -> Any:
        document, _ = real(prepared, answer)
        routes = [r["id"] for o in document["origins"] for r in o["routes"] if o["id"] == key]
        return document, tuple(Failure(r, "outside_crowds", "made up") for r in routes)

    key = day.document["origins"][0]["id"]
    monkeypatch.setattr(day_check, "checked", refuse)
    document = day_at(prepared, ask_day(FACILITY, DATE)).document
    check = document["verification"]
    assert not check["passed"]
    assert {f["id"] for f in check["failures"]} == {f"{key}:primary"}
    assert check["withheld"] >= len(check["failures"]) > 0
    assert "withheld" in document["warnings"][0]
    origin = document["origins"][0]
    for failure in check["failures"]:
        s = document["slots"].index(failure["slot"])
        assert at(origin["timetable"], failure["slot"])["gate"] is None
        assert all(way["minutes"][s] is None for way in origin["ways"])
    assert document["origins"][1:] == day.document["origins"][1:]


def test_sample_of_arrivals_takes_changes_first_and_no_hour_without_a_way() -> None:
    best = np.zeros((2, 96), np.int32)
    best[:, 40:44] = -1
    best[0, 60:] = 1
    assert day_check.sample(best) == (0, 24, 44, 48, 60, 72)
    assert day_check.sample(np.full((2, 96), -1, np.int32)) == ()
    assert len(day_check.sample(np.arange(192).reshape(2, 96).astype(np.int32))) == 6


def test_a_day_is_the_same_twice(prepared: Prepared, day: Day) -> None:
    again = day_at(prepared, ask_day(FACILITY, DATE), risk=day.risk)
    assert json.dumps(again.document) == json.dumps(day.document)


@pytest.fixture(scope="module")
def doubted(prepared: Prepared, day: Day) -> dict[str, Any]:
    asked = ask_day(FACILITY, DATE, worlds=20, seed=4)
    return day_at(prepared, asked, risk=day.risk).document


def test_each_interval_and_window_says_in_how_many_variations_it_holds(
    doubted: dict[str, Any],
) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(doubted)))
    rows = [*doubted["timetable"], *doubted["windows"]]
    for row in rows:
        assert 0 <= row["clear_share_low"] <= row["clear_share"] <= row["clear_share_high"] <= 1
        assert row["clear_share"] * 20 == pytest.approx(round(row["clear_share"] * 20))
    told = doubted["ensemble"]
    assert (told["worlds"], told["of"], told["seed"]) == (20, 20, 4)
    assert (
        "of 20 simulated variations of these reports; unreported events are not included"
        in (told["sentence"])
    )
    assert told["varied"]


def test_a_gate_among_a_crowd_is_less_often_clear_than_one_apart(doubted: dict[str, Any]) -> None:
    """At eight the assembly stands before the south gate; at noon nobody does."""
    south = next(g for g in doubted["gates"] if g["id"] == "courthouse-south")
    dawn, eight, noon = (at(south["intervals"], f"{DATE}T{h}:00-01:00")
                         for h in ("04:00", "08:00", "12:00"))  # fmt: skip
    assert dawn["state"] == "shut"
    assert dawn["clear_share"] is None
    assert eight["clear_share"] < noon["clear_share"]


def test_variations_change_nothing_else_of_the_day(day: Day, doubted: dict[str, Any]) -> None:
    for name in ("headline", "slots", "search", "verification", "feasible"):
        assert doubted[name] == day.document[name]
    ways = [[o["ways"] for o in document["origins"]] for document in (day.document, doubted)]
    assert ways[0] == ways[1]


def test_a_day_no_report_bears_on_has_nothing_to_vary(prepared: Prepared) -> None:
    document = day_at(prepared, ask_day(FACILITY, "2027-06-01", worlds=5)).document
    assert document["ensemble"]["sentence"].startswith("Nothing to vary")
    assert all(row["clear_share"] is None for row in document["timetable"])


@pytest.mark.parametrize("asked", [{"worlds": -1}, {"worlds": 20_000}, {"worlds": 5, "seed": -2}])
def test_numbers_of_variations_out_of_range_are_refused(
    prepared: Prepared, asked: dict[str, int]
) -> None:
    with pytest.raises(InputError, match="cannot be asked"):
        day_at(prepared, ask_day(FACILITY, DATE, **asked))
