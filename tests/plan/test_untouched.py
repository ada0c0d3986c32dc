"""A zone edit that touches nothing of an origin leaves its record as it is, byte for byte.

A zone touches an origin when any of its risk, in the hours before the arrival, lies on an arc of a
way that was found or tried for it, before the edit or after.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from unittest import mock

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from shapely import LineString, Point
from shapely.affinity import translate

from planner.initialise import initialise
from planner.layers.schema import schema_of
from planner.layers.table import typed
from planner.layers.workspace import Workspace
from planner.plan.day.risk import day_risk, day_span
from planner.plan.make import plan_at, with_doubt
from planner.plan.prepare import Prepared, prepare
from planner.plan.question import Question, ask
from planner.routes import alternates, answer, primary, via
from planner.scenario import ARRIVE, FACILITY
from tests import city_day

if TYPE_CHECKING:
    from pathlib import Path

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

NOW = datetime(2027, 3, 2, 6, 30, tzinfo=UTC)
BEFORE_S, AFTER_S = 7200, 600


@dataclass(frozen=True, eq=False, repr=False)
class Made:
    """A plan's origins, with the arcs of every way found or tried for each, by its node."""

    records: list[dict[str, Any]]
    nodes: list[int]
    tried: dict[int, list[NDArray[np.int32]]]


@dataclass(frozen=True, eq=False, repr=False)
class Site:
    """A facility on its roads, asked one question under one set of zones or another."""

    prepared: Prepared
    question: Question

    @property
    def zones(self) -> GeoDataFrame:
        return self.prepared.ground.layers.zones

    def under(self, zones: GeoDataFrame) -> Prepared:
        ground = self.prepared.ground
        layers, metric = (
            replace(frames, zones=zones.to_crs(frames.zones.crs).reset_index(drop=True))
            for frames in (ground.layers, ground.metric)
        )
        return replace(self.prepared, ground=replace(ground, layers=layers, metric=metric))

    def plan(self, zones: GeoDataFrame, *, worlds: int = 0) -> Made:
        tried: dict[int, list[NDArray[np.int32]]] = defaultdict(list)

        def noted(problem: Any, tree: Any, origin: int) -> Any:
            way = primary.tree_way(problem, tree, origin)
            if way is not None:
                tried[int(origin)].append(way.arcs)
            return way

        def started(problem: Any, origin: int, *more: Any) -> Any:
            began.append(int(origin))
            return via.tree_from(problem, origin, *more)

        def looked_at(tree: Any, outward: Any, within: float, *more: Any, **named: Any) -> Any:
            # Every way within that cost is compared, whichever arc its trees meet on.
            cost = np.where(tree.slot < 0, np.inf, tree.label[tree.slot, 0]) + outward.cost
            tried[began[-1]].append(np.flatnonzero(cost <= within))
            return via.plateaus(tree, outward, within, *more, **named)

        began: list[int] = []
        with (
            mock.patch.object(alternates, "tree_way", noted),
            mock.patch.object(alternates, "tree_from", started),
            mock.patch.object(alternates, "plateaus", looked_at),
            mock.patch.object(answer, "tree_way", noted),
        ):
            made = plan_at(self.under(zones), self.question, now=NOW)
        made = with_doubt(made, worlds=worlds) if worlds else made
        for node, found in zip(made.answer.problem.origins, made.answer.origins, strict=True):
            tried[int(node)] += [way.arcs for way in (*found.routes, *found.options)]
        nodes = made.answer.stops.gateways.tolist()
        return Made(made.document["origins"], nodes, tried)

    def touched(self, zones: GeoDataFrame) -> NDArray[np.bool_]:
        """Return the arcs that some zones bear on in the hours before the arrival."""
        prepared = self.under(zones)
        span = day_span(self.question, prepared.workspace.timezone)
        field = day_risk(prepared.ground, span, self.question.parameters).field
        arrive = field.seconds(self.question.arrive_utc)
        return field.touched(arrive - BEFORE_S, arrive + AFTER_S)


