"""Frames whose columns are exactly those of a schema."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from planner.layers.crs import LONLAT, crs_of
from planner.layers.schema import Column, Kind, LayerSchema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from geopandas import GeoDataFrame


def empty_frame(schema: LayerSchema) -> GeoDataFrame:
    """Return a frame of the layer without rows, EPSG:4326."""
    return _empty(schema).copy()


@cache
def _empty(schema: LayerSchema) -> GeoDataFrame:
    return typed({name: [] for name in schema.names}, [], schema)


def typed(
    cells: Mapping[str, Sequence[Any]], geometry: Iterable[Any], schema: LayerSchema
) -> GeoDataFrame:
    """Return a frame, EPSG:4326, of cells that are already of the right kind.

    None is missing: what the schema puts in its place stands there, also where the file is
    older than the column.
    """
    columns = {column.name: _series(cells[column.name], column) for column in schema.columns}
    return spatial(columns, geometry)


def spatial(columns: Mapping[str, pd.Series[Any]], geometry: Iterable[Any]) -> GeoDataFrame:
    """Return columns with geometries in EPSG:4326 as one frame, rows numbered from 0.

    Made in one go, for setting the geometry of a frame that is there takes as long again.
    """
    import geopandas as gpd
    from geopandas.array import GeometryArray

    shapes = list(geometry)
    places = GeometryArray(np.array([*shapes, None], object)[:-1], crs=crs_of(LONLAT))
    frame = pd.DataFrame({**columns, "geometry": places}, index=pd.RangeIndex(len(shapes)))
    return gpd.GeoDataFrame(frame, geometry="geometry")


def _series(values: Sequence[Any], column: Column) -> pd.Series[Any]:
    if column.default is not None:
        values = [column.default if value is None else value for value in values]
    if column.kind is Kind.TIME:
        times = pd.to_datetime(pd.Series(list(values), dtype=object), utc=True, format="ISO8601")
        return times.dt.as_unit("us")
    if column.kind is Kind.NUMBER:
        return pd.Series(list(values), dtype="float64")
    if column.kind is Kind.FLAG:
        return pd.Series([bool(value) for value in values], dtype="bool")
    if column.kind is Kind.INTEGER:
        optional = not column.required and column.default is None
        return pd.Series(list(values), dtype="Int64" if optional else "int64")
    return pd.Series(["" if value is None else value for value in values], dtype="str")
