"""Raw facts of an OpenStreetMap file: ways, nodes that matter, turn restrictions."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.network import opl
from planner.network.clip import clipped

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TRAVELLERS = ("access", "vehicle", "motor_vehicle", "motorcar", "goods", "psv", "bus", "coach",
               "tourist_bus", "foot", "wheelchair")  # fmt: skip
_SIZES = ("maxheight", "maxwidth", "maxlength", "maxweight", "maxweightrating", "maxaxleload")

WAY_KEYS: tuple[str, ...] = (
    "highway", "route", "name", "ref", "junction", "area", "service", "footway", "bridge",
    "tunnel", "layer", "covered", "indoor", "toll", "barrier", "lit", "motorroad", "ford",
    "conveying", "opening_hours", "hgv", "busway", "crossing",
    "sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right",
    *_TRAVELLERS,
    *(f"{key}:{side}" for key in _TRAVELLERS[:10] for side in ("forward", "backward")),
    *(f"{key}:conditional" for key in _TRAVELLERS),
    "motor_vehicle:forward:conditional", "motor_vehicle:backward:conditional",
    "vehicle:forward:conditional", "vehicle:backward:conditional",
    "oneway", "oneway:conditional", *(f"oneway:{key}" for key in _TRAVELLERS[1:10]),
    "maxspeed", "maxspeed:forward", "maxspeed:backward", "maxspeed:conditional",
    "maxspeed:type", "source:maxspeed", "zone:maxspeed", "zone:traffic",
    *_SIZES, "maxheight:physical", "maxwidth:physical",
    *(f"{key}:{mode}" for key in _SIZES for mode in _TRAVELLERS[3:9]),
    *(f"{key}:conditional" for key in _SIZES),
    "lanes", "surface", "smoothness", "tracktype", "width", "est_width", "incline",
    "ramp", "ramp:wheelchair", "kerb", "duration", "emergency",
)  # fmt: skip
"""Tags of ways that are kept, as in the file."""

TURNING = frozenset({"turning_circle", "turning_loop", "mini_roundabout"})
"""Node values of ``highway`` with room to turn round."""

SIGNED = frozenset({"traffic_signals", "stop", "give_way", "crossing"})
"""Node values of ``highway`` that cost time."""

KEPT_KEYS = ("barrier", "ford")
"""Nodes with one of these keys are kept, besides those of ``TURNING`` and ``SIGNED``."""

_MISSING = 2147483647


@dataclass(frozen=True, slots=True)
class Restriction:
    """A turn restriction relation as it stands in the file.

    Attributes
    ----------
    id
        Relation id.
    tags
        All its tags.
    from_ways, via_nodes, via_ways, to_ways
        OSM ids of the members by role, in file order.
    """

    id: int
    tags: dict[str, str]
    from_ways: tuple[int, ...]
    via_nodes: tuple[int, ...]
    via_ways: tuple[int, ...]
    to_ways: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Extract:
    """What an OSM file says about roads, unjudged: `w` ways, `r` node references.

    Every way with a ``highway`` tag (footways too) and every ferry is here, in file order,
    whatever cars may do on it.

    Attributes
    ----------
    way_id
        int64[w]; may repeat when the file repeats a way.
    ref_start
        int64[w + 1]; way `i` runs over ``refs[ref_start[i]:ref_start[i + 1]]``.
    refs
        int64[r]; OSM node ids in drawing order.
    lonlat
        float64[r, 2]; degrees (EPSG:4326) as in the file, even (0, 0) or out of range;
        NaN where the node is not in the file or lies outside ``bbox``.
    tag_code
        int32[len(WAY_KEYS), w]; index into ``values``, 0 where a way lacks the key.
    values
        Distinct tag values; the first is "".
    node_id
        int64[b]; nodes of these ways with a key of ``KEPT_KEYS``, or a ``highway`` of ``TURNING``
        or ``SIGNED``.
    node_tags
        Their tags, all of them.
    restrictions
        Turn restrictions of every kind at one of these ways, conditional and via-way ones included.
    bbox
        (west, south, east, north) in degrees, None for the whole file.
    extract_date
        ISO date-time of the file's header, "" when it tells none.
    counts
        What was read and dropped here, in words fit to print.
    """

    way_id: NDArray[np.int64]
    ref_start: NDArray[np.int64]
    refs: NDArray[np.int64]
    lonlat: NDArray[np.float64]
    tag_code: NDArray[np.int32]
    values: tuple[str, ...]
    node_id: NDArray[np.int64]
    node_tags: tuple[dict[str, str], ...]
    restrictions: tuple[Restriction, ...]
    bbox: tuple[float, float, float, float] | None = None
    extract_date: str = ""
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def n_ways(self) -> int:
        """Number of ways."""
        return len(self.way_id)

    def codes(self, key: str) -> NDArray[np.int32]:
        """Return int32[w], indices into ``values``, of one key of ``WAY_KEYS``."""
        codes: NDArray[np.int32] = self.tag_code[WAY_KEYS.index(key)]
        return codes

    @cached_property
    def keys_said(self) -> frozenset[str]:
        """The keys of ``WAY_KEYS`` that any way has."""
        said = np.flatnonzero(self.tag_code.any(axis=1)).tolist()
        return frozenset(WAY_KEYS[row] for row in said)

    def tags(self, way: int) -> dict[str, str]:
        """Return the kept tags of the way at one row."""
        column = self.tag_code[:, way].tolist()
        return {key: self.values[code] for key, code in zip(WAY_KEYS, column, strict=True) if code}

    def tags_of(self, ways: NDArray[np.intp]) -> list[dict[str, str]]:
        """Return the kept tags of the ways at some rows, one by one what ``tags`` tells."""
        codes = self.tag_code[:, ways].T
        tags: list[dict[str, str]] = [{} for _ in ways]
        way, key = np.nonzero(codes)
        said = zip(way.tolist(), key.tolist(), codes[way, key].tolist(), strict=True)
        for i, k, code in said:
            tags[i][WAY_KEYS[k]] = self.values[code]
        return tags

    @cached_property
    def row_of(self) -> dict[int, int]:
        """Row of each way id; the first where an id repeats."""
        return {way: row for row, way in reversed(list(enumerate(self.way_id.tolist())))}

    def to_arrays(self) -> dict[str, Any]:
        """Return the extract as arrays, string lists and JSON text to be stored."""
        rules = [
            [r.id, r.tags, r.from_ways, r.via_nodes, r.via_ways, r.to_ways]
            for r in self.restrictions
        ]
        key, way = np.nonzero(self.tag_code)
        return {
            "way_id": self.way_id, "ref_start": self.ref_start, "refs": self.refs,
            "place": _places_of(self.lonlat),
            # Most ways lack most keys: only what is said is kept, key by key.
            "tag_start": np.searchsorted(key, np.arange(len(WAY_KEYS) + 1)),
            "tag_way": way.astype(np.int32), "tag_is": self.tag_code[key, way],
            "values": list(self.values), "way_keys": list(WAY_KEYS),
            "node_id": self.node_id, "node_tags": json.dumps(self.node_tags),
            "restrictions": json.dumps(rules), "bbox": json.dumps(self.bbox),
            "extract_date": self.extract_date, "counts": dict(self.counts),
        }  # fmt: skip

    @classmethod
    def from_arrays(cls, arrays: dict[str, Any]) -> Extract:
        """Return the extract that ``to_arrays`` described."""
        rules = tuple(
            Restriction(r[0], r[1], *(tuple(ids) for ids in r[2:]))
            for r in json.loads(arrays["restrictions"])
        )
        bbox = json.loads(arrays["bbox"])
        return cls(
            np.asarray(arrays["way_id"], np.int64),
            np.asarray(arrays["ref_start"], np.int64),
            np.asarray(arrays["refs"], np.int64),
            _degrees(np.asarray(arrays["place"], np.int32)),
            _codes_of(arrays),
            tuple(arrays["values"]),
            np.asarray(arrays["node_id"], np.int64),
            tuple(json.loads(arrays["node_tags"])),
            rules,
            tuple(bbox) if bbox else None,
            str(arrays["extract_date"]),
            {str(key): int(count) for key, count in arrays["counts"].items()},
        )


def _codes_of(arrays: dict[str, Any]) -> NDArray[np.int32]:
    """Return int32[len(WAY_KEYS), w]: the tags as stored, whatever keys there were then."""
    stored = list(arrays["way_keys"])
    code = np.zeros((len(WAY_KEYS), len(arrays["way_id"])), np.int32)
    for row, key in enumerate(WAY_KEYS):
        if key not in stored:
            continue
        at = stored.index(key)
        if "tag_code" in arrays:
            # Older workspaces hold a cell for every key of every way.
            code[row] = arrays["tag_code"][at]
        else:
            said = slice(*arrays["tag_start"][at : at + 2].tolist())
            code[row, arrays["tag_way"][said]] = arrays["tag_is"][said]
    return code


def read_extract(
    path: str | Path, *, bbox: tuple[float, float, float, float] | None = None
) -> Extract:
    """Read the raw facts of an OSM file: PBF or XML, plain or packed by gzip or bzip2.

    Parameters
    ----------
    path
        The file; told by what it holds, not by its name. Its objects may stand in any order.
    bbox
        (west, south, east, north) in degrees; ways wholly outside are left out, and nodes
        outside of a way that enters are marked missing, so that roads end at the edge.

    Raises
    ------
    NetworkError
        The file is missing, cut short, not an OSM file or holds no road.
    """
    path = Path(path)
    passes = opl.run_passes(path)
    counts: dict[str, int] = {}
    fields = passes.ways.split()
    way_id, tags = opl.read_ids(fields[0::3]), opl.read_tags(fields[1::3], WAY_KEYS)
    start, refs = opl.read_refs(fields[2::3])
    del fields
    lonlat = _places(passes, refs)
    counts["ways read"] = len(way_id)
    road = _is_road(tags)
    counts["ways ignored: a route that is no ferry"] = int((~road).sum())
    keep = np.repeat(road, np.diff(start))
    start = np.concatenate([[0], np.cumsum(np.diff(start)[road])])
    whole = Extract(
        way_id[road], start, refs[keep], lonlat[keep], _of_roads(tags.code, road), tags.values,
        np.empty(0, np.int64), (), (), None, passes.extract_date, counts,
    )  # fmt: skip
    extract = clipped(whole, bbox, file=path.name)
    node_id, node_tags = _special_nodes(passes.nodes, extract.refs)
    rules = _restrictions(passes.relations, extract.way_id)
    return replace(extract, node_id=node_id, node_tags=node_tags, restrictions=rules)


def _places_of(lonlat: NDArray[np.float64]) -> NDArray[np.int32]:
    return np.where(np.isfinite(lonlat), np.rint(lonlat * 1e7), _MISSING).astype(np.int32)


def _degrees(place: NDArray[np.int32]) -> NDArray[np.float64]:
    # Division gives the double nearest to the decimal in the file; a product would not.
    return np.where(place == _MISSING, np.nan, place / 1e7)


def _places(passes: opl.Passes, refs: NDArray[np.int64]) -> NDArray[np.float64]:
    if not len(passes.node_id):
        return np.full((len(refs), 2), np.nan)
    at = np.minimum(np.searchsorted(passes.node_id, refs), len(passes.node_id) - 1)
    place = passes.node_place[at]
    place[passes.node_id[at] != refs] = _MISSING
    return _degrees(place)


def _of_roads(code: NDArray[np.int32], road: NDArray[np.bool_]) -> NDArray[np.int32]:
    # Most keys are on no way of a city: their rows stay untouched zeros, which cost no memory.
    kept = np.zeros((len(code), int(road.sum())), np.int32)
    for key in np.flatnonzero(code.any(axis=1)).tolist():
        kept[key] = code[key, road]
    return kept


def _is_road(tags: opl.TagTable) -> NDArray[np.bool_]:
    highway = tags.code[WAY_KEYS.index("highway")] > 0
    ferry = [i for i, value in enumerate(tags.values) if value == "ferry"]
    road: NDArray[np.bool_] = highway | np.isin(tags.code[WAY_KEYS.index("route")], ferry)
    return road


def _special_nodes(
    text: bytes, refs: NDArray[np.int64]
) -> tuple[NDArray[np.int64], tuple[dict[str, str], ...]]:
    # Most nodes with a highway tag are stops and lamps: a search of bytes tells them apart.
    marks = [f"{key}=".encode() for key in KEPT_KEYS]
    marks += [f"highway={value}".encode() for value in sorted(TURNING | SIGNED)]
    wanted = re.compile(b"[T,](?:" + b"|".join(marks) + b")")
    lines = [line for line in text.splitlines() if wanted.search(line)]
    parts = [line.split(b" ") for line in lines]
    node_id = np.array([int(part[0][1:]) for part in parts], np.int64)
    on_way = _hit(node_id, refs)
    found = (
        opl.tag_dict(part[1]) for part, keep in zip(parts, on_way.tolist(), strict=True) if keep
    )
    return node_id[on_way], tuple(found)


def _hit(few: NDArray[np.int64], many: NDArray[np.int64]) -> NDArray[np.bool_]:
    # isin would sort the many.
    known = np.unique(few)
    if not len(known):
        return np.zeros(len(few), bool)
    at = np.minimum(np.searchsorted(known, many), len(known) - 1)
    seen = np.zeros(len(known), bool)
    seen[at[known[at] == many]] = True
    return seen[np.searchsorted(known, few)]


def _restrictions(text: bytes, way_id: NDArray[np.int64]) -> tuple[Restriction, ...]:
    rules = []
    for line in text.splitlines():
        head, tags, members = line.split(b" ")
        by_role: dict[tuple[str, str], list[int]] = {}
        for kind, ident, role in opl.members(members):
            by_role.setdefault((kind, role), []).append(ident)
        # A way without a role can only be the one that is missing: where the movement leads.
        led_to = by_role.get(("w", "to")) or by_role.get(("w", ""), [])
        from_ways, via_nodes, via_ways = (
            tuple(by_role.get(key, ())) for key in (("w", "from"), ("n", "via"), ("w", "via"))
        )
        rules.append(
            Restriction(
                int(head[1:]), opl.tag_dict(tags), from_ways, via_nodes, via_ways, tuple(led_to)
            )
        )
    known = set(way_id.tolist())
    # One without any way of this extract belongs to another place.
    return tuple(r for r in rules if known.intersection(r.from_ways + r.via_ways + r.to_ways))
