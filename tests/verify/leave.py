"""Sites, fallbacks, places to hold whose rows keep a vehicle off, and rows that let it in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shapely.geometry import box

from tests.verify.moving import move
from tests.verify.town import Change, Town

WINDOW = {"opens": "06:30", "closes": "09:00"}
"""From 90 minutes before the arrival to 60 after it: the window itself, by the clock."""


def row(**cells: Any) -> Change:
    """Return a change that writes cells into the row of the one site."""
    return lambda town: town.rows.update({"site-1": cells})


def moved_to(place: str, **cells: Any) -> Change:
    """Return a change that makes a yard of its own the fallback or the place to hold."""

    def change(town: Town) -> None:
        moved = move(town)
        town.document["staging"].pop()
        if place == "fallback":
            moved["hold_points"].clear()
        else:
            moved["fallback"] = None
        town.rows["site-2"] = cells

    return change


def _for(profile: str, **cells: Any) -> Change:
    """A plan of sites alone: this town's streets are looked at for a car elsewhere."""

    def change(town: Town) -> None:
        town.document |= {"profile": profile, "origins": [], "feasible": False}
        town.rows["site-1"] = cells

    return change


BARS: Mapping[str, Change] = {
    "a site that shuts a minute before the window ends": row(opens="06:30", closes="08:59"),
    "a site that opens a minute after the window begins": row(opens="06:31", closes="09:00"),
    "a site that is shut on a Monday": row(hours="Tu-Su 00:00-24:00"),
    "a site that shuts for a while in the window": row(hours="Mo 06:00-07:10,07:15-10:00"),
    "a site whose hours were not readable": row(hours="unknown"),
    "a site whose hours hold in school holidays alone": row(hours="SH 00:00-24:00"),
    "a site that waits for permission": row(access="permission"),
    "a site that is closed to the public, off the facility": row(access="private"),
    "a site of an access nobody knows": row(access="members"),
    "a site for coaches, in a plan for cars": row(vehicles="buses"),
    "a site that no car fits into": row(maxheight_m=1.99),
    "a site that no van fits into": _for("van", maxheight_m=2.7),
    "a site that bars coaches": _for("bus", vehicles="cars"),
    "a fallback that is shut in the window": moved_to("fallback", opens="07:00", closes="24:00"),
    "a fallback where one may stay an hour": moved_to("fallback", maxstay_min=60),
    "a place to hold that waits for permission": moved_to("hold", access="permission"),
    "a place to hold under a beam": moved_to("hold", maxheight_m=1.5),
}

BREAKS: Mapping[str, tuple[str, Change]] = {
    **{what: ("site_allowed", change) for what, change in BARS.items()},
    "a site that the layer does not have": (
        "site_allowed", lambda town: town.the_site.update(id="site-9")),
}  # fmt: skip


def _own(town: Town) -> None:
    """Half of the site lies on the facility."""
    town.outline = box(999, -50, 1100, -10)
    town.rows["site-1"] = {"access": "private", "maxstay_min": 30}


RIGHT: dict[str, Change] = {
    "a site is open from the first to the last minute of the window": row(**WINDOW),
    "a site is open by the day": row(hours="Mo-Fr 06:30-09:00; PH off"),
    "one may stay as long as the window": row(maxstay_min=150),
    "a short stay does not bind where more is granted": row(access="granted", maxstay_min=30),
    "a car fits by a hair": row(maxheight_m=2.0),
    "a site for cars takes a van": _for("van", vehicles="cars", maxheight_m=2.8),
    "a site for coaches takes one": _for("bus", vehicles="buses"),
    "a site is on the facility's own ground": _own,
    "cells of a row are empty": row(access="", vehicles=None, opens="", hours=None, maxstay_min=None),
    "a fallback is open in the window": moved_to("fallback", **WINDOW),
}  # fmt: skip
