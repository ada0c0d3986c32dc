"""The one question every page shares; it stands in the URL."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from planner.layers.clock import comes_twice
from planner.network import profiles
from planner.plan.question import BALANCED
from planner.plan.wishes.asked import LONGEST, MOST, Wishes
from planner.staging.site_wishes import SiteWishes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from geopandas import GeoDataFrame

VARIABLE = "PLANNER_WORKSPACE"
MORNING = time(8, 0)
PROFILES = {name: profile.title for name, profile in profiles.PROFILES.items()}
MOST_VEHICLES = 1000
SUPPORT_MIN, MOST_SUPPORT_MIN = 10, 60
"""Minutes within which stops for the crew are told: where nothing is asked, and at most."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What is asked: "" where nothing is chosen yet.

    Attributes
    ----------
    workspace
        Its name on the server's shelf.
    facility
        Id of the site to reach.
    arrive
        Local ISO time to the minute, "2026-12-01T07:30"; with its offset only where the clock
        shows that time twice.
    profile
        Who travels.
    vehicles
        Vehicles a staging site must hold.
    quiet
        Whether quiet streets are spared.
    wishes
        What is asked of the ways in.
    trade
        What is asked of minutes against exposure.
    sites
        What is asked of the places to wait.
    support_minutes
        Minutes within which stops for the crew are told.
    """

    workspace: str = ""
    facility: str = ""
    arrive: str = ""
    profile: str = "car"
    vehicles: int = 10
    quiet: bool = True
    wishes: Wishes = Wishes()  # noqa: RUF009 - frozen
    trade: str = BALANCED
    sites: SiteWishes = SiteWishes()  # noqa: RUF009 - frozen
    support_minutes: int = SUPPORT_MIN

    @property
    def when(self) -> datetime | None:
        """The arrival time as the clock shows it, None where none is chosen."""
        return datetime.fromisoformat(self.arrive).replace(tzinfo=None) if self.arrive else None


_KEYS = {"workspace": "w", "facility": "site", "arrive": "at", "profile": "for", "vehicles": "n"}
GATE, LISTS, BETWEEN = "gate", ("via", "avoid", "prefer"), "|"
APPROVED, PREFERRED = "approved", "prefer"
"""The planner's hand in the URL."""

TRADE = "trade"
"""Key in the URL of what is asked of minutes against exposure; absent where balanced."""

TRADES = {"fastest": "Fastest", BALANCED: "Balanced", "calmest": "Least exposure"}

SITES = {"weights": "weigh", "off": "off", "locked": "lock", "forbidden": "forbid"}
"""Key in the URL of each part of what is asked of the places to wait."""

STOPS = "stops"
"""Key in the URL of the minutes within which stops for the crew are told; absent where ten."""

QUIET, NOT_QUIET = "quiet", "no"
"""Key and value in the URL where quiet streets are not spared; absent where they are."""


def to_url(shared: Shared) -> dict[str, str]:
    """Return the query parameters of a question.

    >>> to_url(Shared("city", "hq", "2026-12-01T07:30"))
    {'w': 'city', 'site': 'hq', 'at': '2026-12-01T07:30', 'for': 'car', 'n': '10'}
    """
    said = {key: str(getattr(shared, name)) for name, key in _KEYS.items() if getattr(shared, name)}
    said |= {} if shared.quiet else {QUIET: NOT_QUIET}
    said |= {} if shared.trade == BALANCED else {TRADE: shared.trade}
    if shared.support_minutes != SUPPORT_MIN:
        said[STOPS] = str(shared.support_minutes)
    return said | _hand_to_url(shared.wishes) | _sites_to_url(shared.sites)


def _hand_to_url(wishes: Wishes) -> dict[str, str]:
    """Return the wishes as query parameters: lists with a bar between, nothing where none."""
    said = {name: BETWEEN.join(getattr(wishes, name)) for name in LISTS if getattr(wishes, name)}
    said |= {GATE: wishes.gate} if wishes.gate else {}
    return said | ({APPROVED: PREFERRED} if wishes.access_routes else {})


