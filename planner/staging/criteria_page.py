"""The table of criteria as a part of a page."""

from __future__ import annotations

from planner.staging.criteria import CRITERIA, Criterion

BEGIN = "<!-- written from planner/staging/criteria.py -->"
END = "<!-- end of the table -->"


def criteria_table() -> str:
    """Return the criteria as a Markdown table between two marks."""
    heads = ("name", "what", "kind", "weight", "100 points", "none", "source")
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    lines += [f"| {' | '.join(_cells(row))} |" for row in CRITERIA]
    return "\n".join([BEGIN, *lines, END])


def _cells(row: Criterion) -> tuple[str, ...]:
    kind = "weighed"
    if row.hard:
        worse = "above" if row.better == "low" else "below"
        kind = f"hard: out {worse} {row.limit:g}" + ", always" * row.fixed
    unit = f" {row.unit}"
    marks = (f"{row.full:g}{unit}", f"{row.none:g}{unit}") if row.weight else ("-", "-")
    return f"`{row.name}`", row.label, kind, f"{row.weight:g}", *marks, row.source
