"""How the end of a drive is told when it is not at the gate."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from planner.network.hurdles import Hurdle
from planner.plan.paths import door_notices
from tests.town import make_network

NETWORK = make_network([((0.0, 0.0), (100.0, 0.0), "Main Street")])
WAY = SimpleNamespace(gate=0, arcs=np.array([0], np.int32))


def told(offset, crosses=0, named=0):
    """Return the notices of a drive on Main Street to a gate with the address Back Lane."""
    stops = SimpleNamespace(gate_offset_m=[offset], gate_crosses=[crosses], gate_named=[named])
    gates = pd.DataFrame({"name": ["North gate"], "street": ["Back Lane"]})
    answer = SimpleNamespace(
        gates=gates, stops=stops, problem=SimpleNamespace(network=NETWORK, doors=())
    )
    return door_notices(answer, WAY)


@pytest.mark.parametrize(
    ("offset", "crosses", "notice"),
    [
        (75.0, 0, "the drive ends 75 m from North gate"),
        (75.0, Hurdle.BUILDING, "the drive ends 75 m from North gate, with a building between"),
        (9.0, Hurdle.RAIL | Hurdle.STREAM,
         "the drive ends 9 m from North gate, with a stream and a railway between"),
    ],
)  # fmt: skip
def test_far_gate_and_what_lies_between_are_told(offset, crosses, notice):
    assert told(offset, int(crosses)) == [notice]


def test_near_gate_needs_no_word_even_behind_its_own_wall():
    assert told(9.0) == told(9.0, int(Hurdle.BUILDING)) == []


def test_street_that_was_not_found_is_told_with_the_one_taken():
    assert told(9.0, named=-1) == [
        "Back Lane was not found near North gate: the drive ends on Main Street"
    ]