def _hand_from_url(parameters: Mapping[str, str]) -> Wishes:
    """Return the wishes a URL holds.

    Raises
    ------
    ValidationError
        One is too long, or there are too many.
    """
    lists = {
        name: tuple(filter(None, (part.strip() for part in parameters[name].split(BETWEEN))))
        for name in LISTS if name in parameters
    }  # fmt: skip
    gate = parameters.get(GATE, "").strip() or None
    return Wishes(gate=gate, access_routes=parameters.get(APPROVED) == PREFERRED, **lists)


def _sites_to_url(sites: SiteWishes) -> dict[str, str]:
    """Return what is asked of the places to wait as query parameters, nothing where nothing."""
    weights = [f"{name}={weight:g}" for name, weight in sites.weights]
    parts = zip(SITES.values(), (weights, sites.off, sites.locked, sites.forbidden), strict=True)
    return {key: BETWEEN.join(part) for key, part in parts if part}


def _sites_from_url(parameters: Mapping[str, str]) -> SiteWishes:
    """Return what a URL asks of the places to wait.

    Raises
    ------
    ValidationError
        A criterion is not known, a weight is out of range, or there are too many sites.
    """
    lists = {
        name: [part.strip() for part in parameters[key].split(BETWEEN) if part.strip()]
        for name, key in SITES.items() if key in parameters
    }  # fmt: skip
    return SiteWishes.model_validate(lists)


def from_url(parameters: Mapping[str, str], before: Shared) -> Shared:
    """Return the question with what the URL says; what makes no sense there is left as it was.

    What a URL leaves out where nothing is asked, as ``to_url`` does, is not asked: whoever goes
    back in the browser takes a wish back.

    >>> from_url({"at": "soon", "site": "hq"}, Shared(arrive="2026-12-01T07:30")).arrive
    '2026-12-01T07:30'
    """
    said = {name: parameters[key] for name, key in _KEYS.items() if key in parameters}
    kept: dict[str, Any] = {k: said[k] for k in ("workspace", "facility") if k in said}
    with suppress(KeyError, ValueError):
        kept["arrive"] = datetime.fromisoformat(said["arrive"]).isoformat(timespec="minutes")
    if said.get("profile") in PROFILES:
        kept["profile"] = said["profile"]
    kept["quiet"] = parameters.get(QUIET) != NOT_QUIET
    if (trade := parameters.get(TRADE, BALANCED)) in TRADES:
        kept["trade"] = trade
    with suppress(ValidationError):
        kept["wishes"] = _hand_from_url(parameters)
    with suppress(ValidationError):
        kept["sites"] = _sites_from_url(parameters)
    if said.get("vehicles", "").isdecimal():
        kept["vehicles"] = min(max(int(said["vehicles"][:6]), 1), MOST_VEHICLES)
    if (minutes := parameters.get(STOPS, str(SUPPORT_MIN))).isdecimal():
        kept["support_minutes"] = min(max(int(minutes[:4]), 1), MOST_SUPPORT_MIN)
    return replace(before, **kept)


