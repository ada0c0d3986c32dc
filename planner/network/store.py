"""The road network inside the workspace file, with a disposable copy beside it that opens fast."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import logging
import os
import zipfile
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from planner import __version__
from planner.network.build import build_network
from planner.network.corrections import Corrected, apply_corrections
from planner.network.graph import Network
from planner.network.osm import Extract

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

FORMAT = 1
"""Raised when the meaning of what is stored changes; older networks are then built anew."""

_log = logging.getLogger(__name__)
_ARRAYS = tuple(
    field.name for field in dataclasses.fields(Network) if str(field.type).startswith("NDArray")
)
_PLACES = ("node_xy", "shape_xy")


class ArrayStore(Protocol):
    """The part of a ``Workspace`` needed here."""

    path: Path

    def put_arrays(self, name: str, values: Mapping[str, Any]) -> None:
        """Store values under a name."""

    def get_arrays(self, name: str) -> dict[str, Any]:
        """Return the values stored under a name."""

    def layer(self, name: str) -> GeoDataFrame:
        """Return the rows of a layer."""


def save_network(workspace: ArrayStore, network: Network, extract: Extract) -> None:
    """Store a network and the raw extract it was built from.

    Raises
    ------
    StoreError
        The workspace cannot be written.
    """
    packed = _pack(network)
    workspace.put_arrays("extract", extract.to_arrays())
    workspace.put_arrays("network", packed)
    workspace.put_arrays(
        "network_key", {"format": FORMAT, "digest": _digest(packed), "epsg": network.epsg}
    )


def load_network(workspace: ArrayStore) -> Network:
    """Return the stored network with the user's corrections, from the copy beside it where sound.

    Raises
    ------
    StoreError
        The workspace holds no network.
    """
    rows = workspace.layer("corrections")
    key = f"{_key(workspace)} {corrections_digest(rows)}".rstrip()
    network = _read_copy(workspace, key)
    if network is None:
        stored = workspace.get_arrays("network_key")
        if stored["format"] == FORMAT and rows.empty:
            network = _unpack(workspace.get_arrays("network"))
        else:
            extract = corrected(workspace, rows).extract
            network = build_network(extract, epsg=int(stored["epsg"]))
        _write_copy(workspace, network, key)
    return network


def load_extract(workspace: ArrayStore) -> Extract:
    """Return the extract of the stored network with the user's corrections in it.

    Raises
    ------
    StoreError
        The workspace holds none.
    """
    return corrected(workspace).extract


def corrected(workspace: ArrayStore, rows: GeoDataFrame | None = None) -> Corrected:
    """Return the stored extract with corrections in it: those of the workspace unless given.

    Raises
    ------
    StoreError
        The workspace holds no extract.
    """
    raw = Extract.from_arrays(workspace.get_arrays("extract"))
    epsg = int(workspace.get_arrays("network_key")["epsg"])
    return apply_corrections(raw, workspace.layer("corrections") if rows is None else rows, epsg)


def corrections_digest(rows: GeoDataFrame) -> str:
    """Return what changes whenever a correction does; "" for none."""
    if rows.empty:
        return ""
    cells = rows.drop(columns=["geometry", "note"]).to_json(orient="values")
    return _digest({"cells": cells, "shapes": rows.geometry.to_wkb(hex=True).tolist()})


def copy_path(workspace: ArrayStore) -> Path:
    """Return where the disposable copy lies; it may be deleted at any time."""
    return workspace.path.with_name(f".{workspace.path.name}.network.npz")


def _key(workspace: ArrayStore) -> str:
    digest = workspace.get_arrays("network_key")["digest"]
    return f"{FORMAT} {__version__} {digest}"


def _digest(packed: Mapping[str, Any]) -> str:
    total = hashlib.sha256()
    for name, value in packed.items():
        total.update(name.encode())
        total.update(
            np.ascontiguousarray(value).tobytes()
            if isinstance(value, np.ndarray)
            else json.dumps(value, sort_keys=True).encode()
        )
    return total.hexdigest()


def _pack(network: Network) -> dict[str, Any]:
    packed: dict[str, Any] = {
        "epsg": network.epsg,
        "names": list(network.names),
        "counts": dict(network.counts),
        "extract_date": network.extract_date,
    }
    for name in _ARRAYS:
        value: NDArray[Any] = getattr(network, name)
        packed[name] = _steps(value) if name in _PLACES else value
    return packed


def _unpack(packed: Mapping[str, Any]) -> Network:
    arrays = {name: packed[name] for name in _ARRAYS}
    for name in _PLACES:
        if arrays[name].dtype.kind == "i":
            arrays[name] = np.cumsum(arrays[name], axis=0, dtype=np.int64) / 1000
    return Network(
        epsg=int(packed["epsg"]),
        names=tuple(packed["names"]),
        counts={str(key): int(value) for key, value in packed["counts"].items()},
        extract_date=str(packed["extract_date"]),
        **{name: np.ascontiguousarray(value) for name, value in arrays.items()},
    )


def _steps(xy: NDArray[np.float64]) -> NDArray[Any]:
    # Millimetre steps from point to point pack four times as small as the doubles.
    whole = np.rint(xy * 1000)
    if len(xy) == 0 or not np.array_equal(whole / 1000, xy):
        return xy
    steps = np.diff(whole.astype(np.int64), axis=0, prepend=np.zeros((1, 2), np.int64))
    return steps.astype(np.int32) if np.abs(steps).max() < 2**31 else steps


def _read_copy(workspace: ArrayStore, key: str) -> Network | None:
    try:
        with copy_path(workspace).open("rb") as file, np.load(file, allow_pickle=False) as copy:
            head = json.loads(copy["facts"].tobytes())
            if head["key"] != key:
                return None
            return _unpack({**head, **{name: copy[name] for name in _ARRAYS}})
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return None


def _write_copy(workspace: ArrayStore, network: Network, key: str) -> None:
    target = copy_path(workspace)
    head = {
        "key": key, "epsg": network.epsg, "names": network.names, "counts": network.counts,
        "extract_date": network.extract_date,
    }  # fmt: skip
    buffer = io.BytesIO()
    np.savez(
        buffer,
        facts=np.frombuffer(json.dumps(head).encode(), np.uint8),
        **{name: getattr(network, name) for name in _ARRAYS},
    )
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        draft.write_bytes(buffer.getbuffer())
        draft.replace(target)
    except OSError as error:
        _log.info("The network's copy beside the workspace is not written: %s", error)
        draft.unlink(missing_ok=True)
