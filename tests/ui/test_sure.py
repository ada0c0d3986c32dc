"""How sure the answer is: told in its own place, stopped, given up, begun anew."""

from __future__ import annotations

import shutil
import threading
import time
from datetime import time as hour
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from planner.errors import InputError
from planner.layers.workspace import Workspace
from planner.plan.make import with_doubt
from planner.scenario import ARRIVE, FACILITY
from planner.ui import behind
from planner.ui.progress import progress_line
from planner.ui.trials import State, Trial
from tests.ui.conftest import LONGEST_S, settle, turn_to, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

    from planner.plan import Plan

CITY = {"site": FACILITY, "at": ARRIVE}
SAID = "simulated variations of these reports; unreported events are not included"


@pytest.fixture
def city(bundled: Path, tmp_path: Path) -> Path:
    """A copy of the bundled city: nothing of it was worked out before."""
    return Path(shutil.copy(bundled, tmp_path / "city.gpkg"))


class Slow:
    """A simulation that goes on only when it is let."""

    def __init__(self) -> None:
        self.may = threading.Event()
        self.begun = threading.Event()

    def __call__(self, plan: Plan, *, progress: Callable[[int, int], bool], **asked: Any) -> Plan:
        self.begun.set()
        done = 0
        while done < asked["worlds"] and progress(done, asked["worlds"]):
            self.may.wait(0.02)
            done += 20 if self.may.is_set() or done < 120 else 0
        return with_doubt(plan, progress=lambda at, _: at < done, **asked)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    made = Slow()
    monkeypatch.setattr(behind, "with_doubt", made)
    return made


def drawn_until(app: AppTest, text: str) -> AppTest:
    until = time.monotonic() + LONGEST_S
    while text not in words(app):
        assert time.monotonic() < until, f"{text!r} did not come"
        time.sleep(0.05)
        app.run()
    return app


def test_share_of_the_first_choice_is_told_on_every_page(
    open_app: Callable[..., AppTest], city: Path
) -> None:
    app = settle(open_app(city, **CITY))
    assert "How sure:" in words(app)
    assert SAID in words(app)
    assert "Clear inof 500" in words(app)
    assert not app.exception

    turn_to(app, "routes")
    assert "Robust way:" in words(app)
    assert " of 500 variations" in words(app)
    turn_to(app, "staging")
    assert " of 500 variations" in words(app)


def test_its_place_is_there_before_anything_is_known(
    open_app: Callable[..., AppTest], city: Path, slow: Slow
) -> None:
    app = open_app(city, **CITY)
    assert "How sure:" in words(app)
    drawn_until(app, "120 of 500 simulated variations")
    assert "Clear inof 500" in words(app)
    assert "…" in words(app)
    slow.may.set()
    settle(app)
    assert SAID in words(app)


def test_stopped_it_tells_of_how_many_and_can_be_begun_anew(
    open_app: Callable[..., AppTest], city: Path, slow: Slow
) -> None:
    app = drawn_until(open_app(city, **CITY), "120 of 500")
    app.button(key="sure-stop").click().run()
    settle(app)
    assert "Stopped after" in words(app)
    assert "of 500" in words(app)

    slow.may.set()
    app.button(key="sure-again").click().run()
    settle(app)
    assert "Stopped after" not in words(app)
    assert SAID in words(app)


def test_a_change_of_the_question_gives_it_up(
    open_app: Callable[..., AppTest], city: Path, slow: Slow
) -> None:
    app = drawn_until(open_app(city, **CITY), "120 of 500")
    (before,) = [key for key in behind._simulations()._pieces if key.path == city.resolve()]
    app.time_input(key="w_hour").set_value(hour(9, 0)).run()

    until = time.monotonic() + LONGEST_S
    while behind.simulated(before) is not None:
        assert time.monotonic() < until
        time.sleep(0.05)
    slow.may.set()
    settle(app)
    assert SAID in words(app)


def test_a_simulation_that_fails_leaves_the_plan_and_says_why(
    open_app: Callable[..., AppTest], city: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> Plan:
        raise InputError("no world <b>holds</b>")

    monkeypatch.setattr(behind, "with_doubt", fail)
    app = settle(open_app(city, **CITY))
    assert "the simulation failed: no world &lt;b&gt;holds" in words(app)
    assert "First choice from each side" in words(app)
    assert not app.exception


def test_without_reports_there_is_nothing_to_vary(
    open_app: Callable[..., AppTest], city: Path
) -> None:
    workspace = Workspace.open(city)
    workspace.remove("zones", workspace.layer("zones")["id"].tolist())
    app = settle(open_app(city, **CITY))
    assert "Nothing to vary" in words(app)


def test_briefing_waits_for_the_simulation_unless_told_not_to(
    open_app: Callable[..., AppTest], city: Path, slow: Slow
) -> None:
    app = drawn_until(open_app(city, "briefing", **CITY), "120 of 500")
    assert not app.get("iframe")
    app.toggle(key="w_brief_doubt").set_value(False).run()
    (sealed,) = app.get("iframe")
    assert SAID not in sealed.proto.srcdoc

    app.toggle(key="w_brief_doubt").set_value(True).run()
    assert not app.get("iframe")
    slow.may.set()
    settle(app)
    app.run()
    assert app.get("iframe")


@pytest.mark.parametrize(
    ("trial", "told"),
    [
        (None, "waits for plans"),
        (Trial(State.WAITING), "waits for plans"),
        (Trial(State.RUNNING), "beginning &lt;"),
        (Trial(State.RUNNING, 120, 500), '<progress max="500" value="120" aria-label="How sure">'),
    ],
)
def test_progress_is_told_in_words_and_as_a_bar(trial: Trial[Any] | None, told: str) -> None:
    assert told in progress_line("How sure", trial, "variations", beginning="beginning <")
