"""The first five minutes without a browser."""

from __future__ import annotations

import gzip
import shutil
import threading
import time
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from planner.errors import Cancelled, InputError, NetworkError
from planner.initialise import Progress
from planner.scenario import ARRIVE, FACILITY, city
from planner.ui import guide, watching
from planner.ui.guide import STEPS, Reached, advice, held, steps
from planner.ui.making import State, Wanted, Workshop, a_city, safe_stem, the_scenario
from planner.ui.start import checked_path, parsed_box
from tests.hostile import HOSTILE
from tests.network.test_graphml import GRAPH
from tests.ui.conftest import turn_to, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

    from planner.ui.making import Making

    Start = Callable[..., AppTest]

WAIT_S = 60.0


@pytest.fixture(autouse=True)
def new_server() -> None:
    """Each test has a server of its own."""
    watching.workshop.clear()


def ended(making: Making) -> Making:
    """Wait for the end."""
    until = time.monotonic() + WAIT_S
    while making.state is State.RUNNING and time.monotonic() < until:
        time.sleep(0.02)
    return making


def left(folder: Path) -> list[str]:
    """Return the names of all files in a folder."""
    return sorted(path.name for path in folder.iterdir())


def until_drawn(app: AppTest, what: str) -> None:
    """Run the app until something is said, as the browser does while work is on its way."""
    until = time.monotonic() + WAIT_S
    while what not in words(app) and time.monotonic() < until:
        time.sleep(0.1)
        app.run()
    assert what in words(app)


def shown(app: AppTest) -> str:
    """Return messages as read."""
    parts = [*app.error, *app.warning, *app.info, *app.caption]
    return " ".join(str(part.value) for part in parts).replace("\\", "")


