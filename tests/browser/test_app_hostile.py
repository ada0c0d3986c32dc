"""Hostile names, notes, ids, file names on every page of the app, by real mouse."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from planner.layers import privacy
from planner.layers.schema import LAYERS, Kind
from planner.layers.workspace import Workspace
from planner.scenario import ARRIVE, FACILITY
from planner.ui.drafts import TITLES
from tests.browser.hand import WAIT_MS, choose, settled
from tests.hostile import HOSTILE, collapsed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from geopandas import GeoDataFrame

SET = [
    '<img src=x onerror="window.__pwned=1">', "<svg onload=window.__pwned=1>",
    "{{constructor.constructor('window.__pwned=1')()}}", "<script>window.__pwned=1</script>",
]  # fmt: skip
"""Strings that leave a trace where they are run."""

LONGEST = 190
"""Characters of a name that holds several strings: a note takes 200."""

KEYS = ["{{7*7}}<b>x</b>", "<img src=x onerror=alert(1)>", ":red[x] `$y$` **z**", "__proto__"]
"""Ids of rows."""

WALKED = ("zones", "closures", "gateways")
"""Layers whose list of rows is read to its end."""

FILE = "{{7*7}}<img src=x onerror=alert(1)> :red[x] `y` $z$.geojson"


def storable(text: str) -> bool:
    """Tell whether the layers keep a text: not personal, not longer than a name may be."""
    return not privacy.found(text) and len(text) <= LONGEST


def packed(texts: Sequence[str]) -> list[str]:
    """Return texts put together, several a name."""
    made: list[str] = []
    for text in texts:
        together = f"{made[-1]} | {text}" if made else text
        if made and len(together) <= LONGEST and not privacy.found(together):
            made[-1] = together
        else:
            made.append(text)
    return made


NAMES = packed([text for text in (*SET, *HOSTILE) if storable(text)])


@pytest.fixture(scope="module")
def city(bundled: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The bundled city, every text of it hostile."""
    path = Path(shutil.copy(bundled, tmp_path_factory.mktemp("hostile") / "city.gpkg"))
    with closing(sqlite3.connect(path)) as file, file:
        (text,) = file.execute(
            "SELECT value FROM planner_settings WHERE key = 'settings'"
        ).fetchone()
        settings = json.loads(text) | {"name": NAMES[0], "source_name": NAMES[1]}
        file.execute(
            "UPDATE planner_settings SET value = ? WHERE key = 'settings'", (json.dumps(settings),)
        )
    workspace = Workspace.open(path)
    along = workspace.layer("access_routes")[["geometry"]].iloc[:1]
    workspace.append("corrections", along.assign(kind="open"))
    for layer in LAYERS:
        workspace.append(layer, poisoned(workspace.layer(layer), layer))
    return workspace


def poisoned(frame: GeoDataFrame, layer: str) -> GeoDataFrame:
    """Return the rows with every name, note, other text hostile, further rows with hostile ids."""
    more = frame.iloc[[0] * (len(KEYS) + max(0, len(NAMES) - len(frame) - len(KEYS)))].copy()
    more["id"] = [*KEYS, *(f"more-{n}" for n in range(len(more) - len(KEYS)))]
    if layer in ("facilities", "entrances", "gateways"):
        more = more.iloc[len(KEYS) :]
    frame = type(frame)(
        [*frame.to_dict("records"), *more.to_dict("records")], geometry="geometry", crs=frame.crs
    )
    for column in LAYERS[layer].columns:
        if column.kind in (Kind.TEXT, Kind.NOTE):
            longest = int(column.maximum or 255)
            fit = NAMES if longest >= LONGEST else packed_to(longest)
            frame[column.name] = [text for text, _ in zip(cycle(fit), range(len(frame)))]
    return frame


def packed_to(longest: int) -> list[str]:
    """Return single strings that fit a short column."""
    return [text for text in (*SET, *HOSTILE) if storable(text) and 0 < len(text) <= longest]


