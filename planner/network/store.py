"""Raw roads inside the workspace file, networks of them in disposable copies that open fast."""

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
from planner.network.country import country_of
from planner.network.graph import Network
from planner.network.osm import Extract
from planner.network.profiles import PROFILES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from geopandas import GeoDataFrame

    from planner.layers.workspace import Settings

FORMAT = 5
"""Raised when the meaning of what is stored in a copy changes; older ones are built anew."""

_log = logging.getLogger(__name__)
_ARRAYS = tuple(
    field.name for field in dataclasses.fields(Network) if str(field.type).startswith("NDArray")
)
_WORDS = tuple(field.name for field in dataclasses.fields(Network) if field.name not in _ARRAYS)


class ArrayStore(Protocol):
    """The part of a ``Workspace`` needed here."""

    path: Path
    settings: Settings
    keeps_copies: bool

    def put_arrays(self, name: str, values: Mapping[str, Any]) -> None:
        """Store values under a name."""

    def get_arrays(self, name: str) -> dict[str, Any]:
        """Return the values stored under a name."""

    def layer(self, name: str) -> GeoDataFrame:
        """Return the rows of a layer."""


def save_extract(workspace: ArrayStore, extract: Extract, *, epsg: int) -> None:
    """Store the raw extract, from which the network of any profile is built.

    Raises
    ------
    StoreError
        The workspace cannot be written.
    """
    packed = extract.to_arrays()
    workspace.put_arrays("extract", packed)
    workspace.put_arrays("network_key", {"digest": _digest(packed), "epsg": epsg})


def load_network(workspace: ArrayStore, profile: str = "car") -> Network:
    """Return the network of a profile with the user's corrections, from its copy where sound.

    Raises
    ------
    StoreError
        The workspace holds no roads.
    NetworkError
        No road is left for the profile.
    """
    rows = workspace.layer("corrections")
    country = country_of(workspace.settings.timezone)
    stored = workspace.get_arrays("network_key")
    parts = (FORMAT, __version__, stored["digest"], profile, country.code, corrections_digest(rows))
    key = " ".join(map(str, parts)).rstrip()
    network = _read_copy(workspace, profile, key)
    if network is None:
        extract = corrected(workspace, rows).extract
        network = build_network(
            extract, epsg=int(stored["epsg"]), profile=PROFILES[profile], country=country
        )
        if workspace.keeps_copies:
            _write_copy(workspace, network, key)
    return network


def load_extract(workspace: ArrayStore) -> Extract:
    """Return the stored extract with the user's corrections in it.

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


def copy_path(workspace: ArrayStore, profile: str = "car") -> Path:
    """Return where the disposable copy for a profile lies; it may be deleted at any time."""
    return workspace.path.with_name(f".{workspace.path.name}.{profile}.npz")


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


def _read_copy(workspace: ArrayStore, profile: str, key: str) -> Network | None:
    try:
        with (
            copy_path(workspace, profile).open("rb") as file,
            np.load(file, allow_pickle=False) as copy,
        ):
            head = json.loads(copy["facts"].tobytes())
            if head.pop("key") != key:
                return None
            head = {name: tuple(v) if isinstance(v, list) else v for name, v in head.items()}
            return Network(**head, **{name: copy[name] for name in _ARRAYS})
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return None


def _write_copy(workspace: ArrayStore, network: Network, key: str) -> None:
    target = copy_path(workspace, network.profile)
    head = {"key": key, **{name: getattr(network, name) for name in _WORDS}}
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
