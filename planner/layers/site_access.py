"""Who may drive onto a staging site with what."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PUBLIC, GRANTED, PERMISSION, PRIVATE = "public", "granted", "permission", "private"

SITE_ACCESS: Mapping[str, str] = MappingProxyType(
    {
        PUBLIC: "anyone may drive in",
        GRANTED: "who keeps it has agreed that it is used",
        PERMISSION: "for first aid, or with the permission of who keeps it: a pedestrian square, "
        "a car park for customers; not used until it is granted",
        PRIVATE: "closed to the public: only for the facility on whose ground it lies",
    }
)
"""Word of the column ``access`` to what it says."""

ANY, CARS, BUSES = "any", "cars", "buses"

SITE_VEHICLES: Mapping[str, str] = MappingProxyType(
    {ANY: "no vehicle is barred", CARS: "cars and vans alone", BUSES: "buses and coaches alone"}
)
"""Word of the column ``vehicles`` to what it says."""


def stay_words(minutes: float) -> str:
    """Return how long one may stay.

    >>> stay_words(30), stay_words(90), stay_words(120)
    ('maximum stay 30 min', 'maximum stay 1.5 h', 'maximum stay 2 h')
    """
    hours = minutes >= 60 and not minutes % 30
    return f"maximum stay {minutes / 60:g} h" if hours else f"maximum stay {minutes:g} min"


LIT = ("yes", "no", "unknown")
