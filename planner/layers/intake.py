"""The import of a file into a workspace, all of it or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.layers.files import read_layer

if TYPE_CHECKING:
    from pathlib import Path

    from planner.layers.check import Checked
    from planner.layers.workspace import Workspace


def import_layer(
    workspace: Workspace, path: str | Path, layer: str, *, role: str = "planner"
) -> Checked:
    """Add the rows of a file to a layer and return them; a known id becomes its next version.

    Raises
    ------
    SchemaError
        The rows do not fit the layer; ``faults`` has all of them and nothing is changed.
    InputError
        The file is absent or of an unknown format, or there is no such layer.
    StoreError
        The workspace cannot be written.
    """
    checked = read_layer(
        path,
        layer,
        timezone=workspace.timezone,
        existing_ids=workspace.known_ids(layer),
        links=workspace.links(layer),
        bounds=workspace.settings.bounds,
    )
    workspace.append(layer, checked.frame, role=role)
    return checked
