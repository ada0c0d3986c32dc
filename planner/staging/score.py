"""A score from 0 to 100 for every candidate site, with its parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.staging.criteria import CRITERIA, EXITS, LEAVE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.staging.scene import Scene
    from planner.staging.site_wishes import SiteWishes

WAYS_APART = "two ways out without a common street"
NO_WAYS = "no two separate ways out to two gateways"
OFF = "switched off"

NEUTRAL = 50.0
"""Points for what is not known: worse than known to be good, better than known to be bad."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one criterion says of one site.

    Attributes
    ----------
    criterion
        Its name.
    value
        The measure, nan where it is not known.
    points
        0 to 100, half of them where the measure is not known; nan where they do not count.
    weight
        How much they count.
    words
        The measure in a few words.
    off
        Whether the criterion is switched off.
    fails
        Whether the site would fall out by it, were it not switched off.
    """

    criterion: str
    value: float
    points: float
    weight: float
    words: str
    off: bool
    fails: bool


def weighted_mean(points: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of the points, float64[c, s], by weights, float64[c].

    Points that are nan do not count. A site of which nothing counts has 0.
    """
    counted = np.where(np.isnan(points), 0.0, weights[:, None])
    total = counted.sum(axis=0)
    sums = (counted * np.nan_to_num(points, nan=0.0)).sum(axis=0)
    mean: NDArray[np.float64] = np.divide(sums, total, out=np.zeros_like(total), where=total > 0)
    return mean


class Sheet:
    """Every measure of every candidate; ways out are filled in as they are looked for.

    Attributes
    ----------
    values, fails
        float64[c, s], bool[c, s]; ways out count as the best until they are looked for.
    weights
        float64[c]; those in force: 0 for a criterion that is switched off.
    applies
        bool[c]; whether it applies to the question.
    """

    def __init__(self, scene: Scene, wishes: SiteWishes) -> None:
        """Measure every candidate by every criterion, all at once."""
        asked = dict(wishes.weights)
        self.off = np.array([row.name in wishes.off for row in CRITERIA])
        weights = [asked.get(row.name, row.weight) for row in CRITERIA]
        self.weights = np.where(self.off, 0.0, weights)
        self._say = {}
        self.values = np.zeros((len(CRITERIA), scene.n))
        self.fails = np.zeros((len(CRITERIA), scene.n), bool)
        self.applies = np.ones(len(CRITERIA), bool)
        for c, row in enumerate(CRITERIA):
            if row.measure is not None:
                found = row.measure(scene)
                self.values[c], self._say[c] = found.values, found.say
                self.fails[c] = row.fails(found.values, found.limit)
                self.applies[c] = found.applies
        points = [self._points(c, self.values[c]) for c in range(len(CRITERIA))]
        self._table = np.array(points).reshape(self.values.shape)
        self._scores = weighted_mean(self._table, self.weights)

    def put_exits(self, site: int, shared_m: float) -> None:
        """Put how many metres the two ways out of a site share, inf where there are no two."""
        self.values[EXITS, site] = shared_m
        told = np.array([shared_m])
        self.fails[EXITS, site] = CRITERIA[EXITS].fails(told)[0]
        self._table[EXITS, site] = self._points(EXITS, told)[0]
        self._scores = weighted_mean(self._table, self.weights)

    def out(self) -> NDArray[np.bool_]:
        """Return which sites, bool[s], fall out by a criterion that is not switched off."""
        fallen: NDArray[np.bool_] = (self.fails & ~self.off[:, None]).any(axis=0)
        return fallen

    def scores(self) -> NDArray[np.float64]:
        """Return the score of every site, float64[s]."""
        return self._scores

    def _points(self, c: int, values: NDArray[np.float64]) -> NDArray[np.float64]:
        points = CRITERIA[c].points(values)
        return np.where(np.isnan(points), NEUTRAL if self.applies[c] else np.nan, points)

    def lacking(self, site: int) -> list[str]:
        """Return in words every criterion in force by which a site falls out."""
        return [self._words(c, site) for c in self._fallen(site)]

    def first_lack(self, site: int) -> str:
        """Return what is counted of a site that falls out: the first criterion it fails.

        Who may not use it is told by its own words, as of sites that were not looked at.
        """
        first = self._fallen(site)[0]
        return self._words(first, site) if first == LEAVE else CRITERIA[first].lacking

    def _fallen(self, site: int) -> Sequence[int]:
        fallen: Sequence[int] = np.flatnonzero(self.fails[:, site] & ~self.off).tolist()
        return fallen

    def parts(self, site: int) -> tuple[Part, ...]:
        """Return what each criterion says of a site."""
        return tuple(self._part(c, site) for c in range(len(CRITERIA)))

    def _part(self, c: int, site: int) -> Part:
        row, value, off = CRITERIA[c], float(self.values[c, site]), bool(self.off[c])
        weight = float(self.weights[c])
        points = float(self._points(c, np.array([value]))[0]) if weight else np.nan
        words = f"{OFF}: {row.label}" if off else self._words(c, site)
        fails = bool(self.fails[c, site])
        if off and fails:
            words = f"{words} ({self._words(c, site)})"
        return Part(row.name, value, points, weight, words, off, fails)

    def _words(self, c: int, site: int) -> str:
        if c in self._say:
            return self._say[c](site)
        shared = self.values[c, site]
        if np.isinf(shared):
            return NO_WAYS
        return WAYS_APART if not shared else f"{WAYS_APART} after the first {shared:.0f} m"
