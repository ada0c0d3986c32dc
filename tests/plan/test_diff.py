"""What changed between two plans: everything that differs, told by what is worth telling."""

from __future__ import annotations

import copy
import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.affinity import translate

from planner.errors import InputError
from planner.layers.workspace import Workspace
from planner.plan import make_plan
from planner.plan.diff.compare import LISTS, diff, old_ways
from planner.plan.diff.fields import FIELDS, TIMES, WORTH
from planner.plan.diff.read import checked_plan, read_plan
from planner.plan.diff.since import Earlier, compared
from planner.plan.diff.ways import match
from planner.plan.question import ask
from planner.scenario import ARRIVE, FACILITY

NOW = datetime(2027, 3, 2, 6, 30, tzinfo=UTC)
SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "diff.schema.json").read_text("utf-8"))


def plan(path: Path, arrive: str = ARRIVE, **more: Any) -> dict[str, Any]:
    workspace = Workspace.open(path)
    made = make_plan(workspace, ask(FACILITY, arrive, workspace.timezone, **more), now=NOW)
    found: dict[str, Any] = json.loads(json.dumps(made.document))
    return found


@pytest.fixture(scope="module")
def before(bundled: Path) -> dict[str, Any]:
    return plan(bundled)


@pytest.fixture(scope="module")
def after(bundled: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the plan once the assembly at the South gate is no more reported."""
    path = Path(shutil.copy(bundled, tmp_path_factory.mktemp("diff") / "after.gpkg"))
    Workspace.open(path).remove("zones", ["zone-1"])
    return plan(path)


@pytest.fixture
def other(before: dict[str, Any]) -> dict[str, Any]:
    return copy.deepcopy(before)


def told(found: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [row for row in found["changes"] if row["kind"] == kind and row["of_note"]]


def of(found: dict[str, Any], key: str) -> dict[str, Any]:
    return next(row for row in found["changes"] if row["id"] == key)


def later(text: str, seconds: float) -> str:
    return (datetime.fromisoformat(text) + timedelta(seconds=seconds)).isoformat()


def test_plan_compared_with_itself_tells_nothing(before) -> None:
    found = diff(before, copy.deepcopy(before))

    assert found["same"]
    assert found["changes"] == []
    assert found["headline"] == "Nothing of note changed."
    assert found["unchanged"].startswith("Unchanged: 11 of 11 gateways, 4 of 4 gates")
    assert old_ways(before, before) == []


def test_comparison_fits_its_schema_and_names_every_field(before, after) -> None:
    found = json.loads(json.dumps(diff(before, after)))

    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    assert set(found) == set(SCHEMA["properties"])


def test_other_gate_is_told_with_old_and_new(before, after) -> None:
    found = diff(before, after)
    row = next(r for r in told(found, "origin") if "Sallow Road" in r["sentence"])

    assert row["sentence"].startswith(
        "From Sallow Road (south-west): now by South gate instead of North gate; leave 07:18, 1 min later"
    )
    fields = {f["name"]: (f["before"], f["after"]) for f in row["fields"]}
    assert fields["first.entrance_name"] == ("North gate", "South gate")
    assert [time[11:16] for time in fields["first.leave_by"]] == ["07:17", "07:18"]
    assert told(found, "zone")[0]["sentence"].startswith("No more reported: Standing assembly")


def test_counts_add_up_and_sentences_are_those_of_note(before, after) -> None:
    found = diff(before, after)

    assert found["sentences"] == [row["sentence"] for row in found["changes"] if row["of_note"]]
    assert all(row["of_note"] == bool(row["sentence"]) for row in found["changes"])
    for kind, count in found["counts"].items():
        ids = {row["id"] for side in (before, after) for row in side[LISTS[kind][0]]}
        assert count["of"] == len(ids)
        assert 0 <= count["changed"] <= count["of"]
    assert [row["rank"] for row in found["changes"]] == sorted(r["rank"] for r in found["changes"])


def test_the_other_way_round_touches_the_same_records(before, after) -> None:
    there, back = diff(before, after), diff(after, before)
    turned = {"added": "removed", "removed": "added", "changed": "changed"}

    def keys(found: dict[str, Any], kinds: tuple[str, ...]) -> set[tuple[str, str, str]]:
        return {(r["kind"], r["id"], r["what"]) for r in found["changes"] if r["kind"] in kinds}

    places = ("origin", "gate", "site", "zone", "closure")
    assert {(k, i, turned[w]) for k, i, w in keys(there, places)} == keys(back, places)
    assert there["counts"] == back["counts"]


def test_alternate_that_became_primary_is_told_as_such(before, other) -> None:
    origin = next(o for o in other["origins"] if len(o["routes"]) > 1)
    first, second = origin["routes"][:2]
    roles = first["role"], second["role"]
    origin["routes"][:2] = [
        second | {"role": roles[0], "id": first["id"]},
        first | {"role": roles[1], "id": second["id"]},
    ]
    found = diff(before, other)
    row = of(found, origin["id"])

    assert "which was the second choice" in row["sentence"]
    assert "the way of before is now the second choice" in row["sentence"]
    ways = [r for r in found["changes"] if r["kind"] == "way"]
    assert {(r["before_id"], r["id"]) for r in ways} >= {
        (first["id"], second["id"]), (second["id"], first["id"]),
    }  # fmt: skip
    assert old_ways(before, other) == []


@pytest.mark.parametrize(
    ("field", "less", "enough", "words"),
    [
        ("leave_by", -59, -60, "1 min earlier"),
        ("leave_by", 59, 60, "1 min later"),
        ("exposure_min", 0.0999, 0.1, "min exposure instead of"),
        ("wait_s", 59, 600, "hold 10 min on the way instead of none"),
    ],
)
def test_less_than_its_worth_is_recorded_and_not_told(before, field, less, enough, words) -> None:
    def changed(by: float) -> dict[str, Any]:
        made = copy.deepcopy(before)
        route = made["origins"][0]["routes"][0]
        route[field] = later(route[field], by) if field in TIMES else round(route[field] + by, 6)
        return diff(before, made)

    quiet, loud = changed(less), changed(enough)

    assert quiet["same"]
    fields = [f for row in quiet["changes"] for f in row["fields"]]
    assert {f["name"].removeprefix("first.") for f in fields} == {field}
    assert not any(f["of_note"] for f in fields)
    assert words in loud["sentences"][0]
    assert loud["counts"]["origin"]["changed"] == 1


def test_minutes_earlier_are_those_between_the_clocks_shown(before) -> None:
    """87 seconds from 07:22:18 to 07:20:51 are two minutes to who reads 07:22 and 07:20."""
    old, new = copy.deepcopy(before), copy.deepcopy(before)
    date, offset = before["arrive_by"][:11], before["arrive_by"][19:]
    for made, at in ((old, "07:22:18"), (new, "07:20:51")):
        made["origins"][0]["routes"][0]["leave_by"] = f"{date}{at}{offset}"
    assert "leave 07:20, 2 min earlier" in diff(old, new)["sentences"][0]


def test_a_way_split_at_other_points_is_the_same_way(before, other) -> None:
    route = other["origins"][0]["routes"][0]
    line = route["geometry"]["coordinates"]
    (a, b), (c, d) = line[0], line[1]
    line.insert(1, [round((a + c) / 2, 7), round((b + d) / 2, 7)])

    assert diff(before, other)["same"]
    assert old_ways(before, other) == []


def test_every_way_is_in_exactly_one_pair(before, after) -> None:
    new = {origin["id"]: origin["routes"] for origin in after["origins"]}
    for origin in before["origins"]:
        pairs = match(origin["routes"], new[origin["id"]], before["facility_lat"])
        ids = [p.before["id"] for p in pairs if p.before], [p.after["id"] for p in pairs if p.after]
        assert sorted(ids[0]) == sorted(r["id"] for r in origin["routes"])
        assert sorted(ids[1]) == sorted(r["id"] for r in new[origin["id"]])


def test_lost_way_comes_before_everything_but_what_was_asked(before, other) -> None:
    origin = other["origins"][3]
    origin |= {
        "routes": [],
        "feasible": False,
        "reason": "zone",
        "opens_at": later(ARRIVE + ":00-01:00", 3600),
    }
    other["gates"][0] |= {"open": False, "reason": "shut (a zone)"}
    found = diff(before, other)

    assert found["sentences"][0] == (
        f"From {origin['name']}: no way through any more, opens for arrival at 08:30"
    )
    assert found["sentences"][1] == f"{other['gates'][0]['name']}: now shut, shut (a zone)"
    back = diff(other, before)
    assert any(s.startswith(f"From {origin['name']}: a way again, by ") for s in back["sentences"])
    assert f"{other['gates'][0]['name']}: now open" in back["sentences"]


def test_way_no_more_clear_says_the_risk(before, other) -> None:
    other["origins"][0]["routes"][0] |= {"clear": False, "max_risk": 0.42}

    assert "no more clear, risk 0.42" in diff(before, other)["sentences"][0]
    assert "clear again" in diff(other, before)["sentences"][0]


def test_other_arrival_is_told_first_and_leaving_against_it(bundled, before) -> None:
    found = diff(before, plan(bundled, "2027-03-02T08:00"))

    assert found["sentences"][0].startswith("Asked for arrival at 08:00 instead of 07:30")
    for row in told(found, "origin"):
        assert "30 min later" not in row["sentence"]


def test_everything_an_hour_later_is_one_change(before) -> None:
    text = json.dumps(before)
    for route in (r for o in before["origins"] for r in o["routes"]):
        for name in ("depart", "leave_by", "arrive"):
            text = text.replace(f'"{route[name]}"', f'"{later(route[name], 3600)}!"')
    made = json.loads(text.replace('!"', '"'))
    made["arrive_by"] = later(before["arrive_by"], 3600)
    found = diff(before, made)

    assert len(found["sentences"]) == 1
    assert found["sentences"][0].startswith("Asked for arrival at 08:30 instead of 07:30")


def test_other_traveller_is_told_first_and_stops_are_no_lost_gateways(bundled, before) -> None:
    found = diff(before, plan(bundled, profile="foot"))

    assert found["sentences"][0] == "Asked for on foot instead of car"
    assert not [s for s in found["sentences"] if "place to come from" in s]
    assert {r["what"] for r in found["changes"] if r["kind"] == "origin"} == {"added", "removed"}


def test_moved_zone_tells_by_how_far(bundled, before, tmp_path) -> None:
    path = Path(shutil.copy(bundled, tmp_path / "moved.gpkg"))
    workspace = Workspace.open(path)
    rows = workspace.layer("zones")
    rows = rows[rows["id"] == "zone-4"].copy()
    rows["geometry"] = [translate(rows.geometry.iloc[0], yoff=0.001)]
    workspace.append("zones", rows)
    (row,) = [r for r in diff(before, plan(path))["changes"] if r["kind"] == "zone"]

    assert "moved by 111 m" in row["sentence"]


def test_other_wishes_are_told_first(bundled, before) -> None:
    gate = next(g["id"] for g in before["gates"] if g["name"] == "East gate")
    found = diff(before, plan(bundled, wishes={"gate": gate}))

    assert found["sentences"][0] == "Ways were asked for with other wishes"


def test_other_trade_is_told(before, other) -> None:
    other["trade"] |= {"asked": "calmest"}

    assert diff(before, other)["sentences"] == [
        "Asked for the calmest trade instead of the balanced"
    ]


def test_plan_before_that_was_made_after_the_other_is_told(before, other) -> None:
    other["generated_at"] = later(before["generated_at"], 3600)

    assert diff(before, other)["caveats"] == []
    (said,) = diff(other, before)["caveats"]
    assert said.startswith("the plan before was made after the other")
    assert "swap" in said


def test_plan_made_again_of_what_was_known_is_the_one_before_whenever_it_is_made(
    before, other
) -> None:
    """A briefing is planned first, then what was known at an edit: nothing is to be swapped."""
    other["generated_at"] = later(before["generated_at"], 3)

    told = compared(Earlier(other, "as known at edit 7", again=True), before)
    assert told["caveats"] == []
    (said,) = compared(Earlier(other, "made 06:00"), before)["caveats"]
    assert "swap" in said


def test_numbers_of_the_model_are_told(before, other) -> None:
    other["provenance"]["parameters"]["clear_below"]["value"] = 0.25
    assert diff(before, other)["sentences"] == [
        "Number clear_below of the model: now 0.25, before 0.1"
    ]


def test_failed_check_of_the_new_plan_is_the_first_thing_told(before, other) -> None:
    other["verification"]["passed"] = False
    assert diff(before, other)["sentences"][0].startswith("The new plan did not pass its check")


def test_names_cannot_steer_a_terminal_or_fill_it(before, other) -> None:
    evil = "\x1b[2J\u202e" + "x" * 500 + "\n\n"
    other["gates"][0]["name"] = evil
    other["origins"][0]["name"] = evil
    found = diff(before, other)

    assert found["sentences"]
    for said in (*found["sentences"], found["headline"]):
        assert not set(said) & {"\x1b", "\u202e", "\n"}
        assert len(said) < 300


# --- everything that differs is found: against a plain walk over both documents ------------


def _leaves(kind: str) -> list[str]:
    skipped = ("geometry", "unmet", "streets", "notices", "reports", "best_for")
    return [name for name in FIELDS[kind] if name not in skipped]


@settings(max_examples=60, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(data=st.data())
def test_every_changed_field_is_in_the_record(before, data) -> None:
    made = copy.deepcopy(before)
    kind = data.draw(st.sampled_from(["gate", "site", "zone", "closure", "way"]))
    rows = (
        [r for o in made["origins"] for r in o["routes"]] if kind == "way" else made[LISTS[kind][0]]
    )
    row = data.draw(st.sampled_from(rows))
    name = data.draw(
        st.sampled_from([n for n in _leaves(kind) if isinstance(row.get(n), str | int | float)])
    )
    old = row[name]
    if isinstance(old, bool):
        row[name] = not old
    elif name in TIMES:
        row[name] = later(old, data.draw(st.integers(-7200, 7200).filter(bool)))
    elif isinstance(old, str):
        row[name] = old + "x"
    else:
        row[name] = old + data.draw(st.sampled_from([-1, 1, 100, 0.01]))
    found = diff(before, made)
    hits = [f for c in found["changes"] for f in c["fields"]
            if f["name"] == name and f["before"] == old and f["after"] == row[name]]  # fmt: skip

    assert hits
    worth = FIELDS[kind][name]
    if worth and not isinstance(old, str):
        assert all(f["of_note"] == (abs(row[name] - old) >= worth - 1e-9) for f in hits)


# --- what is no plan ------------------------------------------------------------------------


def test_plans_of_two_facilities_are_refused(before, other) -> None:
    other["facility"] = "elsewhere"
    with pytest.raises(InputError, match="two facilities, 'courthouse' then 'elsewhere'"):
        diff(before, other)


def test_plans_of_two_cities_that_share_an_id_are_refused(before, other) -> None:
    """Every city may have a facility "hq": all its ways would be told as changed."""
    other["facility_lat"] += 1
    with pytest.raises(InputError, match="two places 111 km apart that share the id 'courthouse'"):
        diff(before, other)
    other["facility_lat"] = before["facility_lat"] + 0.001
    assert diff(before, other)["facility"] == "courthouse"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is not JSON"),
        (b"{", "is not JSON"),
        (b"\xff\xfe{\x00", "is not UTF-8 text"),
        (b"[" * 100_000, "is not JSON"),
        (b"[]", "is not a plan but a list"),
        (b"3", "is not a plan but a single value"),
        (b'{"timetable": []}', "is not a plan but a day"),
        (b'{"features": []}', "is not a plan but GeoJSON"),
        (b'{"changes": []}', "is not a plan but a comparison"),
        (b'{"origins": [], "gates": [], "staging": [], "x": NaN}', "is not JSON a plan"),
        (b'{"origins": [], "gates": [], "staging": []}', "of another schema .feasible is missing"),
    ],
)
def test_file_that_is_no_plan_says_what_it_is(tmp_path, content, said) -> None:
    path = tmp_path / "no-plan.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said) as caught:
        read_plan(path)
    assert "planner plan --json" in str(caught.value)


def test_absent_file_and_folder_are_told(tmp_path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            read_plan(path)


def test_file_with_a_byte_order_mark_is_read(before, tmp_path) -> None:
    path = tmp_path / "plan.json"
    path.write_text("\ufeff" + json.dumps(before), "utf-8")
    assert read_plan(path) == before


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda d: d["origins"][0]["routes"][0].pop("geometry"), r"origins\[0\].routes\[0\].geometry is missing"),
        (lambda d: d["origins"][0].update(routes=None), r"origins\[0\].routes is no list"),
        (lambda d: d.update(arrive_by="soon"), "arrive_by is of another kind"),
        (lambda d: d.update(arrive_by="2027-03-02T07:30:00"), "arrive_by is of another kind"),
        (lambda d: d.update(timezone="../../etc/passwd"), "timezone is of another kind"),
        (lambda d: d.update(profile="tank"), "profile is of another kind"),
        (lambda d: d["gates"].append(d["gates"][0]), "two of gates have one id"),
        (lambda d: d["zones"][0].update(geometry={"type": "Point"}), r"zones\[0\].geometry is of another kind"),
        (lambda d: d["gates"][0].update(lon=1e999), r"gates\[0\].lon is of another kind"),
        (lambda d: d["staging"][0].update(time_s=10**400), r"staging\[0\].time_s is of another kind"),
        (lambda d: d["staging"][0].update(time_s=True), r"staging\[0\].time_s is of another kind"),
        (lambda d: d.update(provenance=[]), "provenance is no object"),
    ],
)  # fmt: skip
def test_plan_of_another_schema_names_what_is_wrong(other, spoil, said) -> None:
    spoil(other)
    with pytest.raises(InputError, match=said):
        checked_plan(other, "old.json")


def test_worth_is_told_in_the_document(before) -> None:
    assert diff(before, before)["worth"] == dict(WORTH) | {"place_m": 10.0}
