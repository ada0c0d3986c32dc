"""Choke points, on the Routes page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.scenario import ARRIVE, FACILITY
from planner.ui.choke_box import choke_list, choke_marks
from tests.ui.conftest import settle, words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from streamlit.testing.v1 import AppTest

IMAGE = "<img src=x onerror=alert(1)>"


def test_choke_points_are_told_once_they_are_asked_for(
    open_app: Callable[..., AppTest], bundled: Path
) -> None:
    app = settle(open_app(bundled, "routes", site=FACILITY, at=ARRIVE))
    assert "every way in uses" not in words(app)

    app.selectbox(key="w_side").select("gw-05").run()
    app.toggle(key="w_choke_on").set_value(True).run()

    assert not app.exception
    assert "From Quarry Road (south-east) every way in uses Quarry Road" in words(app)


def test_names_are_shown_as_they_are() -> None:
    road = {
        "street": IMAGE, "length_m": 10.0,
        "geometry": {"type": "LineString", "coordinates": [[8.0, 50.0], [8.1, 50.0]]},
    }  # fmt: skip
    points = [{"value": 1, "roads": [road], "origins": ["a"], "text": f"From {IMAGE}"}]
    assert "&lt;img" in choke_list(points)
    assert "<img" not in choke_list(points)
    assert [one["layer"] for one in choke_marks(points)] == ["choke"]
    assert "No road" in choke_list([])
