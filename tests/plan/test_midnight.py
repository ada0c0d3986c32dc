"""A change of shift that lasts over midnight: found, checked, told; all else stays the one day."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Any

import jsonschema
import numpy as np
import pytest

from planner.layers.workspace import Workspace
from planner.plan.day import check as day_check
from planner.plan.day import record, sheet
from planner.plan.day.sheet import ask_day, day_at, make_day
from planner.plan.day.table import EXPOSED_MIN, SLOWER, SLOWER_MIN
from planner.plan.prepare import Prepared, prepare
from planner.reports import add_row
from planner.scenario import FACILITY
from planner.verify import Failure
from tests.plan.test_day import DATE, SCHEMA

if TYPE_CHECKING:
    from pathlib import Path

NEXT = "2027-03-03"
ALWAYS, NIGHT = ("00:00", "24:00"), ("22:00", "06:00")
Document = dict[str, Any]


def city(bundled: Path, folder: Path, **each: tuple[tuple[str, str], int | None]) -> Workspace:
    """The bundled city with hours and capacities of some gates; the others are shut by night."""
    workspace = Workspace.open(shutil.copy(bundled, folder / "city.gpkg"))
    gates = workspace.layer("entrances")
    own = gates[gates["facility_id"] == FACILITY].copy()
    told = [each.get(i.removeprefix("courthouse-"), (("08:00", "18:00"), None)) for i in own["id"]]
    own["opens"], own["closes"] = ([hours[i] for hours, _ in told] for i in (0, 1))
    own["vehicles_per_15min"] = [many for _, many in told]
    workspace.append("entrances", own)
    return workspace


@pytest.fixture(scope="module")
def two_gates(bundled: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """East always open, north by night; an assembly before the north gate soon after midnight."""
    workspace = city(
        bundled, tmp_path_factory.mktemp("night"), east=(ALWAYS, 20), north=(NIGHT, 10)
    )
    gates = workspace.layer("entrances").set_index("id")
    row = {
        "id": "late", "kind": "standing_assembly", "source_kind": "news", "size_low": 200, "size_high": 800,
        "grade": "A1", "starts_at": f"{NEXT}T00:40", "ends_at": f"{NEXT}T03:00",
    }  # fmt: skip
    add_row(
        workspace, "zones", row, gates.geometry["courthouse-north"].buffer(0.0004), role="planner"
    )
    return workspace


@pytest.fixture(scope="module")
def prepared(two_gates: Workspace) -> Prepared:
    return prepare(two_gates, FACILITY)


@pytest.fixture(scope="module")
def without(prepared: Prepared) -> Document:
    return day_at(prepared, ask_day(FACILITY, DATE)).document


@pytest.fixture(scope="module")
def told(prepared: Prepared) -> Document:
    return day_at(prepared, ask_day(FACILITY, DATE, vehicles=40)).document


def good(days: list[Document], gate: str, key: str) -> list[bool]:
    """Whether a gate serves at each time of some days, by what the first one's best is like.

    Counted from the documents of days asked for one by one, without any vehicles.
    """
    ways = [
        [
            next(w for w in origin[key] if w["gate"] == gate)
            for origin in day["origins"]
            if origin[key]
        ]
        for day in days
    ]
    ever = [o for o, way in enumerate(ways[0]) if any(way["clear"])]
    means = []
    for day, there in zip(days, ways, strict=True):
        for s in range(len(day["slots"])):
            some = [(there[o]["minutes"][s], there[o]["exposure_min"][s], there[o]["clear"][s])
                    for o in ever]  # fmt: skip
            whole = all(clear for _, _, clear in some)
            means.append(tuple(np.mean([x[i] for x in some]) for i in (0, 1)) if whole else None)
    of_day = [m for m in means[: len(days[0]["slots"])] if m is not None]
    quickest, calmest = (min(m[i] for m in of_day) for i in (0, 1))
    slowest = quickest + max(SLOWER * quickest, SLOWER_MIN)
    return [m is not None and m[0] <= slowest and m[1] <= calmest + EXPOSED_MIN for m in means]


def oracle(days: list[Document], rates: dict[str, int], vehicles: int) -> dict[Any, set[int]]:
    """Beginnings of a change by every set of gates, counted minute by minute through two days."""
    into, out = ({g: good(days, g, key) for g in rates} for key in ("ways", "leaving"))
    found: dict[Any, set[int]] = {}
    for size in range(1, len(rates) + 1):
        for some in combinations(sorted(rates), size):
            each = 15 * vehicles // sum(rates[g] for g in some)
            may = {
                a for a in range(len(days[0]["slots"]))
                if all(
                    (into if m < each else out)[g][a + m // 15]
                    for m in range(2 * each) for g in some
                )
            }  # fmt: skip
            fewer = [found[key] for n in range(1, size) for key in combinations(some, n)]
            found[some] = may
            found[("told", *some)] = may - set().union(*fewer)
    return {key[1:]: starts for key, starts in found.items() if key[0] == "told"}


@pytest.mark.parametrize("vehicles", [10, 40, 60])
def test_windows_are_those_counted_minute_by_minute_through_two_days(
    prepared: Prepared, without: Document, vehicles: int
) -> None:
    tomorrow = day_at(prepared, ask_day(FACILITY, NEXT)).document
    rates = {"courthouse-east": 20, "courthouse-north": 10}
    wanted = oracle([without, tomorrow], rates, vehicles)
    shift = day_at(prepared, ask_day(FACILITY, DATE, vehicles=vehicles)).document["shift"]
    found: dict[Any, set[int]] = {key: set() for key in wanted}
    slots = without["slots"]
    for window in shift["windows"]:
        first, last = (slots.index(window[key]) for key in ("from", "latest_start"))
        found[tuple(sorted(window["gates"]))] |= set(range(first, last + 1))
    assert len(shift["windows"]) < 8, "all windows are told"
    assert found == wanted
    assert any(starts and max(starts) == 95 for starts in wanted.values()), (
        "some last over midnight"
    )
    if vehicles > 10:
        # The assembly of the next day ends what goes by the north gate.
        assert max(wanted[("courthouse-north",)]) < 95


def test_all_but_the_change_of_shift_is_told_of_the_one_day(
    without: Document, told: Document
) -> None:
    assert without["shift"] is None
    for name, part in without.items():
        if name not in ("shift", "verification"):
            assert json.dumps(told[name]) == json.dumps(part), name
    mine, its = without["verification"], told["verification"]
    n = len(mine["slots"])
    assert its["slots"][:n] == mine["slots"]
    assert its["slots"][n:], "arrivals past midnight are checked too"
    assert all(slot.startswith(NEXT) for slot in its["slots"][n:])
    assert any(slot.startswith(NEXT) for slot in its["leaving_slots"])
    assert its["checked"] > mine["checked"]
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(told)))


def test_nothing_past_midnight_is_worked_out_unless_a_change_may_last_so_long(
    bundled: Path, tmp_path: Path, prepared: Prepared, without: Document,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    laid: list[int] = []
    real = sheet.lay_out

    def count(*asked: Any) -> Any:
        laid.append(len(asked[3]))
        return real(*asked)

    monkeypatch.setattr(sheet, "lay_out", count)
    monkeypatch.setattr("planner.plan.day.night.lay_out", count)
    again = day_at(prepared, ask_day(FACILITY, DATE)).document
    assert json.dumps(again) == json.dumps(without)
    assert laid == [96]
    day_at(prepared, ask_day(FACILITY, DATE, vehicles=40))
    # By the slower gate it lasts two hours: the last quarter of the day and seven after it.
    assert laid[1:] == [96, 1 + 7]
    day_at(prepared, ask_day(FACILITY, DATE, vehicles=5))
    assert laid[3:] == [96], "five and five pass within a quarter"
    for number, gate in enumerate([(ALWAYS, None), (("00:00", "20:00"), 10)]):
        folder = tmp_path / str(number)
        folder.mkdir()
        workspace = city(bundled, folder, east=gate)
        make_day(workspace, ask_day(FACILITY, DATE, vehicles=40))
    assert laid[4:] == [96, 96], "no capacity is known; no gate is open at midnight"


def test_a_window_over_midnight_says_on_which_day_it_is_over(told: Document) -> None:
    window = next(w for w in told["shift"]["windows"] if w["latest_start"][11:16] == "23:45")
    assert window["gates"] == ["courthouse-east"]
    assert window["until"] == f"{NEXT}T00:45:00-01:00"
    assert (
        " and 23:45 by East gate: 40 in within 30 min, then 40 out within 30 min, "
        "over by 00:45 on Wednesday 3 Mar if begun at 23:45; drives of "
    ) in window["text"]
    assert told["shift"]["until"] == f"{NEXT}T01:45:00-01:00"


def test_by_a_gate_open_by_night_a_change_ends_before_the_gate_shuts(
    bundled: Path, tmp_path: Path
) -> None:
    workspace = city(bundled, tmp_path, north=(("22:00", "00:30"), 20))
    shift = make_day(workspace, ask_day(FACILITY, DATE, vehicles=40)).document["shift"]
    (window,) = shift["windows"]
    assert window["from"] == f"{DATE}T22:00:00-01:00"
    assert window["latest_start"] == f"{DATE}T23:30:00-01:00"
    assert window["until"] == f"{NEXT}T00:30:00-01:00"


def test_a_window_that_would_begin_after_midnight_is_not_told(
    bundled: Path, tmp_path: Path
) -> None:
    """From half past midnight on twice as many would fit; the day asked about has only an hour."""
    workspace = city(
        bundled, tmp_path, north=(("23:00", "01:00"), 20), east=(("00:30", "06:00"), 20)
    )
    shift = make_day(workspace, ask_day(FACILITY, DATE, vehicles=80)).document["shift"]
    assert [w["gates"] for w in shift["windows"]] == [["courthouse-east"], ["courthouse-north"]]
    assert all(w["latest_start"].startswith(DATE) for w in shift["windows"])
    by_north = shift["windows"][1]
    assert (by_north["from"][11:16], by_north["until"][:16]) == ("23:00", f"{NEXT}T01:00")
    assert by_north["text"].startswith("begin at 23:00 by North gate: 80 in within 60 min, ")
    assert "over by 01:00 on Wednesday 3 Mar; drives" in by_north["text"]
    most = {tuple(m["gates"]): m for m in shift["most"]}
    assert most[("courthouse-east",)]["until"] == f"{DATE}T06:00:00-01:00"


def test_a_closure_of_the_next_day_ends_a_change(bundled: Path, tmp_path: Path) -> None:
    workspace = city(bundled, tmp_path, east=(ALWAYS, 20))
    gates = workspace.layer("entrances").set_index("id")
    row = {"id": "cordon", "name": "Cordon", "kind": "police_line", "starts_at": f"{NEXT}T00:30",
           "ends_at": f"{NEXT}T05:00"}  # fmt: skip
    around = gates.geometry["courthouse-east"].buffer(0.002)
    add_row(workspace, "closures", row, around, role="planner")
    shift = make_day(workspace, ask_day(FACILITY, DATE, vehicles=40)).document["shift"]
    last = max(datetime.fromisoformat(w["until"]) for w in shift["windows"])
    shut = datetime.fromisoformat(f"{NEXT}T00:30:00-01:00")
    assert shut - timedelta(minutes=15) <= last <= shut


@pytest.mark.parametrize(("date", "said"), [
    ("2027-10-30", "over by 00:15 on Sunday 31 Oct (UTC-01:00) if begun at 23:45 (the clocks change)"),
    ("2027-03-27", "over by 01:45 on Sunday 28 Mar if begun at 23:45 (the clocks change)"),
])  # fmt: skip
def test_a_night_in_which_clocks_change_is_told_by_its_own_clock(
    bundled: Path, tmp_path: Path, date: str, said: str
) -> None:
    """In the Azores midnight comes twice in autumn, and not at all in spring."""
    vehicles = 60 if date.endswith("30") else 40
    workspace = city(bundled, tmp_path, east=(ALWAYS, 20))
    shift = make_day(workspace, ask_day(FACILITY, date, vehicles=vehicles)).document["shift"]
    (window,) = shift["windows"]
    assert said in window["text"]
    begun, over = (datetime.fromisoformat(window[key]) for key in ("latest_start", "until"))
    assert over - begun == timedelta(minutes=window["minutes_needed"])


def test_ways_past_midnight_that_fail_the_check_are_not_counted_on(
    prepared: Prepared, without: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = day_check.checked

    def refuse(prepared: Any, answer: Any) -> Any:
        document, found = real(prepared, answer)
        if answer.question.arrive_utc.isoformat() >= f"{NEXT}T01":
            found = (*found, Failure("plan", "outside_crowds", "made up"))
        return document, found

    monkeypatch.setattr(day_check, "checked", refuse)
    document = day_at(prepared, ask_day(FACILITY, DATE, vehicles=40)).document
    check = document["verification"]
    assert not check["passed"]
    assert all(failure["slot"].startswith(NEXT) for failure in check["failures"])
    assert any("past it did not pass the independent check" in w for w in document["warnings"])
    assert all(w["until"] <= f"{NEXT}T00:00:00-01:00" or w["latest_start"][11:16] < "23:45"
               for w in document["shift"]["windows"])  # fmt: skip
    assert document["timetable"] == without["timetable"]


def test_no_more_than_half_a_day_past_midnight_is_looked_at_and_it_says_so(
    bundled: Path, tmp_path: Path
) -> None:
    workspace = city(bundled, tmp_path, east=(ALWAYS, 1))
    shift = make_day(workspace, ask_day(FACILITY, DATE, vehicles=500)).document["shift"]
    assert shift["until"] == f"{NEXT}T12:00:00-01:00"
    assert "fit at most until 12:00 on Wednesday 3 Mar, no later is looked at" in shift["text"]


def test_the_tables_past_midnight_are_those_of_the_next_day(
    prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rush hours are those of the next weekday, the risk that of its reports."""
    seen: list[Any] = []
    real = record.shift
    monkeypatch.setattr(record, "shift", lambda *asked: (seen.append(asked[1]), real(*asked))[1])
    for date in (DATE, NEXT):
        day_at(prepared, ask_day(FACILITY, date, vehicles=200))
    for mine, its in zip(*seen, strict=True):
        n = mine.minutes.shape[2] - 96
        assert n == 39
        assert mine.edges[96:135] == its.edges[:39]
        for name in ("minutes", "exposure", "risk", "clear"):
            east = [getattr(side, name)[0] for side in (mine, its)]
            there = np.isfinite(mine.minutes[0, :, 96:])
            assert there.any()
            np.testing.assert_allclose(east[0][:, 96:][there], east[1][:, :n][there])
