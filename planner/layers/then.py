"""A workspace as it was known at an earlier edit."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NoReturn

from planner.errors import InputError
from planner.layers import history
from planner.layers.clock import parse_time, to_utc
from planner.layers.schema import LAYERS, schema_of
from planner.layers.sqlite import Store
from planner.layers.workspace import Workspace

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from planner.layers.schema import LayerSchema

_NUMBER = re.compile(r"\d{1,9}")
_CLOCK = re.compile(r"\d{2}:\d{2}")


class Then(Workspace):
    """What was known at an edit, for reading alone; roads and map are those of today.

    Attributes
    ----------
    edit
        Number of the last edit that was known.
    known_at
        When that edit was written, UTC.
    roads_renewed
        Whether roads and map were renewed since.
    """

    keeps_copies = False

    def __init__(self, workspace: Workspace, edit: int) -> None:
        super().__init__(workspace.path, workspace.settings)
        known_at = history.time_of_edit(self._store, edit)
        if known_at is None:
            raise InputError(f"{workspace.path.name} has no edit {edit}; {_known(workspace)}")
        self.edit, self.known_at = edit, known_at
        self.roads_renewed = history.renewed_since(self._store, edit)

    @property
    def version(self) -> int:
        """The number of the last edit that was known."""
        return self.edit

    def rows(self, schema: LayerSchema, at: datetime | None = None) -> GeoDataFrame:
        """Return the rows of a table as they were known then, or still earlier."""
        edit = self.edit
        if at is not None:
            edit = min(edit, history.edit_known_at(self._store, to_utc(at, self.timezone)))
        return history.read_rows(self._store, schema, edit=edit)

    def ids(self) -> dict[str, frozenset[str]]:
        """Return the ids in use then, by layer."""
        return {name: frozenset(self.rows(schema_of(name))["id"]) for name in LAYERS}

    def change(self, *_: object, **__: object) -> NoReturn:
        """Refuse: what was known then cannot be changed.

        Raises
        ------
        InputError
            Always.
        """
        raise InputError(f"this is {self.path.name} as known at edit {self.edit}: edit it as it is")

    undo = renewing = put_arrays = put_static = change


def as_known(workspace: Workspace, since: str, *, now: datetime | None = None) -> Then:
    """Return a workspace as known at an edit, or at a time.

    Parameters
    ----------
    since
        Number of an edit; or an ISO time, naive in the workspace's zone; or the HH:MM of today.
    now
        Time of asking; the machine's clock when None.

    Raises
    ------
    InputError
        It is neither, there is no such edit, nothing was known yet, or the time is to come.
    """
    text = since.strip()
    if _NUMBER.fullmatch(text):
        return Then(workspace, int(text))
    now = now or datetime.now(UTC)
    if _CLOCK.fullmatch(text):
        text = f"{now.astimezone(workspace.timezone):%Y-%m-%d}T{text}"
    try:
        when = parse_time(text, workspace.timezone)
    except InputError as error:
        raise InputError(
            f"since {since[:40]!r}: give the number of an edit, a time like 2026-03-02T05:45, "
            "or the HH:MM of today"
        ) from error
    if when > now:
        raise InputError(f"since {since[:40]!r} is still to come: give an earlier time")
    edit = history.edit_known_at(Store.existing(workspace.path), when)
    if not edit:
        raise InputError(f"since {since[:40]!r}: nothing was known yet; {_known(workspace)}")
    return Then(workspace, edit)


def _known(workspace: Workspace) -> str:
    """Return in words which edits there are."""
    last = workspace.version
    first = history.time_of_edit(Store.existing(workspace.path), 1)
    if not last or first is None:
        return "it has no edit yet"
    began = first.astimezone(workspace.timezone)
    return f"its edits are 1 to {last}, the first of {began:%Y-%m-%d %H:%M}"