def changed_origins(
    site: Site, before: Made, after: Made, *edited: GeoDataFrame
) -> tuple[int, int]:
    """Return how many origins an edit does not touch; fail where the record of one changed."""
    hit = np.any([site.touched(zones) for zones in edited], axis=0)
    free = 0
    for node, old, new in zip(before.nodes, before.records, after.records, strict=True):
        if any(hit[arcs].any() for arcs in (*before.tried[node], *after.tried[node])):
            continue
        free += 1
        assert json.dumps(new) == json.dumps(old), f"{old['id']} changed, though nothing touches it"
    return free, len(before.nodes)


def a_zone(shape: Any, **cells: Any) -> GeoDataFrame:
    """Return one zone, in EPSG:4326."""
    schema = schema_of("zones")
    row = {
        "id": "new", "kind": "standing_assembly", "source_kind": "news", "source_grade": "B",
        "info_grade": "2", "size_low": 100, "size_high": 400, "observed_at": NOW, "report_of": "",
    } | cells  # fmt: skip
    return typed({name: [row.get(name)] for name in schema.names}, [shape], schema)


def together(*frames: GeoDataFrame) -> GeoDataFrame:
    return pd.concat(frames, ignore_index=True)


@pytest.fixture(scope="module")
def site(bundled: Path) -> Site:
    workspace = Workspace.open(bundled)
    return Site(prepare(workspace, FACILITY), ask(FACILITY, ARRIVE, workspace.timezone))


@pytest.fixture(scope="module")
def calm(site: Site) -> Made:
    return site.plan(site.zones)


@pytest.fixture(scope="module")
def soft(bundled: Path) -> tuple[Site, Made]:
    """Return the minute at which a zone is just coming up: its presence is in many steps."""
    workspace = Workspace.open(bundled)
    made = Site(prepare(workspace, FACILITY), ask(FACILITY, "2027-03-02T07:01", workspace.timezone))
    return made, made.plan(made.zones)


def bounds_of(site: Site) -> tuple[float, float, float, float]:
    return site.prepared.workspace.settings.bounds


