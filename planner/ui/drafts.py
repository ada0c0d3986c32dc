"""Changes of one layer that are not saved yet."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import shapely

from planner.layers.cells import is_missing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

    from planner.layers.schema import LayerSchema

NEW = ""
"""Key of the row that is being made."""

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "zones": "Reports", "closures": "Closures", "facilities": "Facilities",
        "entrances": "Gates", "access_routes": "Approved routes", "gateways": "Gateways",
        "staging_sites": "Staging sites", "support_stops": "Support stops",
        "corrections": "Road corrections",
    }
)  # fmt: skip
"""What people call the layers, in the order they are offered."""

ASSEMBLY = "standing_assembly"

ONE: Mapping[str, str] = MappingProxyType(
    {
        "zones": "report", "closures": "closure", "facilities": "facility", "entrances": "gate",
        "access_routes": "route", "gateways": "gateway", "staging_sites": "staging site",
        "support_stops": "stop", "corrections": "correction",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """One row as it stands on the desk.

    Attributes
    ----------
    key
        Id of the stored row it came from, ``NEW`` for none.
    cells
        Value by column; None where nothing is given.
    shape
        Its geometry, lon/lat.
    gone
        Whether the row is to be removed.
    """

    key: str
    cells: Mapping[str, Any]
    shape: BaseGeometry | None = None
    gone: bool = False

    def same(self, other: Draft | None) -> bool:
        """Tell whether nothing was changed since ``other``."""
        if other is None or self.gone != other.gone or not _alike(self.shape, other.shape):
            return False
        names = {*self.cells, *other.cells}
        return all(_equal(self.cells.get(name), other.cells.get(name)) for name in names)


@dataclass(frozen=True, slots=True)
class Desk:
    """The unsaved changes of one layer.

    Attributes
    ----------
    drafts
        Changed rows by key.
    chosen
        Key of the row in the form.
    version
        The last edit of the workspace that was seen when the first change was made.
    turn
        Grows whenever the form must be filled anew.
    """

    drafts: Mapping[str, Draft] = field(default_factory=dict)
    chosen: str = NEW
    version: int = 0
    turn: int = 0

    def choose(self, key: str) -> Desk:
        """Return the desk with another row in the form."""
        return replace(self, chosen=key, turn=self.turn + 1)

    def keep(self, draft: Draft, before: Draft | None, version: int) -> Desk:
        """Return the desk with a draft on it; one like the stored row ``before`` is no change."""
        others = {key: one for key, one in self.drafts.items() if key != draft.key}
        seen = self.version if self.drafts else version
        if draft.same(before):
            return replace(self, drafts=others, version=seen)
        return replace(self, drafts={**others, draft.key: draft}, version=seen)

    def without(self, key: str) -> Desk:
        """Return the desk without a draft."""
        others = {name: one for name, one in self.drafts.items() if name != key}
        return replace(self, drafts=others, turn=self.turn + 1)


def stored(frame: GeoDataFrame, key: str) -> Draft | None:
    """Return a stored row as it would lie on the desk, None where there is none."""
    found = frame[frame["id"] == key]
    if key == NEW or not len(found):
        return None
    row = found.iloc[0]
    names = [name for name in frame.columns if name != frame.geometry.name]
    return Draft(key, {name: plain(row[name]) for name in names}, row[frame.geometry.name])


def plain(value: object) -> Any:
    """Return a cell of a frame as a value of Python, None where it is missing."""
    if is_missing(value):
        return None
    if hasattr(value, "to_pydatetime"):
        return value.to_pydatetime()
    return value.item() if hasattr(value, "item") else value


def touched(
    desk: Desk, drawn: Mapping[str, Any], frame: GeoDataFrame, fresh: Draft, version: int
) -> tuple[Desk, str]:
    """Return the desk after something was drawn on the map, with what to tell about it.

    Parameters
    ----------
    drawn
        ``tool``, ``id`` of the row ("" or None: the draft), ``geometry`` as GeoJSON.
    fresh
        A new row of the layer with what is likely.
    """
    key = str(drawn.get("id") or NEW)
    before = stored(frame, key)
    if before is None:
        key = NEW
    draft = desk.drafts.get(key) or before or fresh
    if drawn["tool"] == "remove":
        if key == NEW:
            return desk.without(NEW), "The drawing was taken away."
        desk = desk.keep(replace(draft, gone=True), before, version)
        return desk.choose(key), ""
    shape = read_geojson(drawn.get("geometry"))
    if shape is None:
        return desk, "The drawing could not be read: draw it again."
    said = ""
    made = desk.drafts.get(NEW)
    if drawn["tool"] not in ("reshape", "move") and made is not None and made.shape is not None:
        said = "The new drawing takes the place of the one before; what you typed is kept."
    draft = replace(draft, shape=shape, gone=False)
    draft = _kind_of(draft) if key == NEW else draft
    return desk.keep(draft, before, version).choose(key), said


def read_geojson(geometry: Any) -> BaseGeometry | None:
    """Return the shape of a GeoJSON geometry, None where it is none."""
    from shapely.geometry import shape

    try:
        return shape(geometry)
    except (AttributeError, KeyError, TypeError, ValueError, shapely.GEOSException):
        return None


_CALLED: Mapping[str, str] = MappingProxyType(
    {
        "id": "ID",
        "fsl": "FSL",
        "maxheight_m": "Height limit (m)",
        "maxstay_min": "Maximum stay (min)",
    }
)
"""Columns whose names do not speak for themselves."""


def label(schema: LayerSchema, name: str) -> str:
    """Return a column's name as people read it, with its unit.

    >>> from planner.layers.schema import schema_of
    >>> label(schema_of("zones"), "speed_kmh"), label(schema_of("zones"), "starts_at")
    ('Speed (km/h)', 'Starts at')
    >>> label(schema_of("facilities"), "fsl"), label(schema_of("staging_sites"), "lit")
    ('FSL', 'Lit')
    """
    if name in _CALLED:
        return _CALLED[name]
    column = schema.column(name)
    words = name.split("_")
    unit = column.unit.replace("/", "")
    if unit and words[-1] == unit:
        words = words[:-1]
    text = " ".join(words).capitalize()
    return f"{text} ({column.unit})" if unit else text


def in_words(draft: Draft, layer: str) -> str:
    """Return what a draft would do, in words."""
    if draft.gone:
        return f"{draft.key} removed"
    return f"{draft.key} changed" if draft.key != NEW else f"a new {ONE[layer]}"


def fresh_row(schema: LayerSchema, *, facility: str) -> Draft:
    """Return a new row with what needs no asking."""
    cells: dict[str, Any] = {column.name: column.default for column in schema.columns}
    if "facility_id" in cells:
        cells["facility_id"] = facility or None
    if schema.name == "zones":
        cells["kind"] = ASSEMBLY
    return Draft(NEW, cells)


def _kind_of(draft: Draft) -> Draft:
    """Return a new report with the kind its shape speaks for: a line is taken for a march."""
    line = draft.shape is not None and draft.shape.geom_type == "LineString"
    turned = {(ASSEMBLY, True): "march", ("march", False): ASSEMBLY}
    kind = turned.get((str(draft.cells.get("kind")), line))
    return replace(draft, cells={**draft.cells, "kind": kind}) if kind else draft


def _alike(one: BaseGeometry | None, other: BaseGeometry | None) -> bool:
    if one is None or other is None:
        return one is other
    return bool(shapely.equals_exact(one, other, tolerance=1e-7))


def _equal(one: object, other: object) -> bool:
    if is_missing(one) or is_missing(other):
        return is_missing(one) and is_missing(other)
    return bool(one == other)
