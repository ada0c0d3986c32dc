"""What holds on the roads from moment to moment, numbered so that equal states are seen."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.routes.problem import FOREVER_S

if TYPE_CHECKING:
    from planner.risk.field import RiskField


class View(NamedTuple):
    """What holds before an arrival: (seconds before it, risk state, closure state), oldest first."""

    steps: tuple[tuple[int, int, int], ...]

    @property
    def risk_changes(self) -> bool:
        """Whether any risk begins, ends or changes within it."""
        return len({risk for _, risk, _ in self.steps}) > 1


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """The states of a field between its `k` moments of change.

    Attributes
    ----------
    moments
        int64[k]; seconds at which a state begins, ascending; before the first nothing holds.
    risk, shut
        int64[k]; number of the risk of all arcs, of the set of shut arcs; equal numbers, equal
        states.
    """

    moments: NDArray[np.int64]
    risk: NDArray[np.int64]
    shut: NDArray[np.int64]

    @classmethod
    def of(cls, field: RiskField) -> States:
        """Number the states of a field."""
        moments = np.unique(np.concatenate([field.breaks, field.shut.ravel()]))
        # Streets left alone are shut since before all time: no state begins there.
        moments = moments[np.abs(moments) < FOREVER_S]
        columns = np.ascontiguousarray(field.risk.T)
        names = [sha256(column.tobytes()).digest() if column.any() else b"" for column in columns]
        numbers = _numbers([b"", *names])
        step = np.searchsorted(field.breaks, moments, side="right") - 1
        known = (step >= 0) & (step < len(columns))
        risk = np.where(known, numbers[np.where(known, step + 1, 0)], numbers[0])
        owner = np.repeat(np.arange(len(field.row)), np.diff(field.shut_start)).astype(np.int32)
        since, until = field.shut.T
        sets = [owner[(since <= t) & (t < until)].tobytes() for t in moments.tolist()]
        return cls(moments, risk, _numbers(sets))

    @property
    def begins(self) -> int:
        """Second before which nothing holds."""
        return int(self.moments[0])

    def view(self, arrive: int, reach: int) -> View:
        """Return what holds in the ``reach`` seconds before an arrival."""
        first = int(np.searchsorted(self.moments, arrive - reach, side="right")) - 1
        last = int(np.searchsorted(self.moments, arrive, side="left"))
        begun = max(first, 0)
        parts = (part[begun:last].tolist() for part in (self.moments, self.risk, self.shut))
        rows = list(zip(*parts, strict=True))
        if first < 0:
            rows.insert(0, (arrive - reach, -1, -1))
        steps: list[tuple[int, int, int]] = []
        for since, risk, shut in rows:
            if not steps or steps[-1][1:] != (risk, shut):
                steps.append((min(arrive - since, reach), risk, shut))
        return View(tuple(steps))


def _numbers(names: list[bytes]) -> NDArray[np.int64]:
    """Return one number for each distinct name."""
    known: dict[bytes, int] = {}
    return np.array([known.setdefault(name, len(known)) for name in names], np.int64)
