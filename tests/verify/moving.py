"""Movement about the site of the hand-drawn town, right in every respect, to be broken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from shapely.geometry import LineString, Polygon, box

from tests.verify.town import ARRIVE, Change, Town, lonlat

WINDOW = ARRIVE - timedelta(minutes=90)
"""When the site is to be taken."""


def move(town: Town) -> dict[str, Any]:
    """Give the site a movement, the town a second site to fall back to; return the movement."""
    lon, lat = lonlat(525, -30)
    second = {
        "id": "site-2", "name": "West yard", "rank": 2, "lon": lon, "lat": lat,
        "area_m2": 1000.0, "room_for": 33,
        "ways": [town.site_way("gw-west", (6, 5, 1)), town.site_way("gw-south", (6, 7, 8))],
    }  # fmt: skip
    town.yards["site-2"] = box(505, -50, 545, -10)
    town.document["staging"].append(second)
    way_in = town.site_way("gw-west", (1, 2, 3, 7))
    depart = (WINDOW - timedelta(seconds=way_in["time_s"])).isoformat()
    way_in |= {"leave_by": depart, "depart": depart, "arrive": WINDOW.isoformat(),
               "max_risk": 0.0, "clear": True}  # fmt: skip
    to = town.site_way("", (7, 6))
    over = town.route("hand_over", ((40, (7, 3)), (12, (3, 4)))) | {"id": "site-1:hand_over"}
    moved = {
        "ways_in": [way_in], "hand_over": over,
        "hold_points": [{"id": "site-2", "lon": lon, "lat": lat, "time_s": 60}],
        "fallback": to | {"site": "site-2", "lon": lon, "lat": lat, "shared_m": 0.0},
    }  # fmt: skip
    town.the_site["movement"] = moved
    return moved


def broken(breaks: Callable[[Town, dict[str, Any]], object]) -> Change:
    """Return a change that gives the site a movement and breaks it."""
    return lambda town: breaks(town, move(town))


def _road_through_the_hold(town: Town, moved: dict[str, Any]) -> None:
    """A car park whose outline holds 100 m of a street with houses."""
    lon, lat = lonlat(700, -5)
    town.yards["yard-3"] = box(650, -20, 750, 10)
    moved["hold_points"][0] |= {"id": "yard-3", "lon": lon, "lat": lat}


def _closed_area_on_the_hold(town: Town, moved: dict[str, Any]) -> None:
    lon, lat = lonlat(700, -30)
    town.yards["yard-3"] = box(680, -50, 720, -10)
    moved["hold_points"][0] |= {"id": "yard-3", "lon": lon, "lat": lat}
    town.close(box(695, -35, 700, -30))


def _crowd_on(shape: Polygon, minutes: tuple[float, float]) -> Callable[[Town, Any], object]:
    return lambda town, _: town.gather(shape, 0.05, minutes)


MOVES: Mapping[str, Change] = {
    "move_lengths": broken(lambda _, moved: moved["fallback"].update(length_m=100.0)),
    "move_ways_in": broken(
        lambda _, moved: moved["ways_in"][0].update(
            leave_by=WINDOW.isoformat(), depart=WINDOW.isoformat(),
            arrive=(WINDOW + timedelta(seconds=moved["ways_in"][0]["time_s"])).isoformat())),
    "move_ways_in_clear": broken(_crowd_on(box(200, 390, 240, 410), (-180, -89))),
    "move_hand_over": broken(lambda town, moved: moved.update(
        hand_over=town.route("hand_over", ((12, (3, 4)),)) | {"id": "site-1:hand_over"})),
    "move_holds": broken(_road_through_the_hold),
    "move_fallback": broken(lambda _, moved: moved["fallback"].update(site="site-1")),
}  # fmt: skip
"""By name of a rule what it alone finds."""

BREAKS: Mapping[str, tuple[str, Change]] = {
    "a way in too fast for a car": (
        "move_lengths", broken(lambda _, moved: moved["fallback"].update(time_s=1))),
    "a way in from a gateway that is not told": (
        "move_ways_in", broken(lambda _, moved: moved["ways_in"][0].update(gateway="gw-x"))),
    "a way in that ends elsewhere": (
        "move_ways_in", broken(lambda town, moved: moved["ways_in"][0].update(
            geometry=town.site_way("", (1, 2, 3))["geometry"],
            length_m=town.site_way("", (1, 2, 3))["length_m"]))),
    "a way in that is called clear at a risk": (
        "move_ways_in_clear", broken(lambda _, moved: moved["ways_in"][0].update(max_risk=0.4))),
    "a way in through a closure": (
        "move_ways_in_clear", broken(lambda town, _: town.close(
            LineString([(100, 400), (300, 400)]), (-180, -89)))),
    "a hand-over that is not clear": (
        "move_hand_over", broken(lambda town, moved: moved["hand_over"].update(
            town.route("hand_over", ((40, (7, 3)), (12, (3, 4))), risk=0.2)
            | {"id": "site-1:hand_over"}))),
    "a hand-over through a closed street": (
        "closure", broken(lambda town, _: town.close(LineString([(1100, 400), (1300, 400)])))),
    "a place to hold that is the site itself": (
        "move_holds", broken(lambda _, moved: moved["hold_points"][0].update(id="site-1"))),
    "a place to hold that the layer does not have": (
        "move_holds", broken(lambda _, moved: moved["hold_points"][0].update(id="kerb"))),
    "four places to hold": (
        "move_holds", broken(lambda _, moved: moved.update(
            hold_points=moved["hold_points"] * 4))),
    "a place to hold in a closed area": (
        "move_holds", broken(_closed_area_on_the_hold)),
    "a fallback that is no site": (
        "move_fallback", broken(lambda _, moved: moved["fallback"].update(site="site-9"))),
    "a fallback that is shown elsewhere": (
        "move_fallback", broken(lambda _, moved: moved["fallback"].update(
            zip(("lon", "lat"), lonlat(525, -400), strict=True)))),
    "a way to the fallback that ends elsewhere": (
        "move_fallback", broken(lambda town, moved: moved["fallback"].update(
            town.site_way("", (7, 8)) | {"site": "site-2"}))),
    "a way to the fallback on the way to the gate, not told": (
        "move_fallback", broken(lambda town, moved: moved["fallback"].update(
            town.site_way("", (7, 3, 2, 3, 7, 6)) | {"site": "site-2"}))),
}  # fmt: skip
