"""The choice of places broken on purpose: nobody is sent where the layer keeps the vehicle off."""

from __future__ import annotations

import random
import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import box

from planner.layers.workspace import Workspace
from planner.plan import make, prepare
from planner.plan.question import ask
from planner.plan.sites import movement as told
from planner.plan.stage import ground
from planner.plan.stage.make import make_stage
from planner.plan.stage.question import ask_stage
from planner.scenario import FACILITY
from planner.staging import movement, usable
from planner.verify import Facts
from planner.verify.allowed import bars
from tests.verify.town import LIMITS, Town

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    Broken = Callable[[pytest.MonkeyPatch], None]

ARRIVE = "2027-03-02T07:30"
"""A Tuesday; the window is 06:00 to 08:30."""

LIMITED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("park-way-1291", {"maxstay_min": 30}),
    ("park-way-1295", {"closes": "08:00"}),
    ("park-way-1272", {"hours": "Mo,We-Su 00:00-24:00"}),
    ("staging-2", {"access": "permission"}),
    ("park-way-1264", {"maxheight_m": 1.8}),
    ("park-way-1289", {"vehicles": "buses"}),
)
"""The sites that are chosen where nothing bars them, each with what bars it."""

BARRED = frozenset(key for key, _ in LIMITED)


@pytest.fixture(scope="module")
def city(bundled: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The bundled city, of which the best sites keep cars off in the window."""
    found = Workspace.open(shutil.copy(bundled, tmp_path_factory.mktemp("leave") / "city.gpkg"))
    rows = found.layer("staging_sites").set_index("id", drop=False)
    changed = rows.loc[[key for key, _ in LIMITED]].copy()
    for key, cells in LIMITED:
        for name, cell in cells.items():
            changed.loc[key, name] = cell
    found.append("staging_sites", changed.reset_index(drop=True))
    return found


def plan(city: Workspace) -> dict[str, Any]:
    return make.make_plan(city, ask(FACILITY, ARRIVE, city.timezone)).document


def places(document: dict[str, Any]) -> set[str]:
    """Every place that a plan sends somebody to wait at."""
    found = {site["id"] for site in document["staging"]}
    for moved in (site["movement"] for site in document["staging"] if site["movement"]):
        found |= {hold["id"] for hold in moved["hold_points"]}
        found |= {moved["fallback"]["site"]} if moved["fallback"] else set()
    return found


def free(frame: gpd.GeoDataFrame, *_: Any) -> np.ndarray:
    return np.full(len(frame), "", object)


def nobody_is_barred(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(usable, "why_never", free)
    patch.setattr(prepare, "why_never", free)


def nothing_shuts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(usable, "why_shut", lambda frame, *_: [""] * len(frame))


def one_may_stay(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(usable, "why_short", free)


def of_another_day(patch: pytest.MonkeyPatch) -> None:
    right = usable.why_shut
    by = timedelta(days=1)
    patch.setattr(usable, "why_shut", lambda frame, a, b, zone: right(frame, a + by, b + by, zone))


def moves_anywhere(patch: pytest.MonkeyPatch) -> None:
    """Fallbacks and places to hold are taken from all candidates, whatever bars them."""
    right = movement.movements

    def wrong(scene: Any, sites: Any, _unfit: Any, *, spare: Any, apart: bool) -> Any:
        every = [row for row in range(scene.n) if row not in {site.row for site in sites}]
        object.__setattr__(scene, "barred", ())
        return right(scene, sites, (), spare=[*spare, *every], apart=apart)

    patch.setattr(told, "movements", wrong)


BROKEN: dict[str, tuple[Broken, frozenset[str]]] = {
    "access, kind, height bar nobody": (
        nobody_is_barred, frozenset({"staging-2", "park-way-1264", "park-way-1289"})),
    "hours shut nothing": (nothing_shuts, frozenset({"park-way-1295", "park-way-1272"})),
    "hours are those of the next day": (of_another_day, frozenset({"park-way-1272"})),
    "one may stay for ever": (one_may_stay, frozenset({"park-way-1291"})),
}  # fmt: skip


def test_choice_as_it_is_breaks_no_rule(city: Workspace) -> None:
    document = plan(city)
    assert document["verification"]["failures"] == []
    assert document["staging"]
    assert not places(document) & BARRED


@pytest.mark.parametrize("name", BROKEN)
def test_broken_choice_is_found_and_withheld(
    city: Workspace, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    fault, barred = BROKEN[name]
    fault(monkeypatch)
    document = plan(city)
    failures = document["verification"]["failures"]
    assert {one["rule"] for one in failures} == {"site_allowed"}
    assert barred & {one["id"] for one in failures}
    assert not places(document) & barred


def test_broken_movement_is_found(city: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fallback and places to hold that nobody may use at that hour."""
    moves_anywhere(monkeypatch)
    document = plan(city)
    said = [
        f["detail"] for f in document["verification"]["failures"] if f["rule"] == "site_allowed"
    ]
    assert any(one.startswith("has the fallback") for one in said)
    assert any(one.startswith("has a place to hold") for one in said)
    assert not places(document) & BARRED


def two(city: Workspace) -> list[str]:
    gates = city.layer("entrances")
    driven = gates[gates["kind"].isin(["vehicle", "both"])]["facility_id"]
    return [FACILITY, next(key for key in sorted(set(driven)) if key != FACILITY)]


def test_broken_choice_for_several_is_found(
    city: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is to be opened in any case, though it shuts before the window ends."""
    both, shut = two(city), "park-way-1295"
    asked = ask_stage(both, ARRIVE, city.timezone, choice={"sites": 2}, vehicles=(8,))
    right = make_stage(city, asked).document
    assert right["verification"]["failures"] == []
    assert not {site["id"] for site in right["sites"]} & BARRED
    fixed = {"sites": 2, "fixed": (shut,)}
    asked = ask_stage(both, ARRIVE, city.timezone, choice=fixed, vehicles=(8,))
    assert not make_stage(city, asked).document["feasible"]
    monkeypatch.setattr(ground, "why_not", free)
    wrong = make_stage(city, asked).document
    failures = wrong["verification"]["failures"]
    assert (shut, "site_allowed") in {(one["id"], one["rule"]) for one in failures}
    assert wrong["sites"] == []


def test_private_ground_serves_its_own_facility_of_several(
    bundled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The yard of the one was told as the place to wait of the other's vehicles too."""
    city = Workspace.open(shutil.copy(bundled, tmp_path / "own.gpkg"))
    asked = ask_stage(two(city), ARRIVE, city.timezone, choice={"sites": 1}, vehicles=(8,))
    (best,) = make_stage(city, asked).document["sites"]
    site = city.layer("staging_sites").set_index("id", drop=False).loc[[best["id"]]]
    city.append("staging_sites", site.assign(access="private").reset_index(drop=True))
    mine = city.layer("facilities").set_index("id", drop=False).loc[[FACILITY]]
    yard = mine.geometry.iloc[0].union(site.geometry.iloc[0].buffer(1e-4))
    city.append("facilities", mine.set_geometry([yard], crs=mine.crs).reset_index(drop=True))
    after = make_stage(city, asked).document
    assert best["id"] not in {one["id"] for one in after["sites"]}
    assert after["verification"]["passed"]
    alone = ask_stage([FACILITY], ARRIVE, city.timezone, vehicles=(8,),
                      choice={"sites": 1, "fixed": (best["id"],)})  # fmt: skip
    assert make_stage(city, alone).document["verification"]["passed"]
    monkeypatch.setattr(ground, "of_others", lambda frame, _: np.zeros(len(frame), bool))
    broken = make_stage(city, asked).document["verification"]["failures"]
    assert {one["rule"] for one in broken} == {"own_ground"}


BERLIN = ZoneInfo("Europe/Berlin")
CELLS: dict[str, tuple[Any, ...]] = {
    "access": ("public", "public", "granted", "permission", "private", "", None, "members"),
    "vehicles": ("any", "any", "any", "cars", "buses", ""),
    "maxheight_m": (np.nan, np.nan, np.nan, 1.9, 2.0, 2.3, 2.8, 4.0),
    "opens": ("00:00", "00:00", "", "06:00", "22:00"),
    "closes": ("24:00", "24:00", "", "09:00", "07:30", "02:00"),
    "hours": ("", "", "", "24/7", "Mo-Fr 07:00-19:00; PH off", "Sa,Su", "unknown", "06:00-08:00",
              "22:00-06:00", "SH off", "Mo-Fr 07:00-19:00; SH off", "sunrise-sunset",
              "Mo-Fr 06:00-10:00 unknown", "24/7; Fr 08:00-09:00 off"),
    "maxstay_min": (np.nan, np.nan, np.nan, 30.0, 120.0, 150.0, 480.0),
}  # fmt: skip


def random_sites(draw: random.Random, n: int) -> gpd.GeoDataFrame:
    rows = [{name: draw.choice(cells) for name, cells in CELLS.items()} for _ in range(n)]
    shapes = [box(8.6 + 0.001 * i, 49.4, 8.6002 + 0.001 * i, 49.4002) for i in range(n)]
    return gpd.GeoDataFrame(
        [{"id": f"s{i}"} | row for i, row in enumerate(rows)], geometry=shapes, crs=4326
    )


def windows() -> Iterable[tuple[datetime, datetime]]:
    """A Friday, a public holiday, nights on which clocks are put forward and back."""
    for day in ((2026, 10, 2), (2026, 10, 3), (2026, 3, 29), (2026, 10, 25)):
        for hour in (0, 7, 21):
            begin = datetime(*day, hour, 30, tzinfo=BERLIN).astimezone(UTC)
            yield begin, begin + timedelta(minutes=150)


@pytest.mark.parametrize("profile", ["car", "van", "bus"])
def test_no_site_is_open_to_the_choice_that_is_shut_to_the_check(profile: str) -> None:
    """Random rows, read twice: by the choice, by the check."""
    frame = random_sites(random.Random(profile), 120)
    own = box(8.6, 49.39, 8.7001, 49.41)
    known = Facts(
        extract=Town().extract(), entrances=frame, closures=frame, crowds=[], epsg=32632,
        timezone=str(BERLIN), limits=LIMITS, staging_sites=frame,
        facilities=gpd.GeoDataFrame({"id": ["hq"]}, geometry=[own], crs=4326),
    )  # fmt: skip
    metric = frame.to_crs(32632)
    nothing = gpd.GeoDataFrame({"starts_at": [], "ends_at": []}, geometry=[], crs=32632)
    outline = gpd.GeoSeries([own], crs=4326).to_crs(32632).iloc[0]
    opened = shut = 0
    for since, until in windows():
        why = usable.why_not(metric, profile, outline, (since, until), BERLIN, nothing)
        for key, said in zip(frame["id"], why, strict=True):
            found = list(bars(known, key, profile, since.timestamp(), until.timestamp()))
            opened, shut = opened + (not said), shut + bool(found)
            assert said or not found, (profile, since, found, frame.set_index("id").loc[key])
    assert opened > 30
    assert shut > 500
