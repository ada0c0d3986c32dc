"""Which things of the map are ground to wait on, by tag: the one place to add one."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from planner.layers.site_access import PERMISSION, PRIVATE, PUBLIC
from planner.network.kinds import Table, Tags, kind_of
from planner.network.site_tags import Leave, leave_of

if TYPE_CHECKING:
    from collections.abc import Mapping

SURFACE = "surface"
COVERED_PARKING: Mapping[str, str] = MappingProxyType({
    "underground": "underground",
    "multi-storey": "multi-storey",
    "rooftop": "rooftop",
    "garage_boxes": "garages",
    "carports": "garages",
    "sheds": "garages",
    "street_side": "street side",
    "lane": "street side",
    "on_kerb": "street side",
    "half_on_kerb": "street side",
    "layby": "street side",
})  # fmt: skip
"""Value of ``parking`` to the kind of a car park that is no open lot."""

_GARAGE = re.compile(
    r"parkhaus|\bq-?park\b|parkdeck|tiefgarage|\bgarages?\b|\bparking (?:deck|structure|ramp|tower)\b|multi-?storey"
    r"|pysäköinti(?:talo|halli|laitos)|parkeringshus|(?:parque|aparcamiento|parking) subterr",
    re.IGNORECASE,
)
"""Names of car parks under a roof, for want of the tag ``parking``."""

_LEVEL_BELOW = re.compile(r"-[1-9]\d*(?:[.]\d+)?")

SQUARES: Table = {
    ("place", "square"): "square",
    ("highway", "pedestrian"): "square",
    ("amenity", "marketplace"): "market place",
}
"""Public ground made for people on foot: for first aid, or by leave of who keeps it."""

YARDS: Table = {("industrial", "depot"): "service yard", ("landuse", "depot"): "service yard"}
"""Ground where service vehicles stand: works yards of towns and road services, bus depots. Other
industrial ground, warehouses and works are closed to the public, nor made to wait on."""

_OTHER_DEPOTS = frozenset(
    {"railway", "train", "rail", "tram", "subway", "container", "containers", "building_material",
     "oil", "fuel"}
)  # fmt: skip
"""Values of ``depot`` where rails or goods take the ground."""


class SiteKind(NamedTuple):
    """What holds of a kind of ground where its tags tell nothing.

    Attributes
    ----------
    access
        Who may drive in.
    named_only
        Whether tags must name vehicles to let them in.
    nearby
        How a site without a name is called, before its street.
    """

    access: str
    named_only: bool
    nearby: str


SITE_KINDS: Mapping[str, SiteKind] = MappingProxyType({
    "car park": SiteKind(PUBLIC, named_only=False, nearby="Car park"),
    "square": SiteKind(PERMISSION, named_only=True, nearby="Square"),
    "market place": SiteKind(PERMISSION, named_only=True, nearby="Market place"),
    "service yard": SiteKind(PRIVATE, named_only=False, nearby="Service yard"),
})  # fmt: skip
"""Kinds of staging sites that the map offers."""


def called(kind: str) -> str:
    """Return how a site without a name is called.

    >>> called("square"), called("car park, size assumed")
    ('Square', 'Car park')
    """
    return SITE_KINDS[kind.partition(",")[0]].nearby


def car_park(tags: Tags) -> str:
    """Return the kind of a car park, "" for none: surface, or what covers it."""
    if tags.get("amenity") != "parking":
        return ""
    if "parking" not in tags and _GARAGE.search(tags.get("name", "")):
        return "multi-storey"
    kind = COVERED_PARKING.get(tags.get("parking", ""), SURFACE)
    below = "parking" not in tags and _is_below(tags)
    if kind == SURFACE and (below or is_buried(tags)):
        return "underground"
    if "parking" not in tags and tags.get("indoor", "no") != "no":
        return "multi-storey"
    building = tags.get("building", "no")
    return "multi-storey" if kind == SURFACE and building != "no" else kind


def _is_below(tags: Tags) -> bool:
    """Tell whether every level or layer that is told lies below the street.

    >>> _is_below({"level": "-1;-2"}), _is_below({"level": "0;-1"}), _is_below({"layer": "-1"})
    (True, False, True)
    """
    told = [part for key in ("level", "layer") for part in tags.get(key, "").split(";") if part]
    return bool(told) and all(_LEVEL_BELOW.fullmatch(part.strip()) for part in told)


def _off_street_level(tags: Tags) -> bool:
    """Tell whether a square lies indoors, in a tunnel, under a roof, on a deck or in a car park."""
    inside = any(tags.get(key, "no") != "no" for key in ("tunnel", "covered", "indoor", "bridge"))
    raised = tags.get("layer", "0") != "0" or tags.get("level", "0") != "0"
    return inside or raised or tags.get("amenity") == "parking"


def _no_yard(tags: Tags) -> bool:
    return tags.get("depot", "") in _OTHER_DEPOTS or is_buried(tags)


def is_buried(tags: Tags) -> bool:
    """Tell whether a thing lies in a tunnel or under the ground."""
    return tags.get("tunnel", "no") != "no" or tags.get("location") == "underground"


square = kind_of(SQUARES, _off_street_level)
yard = kind_of(YARDS, _no_yard)


def disabled_space(tags: Tags) -> str:
    """Return "disabled" for a single space kept for people with reduced mobility, else ""."""
    single = tags.get("amenity") == "parking_space"
    told = (tags.get("parking_space"), tags.get("access:disabled"), tags.get("disabled"))
    return "disabled" if single and ("disabled" in told or "designated" in told) else ""


def leave(tags: Tags) -> Leave:
    """Return who may drive onto a car park, a square or a yard."""
    kind = SITE_KINDS[square(tags) or yard(tags) or "car park"]
    return leave_of(tags, untold=kind.access, named_only=kind.named_only)
