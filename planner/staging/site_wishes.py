"""What a planner asks of the places to wait."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from planner.errors import InputError
from planner.staging.criteria import BY_NAME, CRITERIA, MOST_WEIGHT

MOST = 40
"""Most sites that can be locked, or forbidden."""

LONGEST = 160

Key = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST)]
Keys = Annotated[tuple[Key, ...], Field(max_length=MOST)]


class SiteWishes(BaseModel):
    """Weights, criteria switched off, sites that must be or must not be among the chosen.

    Raises
    ------
    InputError
        A criterion is not known or cannot be switched off, a weight is out of range, a site is
        both locked and forbidden; within a question or a document as its ValidationError.

    Examples
    --------
    >>> SiteWishes(weights=["room=5"], off=["lit"]).weights
    (('room', 5.0),)
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    weights: tuple[tuple[str, float], ...] = Field(
        default=(), description="Criterion and its weight, 0 to 10, where not the table's."
    )
    off: tuple[str, ...] = Field(default=(), description="Criteria switched off.")
    locked: Keys = Field(default=(), description="Ids of sites that must be among the chosen.")
    forbidden: Keys = Field(default=(), description="Ids of sites that must not be.")
    clear_share: float | None = Field(
        default=None, gt=0, le=1,
        description="Share of variations in which a site must stay clear; null: the question's.",
    )  # fmt: skip

    @field_validator("weights", mode="before")
    @classmethod
    def _weights(cls, given: Any) -> Any:
        """Take "NAME=N", pairs or a mapping; the last of one name holds, in the table's order."""
        pairs = given.items() if isinstance(given, Mapping) else given
        found = dict(_pair(one) for one in pairs)
        return tuple((row.name, found[row.name]) for row in CRITERIA if row.name in found)

    @field_validator("off", mode="after")
    @classmethod
    def _off(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        named = {_known(name) for name in given}
        fixed = sorted(name for name in named if BY_NAME[name].fixed)
        if fixed:
            free = ", ".join(row.name for row in CRITERIA if not row.fixed)
            raise InputError(f"{fixed[0]} can never be switched off; these can: {free}")
        return tuple(row.name for row in CRITERIA if row.name in named)

    @model_validator(mode="after")
    def _not_both(self) -> SiteWishes:
        both = sorted(set(self.locked) & set(self.forbidden))
        if both:
            raise InputError(f"site {both[0]!r} is both locked and forbidden: ask for one of them")
        return self

    def among(self, ids: Collection[str]) -> SiteWishes:
        """Return the same of the sites that there are, as of an older state of a workspace."""
        return self.model_copy(update={
            "locked": tuple(key for key in self.locked if key in ids),
            "forbidden": tuple(key for key in self.forbidden if key in ids),
        })  # fmt: skip

    def __bool__(self) -> bool:
        """Tell whether anything is asked."""
        return self != _NOTHING


def _known(name: str) -> str:
    """Return the name of a criterion.

    Raises
    ------
    InputError
        There is none.
    """
    asked = name.strip().lower().replace("-", "_")
    if asked not in BY_NAME:
        raise InputError(f"no criterion {name[:LONGEST]!r}; there are {', '.join(BY_NAME)}")
    return asked


def _pair(one: Any) -> tuple[str, float]:
    name, _, number = one.partition("=") if isinstance(one, str) else (one[0], "=", one[1])
    name = _known(str(name))
    try:
        weight = float(number)
    except (TypeError, ValueError):
        weight = math.nan
    if not 0 <= weight <= MOST_WEIGHT:
        raise InputError(
            f"weight {str(one)[:LONGEST]!r}: give NAME=N with a number from 0 to {MOST_WEIGHT:.0f}, "
            f"such as {name}={BY_NAME[name].weight:.0f}"
        )
    return name, weight


_NOTHING = SiteWishes()
