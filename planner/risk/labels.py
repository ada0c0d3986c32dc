"""What a zone is called: made from kind, street, time; never typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from planner.risk.ground import Streets

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, tzinfo
    from typing import Any

    from shapely.geometry.base import BaseGeometry

    from planner.network.graph import Network
    from planner.risk.parameters import RiskParameters

NAMED_WITHIN_M = 60.0
ALONG_M = 15.0
_KINDS = {
    "standing_assembly": "Standing assembly",
    "march": "March",
    "blockade": "Blockade",
    "encampment": "Encampment",
    "permitted_event": "Permitted event",
    "unknown_friction": "Unknown friction",
}


def zone_label(zone: Mapping[str, Any], where: str, timezone: tzinfo) -> str:
    """Return a label like ``Standing assembly, SW 3rd Avenue, 07:00-10:00``.

    ``zone`` is a row of the layer, ``where`` a street name or "". Days are named only when the
    window spans more than one.
    """
    start = zone["starts_at"].astimezone(timezone)
    end = zone["ends_at"].astimezone(timezone)
    kind = _KINDS.get(str(zone["kind"]), "Zone")
    if start.date() == end.date():
        when = f"{_clock(start)}-{_clock(end)}"
    else:
        when = f"{_day(start)} {_clock(start)} to {_day(end)} {_clock(end)}"
    return ", ".join(part for part in (kind, where, when) if part)


def kind_on(kind: str, where: str) -> str:
    """Return words for a zone inside a sentence; ``where`` is a street name or "".

    >>> kind_on("standing_assembly", "SW 3rd Avenue")
    'the standing assembly on SW 3rd Avenue'
    """
    return f"the {_KINDS.get(kind, 'zone').lower()}" + (f" on {where}" if where else "")


def _clock(when: datetime) -> str:
    return f"{when:%H:%M}"


def _day(when: datetime) -> str:
    return f"{when.day} {when:%b}"


def street_at(network: Network, geometry: BaseGeometry, parameters: RiskParameters) -> str:
    """Return the name of the street that a metric geometry runs along most, "" for none near.

    For a polygon or point, the named street with the greatest length within 15 m of it, or
    else the nearest within 60 m.
    """
    return street_among(Streets.of(network, parameters), geometry)


def street_among(streets: Streets, geometry: BaseGeometry) -> str:
    """Return the same of streets looked up before."""
    network = streets.network
    area = geometry.buffer(ALONG_M)
    arcs = streets.near(geometry.buffer(NAMED_WITHIN_M).bounds)
    arcs = streets.one_way_each(arcs[network.name[arcs] > 0])
    if not len(arcs):
        return ""
    lines = streets.lines(arcs)
    along = shapely.length(shapely.intersection(lines, area))
    if along.max() > 0:
        total = np.bincount(network.name[arcs], weights=along)
        return network.names[int(np.argmax(total))]
    gaps = shapely.distance(lines, geometry)
    nearest = int(np.argmin(gaps))
    return network.names[network.name[arcs[nearest]]] if gaps[nearest] <= NAMED_WITHIN_M else ""
