"""The parts of the city drawn by hand: river, parks, railway, main roads, sites."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from aldermere.shapes import Points, along, blob, offset, spline

# Open water, over 10 km from the nearest shore: nobody can take it for a real place, and
# the sea there still keeps a time zone with clock changes (Atlantic/Azores).
ORIGIN_LON, ORIGIN_LAT = -28.20, 38.85
BOUNDS = (-2600.0, -2000.0, 2600.0, 2000.0)
FRAME = (-2700.0, -2100.0, 2700.0, 2100.0)

XY = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Road:
    """A street drawn by hand."""

    name: str
    kind: str
    line: Points
    tags: dict[str, str] = field(default_factory=dict)


RIVER_LINE: XY = [
    (-3000, 560), (-2600, 520), (-2000, 420), (-1400, 120), (-900, -200), (-350, -330), (200, -260),
    (700, -120), (1200, -180), (1700, -480), (2200, -900), (2600, -1080), (3000, -1200),
]  # fmt: skip
RAIL_LINE: XY = [
    (-2900, -400), (-1900, -480), (-1300, -560), (-700, -640), (0, -690), (600, -710), (1150, -760),
    (1800, -1000), (2900, -1620),
]  # fmt: skip

DOWNTOWN = (640.0, 340.0)
GRID = np.deg2rad(10.0)
OLD_TOWN = (-180.0, 110.0)


def downtown(u: float, v: float) -> tuple[float, float]:
    """Return the place at (u, v) of the downtown grid."""
    c, s = np.cos(GRID), np.sin(GRID)
    return (float(DOWNTOWN[0] + u * c - v * s), float(DOWNTOWN[1] + u * s + v * c))


RAMPARTS: XY = [
    (-604, -218), (-590, 0), (-540, 190), (-400, 400), (-150, 485), (110, 420), (225, 270),
    (232, 100), (213, -222),
]  # fmt: skip
RING: XY = [
    (-1280, -330), (-1150, -40), (-1020, 290), (-960, 560), (-820, 810), (-520, 1010), (-140, 1090),
    (420, 1070), (830, 960), (1210, 640), (1390, 320), (1440, 20), (1400, -310), (1270, -640),
    (1010, -900), (480, -1060), (-200, -1095), (-700, -985), (-1120, -720),
]  # fmt: skip


def river_axis() -> tuple[Points, Points]:
    """Return the river's middle line and its half width at each vertex."""
    axis = spline(RIVER_LINE, step=30)
    s = along(axis)
    middle = s[np.argmin(np.hypot(axis[:, 0] + 280, axis[:, 1] + 325))]
    swell = np.exp(-(((s - middle) / 300) ** 4))
    return axis, 42 + 6 * np.sin(s / 230) + 72 * swell


def river() -> tuple[Points, Points]:
    """Return the outlines of the river and of its island."""
    axis, half = river_axis()
    outline = np.vstack([offset(axis, half), offset(axis, -half)[::-1]])
    isle = (half > 62).nonzero()[0]
    part, room = axis[isle], np.maximum(half[isle] - 58, 0) * 0.95
    room[[0, -1]] = 0.0
    island = np.vstack([offset(part, room), offset(part, -room)[::-1]])
    return outline, island


def quay(side: float, x0: float, x1: float) -> Points:
    """Return a street along one bank (+1 north, -1 south) between two x."""
    axis, half = river_axis()
    line = offset(axis, side * (half + 30))
    return line[(line[:, 0] > x0) & (line[:, 0] < x1)]


FERRY: XY = [(-2150, 545), (-2166, 470), (-2178, 385)]

