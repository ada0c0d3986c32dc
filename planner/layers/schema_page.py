"""The documentation page of the schemas, written from the schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.layers import privacy
from planner.layers.schema import LAYERS, WORDS, Column, Kind, LayerSchema

if TYPE_CHECKING:
    from collections.abc import Mapping

_INTRO = """# Layers

Written from `planner/layers/schema.py` by `planner.layers.schema_page`; do not edit by hand.

A layer is read from `.geojson`, `.gpkg` (the layer of the same name, or the only one) or `.csv`
with `lon` and `lat` columns in degrees. Any coordinate reference system goes in; rows are kept in
EPSG:4326. Times are ISO 8601; without an offset they are taken in the workspace's zone, and an hour
that the change of clocks skips or repeats is a fault. A bad file gets every fault at once and
changes nothing. Columns that are not listed here are named and dropped. Rows without an `id` get
one made of the layer's prefix and a number. A row whose `id` is known becomes its next version.
"""

_PRIVACY = """## Free text

There is no column for a person, group, cause or viewpoint. Names are searched for {contacts};
notes also for {places}. A find is a fault. The search is best effort: do not type personal data.
"""


def schema_page(layers: Mapping[str, LayerSchema] = LAYERS) -> str:
    """Return the page in Markdown."""
    parts = [_INTRO, *(_layer(schema) for schema in layers.values())]
    parts.append(
        _PRIVACY.format(contacts=_listed(privacy.CONTACTS), places=_listed(privacy.PLACES))
    )
    return "\n".join(parts)


def _listed(words: Mapping[str, object]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def _layer(schema: LayerSchema) -> str:
    lines = [
        f"## {schema.name}", "", schema.meaning,
        f"Geometry: {', '.join(schema.geometry_types)}. Made ids start with `{schema.prefix}-`.",
    ]  # fmt: skip
    for low, high in schema.ordered:
        lines.append(f"`{low}` may not exceed `{high}`.")
    lines += ["", "| column | type | required | when missing | meaning |", "|---|---|---|---|---|"]
    lines += [_row(column, schema) for column in schema.columns]
    lines += [line for column in schema.columns for line in _choices(column)]
    return "\n".join(lines) + "\n"


def _choices(column: Column) -> list[str]:
    if not column.choice_meanings:
        return []
    told = zip(column.choices, column.choice_meanings, strict=True)
    return ["", f"`{column.name}`:", "", *(f"- `{choice}`: {words}" for choice, words in told)]


def _row(column: Column, schema: LayerSchema) -> str:
    required = "yes" if column.required else ""
    cells = (
        f"`{column.name}`", _type(column), required, _missing(column, schema), column.meaning
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _type(column: Column) -> str:
    if column.choices:
        return " / ".join(f"`{choice}`" for choice in column.choices)
    if column.refers_to:
        return f"id of {column.refers_to}"
    if column.kind in (Kind.INTEGER, Kind.NUMBER):
        limits = f" {column.minimum:g} to {column.maximum:,.10g}" if column.maximum else ""
        return f"{column.kind}{limits}{' ' + column.unit if column.unit else ''}"
    if column.kind in (Kind.ID, *WORDS):
        return f"{column.kind}, at most {column.maximum:g} characters"
    return str(column.kind)


def _missing(column: Column, schema: LayerSchema) -> str:
    if column.required:
        return "fault"
    if column.default_from:
        return f"`{column.default_from}`"
    if column.name == "id":
        return f"`{schema.prefix}-1`, ..."
    if column.default is None:
        return "empty"
    return f"`{str(column.default).lower() if column.kind is Kind.FLAG else column.default}`"
