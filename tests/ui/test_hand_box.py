"""Your hand on the Routes page: in the URL, in the answer, dropped again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planner.plan.wishes.asked import MOST, Wishes
from planner.scenario import ARRIVE, FACILITY
from planner.ui.question import Shared, from_url, to_url, unread
from tests.ui.conftest import words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from streamlit.testing.v1 import AppTest

WISHES = Wishes(
    gate="g & 1", via=("-122.6,45.5", "park 1"), avoid=("Ring Road",), prefer=("A=B?",),
    access_routes=True,
)  # fmt: skip


def test_wishes_stand_in_the_url_and_come_back() -> None:
    asked = Shared("city", "hq", ARRIVE, wishes=WISHES)
    assert from_url(to_url(asked), Shared()) == asked
    assert "via" not in to_url(Shared("city", "hq", ARRIVE))


@pytest.mark.parametrize(
    "said", [{"avoid": "|".join("abcdefghij")}, {"gate": "x" * 500}], ids=["many", "long"]
)
def test_wishes_that_cannot_be_asked_are_left_out_and_told(said: dict[str, str]) -> None:
    assert from_url(said, Shared(wishes=WISHES)).wishes == WISHES
    assert f"at most {MOST}" in unread(said, [])[0]


def test_pinned_gate_and_street_are_answered_and_dropped(
    open_app: Callable[..., AppTest], bundled: Path
) -> None:
    app = open_app(
        bundled, "routes", site=FACILITY, at=ARRIVE, gate="courthouse-north", avoid="Ring Road"
    )
    assert not app.exception
    assert "As you asked: to North gate, not on Ring Road" in words(app)

    app.selectbox(key="w_hand_gate").set_value("").run()
    assert "As you asked: not on Ring Road" in words(app)
    assert "gate" not in app.query_params

    next(button for button in app.button if button.label == "Drop all").click().run()
    assert not app.exception
    assert "As you asked" not in words(app)
    assert "avoid" not in app.query_params


def test_places_to_pass_are_unlike(open_app: Callable[..., AppTest], bundled: Path) -> None:
    """A city has many stops called fuel: nobody knew which one was to be passed."""
    app = open_app(bundled, "routes", site=FACILITY, at=ARRIVE)
    told = app.multiselect(key="w_hand_via").options
    assert len(told) > 2
    assert len({*told}) == len(told)


def test_wish_of_another_city_is_told_and_the_plan_made_without_it(
    open_app: Callable[..., AppTest], bundled: Path
) -> None:
    app = open_app(bundled, "routes", site=FACILITY, at=ARRIVE, avoid="<b>No Such Street</b>")
    assert not app.exception
    assert any("Not as you asked" in warning.value for warning in app.warning)
    assert "Best way in" in words(app)
    next(b for b in app.button if b.label.startswith("Drop what")).click().run()
    assert not app.warning
