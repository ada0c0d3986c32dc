"""In how many variations a way, gate or site stays clear: a place for it from the first on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.briefing.escape import escape
from planner.briefing.words import NONE
from planner.plan.doubt.variations import count
from planner.ui.behind import WORLDS

if TYPE_CHECKING:
    from planner.ui.heading import Answered

COMING = "\N{HORIZONTAL ELLIPSIS}"


def clear_count(record: dict[str, Any], answered: Answered) -> str:
    """Return the number of variations, dots while it is worked out, a dash where nobody counted."""
    ensemble, share = answered.document["ensemble"], record.get("clear_share")
    if ensemble is not None and share is not None:
        return str(count(share, ensemble["worlds"]))
    return COMING if answered.unsure else NONE


def of_how_many(answered: Answered) -> int:
    """Return how many variations there are, or are to be."""
    ensemble = answered.document["ensemble"]
    return int(ensemble["worlds"]) if ensemble else WORLDS


def clear_head(answered: Answered) -> str:
    """Return the head of a column of such numbers."""
    title = "simulated variations of these reports; unreported events are not included"
    return (
        f'<th scope="col" class="n" title="{title}">Clear in<br>'
        f"of {escape(of_how_many(answered))}</th>"
    )


def clear_cell(record: dict[str, Any], answered: Answered) -> str:
    """Return such a number as a cell."""
    return f'<td class="n">{escape(clear_count(record, answered))}</td>'


def clear_words(record: dict[str, Any], answered: Answered) -> str:
    """Return the number in words, to stand behind other facts."""
    told = clear_count(record, answered)
    return "" if told == NONE else f" · clear in {told} of {of_how_many(answered)} variations"
