"""Whether a street is the one that an address or the name of a gate means."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Words = tuple[str, ...]

_SHORT: Mapping[str, str] = MappingProxyType({
    "st": "street", "str": "strasse", "ave": "avenue", "av": "avenida", "rd": "road",
    "blvd": "boulevard", "dr": "drive", "ln": "lane", "ct": "court", "pl": "place",
    "sq": "square", "pkwy": "parkway", "hwy": "highway", "ter": "terrace", "br": "bridge",
    "north": "n", "south": "s", "east": "e", "west": "w", "northwest": "nw",
    "northeast": "ne", "southwest": "sw", "southeast": "se",
    "r": "rua", "tv": "travessa", "lg": "largo", "pc": "praca", "k": "katu",
})  # fmt: skip
"""Short forms in the addresses of the cities tested; others are compared as written."""

_KINDS = frozenset({
    "street", "strasse", "avenue", "avenida", "road", "boulevard", "drive", "lane", "court",
    "place", "square", "parkway", "highway", "terrace", "bridge", "way", "rua", "travessa",
    "largo", "praca", "katu", "n", "s", "e", "w", "nw", "ne", "sw", "se", "the", "de", "da", "do",
})  # fmt: skip
"""Words that alone name no street."""

SAME, ALIKE, OTHER = 2, 1, 0


def likeness(asked: str, street: str) -> int:
    """Tell whether a street is the one asked for: ``SAME``, ``ALIKE`` or ``OTHER``.

    Case, accents, house numbers and usual short forms do not count. ``ALIKE`` is a name
    that leaves words of the other out.

    Examples
    --------
    >>> likeness("1 SW Main St.", "Southwest Main Street"), likeness("Main", "SW Main Street")
    (2, 1)
    >>> likeness("Park Street", "Park Avenue"), likeness("Hauptstr. 5", "Hauptstraße")
    (0, 2)
    """
    first, second = _words(asked), _words(street)
    if first == second and first:
        return SAME
    telling = set(first) & set(second) - _KINDS
    nested = set(first) <= set(second) or set(second) <= set(first)
    return ALIKE if telling and nested else OTHER


def named_in(street: str, text: str) -> bool:
    """Tell whether a text, such as the name of a gate, contains the whole name of a street.

    A name of a single word is too easily found elsewhere and never counts, unless it names
    the kind of street too, as ``Hauptstraße`` does.

    Examples
    --------
    >>> named_in("SW Main Street", "Assumed gate on SW Main St"), named_in("Main", "Main gate")
    (True, False)
    """
    name, words = _words(street), _words(text)
    if len(name) < 2 and not any(word.endswith(_ENDINGS) for word in name):
        return False
    starts = range(len(words) - len(name) + 1)
    return bool(set(name) - _KINDS) and any(words[i : i + len(name)] == name for i in starts)


_ENDINGS = ("strasse", "katu", "weg", "gasse", "allee", "platz", "kai", "ufer", "tori", "gatan")


@lru_cache(maxsize=4096)
def _words(text: str) -> Words:
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    words = [_SHORT.get(word, word) for word in re.findall(r"\w+", plain)]
    words = [re.sub(r"(?<=\w{3})str$", "strasse", word) for word in words]
    # A number at either end is that of a house, "5th" or a number amid the name is none.
    while len(words) > 1 and re.fullmatch(r"\d+[a-z]?", words[0]):
        del words[0]
    while len(words) > 1 and re.fullmatch(r"\d+[a-z]?", words[-1]):
        del words[-1]
    return tuple(words)
