"""Whole files: one read into a layer, the layer written to one."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from planner.errors import InputError, PlannerError, SchemaError
from planner.initialise import import_file
from planner.layers.files import write_layer
from planner.layers.schema import schema_of
from planner.layers.workspace import Workspace
from planner.ui.drafts import TITLES
from planner.ui.faults import as_csv, fault_list
from planner.ui.saving import ROLE
from planner.ui.words import literal

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    Stamp = tuple[int, int, int]

FORMATS = {"GeoJSON": ".geojson", "GeoPackage": ".gpkg", "CSV": ".csv"}
KINDS = ["geojson", "json", "gpkg", "csv"]


def import_box(workspace: Workspace, layer: str) -> str:
    """Draw the upload; return what was done, "" while nothing was."""
    turn = st.session_state.setdefault("import-turn", 0)
    given = st.file_uploader(
        f"File to read into {TITLES[layer].lower()}", type=KINDS, key=f"import-{layer}-{turn}",
        help="GeoJSON, GeoPackage, or CSV with lon and lat. All of it is read, or nothing; a row "
        "with a known id replaces that row.",
    )  # fmt: skip
    if given is None:
        st.caption(literal(wanted(layer)))
        return ""
    if st.button("Read it in", key="import-go", type="primary"):
        st.session_state.pop("import-faults", None)
        try:
            with st.spinner("Reading and checking the file …"):
                said = _read_in(workspace, layer, given)
        except PlannerError as error:
            st.session_state["import-faults"] = (given.file_id, layer, error)
        else:
            st.session_state["import-turn"] = turn + 1
            return f"{given.name}: " + "; ".join(text.rstrip(".") for text in said) + "."
    # The list outlives the run that made it, so that it can be read while the file is mended.
    *about, wrong = st.session_state.get("import-faults") or ("", "", None)
    if about != [given.file_id, layer]:
        return ""
    if not isinstance(wrong, SchemaError):
        st.error(literal(f"Nothing was read in: {wrong}"))
    else:
        faults = fault_list(wrong, source=given.name)
        st.download_button(
            "Download the faults (CSV)", as_csv(faults), file_name=f"faults-{layer}.csv",
            mime="text/csv", key="faults-csv", on_click="ignore",
        )  # fmt: skip
    return ""


def wanted(layer: str) -> str:
    """Return which columns a file must and may have."""
    schema = schema_of(layer)
    must = [column.name for column in schema.columns if column.required]
    may = [column.name for column in schema.columns if not column.required]
    needed = f"Needed columns: {', '.join(must)}. " if must else ""
    return (
        f"{needed}Others it may have: {', '.join(may)}. Shapes: {', '.join(schema.geometry_types)}."
    )


def _read_in(workspace: Workspace, layer: str, given: UploadedFile) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / safe_name(given.name)
        path.write_bytes(given.getvalue())
        return import_file(workspace, layer, path, role=ROLE)


def safe_name(name: str) -> str:
    r"""Return a file name without folders or odd letters, its ending kept.

    >>> safe_name("../../a b{{7}}.GeoJSON"), safe_name("\\")
    ('a-b-7-.GeoJSON', 'upload')
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    return re.sub(r"[^\w.-]+", "-", last).lstrip(".-")[-100:] or "upload"


@st.cache_data(max_entries=12, show_spinner=False)
def exported(path: Path, stamp: Stamp, layer: str, ending: str) -> bytes:  # noqa: ARG001 - part of the key
    """Return a layer as the bytes of a file.

    Raises
    ------
    InputError
        The layer does not fit the format.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{layer}{ending}"
        write_layer(Workspace.open(path).layer(layer), file)
        return file.read_bytes()


def export_box(workspace: Workspace, stamp: Stamp, layer: str) -> None:
    """Draw the choice of a format with the download."""
    left, right = st.columns(2, vertical_alignment="bottom")
    chosen = left.selectbox(
        "Format", list(FORMATS), key="export-format",
        help="CSV holds points only; the others hold every shape.",
    )  # fmt: skip
    try:
        data = exported(workspace.path, stamp, layer, FORMATS[chosen])
    except InputError as error:
        st.warning(literal(str(error)))
        return
    right.download_button(
        f"Download {TITLES[layer].lower()}", data, file_name=f"{layer}{FORMATS[chosen]}",
        key="export", on_click="ignore",
    )  # fmt: skip
