"""The plan document as records: what cannot be read is a failure, never an exception."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from math import isfinite
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

FAULTS_SHOWN = 5


def _from_text(value: object) -> object:
    # Numbers would pass for times (seconds of 1970); a document must spell them out.
    if not isinstance(value, str):
        message = "a time is written as ISO text"
        raise ValueError(message)  # noqa: TRY004 - pydantic turns only ValueError into a fault
    return datetime.fromisoformat(value)


Time = Annotated[AwareDatetime, BeforeValidator(_from_text)]
Seconds = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
NotNegative = Annotated[float, Field(ge=0)]
Position = Annotated[list[float], Field(min_length=2, max_length=2)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(ge=-90, le=90)]


def _of_plain_numbers(value: object, thorough: ValidatorFunctionWrapHandler) -> object:
    """Return positions as they stand where every one is two finite floats: most of a document.

    Whatever else it is, the field by field reading takes or refuses.
    """
    if type(value) is list and len(value) > 1 and set(map(type, value)) == {list}:
        numbers = list(chain.from_iterable(value))
        plain = set(map(len, value)) == {2} and set(map(type, numbers)) == {float}
        if plain and all(map(isfinite, numbers)):
            return value
    return thorough(value)


Line = Annotated[list[Position], Field(min_length=2), WrapValidator(_of_plain_numbers)]


class Record(BaseModel):
    """One object of the document; unknown fields are someone else's."""

    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False, strict=True)


class LineString(Record):
    """A GeoJSON line, lon/lat."""

    type: Literal["LineString"]
    coordinates: Line


class Leg(Record):
    """A stretch of one OSM way, driven in one go."""

    way: int
    enter: Time
    time_s: Annotated[int, Field(ge=1)]
    wait_s: Seconds
    length_m: NotNegative
    risk: Share
    coordinates: Line


class Hold(Record):
    """A place at which a route stands still, from when until when."""

    place: Annotated[str, Field(min_length=1)]
    lon: Longitude
    lat: Latitude
    since: Annotated[Time, Field(alias="from")]
    until: Time
    minutes: Annotated[int, Field(ge=1)]
    text: str


class Figures(Record):
    """What any way says of itself in figures."""

    id: str
    depart: Time
    arrive: Time
    time_s: Seconds
    wait_s: Seconds
    length_m: NotNegative
    exposure_min: NotNegative
    max_risk: Share
    clear: bool


class Route(Figures):
    """One way in."""

    role: Literal[
        "primary", "alternate", "contingency", "emergency", "robust", "option", "stop", "walk",
        "hand_over",
    ]  # fmt: skip
    entrance: str
    shared_with_primary: Share | None = None
    geometry: LineString
    legs: Annotated[list[Leg], Field(min_length=1)]
    holds: list[Hold] | None = None
    snap_offset_m: NotNegative
    notices: list[str] = []


class Stay(Record):
    """How long a vehicle stands at a stop."""

    since: Annotated[Time, Field(alias="from")]
    until: Time


class Stop(Record):
    """Where those stop who have no way in, the drive to it, the walk from it."""

    id: str
    name: str
    lon: Longitude
    lat: Latitude
    stay: Stay
    drive: Route
    walk: Route | None
    wheelchair: Route | None = None


class Transit(Record):
    """A stop of public transport with the walk from it."""

    id: str
    lon: Longitude
    lat: Latitude
    walk: Route


class Origin(Record):
    """A start and its ways in."""

    id: str
    lon: Longitude
    lat: Latitude
    feasible: bool
    reason: str | None = None
    routes: list[Any] = []
    options: list[Any] = []
    robust: Any = None
    stop: Any = None
    unmet: list[str] = []
    name: str = ""
    opens_at: Time | None = None
    earlier: Any = None
    message: Any = None

    @property
    def ways(self) -> list[Any]:
        """Its routes, then the robust one where that is another, then options that are others."""
        other = self.robust.get("route") if isinstance(self.robust, Mapping) else self.robust
        own = [o for o in self.options if not isinstance(o, Mapping) or o.get("same_as") is None]
        return [*self.routes, *([] if other is None else [other]), *own]


class SiteWay(Record):
    """A way between a gateway and a staging site."""

    gateway: str
    time_s: Seconds
    length_m: NotNegative
    geometry: LineString


class Moved(Record):
    """A drive to or from a staging site."""

    time_s: Seconds
    length_m: NotNegative
    geometry: LineString


class WayIn(Moved):
    """The way from a gateway that ends at a site when its window begins."""

    gateway: str
    leave_by: Time
    depart: Time
    arrive: Time
    max_risk: Share
    clear: bool


class HoldPoint(Record):
    """Another place, on the way to the gate, at which a convoy can hold."""

    id: str
    lon: Longitude
    lat: Latitude
    time_s: Seconds


class Fallback(Moved):
    """Where one goes when a site becomes risky."""

    site: str
    lon: Longitude
    lat: Latitude
    shared_m: NotNegative


class Movement(Record):
    """Movement about a staging site."""

    ways_in: list[WayIn]
    hand_over: Route | None
    hold_points: list[HoldPoint]
    fallback: Fallback | None