PARKS: dict[str, Points] = {
    "Larkmead Park": blob((-660, 700), 205, [0.12, 0.07, 0.04], flat=0.75),
    "Ferrier's Green": blob((880, 1230), 150, [0.1, 0.12], flat=0.8),
    "Osier Meadows": blob((-1700, -640), 190, [0.15, 0.05], flat=0.6),
    "Hollin Wood": blob((-2150, 1350), 380, [0.16, 0.1, 0.06], flat=0.8),
    "Kestrel Common": blob((700, -1280), 170, [0.08, 0.1], flat=0.75),
    "Barrow Heath": blob((1720, 1330), 210, [0.15, 0.1], flat=0.9),
    "Coldharbour Wood": blob((1530, -1800), 150, [0.14, 0.1], flat=0.8),
    "Pike Meadow": blob((-2260, -420), 150, [0.12, 0.08], flat=0.6),
    "Tallow Wood": blob((-720, -1790), 170, [0.18, 0.1, 0.04], flat=0.6),
    "Gantry Meadow": blob((2330, -620), 170, [0.16, 0.06], flat=1.2),
    "Cinder Wood": blob((-2330, -1640), 190, [0.1, 0.12], flat=0.5),
    "St Osyn's Churchyard": blob((-60, 260), 42, [0.1, 0.1], flat=0.8),
}
POND = blob((-690, 690), 62, [0.22, 0.12], flat=0.6)
LAKE = blob((-2080, -1150), 170, [0.2, 0.12, 0.05], flat=0.62)

MOTORWAY: XY = [
    (2350, -2140), (2190, -1600), (2040, -1000), (1990, -350), (2060, 350), (2160, 900),
    (2380, 1450), (2740, 1900),
]  # fmt: skip


INTERCHANGES: XY = [(2078, 477), (2168, -1578)]


def _grid(*places: tuple[float, float]) -> XY:
    return [downtown(u, v) for u, v in places]


def _longer(line: Points, metres: float = 14.0) -> Points:
    """Lead both ends on, so that a street that ends on another truly crosses it."""
    first, last = line[0] - line[1], line[-1] - line[-2]
    return np.vstack([
        line[0] + first / np.hypot(*first) * metres, line, line[-1] + last / np.hypot(*last) * metres
    ])  # fmt: skip


