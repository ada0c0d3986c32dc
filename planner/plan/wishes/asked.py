"""What a planner asks of the ways in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

MOST = 8
"""Most that can be asked of one kind."""

MOST_BINDING = 10
"""Most that can be demanded together: which of them leave no way is tried set by set."""

LONGEST = 160

MANY = f"more than {MOST_BINDING} demands (gate, places to pass, streets to avoid): leave some out"

CALLED = {
    "gate": "gate", "via": "places to pass", "avoid": "streets to avoid",
    "prefer": "streets to prefer", "access_routes": "approved access routes",
}  # fmt: skip
"""What each part of the wishes is called."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST)]
Texts = Annotated[tuple[Text, ...], Field(max_length=MOST)]

_NUMBER = r"[-+]?\d{1,3}(?:\.\d+)?"
_LONLAT = re.compile(rf"\s*({_NUMBER})\s*,\s*({_NUMBER})\s*")
_STRETCH = re.compile(r"(.+?)\s+from\s+(.+?)\s+to\s+(.+)", re.IGNORECASE)


class Wishes(BaseModel):
    """The planner's hand: each part is text as typed, read against the roads when a plan is made.

    A street is its name, or "NAME from CROSSING to CROSSING", or "LON,LAT" for the road nearest.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    gate: Text | None = Field(default=None, description="Id of the gate to end at.")
    via: Texts = Field(
        default=(), description="Places to pass in order: LON,LAT, or the id of a site."
    )
    avoid: Texts = Field(default=(), description="Streets not to be driven.")
    prefer: Texts = Field(default=(), description="Streets to be driven where that costs little.")
    access_routes: bool = Field(default=False, description="Prefer the approved access routes.")

    @model_validator(mode="after")
    def _not_too_many(self) -> Wishes:
        binding = len(self.via) + len(self.avoid) + (self.gate is not None)
        if binding > MOST_BINDING:
            raise ValueError(MANY)
        return self

    def __bool__(self) -> bool:
        """Tell whether anything is asked."""
        return bool(self.gate or self.via or self.avoid or self.prefer or self.access_routes)


def fault(loc: Sequence[object], kind: str, given: object, otherwise: str) -> str:
    """Return in words which limit some wishes pass, and what would do.

    Parameters
    ----------
    loc, kind, given, otherwise
        Place, type, input and message of a pydantic error.

    Examples
    --------
    >>> fault(("avoid",), "too_long", ("Oak Street",) * 9, "")
    '9 streets to avoid: give at most 8'
    """
    part = next((str(one) for one in loc if one in Wishes.model_fields), None)
    if part is None:
        return MANY if kind == "value_error" else f"give {', '.join(Wishes.model_fields)} alone"
    called, text = CALLED[part], str(given)
    limits = {
        "too_long": f"{len(given) if isinstance(given, tuple | list) else 'too many'} {called}: "
        f"give at most {MOST}",
        "string_too_long": f"{called}: one of {len(text)} letters; give at most {LONGEST}",
        "string_too_short": f"{called}: one without a letter; leave it out",
    }
    return limits.get(kind, f"{called}: {otherwise}")


class Stretch(NamedTuple):
    """A street in words, whole where no crossings are named."""

    street: str
    begin: str = ""
    end: str = ""


def point_in(text: str) -> tuple[float, float] | None:
    """Return the degrees of a text such as "-122.68,45.52", None where it is none.

    Examples
    --------
    >>> point_in("-122.68, 45.52"), point_in("Park Street")
    ((-122.68, 45.52), None)
    """
    found = _LONLAT.fullmatch(text)
    if found is None:
        return None
    lon, lat = (float(part) for part in found.groups())
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else None


def stretch_in(text: str) -> Stretch:
    """Return the street, with the crossings between which it is meant.

    Examples
    --------
    >>> stretch_in("Oak Street from 1st Avenue to 3rd Avenue")
    Stretch(street='Oak Street', begin='1st Avenue', end='3rd Avenue')
    """
    found = _STRETCH.fullmatch(text)
    return Stretch(*(part.strip() for part in found.groups())) if found else Stretch(text.strip())
