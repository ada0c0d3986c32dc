"""Worlds: each zone drawn by itself, shares and windows as stated, few shapes on the ground."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from shapely.geometry import LineString, Point, box

from planner.errors import InputError
from planner.network.overlay import state_clock
from planner.risk.ground import Obstacles
from planner.risk.parameters import RiskParameters
from planner.risk.placed import Placed, place_worlds
from planner.risk.presence import presence_at
from planner.risk.worlds import PLACES, SIZES, Draws, draw_worlds, share_at, variants_of
from planner.risk.zones import Zone
from planner.routes.solved import certain_of
from tests.routes.asking import ask
from tests.town import at, closures_frame, make_network, risk_of, second, town_streets, zone

PARAMETERS = RiskParameters()
TOWN = make_network(town_streets())
STANDING = zone(Point(200, 200), id="standing", position_error_m=20.0)
MARCH = zone(LineString([(0, 300), (400, 300)]), id="march", kind="march",
             starts_at=at(7.8), ends_at=at(8.3))  # fmt: skip
WIDE = zone(box(210, 210, 290, 290), id="wide", size_low=50, size_high=100)


def read(*rows: dict[str, Any]) -> tuple[Zone, ...]:
    """The zones of some rows, each one for itself, in their order."""
    apart = [row | {"report_of": row["id"]} for row in rows]
    found = {one.id: one for one in risk_of(TOWN, *apart).zones}
    return tuple(found[row["id"]] for row in rows)


def drawn(*rows: dict[str, Any], n: int = 200, seed: int = 0) -> tuple[Draws, ...]:
    """What worlds make of some rows."""
    return draw_worlds(read(*rows), n, seed, PARAMETERS).draws


def placed(*rows: dict[str, Any], n: int = 60, **more: Any) -> Placed:
    """Worlds of some rows on the town."""
    risk = risk_of(TOWN, *rows, **more)
    return place_worlds(draw_worlds(risk.zones, n, 0, PARAMETERS), risk, TOWN, Obstacles())


def same(a: Draws, b: Draws) -> bool:
    """Whether two zones were drawn alike, to the byte."""
    columns = ("lot", "start_s", "end_s", "pace", "variant", "shift_m", "size")
    return all(getattr(a, c).tobytes() == getattr(b, c).tobytes() for c in columns)


def test_editing_one_zone_leaves_the_draws_of_the_others() -> None:
    edited = STANDING | {"size_high": 5_000}
    before, after = (
        {one.zone.id: one for one in drawn(*rows)}
        for rows in ((STANDING, MARCH), (MARCH, edited, WIDE))
    )
    assert same(before["march"], after["march"])
    assert not same(before["standing"], after["standing"])
    # Even of the edited zone, what was not edited is drawn as before.
    assert np.array_equal(before["standing"].lot, after["standing"].lot)
    assert np.array_equal(before["standing"].shift_m, after["standing"].shift_m)


def test_same_seed_same_draws_another_seed_others() -> None:
    assert same(drawn(STANDING)[0], drawn(STANDING)[0])
    assert not np.array_equal(drawn(STANDING)[0].lot, drawn(STANDING, seed=1)[0].lot)


def test_two_zones_alike_but_for_their_id_are_drawn_apart() -> None:
    a, b = drawn(STANDING, STANDING | {"id": "other", "kind": "encampment"})
    assert abs(np.corrcoef(a.lot, b.lot)[0, 1]) < 0.2


@pytest.mark.parametrize("few", [1, 7, 64, 150])
def test_few_worlds_are_the_first_of_many(few: int) -> None:
    some, many = drawn(STANDING, n=few)[0], drawn(STANDING, n=300)[0]
    for column in ("lot", "start_s", "end_s", "pace", "variant"):
        assert np.array_equal(getattr(some, column), getattr(many, column)[:few])


@pytest.mark.parametrize("hour", [6.9, 7.0, 8.5, 10.0, 10.1])
def test_share_of_worlds_in_which_a_crowd_is_there_is_its_presence(hour: float) -> None:
    """Lots and sharp windows over many worlds give back the soft presence of one report."""
    (draws,) = drawn(STANDING | {"time_precision_min": 20.0}, n=10_000)
    now = second(hour)
    there = draws.there(now, PARAMETERS) & (draws.start_s <= now) & (now < draws.end_s)
    expected = float(presence_at(draws.zone, np.array([now], float), PARAMETERS)[0])
    assert there.mean() == pytest.approx(expected, abs=0.015)


def test_share_ages_to_the_moment_asked_about_and_permits_do_not() -> None:
    (seen,) = read(STANDING)
    (permit,) = read(STANDING | {"id": "permit", "source_kind": "permit"})
    assert share_at(seen, second(7), PARAMETERS) == pytest.approx(0.5)
    assert share_at(seen, second(10), PARAMETERS) == pytest.approx(0.25)
    assert share_at(seen, second(14), PARAMETERS) == 0
    assert share_at(permit, second(10), PARAMETERS) == pytest.approx(0.5)


def test_world_that_has_a_zone_early_may_lose_it_later_never_gain_it() -> None:
    (draws,) = drawn(STANDING, n=2_000)
    early, late = (draws.there(second(h), PARAMETERS) for h in (7.5, 9.5))
    assert (early | ~late).all()
    assert (early & ~late).any()


def test_windows_lie_within_the_soft_edges_around_the_stated_window() -> None:
    (draws,) = drawn(STANDING | {"time_precision_min": 30.0}, n=5_000)
    assert draws.start_s.min() >= second(6.5)
    assert draws.start_s.max() == second(7)
    assert draws.end_s.min() == second(10)
    assert draws.end_s.max() <= second(10.5)
    assert draws.start_s.mean() == pytest.approx(second(6.75), abs=30)


def test_places_are_normal_about_the_stated_place_and_sizes_fill_the_range() -> None:
    many = np.concatenate([
        drawn(STANDING, n=1, seed=s)[0].shift_m.ravel() for s in range(40)
    ])  # fmt: skip
    assert many.std() == pytest.approx(20, rel=0.05)
    assert abs(many.mean()) < 1
    (draws,) = drawn(STANDING, n=1)
    # One size in every equal part of the range, whatever the seed.
    strata = np.floor((np.sort(draws.size) - 400) / 100 * PLACES)
    assert strata.tolist() == list(range(PLACES))


def test_every_variant_is_used_equally_often() -> None:
    (draws,) = drawn(STANDING, n=4 * PLACES)
    assert set(np.bincount(draws.variant)) == {4}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (STANDING, PLACES),
        (STANDING | {"position_error_m": 0.0}, SIZES),
        (STANDING | {"position_error_m": 0.0, "size_low": 500}, 1),
        (WIDE | {"position_error_m": 0.0, "size_low": 100}, PLACES),
        (MARCH, SIZES),
        (MARCH | {"size_low": 500}, 1),
    ],
    ids=["place", "size", "certain", "within a polygon", "march", "march of known size"],
)
def test_only_what_is_in_doubt_is_varied(row: dict[str, Any], expected: int) -> None:
    assert variants_of(read(row)[0]) == expected


@pytest.mark.parametrize(("n", "seed"), [(0, 0), (-1, 0), (10_001, 0), (5, -1)])
def test_number_or_seed_out_of_range_is_refused(n: int, seed: int) -> None:
    with pytest.raises(InputError, match="worlds"):
        draw_worlds(read(STANDING), n, seed, PARAMETERS)


def test_crowd_with_room_to_spare_is_somewhere_within_its_polygon() -> None:
    """It takes no more ground than it needs, in another place of the polygon each time."""
    found = placed(WIDE | {"position_error_m": 0.0})
    stands = [v.stands[0] for v in found.courses[0].variants.values()]
    assert len(stands) > 10
    for stand in stands:
        assert stand.kept_clear.area <= 100 / 1.08 * 1.05
        assert box(209.9, 209.9, 290.1, 290.1).contains(stand.kept_clear)
    middles = np.array([s.kept_clear.centroid.coords[0] for s in stands])
    assert (middles.std(axis=0) > 10).all()


def test_crowd_moves_by_its_shift_and_grows_with_its_size() -> None:
    found = placed(STANDING)
    (draws,) = found.worlds.draws
    for k, variant in found.courses[0].variants.items():
        ground = variant.stands[0].polygon
        assert ground.area == pytest.approx(draws.size[k] / 1.08, rel=0.05)
        middle = Point(200 + draws.shift_m[k, 0], 200 + draws.shift_m[k, 1])
        assert ground.distance(middle) < 15


def test_march_keeps_its_street_and_ends_later_when_it_is_slow() -> None:
    found = placed(MARCH | {"time_precision_min": 1.0, "ends_at": at(8.2)})
    (draws,), (course,) = found.worlds.draws, found.courses
    street = LineString([(0, 300), (400, 300)]).buffer(6.01, cap_style="flat")
    ends = []
    for world in np.flatnonzero(draws.there(second(8), PARAMETERS)).tolist():
        variant = course.variants[int(draws.variant[world])]
        for stand in variant.stands:
            assert stand.spine.within(street)
        items = found.items(world, second(8))
        assert all(a[2] == b[1] for a, b in pairwise(items))
        assert max(u - s for _, s, u in items[:-1]) <= PARAMETERS.march_step_s + 1
        walked = variant.whole_m / (course.speed_ms * draws.pace[world])
        assert items[0][1] == draws.start_s[world]
        assert items[-1][2] == max(draws.end_s[world], int(np.ceil(draws.start_s[world] + walked)))
        ends.append(items[-1][2] - draws.end_s[world])
    assert max(ends) > 0
    assert min(ends) == 0


@pytest.mark.parametrize("rest", [(), ((100.0, 0.0), (300.0, 300.0))])
def test_clock_of_a_world_is_that_of_its_field(rest: tuple[tuple[float, float], ...]) -> None:
    """The compiled overlay against the field that the nominal code builds of the same tracks."""
    works = closures_frame(
        {"id": "c", "name": "Works", "starts_at": at(7.5), "ends_at": at(8.5), "kind": "works",
         "geometry": LineString([(0, 200), (200, 200)])},
        {"id": "d", "name": "Works", "starts_at": at(8), "ends_at": at(9), "kind": "works",
         "geometry": LineString([(0, 200), (100, 200)])},
    )  # fmt: skip
    rows = (STANDING, MARCH, WIDE)
    found = placed(*rows, closures=works)
    problem = ask(*rows, network=TOWN, rest=rest, closures=works)
    certain = certain_of(problem, found)
    for world in range(found.worlds.n):
        clock = state_clock(found.shapes, certain, found.state(world, problem.arrive))
        field = found.field(world, problem.arrive)
        expected = ask(network=TOWN, rest=rest, field=field).clock
        assert np.array_equal(clock.shut_start, expected.shut_start)
        assert np.array_equal(clock.shut, expected.shut)
        assert np.array_equal(clock.busy, expected.busy)
        assert np.array_equal(clock.rest_start, expected.rest_start)
        assert np.array_equal(clock.rest, expected.rest)
        for t in np.union1d(clock.breaks[:-1], field.breaks[:-1]).tolist():
            step = int(np.searchsorted(clock.breaks, t, side="right")) - 1
            assert clock.breaks[clock.first[(t - clock.breaks[0]) // 60]] <= t
            risk = np.append(clock.risk[:, step], 0.0)[clock.row]
            np.testing.assert_allclose(risk, field.at(t), atol=1e-12)


def test_shapes_are_found_once_and_kept_for_the_next_hour() -> None:
    risk = risk_of(TOWN, STANDING, MARCH)
    known: dict[object, Any] = {}
    few = draw_worlds(risk.zones, 10, 0, PARAMETERS)
    first = place_worlds(few, risk, TOWN, Obstacles(), known=known)
    again = place_worlds(few, risk, TOWN, Obstacles(), known=known)
    for a, b in zip(first.courses, again.courses, strict=True):
        assert all(b.variants[k] is v for k, v in a.variants.items())
    more = place_worlds(replace(few, draws=draw_worlds(risk.zones, 90, 0, PARAMETERS).draws, n=90),
                        risk, TOWN, Obstacles(), known=known)  # fmt: skip
    for a, b in zip(first.courses, more.courses, strict=True):
        assert all(b.variants[k] is v for k, v in a.variants.items())
        assert len(b.variants) > len(a.variants)
