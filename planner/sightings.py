"""A zone is seen again; rows are told to be one zone, or not to be."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from planner.errors import InputError
from planner.layers.clock import parse_time, to_utc
from planner.reports import add_row, codes, people

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geopandas import GeoDataFrame

    from planner.layers.workspace import Workspace

GRADE = re.compile(r"[A-Fa-f][1-6]")


def seen_again(
    workspace: Workspace, key: str, at: datetime | str | None = None, *,
    news: dict[str, str] | None = None, now: datetime | None = None, role: str = "planner",
) -> str:  # fmt: skip
    """Write down that a zone was seen; return the id of the row that says so.

    The row gets its next version. A sighting by another kind of source is a row of its own,
    another report of the same zone, so that the two corroborate each other.

    Parameters
    ----------
    key
        Id of a row of the zones layer.
    at
        When it was seen: aware, or in the workspace's zone; the machine's clock when None.
    news
        What is told anew: ``grade`` (C3), ``size`` (LOW-HIGH), ``source`` (kind of source),
        ``until`` (new end, needed when it was seen after the stated one).
    now
        The present; the machine's clock when None.

    Raises
    ------
    InputError
        No such row; the time lies ahead, before the start, before the last sighting, or after
        the end where no new one is given; a part of ``news`` cannot be read.
    StoreError
        The row was edited meanwhile, or the file cannot be written.
    """
    version = workspace.version
    rows = {row["id"]: row for row in _rows(workspace)}
    row, is_new = _told_by(rows, _known(rows, key), (news or {}).get("source"))
    present = now or datetime.now(UTC)
    when = _moment(at, workspace) if at is not None else present.replace(microsecond=0)
    changed = _cells(news or {}, row, workspace) | {"observed_at": when}
    _refuse_odd(row | changed, row, present, workspace, is_new=is_new)
    if is_new:
        if not (news or {}).get("grade"):
            raise InputError(f"zone {key}: grade what this kind of source says, such as C3")
        return add_row(workspace, "zones", row | changed, row.pop("geometry"), role=role)
    _write(workspace, [row | changed], version, role)
    return str(row["id"])


def join(
    workspace: Workspace, key: str, others: Iterable[str], *, role: str = "planner"
) -> tuple[str, ...]:
    """Make rows further reports of one zone, with what already reports of them; return their ids.

    Raises
    ------
    InputError
        A row is unknown, or all are one zone already.
    StoreError
        A row was edited meanwhile, or the file cannot be written.
    """
    version = workspace.version
    rows = {row["id"]: row for row in _rows(workspace)}
    root = _root(_known(rows, key))
    joined = {_root(_known(rows, other)) for other in others} - {root}
    moved = [row | {"report_of": root} for row in rows.values() if _root(row) in joined]
    if not moved:
        raise InputError(f"these are reports of {root} already: name others")
    _write(workspace, moved, version, role)
    return tuple(row["id"] for row in moved)


def split(workspace: Workspace, keys: Sequence[str], *, role: str = "planner") -> tuple[str, ...]:
    """Make each row a zone of its own, whatever lies near it; return the ids of rows changed.

    Rows that reported of one of them stay one zone among themselves.

    Raises
    ------
    InputError
        A row is unknown, or all stand for themselves already.
    StoreError
        A row was edited meanwhile, or the file cannot be written.
    """
    version = workspace.version
    rows = {row["id"]: row for row in _rows(workspace)}
    alone = {key for key in keys if _known(rows, key)}
    changed = {key: key for key in alone if _named(rows[key]) != key}
    for key in sorted(alone):
        left = sorted(k for k, row in rows.items() if _named(row) == key and k not in alone)
        changed |= {k: "" if k == left[0] else left[0] for k in left}
    if not changed:
        raise InputError(f"{', '.join(sorted(alone))}: a zone of its own already")
    edits = [rows[key] | {"report_of": named} for key, named in sorted(changed.items())]
    _write(workspace, edits, version, role)
    return tuple(sorted(changed))


def _rows(workspace: Workspace) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = workspace.layer("zones").to_dict("records")
    return rows


def _known(rows: dict[str, dict[str, Any]], key: str) -> dict[str, Any]:
    if key not in rows:
        listed = ", ".join(sorted(rows)[:5]) or "none yet"
        raise InputError(f"no zone {key!r}; known: {listed} (planner show -w FILE zones)")
    return rows[key]


def _told_by(
    rows: dict[str, dict[str, Any]], row: dict[str, Any], source: str | None
) -> tuple[dict[str, Any], bool]:
    """Return the row in which a kind of source tells of a zone, and whether it is a new one."""
    if source in (None, row["source_kind"]):
        return row, False
    own = [r for r in rows.values() if _root(r) == _root(row) and r["source_kind"] == source]
    if own:
        return max(own, key=lambda r: r["observed_at"]), False
    return row | {"id": None, "source_kind": source, "report_of": _root(row)}, True


def _named(row: dict[str, Any]) -> str:
    named = row.get("report_of")
    return named if isinstance(named, str) else ""


def _root(row: dict[str, Any]) -> str:
    return _named(row) or str(row["id"])


def _moment(at: datetime | str, workspace: Workspace) -> datetime:
    if isinstance(at, str):
        return parse_time(at, workspace.timezone)
    return to_utc(at, workspace.timezone)


def _cells(news: dict[str, str], row: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    grade, size = news.get("grade") or "", news.get("size") or ""
    if grade and not GRADE.fullmatch(grade.strip()):
        raise InputError(f"grade {grade!r}: give source A-F and report 1-6, such as C3")
    cells: dict[str, Any] = {**(people(size) if size else {}), **(codes(grade) if grade else {})}
    if news.get("until"):
        cells["ends_at"] = _moment(news["until"], workspace)
        if cells["ends_at"] <= row["starts_at"]:
            raise InputError(f"zone {row['id']}: it cannot end before it starts")
    return cells


def _refuse_odd(
    after: dict[str, Any], row: dict[str, Any], present: datetime, workspace: Workspace, *,
    is_new: bool,
) -> None:  # fmt: skip
    def told(moment: datetime) -> str:
        return f"{moment.astimezone(workspace.timezone):%Y-%m-%d %H:%M}"

    when, key = after["observed_at"], row["id"] or row["report_of"]
    said = f"zone {key} cannot have been seen at {told(when)}"
    if when > present:
        raise InputError(f"{said}: that lies ahead of now, {told(present)}; give a time that was")
    if when < row["starts_at"]:
        start = told(row["starts_at"])
        raise InputError(f"{said}: it begins at {start}; change its start first")
    if not is_new and when < row["observed_at"]:
        before = told(row["observed_at"])
        raise InputError(f"{said}: it was last seen at {before}; give a later time")
    if when > after["ends_at"]:
        raise InputError(f"{said}: it ends at {told(after['ends_at'])}; give a new end (--until)")


def _write(workspace: Workspace, rows: list[dict[str, Any]], version: int, role: str) -> None:
    import geopandas as gpd

    frame: GeoDataFrame = gpd.GeoDataFrame(rows, geometry="geometry", crs=4326)
    workspace.append("zones", frame, role=role, based_on=version)
