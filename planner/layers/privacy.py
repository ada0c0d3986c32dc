"""Signs of personal data in free text; best effort, never a licence to type it."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTACTS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "an e-mail address": re.compile(
            r"[\w.+-]+\s?(@|\(at\)|\[at\])\s?[\w-]+\.\w{2,}", re.IGNORECASE
        ),
        "a handle": re.compile(r"(?<![\w.])@\w|@[A-Za-z0-9_]", re.IGNORECASE),
        "a web address": re.compile(r"https?://|www\.\w|\bt\.me/", re.IGNORECASE),
        "a telephone number": re.compile(
            r"(?<![\w.:-])(?!\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}\b)"
            r"(?!\d{1,2}\.\d{2}\s?-\s?\d{1,2}\.\d{2}\b)(\+|00)?\(?\d(?:[\s()./-]{0,2}\d){6,14}(?![\w:])"
        ),
    }
)  # fmt: skip

_NUMBERED = (
    r"\b\d{1,5}[a-z]?\s+(?:(?:[NSEW]{1,2}|North|South|East|West)\.?\s+)?(?:[\w'.-]+\s+){1,3}"
    r"(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|court|ct|boulevard|blvd|way|place|pl)\b"
    r"|\b[\w-]{2,}(?:stra(?:ß|ss)e|str\.|weg|gasse|allee|platz|katu|tie)\s*\d{1,4}\s?[a-z]?\b"
)
_HOUSE = re.compile(_NUMBERED, re.IGNORECASE)

PLACES: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "a number plate": re.compile(
            r"\b[A-Z]{1,3}[ -][A-Z]{1,2}[ -]?\d{1,4}[EH]?\b"  # D
            r"|\b[A-Z]{2}[ -]?\d{2,3}[ -]?[A-Z]{2,3}\b"  # GB, F
            r"|\b\d{2}[ -][A-Z]{2}[ -]\d{2}\b|\b[A-Z]{2}[ -]\d{2}[ -][A-Z]{2}\b"  # P
            r"|\b[A-Z]{3}[ -]\d{3,4}\b"  # US, FIN
            r"|\b(?:plate|licen[cs]e|kennzeichen|matr[ií]cula)\b\W{0,3}\w*\d",
        ),
        "a home address": re.compile(
            rf"{_NUMBERED}"
            r"|\b(?:rua|avenida|travessa|rue)\s+[\w\s'.]{2,40}?,?\s+(?:n\W{0,2})?\d{1,4}\b"
            r"|\b(?:apt|apartment|flat|unit)\.?\s*#?\d",
            re.IGNORECASE,
        ),
    }
)  # fmt: skip


def found(text: str, *, note: bool = True) -> tuple[str, ...]:
    """Return what a text seems to hold, in words; a ``note`` is also searched for places.

    Examples
    --------
    >>> found("ask at +49 6221 555 0100")
    ('a telephone number',)
    >>> found("Main gate, 200 to 300 people")
    ()

    """
    patterns = {**CONTACTS, **PLACES} if note else CONTACTS
    signs = [sign for sign, pattern in patterns.items() if pattern.search(text)]
    if "an e-mail address" in signs and "a handle" in signs:
        signs.remove("a handle")
    return tuple(signs)


def has_house_number(street: str) -> bool:
    """Tell whether a street seems to be told with the number of a house.

    Examples
    --------
    >>> has_house_number("12 Main Street"), has_house_number("Hauptstraße 5")
    (True, True)
    >>> has_house_number("SW 5th Avenue"), has_house_number("Rue du 8 Mai 1945")
    (False, False)
    """
    return bool(_HOUSE.search(street))
