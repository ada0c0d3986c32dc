"""Titled sections, tables: the frame around cells that are already HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def section(title: str, body: str, *, note: str = "", fold: bool = False) -> str:
    """Return one titled part of the page; a folded one opens by a click and in print."""
    name = title.lower().replace(" ", "-").replace(",", "")
    lead = f'<p class="note">{note}</p>' if note else ""
    if fold:
        return (
            f'<section id="{name}"><details class="onpaper"><summary><h2>{title}</h2></summary>'
            f"{lead}{body}</details></section>"
        )
    return f'<section id="{name}"><h2>{title}</h2>{lead}{body}</section>'


def grid(
    caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: str = ""
) -> str:
    """Return a table; each row begins with its head.

    Parameters
    ----------
    caption
        What the table tells, for who cannot see the title above it.
    heads, rows
        Cells as HTML.
    numbers
        One letter a column: ``n`` a number, ``w`` words that need room.
    """
    kinds = [_KINDS.get(numbers[place : place + 1], "") for place in range(len(heads))]
    head = "".join(f'<th scope="col"{k}>{text}</th>' for k, text in zip(kinds, heads, strict=True))
    body = "".join(f"<tr>{_row(row, kinds)}</tr>" for row in rows)
    return framed(caption, f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>")


def framed(caption: str, inside: str, *, kind: str = "") -> str:
    """Return a table that scrolls inside its own frame where the page is narrow."""
    named = f' class="{kind}"' if kind else ""
    return (
        f'<div class="scroll"><table{named}><caption class="hidden">{caption}</caption>'
        f"{inside}</table></div>"
    )


def _row(row: Sequence[str], kinds: Sequence[str]) -> str:
    first = f'<th scope="row"{kinds[0]}>{row[0]}</th>'
    cells = zip(kinds[1:], row[1:], strict=True)
    return first + "".join(f"<td{kind}>{text}</td>" for kind, text in cells)


_KINDS = {"n": ' class="n"', "w": ' class="wide"'}
