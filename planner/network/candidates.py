"""What a city file offers for the layers of a workspace."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from planner.layers.crs import to_degrees, to_metric
from planner.layers.schema import LAYERS
from planner.network.driven import driven
from planner.network.frontage import Frontage, assumed_entrances
from planner.network.gateways import find_gateways
from planner.network.hurdles import TABLES, Surroundings
from planner.network.lots import Around, staging_ground
from planner.network.naming import clean_name
from planner.network.room import Room
from planner.network.site_kinds import called
from planner.network.sites import mapped_entrances, public_facilities

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from planner.network.extent import Bounds
    from planner.network.graph import Network
    from planner.network.osm import Extract
    from planner.network.places import Places

WARD_M = 30.0
"""An entrance of an emergency ward this near is that of the hospital. Assumption."""
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Layers made from a file.

    Attributes
    ----------
    layers
        Frames by layer, EPSG:4326, with columns of the layer only.
    drops
        What was left out, by kind.
    without_gate
        Ids of facilities that have no entrance, not even an assumed one.
    """

    layers: Mapping[str, GeoDataFrame]
    drops: Mapping[str, int]
    without_gate: tuple[str, ...]


def find_candidates(
    places: Places, network: Network, area: Bounds, bounds: Bounds, extract: Extract | None = None
) -> Candidates:
    """Turn what a file knows into facilities, entrances, gateways, staging sites and stops.

    Parameters
    ----------
    area
        West, south, east, north in degrees: gateways lie on its edge.
    bounds
        Likewise: what lies outside is left out.
    extract
        Raw roads, which tell tunnels.
    """
    epsg = network.epsg
    facilities, left_out = public_facilities(_metric(places.facilities, epsg, bounds))
    lots, lots_out = _staging(places, epsg, bounds, extract)
    doors = mapped_entrances(facilities, _metric(places.entrances, epsg, bounds))
    driven = set(doors.loc[doors["kind"] != "foot", "facility_id"])
    bare = facilities[~facilities["id"].isin(driven)]
    tables = {name: to_metric(getattr(places, name), epsg) for name in TABLES}
    frontage = Frontage(network, Surroundings.of(network, extract, tables))
    assumed = assumed_entrances(bare, frontage, epsg=epsg)
    lots["name"] = _names(lots, frontage.streets_near(lots.geometry))
    layers = {
        "facilities": to_degrees(facilities),
        "entrances": _stacked(to_degrees(doors), assumed),
        "gateways": find_gateways(network, area),
        "staging_sites": to_degrees(lots),
        "support_stops": support_stops(places, epsg, bounds),
    }
    without = set(bare["id"]) - set(assumed["facility_id"])
    layers = {key: _only_schema(frame, key) for key, frame in layers.items()}
    return Candidates(layers, {**left_out, **lots_out}, tuple(sorted(without)))


def _staging(
    places: Places, epsg: int, bounds: Bounds, extract: Extract | None
) -> tuple[GeoDataFrame, Mapping[str, int]]:
    near = {
        name: _metric(getattr(places, name), epsg, bounds)
        for name in ("buildings", "water", "green", "rails", "facilities", "disabled_spaces", "quiet_places",
                     "car_parks", "squares", "yards")
    }  # fmt: skip
    ways = driven(extract, epsg)
    room = Room.of(
        near["buildings"], water=near["water"], green=near["green"], rails=near["rails"],
        roads=ways.roads,
    )  # fmt: skip
    shapes = (
        np.asarray(near[name].geometry.array, object)
        for name in ("disabled_spaces", "facilities", "quiet_places")
    )
    around = Around(room, ways, *shapes)
    return staging_ground(near["car_parks"], near["squares"], near["yards"], around)


def _names(lots: GeoDataFrame, streets: Sequence[Sequence[str]]) -> list[str]:
    """Return what each lot is called: its own name, else by its street; by two where one is not enough."""
    own = [clean_name(name) for name in lots["name"]]
    told = [" near ".join([called(kind), *near[:1]])
            for kind, near in zip(lots["kind"], streets, strict=True)]  # fmt: skip
    often = Counter(name for name, known in zip(told, own, strict=True) if not known)
    return [
        known or (" and ".join([name, *near[1:]]) if often[name] > 1 else name)
        for known, name, near in zip(own, told, streets, strict=True)
    ]


def _metric(frame: GeoDataFrame, epsg: int, bounds: Bounds) -> GeoDataFrame:
    return to_metric(frame[frame.intersects(shapely.box(*bounds))], epsg).reset_index(drop=True)


def _stacked(first: GeoDataFrame, second: GeoDataFrame) -> GeoDataFrame:
    import geopandas as gpd
    import pandas as pd

    return gpd.GeoDataFrame(pd.concat([first, second], ignore_index=True), crs=4326)


def _only_schema(frame: GeoDataFrame, layer: str) -> GeoDataFrame:
    names = [name for name in LAYERS[layer].names if name in frame.columns]
    return frame[[*names, "geometry"]]


def support_stops(places: Places, epsg: int, bounds: Bounds) -> GeoDataFrame:
    """Return stops for the crew within bounds as points, EPSG:4326."""
    metric = _metric(places.support_stops, epsg, bounds)
    metric["emergency"] = _emergency(metric, to_metric(places.keep_clear, epsg))
    points = to_degrees(metric.set_geometry(metric.geometry.representative_point()))
    inside = points[points.intersects(shapely.box(*bounds))].reset_index(drop=True)
    hours = [_hours(o, c) for o, c in zip(inside["opens"], inside["closes"], strict=True)]
    return inside.assign(
        id=["osm-" + i.replace("/", "-") for i in inside["osm_id"]],
        name=[clean_name(n) or k for n, k in zip(inside["name"], inside["kind"], strict=True)],
        opens=[opens for opens, _ in hours],
        closes=[closes for _, closes in hours],
    )


def _emergency(stops: GeoDataFrame, kept: GeoDataFrame) -> NDArray[np.object_]:
    """Return whether each hospital takes emergencies; an emergency ward at it tells that it does."""
    wards = kept.geometry[kept["kind"] == "hospital entrance"].union_all()
    at_ward = stops.geometry.dwithin(wards, WARD_M) & (stops["kind"] == "hospital")
    told = stops["emergency"].mask(at_ward & (stops["emergency"] != "no"), "yes")
    return np.asarray(told, object)


def _hours(opens: str, closes: str) -> tuple[str, str]:
    """Return hours as mapped, ("", "") where they are unknown or no hours."""
    sound = _CLOCK.fullmatch(opens) and _CLOCK.fullmatch(closes)
    if not sound or opens in (closes, "24:00"):
        return "", ""
    return opens, closes
