"""The first line: the way that helps when the gate or the way of the first choice shuts."""

from __future__ import annotations

from typing import Any

import pytest

from planner.plan.words import headline

AT = "2027-03-02T07:{:02d}:00+00:00"


def way(gate: str, *streets: str) -> dict[str, Any]:
    """A way to a gate by some streets, each 100 m longer than the one before."""
    return {
        "entrance": gate, "entrance_name": f"{gate} gate", "time_s": 300, "wait_s": 0,
        "cost_s": 300, "margin_s": 0, "leave_by": AT.format(25), "arrive": AT.format(30),
        "holds": [], "clear": True,
        "max_risk": 0.0,
        "legs": [{"street": s, "length_m": 100.0 * n} for n, s in enumerate(streets, 1)],
    }  # fmt: skip


def first_line(*origins: list[dict[str, Any]]) -> str:
    told = [
        {"id": f"gw-{n}", "name": f"Road {n}", "routes": routes} for n, routes in enumerate(origins)
    ]
    return headline({
        "arrive_by": AT.format(30), "origins": told, "profile": "car", "advice": None,
    })  # fmt: skip


@pytest.mark.parametrize(
    ("ways", "told"),
    [
        ([("North", "A", "B"), ("South", "C", "B")], "; if that gate shuts, South gate via C."),
        ([("North", "A", "B"), ("North", "C", "B")], "; if that way shuts, North gate via C."),
        ([("North", "A", "B"), ("South", "A", "B")], "; if that gate shuts, South gate via B."),
    ],
    ids=["gate", "way", "no street of its own"],
)
def test_the_other_way_is_told_by_a_street_that_the_first_does_not_drive(
    ways: list[tuple[str, ...]], told: str
) -> None:
    line = first_line([way(*one) for one in ways])
    assert "North gate via B" in line
    assert line.endswith(told)


def test_another_gate_reached_from_another_side_only_is_told_with_that_side() -> None:
    line = first_line([way("North", "A", "B")], [way("North", "E"), way("South", "D")])
    assert line.endswith("; if that gate shuts, South gate via D from Road 1.")


def test_other_gate_that_shuts_before_the_arrival_is_told_with_its_minute() -> None:
    """Who hears of another gate for 07:30 would stand before one that shut at 07:20."""
    early = {"arrive": "2027-03-02T07:19:59+00:00"}
    line = first_line([way("North", "A"), way("South", "B") | early])
    assert line.endswith("; if that gate shuts, South gate via B, be there by 07:19.")
    line = first_line([way("North", "A") | early, way("North", "B") | early])
    assert "leave by 07:25, be there by 07:19" in line
    assert line.endswith("; if that way shuts, North gate via B.")


def test_hour_that_the_clocks_show_twice_is_told_with_its_offset() -> None:
    """Who reads "leave by 02:58, be there at 02:03" may come an hour late."""
    night = {
        "arrive": "2027-10-31T02:03:00+01:00", "leave_by": "2027-10-31T02:58:00+02:00",
    }  # fmt: skip
    line = headline({
        "arrive_by": night["arrive"], "timezone": "Europe/Berlin", "profile": "car",
        "origins": [{"id": "gw-1", "name": "Road 1", "routes": [way("North", "A") | night]}],
        "advice": None,
    })  # fmt: skip
    assert line.startswith("Best way in at 02:03 (UTC+01:00): North gate via A, ")
    assert "leave by 02:58 (UTC+02:00)" in line


def test_way_that_is_not_clear_says_what_its_level_means() -> None:
    risky = way("North", "A") | {"clear": False, "max_risk": 0.13}
    assert "; not clear: slight delay (risk 0.13) on the way" in first_line([risky])


def test_of_equally_quick_sides_the_calmer_one_is_told() -> None:
    """Where the fastest way is asked for, a way that is not clear may be as fast as a clear one."""
    risky = way("North", "A") | {"clear": False, "max_risk": 0.13}
    assert "from Road 1" in first_line([risky], [way("North", "B")])
