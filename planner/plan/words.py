"""The plan's sentences: what a person reads first."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from planner.layers.crs import to_lonlat
from planner.plan.directions.speech import speech_of
from planner.plan.levels import risk_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from numpy.typing import ArrayLike
    from shapely import Point

    from planner.plan.question import Question


SAME_S = 30
"""Times that differ by less are told as the same."""

EARLY_S = 60
"""A way that must be at the gate this much before the time asked for says by when."""

SOME_SIDES, LEAVE_EARLIER = "some_sides", "leave_earlier"
"""Kinds of advice that stand behind the best way in."""

FERRY = "takes a ferry: its timetable is not known, ask before you rely on it"
"""What is noted of a way that takes a ferry, and stands in the first line."""

SHORT = 90
"""Letters of a reason that still fits the first line; longer ones stand below it."""


def iso(when: datetime, zone: tzinfo | str) -> str:
    """Return an ISO time with offset, to the second, in a zone."""
    local = when.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone)
    return local.replace(microsecond=0, tzinfo=local.tzinfo).isoformat()[:25]


def clock(text: str) -> str:
    """Return the HH:MM of an ISO time."""
    return datetime.fromisoformat(text).strftime("%H:%M")


def latest(route: dict[str, Any]) -> str:
    """Return whose times stand along a way, "" where one leaves with nothing in hand.

    >>> latest({"depart": "2026-12-01T07:27+01:00", "margin_s": 300})
    'Times along the way are the latest: leaving at 07:27, with nothing in hand.'
    """
    if not route.get("margin_s"):
        return ""
    start = clock(route["depart"])
    return f"Times along the way are the latest: leaving at {start}, with nothing in hand."


def offset(text: str, zone: str | None) -> str:
    """Return the offset of an ISO time, in words, where the clocks of a zone show it twice, else "".

    >>> offset("2026-10-25T02:20:00+01:00", "Europe/Berlin")
    ' (UTC+01:00)'
    >>> offset("2026-10-25T03:20:00+01:00", "Europe/Berlin")
    ''
    """
    if zone is None:
        return ""
    local = datetime.fromisoformat(text).astimezone(ZoneInfo(zone))
    twice = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
    return f" (UTC{local.isoformat(timespec='seconds')[19:]})" if twice else ""


def to_minute(text: str) -> str:
    """Return an ISO time to the nearest minute, as minutes beside it are rounded.

    >>> to_minute("2026-03-02T07:40:40+00:00")
    '2026-03-02T07:41:00+00:00'
    """
    when = datetime.fromisoformat(text) + timedelta(seconds=30)
    return when.replace(second=0, microsecond=0).isoformat()


def dated(text: str) -> str:
    """Return the day and the clock of an ISO time.

    >>> dated("2026-03-02T07:30:00+01:00")
    '2026-03-02 07:30'
    """
    return text[:16].replace("T", " ")


def on_day(text: str) -> str:
    """Return the clock of an ISO time, then its day in words.

    >>> on_day("2026-03-04T00:20:00+01:00")
    '00:20 on Wednesday 4 Mar'
    """
    when = datetime.fromisoformat(text)
    return f"{clock(text)} on {when:%A} {when.day} {when:%b}"


def moment(text: str, beside: str) -> str:
    """Return the clock of an ISO time, with its day where that is not the day of another time.

    >>> moment("2026-03-03T05:00:00+01:00", "2026-03-02T22:00:00+01:00")
    '2026-03-03 05:00'
    """
    return clock(text) if text[:10] == beside[:10] else dated(text)


def span(since: str, until: str, joint: str = " to ") -> str:
    """Return the clocks of two ISO times, with their days where they lie on two.

    >>> span("2026-03-02T07:00:00+01:00", "2026-03-02T10:00:00+01:00", "-")
    '07:00-10:00'
    """
    if since[:10] == until[:10]:
        return f"{clock(since)}{joint}{clock(until)}"
    return f"{dated(since)} to {dated(until)}"


def listed(names: Sequence[str]) -> str:
    """Return names as a list in words.

    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def minutes(seconds: float) -> str:
    """Return seconds as whole minutes, at least one."""
    return f"{max(1, round(seconds / 60))} min"