@settings(max_examples=12, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(
    east=st.floats(0.02, 0.98), north=st.floats(0.02, 0.98), begins=st.integers(-240, 30),
    lasts=st.integers(7, 300), grade=st.sampled_from(["A1", "B2", "C3", "F6"]),
    size=st.sampled_from([60, 400, 2500]), march=st.booleans(), coming_up=st.booleans(),
)  # fmt: skip
@example(
    east=0.05, north=0.95, begins=-17, lasts=61, grade="C3", size=400, march=False, coming_up=True
)
def test_new_zone_changes_no_byte_of_an_origin_it_does_not_touch(
    site, calm, soft, east, north, begins, lasts, grade, size, march, coming_up
) -> None:
    site, before = soft if coming_up else (site, calm)
    w, s, e, n = bounds_of(site)
    lon, lat = w + east * (e - w), s + north * (n - s)
    start = site.question.arrive_utc + timedelta(minutes=begins, seconds=13)
    shape = LineString([(lon, lat), (lon + 0.002, lat)]) if march else Point(lon, lat).buffer(3e-4)
    zone = a_zone(
        shape, kind="march" if march else "standing_assembly", starts_at=start,
        ends_at=start + timedelta(minutes=lasts), size_high=size, source_grade=grade[0],
        info_grade=grade[1],
    )  # fmt: skip
    after = site.plan(together(site.zones, zone))

    changed_origins(site, before, after, zone)


def test_zone_far_from_every_way_changes_no_origin_at_all(site, calm) -> None:
    w, s, e, n = bounds_of(site)
    start = site.question.arrive_utc - timedelta(minutes=33)
    far = a_zone(Point(w + 0.03 * (e - w), n - 0.03 * (n - s)).buffer(3e-4),
                 starts_at=start, ends_at=start + timedelta(hours=2))  # fmt: skip
    added = site.plan(together(site.zones, far))
    moved = site.plan(together(site.zones, far.set_geometry(far.translate(xoff=0.001))))

    assert json.dumps(added.records) == json.dumps(calm.records)
    assert json.dumps(moved.records) == json.dumps(calm.records)
    free, of = changed_origins(site, calm, added, far)
    assert free == of


def test_first_zone_of_all_changes_no_origin_it_does_not_touch(site) -> None:
    """With none, one tree does and no trade is looked for; with one far away, many are."""
    none = site.zones.iloc[:0]
    before = site.plan(none)
    total = 0
    for key in site.zones["id"]:
        one = site.zones[site.zones["id"] == key]
        free, _ = changed_origins(site, before, site.plan(one), one)
        total += free
    assert total >= 10


@pytest.mark.parametrize("key", ["zone-1", "zone-2", "zone-3", "zone-4"])
def test_zone_removed_or_moved_changes_no_origin_it_does_not_touch(site, calm, key) -> None:
    own = site.zones["id"] == key
    one, others = site.zones[own], site.zones[~own]
    shifted = one.set_geometry([translate(one.geometry.iloc[0], xoff=0.004, yoff=0.002)])

    changed_origins(site, calm, site.plan(others), one)
    changed_origins(site, calm, site.plan(together(others, shifted)), one, shifted)


@pytest.mark.parametrize("hours", [-9, 7])
def test_zone_on_a_way_at_another_time_of_day_changes_no_byte(site, calm, hours) -> None:
    """It adds breaks, and rows to the very arcs that are driven, but no risk while they are."""
    line = calm.records[0]["routes"][0]["geometry"]["coordinates"]
    start = site.question.arrive_utc + timedelta(hours=hours, minutes=11)
    zone = a_zone(LineString(line).interpolate(0.5, normalized=True).buffer(3e-4),
                  starts_at=start, ends_at=start + timedelta(hours=1))  # fmt: skip
    after = site.plan(together(site.zones, zone))

    assert json.dumps(after.records) == json.dumps(calm.records)


def test_shares_of_variations_stay_where_no_zone_touches(site) -> None:
    w, s, e, n = bounds_of(site)
    start = site.question.arrive_utc - timedelta(minutes=33)
    far = a_zone(Point(w + 0.03 * (e - w), n - 0.03 * (n - s)).buffer(3e-4),
                 starts_at=start, ends_at=start + timedelta(hours=2))  # fmt: skip
    before = site.plan(site.zones, worlds=60)
    after = site.plan(together(site.zones, far), worlds=60)

    assert json.dumps(after.records) == json.dumps(before.records)


# --- a real city --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def portland(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    path = tmp_path_factory.mktemp("untouched") / "portland.gpkg"
    initialise(shared_data / "osm" / "portland.osm.pbf", path)
    for layer in ("facilities", "entrances"):
        file = shared_data / "facilities" / f"portland-{layer}.geojson"
        city_day.steps.import_layer(layer, file, path, role="exercise")
    workspace = Workspace.open(path)
    when = f"{city_day.DATE}T08:00"
    return Site(
        prepare(workspace, city_day.FACILITY), ask(city_day.FACILITY, when, workspace.timezone)
    )


def test_zones_of_a_real_city_change_no_origin_they_do_not_touch(portland: Site) -> None:
    like = portland.zones
    w, s, e, n = bounds_of(portland)
    start = portland.question.arrive_utc
    rng = np.random.default_rng(7)
    none = like.iloc[:0]
    known, before, total = none, portland.plan(none), 0
    for k in range(6):
        x, y = rng.random(2)
        begins = start - timedelta(minutes=int(rng.integers(0, 200)), seconds=7)
        zone = a_zone(Point(w + x * (e - w), s + y * (n - s)).buffer(4e-4), id=f"new-{k}",
                      starts_at=begins, ends_at=start + timedelta(hours=1))  # fmt: skip
        known = together(known, zone)
        after = portland.plan(known)
        free, _ = changed_origins(portland, before, after, zone)
        total, before = total + free, after
    assert total >= 30
