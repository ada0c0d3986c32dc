"""A way of the reader's own, on the Routes page and in the briefing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from shapely.geometry import mapping

from planner.briefing.own import own, own_marks
from planner.layers.workspace import Workspace
from planner.plan.own.evaluate import evaluate
from planner.plan.own.line import drawing_of
from planner.plan.question import ask
from tests.plan.own_town import ARRIVE, make_town, put, way
from tests.ui.conftest import settle, turn_to, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

ZONE = ZoneInfo("Europe/Berlin")
IMAGE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = make_town(tmp_path_factory.mktemp("town"))
    row = {"id": "r-1", "facility_id": "hq", "name": IMAGE, "role": "primary"}
    put(workspace, "access_routes", [row], [way("ABFGHD")])
    return workspace


def judged(town: Workspace, name: str) -> dict[str, Any]:
    drawing = drawing_of(town, way(name), source="file", name=IMAGE)
    return evaluate(town, ask("hq", ARRIVE, town.timezone), drawing).document


def test_approved_route_is_judged_beside_the_suggestions(
    town: Workspace, open_app: Callable[..., AppTest]
) -> None:
    app = settle(open_app(Path(town.path), "routes", site="hq", at=ARRIVE))
    assert "NOT VERIFIED" not in words(app)
    app.toggle(key="w_own_on").set_value(True).run()
    app.selectbox(key="w_own_from").set_value("An approved route").run()
    assert not app.exception
    told = words(app)
    assert "NOT VERIFIED: goes against the one-way direction of" in told
    assert told.count("NOT VERIFIED") >= 2
    assert IMAGE not in told
    app.toggle(key="w_own_on").set_value(False).run()
    assert "NOT VERIFIED" not in words(app)


def test_line_drawn_in_one_city_is_not_judged_in_another(
    town: Workspace, open_app: Callable[..., AppTest]
) -> None:
    """It lay outside every other city, and the reader was told that it cannot be judged."""
    app = settle(open_app(Path(town.path), "routes", site="hq", at=ARRIVE))
    line = mapping(way("ABFGHD"))
    app.session_state["own_line"] = (Path("elsewhere.gpkg"), line)
    app.toggle(key="w_own_on").set_value(True).run()
    assert any(one.value.startswith("Take the line tool") for one in app.caption)
    assert "NOT VERIFIED" not in words(app)
    app.session_state["own_line"] = (Path(town.path), line)
    assert "NOT VERIFIED" in words(app.run())


def test_briefing_holds_the_own_way_until_it_is_left_out(
    town: Workspace, open_app: Callable[..., AppTest]
) -> None:
    app = settle(open_app(Path(town.path), "routes", site="hq", at=ARRIVE))
    app.toggle(key="w_own_on").set_value(True).run()
    app.selectbox(key="w_own_from").set_value("An approved route").run()
    app = turn_to(app, "briefing")
    app.toggle(key="w_brief_doubt").set_value(False).run()
    assert not app.exception
    assert app.toggle(key="w_brief_own").value


def test_way_that_does_not_verify_is_stamped_wherever_it_stands(town: Workspace) -> None:
    told = judged(town, "ABFGHD")
    document = {"own": told, "origins": [1]}
    page = own(document, ZONE)
    assert page.index("NOT VERIFIED: ") < page.index("<table")
    assert re.search(r"own way</b> <em>NOT VERIFIED</em>", page)
    marks = own_marks(told, ZONE)
    assert marks[1]["badge"]["text"] == "Own way: NOT VERIFIED"
    assert [m["badge"]["text"] for m in marks if m["id"].startswith("finding-")] == ["1"]
    assert "NOT VERIFIED" not in own({"own": judged(town, "ABCD"), "origins": [1]}, ZONE)


def test_names_are_shown_as_they_are(town: Workspace) -> None:
    told = judged(town, "ABCD")
    for row in told["comparison"]:
        row["entrance_name"] = IMAGE
    told["notices"].append(IMAGE)
    page = own({"own": told, "origins": [1]}, ZONE)
    assert IMAGE not in page
    assert page.count("&lt;img src=x") >= 3


def test_page_without_routes_holds_no_own_way(town: Workspace) -> None:
    assert own({"own": judged(town, "ABCD"), "origins": []}, ZONE) == ""
    assert own({"origins": [1]}, ZONE) == ""
