"""The desk of each layer, kept for one reader through every rerun, every page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zlib import crc32

import streamlit as st

from planner.ui.drafts import NEW, Desk, Draft, stored

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from geopandas import GeoDataFrame

    from planner.layers.schema import LayerSchema
    from planner.layers.workspace import Workspace
    from planner.ui.answers import Stamp

_DESKS = "desks"


@dataclass(frozen=True, slots=True)
class Bench:
    """One layer of a workspace with what is needed to edit it.

    Attributes
    ----------
    workspace, stamp
        The file, and what changes whenever it does, also by newer roads: no edit tells of those.
    schema, frame
        The layer; its rows in EPSG:4326, never to be changed.
    ids
        Ids that may be referred to, by layer.
    fresh
        What a new row starts with.
    day
        The likely day of a new row.
    when
        The arrival asked about, aware; None where nothing is asked.
    """

    workspace: Workspace
    stamp: Stamp
    schema: LayerSchema
    frame: GeoDataFrame
    ids: Mapping[str, Sequence[str]]
    fresh: Draft
    day: date | None
    when: datetime | None = None

    @property
    def version(self) -> int:
        """The last edit that is shown."""
        return self.stamp[0]

    @property
    def layer(self) -> str:
        """Name of the layer."""
        return self.schema.name

    @property
    def desk(self) -> Desk:
        """The unsaved changes; a row that is gone by now is not in the form any more."""
        desk = desk_of(self.workspace.path, self.layer)
        if (
            desk.chosen != NEW
            and desk.chosen not in desk.drafts
            and self.before(desk.chosen) is None
        ):
            return desk.choose(NEW)
        return desk

    def before(self, key: str) -> Draft | None:
        """Return the stored row of a key, None for a new one."""
        return stored(self.frame, key)

    def cells(self, key: str) -> dict[str, Any] | None:
        """Return the cells of a stored row, None where there is none."""
        rows = self.frame[self.frame["id"] == key].to_dict("records")
        return rows[0] if rows else None

    def draft(self, desk: Desk) -> Draft:
        """Return the row in the form as it stands."""
        return desk.drafts.get(desk.chosen) or self.before(desk.chosen) or self.fresh

    def put(self, desk: Desk) -> None:
        """Keep the unsaved changes."""
        put_desk(self.workspace.path, self.layer, desk)


def mark_of(path: Path, layer: str) -> str:
    """Return a short text unlike that of any other layer or workspace, for keys of widgets."""
    return f"{layer}-{crc32(str(path).encode()):08x}"


def desk_of(path: Path, layer: str) -> Desk:
    """Return the unsaved changes of a layer."""
    desk: Desk = st.session_state.setdefault(_DESKS, {}).get((str(path), layer)) or Desk()
    return desk


def put_desk(path: Path, layer: str, desk: Desk) -> None:
    """Keep the unsaved changes of a layer."""
    st.session_state.setdefault(_DESKS, {})[str(path), layer] = desk
