"""A planner's drawing of a way as a line: from a file, from text, from the layer of approved ones."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import numpy as np
import shapely
from shapely.geometry import LineString, MultiLineString, shape

from planner.errors import GeometryError, InputError
from planner.layers.crs import LONLAT, to_xy
from planner.layers.faults import Unfit, shown
from planner.layers.readers import read_geojson
from planner.layers.shapes import read_shape
from planner.reports import shape_in_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shapely.geometry.base import BaseGeometry

    from planner.layers.workspace import Workspace

MOST_BYTES = 50_000_000
MOST_POINTS = 200_000
"""What a drawing may hold: a day of a recorder that writes twice a second."""

FEW_POINTS = 5_000
"""A drawing of more is made simpler: nobody clicks as many."""

SIMPLER_M = (0.3, 2.0)
"""Metres by which a line of many points may be made simpler, then one of still more."""

LEAST_M, MOST_M = 20.0, 300_000.0
"""How long a way may be."""

PART_M = 1.0
"""Parts of a drawing that end this near to the next are one line."""

LINES = ("LineString", "MultiLineString")
ENDINGS = "GeoJSON, GPX, WKT in lon lat"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A way as somebody drew it.

    Attributes
    ----------
    source
        ``file``, ``text``, ``layer`` or ``map``.
    name
        Of the file or the row; hostile text.
    line
        Lon/lat.
    points
        How many points were given.
    notices
        What was found odd about it, in words.
    """

    source: str
    name: str
    line: LineString
    points: int
    notices: tuple[str, ...] = ()

    def metric(self, epsg: int) -> LineString:
        """Return the line in metres, made simpler where it has very many points."""
        line = LineString(to_xy(shapely.get_coordinates(self.line), epsg))
        for metres in SIMPLER_M:
            if len(line.coords) > FEW_POINTS:
                line = LineString(line.simplify(metres, preserve_topology=False).coords)
        return line


def read_drawing(workspace: Workspace, given: str) -> Drawing:
    """Return the drawing of a file, of WKT, or of an approved way by its id.

    Raises
    ------
    InputError
        There is no such file or row, or it cannot be read.
    GeometryError
        It is no line, broken, or outside the area of the workspace.
    """
    path = Path(given)
    if _is_file(path):
        return drawing_of(workspace, _in_file(path), source="file", name=path.name)
    if re.match(r"\s*(SRID=\d+;)?\s*(MULTI)?LINESTRING", given, re.IGNORECASE):
        return drawing_of(workspace, shape_in_words(given), source="text", name="the text given")
    rows = workspace.layer("access_routes")
    row = rows[rows["id"] == given]
    if not row.empty:
        return drawing_of(workspace, row.geometry.iloc[0], source="layer", name=given)
    known = ", ".join(rows["id"].head(5)) or "none yet"
    raise InputError(
        f"--route {shown(given)}: there is no such file and no row of access_routes (known: "
        f"{known}); give a file ({ENDINGS}), WKT, or one of these ids"
    )


def drawing_of(workspace: Workspace, geometry: object, *, source: str, name: str) -> Drawing:
    """Return a drawing of a lon/lat geometry.

    Raises
    ------
    GeometryError
        It is no line, broken, too long or short, or outside the area of the workspace.
    """
    try:
        found = read_shape(geometry, LINES, workspace.settings.bounds)
    except Unfit as unfit:
        raise GeometryError(f"{name}: {unfit.problem}; {unfit.remedy}") from unfit
    points = len(shapely.get_coordinates(found))
    if points > MOST_POINTS:
        raise GeometryError(f"{name}: {points:,} points; give {MOST_POINTS:,} at most")
    epsg = workspace.settings.epsg
    line, notices = _one_line(found, epsg)
    length = float(LineString(to_xy(shapely.get_coordinates(line), epsg)).length)
    if not LEAST_M <= length <= MOST_M:
        raise GeometryError(
            f"{name}: {length:,.0f} m long; a way is {LEAST_M:.0f} m to {MOST_M / 1000:.0f} km"
        )
    if points == 2:
        notices.append("drawn with two points: the straight line between them is what is judged")
    if points > FEW_POINTS:
        notices.append(f"{points:,} points: made simpler by less than {SIMPLER_M[-1]:.0f} m")
    return Drawing(source, name, line, points, tuple(notices))