class Site(Record):
    """A suggested staging site."""

    id: str
    lon: Longitude
    lat: Latitude
    area_m2: NotNegative
    room_for: Annotated[int, Field(ge=0)]
    ways: list[SiteWay]
    shared_door_m: NotNegative = 0.0
    movement: Movement | None = None


class SupportPlace(Record):
    """A stop for the crew, or a haven, with the way to it."""

    id: str
    kind: str
    lon: Longitude
    lat: Latitude
    here: bool
    state: Literal["here", "clear", "exposed", "none"] | None = None
    time_s: Seconds | None
    arrive: Time | None
    length_m: NotNegative | None
    max_risk: Share | None
    opens: str | None
    closes: str | None
    by_day: str | None = None
    hours: Literal["open", "shut", "not known"]
    emergency: Literal["yes", "no", "unknown"] | None = None
    geometry: LineString | None


class Support(Record):
    """What keeps a crew going."""

    minutes: Annotated[int, Field(ge=1)]
    stops: list[Any]
    havens: list[Any]


class Advice(Record):
    """What is told to those who have no way in."""

    transit: list[Any] | None = None


class Head(Record):
    """What the document says as a whole."""

    feasible: bool
    facility: str
    arrive_by: Time
    valid_until: Time | None = None
    profile: Literal["car", "van", "bus", "foot", "wheelchair"] = "car"
    origins: list[Any]
    staging: list[Any] = []
    advice: Advice | None = None
    wishes: Any = None
    support: Support | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """What could not be read: the id of the object where it has one, and why."""

    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The readable part of a document, and the faults of the rest."""

    head: Head | None
    origins: tuple[tuple[Origin, tuple[Route, ...]], ...]
    sites: tuple[Site, ...]
    stops: tuple[tuple[Origin, Stop, Mapping[str, Any]], ...]
    transit: tuple[tuple[Transit, Mapping[str, Any]], ...]
    faults: tuple[Fault, ...]
    support: tuple[tuple[SupportPlace, int | None], ...] = ()


R = TypeVar("R", bound=Record)


def read(document: object) -> Reading:
    """Return the records of a plan document with a fault for each object that is none."""
    faults: list[Fault] = []
    head = _record(Head, document, "plan", faults)
    if head is None:
        return Reading(None, (), (), (), (), tuple(faults))
    origins = []
    stops = []
    for i, raw in enumerate(head.origins):
        origin = _record(Origin, raw, f"origins[{i}]", faults)
        if origin is not None:
            name = f"origins[{i}].routes"
            origins.append((origin, tuple(_records(Route, origin.ways, name, faults))))
            raws = [] if origin.stop is None else [origin.stop]
            found = _with_raw(Stop, raws, f"{origin.id}:stop", faults)
            stops += [(origin, *pair) for pair in found]
    sites = tuple(_records(Site, head.staging, "staging", faults))
    named = (head.advice and head.advice.transit) or []
    transit = tuple(_with_raw(Transit, named, "transit", faults))
    faults.extend(_repeats([*(o.id for o, _ in origins)], "origin"))
    faults.extend(_repeats([r.id for _, routes in origins for r in routes], "route"))
    faults.extend(_repeats([site.id for site in sites], "staging site"))
    support = tuple(_support(head.support, faults))
    return Reading(head, tuple(origins), sites, tuple(stops), transit, tuple(faults), support)


def _support(
    told: Support | None, faults: list[Fault]
) -> Iterator[tuple[SupportPlace, int | None]]:
    """Give each stop with the minutes within which it must lie, each haven with None."""
    if told is None:
        return
    for name, most in (("stops", told.minutes), ("havens", None)):
        for place in _records(SupportPlace, getattr(told, name), f"support.{name}", faults):
            yield place, most


def _records(model: type[R], raws: list[Any], name: str, faults: list[Fault]) -> Iterator[R]:
    for i, raw in enumerate(raws):
        record = _record(model, raw, f"{name}[{i}]", faults)
        if record is not None:
            yield record


def _with_raw(
    model: type[R], raws: list[Any], name: str, faults: list[Fault]
) -> Iterator[tuple[R, Mapping[str, Any]]]:
    """Give each record that can be read beside the values it was read from."""
    for i, raw in enumerate(raws):
        record = _record(model, raw, f"{name}[{i}]", faults)
        if record is not None:
            yield record, raw


def _record(model: type[R], raw: object, place: str, faults: list[Fault]) -> R | None:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        own = raw.get("id") if isinstance(raw, Mapping) else None
        subject = own if isinstance(own, str) and own else place
        faults.extend(Fault(subject, said) for said in unread(error)[:FAULTS_SHOWN])
        return None


def unread(error: ValidationError) -> list[str]:
    """Return what could not be read, a line each: where, why."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return [
        f"{'.'.join(str(part) for part in fault['loc']) or 'it'}: {fault['msg']}"
        for fault in found
    ]  # fmt: skip


def _repeats(ids: list[str], what: str) -> Iterator[Fault]:
    for repeated in sorted({one for one in ids if ids.count(one) > 1}):
        yield Fault(repeated, f"more than one {what} has this id")