@pytest.fixture(scope="module")
def address(
    serve: Callable[[Path | None], str], city: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The app on that city, a broken workspace of a hostile name beside it."""
    home = tmp_path_factory.mktemp("home")
    (home / ":red[x] **b** {{7*7}} <img src=x onerror=alert(1)>.gpkg").write_bytes(b"no workspace")
    shutil.copy(city.path, home / "{{7*7}}<b>x<b> `y`.gpkg")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLANNER_HOME", str(home))
        yield serve(city.path)


@pytest.fixture
def opened(visit: Callable[..., Any], address: str) -> Iterator[Callable[[str], Any]]:
    """Turn to a page as a reader does; nothing of what is written may have run at the end."""
    seen = []

    def go(name: str) -> Any:
        page, what = visit(f"{address}/?site={FACILITY}&at={ARRIVE}", 1280, 1000)
        seen.append((page, what))
        page.locator(".first h1").wait_for(timeout=WAIT_MS)
        page.get_by_text("being worked out").first.wait_for(state="hidden", timeout=WAIT_MS)
        if name != "Situation":
            page.get_by_role("link", name=name, exact=True).click()
        return page

    yield go
    for page, what in seen:
        assert page.evaluate("window.__pwned") is None
        assert page.locator("bdi b, bdi img, bdi script, td img, td svg").count() == 0
        words = page.locator("body").inner_text()
        assert "found faults" not in words
        assert "49 |" not in words
        assert "| 49" not in words
        assert what.dialogs == []
        assert what.errors == []
        home = (address, address.replace("http", "ws"))
        assert [url for url in what.away(address) if not url.startswith(home)] == []


def names(workspace: Workspace, layer: str) -> list[str]:
    """Return the names of a layer as a page lays them out."""
    return [collapsed(name) for name in workspace.layer(layer)["name"]]


def words(page: Any, part: str) -> str:
    """Return the text of all such parts of a page, every fold of it open."""
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    return collapsed(" ".join(page.locator(part).all_inner_texts()))


def drawn(page: Any) -> None:
    """Wait for the map with its marks."""
    page.locator(".canvas path.base-road").first.wait_for(state="attached", timeout=WAIT_MS)
    page.locator(".canvas .leaflet-marker-icon").first.wait_for(state="attached", timeout=WAIT_MS)
    page.wait_for_timeout(500)


def offered(page: Any, label: str) -> str:
    """Return all that a list offers; it draws only what is in view, so it is walked through."""
    page.get_by_role("combobox", name=label).first.click()
    page.get_by_role("option").first.wait_for(timeout=WAIT_MS)
    found: dict[str, None] = {}
    while True:
        fresh = dict.fromkeys(page.get_by_role("option").all_inner_texts())
        if fresh.keys() <= found.keys():
            break
        found |= fresh
        page.get_by_role("option").last.scroll_into_view_if_needed()
        page.mouse.move(*middle_of(page))
        page.mouse.wheel(0, 200)
        page.wait_for_timeout(60)
    page.keyboard.press("Escape")
    return collapsed(" ".join(found))


def middle_of(page: Any) -> tuple[float, float]:
    """Return the middle of an open list on the screen."""
    box = page.get_by_role("listbox").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def tips(page: Any) -> str:
    """Return what every mark of the map says under the mouse, and when it is clicked."""
    return collapsed(page.locator(".canvas").evaluate(
        """canvas => [...canvas.querySelectorAll('.leaflet-marker-icon, path.leaflet-interactive')]
        .map(mark => {
          for (const kind of ['mouseover', 'click'])
            mark.dispatchEvent(new MouseEvent(kind, {bubbles: true, clientX: 400, clientY: 300}));
          const told = [...canvas.querySelectorAll('.leaflet-tooltip, .leaflet-popup-content')]
            .map(box => box.innerText).join(' ');
          mark.dispatchEvent(new MouseEvent('mouseout', {bubbles: true}));
          return told;
        }).join(' ')"""
    ))  # fmt: skip


def missing(wanted: Sequence[str], text: str) -> list[str]:
    """Return what a text does not hold."""
    return [one for one in wanted if one not in text]


def test_refused_strings_are_the_long_the_personal() -> None:
    refused = [text for text in HOSTILE if not storable(text)]

    assert {text for text in refused if len(text) <= LONGEST} == {
        "@import 'x.css'", "www.a.invalid", "@x",
    }  # fmt: skip
    assert len([text for text in (*SET, *HOSTILE) if storable(text)]) > 50


def test_situation_shows_them_literally(opened: Callable[[str], Any], city: Workspace) -> None:
    page = opened("Situation")
    drawn(page)
    sides = names(city, "gateways")

    short, tables = words(page, ".short"), words(page, ".tables")
    assert missing(sides[:6], tables) == []
    assert len(missing(NAMES, short)) < len(NAMES)
    assert missing(names(city, "closures")[:2], tables + tips(page)) == []
    listed = offered(page, "Site to reach")
    assert missing(names(city, "facilities"), listed) == []
    assert NAMES[0] in collapsed(offered(page, "Workspace"))


def test_routes_shows_them_literally(opened: Callable[[str], Any], city: Workspace) -> None:
    page = opened("Routes")
    drawn(page)
    page.locator("details.way").first.wait_for(timeout=WAIT_MS)
    told = words(page, "details.way, .tables")

    assert missing(sides_with_ways(told, city), told) == []
    gates = [name for name in names(city, "entrances") if name in told]
    assert gates, "the gate of a way is named as it is written"
    listed = offered(page, "Coming from")
    assert missing(names(city, "gateways"), listed) == []


def sides_with_ways(told: str, city: Workspace) -> list[str]:
    """Return names of which the start is told: then the whole is to be there."""
    return [name for name in names(city, "gateways") if f"From {name[:12]}" in told]


def test_staging_shows_them_literally(opened: Callable[[str], Any], city: Workspace) -> None:
    page = opened("Staging")
    drawn(page)
    rows = "[class*=st-key-site-row-] button"
    page.locator(rows).first.wait_for(timeout=WAIT_MS)
    told = words(page, rows)
    found = page.locator(rows).count()

    known = [name for name in names(city, "staging_sites") if name in told]
    assert len(known) >= min(found, 1)
    assert missing([name for name in known if name[:9] in told], words(page, ".tables")) == []


def test_every_layer_shows_them_literally(opened: Callable[[str], Any], city: Workspace) -> None:
    page = opened("Layers")
    drawn(page)
    for layer, title in TITLES.items():
        choose(page, "Layer", title)
        page.locator(f".st-key-row-{layer}").wait_for(timeout=WAIT_MS)
        page.wait_for_timeout(700)
        rows = city.layer(layer)
        if layer in WALKED:
            told = rows["id"] if layer == "zones" else rows["name"]
            assert missing([collapsed(text) for text in told], offered(page, "Row")) == []
        # The table draws the columns in view; notes stand further to the right.
        column = "name" if "name" in rows else "id"
        assert missing([collapsed(text) for text in rows[column]][:2], in_grid(page)) == []


def in_grid(page: Any) -> str:
    """Return what the table tells those who cannot see it; the cells are painted from the same."""
    grid = page.get_by_test_id("stDataFrame").first.locator("table[role=grid]")
    grid.first.wait_for(state="attached", timeout=WAIT_MS)
    return collapsed(" ".join(grid.locator("td").all_text_contents()))


def test_form_history_faults_show_them_literally(
    opened: Callable[[str], Any], city: Workspace
) -> None:
    page = opened("Layers")
    drawn(page)
    choose(page, "Layer", "Closures")
    page.locator(".st-key-row-closures").wait_for(timeout=WAIT_MS)
    key = KEYS[0]
    choose(page, "Row", key)
    page.get_by_role("button", name="Remove", exact=True).first.wait_for(timeout=WAIT_MS)
    page.wait_for_timeout(1000)
    stored = city.layer("closures").set_index("id").loc[key, "name"]
    assert page.get_by_role("textbox", name="Name").first.input_value() == stored
    page.get_by_role("button", name="Remove", exact=True).first.click()
    page.get_by_text("1 unsaved change").wait_for(timeout=WAIT_MS)
    assert key in words(page, ".stMain")
    page.get_by_role("button", name="Save", exact=True).first.click()
    page.get_by_text("Removed: ").wait_for(timeout=WAIT_MS)
    assert f"Removed: {key}." in words(page, ".stAlert")
    assert f"closure {key} removed" in words(page, "[data-testid=stCaptionContainer]")
    settled(page)
    page.get_by_role("tab", name="History").click()
    page.wait_for_timeout(500)
    assert f"closure {key} removed" in in_panel(page)
    page.get_by_role("button", name="Undo", exact=True).click()
    page.get_by_text("Taken back: ").wait_for(timeout=WAIT_MS)
    assert key in words(page, ".stAlert")


def in_panel(page: Any) -> str:
    """Return what the table of the open tab tells those who cannot see it."""
    cells = page.locator("[role=tabpanel]:visible table[role=grid] td")
    return collapsed(" ".join(cells.all_text_contents()))


def test_faults_of_a_hostile_file_show_it_literally(opened: Callable[[str], Any]) -> None:
    page = opened("Layers")
    drawn(page)
    page.get_by_role("tab", name="Import or export").click()
    rows = [
        {"type": "Feature", "properties": {"id": key, "kind": key, "starts_at": key},
         "geometry": {"type": "Point", "coordinates": [-28.19, 38.85]}}
        for key in KEYS
    ]  # fmt: skip
    body = json.dumps({"type": "FeatureCollection", "features": rows}).encode()
    page.locator("input[type=file]").set_input_files(
        {"name": FILE, "mimeType": "application/json", "buffer": body}
    )
    page.get_by_role("button", name="Read it in").click()
    told = page.locator(".stAlert", has_text="nothing was saved")
    told.wait_for(timeout=WAIT_MS)

    assert FILE in collapsed(told.inner_text())
    page.wait_for_timeout(800)
    assert missing(KEYS, in_panel(page)) == []


def test_briefing_shows_them_literally(opened: Callable[[str], Any], city: Workspace) -> None:
    page = opened("Briefing")
    frame = page.frame_locator("iframe").first
    frame.locator(".short tr").first.wait_for(timeout=WAIT_MS)
    frame.locator("html[data-ready=yes]").wait_for(state="attached", timeout=WAIT_MS)
    told = collapsed(frame.locator("body").inner_text())

    assert missing(names(city, "facilities")[:1], told) == []
    assert sum(name in told for name in names(city, "gateways")) >= 6
    assert frame.locator("bdi b, bdi img, bdi script, td img").count() == 0


def test_start_shows_them_literally(opened: Callable[[str], Any]) -> None:
    page = opened("Start")
    page.get_by_text("Not listed").wait_for(timeout=WAIT_MS)
    told = words(page, ".stMain")

    for name in (NAMES[0], NAMES[1], ":red[x] **b** {{7*7}} <img src=x onerror=alert(1)>.gpkg"):
        assert collapsed(name) in told
    page.get_by_role("textbox", name="Path of the file").fill(f"/no/{FILE}")
    page.locator(".st-key-open-path button").click()
    page.locator(".stAlert").wait_for(timeout=WAIT_MS)
    assert f"/no/{FILE}" in words(page, ".stAlert")
