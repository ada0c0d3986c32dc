"""The workspace: everything known about one area in one GeoPackage file."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from planner.errors import InputError, StoreError
from planner.layers import arrays, history, statics
from planner.layers.check import check, schema_error
from planner.layers.clock import to_utc, zone_of
from planner.layers.crs import EAST_DEG, POLE_DEG, metric_code
from planner.layers.layout import lay_out
from planner.layers.schema import LAYERS, schema_of
from planner.layers.sqlite import Store, make_file
from planner.layers.table import empty_frame

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from geopandas import GeoDataFrame

    from planner.layers.schema import LayerSchema

Bounds = tuple[float, float, float, float]


_NAMED = 5


class Settings(BaseModel):
    """What a workspace says of itself; ``bounds`` are west, south, east, north in degrees."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    timezone: str
    epsg: int
    bounds: Bounds
    extract_date: str = ""
    source_name: str = ""
    source_sha256: str = ""
    created_with: str = ""

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which times without an offset are read, and in which times are shown."""
        return ZoneInfo(self.timezone)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        zone_of(value)
        return value

    @field_validator("epsg")
    @classmethod
    def _in_metres(cls, value: int) -> int:
        return metric_code(value)

    @field_validator("bounds")
    @classmethod
    def _in_order(cls, value: Bounds) -> Bounds:
        west, south, east, north = value
        if not (-EAST_DEG <= west < east <= EAST_DEG and -POLE_DEG <= south < north <= POLE_DEG):
            raise ValueError("bounds are west, south, east, north in degrees")
        return value


class Workspace:
    """One GeoPackage of layers, settings, the road network and plain feature tables.

    Layers are append-only: an edit adds versions, a layer is the view of the current ones.

    Examples
    --------
    >>> workspace = Workspace.open("city.gpkg")  # doctest: +SKIP
    >>> workspace.append("zones", frame, role="planner")  # doctest: +SKIP
    2

    """

    keeps_copies = True
    """Whether networks made of it are kept beside the file."""

    def __init__(self, path: Path, settings: Settings) -> None:
        self.path = path
        self.settings = settings
        self._store = Store(path)

    @classmethod
    def create(cls, path: str | Path, settings: Settings, *, overwrite: bool = False) -> Workspace:
        """Make an empty workspace file.

        Raises
        ------
        StoreError
            The file exists and ``overwrite`` is not set, or cannot be written.

        """
        with cls.building(path, settings, overwrite=overwrite):
            pass
        return cls.open(path)

    @classmethod
    @contextmanager
    def building(
        cls, path: str | Path, settings: Settings, *, overwrite: bool = False
    ) -> Iterator[Workspace]:
        """Give a new workspace to fill; the file appears at ``path`` only if the block succeeds.

        Raises
        ------
        StoreError
            The file exists and ``overwrite`` is not set, or cannot be written.

        """
        target = Path(path)
        with make_file(target, overwrite=overwrite) as draft:
            draft_store = Store(draft)
            lay_out(draft_store, settings.model_dump_json(), settings.bounds)
            yield cls(draft, settings)

    @classmethod
    def open(cls, path: str | Path) -> Workspace:
        """Open a workspace file.

        Raises
        ------
        StoreError
            The file is absent, broken or no workspace.

        """
        path = Path(path)
        text = history.read_settings(Store.existing(path))
        try:
            settings = Settings.model_validate_json(text)
        except (ValidationError, InputError) as error:
            message = f"The settings in {path.name} cannot be read; make it again: planner init."
            raise StoreError(message) from error
        return cls(path, settings)

    @cached_property
    def timezone(self) -> ZoneInfo:
        """The zone in which times without an offset are read, and in which times are shown."""
        return self.settings.zone

    @property
    def version(self) -> int:
        """The number of the last edit of any layer; 0 when there was none."""
        return history.last_edit(self._store)

    def at_once(self) -> AbstractContextManager[None]:
        """Let every reading of a block, in this thread, see one state; edit nothing in it."""
        return self._store.at_once()

    def layer(self, name: str, at: datetime | None = None) -> GeoDataFrame:
        """Return the rows of a layer, by id, in EPSG:4326 with times in UTC.

        With ``at``, the rows as they were known then (naive: workspace zone).

        Raises
        ------
        InputError
            There is no layer of this name.
        StoreError
            The file cannot be read.

        """
        return self.rows(schema_of(name), at)

    def rows(self, schema: LayerSchema, at: datetime | None = None) -> GeoDataFrame:
        """Return the rows of a table that has a history, as ``layer`` those of a layer."""
        moment = None if at is None else to_utc(at, self.timezone)
        return history.read_rows(self._store, schema, at=moment)

    def ids(self) -> dict[str, frozenset[str]]:
        """Return the ids in use, by layer."""
        return {name: history.current_ids(self._store, name) for name in LAYERS}

    def known_ids(self, layer: str) -> dict[str, frozenset[str]]:
        """Return what ``check`` needs: the ids in use, and those ever used in this layer."""
        schema = schema_of(layer)
        known = {
            column.refers_to: history.current_ids(self._store, column.refers_to)
            for column in schema.columns
            if column.refers_to
        }
        return known | {layer: history.used_ids(self._store, layer)}

    def links(self, layer: str) -> dict[str, str]:
        """Return the rows of a layer by id with the row of it each names, "" for none."""
        schema = schema_of(layer)
        if not schema.link:
            return {}
        frame = self.layer(layer)
        return dict(zip(frame["id"], frame[schema.link], strict=True))

    def edited_ids(self, layer: str, role: str, *, others: bool = False) -> frozenset[str]:
        """Return the ids that a role, or any other role, ever added, changed or removed."""
        return history.edited_ids(self._store, schema_of(layer).name, role, others=others)

    @contextmanager
    def renewing(self, settings: Settings, *, role: str) -> Iterator[None]:
        """Make all changes of the block, and new settings, one change: all kept, or none.

        The last of it is an edit without rows, at which undo stops.

        Raises
        ------
        StoreError
            The file cannot be written.

        """
        with self._store.together():
            yield
            history.write_settings(self._store, settings.model_dump_json())
            schema = schema_of("gateways")
            stamp = history.Stamp(role, datetime.now(UTC))
            history.change_rows(self._store, schema, empty_frame(schema), (), stamp)

    def append(
        self, name: str, frame: GeoDataFrame, *, role: str = "planner",
        based_on: int | None = None,
    ) -> int:  # fmt: skip
        """Check the rows and add them, all or none; a known id becomes its next version.

        With ``based_on`` (a ``version``), rows edited since by someone else are refused.

        Raises
        ------
        SchemaError
            The rows do not fit the layer; every fault is listed.
        StoreError
            The rows were edited since ``based_on``, or the file cannot be written.

        """
        return len(self.change(name, frame, role=role, based_on=based_on))

    def change(
        self, name: str, frame: GeoDataFrame, gone: Iterable[str] = (), *, role: str = "planner",
        based_on: int | None = None, rows: Sequence[int] | None = None,
    ) -> GeoDataFrame:  # fmt: skip
        """Add rows and mark others as removed as one edit, all or none; return what was added.

        Parameters
        ----------
        name
            The layer.
        frame
            Rows to add, or next versions of rows; checked here.
        gone
            Ids of rows to mark as removed; they stay readable with ``layer(name, at=...)``.
        role
            Role of who edits; never a name.
        based_on
            The ``version`` the edit was made from: rows edited since by someone else are refused.
        rows
            The user's numbers of the rows, for the faults; 1, 2, ... when not given.

        Raises
        ------
        SchemaError
            The rows do not fit the layer; every fault is listed.
        InputError
            An id to remove is not in the layer, or other layers still refer to it.
        StoreError
            The rows were edited since ``based_on``, or the file cannot be written.

        """
        schema = schema_of(name)
        wanted = tuple(dict.fromkeys(gone))
        self._refuse_unknown(name, wanted)
        known = self.known_ids(name)
        links = {key: other for key, other in self.links(name).items() if key not in wanted}
        checked = check(
            frame, name, timezone=self.timezone, existing_ids=known, links=links,
            bounds=self.settings.bounds, rows=rows,
        )  # fmt: skip
        if checked.faults:
            raise schema_error(checked.faults, name)
        self._refuse_orphans(name, wanted, checked.frame["id"])
        if len(checked.frame) or wanted:
            fresh = frozenset(checked.frame["id"]) - known[name]
            stamp = history.Stamp(role, datetime.now(UTC), based_on, fresh)
            history.change_rows(self._store, schema, checked.frame, wanted, stamp)
        return checked.frame

    def remove(self, name: str, ids: Iterable[str], *, role: str = "planner") -> int:
        """Mark rows as removed, all or none; they stay readable with ``layer(name, at=...)``.

        Raises
        ------
        InputError
            An id is not in the layer, or other layers still refer to it.

        """
        wanted = tuple(dict.fromkeys(ids))
        self.change(name, empty_frame(schema_of(name)), wanted, role=role)
        return len(wanted)

    def undo(self, *, role: str = "planner") -> int:
        """Take the last edit back by a new one; return how many rows that changed."""
        return history.undo_last(self._store, history.Stamp(role, datetime.now(UTC)))

    def put_arrays(self, name: str, values: Mapping[str, Any]) -> None:
        """Store numpy arrays, and plain values fit for JSON, under one name.

        Raises
        ------
        StoreError
            A value is of a kind that cannot be stored, or the file cannot be written.

        """
        arrays.put(self._store, name, values)

    def get_arrays(self, name: str) -> dict[str, Any]:
        """Return what was stored under a name.

        Raises
        ------
        StoreError
            Nothing is stored under this name.

        """
        return arrays.get(self._store, name)

    def put_static(self, name: str, frame: GeoDataFrame) -> None:
        """Store a plain feature table, replacing one of the same name.

        Raises
        ------
        StoreError
            The name is taken or unfit, or the file cannot be written.

        """
        statics.put(self._store, name, frame)

    def static(self, name: str) -> GeoDataFrame:
        """Return a plain feature table in EPSG:4326.

        Raises
        ------
        StoreError
            There is no such table.

        """
        return statics.get(self._store, name)

    def statics(self) -> tuple[str, ...]:
        """Return the names of the plain feature tables."""
        return statics.names(self._store)

    def _refuse_unknown(self, name: str, gone: tuple[str, ...]) -> None:
        current = history.current_ids(self._store, name) if gone else frozenset()
        unknown = [key for key in gone if key not in current]
        if unknown:
            raise InputError(f"No {name} with id {_first(unknown)}; see planner show.")

    def _refuse_orphans(self, name: str, gone: tuple[str, ...], kept: Iterable[str]) -> None:
        """Refuse to remove what rows refer to that are neither removed nor written with it."""
        together = {*gone, *kept}
        for other, schema in LAYERS.items() if gone else ():
            for column in schema.columns:
                if column.refers_to == name:
                    frame = self.layer(other)
                    if other == name:
                        frame = frame[~frame["id"].isin(together)]
                    rows = frame.loc[frame[column.name].isin(gone), "id"].tolist()
                    if rows:
                        message = f"{other} {_first(rows)} belong to them; remove those first."
                        raise InputError(message)


def is_workspace(path: str | Path) -> bool:
    """Tell whether a file is a workspace (which GDAL must not open in this process)."""
    try:
        Workspace.open(path)
    except StoreError:
        return False
    return True


def _first(ids: list[str]) -> str:
    more = len(ids) - _NAMED
    return ", ".join(ids[:_NAMED]) + (f" and {more} more" if more > 0 else "")
