"""The chart of minutes against exposure: what it draws, what it says to who cannot see it."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from planner.briefing.trades import chart, option_marks, picture, ribbon, trades
from planner.plan.trades import difference
from tests.hostile import HOSTILE

ZONE = ZoneInfo("UTC")
BY = "2026-03-02T08:00:00+00:00"


def option(number: int, before: int, exposed: float, **more: Any) -> dict[str, Any]:
    depart = f"2026-03-02T07:{60 - before:02d}:00+00:00"
    return {
        "id": f"gw:option-{number}", "name": f"way {number}", "same_as": None, "depart": depart,
        "leave_by": depart, "time_s": 60 * before, "wait_s": 0, "exposure_min": exposed,
        "max_risk": 0.05, "clear": True,
    } | more  # fmt: skip


def document(*options: dict[str, Any], name: str = "North") -> dict[str, Any]:
    origin = {"id": "gw", "name": name, "options": list(options), "routes": []}
    return {"arrive_by": BY, "origins": [origin]}


def test_faster_lies_left_and_more_exposure_lies_higher() -> None:
    drawn = chart([option(1, 10, 2.0), option(2, 15, 0.5), option(3, 20, 0.0)], BY, "08:00")
    spots = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', drawn)
    across = [float(x) for x, _ in spots]
    down = [float(y) for _, y in spots]
    assert across == sorted(across)
    assert down == sorted(down)
    assert len(set(down)) == 3


def test_first_choice_alone_is_ringed_twice() -> None:
    drawn = chart([option(1, 10, 2.0, same_as="gw:primary"), option(2, 15, 0.5)], BY, "08:00")
    assert drawn.count("<circle") == 3
    assert drawn.count('class="dot first"') == 1


def test_figures_of_the_chart_stand_in_words_and_in_the_table() -> None:
    told = ribbon(document(option(1, 10, 2.0), option(2, 15, 0.5)), 0, ZONE)
    assert 'aria-label="way 1 10.0 min with 2.0 min exposure; way 2 15.0 min' in told
    assert "<td" in told
    assert "07:45" in told


def test_one_option_is_told_in_words_without_a_chart() -> None:
    told = trades(document(option(1, 10, 0.0)), ZONE)
    assert "<svg" not in told
    assert "From A: no choice" in told


def test_a_side_of_no_option_is_not_spoken_of() -> None:
    assert trades(document(), ZONE) == ""


@pytest.mark.parametrize("name", [text for text in HOSTILE if "<" in text])
def test_names_of_places_are_text(name: str) -> None:
    told = trades(document(option(1, 10, 2.0), option(2, 15, 0.5), name=name), ZONE)
    assert name not in told


def test_a_picture_holds_its_own_colour_and_words() -> None:
    drawn = chart([option(1, 10, 2.0), option(2, 15, 0.5)], BY, "08:00")
    light, dark = picture(drawn, "light"), picture(drawn, "dark")
    assert light != dark
    assert 'alt="way 1 10.0 min' in light


def test_difference_leaves_out_what_is_the_same() -> None:
    assert difference(option(1, 10, 2.0), option(2, 15, 2.0)) == "5.0 min longer"
    assert difference(option(1, 10, 2.0), option(1, 10, 2.0)) == "the same"


def line(*points: tuple[float, float]) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": [list(point) for point in points]}


def test_option_that_is_no_way_of_the_side_is_drawn_and_named_in_the_table() -> None:
    ways = [{"id": "gw:primary", "role": "primary", "geometry": line((8, 50), (8.2, 50))}]
    aside = line((8, 50), (8.1, 50), (8.1, 50.1))
    asked = document(
        option(1, 10, 2.0, same_as="gw:primary", geometry=ways[0]["geometry"]),
        option(2, 15, 0.5, geometry=aside, entrance_name=HOSTILE[0]),
    )
    origin = asked["origins"][0]
    origin["routes"] = ways
    (drawn,) = option_marks(origin, ZONE)

    assert drawn["layer"] == drawn["style"] + "s" == "options"
    assert drawn["badge"]["text"] == "option 2"
    assert drawn["at"] == [8.1, pytest.approx(50.05, abs=0.001)]
    assert ribbon(asked, 0, ZONE, drawn=True).count(">option 2<") == 1
    assert "not shown" not in ribbon(asked, 0, ZONE, drawn=True)
    assert "not shown" in ribbon(asked, 0, ZONE)


def test_option_that_is_the_robust_way_bears_its_mark() -> None:
    way, other = line((8, 50), (8.2, 50)), line((8, 50), (8.1, 50.1))
    asked = document(
        option(1, 10, 2.0, same_as="gw:primary", geometry=way), option(2, 15, 0.5, geometry=other)
    )
    origin = asked["origins"][0]
    origin["routes"] = [{"id": "gw:primary", "role": "primary", "geometry": way}]
    origin["robust"] = {"route": {"id": "gw:robust", "role": "robust", "geometry": other}}

    assert option_marks(origin, ZONE) == []
    assert ">AR<" in ribbon(asked, 0, ZONE, drawn=True)
