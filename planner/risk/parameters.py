"""Every number the risk model rests on, each with unit, source."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from planner.errors import InputError
from planner.network.graph import CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from dataclasses import Field

ASSUMPTION = "assumption"
SET_HERE = "set in this workspace"
"""Source of a number that is not what it is by default."""
SOURCE_GRADES = "ABCDEF"
INFO_GRADES = "123456"
MAX_STEP_S = 300
FASTEST = 1e-3
"""Worth of exposure to who wants the fastest way: of equally fast ones the least exposed."""
CALMEST = 60.0
"""Minutes that a minute of exposure is worth to who wants the least: an hour. Assumption."""
LEVELS = 5

MISP_SOURCE: dict[str, int] = {"A": 100, "B": 75, "C": 50, "D": 25, "E": 0, "F": 50}
"""MISP taxonomy `admiralty-scale`, source reliability; F means no basis, hence 50."""
MISP_INFO: dict[str, int] = {"1": 100, "2": 75, "3": 50, "4": 25, "5": 0, "6": 50}
"""MISP taxonomy `admiralty-scale`, information credibility; 6 means no basis, hence 50."""

_GRADES = tuple(
    tuple((MISP_SOURCE[s] + MISP_INFO[i]) / 200 for i in INFO_GRADES) for s in SOURCE_GRADES
)
_WIDTHS: dict[str, float] = {
    "motorway": 15.0, "trunk": 14.0, "primary": 14.0, "secondary": 12.0, "tertiary": 12.0,
    "unclassified": 9.0, "residential": 9.0, "living_street": 7.0, "service": 5.0,
    "track": 4.0, "motorway_link": 7.0, "trunk_link": 7.0, "primary_link": 7.0,
    "secondary_link": 7.0, "tertiary_link": 7.0, "road": 9.0, "ferry": 0.0, "pedestrian": 8.0,
    "footway": 3.0, "path": 2.0, "steps": 3.0, "cycleway": 3.0, "bridleway": 3.0,
}  # fmt: skip


PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "grade_weight": tuple(s + i for s in SOURCE_GRADES for i in INFO_GRADES),
        "street_width_m": CLASSES,
        "level_from": tuple(str(level) for level in range(1, LEVELS + 1)),
    }
)
"""Numbers that are tables: the names of their cells, in order."""

Span = tuple[float, float]


def _number(
    default: object, unit: str, source: str = ASSUMPTION, *, span: Span = (0, math.inf)
) -> Any:
    """Declare a number; ``span`` holds the least and the most it may be, in the same unit."""
    return field(default=default, metadata={"unit": unit, "source": source, "span": span})


@dataclass(frozen=True, slots=True)
class RiskParameters:
    """Numbers of the risk model; ``table`` lists each with unit and source.

    Presence is a weight, not a probability. ``block_presence`` is set so that a C3 report
    (0.5) shuts its own footprint from its start until 3.6 hours after it was last seen, a D4
    report (0.25) for 1.2 hours and anything below 0.2 (D5, E4, E5) never.

    Raises
    ------
    InputError
        A number lies outside its range; the message names it.

    Examples
    --------
    >>> RiskParameters().grade("C", "3")
    0.5
    >>> RiskParameters().table()["standing_density"]["unit"]
    'people/m2'
    """

    standing_density: float = _number(
        1.08,
        "people/m2",
        "Jacobs: loose crowd, 10 ft2 a person, quoted by Doig 2017",
        span=(0.05, 10),
    )
    march_density: float = _number(
        1.0, "people/m2", "walking marches as counted, Lynce 2012", span=(0.05, 10)
    )
    march_speed_min_kmh: float = _number(
        1.0, "km/h", "mass marches 1-2 km/h, Lynce 2012", span=(0.1, 30)
    )
    march_speed_error: float = _number(
        0.2, "share by which a march may be slower or faster than stated", span=(0, 0.9)
    )
    march_width_m: float = _number(12.0, "m", span=(1, 200))
    size_default: float = _number(
        100.0,
        "people",
        "58% of sized US assemblies 2017-20 under 100, Crowd Counting Consortium",
        span=(1, 10_000_000),
    )
    street_width_m: tuple[float, ...] = _number(
        tuple(_WIDTHS[name] for name in CLASSES), "m, kerb to kerb by road class", span=(0, 100)
    )
    open_ground_reach: float = _number(
        0.33, "reach over open ground as a share of that along streets", span=(0.01, 1)
    )
    line_end_gap_m: float = _number(
        10.0, "m left free before the crossing at a line's ends", span=(0, 200)
    )
    vehicle_clearance_m: float = _number(
        2.0, "m between a crowd and the middle of a vehicle", span=(0, 50)
    )
    grade_weight: tuple[tuple[float, ...], ...] = _number(
        _GRADES,
        "weight, source A-F by information 1-6",
        "MISP admiralty-scale numbers (F and 6: no basis, 50); their mean is an assumption",
        span=(0, 1),
    )
    soft_edge_min: float = _number(
        10.0, "min before and after a window of unstated precision", span=(0, 1440)
    )
    corroboration_near_m: float = _number(
        50.0,
        "m between places that reports of one kind of zone may tell of one zone",
        span=(0, 5000),
    )
    place_error_m: float = _number(
        25.0, "m, standard deviation of a place of unstated error", span=(0, 5000)
    )
    ageing_tau_h: float = _number(
        6.0, "h until an unrepeated report weighs nothing", span=(0.1, 720)
    )
    ageing_delta: float = _number(
        1.0,
        "exponent of 1-(t/tau)^(1/delta)",
        "form: MISP decay; value: assumption",
        span=(0.1, 10),
    )
    block_presence: float = _number(0.2, "weight at which a footprint is shut", span=(0.01, 1))
    clear_below: float = _number(0.1, "risk below which a route or place is clear", span=(0.001, 1))
    level_from: tuple[float, ...] = _number(
        (0.1, 0.2, 0.4, 0.6, 0.8), "risk at which levels 1 to 5 begin", span=(0.001, 1)
    )
    influence_per_1000_m: float = _number(
        150.0, "m along streets for 1,000 people, by square root", span=(1, 20_000)
    )
    influence_min_m: float = _number(100.0, "m", span=(1, 20_000))
    influence_max_m: float = _number(600.0, "m", span=(1, 20_000))
    closure_width_m: float = _number(12.0, "m to either side of a drawn closure", span=(1, 100))
    risk_aversion: float = _number(10.0, "min of travel worth one min of full risk", span=(0, 1000))
    early_arrival_s: int = _number(900, "s one may arrive before the time asked", span=(0, 7200))
    step_s: int = _number(300, "s, longest step of a presence curve", span=(1, MAX_STEP_S))
    march_step_s: int = _number(120, "s, longest step of a moving footprint", span=(1, MAX_STEP_S))
    presence_error: float = _number(0.025, "weight, largest error of a step", span=(0.001, 0.5))

    def __post_init__(self) -> None:
        """Refuse numbers out of range: risk would leave [0, 1], or steps their bound."""
        wrong = [f"{name}: {told}" for name, told in self._faults()]
        if wrong:
            raise InputError(f"risk parameters out of range: {'; '.join(wrong)}")

    def _faults(self) -> Iterator[tuple[str, str]]:
        for one in fields(self):
            least, most = one.metadata["span"]
            values = leaves(getattr(self, one.name))
            cells = len(leaves(one.default))
            if len(values) != cells:
                yield one.name, f"{len(values)} numbers, not {cells}"
            for value in [v for v in values if not least <= v <= most][:1]:
                yield one.name, f"{value:g} is not in {least:g} to {most:,.10g}"
        if list(self.level_from) != sorted(self.level_from):
            yield "level_from", "a level may not begin below the one before it"
        if self.influence_min_m > self.influence_max_m:
            yield "influence_min_m", f"more than influence_max_m, {self.influence_max_m:g}"

    def grade(self, source_grade: str, info_grade: str) -> float:
        """Return the weight in [0, 1] of a report graded A-F and 1-6.

        Raises
        ------
        InputError
            One of the codes does not exist.
        """
        row = SOURCE_GRADES.find(source_grade)
        column = INFO_GRADES.find(info_grade)
        if row < 0 or column < 0 or len(source_grade) != 1 or len(info_grade) != 1:
            raise InputError(f"grade {source_grade}{info_grade}: use A-F for the source and 1-6")
        return self.grade_weight[row][column]

    def influence_m(self, size: float) -> float:
        """Return the assumed reach along streets, in metres, of a crowd of ``size`` people."""
        reach = self.influence_per_1000_m * (max(size, 0.0) / 1000) ** 0.5
        return float(min(max(reach, self.influence_min_m), self.influence_max_m))

    def level(self, risk: float) -> int:
        """Return the level 1-5 of a risk, 0 where it is below the first."""
        return sum(risk >= limit for limit in self.level_from)

    def table(self) -> dict[str, dict[str, object]]:
        """Return every number as ``{name: {"value", "unit", "source"}}``, ready for JSON.

        One that was changed names the workspace as its source, with what it is by ``default``.
        """
        return {f.name: _entry(f, getattr(self, f.name)) for f in fields(self)}


def _entry(one: Field[Any], value: object) -> dict[str, object]:
    entry = {"value": _plain(one.name, value), "unit": one.metadata["unit"]}
    if value == one.default:
        return {**entry, "source": one.metadata["source"]}
    return {**entry, "source": SET_HERE, "default": _plain(one.name, one.default)}


def leaves(value: Any) -> list[float]:
    """Return the numbers of a field, one by one."""
    if isinstance(value, tuple):
        return [leaf for part in value for leaf in leaves(part)]
    return [value]


def _plain(name: str, value: Any) -> object:
    if name in PARTS:
        named = dict(zip(PARTS[name], leaves(value), strict=True))
        return list(named.values()) if name == "level_from" else named
    return value
