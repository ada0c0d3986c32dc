"""Where a question comes from before anybody chose anything."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from geopandas import GeoDataFrame

VARIABLE = "PLANNER_WORKSPACE"
MORNING = time(8, 0)


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


def facility_labels(facilities: GeoDataFrame) -> dict[str, str]:
    """Return a label by id, unlike any other: the user's own sites before the map's."""
    rows = sorted(
        zip(facilities["id"], facilities["name"], strict=True),
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
