"""Layers as files: GeoJSON, GeoPackage, CSV with lon/lat columns."""

from __future__ import annotations

import csv
import json
import os
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from planner.errors import InputError, StoreError
from planner.layers.cells import is_missing
from planner.layers.check import GEOMETRY, Checked, check, schema_error
from planner.layers.crs import to_degrees
from planner.layers.readers import Raw, read_csv, read_geojson, read_geopackage
from planner.layers.schema import schema_of
from planner.layers.workspace import is_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from datetime import tzinfo

    from geopandas import GeoDataFrame

    from planner.layers.shapes import Bounds

_READERS: Mapping[str, Callable[[Path, str], Raw]] = MappingProxyType(
    {
        ".csv": read_csv,
        ".geojson": read_geojson,
        ".json": read_geojson,
        ".gpkg": read_geopackage,
    }
)


def read_layer(
    path: str | Path,
    layer: str,
    *,
    timezone: tzinfo | str,
    existing_ids: Mapping[str, Collection[str]] | None = None,
    links: Mapping[str, str] | None = None,
    bounds: Bounds | None = None,
) -> Checked:
    """Return the checked rows of a file.

    Raises
    ------
    SchemaError
        The rows do not fit the layer; ``faults`` has all of them.
    InputError
        The file is absent or of an unknown format, or there is no such layer.

    """
    path = Path(path)
    schema_of(layer)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        message = f"{path.name}: unknown format; give {', '.join(_READERS)}."
        raise InputError(message)
    if not path.is_file():
        message = f"There is no file {path}; check the name."
        raise InputError(message)
    raw = reader(path, layer)
    if raw.frame is None:
        raise schema_error(raw.faults, path.name)
    checked = check(
        raw.frame, layer, timezone=timezone, existing_ids=existing_ids, links=links,
        bounds=bounds, rows=raw.rows,
    )  # fmt: skip
    others = (
        fault
        for fault in checked.faults
        if not (fault.column == GEOMETRY and fault.row in raw.shapeless)
    )
    faults = sorted((*raw.faults, *others), key=lambda fault: fault.row)
    if faults:
        raise schema_error(faults, path.name)
    notices = (*raw.notices, *checked.notices)
    return Checked(checked.frame, (), checked.dropped_columns, notices)


def write_layer(frame: GeoDataFrame, path: str | Path) -> None:
    """Write a layer as .geojson, .gpkg or (points only) .csv, in EPSG:4326.

    Raises
    ------
    InputError
        The format is unknown, or a CSV is asked for what is no point.
    StoreError
        The file is a workspace, or cannot be written.

    """
    path = Path(path)
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        message = f"{path.name}: unknown format; give {', '.join(_WRITERS)}."
        raise InputError(message)
    if path.exists() and is_workspace(path):
        message = f"{path} is a workspace; export to another file."
        raise StoreError(message)
    with _replacing(path) as draft:
        writer(to_degrees(frame), draft, path.stem)


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    draft = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        yield draft
        draft.replace(path)
    except OSError as error:
        message = f"{path} cannot be written ({error.strerror or error}); choose another folder."
        raise StoreError(message) from error
    finally:
        draft.unlink(missing_ok=True)


def _plain(value: object) -> object:
    if is_missing(value):
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value


def _records(frame: GeoDataFrame) -> list[dict[str, Any]]:
    table = frame.drop(columns=frame.geometry.name)
    names = [str(name) for name in table.columns]
    columns = [[_plain(value) for value in table[name]] for name in table.columns]
    rows = zip(*columns, strict=True) if columns else iter([()] * len(frame))
    return [dict(zip(names, row, strict=True)) for row in rows]


def _write_geojson(frame: GeoDataFrame, path: Path, _: str) -> None:
    features = [
        {
            "type": "Feature",
            "properties": record,
            "geometry": None if shape is None else shape.__geo_interface__,
        }
        for record, shape in zip(_records(frame), frame.geometry, strict=True)
    ]
    document = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _write_csv(frame: GeoDataFrame, path: Path, _: str) -> None:
    if not (frame.geom_type == "Point").all():
        message = "A CSV holds points only; write .geojson or .gpkg."
        raise InputError(message)
    names = [str(name) for name in frame.columns if name != frame.geometry.name]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*names, "lon", "lat"])
        writer.writeheader()
        for record, shape in zip(_records(frame), frame.geometry, strict=True):
            writer.writerow({**record, "lon": shape.x, "lat": shape.y})


def _write_geopackage(frame: GeoDataFrame, path: Path, name: str) -> None:
    frame.to_file(path, driver="GPKG", layer=name, engine="pyogrio")


_WRITERS: Mapping[str, Callable[[GeoDataFrame, Path, str], None]] = MappingProxyType(
    {
        ".csv": _write_csv,
        ".geojson": _write_geojson,
        ".json": _write_geojson,
        ".gpkg": _write_geopackage,
    }
)
