"""Which havens to tell: the soonest clear ones of each kind, nearer ones that are not clear."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.staging.support import HAVENS, Candidate, is_same

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

CLEAR_TOLD = 3
"""Havens told of each kind with a clear way. Assumption."""

OTHERS_TOLD = 2
"""Nearer ones told of each kind without: who knows them would drive there. Assumption."""

HERE, CLEAR, EXPOSED, NONE = "here", "clear", "exposed", "none"


class Found(NamedTuple):
    """What is known of `k` havens.

    Attributes
    ----------
    here
        bool[k]; on the facility's own ground.
    clear_s, exposed_s
        float64[k]; seconds by a clear way, by any; inf where there is none.
    line_m
        float64[k]; metres in a straight line.
    """

    here: NDArray[np.bool_]
    clear_s: NDArray[np.float64]
    exposed_s: NDArray[np.float64]
    line_m: NDArray[np.float64]


def told_havens(havens: Sequence[Candidate], found: Found) -> list[tuple[int, str]]:
    """Return position and state of the havens to tell, hospitals first.

    Those on the site come first, then the soonest with a clear way; after them those that lie
    nearer in a straight line than the first of these, to which only an exposed way leads, or none.
    A hospital that takes no emergencies comes after all others; the soonest of those known to
    take them is told in any case.
    """
    told: list[tuple[int, str]] = []
    for kind in HAVENS:
        own = [k for k, one in enumerate(havens) if one.kind == kind]
        here = [k for k in own if found.here[k]]
        clear = sorted(
            (k for k in own if not found.here[k] and np.isfinite(found.clear_s[k])),
            key=lambda k: (havens[k].emergency == "no", found.clear_s[k], k),
        )
        kept = _with_ward(havens, _each_once(havens, [*here, *clear]), len(here) + CLEAR_TOLD)
        first = next((found.line_m[k] for k in kept if not found.here[k]), np.inf)
        others = sorted(
            (k for k in own
             if not found.here[k] and not np.isfinite(found.clear_s[k]) and found.line_m[k] < first
             and havens[k].emergency != "no"),
            key=lambda k: (found.exposed_s[k], found.line_m[k], k),
        )  # fmt: skip
        others = [k for k in _each_once(havens, [*kept, *others]) if k not in kept]
        told += [(k, HERE if found.here[k] else CLEAR) for k in kept]
        told += [(k, EXPOSED if np.isfinite(found.exposed_s[k]) else NONE)
                 for k in others[:OTHERS_TOLD]]  # fmt: skip
    return told


def _with_ward(havens: Sequence[Candidate], rows: list[int], most: int) -> list[int]:
    """Return the first rows, the soonest hospital known to take emergencies among them."""
    ward = next((k for k in rows if havens[k].emergency == "yes"), None)
    if ward is None or ward in rows[:most]:
        return rows[:most]
    return [*rows[: most - 1], ward]


def _each_once(havens: Sequence[Candidate], rows: Sequence[int]) -> list[int]:
    """Return rows without those that stand for a place already among them."""
    kept: list[int] = []
    for row in rows:
        if not any(is_same(havens[row], havens[other]) for other in kept):
            kept.append(row)
    return kept
