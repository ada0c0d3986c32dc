"""Rows that name a row of their own layer: another one, in one step, or themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def odd_links(
    ids: Sequence[str], named: Sequence[str | None], links: Mapping[str, str]
) -> Iterator[tuple[int, str, str]]:
    """Yield position, problem and remedy of each row whose naming of another cannot stand.

    Parameters
    ----------
    ids, named
        Rows to be written: their ids, and the row each names; itself, to stand for itself.
    links
        Rows that are there beside them, by id: the row each names, "" for none.

    Examples
    --------
    >>> list(odd_links(["b"], ["b"], {"a": ""}))
    []
    >>> list(odd_links(["c"], ["b"], {"a": "", "b": "a"}))
    [(0, 'b itself names a', 'name a')]
    """
    after = {**links, **{key: other or "" for key, other in zip(ids, named, strict=True)}}
    followers = {other: key for key, other in links.items() if other and key not in set(ids)}
    for position, (key, other) in enumerate(zip(ids, named, strict=True)):
        if not other or other == key:
            continue
        if after.get(other) == key:
            yield position, f"{key} and {other} name each other", "leave one of the two empty"
        elif after.get(other) not in (None, "", other):
            yield position, f"{other} itself names {after[other]}", f"name {after[other]}"
        elif key in followers:
            problem = f"{followers[key]} names {key}, which would name another"
            yield position, problem, f"name {other} in {followers[key]} too, in the same edit"
