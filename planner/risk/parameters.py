"""Every number the risk model rests on, each with unit, source."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from planner.errors import InputError
from planner.network.graph import CLASSES

ASSUMPTION = "assumption"
SOURCE_GRADES = "ABCDEF"
INFO_GRADES = "123456"
MAX_STEP_S = 300
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


def _number(default: object, unit: str, source: str = ASSUMPTION) -> Any:
    return field(default=default, metadata={"unit": unit, "source": source})


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
        1.08, "people/m2", "Jacobs: loose crowd, 10 ft2 a person, quoted by Doig 2017"
    )
    march_density: float = _number(1.0, "people/m2", "walking marches as counted, Lynce 2012")
    march_speed_min_kmh: float = _number(1.0, "km/h", "mass marches 1-2 km/h, Lynce 2012")
    march_speed_kmh: float = _number(2.0, "km/h", "mass marches 1-2 km/h, Lynce 2012")
    march_speed_error: float = _number(
        0.2, "share by which a march may be slower or faster than stated"
    )
    march_width_m: float = _number(12.0, "m")
    size_default: float = _number(
        100.0, "people", "58% of sized US assemblies 2017-20 under 100, Crowd Counting Consortium"
    )
    street_width_m: tuple[float, ...] = _number(
        tuple(_WIDTHS[name] for name in CLASSES), "m, kerb to kerb by road class"
    )
    open_ground_reach: float = _number(
        0.33, "reach over open ground as a share of that along streets"
    )
    line_end_gap_m: float = _number(10.0, "m left free before the crossing at a line's ends")
    vehicle_clearance_m: float = _number(2.0, "m between a crowd and the middle of a vehicle")
    grade_weight: tuple[tuple[float, ...], ...] = _number(
        _GRADES,
        "weight, source A-F by information 1-6",
        "MISP admiralty-scale numbers (F and 6: no basis, 50); their mean is an assumption",
    )
    soft_edge_min: float = _number(10.0, "min before and after a window of unstated precision")
    corroboration_near_m: float = _number(
        50.0, "m between places that reports of one kind of zone may tell of one zone"
    )
    place_error_m: float = _number(25.0, "m, standard deviation of a place of unstated error")
    ageing_tau_h: float = _number(6.0, "h until an unrepeated report weighs nothing")
    ageing_delta: float = _number(
        1.0, "exponent of 1-(t/tau)^(1/delta)", "form: MISP decay; value: assumption"
    )
    block_presence: float = _number(0.2, "weight at which a footprint is shut")
    clear_below: float = _number(0.1, "risk below which a route or place is clear")
    level_from: tuple[float, ...] = _number(
        (0.1, 0.2, 0.4, 0.6, 0.8), "risk at which levels 1 to 5 begin"
    )
    influence_per_1000_m: float = _number(150.0, "m along streets for 1,000 people, by square root")
    influence_min_m: float = _number(100.0, "m")
    influence_max_m: float = _number(600.0, "m")
    closure_width_m: float = _number(12.0, "m to either side of a drawn closure")
    risk_aversion: float = _number(10.0, "min of travel worth one min of full risk")
    early_arrival_s: int = _number(900, "s one may arrive before the time asked")
    step_s: int = _number(300, "s, longest step of a presence curve")
    march_step_s: int = _number(120, "s, longest step of a moving footprint")
    presence_error: float = _number(0.025, "weight, largest error of a step")

    def __post_init__(self) -> None:
        """Refuse numbers that would make risk leave [0, 1] or steps leave their bound."""
        positive = (
            "standing_density", "march_density", "march_speed_min_kmh", "march_speed_kmh",
            "march_width_m", "size_default", "open_ground_reach", "ageing_tau_h", "ageing_delta",
            "influence_per_1000_m", "influence_min_m", "influence_max_m", "presence_error",
            "closure_width_m",
        )  # fmt: skip
        wrong = [name for name in positive if not getattr(self, name) > 0]
        at_least_zero = (
            "soft_edge_min", "risk_aversion", "early_arrival_s", "vehicle_clearance_m",
            "line_end_gap_m", "corroboration_near_m", "place_error_m",
        )  # fmt: skip
        wrong += [n for n in at_least_zero if not getattr(self, n) >= 0]
        wrong += [n for n in ("march_speed_error",) if not 0 <= getattr(self, n) < 1]
        wrong += [n for n in ("block_presence", "clear_below") if not 0 < getattr(self, n) <= 1]
        wrong += [n for n in ("step_s", "march_step_s") if not 1 <= getattr(self, n) <= MAX_STEP_S]
        weights = [w for row in self.grade_weight for w in row]
        if [len(row) for row in self.grade_weight] != [6] * 6 or not all(
            0 <= w <= 1 for w in weights
        ):
            wrong.append("grade_weight")
        if len(self.level_from) != LEVELS or list(self.level_from) != sorted(self.level_from):
            wrong.append("level_from")
        if len(self.street_width_m) != len(CLASSES) or min(self.street_width_m) < 0:
            wrong.append("street_width_m")
        if wrong:
            raise InputError(f"risk parameters out of range: {', '.join(wrong[:5])}; correct them")

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
        """Return every number as ``{name: {"value", "unit", "source"}}``, ready for JSON."""
        return {
            f.name: {"value": _plain(f.name, getattr(self, f.name)), **f.metadata}
            for f in fields(self)
        }


def _plain(name: str, value: object) -> object:
    if name == "grade_weight" and isinstance(value, tuple):
        return {
            s + i: value[r][c]
            for r, s in enumerate(SOURCE_GRADES)
            for c, i in enumerate(INFO_GRADES)
        }
    if name == "street_width_m" and isinstance(value, tuple):
        return dict(zip(CLASSES, value, strict=True))
    return list(value) if isinstance(value, tuple) else value
