"""What a country's law implies where no sign is mapped: side of the road, default speeds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

MPH = 1.609344


class Limits(NamedTuple):
    """Default limits of cars in km/h; ``motorway`` inf where there is none."""

    urban: float
    rural: float
    trunk: float
    motorway: float
    living_street: float


@dataclass(frozen=True, slots=True)
class Country:
    """A country and its rules of the road.

    Attributes
    ----------
    code
        ISO 3166-1 alpha-2, "" when unknown.
    drives_on_left
        Side of the road.
    limits
        Default `Limits`.
    known
        Whether the limits are the country's own, not the common ones.
    """

    code: str
    drives_on_left: bool
    limits: Limits
    known: bool


WALK_KMH = 6.0
COMMON = Limits(50.0, 90.0, 100.0, 120.0, 10.0)
"""Assumption: taken for a country that is not in the table, alike in most."""

_NONE = float("inf")

LIMITS: Mapping[str, Limits] = MappingProxyType({
    "AR": Limits(60, 110, 120, 130, 20), "AT": Limits(50, 100, 100, 130, WALK_KMH),
    "AU": Limits(50, 100, 100, 110, 10), "BE": Limits(50, 70, 120, 120, 20),
    "BG": Limits(50, 90, 120, 140, 20), "BR": Limits(60, 100, 110, 110, 20),
    "CA": Limits(50, 80, 90, 100, 20), "CH": Limits(50, 80, 100, 120, 20),
    "CL": Limits(50, 100, 120, 120, 20), "CZ": Limits(50, 90, 110, 130, 20),
    "DE": Limits(50, 100, 100, _NONE, 7), "DK": Limits(50, 80, 80, 130, 15),
    "EE": Limits(50, 90, 90, 110, 20), "ES": Limits(50, 90, 90, 120, 20),
    "FI": Limits(50, 80, 100, 120, 20), "FR": Limits(50, 80, 110, 130, 20),
    "GB": Limits(30 * MPH, 60 * MPH, 70 * MPH, 70 * MPH, 20 * MPH),
    "GR": Limits(50, 90, 110, 130, 20), "HR": Limits(50, 90, 110, 130, 10),
    "HU": Limits(50, 90, 110, 130, 20), "IE": Limits(50, 80, 100, 120, 20),
    "IT": Limits(50, 90, 110, 130, 20), "JP": Limits(60, 60, 60, 100, 20),
    "LT": Limits(50, 90, 120, 130, 20), "LU": Limits(50, 90, 90, 130, 20),
    "LV": Limits(50, 90, 90, 110, 20), "MX": Limits(50, 80, 100, 110, 20),
    "NL": Limits(50, 80, 100, 100, 15), "NO": Limits(50, 80, 90, 110, 15),
    "NZ": Limits(50, 100, 100, 100, 10), "PL": Limits(50, 90, 120, 140, 20),
    "PT": Limits(50, 90, 100, 120, 20), "RO": Limits(50, 90, 100, 130, 20),
    "RS": Limits(50, 80, 100, 130, 10), "SE": Limits(50, 70, 90, 110, WALK_KMH),
    "SI": Limits(50, 90, 110, 130, 10), "SK": Limits(50, 90, 130, 130, 20),
    "TR": Limits(50, 90, 110, 120, 20), "UA": Limits(50, 90, 110, 130, 20),
    "US": Limits(25 * MPH, 55 * MPH, 55 * MPH, 65 * MPH, 15 * MPH),
    "ZA": Limits(60, 100, 120, 120, 20),
})  # fmt: skip
"""Source: the limits by country of the public OSRM car profile (AT, BE, BG, CH, DE, DK, ES, FR, GB,
NL, NO, RO, ZA, where it names them); all others as commonly listed, not checked against each
law, hence an assumption. So are federal countries (AU, BE, CA, US: the usual value), motorways
set by hour or lane, and living streets; where the law names walking pace, 6 km/h."""

DRIVES_ON_LEFT = frozenset({
    "AG", "AI", "AU", "BB", "BD", "BM", "BN", "BS", "BT", "BW", "CC", "CK", "CX", "CY", "DM",
    "FJ", "FK", "GB", "GD", "GG", "GY", "HK", "ID", "IE", "IM", "IN", "JE", "JM",
    "JP", "KE", "KI", "KN", "KY", "LC", "LK", "LS", "MO", "MS", "MT", "MU", "MV", "MW", "MY",
    "MZ", "NA", "NF", "NP", "NR", "NU", "NZ", "PG", "PK", "PN", "SB", "SC", "SG", "SH", "SR",
    "SZ", "TC", "TH", "TK", "TL", "TO", "TT", "TV", "TZ", "UG", "VC", "VG", "VI", "WS", "ZA",
    "ZM", "ZW",
})  # fmt: skip
"""Source: the public list "Left- and right-hand traffic" (75 countries and territories)."""

UNKNOWN = Country("", False, COMMON, False)
"""Where nothing is known: right-hand traffic and the common limits, an assumption."""


def country(code: str) -> Country:
    """Return the rules of a country by its ISO code."""
    if not code:
        return UNKNOWN
    return Country(code, code in DRIVES_ON_LEFT, LIMITS.get(code, COMMON), code in LIMITS)


@lru_cache(maxsize=64)
def country_of(timezone: str) -> Country:
    """Return the country of a time zone of the tz database, `UNKNOWN` for one of none.

    Examples
    --------
    >>> country_of("Europe/Lisbon").code, country_of("Europe/London").drives_on_left
    ('PT', True)
    >>> country_of("UTC").code
    ''
    """
    return country(_zones().get(timezone, ""))


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    from importlib.resources import files

    text = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return {row[2]: row[0] for row in rows}