class Slow:
    """Work that waits to be told to go on."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def __call__(self, target: Path, tell: Any) -> Any:
        """Wait between two steps."""
        tell(Progress("Reading", 0.2))
        self.go.wait(WAIT_S)
        tell(Progress("Writing", 0.8))
        raise NetworkError("no road in it.")


# what a workshop does


def test_two_makings_of_one_name_get_two_files(tmp_path: Path) -> None:
    shop, offered = Workshop(), []
    both = [
        shop.begin(a_city(city(), title="town.osm.pbf"), tmp_path, offer=offered.append)
        for _ in range(2)
    ]

    assert [ended(making).state for making in both] == [State.READY, State.READY]
    assert left(tmp_path) == ["town-2.gpkg", "town.gpkg"]
    assert sorted(offered) == sorted(making.target for making in both)


def test_a_taken_name_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "town.gpkg").write_text("mine")
    making = Workshop().begin(a_city(city(), title="town.osm.pbf"), tmp_path, offer=str)

    assert ended(making).target.name == "town-2.gpkg"
    assert (tmp_path / "town.gpkg").read_text() == "mine"


def test_cancelling_a_making_leaves_nothing(tmp_path: Path) -> None:
    aside, home, work = tmp_path / "aside", tmp_path / "home", Slow()
    aside.mkdir()
    making = Workshop().begin(Wanted("town", "town", work), home, offer=str)
    making.cancel()
    assert making.state is State.CANCELLED
    work.go.set()
    time.sleep(0.1)

    assert making.state is State.CANCELLED
    assert left(home) == []


def test_work_that_ends_after_it_was_cancelled_is_taken_away(tmp_path: Path) -> None:
    go = threading.Event()

    def work(target: Path, _tell: Any) -> Any:
        target.touch()
        go.wait(WAIT_S)

    offered: list[Path] = []
    making = Workshop().begin(Wanted("town", "town", work), tmp_path, offer=offered.append)
    making.cancel()
    go.set()
    for _ in range(100):
        if not making.target.exists():
            break
        time.sleep(0.02)
    assert left(tmp_path) == []
    assert offered == []


def test_the_upload_is_removed_whatever_comes(tmp_path: Path) -> None:
    from tempfile import TemporaryDirectory

    aside = TemporaryDirectory(dir=tmp_path)
    source = Path(aside.name, "cut.osm.pbf")
    source.write_bytes(city().read_bytes()[:5000])
    making = Workshop().begin(
        a_city(source, title="cut.osm.pbf", aside=aside), tmp_path / "home", offer=str
    )

    assert ended(making).state is State.FAILED
    assert "cut short" in making.problem
    assert left(tmp_path) == ["home"]
    assert left(tmp_path / "home") == []


def test_no_more_than_a_few_are_made_at_once(tmp_path: Path) -> None:
    shop, work = Workshop(), Slow()
    for place in range(4):
        shop.begin(Wanted("town", f"town{place}", work), tmp_path, offer=str)
    with pytest.raises(InputError, match="Try again in a minute"):
        shop.begin(Wanted("town", "town", work), tmp_path, offer=str)
    work.go.set()


def test_a_folder_that_cannot_be_written_names_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="PLANNER_HOME"):
        Workshop().begin(the_scenario(), tmp_path / "file" / "home", offer=str)


def test_an_error_nobody_foresaw_becomes_words(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def work(_target: Path, _tell: Any) -> Any:
        raise RuntimeError("secret inside")

    making = ended(Workshop().begin(Wanted("town", "town", work), tmp_path, offer=str))
    assert making.state is State.FAILED
    assert "secret" not in making.problem
    assert "smaller box" in making.problem


@pytest.mark.parametrize(
    "wish", [*HOSTILE, "../../etc/passwd", "..\\x", "/abs", "CON:x", ".hidden"]
)
def test_no_wished_name_leaves_the_folder(tmp_path: Path, wish: str) -> None:
    stem = safe_stem(wish)
    path = tmp_path / f"{stem}.gpkg"

    assert path.resolve().parent == tmp_path.resolve()
    assert stem
    assert not stem.startswith(".")
    assert len(stem) <= 60


# what a reader types


@pytest.mark.parametrize("typed", ["1,2,3", "a,b,c,d", "2,1,1,3", "1,2,3,4,5"])
def test_a_box_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(InputError, match="west, south, east, north"):
        parsed_box(typed)


def test_paths_that_cannot_be_opened_say_why(tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.touch()
    for typed, why in (
        ("  ", "Type the path"),
        (str(tmp_path), "is a folder"),
        (str(tmp_path / "no.gpkg"), "No such file"),
        ("a\0b.gpkg", "no path can look like this"),
        (str(other), "no workspace"),
    ):
        with pytest.raises(InputError, match=why):
            checked_path(typed)
    assert checked_path(f'"{city()}"') == city()


# the page


def test_first_screen_offers_three_ways(open_app: Start) -> None:
    app = open_app(None)

    assert not app.exception
    assert "Know the way in" in words(app)
    assert [title in words(app) for title in STEPS] == [True] * 5
    assert app.button(key="try").label == "Try the bundled city"
    assert app.text_input(key="path").label == "Path of the file"


def test_trying_the_bundled_city_leads_to_its_answer(open_app: Start, tmp_path: Path) -> None:
    app = open_app(None)
    app.button(key="try").click().run()
    until_drawn(app, "Best way in at 07:30")

    assert app.query_params["site"] == FACILITY
    assert app.query_params["at"] == ARRIVE
    assert app.session_state["guided"]
    assert "aldermere.gpkg" in left(tmp_path / "home")


def test_an_upload_becomes_a_workspace_and_tells_what_it_holds(
    open_app: Start, tmp_path: Path
) -> None:
    app = open_app(None, "start")
    app.file_uploader(key="city-file").upload("my <b>town</b>.osm.pbf", city().read_bytes()).run()
    app.button(key="make-upload").click().run()
    until_drawn(app, "is ready")

    assert "Road arcs4,801" in words(app)
    assert left(tmp_path / "home") == ["my-b-town-b.gpkg"]
    app.button(key="making-go").click().run()
    assert app.query_params["w"] == "my-b-town-b"


@pytest.mark.parametrize("packed", [False, True])
def test_a_graph_of_osmnx_is_taken_as_the_command_does(
    open_app: Start, tmp_path: Path, *, packed: bool
) -> None:
    app = open_app(None, "start")
    data = GRAPH.encode()
    name, data = ("town.graphml.gz", gzip.compress(data)) if packed else ("town.graphml", data)
    app.file_uploader(key="city-file").upload(name, data).run()
    app.button(key="make-upload").click().run()
    until_drawn(app, "is ready")

    assert "Road arcs" in words(app)
    assert left(tmp_path / "home") == ["town.gpkg"]


def test_a_broken_city_file_is_told_and_another_can_be_tried(open_app: Start) -> None:
    app = open_app(None, "start")
    cut = BytesIO(city().read_bytes()[:4000]).getvalue()
    app.file_uploader(key="city-file").upload("cut.osm.pbf", cut).run()
    app.button(key="make-upload").click().run()
    until_drawn(app, "Know the way in")

    assert "no workspace was made" in shown(app)
    assert "cut short" in shown(app)
    assert app.button(key="try")
    app.button(key="making-close").click().run()
    assert "no workspace was made" not in shown(app)


def test_a_workspace_opens_by_path(open_app: Start, bundled: Path) -> None:
    app = open_app(None, "start")
    app.text_input(key="path").set_value(str(bundled)).run()
    until_drawn(app, "Best way in")

    assert app.query_params["w"] == bundled.stem


def test_a_file_that_is_no_workspace_is_said_on_the_page(open_app: Start, tmp_path: Path) -> None:
    other = tmp_path / "notes.gpkg"
    other.write_text("no database")
    app = open_app(None, "start")
    app.text_input(key="path").set_value(str(other)).run()

    assert not app.exception
    assert "not a workspace" in shown(app)


def test_workspaces_are_listed_newest_first_and_open(
    open_app: Start, bundled: Path, tmp_path: Path
) -> None:
    import os

    home = tmp_path / "home"
    home.mkdir()
    for age, name in enumerate(("new", "old")):
        path = shutil.copy(bundled, home / f"{name}.gpkg")
        os.utime(path, (time.time() - 1000 * age,) * 2)
    (home / "junk.gpkg").write_text("x")
    app = open_app(None, "start")

    assert [b.key for b in app.button if b.key.startswith("open-") and b.key != "open-path"] == [
        "open-new", "open-old",
    ]  # fmt: skip
    assert "Not listed" in shown(app)
    assert "junk.gpkg" in shown(app)
    app.button(key="open-old").click().run()
    assert app.query_params["w"] == "old"


def test_what_was_asked_of_one_city_is_not_asked_of_the_next_opened(
    open_app: Start, bundled: Path, tmp_path: Path
) -> None:
    """Its gate and streets went along, and the new answer began with a warning."""
    (tmp_path / "home").mkdir()
    shutil.copy(bundled, tmp_path / "home" / "other.gpkg")
    asked = {
        "gate": "gate-of-this-city",
        "avoid": "Long Road",
        "forbid": "yard-1",
        "trade": "fastest",
    }
    app = open_app(bundled, "start", **asked)
    assert app.query_params["avoid"] == "Long Road"
    app.button(key="open-other").click().run()

    assert app.query_params["w"] == "other"
    assert not {"gate", "avoid", "forbid"} & {*app.query_params}


def test_start_page_of_an_open_workspace_leads_back(open_app: Start, bundled: Path) -> None:
    app = open_app(bundled, "start")
    assert "open now" in words(app)
    app.button(key="guide-me").click().run()
    assert app.session_state["guided"]
    turn_to(app, "situation")
    assert not app.exception


# the guide


@pytest.mark.parametrize(
    ("reached", "title", "page"),
    [
        (Reached(), "Site", "layers"),
        (Reached(own_site=True), "Site", "layers"),
        (Reached(gates_known=True), "What is reported", "layers"),
        (Reached(gates_known=True, reports=True), "Plan", "routes"),
        (Reached(gates_known=True, reports=True, looked=True), "Briefing", "briefing"),
    ],
)
def test_the_first_step_not_done_is_the_next(reached: Reached, title: str, page: str) -> None:
    assert [step.title for step in steps(reached) if step.next] == [title]
    assert advice(reached)[1] == page


def test_a_later_step_may_be_done_before_an_earlier() -> None:
    done = [step.done for step in steps(Reached(reports=True, downloaded=True))]
    assert done == [True, False, True, False, True]


def test_all_done_leads_nowhere() -> None:
    every = Reached(own_site=True, gates_known=True, reports=True, looked=True, downloaded=True)
    assert not any(step.next for step in steps(every))
    assert advice(every)[1] == ""


def test_what_is_held_is_read_from_the_workspace(bundled: Path, tmp_path: Path) -> None:
    from datetime import date

    from planner.initialise import initialise
    from planner.ui.answers import stamp_of

    assert held(bundled, stamp_of(bundled), FACILITY, date(2027, 3, 2)) == (True, True, True)
    assert held(bundled, stamp_of(bundled), FACILITY, date(2027, 3, 4)) == (True, True, False)
    bare = initialise(city(), tmp_path / "bare.gpkg").path
    assert held(bare, stamp_of(bare), "none", date(2027, 3, 2)) == (False, False, False)


def test_the_line_escapes_and_tells_the_current_step() -> None:
    line = guide._line(steps(Reached()), "<b>x</b>")
    assert "<b>x</b>" not in line
    assert line.count('aria-current="step"') == 1


def test_cancelled_is_an_error_of_this_project() -> None:
    from planner.errors import PlannerError

    assert issubclass(Cancelled, PlannerError)
