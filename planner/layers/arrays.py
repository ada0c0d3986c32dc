"""Arrays kept as compressed blobs inside the workspace file."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.layers.sqlite import Store

_LEVEL = 1
_LARGEST_BYTES = 900_000_000
_ARRAY, _JSON = "array", "json"


def put(store: Store, name: str, values: Mapping[str, Any]) -> None:
    """Store the values under a name, in place of what was there.

    Raises
    ------
    StoreError
        A value is neither an array of numbers nor fit for JSON, or too large.

    """
    rows = [(name, key, *_packed(name, key, value)) for key, value in values.items()]
    with store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM planner_arrays WHERE name = ?", (name,))
        if rows:
            connection.exec_driver_sql(
                "INSERT INTO planner_arrays (name, key, kind, shape, data) VALUES (?, ?, ?, ?, ?)",
                rows,
            )


def get(store: Store, name: str) -> dict[str, Any]:
    """Return the values stored under a name.

    Raises
    ------
    StoreError
        Nothing is stored under this name, or its bytes are broken.

    """
    with store.reading() as connection:
        rows = connection.exec_driver_sql(
            "SELECT key, kind, shape, data FROM planner_arrays WHERE name = ? ORDER BY id", (name,)
        ).all()
    if not rows:
        message = f"{store.path.name} holds no {name!r}; make the workspace anew: planner init."
        raise StoreError(message)
    try:
        return {row.key: _unpacked(row.kind, row.shape, row.data) for row in rows}
    except (zlib.error, ValueError, TypeError) as error:
        message = f"{name!r} in {store.path.name} is broken ({error}); make it anew: planner init."
        raise StoreError(message) from error


def _packed(name: str, key: str, value: object) -> tuple[str, str, bytes]:
    if isinstance(value, np.ndarray):
        if value.dtype.hasobject or value.dtype.names:
            message = f"{name}.{key} holds {value.dtype}, not plain numbers; store a list instead."
            raise StoreError(message)
        kind, shape = f"{_ARRAY} {value.dtype.str}", json.dumps(value.shape)
        raw: Any = np.ascontiguousarray(value).reshape(-1).view(np.uint8).data
    else:
        kind, shape = _JSON, ""
        raw = _as_json(name, key, value)
    data = zlib.compress(raw, _LEVEL)
    if len(data) > _LARGEST_BYTES:
        message = f"{name}.{key} is too large for one workspace ({len(data):,} bytes)."
        raise StoreError(message)
    return kind, shape, data


def _as_json(name: str, key: str, value: object) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except (TypeError, ValueError) as error:
        message = f"{name}.{key} cannot be stored: {error}"
        raise StoreError(message) from error


def _unpacked(kind: str, shape: str, data: bytes) -> object:
    raw = zlib.decompress(data)
    if kind == _JSON:
        return json.loads(raw)
    # a copy: compiled searches tell writable arrays from read-only ones
    flat = np.frombuffer(raw, dtype=np.dtype(kind.removeprefix(_ARRAY).strip())).copy()
    return flat.reshape(json.loads(shape))
