"""The reach of a gate on the Routes page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.scenario import ARRIVE, FACILITY
from tests.ui.conftest import words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from streamlit.testing.v1 import AppTest


def test_reach_of_a_gate_is_told_once_it_is_switched_on(
    open_app: Callable[..., AppTest], bundled: Path
) -> None:
    app = open_app(bundled, "routes", site=FACILITY, at=ARRIVE)
    assert "Clear streets alone count" not in words(app)

    app.selectbox(key="w_reach_by").set_value("car").run()
    app.toggle(key="w_reach_on").set_value(True).run()

    assert not app.exception
    assert not app.error
    assert "Clear streets alone count" in words(app)
