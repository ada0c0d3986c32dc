"""A report in words becomes a row: where along a street, how many people, how reliable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.errors import InputError, StoreError
from planner.layers.crs import LONLAT
from planner.layers.schema import schema_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from shapely.geometry.base import BaseGeometry

    from planner.layers.workspace import Workspace
    from planner.network.streets import StreetIndex

TRIES = 8
"""Times a free id is looked for while others add rows too."""


def stretch_in_words(
    workspace: Workspace, along: str, from_: str, to: str, *, streets: StreetIndex | None = None
) -> BaseGeometry:
    """Return the line, lon/lat, along a street between its crossings with two others.

    Without any crossing it is the whole of a short street, such as a bridge.

    Parameters
    ----------
    along, from_, to
        Street names in any common spelling.
    streets
        The workspace's streets where they are at hand; read from it when not given.

    Raises
    ------
    InputError
        A name is missing, unknown (similar ones are told) or does not cross the street (those
        that do are told).
    """
    import shapely

    from planner.layers.crs import to_lonlat

    missing = [
        what for what, name in (("along", along), ("from", from_), ("to", to)) if not name.strip()
    ]
    alone = missing == ["from", "to"]
    if missing and not alone:
        raise InputError(f"say where: name the street for {', '.join(missing)}")
    found = streets or streets_of(workspace)
    line = found.whole(along) if alone else found.stretch(along, from_, to)
    epsg = workspace.settings.epsg
    return shapely.transform(line, lambda xy: to_lonlat(xy, epsg))


def streets_of(workspace: Workspace) -> StreetIndex:
    """Return the named streets of a workspace.

    Raises
    ------
    StoreError
        The workspace holds no road network.
    """
    from planner.network.store import load_network
    from planner.network.streets import StreetIndex

    return StreetIndex(load_network(workspace))


def shape_in_words(text: str) -> BaseGeometry:
    """Return the geometry of a WKT text.

    Raises
    ------
    InputError
        The text is no WKT.

    Examples
    --------
    >>> shape_in_words("POINT (8.69 49.41)").x
    8.69
    """
    import shapely

    try:
        return shapely.from_wkt(text)
    except shapely.GEOSException as error:
        shown = " ".join(text.split())[:40]
        remedy = "write it like LINESTRING (8.69 49.41, 8.70 49.41), lon before lat"
        raise InputError(f"{shown!r} is not WKT ({error}); {remedy}") from error


def amounts(size: str, grade: str) -> dict[str, str]:
    """Return the cells that a size and a two-part grade stand for; the check reads them.

    Raises
    ------
    InputError
        As ``people``.

    Examples
    --------
    >>> amounts("200-800", "c3")
    {'size_low': '200', 'size_high': '800', 'source_grade': 'C', 'info_grade': '3'}
    """
    return people(size) | codes(grade)


def people(size: str) -> dict[str, str]:
    """Return the cells that a size stands for.

    Raises
    ------
    InputError
        It is no number of people, no two of them, or nobody.

    Examples
    --------
    >>> people("50")
    {'size_low': '50', 'size_high': '50'}
    """
    low, _, high = size.partition("-")
    counts = [part.strip() for part in (low, high or low)]
    if not all(part.isdecimal() for part in counts):
        raise InputError(f"size {size!r}: give the people expected, as 50 or as 200-800")
    if not int(counts[1]):
        raise InputError(
            f"size {size!r} is nobody: give the people expected, as 50 or 0-50; a road shut "
            "without people is a closure (planner import closures FILE)"
        )
    return {"size_low": counts[0], "size_high": counts[1]}


def codes(grade: str) -> dict[str, str]:
    """Return the cells that a two-part grade stands for."""
    code = grade.strip().upper()
    return {"source_grade": code[:1], "info_grade": code[1:]}


def free_id(prefix: str, used: Collection[str]) -> str:
    """Return the first id of a prefix that was never used.

    Examples
    --------
    >>> free_id("zone", {"zone-001"})
    'zone-002'
    """
    number = 1
    while f"{prefix}-{number:03d}" in used:
        number += 1
    return f"{prefix}-{number:03d}"


def add_row(
    workspace: Workspace, layer: str, row: Mapping[str, Any], shape: BaseGeometry | None,
    *, role: str = "planner",
) -> str:  # fmt: skip
    """Add one row to a layer, lon/lat; return its id, given or the next free one.

    A given id that is known becomes the next version of that row.

    Raises
    ------
    SchemaError
        The row does not fit the layer; every fault is listed and nothing is changed.
    StoreError
        The file cannot be written, or others took every free id meanwhile.
    """
    import geopandas as gpd

    prefix = schema_of(layer).prefix
    refused = None
    for _ in range(TRIES):
        # An id that somebody else took in between is refused, so the next one is tried.
        seen = None if row.get("id") else workspace.version
        key = row.get("id") or free_id(prefix, workspace.known_ids(layer)[layer])
        cells = {name: [value] for name, value in {**row, "id": key}.items()}
        frame = gpd.GeoDataFrame(cells, geometry=[shape], crs=LONLAT)
        try:
            workspace.append(layer, frame, role=role, based_on=seen)
        except StoreError as error:
            if seen is None:
                raise
            refused = error
        else:
            return str(key)
    raise StoreError(f"the row was not added: {refused}") from refused
