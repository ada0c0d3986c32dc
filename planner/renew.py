"""A newer file of the map for a workspace that is in use."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from planner.errors import StoreError
from planner.initialise import (
    MADE,
    SOURCE,
    Counts,
    Tell,
    source_facts,
    teller,
    warnings_of,
    write_ground,
)
from planner.layers.check import check
from planner.layers.schema import LAYERS
from planner.layers.table import empty_frame
from planner.layers.workspace import Settings, Workspace
from planner.network.city import City, offers, read_city

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from geopandas import GeoDataFrame

    from planner.network.extent import Bounds

ROLE = "update"


@dataclass(frozen=True, slots=True)
class UpdateReport:
    """What an update did.

    Attributes
    ----------
    layers
        By layer that the map fills: rows added, changed, removed, kept.
    drops
        What was read and left out, by kind.
    warnings
        What the user should know or do, whole sentences.
    settings
        As they are now.
    """

    path: Path
    layers: Mapping[str, Counts]
    drops: Counts
    warnings: tuple[str, ...]
    settings: Settings


class _Change(NamedTuple):
    """Rows of one layer to write (checked ones, or next versions) and ids to take out."""

    frame: GeoDataFrame
    gone: tuple[str, ...]


def update(
    source: Path | str,
    workspace_path: Path | str,
    *,
    bbox: Bounds | None = None,
    progress: Tell | None = None,
) -> UpdateReport:
    """Renew roads, map and the rows that nobody touched; keep all that people made or changed.

    A row made from the map is renewed, or taken out where the new file lacks it, as long as no
    one edited it and no row of others belongs to it. What people removed stays removed. Gateways
    stay as they are once one of those found was edited. The workspace changes whole or not at all.

    Parameters
    ----------
    bbox
        West, south, east, north in degrees: read only this part; the part read before when not
        given.
    progress
        Told before each step; what it raises ends the work, and nothing is changed.

    Raises
    ------
    NetworkError
        The file cannot be read or holds no road.
    InputError
        The box makes no sense, or the file is of another place.
    StoreError
        The workspace is absent or cannot be written.
    """
    tell = teller(progress)
    known = Workspace.open(workspace_path)
    city = read_city(
        source, bbox=bbox or _part_read(known), epsg=known.settings.epsg,
        near=known.settings.bounds, tell=tell,
    )  # fmt: skip
    settings = known.settings.model_copy(
        update={
            "bounds": _both(known.settings.bounds, city.bounds),
            **source_facts(Path(source), city),
        }
    )
    tell("candidates")
    found = offers(city)
    workspace = Workspace(known.path, settings)
    with workspace.renewing(settings, role=ROLE):
        tell("writing layers")
        layers = _renew_layers(workspace, found.layers)
        write_ground(workspace, city, found.drops, tell)
    return UpdateReport(
        path=workspace.path,
        layers=layers,
        drops={**city.places.drops, **found.drops},
        warnings=(*_age(known.settings, city), *warnings_of(city, found)),
        settings=settings,
    )


def _part_read(workspace: Workspace) -> Bounds | None:
    try:
        box = workspace.get_arrays(SOURCE)["bbox"]
    except StoreError:
        return None
    if box is None:
        return None
    west, south, east, north = map(float, box)
    return west, south, east, north


def _both(one: Bounds, other: Bounds) -> Bounds:
    # Rows of the user may lie in what only the older file covered.
    return (
        min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])
    )  # fmt: skip


def _age(before: Settings, city: City) -> tuple[str, ...]:
    old, new = before.extract_date, city.network.extract_date
    if old and new and new < old:
        return (f"The file ({new}) is older than the roads it replaced ({old}).",)
    return ()


def _renew_layers(workspace: Workspace, fresh: Mapping[str, GeoDataFrame]) -> dict[str, Counts]:
    own = {name: workspace.edited_ids(name, MADE, others=True) for name in fresh}
    sites = _change(workspace, "facilities", fresh["facilities"], own["facilities"])
    held = _held(workspace, sites.gone, own["entrances"])
    sites = sites._replace(gone=tuple(key for key in sites.gone if key not in held))
    report = {"facilities": _write(workspace, "facilities", sites._replace(gone=()))}
    doors = _doors(workspace, fresh["entrances"], own, set(sites.gone))
    report["entrances"] = _write(workspace, "entrances", doors)
    if sites.gone:
        workspace.remove("facilities", sites.gone, role=MADE)
        report["facilities"] = {
            **report["facilities"],
            "removed": len(sites.gone),
            "kept": report["facilities"]["kept"] - len(sites.gone),
        }
    for name in ("gateways", "staging_sites", "support_stops"):
        change = _change(workspace, name, fresh[name], own[name])
        if name == "gateways" and own[name] & workspace.edited_ids(name, MADE):
            change = _Change(empty_frame(LAYERS[name]), ())
        report[name] = _write(workspace, name, change)
    return report


def _change(workspace: Workspace, name: str, fresh: GeoDataFrame, own: Collection[str]) -> _Change:
    """Return what to write of rows that nobody touched, and which of them to take out."""
    wanted = fresh[~fresh["id"].isin(own)]
    untouched = workspace.ids()[name] - set(own)
    gone = untouched - set(wanted["id"])
    return _Change(wanted, tuple(sorted(gone)))


def _held(workspace: Workspace, sites: Collection[str], own: Collection[str]) -> set[str]:
    """Return the facilities among those to go to which a row of the user belongs."""
    held: set[str] = set()
    for name, schema in LAYERS.items():
        for column in schema.columns:
            if column.refers_to == "facilities":
                rows = workspace.layer(name)
                if name == "entrances":
                    rows = rows[rows["id"].isin(own)]
                held |= set(rows[column.name]).intersection(sites)
    return held


def _doors(
    workspace: Workspace,
    fresh: GeoDataFrame,
    own: Mapping[str, Collection[str]],
    leaving: Collection[str],
) -> _Change:
    """Return the change of entrances: only at facilities that are the map's still."""
    present = workspace.layer("entrances")
    theirs = present["id"].isin(own["entrances"])
    gated = set(present.loc[theirs, "facility_id"])
    ours = workspace.ids()["facilities"] - set(own["facilities"]) - set(leaving)
    known = set(fresh["facility_id"])
    # Gates of a facility are renewed together; assumed ones only where the user set none.
    wanted = fresh[
        fresh["facility_id"].isin(ours)
        & ~fresh["id"].isin(own["entrances"])
        & ~(fresh["facility_id"].isin(gated) & fresh["assumed"].astype(bool))
    ]
    renewed = present["facility_id"].isin((ours & known) | set(leaving))
    stale = ~theirs & renewed & ~present["id"].isin(wanted["id"])
    return _Change(wanted, tuple(present.loc[stale, "id"]))


