"""In which order sides are listed: as the first line speaks, then quickest first."""

from __future__ import annotations

from typing import Any

from planner.briefing.order import heading, listed


def plan(*ways: tuple[str, int] | None) -> dict[str, Any]:
    """A plan of sides by gate and seconds, None for no way."""
    origins = [
        {
            "id": f"gw-{n}",
            "routes": [
                {
                    "entrance": way[0],
                    "time_s": way[1],
                    "wait_s": 0,
                    "max_risk": 0.0,
                    "cost_s": way[1],
                }
                for way in (one,)
                if way
            ],
        }
        for n, one in enumerate(ways)
    ]
    return {"profile": "car", "origins": origins}


def test_the_side_of_the_first_line_stands_first_though_another_is_quicker() -> None:
    """The first line speaks of the gate that serves most sides."""
    found = plan(("North", 900), None, ("South", 300), ("North", 600))
    assert listed(found) == [3, 2, 0, 1]
    assert heading(found) == (
        "First choice from each side, that of the first line, then quickest first"
    )


def test_quickest_first_is_said_where_it_is_so() -> None:
    found = plan(("North", 900), ("North", 600))
    assert listed(found) == [1, 0]
    assert heading(found) == "First choice from each side, quickest first"


def test_no_way_at_all_is_no_list_of_first_choices() -> None:
    found = plan(None, None)
    assert listed(found) == [0, 1]
    assert heading(found) == "No way through from any side: what to do instead"
