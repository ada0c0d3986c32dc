"""A real city's briefing is small and soon ready."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from planner.briefing.page import render_briefing
from planner.initialise import import_file, initialise
from planner.layers.workspace import Workspace
from planner.plan import make_plan
from planner.plan.question import ask
from planner.scenario import ARRIVE, FACILITY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CITIES = ("bundled", "portland", "heidelberg", "helsinki", "porto")


@pytest.fixture(scope="module", params=CITIES)
def sealed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, int]:
    """Return a city's briefing with the number of its road vertices."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "bundled":
        workspace = Workspace.open(request.getfixturevalue("bundled"))
        question = ask(FACILITY, ARRIVE, workspace.timezone)
    else:
        shared: Path = request.getfixturevalue("shared_data")
        initialise(shared / "osm" / f"{request.param}.osm.pbf", folder / "city.gpkg")
        workspace = Workspace.open(folder / "city.gpkg")
        for layer in ("facilities", "entrances"):
            import_file(
                workspace, layer, shared / "facilities" / f"{request.param}-{layer}.geojson"
            )
        question = ask("exercise-hq", "2027-03-02T08:00", workspace.timezone)
    plan = make_plan(workspace, question)
    background = {name: workspace.static(name) for name in workspace.statics()}
    path = folder / "brief.html"
    path.write_text(render_briefing(plan, background), "utf-8")
    return path, len(plan.network.shape_xy)


def test_file_is_small(sealed: tuple[Path, int]) -> None:
    path, vertices = sealed

    assert path.stat().st_size <= 2_000_000 + 15 * vertices


def test_page_is_interactive_after_one_second_of_work(
    visit: Callable[..., Any], sealed: tuple[Path, int]
) -> None:
    # Budget: 2 s. The page's own thread is timed, so that a busy machine does not decide; its
    # work is nearly all there is to wait for.
    path, _ = sealed
    page, seen = visit("about:blank")
    probe = page.context.new_cdp_session(page)
    probe.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(path.as_uri())
    page.locator("#hour").press("ArrowRight")
    found = {m["name"]: m["value"] for m in probe.send("Performance.getMetrics")["metrics"]}

    assert page.evaluate("document.documentElement.dataset.ready") == "yes"
    assert page.locator("path.base-road").count() > 2
    assert seen.errors == []
    assert seen.away(path.as_uri()) == []
    assert 0 < found["TaskDuration"] < 1
