"""The declared columns of every layer: the one place that says what may be stored."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from planner.errors import InputError
from planner.layers.correction_kinds import CORRECTIONS
from planner.layers.site_access import ANY, LIT, PUBLIC, SITE_ACCESS, SITE_VEHICLES

if TYPE_CHECKING:
    from collections.abc import Mapping


class Kind(StrEnum):
    """How the cells of a column are read."""

    ID = "id"
    TEXT = "text"
    NOTE = "note"
    STREET = "street name"
    CHOICE = "choice"
    TIME = "time"
    CLOCK = "clock"
    HOURS = "opening hours"
    INTEGER = "whole number"
    NUMBER = "number"
    FLAG = "yes/no"


WORDS = (Kind.TEXT, Kind.NOTE, Kind.STREET, Kind.HOURS)
"""Kinds that hold words of people; a missing one is the empty word."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a layer.

    Attributes
    ----------
    name, kind, meaning
        What it is called, how it is read, what it says.
    required
        A missing cell is a fault.
    unit
        Unit of a number, "" for none.
    choices
        The allowed values of a choice.
    choice_meanings
        What each of the choices says, where their names do not tell it.
    default
        Put in a missing cell; None leaves it unknown (NaN, NaT, "").
    default_from
        Column whose value fills a missing cell.
    minimum, maximum
        Closed limits of a number; of a text, ``maximum`` is the longest length.
    refers_to
        Layer whose ids are the allowed values.

    """

    name: str
    kind: Kind
    required: bool = False
    unit: str = ""
    choices: tuple[str, ...] = ()
    default: str | float | int | bool | None = None
    meaning: str = ""
    default_from: str = ""
    minimum: float | None = None
    maximum: float | None = None
    refers_to: str = ""
    choice_meanings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LayerSchema:
    """The columns and geometry of one layer.

    Attributes
    ----------
    ordered
        Pairs of columns of which the first may not exceed the second.
    prefix
        Start of the ids made for rows that come without one.

    """

    name: str
    geometry_types: tuple[str, ...]
    columns: tuple[Column, ...]
    meaning: str
    prefix: str
    ordered: tuple[tuple[str, str], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order, geometry not among them."""
        return tuple(column.name for column in self.columns)

    @property
    def spatial(self) -> bool:
        """Whether its rows have a place."""
        return bool(self.geometry_types)

    @property
    def link(self) -> str:
        """Column that names another row of the same layer, "" where there is none."""
        return next((c.name for c in self.columns if c.refers_to == self.name), "")

    def column(self, name: str) -> Column:
        """Return the column of this name.

        Raises
        ------
        KeyError
            The layer has no such column.

        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


POINT = ("Point",)
LINE = ("LineString",)
MARKED = ("LineString", "Point")
SITE = ("Point", "Polygon", "MultiPolygon")
ZONE = ("Polygon", "LineString", "Point")
STRETCH = ("LineString", "MultiLineString", "Polygon", "MultiPolygon")

ZONE_KINDS = (
    "standing_assembly", "march", "blockade", "encampment", "permitted_event", "unknown_friction",
)  # fmt: skip
SOURCE_KINDS = ("operator", "permit", "police", "road_authority", "news", "other")
EMERGENCY = ("yes", "no", "unknown")
ROLES = ("primary", "alternate", "contingency", "emergency")

_ID = Column("id", Kind.ID, maximum=64, meaning="Key of the row; made from a number when absent.")
_NAME = Column(
    "name", Kind.TEXT, maximum=255, default_from="id", meaning="What people call it."
)  # fmt: skip
_FACILITY = Column(
    "facility_id", Kind.ID, required=True, maximum=64, refers_to="facilities",
    meaning="The facility it belongs to.",
)  # fmt: skip
_OPENS = Column(
    "opens", Kind.CLOCK, default="00:00",
    meaning="Local time of opening, HH:MM; closing earlier than opening runs over midnight.",
)  # fmt: skip
_CLOSES = Column(
    "closes", Kind.CLOCK, default="24:00",
    meaning="Local time of closing, HH:MM, 24:00 for midnight.",
)  # fmt: skip
_STREET = Column(
    "street", Kind.STREET, maximum=255,
    meaning="Street of its address, preferred as the way to it; never a house number.",
)  # fmt: skip


def _most(name: str, unit: str, what: str, maximum: float) -> Column:
    return Column(
        name, Kind.NUMBER, unit=unit, minimum=0.1, maximum=maximum,
        meaning=f"Greatest {what} of a vehicle that passes; no limit is known when not given.",
    )  # fmt: skip


def _window(what: str) -> tuple[Column, Column]:
    return (
        Column("starts_at", Kind.TIME, required=True, meaning=f"When {what} begins."),
        Column("ends_at", Kind.TIME, required=True, meaning=f"When {what} ends."),
    )


def _size(name: str, meaning: str) -> Column:
    return Column(
        name, Kind.INTEGER, required=True, unit="people", minimum=0, maximum=10_000_000,
        meaning=meaning,
    )  # fmt: skip


_FACILITIES = LayerSchema(
    "facilities", SITE,
    (
        _ID, _NAME,
        Column("kind", Kind.TEXT, default="facility", maximum=80, meaning="Type of building."),
        Column("fsl", Kind.INTEGER, minimum=1, maximum=5, meaning="Facility security level."),
        _STREET,
    ),
    "A site to keep reachable.", "facility",
)  # fmt: skip

_ENTRANCES = LayerSchema(
    "entrances", POINT,
    (
        _ID, _NAME, _FACILITY,
        Column(
            "kind", Kind.CHOICE, choices=("vehicle", "foot", "both"), default="both",
            meaning="What may pass.",
        ),
        _OPENS, _CLOSES,
        Column(
            "assumed", Kind.FLAG, default=False,
            meaning="Placed by the program where a public street meets the outline.",
        ),
        _STREET,
        Column(
            "vehicles_per_15min", Kind.INTEGER, unit="vehicles", minimum=1, maximum=1000,
            meaning="Vehicles that pass in a quarter of an hour, in and out together; not known "
            "when not given.",
        ),
        _most("max_height_m", "m", "height", 20), _most("max_width_m", "m", "width", 20),
        _most("max_length_m", "m", "length", 100), _most("max_weight_t", "t", "weight", 500),
    ),
    "A gate: a point where a facility is entered.", "gate",
)  # fmt: skip

_ZONES = LayerSchema(
    "zones", ZONE,
    (
        _ID,
        Column("kind", Kind.CHOICE, required=True, choices=ZONE_KINDS,
               meaning="What is reported; a march is a line driven from first to last point."),
        Column("source_kind", Kind.CHOICE, choices=SOURCE_KINDS, default="other",
               meaning="What kind of source reports it, never who."),
        *_window("it"),
        _size("size_low", "Fewest people expected."),
        _size("size_high", "Most people expected."),
        Column("source_grade", Kind.CHOICE, choices=tuple("ABCDEF"), default="F",
               meaning="Reliability of the source, A best, F cannot be judged."),
        Column("info_grade", Kind.INTEGER, minimum=1, maximum=6, default=6,
               meaning="Credibility of the report, 1 best, 6 cannot be judged."),
        Column("observed_at", Kind.TIME, default_from="starts_at",
               meaning="When it was last seen or confirmed; the start when not given."),
        Column("influence_m", Kind.NUMBER, unit="m", minimum=0, maximum=20_000,
               meaning="Reach along the streets; taken from the size when not given."),
        Column("speed_kmh", Kind.NUMBER, unit="km/h", minimum=0.1, maximum=30,
               meaning="Speed of a march; the planner's assumption when not given."),
        Column("time_precision_min", Kind.NUMBER, unit="min", minimum=0, maximum=1440, default=15,
               meaning="How far start and end may be off."),
        Column("position_error_m", Kind.NUMBER, unit="m", minimum=0, maximum=5000,
               meaning="How far the place may be off; the planner's assumption when not given."),
        Column("report_of", Kind.ID, maximum=64, refers_to="zones",
               meaning="The zone of which this row is another report; its own id for one that is no "
               "other, whatever lies near; empty: taken by kind, window and place."),
        Column("note", Kind.NOTE, maximum=200,
               meaning="Short remark; no person, group, number, address or plate."),
    ),
    "A reported assembly, march or other friction.", "zone",
    (("size_low", "size_high"), ("starts_at", "ends_at")),
)  # fmt: skip

_CLOSURES = LayerSchema(
    "closures", STRETCH,
    (
        _ID, _NAME, *_window("the closure"),
        Column("kind", Kind.CHOICE, choices=("works", "police_line", "event_permit", "other"),
               default="other", meaning="Why the road is shut."),
    ),
    "A road stretch or area shut in a time window.", "closure", (("starts_at", "ends_at"),),
)  # fmt: skip

_ACCESS_ROUTES = LayerSchema(
    "access_routes", LINE,
    (
        _ID, _NAME, _FACILITY,
        Column("role", Kind.CHOICE, choices=ROLES, default="primary",
               meaning="Its place in the order of ways in."),
    ),
    "A pre-approved way in, drawn in driving direction.", "route",
)  # fmt: skip

_GATEWAYS = LayerSchema(
    "gateways", POINT,
    (
        _ID, _NAME,
        Column("road_class", Kind.TEXT, maximum=40, default="road", meaning="Class of the road."),
    ),
    "Where a main road crosses the edge of the area; never a home address.", "gw",
)  # fmt: skip

_STAGING_SITES = LayerSchema(
    "staging_sites", SITE,
    (
        _ID, _NAME,
        Column("capacity_m2", Kind.NUMBER, unit="m2", minimum=0, maximum=10_000_000,
               meaning="Usable area; measured from the outline when not given."),
        Column("surface", Kind.TEXT, maximum=40, meaning="What the ground is made of."),
        Column("kind", Kind.TEXT, maximum=80, default="car park", meaning="Type of place."),
        _STREET,
        Column("access", Kind.CHOICE, choices=tuple(SITE_ACCESS), default=PUBLIC,
               choice_meanings=tuple(SITE_ACCESS.values()), meaning="Who may drive in."),
        Column("vehicles", Kind.CHOICE, choices=tuple(SITE_VEHICLES), default=ANY,
               choice_meanings=tuple(SITE_VEHICLES.values()), meaning="What may drive in."),
        Column("maxheight_m", Kind.NUMBER, unit="m", minimum=0.1, maximum=20,
               meaning="Greatest height of a vehicle that gets in, on the ground or on every way in; "
               "no limit is known when not given."),
        _OPENS, _CLOSES,
        Column("hours", Kind.HOURS, maximum=255,
               meaning="Opening hours as OpenStreetMap writes them, where they differ by the day: "
               "Mo-Fr 07:00-19:00; both these and opens to closes must hold. `unknown`: mapped, "
               "but not readable, so taken as shut."),
        Column("maxstay_min", Kind.NUMBER, unit="min", minimum=1, maximum=40_320,
               meaning="Minutes one may stay at most; no limit is known when not given. "
               "It binds where anyone may drive in, not where access is granted or the ground is private."),
        Column("lit", Kind.CHOICE, choices=LIT, default=LIT[-1], meaning="Whether it has lights."),
    ),
    "A place to wait or assemble.", "site",
)  # fmt: skip

_SUPPORT_STOPS = LayerSchema(
    "support_stops", POINT,
    (
        _ID, _NAME,
        Column("kind", Kind.CHOICE, required=True,
               choices=("fuel", "food", "toilets", "rest", "hospital", "police", "fire"),
               meaning="What it offers; hospital, police and fire are safe havens."),
        Column("opens", Kind.CLOCK,
               meaning="Local time of opening, HH:MM, the same every day; empty: not known."),
        Column("closes", Kind.CLOCK,
               meaning="Local time of closing, HH:MM, 24:00 for midnight; empty: not known."),
        Column("hours", Kind.HOURS, maximum=255,
               meaning="Opening hours as OpenStreetMap writes them, where they differ by the day: "
               "Mo-Fr 07:00-19:00; where opens and closes are given, too, both must hold."),
        Column("emergency", Kind.CHOICE, choices=EMERGENCY, default=EMERGENCY[-1],
               meaning="Whether a hospital takes emergencies; unknown for whatever is none."),
    ),
    "Fuel, food, toilets, rest, or a safe haven.", "stop",
)  # fmt: skip

_CORRECTIONS = LayerSchema(
    "corrections", MARKED,
    (
        _ID,
        Column("kind", Kind.CHOICE, required=True, choices=tuple(CORRECTIONS),
               choice_meanings=tuple(kind.meaning for kind in CORRECTIONS.values()),
               meaning="What is true on the ground where the map says otherwise."),
        Column("maxspeed_kmh", Kind.NUMBER, unit="km/h", minimum=5, maximum=140,
               meaning="Limit of a speed correction, left empty for any other."),
        Column("applies_to", Kind.CHOICE, choices=("vehicles", "everyone"), default="vehicles",
               meaning="Whom closed, open, private, destination and gate hold for: vehicles alone, "
               "or people on foot too."),
        Column("note", Kind.NOTE, maximum=200,
               meaning="Short remark; no person, group, number, address or plate."),
    ),
    "What is true of a road where the map says otherwise; held at its place, so it outlives a new "
    "extract.", "correction",
)  # fmt: skip

LAYERS: Mapping[str, LayerSchema] = MappingProxyType(
    {
        schema.name: schema
        for schema in (
            _FACILITIES, _ENTRANCES, _ZONES, _CLOSURES, _ACCESS_ROUTES, _GATEWAYS,
            _STAGING_SITES, _SUPPORT_STOPS, _CORRECTIONS,
        )
    }
)  # fmt: skip
NUMBERS = LayerSchema(
    "parameters", (),
    (
        Column("id", Kind.ID, maximum=64, meaning="Name of the number."),
        Column("value", Kind.NUMBER, required=True, meaning="What it is in this workspace."),
    ),
    "Numbers of the risk model that differ from what they are by default.", "number",
)  # fmt: skip
"""Kept like a layer, version by version, but its rows have no place."""

TABLES: Mapping[str, LayerSchema] = MappingProxyType({**LAYERS, NUMBERS.name: NUMBERS})
"""Everything that is kept version by version."""


def schema_of(layer: str) -> LayerSchema:
    """Return the schema of a layer.

    Raises
    ------
    InputError
        There is no layer of this name.

    """
    if layer not in LAYERS:
        message = f"There is no layer {layer!r}. The layers are: {', '.join(LAYERS)}."
        raise InputError(message)
    return LAYERS[layer]
