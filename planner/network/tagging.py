"""Columns of tags turned into numbers, each distinct value read once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from numpy.typing import NDArray

    from planner.network.osm import Extract


def look_up(
    extract: Extract, key: str, meaning: Callable[[str], float], absent: float
) -> NDArray[np.float64]:
    """Return float64[w]: the meaning of each way's value of a key, ``absent`` without one."""
    codes = extract.codes(key)
    if key not in extract.keys_said:
        return np.full(len(codes), absent, float)
    used = np.flatnonzero(np.bincount(codes, minlength=1))
    table = np.full(int(used[-1]) + 1 if len(used) else 1, absent, float)
    for code in used.tolist():
        if code:
            table[code] = meaning(extract.values[code])
    return table[codes]


def of_table(extract: Extract, key: str, table: Mapping[str, float]) -> NDArray[np.float64]:
    """Return float64[w]: the number beside each way's value of a key in a table, NaN for none."""
    return look_up(extract, key, lambda value: table.get(value, np.nan), np.nan)


def is_one_of(extract: Extract, key: str, words: Collection[str]) -> NDArray[np.bool_]:
    """Return bool[w]: whether a way's value of a key is among the words."""
    if key not in extract.keys_said:
        return np.zeros(extract.n_ways, bool)
    return look_up(extract, key, lambda value: value in words, 0) > 0
