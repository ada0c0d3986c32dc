"""The page on roads prints the numbers that are used."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.network import quiet, rush, transit

PAGE = (Path(__file__).parents[2] / "docs" / "quiet-and-rush.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", quiet.STREET_COST)
def test_cost_of_a_street_stands_on_the_page(name: str) -> None:
    kind, factor = quiet.STREET_COST[name]
    assert f"| `{name}` | {quiet.KINDS[kind]} | {factor:g} |" in PAGE


@pytest.mark.parametrize("name", quiet.GROUNDS)
def test_cost_near_a_place_stands_on_the_page(name: str) -> None:
    ground = quiet.GROUNDS[name]
    hours = "always" if ground.hours is None else "Mo-Fr {}-{} h".format(*ground.hours)
    row = f"| {name} | {hours} | {ground.reach_m:g} | {ground.factor:g} | {ground.main_factor:g} |"
    assert row in PAGE


def test_rush_by_hour_stands_on_the_page() -> None:
    for hour, (weekday, weekend) in enumerate(zip(rush.WEEKDAY, rush.WEEKEND, strict=True)):
        factors = [1 + share * (g.peak - 1) for share in (weekday,) for g in rush.GROUPS.values()]
        row = " | ".join(f"{factor:.2f}" for factor in factors)
        assert f"| {hour:02} | {weekday:g} | {weekend:g} | {row} |" in PAGE


@pytest.mark.parametrize("name", rush.GROUPS)
def test_peak_of_a_group_stands_on_the_page(name: str) -> None:
    assert f"| {name} | {rush.GROUPS[name].peak:g} |" in PAGE


def test_margins_and_distances_stand_on_the_page() -> None:
    for share in (rush.BUFFER_CALM, rush.BUFFER_RUSH):
        assert f"{100 * share:g} %" in PAGE
    for metres in (transit.MERGE_M, transit.STATION_M, transit.WALK_M, transit.APART_M):
        assert f"{metres:,.0f} m" in PAGE
