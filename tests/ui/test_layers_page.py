"""The Layers page without a browser: drawn, told, typed, imported, taken back."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import streamlit as st
from shapely.geometry import LineString, Point, box, mapping

from planner.layers.crs import to_lonlat
from planner.layers.workspace import Workspace
from planner.network.store import load_extract, load_network, save_extract
from planner.scenario import ARRIVE, FACILITY
from planner.tuning import numbers_set, set_parameters
from planner.ui.answers import Asked, stamp_of
from planner.ui.model_numbers import LINES, title
from planner.ui.shelf import shelf
from planner.ui.street_words import streets
from tests.hostile import HOSTILE
from tests.ui.conftest import turn_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

    from planner.ui.drafts import Desk

CITY = {"site": FACILITY, "at": ARRIVE}


class Hand:
    """A hand on the map: what it does once is seen by the next run alone."""

    def __init__(self) -> None:
        self.does: dict[str, Any] = {}
        self.desks: list[Desk] = []

    def draw(self, bench: Any, _answered: Any) -> SimpleNamespace:
        """Stand in for the map."""
        self.desks.append(bench.desk)
        does, self.does = self.does, {}
        return SimpleNamespace(
            step=None, origin="", picked=does.get("picked"), drawn=does.get("drawn")
        )


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Hand:
    """A hand instead of the map."""
    made = Hand()
    monkeypatch.setattr("planner.ui.layers.draw_map", made.draw)
    return made


@pytest.fixture
def city(bundled: Path, tmp_path: Path) -> Workspace:
    """The bundled city, free to change."""
    return Workspace.open(Path(shutil.copy(bundled, tmp_path / "city.gpkg")))


@pytest.fixture
def page(open_app: Callable[..., AppTest], city: Workspace, hand: Hand) -> AppTest:
    """The Layers page of that city."""
    return open_app(city.path, "layers", **CITY)


def square(workspace: Workspace) -> dict[str, Any]:
    """A small square beside the site, as the map would tell it."""
    site = workspace.layer("facilities").set_index("id").loc[FACILITY].geometry.centroid
    return mapping(box(site.x - 0.0004, site.y - 0.0004, site.x + 0.0004, site.y + 0.0004))


def draw(page: AppTest, hand: Hand, tool: str, geometry: Any, key: str | None = None) -> AppTest:
    """Do something on the map."""
    hand.does = {"drawn": {"tool": tool, "id": key, "geometry": geometry}}
    return page.run()


def field(page: AppTest, kind: str, label: str) -> Any:
    """Return a widget of the page by its label."""
    return next(widget for widget in page.get(kind) if widget.label.startswith(label))


def press(page: AppTest, key: str) -> AppTest:
    """Press a button."""
    return page.button(key=key).click().run()


def fill_report(page: AppTest) -> None:
    """Fill in what a report needs."""
    field(page, "time_input", "Starts at").set_value(time(7, 0))
    field(page, "time_input", "Ends at").set_value(time(9, 30))
    field(page, "number_input", "Size low").set_value(200)
    field(page, "number_input", "Size high").set_value(800)
    page.run()


def shown(page: AppTest) -> str:
    """Return the words of messages, captions and bold lines."""
    parts = [*page.success, *page.error, *page.info, *page.warning, *page.caption, *page.markdown]
    return " ".join(str(part.value) for part in parts).replace("\\", "")


def new_zone(city: Workspace, before: set[str]) -> Any:
    """Return the one report that was not there before."""
    zones = city.layer("zones").set_index("id")
    (key,) = set(zones.index) - before
    return zones.loc[key]


def test_drawn_report_is_saved_and_told_with_label_and_local_time(
    page: AppTest, hand: Hand, city: Workspace
) -> None:
    before = set(city.layer("zones")["id"])
    draw(page, hand, "polygon", square(city))
    assert "1 unsaved change: a new report" in shown(page)
    fill_report(page)
    press(page, "row-save")

    assert not page.exception
    row = new_zone(city, before)
    assert row["starts_at"].tz_convert(city.timezone).hour == 7
    assert (row["size_low"], row["size_high"]) == (200, 800)
    assert "Standing assembly, " in page.success[0].value.replace("\\", "")
    assert "07:00-09:30" in page.success[0].value.replace("\\", "")
    assert "Nothing unsaved" in shown(page)


def test_draft_survives_reruns_and_another_page(page: AppTest, hand: Hand, city: Workspace) -> None:
    draw(page, hand, "polygon", square(city))
    fill_report(page)
    turn_to(page, "situation")
    turn_to(page, "layers")

    assert "1 unsaved change" in shown(page)
    assert field(page, "number_input", "Size high").value == 800
    assert field(page, "time_input", "Starts at").value == time(7, 0)
    assert hand.desks[-1].drafts[""].shape is not None
    press(page, "row-save")
    assert not page.error


def test_line_is_taken_for_a_march_and_asks_for_its_speed(
    page: AppTest, hand: Hand, city: Workspace
) -> None:
    before = set(city.layer("zones")["id"])
    west, south = square(city)["coordinates"][0][0]
    line = {"type": "LineString", "coordinates": [[west, south], [west + 0.002, south]]}
    draw(page, hand, "line", line)
    assert field(page, "selectbox", "Kind").value == "march"
    fill_report(page)
    field(page, "number_input", "Speed (km/h)").set_value(3.0).run()
    press(page, "row-save")

    row = new_zone(city, before)
    assert (row["kind"], row["speed_kmh"], row.geometry.geom_type) == ("march", 3.0, "LineString")


def test_faults_of_a_form_are_listed_and_nothing_is_saved(
    page: AppTest, hand: Hand, city: Workspace
) -> None:
    version = city.version
    draw(page, hand, "polygon", square(city))
    press(page, "row-save")

    table = page.dataframe[0].value
    assert {"starts_at", "ends_at", "size_low", "size_high"} <= set(table["Column"])
    assert list(table.columns) == ["Row", "Id", "Column", "Problem", "What to do"]
    assert city.version == version
    field(page, "number_input", "Size low").set_value(5).run()
    assert len(page.dataframe[0].value) == len(table), "the list stays while the form is mended"


def test_row_picked_on_the_map_is_loaded_and_changed(
    page: AppTest, hand: Hand, city: Workspace
) -> None:
    key = city.layer("zones")["id"].iloc[0]
    hand.does = {"picked": ("zones", key)}
    page.run()
    assert page.selectbox(key="row-zones").value == key
    assert "Nothing unsaved" in shown(page)

    field(page, "number_input", "Size high").set_value(4321).run()
    assert f"1 unsaved change: {key} changed" in shown(page)
    press(page, "row-save")
    assert city.layer("zones").set_index("id").loc[key, "size_high"] == 4321


def test_reshaping_and_removing_wait_for_save(page: AppTest, hand: Hand, city: Workspace) -> None:
    zones = city.layer("zones")
    area = zones[zones.geom_type == "Polygon"]["id"].iloc[0]
    other = next(key for key in zones["id"] if key != area)
    version = city.version
    draw(page, hand, "reshape", square(city), area)
    draw(page, hand, "remove", None, other)

    assert city.version == version
    assert f"2 unsaved changes: {area} changed; {other} removed" in shown(page)
    press(page, "row-save")
    after = city.layer("zones").set_index("id")
    assert other not in after.index
    assert after.loc[area].geometry.equals(box(*after.loc[area].geometry.bounds))
    assert city.version == version + 1, "one edit, so that one undo takes all of it back"


def test_discard_drops_what_was_drawn(page: AppTest, hand: Hand, city: Workspace) -> None:
    draw(page, hand, "polygon", square(city))
    press(page, "row-discard")

    assert "Nothing unsaved" in shown(page)
    assert hand.desks[-1].drafts == {}


def test_undo_says_what_it_takes_back_and_does_it(page: AppTest, city: Workspace) -> None:
    zones = city.layer("zones")
    city.remove("zones", [zones["id"].iloc[0]])
    page.run()
    assert f"Would take back: report {zones['id'].iloc[0]} removed" in shown(page)
    press(page, "undo")

    assert list(city.layer("zones")["id"]) == list(zones["id"])
    assert "Taken back: report" in shown(page)
    page.run()
    assert page.button(key="undo").label == "Redo"
    assert f"Would bring back: report {zones['id'].iloc[0]} removed" in shown(page)
    press(page, "undo")
    assert "Brought back: report" in shown(page)
    assert list(city.layer("zones")["id"]) == list(zones["id"])[1:]
    page.run()
    assert page.button(key="undo").label == "Undo"


def test_row_edited_by_somebody_else_is_shown_and_can_be_overwritten(
    page: AppTest, hand: Hand, city: Workspace
) -> None:
    key = city.layer("zones")["id"].iloc[0]
    hand.does = {"picked": ("zones", key)}
    page.run()
    field(page, "number_input", "Size high").set_value(4000).run()
    theirs = city.layer("zones")
    theirs = theirs[theirs["id"] == key].assign(size_high=5000)
    city.append("zones", theirs)
    press(page, "row-save")

    assert "Edited by someone else" in shown(page)
    assert page.dataframe[0].value["size_high"].tolist() == [5000]
    press(page, "row-mine")
    assert city.layer("zones").set_index("id").loc[key, "size_high"] == 4000


def test_streets_are_those_of_newer_roads_though_nothing_was_edited(city: Workspace) -> None:
    """`planner update` writes roads, no edit: the names of before were offered on."""
    old, new = "Meridian Avenue", "Meridian Boulevard"
    version = city.version
    assert old in streets(city.path, stamp_of(city.path)).names
    extract = load_extract(city)
    values = tuple(new if value == old else value for value in extract.values)
    save_extract(city, replace(extract, values=values), epsg=city.settings.epsg)

    assert city.version == version
    names = streets(city.path, stamp_of(city.path)).names
    assert new in names
    assert old not in names


def test_street_in_words_becomes_a_draft(page: AppTest, hand: Hand, city: Workspace) -> None:
    before = set(city.layer("zones")["id"])
    index = streets(city.path, stamp_of(city.path))
    along = "Meridian Avenue"
    crossing = index.crossings(index.find(along))
    page.selectbox(key="w_words-along").set_value(along).run()
    assert page.selectbox(key="w_words-from").options == list(crossing)
    page.selectbox(key="w_words-from").set_value(crossing[0])
    page.selectbox(key="w_words-to").set_value(crossing[-1])
    page.run()
    press(page, "words-find")

    assert hand.desks[-1].drafts[""].shape.geom_type == "LineString"
    assert field(page, "selectbox", "Kind").value == "standing_assembly"
    fill_report(page)
    press(page, "row-save")
    assert new_zone(city, before).geometry.geom_type == "LineString"


def test_street_that_does_not_exist_suggests_others(page: AppTest) -> None:
    for name, text in (("along", "Meridan Avenue"), ("from", "Ring Road"), ("to", "Ring Road")):
        page.session_state[f"words-{name}"] = text
    page.run()
    press(page, "words-find")

    assert "Did you mean Meridian Avenue" in shown(page)


class Typist:
    """Fingers on the tables: AppTest cannot type into one."""

    def __init__(self) -> None:
        self.edits: dict[str, Any] = {}
        self.into = "editor"
        self.typed: dict[str, Any] = {}

    def editor(self, data: pd.DataFrame, *, key: str, **_: Any) -> pd.DataFrame:
        """Stand in for ``st.data_editor``; rows keep their numbers, as there."""
        state = self.typed.get(key) if key in st.session_state else None
        state = state or {"edited_rows": {}, "added_rows": [], "deleted_rows": []}
        if key.startswith(self.into):
            state = {**state, **self.edits}
            self.edits = {}
        self.typed[key] = state
        st.session_state[key] = dict(state)
        edited = data.astype(object)
        for place, cells in state["edited_rows"].items():
            for name, cell in cells.items():
                edited.loc[place, name] = cell
        for number, cells in enumerate(state["added_rows"]):
            edited.loc[len(data) + number] = pd.Series(cells).reindex(edited.columns)
        return edited.drop(index=state["deleted_rows"])


@pytest.fixture
def typist(monkeypatch: pytest.MonkeyPatch) -> Typist:
    """Fingers instead of the table."""
    made = Typist()
    monkeypatch.setattr(st, "data_editor", made.editor)
    return made


def edit_table(page: AppTest, typist: Typist, **edits: Any) -> AppTest:
    """Type into the table of reports."""
    page.run()
    typist.edits = edits
    return page.run()


def test_table_saves_adds_edits_and_removals_as_one_edit(
    page: AppTest, typist: Typist, city: Workspace
) -> None:
    before, version = city.layer("zones"), city.version
    edit_table(
        page, typist,
        edited_rows={0: {"size_high": 7777, "starts_at": pd.Timestamp("2027-03-02T05:30")}},
        added_rows=[{
            "kind": "blockade", "source_kind": "news", "starts_at": pd.Timestamp("2027-03-02T06:00"),
            "ends_at": pd.Timestamp("2027-03-02T08:00"), "size_low": 1, "size_high": 2,
            "geometry": before.geometry.iloc[0].wkt,
        }],
        deleted_rows=[1],
    )  # fmt: skip
    assert not page.exception, page.exception[0]
    assert "3 unsaved changes in this table" in shown(page)
    press(page, "table-save-zones")

    after = city.layer("zones").set_index("id")
    assert not page.error
    assert city.version == version + 1
    assert after.loc[before["id"].iloc[0], "size_high"] == 7777
    assert (
        str(after.loc[before["id"].iloc[0], "starts_at"].tz_convert(city.timezone))[:16]
        == "2027-03-02 05:30"
    )
    assert before["id"].iloc[1] not in after.index
    assert new_zone(city, set(before["id"]))["kind"] == "blockade"
    assert "Saved: " in shown(page)


def type_number(page: AppTest, typist: Typist, name: str, value: float | None) -> AppTest:
    """Type into one of the tables of numbers: a grade such as C3, or another by its title."""
    page.run()
    grade = len(name) == 2
    typist.into = "grades" if grade else "others"
    if grade:
        typist.edits = {"edited_rows": {"ABCDEF".index(name[0]): {name[1]: value}}}
    else:
        titles = [title(one) for one in LINES]
        typist.edits = {"edited_rows": {titles.index(name): {"Value": value}}}
    return page.run()


def test_numbers_of_the_model_are_saved_as_one_edit_and_taken_back(
    page: AppTest, typist: Typist, city: Workspace
) -> None:
    version = city.version
    type_number(page, typist, "C3", 0.6)
    type_number(page, typist, "Clear below", 0.2)
    assert "2 unsaved numbers; no numbers are set in this workspace" in shown(page)
    press(page, "numbers-save")

    assert not page.exception, page.exception[0]
    assert city.version == version + 1
    assert numbers_set(city) == {"grade_weight.C3": 0.6, "clear_below": 0.2}
    assert "Saved: clear below 0.2, weight of C3 0.6" in shown(page)
    assert "2 numbers are set in this workspace" in shown(page)
    assert "2 rows added in numbers of the model" in shown(page)
    press(page, "undo")
    assert numbers_set(city) == {}


def test_number_out_of_range_is_told_and_nothing_is_saved(
    page: AppTest, typist: Typist, city: Workspace
) -> None:
    type_number(page, typist, "C3", 2)
    type_number(page, typist, "Step", 0.5)
    press(page, "numbers-save")

    assert numbers_set(city) == {}
    (faults,) = (table.value for table in page.dataframe if "Problem" in table.value)
    assert set(faults["Id"]) == {"grade_weight.C3", "step_s"}
    assert "give 0 to 1; by default 0.5" in set(faults["What to do"])
    press(page, "numbers-discard")
    assert "Nothing unsaved; no numbers are set" in shown(page)
    assert not [table for table in page.dataframe if "Problem" in table.value]


def test_emptied_number_takes_its_default_again(
    page: AppTest, typist: Typist, city: Workspace
) -> None:
    set_parameters(city, {"clear_below": 0.3, "risk_aversion": 4})
    type_number(page, typist, "Clear below", None)
    press(page, "numbers-save")
    assert numbers_set(city) == {"risk_aversion": 4}
    press(page, "numbers-reset")
    assert numbers_set(city) == {}


def test_answer_of_the_page_uses_the_numbers_of_the_workspace(
    page: AppTest, typist: Typist, city: Workspace
) -> None:
    type_number(page, typist, "Risk aversion", 3)
    press(page, "numbers-save")
    asked = Asked(city.path, stamp_of(city.path), FACILITY, ARRIVE)
    assert asked.question(city.timezone).parameters.risk_aversion == 3


def test_faults_of_the_table_name_rows_and_nothing_is_saved(
    page: AppTest, typist: Typist, city: Workspace
) -> None:
    version = city.version
    edit_table(
        page, typist,
        edited_rows={0: {"size_high": 3, "size_low": 9}, 2: {"id": "other", "geometry": "POINT 1"}},
        deleted_rows=[1],
    )  # fmt: skip
    press(page, "table-save-zones")

    assert city.version == version
    table = page.dataframe[0].value
    assert "is not WKT" in table["Problem"].iloc[0]
    edit_table(page, typist, edited_rows={0: {"size_high": 3, "size_low": 9}, 2: {"size_low": 1}})
    press(page, "table-save-zones")
    table = page.dataframe[0].value
    assert (table["Row"].iloc[0], table["Id"].iloc[0]) == ("1", city.layer("zones")["id"].iloc[0])
    assert city.version == version


def test_table_edits_survive_another_page_and_can_be_discarded(
    page: AppTest, typist: Typist, city: Workspace
) -> None:
    edit_table(page, typist, edited_rows={0: {"size_high": 7777}}, deleted_rows=[1])
    turn_to(page, "situation")
    turn_to(page, "layers")
    assert "2 unsaved changes in this table" in shown(page)
    assert field(page, "text_input", "Show rows").disabled

    press(page, "table-discard-zones")
    assert "Nothing unsaved in this table" in shown(page)
    assert 7777 not in set(city.layer("zones")["size_high"])


def test_untouched_cells_keep_their_stored_value(
    page: AppTest, typist: Typist, city: Workspace
) -> None:
    zones = city.layer("zones")
    odd = zones.iloc[:1].assign(observed_at=zones["starts_at"].iloc[0] + timedelta(seconds=7.5))
    city.append("zones", odd)
    page.run()
    edit_table(page, typist, edited_rows={0: {"size_high": 7777}})
    press(page, "table-save-zones")

    after = city.layer("zones").iloc[0]
    assert after["size_high"] == 7777
    assert after["observed_at"] == odd["observed_at"].iloc[0]
    assert after.geometry.equals(zones.geometry.iloc[0])


def test_long_layer_shows_a_part_and_says_so(page: AppTest, city: Workspace) -> None:
    stop = city.layer("support_stops").iloc[0]
    rows = gpd.GeoDataFrame(
        {"id": [f"s-{n:04d}" for n in range(1200)], "name": [f"Stop {n}" for n in range(1200)],
         "kind": ["fuel"] * 1200},
        geometry=[stop.geometry] * 1200, crs=4326,
    )  # fmt: skip
    city.append("support_stops", rows)
    page.session_state["layer"] = "support_stops"
    page.run()
    assert "500 of " in shown(page)

    field(page, "text_input", "Show rows").set_value("stop 119").run()
    assert "11 of " in shown(page)


def upload(page: AppTest, name: str, data: str) -> AppTest:
    """Give a file and have it read in."""
    page.get("file_uploader")[0].upload(name, data.encode(), "text/csv").run()
    return press(page, "import-go")


def test_file_is_read_in_and_dropped_columns_are_named(page: AppTest, city: Workspace) -> None:
    spot = city.layer("support_stops").geometry.iloc[0]
    page.session_state["layer"] = "support_stops"
    page.run()
    upload(page, "more.csv", f"id,kind,colour,lon,lat\nnew,fuel,red,{spot.x},{spot.y}\n")

    assert "new" in set(city.layer("support_stops")["id"])
    assert "1 row into support_stops" in shown(page)
    assert "colour" in shown(page)


def test_file_with_faults_lists_all_and_changes_nothing(page: AppTest, city: Workspace) -> None:
    page.session_state["layer"] = "support_stops"
    page.run()
    version = city.version
    upload(page, "bad.csv", "id,kind,lon,lat\na,castle,0,0\nb,fuel,here,1\n")

    table = next(t.value for t in page.dataframe if "Row" in t.value)
    assert set(table["Row"]) == {"2", "3"}
    assert city.version == version
    (download,) = [b for b in page.get("download_button") if "faults" in b.label]
    assert download.label == "Download the faults (CSV)"


def test_drawn_site_gets_gates_and_can_be_asked_about(
    page: AppTest, hand: Hand, city: Workspace
) -> None:
    page.session_state["layer"] = "facilities"
    page.run()
    draw(page, hand, "polygon", square(city))
    field(page, "text_input", "Name").set_value("Annex").run()
    press(page, "row-save")

    sites = city.layer("facilities").set_index("id")
    key = next(iter(set(sites.index[sites["name"] == "Annex"])))
    assert key in set(city.layer("entrances")["facility_id"])
    assert "entrances assumed" in shown(page)
    before = city.version
    page.selectbox(key="row-facilities").set_value(key).run()
    field(page, "text_input", "Name").set_value("Annexe").run()
    press(page, "row-save")
    assert city.version == before + 1, "a new name moves no gate"
    press(page, "row-remove")
    press(page, "row-save")
    assert "belong to them; remove those first" in shown(page)


def test_workspace_without_a_site_can_still_be_drawn_on(
    open_app: Callable[..., AppTest], city: Workspace
) -> None:
    for layer in ("entrances", "access_routes", "facilities"):
        city.remove(layer, city.layer(layer)["id"].tolist())
    page = open_app(city.path, "layers")
    page.session_state["layer"] = "facilities"
    page.run()

    assert not page.exception
    assert not page.error
    assert "No facility yet. Draw one on the map" in shown(page)


def test_shape_can_be_written_as_text(page: AppTest, hand: Hand, city: Workspace) -> None:
    spot = city.layer("facilities").geometry.iloc[0].centroid
    text = page.text_area[0]
    text.set_value("POINT 7").run()
    assert "is not WKT" in shown(page)
    page.text_area[0].set_value(f"POINT ({spot.x} {spot.y})").run()

    assert hand.desks[-1].drafts[""].shape.geom_type == "Point"


def test_a_second_drawing_takes_the_place_of_the_first(
    page: AppTest, hand: Hand, city: Workspace
) -> None:
    draw(page, hand, "polygon", square(city))
    fill_report(page)
    west, south = square(city)["coordinates"][0][0]
    draw(page, hand, "point", {"type": "Point", "coordinates": [west, south]})

    assert "takes the place of the one before" in shown(page)
    assert field(page, "number_input", "Size low").value == 200
    assert "1 unsaved change" in shown(page)


def test_first_drawing_of_what_was_only_typed_takes_the_place_of_none(
    page: AppTest, hand: Hand, city: Workspace
) -> None:
    fill_report(page)
    assert "1 unsaved change" in shown(page)
    draw(page, hand, "polygon", square(city))

    assert "takes the place" not in shown(page)
    assert field(page, "number_input", "Size low").value == 200


def test_two_workspaces_share_no_draft(
    page: AppTest, hand: Hand, city: Workspace, bundled: Path
) -> None:
    draw(page, hand, "polygon", square(city))
    fill_report(page)
    other = Path(shutil.copy(bundled, city.path.with_name("other.gpkg")))
    name = shelf().put(other)
    page.run()
    page.selectbox(key="w_workspace").set_value(name).run()

    assert "Nothing unsaved" in shown(page)
    assert field(page, "number_input", "Size low").value is None


def test_page_without_workspace_says_what_to_do(open_app: Callable[..., AppTest]) -> None:
    page = open_app(None, "layers")

    assert "Open a workspace" in shown(page)


@pytest.mark.parametrize(
    "layer",
    ["facilities", "entrances", "closures", "access_routes", "gateways", "staging_sites", "support_stops",
     "corrections"],
)  # fmt: skip
def test_every_layer_has_form_table_and_download(page: AppTest, layer: str) -> None:
    page.session_state["layer"] = layer
    page.run()

    assert not page.exception
    assert not page.error
    assert "Nothing unsaved in this table" in shown(page)


def test_hostile_names_stand_literally(page: AppTest, city: Workspace) -> None:
    stops = city.layer("support_stops").iloc[:1]
    for number, text in enumerate(HOSTILE[:6]):
        city.append("support_stops", stops.assign(id=f"s-{number}", name=text))
    page.session_state["layer"] = "support_stops"
    page.run()

    options = page.selectbox(key="row-support_stops").options
    assert f"{HOSTILE[0]} (s-0)" in options
    assert not page.exception


def test_drawn_correction_is_saved_told_and_changes_the_roads(
    page: AppTest, hand: Hand, city: Workspace
) -> None:
    network = load_network(city)
    street = network.arc_shape(int(network.length_m.argmax()))
    page.session_state["layer"] = "corrections"
    page.run()
    drawn = LineString(to_lonlat(street, network.epsg))
    draw(page, hand, "line", mapping(drawn))
    field(page, "selectbox", "Kind").set_value("closed").run()
    press(page, "row-save")

    assert not page.exception
    assert "Saved: closed (correction-001)." in shown(page)
    assert load_network(city).n_arcs < network.n_arcs
    assert "correction-001 · closed" in page.selectbox(key="row-corrections").options
    press(page, "undo")
    assert load_network(city).n_arcs == network.n_arcs


def test_correction_beside_every_road_is_told_when_saved(
    page: AppTest, hand: Hand, city: Workspace
) -> None:
    west, south, *_ = city.settings.bounds
    page.session_state["layer"] = "corrections"
    page.run()
    draw(page, hand, "point", mapping(Point(west, south)))
    field(page, "selectbox", "Kind").set_value("gate").run()
    press(page, "row-save")

    assert "No road is found for correction-001: no road lies within 12 m" in shown(page)


def test_limit_is_asked_for_where_the_kind_is_speed(page: AppTest) -> None:
    page.session_state["layer"] = "corrections"
    page.run()
    field(page, "selectbox", "Kind").set_value("speed").run()
    page.run()

    titles = [widget.label for widget in page.get("number_input")]
    more = [widget.label for box in page.get("expander") for widget in box.get("number_input")]
    assert "Maxspeed (km/h)" in titles
    assert "Maxspeed (km/h)" not in more
