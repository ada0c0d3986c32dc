"""What the tags of OpenStreetMap mean here: the one place to add a kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Tags = Mapping[str, str]
Table = Mapping[tuple[str, str], str]
"""(key, value) to kind; keys are tried in the order they first appear; "*" is any value."""

FACILITY_KINDS: Table = {
    ("amenity", "courthouse"): "courthouse",
    ("amenity", "townhall"): "town hall",
    ("amenity", "police"): "police",
    ("amenity", "fire_station"): "fire station",
    ("amenity", "hospital"): "hospital",
    ("amenity", "embassy"): "embassy",
    ("office", "diplomatic"): "embassy",
    ("diplomatic", "*"): "embassy",
    ("office", "government"): "government office",
    ("amenity", "public_building"): "public building",
    ("building", "government"): "government office",
    ("building", "public"): "public building",
    ("amenity", "library"): "library",
    ("amenity", "university"): "university",
    ("amenity", "college"): "college",
    ("amenity", "prison"): "prison",
    ("amenity", "bus_station"): "bus station",
}
STOP_KINDS: Table = {
    ("amenity", "hospital"): "hospital",
    ("amenity", "police"): "police",
    ("amenity", "fire_station"): "fire",
    ("amenity", "fuel"): "fuel",
    ("amenity", "toilets"): "toilets",
    ("amenity", "restaurant"): "food",
    ("amenity", "fast_food"): "food",
    ("amenity", "cafe"): "food",
    ("amenity", "food_court"): "food",
    ("highway", "rest_area"): "rest",
    ("highway", "services"): "rest",
    ("tourism", "picnic_site"): "rest",
}
WATER: Table = {
    ("natural", "water"): "water",
    ("waterway", "riverbank"): "river",
    ("waterway", "dock"): "dock",
    ("landuse", "reservoir"): "reservoir",
    ("landuse", "basin"): "basin",
}
GREEN: Table = {
    ("leisure", "park"): "park",
    ("leisure", "garden"): "garden",
    ("leisure", "common"): "park",
    ("leisure", "dog_park"): "park",
    ("leisure", "playground"): "playground",
    ("leisure", "pitch"): "pitch",
    ("leisure", "golf_course"): "golf course",
    ("leisure", "nature_reserve"): "nature reserve",
    ("landuse", "grass"): "grass",
    ("landuse", "forest"): "forest",
    ("landuse", "cemetery"): "cemetery",
    ("amenity", "grave_yard"): "cemetery",
    ("landuse", "meadow"): "meadow",
    ("landuse", "recreation_ground"): "recreation ground",
    ("landuse", "village_green"): "grass",
    ("natural", "wood"): "forest",
    ("natural", "scrub"): "scrub",
    ("natural", "heath"): "heath",
    ("natural", "grassland"): "grass",
}
WATERWAYS: Table = {("waterway", kind): kind for kind in ("river", "canal", "stream")}
RAILS: Table = {
    ("railway", kind): kind
    for kind in ("rail", "light_rail", "tram", "subway", "narrow_gauge", "funicular", "monorail")
}

QUIET_KINDS: Table = {
    ("amenity", "school"): "school",
    ("amenity", "kindergarten"): "kindergarten",
    ("amenity", "childcare"): "kindergarten",
    ("amenity", "hospital"): "hospital",
    ("amenity", "clinic"): "clinic",
}
CLEAR_KINDS: Table = {
    ("amenity", "fire_station"): "fire station",
    ("amenity", "bus_station"): "bus station",
    ("amenity", "taxi"): "taxi stand",
    ("emergency", "ambulance_station"): "ambulance station",
    ("emergency", "emergency_ward_entrance"): "hospital entrance",
    ("emergency", "landing_site"): "helipad",
    ("aeroway", "helipad"): "helipad",
}
"""What is to be kept clear of vehicles that wait, beside the grounds of ``QUIET_KINDS``."""
CLEAR_NODES = tuple(pair for pair in CLEAR_KINDS if pair[0] in ("emergency", "aeroway"))
TRANSIT_KINDS = ("train", "subway", "tram", "ferry", "bus")
"""Kinds of public transport stops, the one that counts first where tags name several."""


def kind_of(table: Table, unless: Callable[[Tags], bool] | None = None) -> Callable[[Tags], str]:
    """Return a function from tags to a kind of the table, "" for none or where ``unless`` holds."""
    keys = tuple(dict.fromkeys(key for key, _ in table))

    def kind(tags: Tags) -> str:
        if unless is not None and unless(tags):
            return ""
        for key in keys:
            value = tags.get(key)
            if value is not None:
                found = table.get((key, value)) or table.get((key, "*"))
                if found:
                    return found
        return ""

    return kind
