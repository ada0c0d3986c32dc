"""What of the question a table keeps: the trade, the planner's hand."""

from __future__ import annotations

from typing import Any

from planner.briefing.escape import isolate
from planner.plan.wishes.words import asked_of


def asked_line(found: dict[str, Any]) -> str:
    """Return it as a paragraph of HTML, "" where nothing was asked."""
    said = " ".join(asked_of(found))
    return f"<p>{isolate(said)}</p>" if said else ""