def unread(parameters: Mapping[str, str], facilities: Sequence[str]) -> list[str]:
    """Return in words what a URL says that makes no sense, and what holds instead.

    >>> unread({"for": "tank", "n": "12"}, [])
    ["'tank' is no way to travel: choose one of Car, Van (to 3.5 t), Bus or coach, On foot, Wheelchair"]
    """
    said = []
    if (who := parameters.get(_KEYS["profile"], "car")) not in PROFILES:
        said.append(
            f"{who[:40]!r} is no way to travel: choose one of {', '.join(PROFILES.values())}"
        )
    if (quiet := parameters.get(QUIET, NOT_QUIET)) != NOT_QUIET:
        said.append(f"{QUIET}={quiet[:40]} is not known: quiet streets are spared unless it is no")
    try:
        _hand_from_url(parameters)
    except ValidationError:
        said.append(
            f"what is asked of the ways: at most {MOST} of each kind, {LONGEST} letters each"
        )
    try:
        _sites_from_url(parameters)
    except ValidationError as error:
        said.append(f"places to wait: {error.errors()[0]['msg'].removeprefix('Value error, ')}")
    if (trade := parameters.get(TRADE, BALANCED)) not in TRADES:
        said.append(f"{TRADE}={trade[:40]} is not known: choose one of {', '.join(TRADES)}")
    if not _is_time(parameters.get(_KEYS["arrive"], "2026-01-01")):
        said.append(f"{parameters[_KEYS['arrive']][:40]!r} is no time: see the one chosen above")
    if not parameters.get(_KEYS["vehicles"], "1").isdecimal():
        said.append(f"{parameters[_KEYS['vehicles']][:40]!r} is no number of vehicles")
    if not parameters.get(STOPS, "1").isdecimal():
        said.append(f"{parameters[STOPS][:40]!r} is no number of minutes")
    if facilities and (site := parameters.get(_KEYS["facility"], "")) not in ("", *facilities):
        said.append(f"{site[:40]!r} is no site of this workspace: see the one chosen above")
    return said


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def on_the_clock(when: datetime, zone: ZoneInfo) -> str:
    """Return an aware time as ``Shared.arrive`` holds it.

    >>> on_the_clock(datetime.fromisoformat("2026-12-01T16:00+00:00"), ZoneInfo("America/Denver"))
    '2026-12-01T09:00'
    """
    local = when.astimezone(zone)
    return (local if comes_twice(local) else local.replace(tzinfo=None)).isoformat(
        timespec="minutes"
    )


def completed(shared: Shared, facilities: Sequence[str], day: date, zone: ZoneInfo) -> Shared:
    """Return the question with a site and a time where it had none, or had one that is gone."""
    given = datetime.fromisoformat(shared.arrive) if shared.arrive else None
    if given is not None and given.tzinfo is not None:
        shared = replace(shared, arrive=on_the_clock(given, zone))
    if shared.facility not in facilities:
        shared = replace(shared, facility=facilities[0] if facilities else "")
    if not shared.arrive:
        when = datetime.combine(day, MORNING)
        shared = replace(shared, arrive=when.isoformat(timespec="minutes"))
    return shared


def workspace_given(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """Return the workspace path named by ``-w PATH`` or the environment, "" for none.

    >>> workspace_given(["-w", "city.gpkg"], {}), workspace_given([], {VARIABLE: "b.gpkg"})
    ('city.gpkg', 'b.gpkg')
    """
    for place, word in enumerate(arguments):
        if word in ("-w", "--workspace") and place + 1 < len(arguments):
            return arguments[place + 1]
        if word.startswith("--workspace="):
            return word.partition("=")[2]
    return environment.get(VARIABLE, "")


def first_day(zones: GeoDataFrame, zone: ZoneInfo, now: datetime) -> date:
    """Return the next day with a report; else the last such day; else today."""
    today = now.astimezone(zone).date()
    if not len(zones):
        return today
    days: list[date] = sorted({start.tz_convert(zone).date() for start in zones["starts_at"]})
    return next((day for day in days if day >= today), days[-1])


def labels_of(places: pd.DataFrame) -> dict[str, str]:
    """Return a label by id, unlike any other: the user's own places before the map's."""
    rows = sorted(
        zip(places["id"], places["name"], strict=True),
        key=lambda row: (str(row[0]).startswith("osm-"), str(row[1]).casefold(), row[0]),
    )
    count = Counter(name for _, name in rows)
    return {
        str(key): str(name) if name and count[name] == 1 else f"{name or 'Unnamed'} ({key})"
        for key, name in rows
    }


def sealed_name(document: Mapping[str, Any]) -> str:
    """Return a file name for the briefing, safe on every system."""
    when = datetime.fromisoformat(document["arrive_by"])
    place = "".join(c if c.isascii() and c.isalnum() else "-" for c in document["facility"])
    return f"briefing-{place[:40]}-{when:%Y%m%d-%H%M}.html"