def main_roads() -> list[Road]:
    """Return the main streets, most important first."""

    def road(name: str, kind: str, control: XY, *, closed: bool = False, **tags: str) -> Road:
        line = spline(control, closed=closed)
        return Road(name, kind, line if closed else _longer(line), tags)

    return [
        road("Ring Road", "primary", RING, closed=True, lanes="4", maxspeed="60"),
        road("Northgate Road", "primary", [(-150, 485), (-165, 760), (-140, 1090), (-70, 1500),
             (-150, 2130)], maxspeed="50", lanes="3"),
        road("Meridian Avenue", "primary", [(228, 150), (640, 223), (1100, 304), (1400, 345),
             (1800, 420), (2090, 480), (2740, 590)], maxspeed="50", lanes="4"),
        road("Weir Road", "primary", [(-226, -520), (-600, -490), (-960, -420), (-1280, -330),
             (-1840, -190), (-2300, -110), (-2740, -60)], maxspeed="50"),
        road("Westering Road", "primary", [(-562, 150), (-780, 205), (-1020, 290), (-1500, 560),
             (-2000, 760), (-2740, 930)], maxspeed="50"),
        road("Old Bridge Street", "secondary", [(-190, 30), (-197, -190), (-212, -330),
             (-226, -520)], maxspeed="30"),
        road("Southmoor Road", "primary", [(-226, -520), (-235, -690), (-205, -1090), (-320, -1500),
             (-430, -2130)], maxspeed="50", lanes="3"),
        road("Anvil Road", "primary", [(560, 209), (598, 0), (628, -140), (660, -320), (800, -600),
             (1010, -900), (1400, -1270), (1820, -1480), (2110, -1560), (2740, -1800)],
             maxspeed="50"),
        road("Lindell Avenue", "secondary", [(165, 380), (420, 610), (830, 960), (1250, 1400),
             (1700, 1730), (2080, 2130)], maxspeed="50"),
        road("Foundry Road", "secondary", [(560, 209), (490, 600), (420, 1070), (520, 1500),
             (680, 2130)], maxspeed="50"),
        road("Copperfield Road", "secondary", [(-400, 400), (-560, 462), (-780, 480), (-1000, 400)]),
        road("Harrowgate Road", "secondary", [(-820, 810), (-1250, 1230), (-1600, 1580),
             (-1980, 2130)], maxspeed="50"),
        road("Sallow Road", "secondary", [(-220, -850), (-450, -890), (-700, -985), (-1200, -1250),
             (-1500, -1400), (-1900, -1520), (-2740, -1780)], maxspeed="50"),
        road("Outer Crescent", "secondary", [(-1250, 1230), (-700, 1460), (-70, 1500), (520, 1500),
             (960, 1480), (1250, 1400), (1600, 1050), (1740, 700), (1800, 420)]),
        road("Withy Bridge Road", "secondary", [(-1250, 1230), (-1480, 960), (-1590, 610),
             (-1690, 420), (-1790, 150), (-1840, -190), (-1880, -480), (-1770, -950),
             (-1500, -1400)]),
        road("Southern Crescent", "secondary", [(-1200, -1250), (-800, -1440), (-320, -1500),
             (300, -1500), (900, -1480), (1400, -1270)]),
        road("Quarry Road", "secondary", [(900, -1480), (1000, -1700), (1080, -2130)]),
        road("The Ramparts", "tertiary", RAMPARTS, maxspeed="30"),
        Road("North Quay", "tertiary", quay(1, -1240, 1500), {"maxspeed": "30"}),
        Road("South Quay", "tertiary", quay(-1, -1010, 1480), {"maxspeed": "30"}),
        road("Guildhall Street", "tertiary", [(-190, 30), (-180, 130), (-230, 300), (-260, 465)]),
        road("Saddler Street", "tertiary", [(-570, 120), (-380, 90), (-190, 30), (0, 60), (228, 150)]),
        road("Ledger Street", "tertiary", _grid((-101, 14), (120, 14), (430, 14), (640, 30))),
        road("Assize Street", "tertiary", _grid((46, -250), (46, -115), (46, 200), (46, 480))),
        road("Chancel Street", "tertiary", _grid((206, -290), (206, -115), (206, 200), (206, 420))),
        road("Ferry Lane", "unclassified", [(-2090, 830), (-2110, 700), (-2150, 545)], surface="gravel"),
        road("Staithe Lane", "unclassified", [(-2210, -170), (-2200, 0), (-2240, 200), (-2178, 385)]),
        road("Station Road", "tertiary", [(-226, -560), (-60, -600), (150, -640), (330, -560),
             (420, -370), (455, -215)]),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Site:
    """A plot kept free of streets, with a building on it; gates by side (e is along `angle`)."""

    key: str
    name: str
    centre: tuple[float, float]
    angle: float
    size: tuple[float, float]
    tags: dict[str, str]
    gates: str = "s"


SITES: tuple[Site, ...] = (
    Site(
        "courthouse",
        "Aldermere Courthouse",
        downtown(126, -50),
        10,
        (126, 90),
        {"amenity": "courthouse"},
        "sewn",
    ),
    Site("city-hall", "Aldermere City Hall", (-105, -10), 10, (66, 50), {"amenity": "townhall"}),
    Site(
        "hospital",
        "Larkmead Hospital",
        (-1260, 800),
        -42,
        (230, 150),
        {"amenity": "hospital", "emergency": "yes"},
        "snwe",
    ),
    Site(
        "infirmary",
        "Southmoor Infirmary",
        (40, -1260),
        2,
        (170, 110),
        {"amenity": "hospital"},
        "new",
    ),
    Site(
        "service-centre",
        "Weir Road Service Centre",
        (-760, -560),
        8,
        (120, 70),
        {"office": "government", "government": "public_service"},
        "new",
    ),
    Site(
        "police", "Aldermere Police Station", downtown(330, 70), 10, (70, 48), {"amenity": "police"}
    ),
    Site("fire", "Central Fire Station", (1035, 640), 10, (70, 46), {"amenity": "fire_station"}),
    Site(
        "fire-south",
        "Sallow Road Fire Station",
        (-620, -1090),
        22,
        (64, 44),
        {"amenity": "fire_station"},
    ),
    Site(
        "station",
        "Aldermere Station",
        (-20, -660),
        -3,
        (150, 26),
        {"building": "train_station", "railway": "station"},
    ),
    Site("school-1", "Harrowgate School", (-700, 1220), 24, (120, 80), {"amenity": "school"}),
    Site("school-2", "Quarry Lane School", (420, -1290), 4, (120, 80), {"amenity": "school"}),
    Site("school-3", "Meridian School", (1590, 560), 14, (110, 80), {"amenity": "school"}),
    Site("school-4", "Withy School", (-1480, -30), 20, (110, 80), {"amenity": "school"}),
)