def _write(workspace: Workspace, name: str, change: _Change) -> Counts:
    """Write a change, leaving out rows that are as they were; return what was done."""
    before = _contents(workspace.layer(name))
    checked = check(
        change.frame, name, timezone=workspace.timezone,
        existing_ids=workspace.known_ids(name), bounds=workspace.settings.bounds,
    )  # fmt: skip
    after = _contents(checked.frame)
    new = {key for key, content in after.items() if before.get(key) != content}
    rows = change.frame[change.frame["id"].isin(new)] if not checked.faults else change.frame
    workspace.change(name, rows, change.gone, role=MADE)
    changed = len(new.intersection(before))
    return {
        "added": len(new) - changed, "changed": changed, "removed": len(change.gone),
        "kept": len(before) - changed - len(change.gone),
    }  # fmt: skip


def _contents(frame: GeoDataFrame) -> dict[str, tuple[object, ...]]:
    """Return the cells and the shape of each row by id, fit to be compared."""
    cells = frame.drop(columns="geometry").astype(object)
    cells = cells.where(cells.notna(), None)
    shapes = frame.geometry.to_wkb()
    rows = zip(cells["id"], cells.itertuples(index=False, name=None), shapes, strict=True)
    return {key: (*row, shape) for key, row, shape in rows}
