"""The question bar asks who travels, and whether quiet streets are spared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planner.network.profiles import PROFILES
from planner.scenario import ARRIVE, FACILITY
from planner.ui import answers
from planner.ui.question import Shared, from_url, to_url, unread
from tests.ui.conftest import turn_to, words
from tests.ui.test_pages import CITY

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ui.test_pages import Start


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("quiet", [True, False])
def test_who_travels_comes_back_from_the_url(profile: str, *, quiet: bool) -> None:
    asked = Shared("city", "hq", "2026-12-01T07:30", profile, 25, quiet)

    assert from_url(to_url(asked), Shared()) == asked


def test_sense_in_a_url_is_not_complained_of() -> None:
    asked = Shared("city", "hq", "2026-12-01T07:30", "bus", 25, quiet=False)

    assert unread(to_url(asked), ["hq"]) == []


def test_a_wrong_traveller_in_the_url_is_told_and_a_car_is_planned_for(
    open_app: Start, bundled: Path
) -> None:
    app = open_app(bundled, **CITY, **{"for": "*tank*"})

    assert app.selectbox(key="w_profile").value == "car"
    assert "no way to travel" in app.warning[0].value
    assert "*tank*" not in app.warning[0].value.replace("\\*", "")


def test_choosing_who_travels_stands_in_the_url_and_the_answer(
    open_app: Start, bundled: Path
) -> None:
    app = open_app(bundled, "routes", **CITY)
    assert "min in hand" in words(app)

    app.selectbox(key="w_profile").set_value("foot").run()

    assert not app.exception
    assert app.query_params["for"] == "foot"
    assert "on foot" in words(app)
    assert "min in hand" not in words(app)
    assert "gateway" not in words(app)


def test_not_sparing_quiet_streets_stands_in_the_url(open_app: Start, bundled: Path) -> None:
    app = open_app(bundled, **CITY)

    app.toggle(key="w_quiet").set_value(False).run()
    assert app.query_params["quiet"] == "no"

    app.toggle(key="w_quiet").set_value(True).run()
    assert "quiet" not in app.query_params


def test_a_city_without_stops_tells_walkers_so(open_app: Start, stopless: Path) -> None:
    app = open_app(stopless, **CITY, **{"for": "foot"})

    assert not app.exception
    told = " ".join([words(app), *(e.value for e in app.error), *(w.value for w in app.warning)])
    assert "no stop of public transport" in told


def test_what_a_link_says_in_vain_is_told_until_the_question_changes(
    open_app: Start, bundled: Path
) -> None:
    app = open_app(bundled, **CITY, **{"for": "tank"})
    assert app.warning

    app.selectbox(key="w_profile").set_value("van").run()

    assert not app.warning


def test_walkers_bring_nothing_to_stage(open_app: Start, bundled: Path) -> None:
    app = open_app(bundled, "staging", **CITY, **{"for": "foot"})
    turn_to(app, "staging")

    assert "no vehicles to stage" in app.info[0].value


def test_the_base_map_is_sent_once_whoever_travels(bundled: Path) -> None:
    """Roads and paths alike: choosing who travels changes no byte of the city."""
    cities = []
    for profile in ("car", "bus", "foot"):
        asked = answers.Asked(
            bundled, answers.stamp_of(bundled), FACILITY, ARRIVE, profile=profile
        )  # fmt: skip
        cities.append(answers.city_for(asked, answers.best_known(asked)))

    assert cities[0] is cities[1] is cities[2]
    kinds = {road["kind"] for road in cities[0]["roads"]}
    assert {"path", "primary"} <= kinds
