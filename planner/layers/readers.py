"""The rows of a file as they stand, each with the number the user knows it by."""

from __future__ import annotations

import csv
import io
import json
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from pyproj import CRS
from pyproj.exceptions import CRSError
from shapely.geometry import Point, shape

from planner.errors import InputError
from planner.layers.cells import is_missing
from planner.layers.crs import LONLAT
from planner.layers.faults import Fault, shown
from planner.layers.workspace import Workspace, is_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

_MARKS = ",;\t|"
_NEAR_LON_LAT = ("longitude", "latitude", "lng", "long", "x", "y")
_UTF8 = "save the file as UTF-8"


@dataclass(frozen=True, slots=True, eq=False)
class Raw:
    """Rows as read; no frame when the file as a whole cannot be read.

    ``shapeless`` are the rows whose lack of a geometry the faults already explain.
    """

    frame: GeoDataFrame | None
    rows: tuple[int, ...] = ()
    faults: tuple[Fault, ...] = ()
    notices: tuple[str, ...] = ()
    shapeless: frozenset[int] = frozenset()


def read_csv(path: Path, layer: str) -> Raw:
    """Return the lines of a CSV with lon and lat columns; every cell stays text."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        return _unreadable(layer, line, "a letter is not UTF-8", _UTF8)
    head = text.partition("\n")[0]
    mark = max(_MARKS, key=head.count)
    try:
        lines = list(_lines(text, mark))
    except csv.Error as error:
        return _unreadable(layer, 0, f"is no CSV: {error}", "write it anew as a CSV")
    if not lines:
        return _unreadable(layer, 0, "the file is empty", "give a header and rows")
    names = [name.strip() for name in lines[0][1]]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        return _unreadable(layer, 1, f"column {twice[0]} appears twice", "rename one of them")
    absent = [name for name in ("lon", "lat") if name not in names]
    if absent:
        near = [name for name in names if name.lower() in _NEAR_LON_LAT]
        remedy = f"rename {', '.join(near)}" if near else "add lon and lat in degrees (EPSG:4326)"
        faults = [Fault(layer, 1, "", name, "the column is missing", remedy) for name in absent]
        return _csv_rows(layer, names, lines[1:], faults)
    return _csv_rows(layer, names, lines[1:], [])


def _lines(text: str, mark: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the line it starts on, blank lines left out."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    start = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield start, cells
        start = reader.line_num + 1


def _csv_rows(
    layer: str, names: list[str], lines: list[tuple[int, list[str]]], faults: list[Fault]
) -> Raw:
    records = []
    for line, cells in lines:
        if len(cells) != len(names):
            problem = f"has {len(cells)} cells, the header has {len(names)}"
            faults.append(Fault(layer, line, "", "", problem, "check commas and quotes"))
        padded = [*cells, *[""] * (len(names) - len(cells))]
        records.append({name: cell for name, cell in zip(names, padded, strict=False) if name})
    numbers = tuple(line for line, _ in lines)
    points = [_point(layer, n, record, faults) for n, record in zip(numbers, records, strict=True)]
    columns = [name for name in names if name not in ("", "lon", "lat", "geometry")]
    frame = _frame({name: [r[name] for r in records] for name in columns}, points)
    shapeless = {n for n, point in zip(numbers, points, strict=True) if point is None}
    return Raw(frame, numbers, tuple(faults), shapeless=frozenset(shapeless))


def _point(
    layer: str, line: int, record: dict[str, str], faults: list[Fault]
) -> BaseGeometry | None:
    place, before = [], len(faults)
    for name in ("lon", "lat"):
        if name not in record:
            return None
        text = record[name].strip()
        try:
            place.append(float(text))
        except ValueError:
            problem = f"{shown(text)} is not a number" if text else "the value is missing"
            remedy = "write degrees with a point, such as -122.6789"
            faults.append(Fault(layer, line, record.get("id", ""), name, problem, remedy))
    return Point(place) if len(faults) == before else None


def read_geojson(path: Path, layer: str) -> Raw:
    """Return the features of a GeoJSON file, in the CRS its ``crs`` member names."""
    try:
        document = json.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError:
        return _unreadable(layer, 0, "a letter is not UTF-8", _UTF8)
    except (ValueError, RecursionError) as error:
        return _unreadable(layer, 0, f"is no JSON: {error}", "export it anew as GeoJSON")
    features = _features(document)
    if features is None:
        remedy = "export it as a FeatureCollection"
        return _unreadable(layer, 0, "is JSON but not GeoJSON", remedy)
    crs = _crs_member(document)
    if crs is None:
        remedy = "save it in EPSG:4326 without a crs member"
        return _unreadable(layer, 0, "the crs member names an unknown system", remedy)
    faults: list[Fault] = []
    records = [_properties(feature) for feature in features]
    shapes = [_shape(layer, row, feature, faults) for row, feature in enumerate(features, start=1)]
    names = list(dict.fromkeys(name for record in records for name in record))
    cells = {n: [record.get(n) for record in records] for n in names if n != "geometry"}
    notices = () if crs == LONLAT else (f"Turned from {crs} to EPSG:4326.",)
    frame = _frame(cells, shapes, crs)
    rows = tuple(range(1, len(features) + 1))
    return Raw(frame, rows, tuple(faults), notices, frozenset(fault.row for fault in faults))


def _features(document: object) -> list[Any] | None:
    if not isinstance(document, dict):
        return None
    kind = document.get("type")
    if kind == "FeatureCollection":
        features = document.get("features")
        return features if isinstance(features, list) else None
    if kind == "Feature":
        return [document]
    return None


def _crs_member(document: dict[str, Any]) -> str | int | None:
    """Return EPSG 4326, the system that is named instead, or None for an unknown one."""
    member = document.get("crs")
    if member is None:
        return LONLAT
    try:
        name = str(member["properties"]["name"])
        crs = CRS.from_user_input(name)
    except (CRSError, KeyError, TypeError):
        return None
    same = "CRS84" in name or crs.to_epsg() == LONLAT
    return LONLAT if same else (f"EPSG:{crs.to_epsg()}" if crs.to_epsg() else name)


def _properties(feature: object) -> dict[str, Any]:
    if not isinstance(feature, dict):
        return {}
    properties = feature.get("properties")
    record = dict(properties) if isinstance(properties, dict) else {}
    if is_missing(record.get("id")) and isinstance(feature.get("id"), str | int):
        record["id"] = feature["id"]
    # a list or an object is no cell: told as such by the check, as text
    return {str(k): json.dumps(v) if isinstance(v, dict | list) else v for k, v in record.items()}


def _shape(layer: str, row: int, feature: object, faults: list[Fault]) -> BaseGeometry | None:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if geometry is None:
        return None
    try:
        return shape(geometry)
    except Exception as error:
        problem = f"the geometry cannot be read ({shown(str(error), 60)})"
        faults.append(Fault(layer, row, _id(feature), "geometry", problem, "draw it again"))
        return None


def _id(feature: object) -> str:
    value = _properties(feature).get("id")
    return "" if is_missing(value) else str(value)[:64]


def read_geopackage(path: Path, layer: str) -> Raw:
    """Return the features of a GeoPackage: the layer of this name, or the only one it has."""
    if is_workspace(path):
        # never with GDAL in this process: it would drop the locks of the store
        frame = Workspace.open(path).layer(layer)
        return Raw(frame, tuple(range(1, len(frame) + 1)))
    import geopandas as gpd
    import pyogrio

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # GDAL remarks on details that do not matter here
            names = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
            name = _layer_name(path, layer, names)
            frame = pyogrio.read_dataframe(path, layer=name, datetime_as_string=True)
    except InputError:
        raise
    except Exception as error:  # GDAL, pyogrio and shapely raise kinds of their own
        message = f"{path.name} cannot be read as a GeoPackage ({error}); export it anew."
        raise InputError(message) from error
    if not isinstance(frame, gpd.GeoDataFrame):
        frame = _frame({str(n): list(frame[n]) for n in frame.columns}, [None] * len(frame))
    return Raw(frame, tuple(range(1, len(frame) + 1)))


def _layer_name(path: Path, layer: str, names: list[str]) -> str:
    if layer in names:
        return layer
    if len(names) != 1:
        message = f"{path.name} has no layer {layer}; it has: {', '.join(names) or 'none'}."
        raise InputError(message)
    return names[0]


def _frame(
    cells: dict[str, list[Any]], shapes: Sequence[Any], crs: str | int = LONLAT
) -> GeoDataFrame:
    import geopandas as gpd

    table = pd.DataFrame({n: pd.Series(v, dtype=object) for n, v in cells.items()})
    table = table.reindex(range(len(shapes)))
    series = gpd.GeoSeries(list(shapes), crs=crs)
    return gpd.GeoDataFrame(table, geometry=series)


def _unreadable(layer: str, row: int, problem: str, remedy: str) -> Raw:
    return Raw(None, faults=(Fault(layer, row, "", "", problem, remedy),))
