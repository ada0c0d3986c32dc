"""Drafts become rows: all of them, or none with every fault."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from planner.briefing.words import day, plain
from planner.errors import StoreError
from planner.initialise import settle_gates
from planner.layers.check import Fault, schema_error
from planner.layers.crs import LONLAT, to_metric
from planner.layers.schema import schema_of
from planner.network.corrections import without_road
from planner.network.store import corrected
from planner.reports import TRIES, free_id
from planner.ui.drafts import NEW, ONE, Draft, stored

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geopandas import GeoDataFrame

    from planner.layers.workspace import Workspace
    from planner.network.graph import Network

ROLE = "planner"


@dataclass(frozen=True, slots=True)
class Saved:
    """What was written: ids kept, ids removed, what else was done in words."""

    kept: tuple[str, ...]
    gone: tuple[str, ...]
    said: tuple[str, ...]


def save(
    workspace: Workspace, layer: str, drafts: Sequence[Draft], *, based_on: int,
    rows: Sequence[int] | None = None,
) -> Saved:  # fmt: skip
    """Write drafts as one edit.

    Parameters
    ----------
    based_on
        The last edit seen; rows that others edited since are refused.
    rows
        The user's numbers of the drafts, for the faults: 1, 2, ... when not given.

    Raises
    ------
    SchemaError
        A row does not fit; every fault is listed and nothing is changed.
    InputError
        A row to be removed is still referred to.
    StoreError
        Rows were edited since by someone else, or the file cannot be written.
    """
    numbers = list(rows) if rows is not None else list(range(1, len(drafts) + 1))
    kept = [(d, n) for d, n in zip(drafts, numbers, strict=True) if not d.gone]
    current = workspace.ids()[layer]
    gone = tuple(draft.key for draft in drafts if draft.gone and draft.key in current)
    _refuse_taken(kept, layer, current)
    before = workspace.layer(layer)
    for _ in range(TRIES):
        made = _named([draft for draft, _ in kept], workspace, layer)
        frame = frame_of(made, layer)
        try:
            checked = workspace.change(
                layer, frame, gone, role=ROLE, based_on=based_on, rows=[n for _, n in kept]
            )
        except StoreError:
            names = {str(m.cells["id"]) for m, (d, _) in zip(made, kept, strict=True)
                     if d.key == NEW and not d.cells.get("id")}  # fmt: skip
            # An id that somebody else took in between is refused: the next one is tried.
            if not names & workspace.known_ids(layer)[layer]:
                raise
        else:
            return Saved(tuple(checked["id"]), gone, _settled(workspace, layer, checked, before))
    raise StoreError("others add rows at the same moment: save again")


def frame_of(drafts: Sequence[Draft], layer: str) -> GeoDataFrame:
    """Return drafts as a frame of the layer, EPSG:4326, its cells not checked yet."""
    import geopandas as gpd
    import pandas as pd

    names = schema_of(layer).names
    cells = {
        name: pd.Series([draft.cells.get(name) for draft in drafts], dtype=object) for name in names
    }
    shapes = [draft.shape for draft in drafts]
    return gpd.GeoDataFrame(pd.DataFrame(cells), geometry=shapes, crs=LONLAT)


def told(workspace: Workspace, network: Network | None, layer: str, saved: Saved) -> str:
    """Return what was saved, with the labels made for it and local times."""
    parts = []
    if saved.kept:
        frame = workspace.layer(layer)
        rows = frame[frame["id"].isin(saved.kept[:3])]
        names = [
            row_words(row, layer, workspace, network) for row in rows.to_dict(orient="records")
        ]
        more = f" and {len(saved.kept) - 3} more" if len(saved.kept) > 3 else ""
        parts.append(f"Saved: {'; '.join(names)}{more}.")
    if saved.gone:
        parts.append(f"Removed: {', '.join(saved.gone[:5])}.")
    if layer == "zones" and saved.kept:
        parts.append(f"Times in {workspace.timezone.key}.")
    parts += [f"{text[:1].upper()}{text[1:]}." for text in saved.said]
    return " ".join(parts)


def row_words(
    row: Mapping[str, Any], layer: str, workspace: Workspace, network: Network | None
) -> str:
    """Return one row in words; a report by the label made for it."""
    if layer == "corrections":
        return f"{plain(row['kind'])} ({row['id']})"
    if layer != "zones":
        name = str(row.get("name") or row["id"])
        return f"{ONE[layer]} {name}" + ("" if name == row["id"] else f" ({row['id']})")
    from planner.risk.labels import street_at, zone_label
    from planner.tuning import parameters_of

    where = ""
    if network is not None:
        import geopandas as gpd

        shape = to_metric(gpd.GeoDataFrame(geometry=[row["geometry"]], crs=LONLAT), network.epsg)
        where = street_at(network, shape.geometry.iloc[0], parameters_of(workspace))
    said = zone_label(row, where, workspace.timezone)
    return f"{row['id']} ({said}), {day(row['starts_at'], workspace.timezone)}"


def _named(drafts: Sequence[Draft], workspace: Workspace, layer: str) -> list[Draft]:
    taken = set(workspace.known_ids(layer)[layer])
    named = []
    for draft in drafts:
        key = draft.key or draft.cells.get("id") or free_id(schema_of(layer).prefix, taken)
        taken.add(str(key))
        named.append(replace(draft, cells={**draft.cells, "id": key}))
    return named


def _refuse_taken(kept: Sequence[tuple[Draft, int]], layer: str, current: frozenset[str]) -> None:
    faults = []
    for draft, number in kept:
        key = str(draft.cells.get("id") or "").strip()
        if draft.key == NEW and key in current:
            remedy = "give another id, or leave it empty"
            faults.append(Fault(layer, number, key, "id", "the id is already used", remedy))
        elif draft.key not in (NEW, key):
            problem = f"the id of {draft.key} was changed"
            remedy = f"write {draft.key} again; for another id add a row and remove this one"
            faults.append(Fault(layer, number, draft.key, "id", problem, remedy))
    if faults:
        raise schema_error(faults, layer)


def _settled(
    workspace: Workspace, layer: str, frame: GeoDataFrame, before: GeoDataFrame
) -> tuple[str, ...]:
    """Let assumed gates come or go with what was saved; return what was done, in words.

    Of corrections, tell those that match no road.
    """
    if layer == "corrections":
        return tuple(without_road(corrected(workspace)))
    if layer == "facilities":
        # A new name moves no gate: only sites that are new or stand elsewhere are looked at.
        moved = [
            key for key, shape in zip(frame["id"], frame.geometry, strict=True)
            if (old := stored(before, key)) is None or not shape.equals(old.shape)
        ]  # fmt: skip
        frame = frame[frame["id"].isin(moved)]
    elif layer != "entrances":
        return ()
    return tuple(settle_gates(workspace, layer, frame)) if len(frame) else ()
