"""Traffic Light Protocol 2.0 markings, with what each lets a reader see."""

from __future__ import annotations

from enum import StrEnum

from planner.errors import InputError


class Marking(StrEnum):
    """A TLP 2.0 label, written as the standard writes it."""

    RED = "TLP:RED"
    AMBER_STRICT = "TLP:AMBER+STRICT"
    AMBER = "TLP:AMBER"
    GREEN = "TLP:GREEN"
    CLEAR = "TLP:CLEAR"

    @property
    def colour(self) -> str:
        """Text colour on black, as the standard gives it."""
        return _COLOURS[self]

    @property
    def carries_plan(self) -> bool:
        """Whether routes, gates, staging and times may stand in the page."""
        return self not in (Marking.GREEN, Marking.CLEAR)

    @property
    def sharing(self) -> str:
        """Who may read it, in words."""
        return _SHARING[self]


_COLOURS = {
    Marking.RED: "#FF2B2B",
    Marking.AMBER_STRICT: "#FFC000",
    Marking.AMBER: "#FFC000",
    Marking.GREEN: "#33FF00",
    Marking.CLEAR: "#FFFFFF",
}
_SHARING = {
    Marking.RED: "For the named readers only.",
    Marking.AMBER_STRICT: "Stays inside your organisation, with those who need it.",
    Marking.AMBER: "Stays inside your organisation and its clients, with those who need it.",
    Marking.GREEN: "May be shared in your community, not in public.",
    Marking.CLEAR: "May be shared freely.",
}


def parse_marking(text: str) -> Marking:
    """Return the marking a user names.

    Raises
    ------
    InputError
        It is none of the five labels.
    """
    try:
        return Marking(text.strip().upper())
    except ValueError:
        known = ", ".join(Marking)
        raise InputError(f"marking {text!r} is not one of {known}") from None
