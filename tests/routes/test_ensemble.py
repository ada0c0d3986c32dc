"""An answer in many worlds, against each world solved anew in plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from shapely.geometry import LineString, Point, box

from planner.network.overlay import _lay
from planner.plan.doubt.shares import wilson
from planner.risk.ground import Obstacles
from planner.risk.parameters import RiskParameters
from planner.risk.placed import Placed, place_worlds
from planner.risk.worlds import draw_worlds
from planner.routes.answer import answer_all
from planner.routes.ensemble import BLOCK, Outcome, simulate
from planner.routes.follow import _follow, _ways
from planner.routes.primary import tree_way
from tests.routes.asking import ask, node
from tests.town import at, closures_frame, make_network, risk_of, second, town_streets, zone

if TYPE_CHECKING:
    from planner.risk.field import RiskField
    from planner.routes.problem import Problem
    from planner.routes.walk import Walk

PARAMETERS = RiskParameters()
TOWN = make_network(town_streets())
ORIGINS = ((0.0, 0.0), (400.0, 0.0), (0.0, -100.0))
GATES = (((400.0, 400.0), [(0, 86_400)]), ((0.0, 400.0), [(0, 86_400)]))
SITES = ((0.0, 100.0), (300.0, 100.0))
WINDOW = (second(7.5), second(8.5))
HORIZON_S = 300
"""Seconds of driving looked at: thirty blocks."""
WORKS = closures_frame(
    {"id": "c", "name": "Works", "starts_at": at(7), "ends_at": at(8.5), "kind": "works",
     "geometry": LineString([(0, 100), (100, 100)])},
)  # fmt: skip


@dataclass
class Asked:
    """A question, its worlds, the ways shown."""

    problem: Problem
    placed: Placed
    ways: list[list[Walk]]

    def simulate(self, *, clear_share: float = 0.6, **how: Any) -> Outcome:
        """What becomes of the answer."""
        return simulate(self.problem, self.placed, self.ways, clear_share=clear_share, **how)


def asked(*rows: dict[str, Any], n: int = 60, hour: float = 8.0, **more: Any) -> Asked:
    """Put a question to the town, answer it, draw its worlds."""
    rest, seed = more.pop("rest", ()), more.pop("seed", 0)
    origins, gates = more.pop("origins", ORIGINS), more.pop("gates", GATES)
    risk = risk_of(TOWN, *rows, **more)
    problem = ask(network=TOWN, origins=origins, gates=gates, rest=rest, hour=hour,
                  field=risk.field)  # fmt: skip
    found = answer_all(problem, problem.free_tree().cost)
    placed = place_worlds(
        draw_worlds(risk.zones, n, seed, PARAMETERS), risk, TOWN, Obstacles(),
        sites=[(Point(s).buffer(8), node(TOWN, s)) for s in SITES], window=WINDOW,
    )  # fmt: skip
    return Asked(problem, placed, [[*o.routes, *o.options] for o in found])


def scattered(seed: int, *, moving: bool) -> list[dict[str, Any]]:
    """Three zones in doubt, seeded; at eight they stand for good unless ``moving``."""
    random = np.random.default_rng(seed)
    places = random.uniform([0, 0], [400, 400], (4, 2))
    starts = at(7.9 + 0.1 * random.random()) if moving else at(7)
    ends = at(8.01 + 0.2 * random.random()) if moving else at(10)
    grade = {"source_grade": random.choice(["A", "C", "D"]), "starts_at": starts, "ends_at": ends}
    reach = {"influence_m": float(random.choice([0.0, 60.0, 150.0]))}
    rows = [
        zone(Point(places[0]), id="a", position_error_m=40.0, size_low=50, **grade, **reach),
        zone(box(*(places[1] - 45), *(places[1] + 45)), id="b", size_low=20, size_high=60, **reach),
    ]
    line = LineString(places[2:])
    march = {"kind": "march"} if moving else {}
    return [*rows, zone(line, id="c", size_low=30, size_high=90, **march, **grade, **reach)]


# --- the same in plain Python, world by world ---------------------------------------------------


def risk_at(field: RiskField, arc: int, t: int) -> float:
    """Risk of entering an arc at a second, looked up the slow way."""
    return next((r for a, b, r in risks_of(field, arc) if a <= t < b), 0.0)


def spells_of(field: RiskField, arc: int) -> list[tuple[int, int]]:
    """When an arc is shut."""
    rows = field.shut[field.shut_start[arc] : field.shut_start[arc + 1]]
    return [(int(a), int(b)) for a, b in rows]


def risks_of(field: RiskField, arc: int) -> list[tuple[int, int, float]]:
    """When an arc has which risk."""
    if field.row[arc] < 0:
        return []
    risk = field.risk[field.row[arc]].tolist()
    return list(zip(field.breaks[:-1].tolist(), field.breaks[1:].tolist(), risk, strict=True))


def fate_of(problem: Problem, field: RiskField, way: Walk) -> tuple[bool, bool, float]:
    """Whether a way is clear, whether it gets through, what it costs, arc by arc."""
    clear = through = True
    cost = float(problem.arrive - way.depart)
    for arc, t, seconds, wait in zip(
        way.arcs.tolist(), way.entered.tolist(), way.time_s.tolist(), way.wait_s.tolist(),
        strict=True,
    ):  # fmt: skip
        risk = risk_at(field, arc, t)
        clear &= risk < problem.clear_below
        through &= not any(t < b and a < t + seconds for a, b in spells_of(field, arc))
        cost += problem.risk_aversion * risk * seconds
        if wait:
            here = [a for a in range(TOWN.n_arcs)
                    if TOWN.head[arc] in (TOWN.head[a], TOWN.tail[a])]  # fmt: skip
            left = range(t + seconds, t + seconds + wait)
            clear &= all(risk_at(field, a, s) < problem.clear_below for a in here for s in left)
    return clear and through, through, cost


def least_costs(
    problem: Problem, field: RiskField, *, clear: bool = False, only: int = -1
) -> np.ndarray:
    """The least cost from each origin: J of the definition, second by second backwards.

    ``clear`` shuts whatever is not clear, ``only`` leaves one gate.
    """
    end, first = problem.arrive, problem.arrive - HORIZON_S
    risk = [[0.0] * (HORIZON_S + 1) for _ in range(TOWN.n_arcs)]
    open_ = [[True] * (HORIZON_S + 1) for _ in range(TOWN.n_arcs)]
    for arc in range(TOWN.n_arcs):
        for a, b, r in risks_of(field, arc):
            for t in range(max(a, first), min(b, end + 1)):
                risk[arc][t - first] = r
                open_[arc][t - first] &= not clear or r < problem.clear_below
        for a, b in spells_of(field, arc):
            for t in range(max(a, first), min(b, end + 1)):
                open_[arc][t - first] = False
    out = [np.flatnonzero(TOWN.tail == v).tolist() for v in range(TOWN.n_nodes)]
    head, time = TOWN.head.tolist(), TOWN.time_s.tolist()
    go = [[np.inf] * TOWN.n_nodes for _ in range(HORIZON_S + 1)]
    for i in range(HORIZON_S, -1, -1):
        for g, v in enumerate(problem.gate_nodes.tolist()):
            if only in (-1, g) and any(a <= first + i < b for a, b in problem.openings[g]):
                go[i][v] = float(HORIZON_S - i)
        for v in range(TOWN.n_nodes):
            for arc in out[v]:
                then = i + time[arc]
                if then <= HORIZON_S and all(open_[arc][i:then]):
                    step = time[arc] * (1 + problem.risk_aversion * risk[arc][i])
                    go[i][v] = min(go[i][v], step + go[then][head[arc]])
    return np.array([min(row[v] for row in go) for v in problem.origins.tolist()])


def site_is_clear(field: RiskField, problem: Problem, crowds: list[Any], site: int) -> bool:
    """Whether a site stays clear through its window, street by street, second by second."""
    place, corner = Point(SITES[site]).buffer(8), node(TOWN, SITES[site])
    if any(crowd.intersects(place) for crowd in crowds):
        return False
    for arc in range(TOWN.n_arcs):
        door = corner in (TOWN.tail[arc], TOWN.head[arc])
        if door or LineString(TOWN.arc_shape(arc)).distance(place) <= 30:
            spans = [(a, b, r) for a, b, r in risks_of(field, arc) if r >= problem.clear_below]
            spans += [(a, b, 1.0) for a, b in spells_of(field, arc)] if door else []
            if any(a < WINDOW[1] and b > WINDOW[0] for a, b, _ in spans):
                return False
    return True


def crowds_in(placed: Placed, world: int, second_: int) -> list[Any]:
    """Ground kept clear in a world within the window of the sites."""
    found = []
    for z, draws in enumerate(placed.worlds.draws):
        if draws.there(second_, PARAMETERS)[world]:
            variant = placed.courses[z].variants[int(draws.variant[world])]
            speed = placed.courses[z].speed_ms * draws.pace[world]
            times = variant.times(draws.start_s[world], draws.end_s[world], speed)
            found += [
                stand.kept_clear for i, stand in enumerate(variant.stands)
                if times[i] < WINDOW[1] and times[i + 1] > WINDOW[0]
            ]  # fmt: skip
    return found


@pytest.mark.parametrize("moving", [False, True], ids=["standing", "moving"])
@pytest.mark.parametrize("seed", range(6))
def test_every_number_is_that_of_each_world_solved_anew(seed: int, moving: bool) -> None:
    """Ways, gates, sites, costs, the robust way: nothing shared but the shapes on the ground."""
    it = asked(*scattered(seed, moving=moving), n=10, seed=seed, closures=WORKS,
               rest=((100.0, 0.0),) if moving else ())  # fmt: skip
    problem = it.problem
    out = it.simulate()
    assert out.done == out.n == 10
    again: list[list[Walk]] = [[] for _ in it.ways]
    for world in range(10):
        field = it.placed.field(world, problem.arrive)
        alone = ask(network=TOWN, origins=ORIGINS, gates=GATES, field=field,
                    rest=((100.0, 0.0),) if moving else ())  # fmt: skip
        least = least_costs(problem, field)
        tree = alone.tree()
        for o, ways in enumerate(it.ways):
            through_costs = []
            for w, way in enumerate(ways):
                clear, through, cost = fate_of(problem, field, way)
                assert out.clear[o][w, world] == clear
                assert out.took_s[o][w, world] == (way.arrive - way.depart if through else -1)
                through_costs += [cost] if through else []
            resolved = tree_way(alone, tree, int(problem.origins[o]))
            again[o] += [resolved] if resolved else []
            best = min([*through_costs, *([resolved.cost_s] if resolved else [])], default=np.inf)
            assert out.best_s[o, world] == pytest.approx(best)
            if moving:
                assert out.best_s[o, world] >= least[o] - 1e-9
            else:
                assert out.best_s[o, world] == pytest.approx(least[o])
        for g in range(len(GATES)):
            strict = least_costs(problem, field, clear=True, only=g)
            if np.isfinite(strict).any() or not moving:
                assert out.gate_clear[g, world] == np.isfinite(strict).any()
        for s in range(len(SITES)):
            crowds = crowds_in(it.placed, world, problem.arrive)
            assert out.site_clear[s, world] == site_is_clear(field, problem, crowds, s)
    check_robust(it, out, again)


def check_robust(it: Asked, out: Outcome, again: list[list[Walk]]) -> None:
    """The robust way is clear where it says so, often enough, and none known is quicker."""
    fields = [it.placed.field(w, it.problem.arrive) for w in range(out.n)]
    for o, found in enumerate(out.robust):
        fit = []
        for way in [*it.ways[o], *again[o]]:
            clear = [fate_of(it.problem, f, way)[0] for f in fields]
            nominal = fate_of(it.problem, it.problem.field, way)[1]
            fit += [way.arrive - way.depart] if np.mean(clear) >= 0.6 and nominal else []
        assert (found is None) <= (not fit)
        if found is not None:
            clear = [fate_of(it.problem, f, found.way)[0] for f in fields]
            assert found.clear.tolist() == clear
            assert np.mean(clear) >= 0.6
            assert found.expected_s == found.way.arrive - found.way.depart
            assert found.expected_s <= min(fit, default=np.inf)


def test_same_seed_same_bytes_on_one_thread_or_seven() -> None:
    it = asked(*scattered(3, moving=True), n=60)
    one, seven = it.simulate(threads=1), it.simulate(threads=7)
    assert parts(one) == parts(seven)
    assert parts(one) == parts(asked(*scattered(3, moving=True), n=60).simulate())
    assert parts(one) != parts(asked(*scattered(3, moving=True), n=60, seed=1).simulate())


def parts(out: Outcome) -> list[bytes]:
    """An outcome as bytes."""
    arrays = [*out.clear, *out.took_s, out.best_s, out.gate_clear, out.site_clear]
    for found in out.robust:
        if found:
            arrays += [found.way.arcs, found.way.entered, found.clear, np.array(found.expected_s)]
    return [a.tobytes() for a in arrays]


def test_stopped_run_is_the_beginning_of_the_whole_one() -> None:
    it = asked(*scattered(1, moving=True), n=3 * BLOCK)
    told: list[tuple[int, int]] = []

    def once(done: int, n: int) -> bool:
        told.append((done, n))
        return len(told) < 2

    part, whole = it.simulate(progress=once), it.simulate()
    assert told == [(BLOCK, 3 * BLOCK), (2 * BLOCK, 3 * BLOCK)]
    assert (part.done, part.n, whole.done) == (2 * BLOCK, 3 * BLOCK, 3 * BLOCK)
    few = asked(*scattered(1, moving=True), n=2 * BLOCK).simulate()
    assert parts(part) == parts(few)
    for a, b in ((part.best_s, whole.best_s), (part.gate_clear, whole.gate_clear),
                 (part.site_clear, whole.site_clear), (part.clear[0], whole.clear[0])):  # fmt: skip
        assert a.tobytes() == np.ascontiguousarray(b[:, : 2 * BLOCK]).tobytes()


def test_worlds_that_agree_where_anybody_asks_are_solved_once() -> None:
    """A crowd of the afternoon makes no difference at eight, and nobody is late for it."""
    later = zone(Point(200, 200), starts_at=at(14), ends_at=at(16), source_grade="A", info_grade=1)
    out = asked(later, n=50).simulate()
    assert out.states == 1
    assert all(c.all() for c in out.clear)


def test_no_zone_is_one_state_in_which_all_is_as_planned() -> None:
    it = asked(n=40)
    out = it.simulate()
    assert out.states == 1
    assert out.gate_clear.all()
    assert out.site_clear.all()
    for o, ways in enumerate(it.ways):
        assert out.clear[o].all()
        assert (out.best_s[o] == ways[0].cost_s).all()
        assert out.robust[o].way is ways[0]


def test_robust_way_goes_round_a_crowd_that_the_primary_risks() -> None:
    """A weak report: the nominal way passes it, most readings of it do not let one."""
    crowd = zone(Point(200, 20), source_grade="A", info_grade=1, position_error_m=40.0,
                 size_low=20, size_high=40, influence_m=30.0)  # fmt: skip
    it = asked(crowd, n=200, origins=((0.0, 0.0),), gates=(((400.0, 0.0), [(0, 86_400)]),))
    out = it.simulate(clear_share=0.9)
    (found,) = out.robust
    assert found is not None
    assert out.clear[0][0].mean() < 0.9 <= found.clear.mean()
    assert not np.array_equal(found.way.arcs, it.ways[0][0].arcs)


def test_no_way_is_robust_where_every_gate_may_be_in_the_crowd() -> None:
    crowd = zone(Point(400, 400), source_grade="A", info_grade=2, source_kind="permit",
                 position_error_m=0.0)  # fmt: skip
    it = asked(crowd, n=100, gates=(((400.0, 400.0), [(0, 86_400)]),))
    out = it.simulate(clear_share=0.9)
    assert out.robust == (None, None, None)
    assert out.gate_clear.mean() == pytest.approx(0.125, abs=0.1)
    assert np.isinf(out.best_s).mean() == pytest.approx(0.875, abs=0.1)


def test_robust_way_never_enters_what_is_shut_as_reported() -> None:
    """Half the worlds have no crowd on the only short street: a way through it is not offered."""
    crowd = zone(LineString([(150, 0), (250, 0)]), source_kind="permit", influence_m=0.0)
    it = asked(crowd, n=100, origins=((0.0, 0.0),), gates=(((400.0, 0.0), [(0, 86_400)]),))
    out = it.simulate(clear_share=0.3)
    straight = int(it.problem.field.shut.any())
    assert straight
    assert fate_of(it.problem, it.problem.field, out.robust[0].way)[1]


def test_planned_hold_is_kept_and_its_place_must_stay_calm() -> None:
    """The way waits at a corner that a crowd may reach while it stands there."""
    works = closures_frame(
        {"id": "a", "name": "A", "starts_at": at(6), "ends_at": at(8), "kind": "works",
         "geometry": LineString([(110, -100), (190, -100)])},
        {"id": "b", "name": "B", "starts_at": at(7.9), "ends_at": at(9), "kind": "works",
         "geometry": LineString([(10, -100), (90, -100)])},
    )  # fmt: skip
    crowd = zone(Point(100, -160), starts_at=at(7.92), ends_at=at(7.97), size_low=10, size_high=10,
                 source_grade="A", info_grade=1, source_kind="permit", influence_m=30.0,
                 time_precision_min=0.0, position_error_m=30.0)  # fmt: skip
    it = asked(crowd, n=80, closures=works, rest=((100.0, -100.0),), origins=((0.0, -100.0),),
               gates=(((400.0, -100.0), [(0, 86_400)]),), hour=8 + 2 / 60)  # fmt: skip
    way = it.ways[0][0]
    assert way.wait_s.max() >= 300
    out = it.simulate()
    fields = [it.placed.field(w, it.problem.arrive) for w in range(80)]
    assert out.clear[0][0].tolist() == [fate_of(it.problem, f, way)[0] for f in fields]
    assert 0 < out.clear[0][0].sum() < 80


def test_every_kernel_is_compiled_once() -> None:
    asked(*scattered(0, moving=True), n=5).simulate()
    for kernel in (_lay, _follow, _ways):
        assert len(kernel.signatures) == 1


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (50, 100, 0.4038, 0.5962),
        (482, 500, 0.944, 0.977),
    ],
)
def test_wilson_is_the_published_interval(successes: int, n: int, low: float, high: float) -> None:
    assert wilson(successes, n) == pytest.approx((low, high), abs=6e-4)


@pytest.mark.parametrize(("successes", "n"), [(0, 0), (-1, 5), (6, 5)])
def test_wilson_refuses_what_is_no_share(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson(successes, n)