def _one_line(found: BaseGeometry, epsg: int) -> tuple[LineString, list[str]]:
    """Return a line through all parts in the order given, with the jumps between them told."""
    if isinstance(found, LineString):
        return found, []
    parts = list(found.geoms) if isinstance(found, MultiLineString) else []
    ends = [to_xy([a.coords[-1], b.coords[0]], epsg) for a, b in pairwise(parts)]
    gaps = [float(np.hypot(*(b - a))) for a, b in ends]
    told = [
        f"the drawing is broken: part {i + 2} of {len(parts)} begins {gap:.0f} m from the end of "
        "the one before"
        for i, gap in enumerate(gaps) if gap > PART_M
    ]  # fmt: skip
    return LineString([xy for part in parts for xy in part.coords]), told


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        # A name no file can have: too long, or with a zero byte in it.
        return False


def _in_file(path: Path) -> object:
    """Return the lon/lat geometry a file holds."""
    if path.stat().st_size > MOST_BYTES:
        raise InputError(f"{path.name}: more than {MOST_BYTES // 1_000_000} MB; give one way alone")
    begin = path.read_bytes()[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    if begin.startswith(b"<"):
        return _in_gpx(path)
    if begin.startswith(b"{"):
        return _in_geojson(path)
    try:
        return shape_in_words(path.read_text("utf-8-sig"))
    except (InputError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name}: no line is in it; give {ENDINGS}") from error


def _in_geojson(path: Path) -> object:
    try:
        document: Any = json.loads(path.read_bytes().decode("utf-8-sig"))
        if isinstance(document, dict) and "coordinates" in document:
            with np.errstate(invalid="ignore"):  # what is no number is told of the shape
                return shape(document)
    except (ValueError, TypeError, RecursionError, shapely.GEOSException) as error:
        raise InputError(f"{path.name}: cannot be read ({shown(str(error), 60)})") from error
    raw = read_geojson(path, "route")
    for fault in raw.faults:
        raise InputError(f"{path.name}: {fault.problem}; {fault.remedy}")
    if raw.frame is None or len(raw.frame) != 1:
        count = 0 if raw.frame is None else len(raw.frame)
        raise InputError(f"{path.name}: {count} features; give one line, from start to end")
    return raw.frame.to_crs(LONLAT).geometry.iloc[0]


def _in_gpx(path: Path) -> BaseGeometry:
    """Return the tracks and routes of a GPX file as one geometry; entities are refused."""
    content = path.read_bytes()
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise InputError(f"{path.name}: a GPX file with entities in it is not read")
    try:
        root = ET.fromstring(content)  # noqa: S314 - what could grow was refused above
    except (ET.ParseError, ValueError, LookupError) as error:
        raise InputError(f"{path.name}: is no GPX ({shown(str(error), 60)})") from error
    try:
        lines = [line for line in _tracks(root) if len(line) > 1]
    except (KeyError, ValueError) as error:
        raise InputError(f"{path.name}: a point lacks lat or lon in degrees") from error
    if not lines:
        raise InputError(f"{path.name}: holds no track or route of two points")
    return LineString(lines[0]) if len(lines) == 1 else MultiLineString(lines)


def _tracks(root: ET.Element) -> Iterator[Sequence[tuple[float, float]]]:
    """Give the points of each segment of a track, of each route."""
    for group in root.iter():
        if group.tag.rpartition("}")[2] in ("trkseg", "rte"):
            yield [
                (float(point.attrib["lon"]), float(point.attrib["lat"]))
                for point in group if point.tag.rpartition("}")[2] in ("trkpt", "rtept")
            ]  # fmt: skip