def lonlat(point: Point, epsg: int) -> tuple[float, float]:
    """Return lon, lat in degrees to 7 decimals of a metric point."""
    return lonlat_of((point.x, point.y), epsg)


def lonlat_of(xy: ArrayLike, epsg: int) -> tuple[float, float]:
    """Return lon, lat in degrees to 7 decimals of metric x, y."""
    lon, lat = to_lonlat(xy, epsg)[0].tolist()
    return round(lon, 7), round(lat, 7)


def headline(document: dict[str, Any]) -> str:
    """Return the first line: which gate, which way, leave when, and what if it shuts."""
    origin = best_origin(document)
    if origin is None:
        return f"{document['advice']['text']}."
    open_origins = [o for o in document["origins"] if o["routes"]]
    best = origin["routes"][0]
    leave = min((o["routes"][0]["leave_by"] for o in open_origins), key=clock_key)
    told = speech_of(document.get("profile"))
    text = (
        f"Best way in at {_clock(document['arrive_by'], document)}: {best['entrance_name']}"
        f"{via(best)}, {minutes(best['time_s'] + best['wait_s'])} from {origin['name']}; "
        f"leave by {_clock(best['leave_by'], document)}{in_hand(best)}{held(best)}{_there_by(best, document)}"
    )
    if len(open_origins) > 1:
        text += f" (from the furthest {told.origin} by {_clock(leave, document)})"
    if not best["clear"]:
        text += f"; not clear: {risk_words(best['max_risk'], document)} on the way"
    if FERRY in best.get("notices", ()):
        text += f"; {FERRY}"
    text += _if_shut(origin, open_origins, document)
    if (document.get("advice") or {}).get("kind") in (SOME_SIDES, LEAVE_EARLIER):
        text += f". {document['advice']['text']}"
    return f"{text}.{unseen(document)}"


def _clock(text: str, document: dict[str, Any]) -> str:
    """Return the HH:MM of an ISO time, with its offset in an hour that is shown twice."""
    return clock(text) + offset(text, document.get("timezone"))


def unseen(document: dict[str, Any]) -> str:
    """Return a sentence on reports whose window goes on but that nobody saw again, "" for none.

    They have aged to nothing by the arrival: no way keeps clear of them.
    """
    arrive = clock_key(document["arrive_by"])
    gone = [
        row for row in document.get("zones", ())
        if row["status"] == "expired"
        and clock_key(row["starts_at"]) <= arrive < clock_key(row["ends_at"])
    ]  # fmt: skip
    told = "; ".join(
        f"{row['label']} (since {moment(row['expires_at'], document['arrive_by'])})" for row in gone
    )
    return f" No longer counted unless seen again: {told}." if told else ""


def due(route: dict[str, Any], document: dict[str, Any]) -> str:
    """Return by when one is at the gate by a way, ISO: as asked for, or before, while it is open."""
    asked, there = str(document["arrive_by"]), str(route["arrive"])
    early = clock_key(asked) - clock_key(there)
    return there if early.total_seconds() >= EARLY_S else asked


def _there_by(route: dict[str, Any], document: dict[str, Any]) -> str:
    """Return by when to be at the gate, in words, where that is before the time asked for."""
    told = (document.get("advice") or {}).get("kind") == LEAVE_EARLIER
    by = due(route, document)
    return "" if told or by == document["arrive_by"] else f", be there by {_clock(by, document)}"


