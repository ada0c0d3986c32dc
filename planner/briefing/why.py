"""Why the first choices are what they are; what staff are told, by gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.briefing.escape import isolate
from planner.briefing.grid import section
from planner.briefing.words import letter
from planner.plan.why.words import first_choice

if TYPE_CHECKING:
    from collections.abc import Iterable

Document = dict[str, Any]

ALONE = (
    "Each may be passed on by itself: it names gates, streets and times, and nothing of what is "
    "reported. The rest of this page may not."
)


def why(document: Document) -> str:
    """Return what makes the first choice, and every way that is not that of a calm day."""
    told = [*first_choice(document), *(document.get("explanations") or [])]
    return section("Why", listed(told)) if told else ""


def listed(told: Iterable[str]) -> str:
    """Return sentences as a list."""
    return f"<ul>{''.join(f'<li>{isolate(text)}</li>' for text in told)}</ul>"


def messages(document: Document) -> str:
    """Return the message of each gateway, folded on a screen."""
    blocks = "".join(
        f'<div class="message"><h3>{letter(place)} {isolate(origin["name"])}</h3>'
        f"<p>{isolate(origin['message']['text'])}</p></div>"
        for place, origin in enumerate(document["origins"])
        if origin.get("message")
    )
    return section("Messages to staff", blocks, note=ALONE, fold=True) if blocks else ""
