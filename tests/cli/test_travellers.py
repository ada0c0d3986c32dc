"""The commands say who travels, when to leave with time in hand, which quiet streets are used."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from planner.layers.workspace import Workspace
from planner.network.profiles import PROFILES
from tests.cli.test_commands import ASK, run

if TYPE_CHECKING:
    from pathlib import Path


def planned(file: Path, *words: str) -> dict[str, Any]:
    """Return the plan that a command prints as JSON."""
    return json.loads(run("plan", "-w", file, *ASK, "--json", *words).stdout)


@pytest.mark.parametrize("command", [["plan"], ["brief", "--out", "never.html"]])
def test_unknown_traveller_exits_2_with_the_known_ones(bundled: Path, command: list[str]) -> None:
    result = run(*command, "-w", bundled, *ASK, "--profile", "tank")

    assert result.exit_code == 2
    assert all(repr(name) in result.stderr for name in PROFILES)


def test_words_tell_the_time_in_hand(bundled: Path) -> None:
    said = run("plan", "-w", bundled, *ASK).stdout

    assert re.search(r"first choice \(primary\).*: leave by \d\d:\d\d, \d+ min in hand, ", said)
    assert ", car\n" in said


def test_size_of_a_bus_does_not_make_its_way_quicker(bundled: Path) -> None:
    car, bus = planned(bundled), planned(bundled, "--profile", "bus")

    assert bus["profile"] == "bus"
    least = [
        min(r["time_s"] for o in document["origins"] for r in o["routes"])
        for document in (car, bus)
    ]
    assert least[0] <= least[1]


def test_quiet_streets_are_measured_whether_spared_or_not(bundled: Path) -> None:
    """Sparing them leaves fewer metres on the first choices; the cost is told where it counts."""
    spared, free = planned(bundled, "--quiet"), planned(bundled, "--no-quiet")

    assert (spared["quiet"], free["quiet"]) == (True, False)
    metres = [
        sum(sum(o["routes"][0]["quiet_m"].values()) for o in document["origins"] if o["routes"])
        for document in (spared, free)
    ]
    assert 0 < metres[0] <= metres[1]
    costs = ["quiet_residential" in d["provenance"]["parameters"] for d in (spared, free)]
    assert costs == [True, False]
    words = run("plan", "-w", bundled, *ASK, "--no-quiet").stdout
    assert "m of quiet streets: " in words


def test_walkers_come_from_stops_without_staging_or_margin(bundled: Path) -> None:
    document = planned(bundled, "--profile", "foot")

    routes = [route for origin in document["origins"] for route in origin["routes"]]
    stops = Workspace.open(bundled).static("transit_stops")
    assert {o["name"] for o in document["origins"]} <= set(stops["name"])
    assert routes
    assert document["staging"] == []
    assert all(not route["margin_s"] and route["leave_by"] == route["depart"] for route in routes)
    assert document["verification"]["passed"]


def test_words_for_walkers_name_no_gateway(bundled: Path) -> None:
    said = run("plan", "-w", bundled, *ASK, "--profile", "foot").stdout

    assert ", on foot\n" in said
    assert "gateway" not in said
    assert "in hand" not in said


def test_walkers_of_a_city_without_stops_are_told_so(stopless: Path) -> None:
    result = run("plan", "-w", stopless, *ASK, "--profile", "wheelchair")

    assert result.exit_code == 2
    assert "no stop of public transport" in result.stderr