def _if_shut(
    origin: dict[str, Any], open_origins: list[dict[str, Any]], document: dict[str, Any]
) -> str:
    """Return the way to another gate than the first choice's, else another way to the same.

    A gate that is shut at the time asked for is told with the minute by which to be there.
    """
    best, *others = origin["routes"]

    def by(route: dict[str, Any]) -> str:
        there = due(route, document)
        early = there != document["arrive_by"] and clock_key(there) < clock_key(due(best, document))
        return f", be there by {_clock(there, document)}" if early else ""

    for each in (origin, *open_origins):
        to = next((r for r in each["routes"] if r["entrance"] != best["entrance"]), None)
        if to:
            side = "" if each is origin else f" from {each['name']}"
            return f"; if that gate shuts, {to['entrance_name']}{via(to, best)}{side}{by(to)}"
    if not others:
        return ""
    to = others[0]
    return f"; if that way shuts, {to['entrance_name']}{via(to, best)}{by(to)}"


def in_hand(route: dict[str, Any]) -> str:
    """Return in words how much earlier than the drive asks "leave by" is, "" for not at all."""
    return f", {minutes(route['margin_s'])} in hand" if route["margin_s"] else ""


def held(route: dict[str, Any]) -> str:
    """Return the holds of a route in words, each after a comma, "" for none."""
    return "".join(f", {hold['text']}" for hold in route.get("holds") or [])


def best_origin(document: dict[str, Any]) -> dict[str, Any] | None:
    """Return the origin whose primary the first line tells, None where there is no way in.

    It is the cheapest of those that end at the gate which serves most gateways; of equal ones
    that with the least risk.
    """
    open_origins: list[dict[str, Any]] = [o for o in document["origins"] if o["routes"]]
    if not open_origins:
        return None
    gate = Counter(o["routes"][0]["entrance"] for o in open_origins).most_common(1)[0][0]
    served = [o for o in open_origins if o["routes"][0]["entrance"] == gate]
    return min(
        served, key=lambda o: (o["routes"][0]["cost_s"], o["routes"][0]["max_risk"], o["id"])
    )


def clock_key(text: str) -> datetime:
    """Return the time of an ISO text, for comparing."""
    return datetime.fromisoformat(text)


def via(route: dict[str, Any], unlike: dict[str, Any] | None = None) -> str:
    """Return " via" the longest street of the way's last part, the one people will recognise.

    Beside another way it is a street that the other does not drive, where there is one.
    """
    driven = {leg["street"] for leg in unlike["legs"]} if unlike else set()
    named = [leg for leg in route["legs"] if leg["street"]]
    named = [leg for leg in named if leg["street"] not in driven] or named
    if not named:
        return ""
    lengths: Counter[str] = Counter()
    left = 1500.0
    for leg in reversed(named):
        lengths[leg["street"]] += leg["length_m"]
        left -= leg["length_m"]
        if left <= 0:
            break
    return f" via {lengths.most_common(1)[0][0]}"


def site_reason(
    record: dict[str, Any],
    question: Question,
    zone: str,
    *,
    gate: str,
    gateways: dict[str, str],
    is_open: bool,
) -> str:
    """Return why a staging site was chosen.

    Parameters
    ----------
    record
        The site as it stands in the document.
    question
        What was asked.
    gate, gateways
        Name of the gate, names of the gateways by id.
    is_open
        Whether a way to the gate is clear at the time asked for.
    """
    since, until = (iso(t, zone) for t in question.staging_window)
    window = span(since, until, "-")
    ways = " and ".join(
        f"{gateways[way['gateway']]} ({minutes(way['time_s'])})" for way in record["ways"]
    )
    apart = "without a common street"
    if record["shared_door_m"]:
        apart = (
            f"that part after the {record['shared_door_m']:.0f} m where there is one street only"
        )
    out = f"; two ways out {apart}: {ways}" if record["ways"] else ""
    return (
        f"{minutes(record['time_s'])} to {gate}{'' if is_open else ' once a way is clear'}; "
        f"room for {record['room_for']} vehicles ({question.vehicles} asked for); "
        f"free of risk {window}{out}"
    )
