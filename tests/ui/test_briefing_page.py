"""The page of the sealed briefing."""

from __future__ import annotations

from typing import Any

import pytest

from planner.ui.briefing import state_of

PLAN: dict[str, Any] = {"generated_at": "2026-03-02T07:00:00+01:00", "ensemble": None}
OWN = {"drawing": {"name": "drawn on the map", "geometry": {"coordinates": [[8.0, 50.0]]}}}
SITES = {"headline": "Open Yard", "generated_at": "2026-03-02T07:01:00+01:00"}


@pytest.mark.parametrize(
    "other",
    [
        (PLAN | {"generated_at": "2026-03-02T07:10:00+01:00"}, OWN, SITES),
        (PLAN | {"ensemble": {"sentence": "Clear in 9 of 10."}}, OWN, SITES),
        (PLAN, None, SITES),
        (PLAN, {"drawing": OWN["drawing"] | {"name": "Route 4"}}, SITES),
        (PLAN, OWN, None),
        (PLAN, OWN, SITES | {"generated_at": "2026-03-02T07:02:00+01:00"}),
    ],
)
def test_briefing_of_another_state_is_sealed_anew(other: tuple[Any, Any, Any]) -> None:
    """A plan made anew once came with the briefing of the one before, which ended sooner."""
    assert state_of(*other) != state_of(PLAN, OWN, SITES)
    assert state_of(*other) == state_of(*other)
