"""No frozen picture of the risk gets the case of two marches right; arrival time does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from planner.routes.primary import primary_ways
from planner.routes.walk import Walk
from tests.routes import snapshots
from tests.routes.snapshot_figure import FILE, TIMES, figure
from tests.routes.snapshots import ARRIVE, WINDOW_S, Case, Chosen

if TYPE_CHECKING:
    from collections.abc import Sequence

TOO_LONG_S = 600


@pytest.fixture(scope="module")
def case() -> Case:
    return snapshots.case()


@pytest.fixture(scope="module")
def best(case: Case) -> Chosen:
    return snapshots.by_definition(case)


@pytest.fixture(scope="module")
def ours(case: Case) -> Walk:
    (way,) = primary_ways(case.problem, case.problem.free_tree().cost)
    assert way is not None
    return way


def moments(case: Case) -> Sequence[int]:
    """Every second of the window at which a picture may differ from the one before."""
    field = case.risk.field
    edges = np.unique(
        np.concatenate([field.breaks, field.shut.ravel(), [ARRIVE - WINDOW_S, ARRIVE]])
    )
    return edges[(edges >= ARRIVE - WINDOW_S) & (edges <= ARRIVE)].tolist()


def test_the_planner_finds_the_best_way_by_the_definition_and_proves_it(
    case: Case, best: Chosen, ours: Walk
) -> None:
    assert ours.proven
    assert ours.cost_s == pytest.approx(best.cost)
    assert ours.depart == best.depart == ARRIVE - WINDOW_S
    assert ours.arcs.tolist() == list(best.arcs)


def test_that_way_meets_nobody_by_the_road_each_march_comes_to_later_or_has_left(
    case: Case, best: Chosen, ours: Walk
) -> None:
    assert snapshots.meets(case, best) == []
    assert ours.max_risk < case.problem.clear_below
    assert snapshots.roads(case, best.arcs) == [
        "Main Road", "Hill Road", "Main Road", "Mill Road", "Main Road"
    ]  # fmt: skip


def test_risk_frozen_at_any_moment_meets_a_march_or_goes_much_too_far(
    case: Case, best: Chosen
) -> None:
    """At departure, at arrival, at every change between: not one picture is right."""
    outcomes = set()
    for moment in moments(case):
        way = snapshots.frozen(case, moment)
        met = snapshots.meets(case, way)
        longer = (ARRIVE - way.depart) - (ARRIVE - best.depart)
        assert met or longer > TOO_LONG_S
        outcomes.add((tuple(met), longer > TOO_LONG_S))
    assert outcomes == {
        (("march 1", "march 2"), False), (("march 1",), False), (("march 2",), False), ((), True)
    }  # fmt: skip


@pytest.mark.parametrize("moment", [ARRIVE - WINDOW_S, ARRIVE], ids=["departure", "arrival"])
def test_risk_frozen_at_departure_or_arrival_drives_into_both(case: Case, moment: int) -> None:
    assert snapshots.meets(case, snapshots.frozen(case, moment)) == ["march 1", "march 2"]


def test_the_worst_of_the_window_goes_round_by_the_ring(case: Case, best: Chosen) -> None:
    way = snapshots.worst_of(case, ARRIVE - WINDOW_S, ARRIVE + 1)
    assert snapshots.roads(case, way.arcs) == ["Ring Road"]
    assert (ARRIVE - way.depart) - (ARRIVE - best.depart) > TOO_LONG_S


def test_a_later_start_on_the_way_of_a_picture_does_not_save_it(case: Case) -> None:
    """Frozen at departure, each minute one might leave: the way then chosen is never the best."""
    for start in range(ARRIVE - WINDOW_S, ARRIVE - 1380, 60):
        way = snapshots.frozen(case, start)
        timed = way._replace(depart=start)
        drive = ARRIVE - way.depart
        late = start + drive > ARRIVE
        assert late or snapshots.meets(case, timed) or drive > WINDOW_S + TOO_LONG_S


def test_without_marches_everybody_takes_main_road(case: Case) -> None:
    """The case is about time: before the marches all methods agree."""
    way = snapshots.frozen(case, ARRIVE - 4 * 3600)
    assert snapshots.roads(case, way.arcs) == ["Main Road"]
    assert way.cost == 1400


def test_the_picture_shows_when_the_best_way_crosses_the_lines(case: Case, ours: Walk) -> None:
    x = case.network.node_xy[case.network.head[ours.arcs], 0]
    left = np.append(ours.entered[1:], ours.arrive)
    crossed = [ARRIVE - int(left[np.argmax(x == line)]) for line in (0.0, 5000.0)]
    assert crossed == list(TIMES.values())


def test_the_picture_is_the_one_the_case_draws() -> None:
    assert FILE.read_text("utf-8") == figure(), "write it: python -m tests.routes.snapshot_figure"
