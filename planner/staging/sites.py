"""Ranked sites: those that no hard criterion bars, best score first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from planner.staging.exits import Exit, Exits
from planner.staging.nearby import NEAR_M
from planner.staging.score import Part, Sheet
from planner.staging.site_wishes import SiteWishes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.routes.walk import Walk
    from planner.staging.scene import Scene

WANTED = 6

TOGETHER = 2
"""As many sites within ``NEAR_M`` of each other are told: what comes near one comes near all.
Assumption."""

FORBIDDEN = "you have forbidden it"


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """A chosen site: its row among the candidates, the way to a gate, two ways out.

    Attributes
    ----------
    exits
        Two; fewer only where separate ways out are not asked for.
    door_m
        How far the two ways out have one street, as at the side of a one-way street.
    open
        Whether the way to the gate is open and clear at the time asked for; if not, it is the
        one of a free day, to be taken when the gates open again.
    score, parts
        0 to 100, and what each criterion says.
    gate_s
        Seconds to each gate by a clear way, None where there is none.
    locked
        Whether the planner asked for it by its id.
    """

    row: int
    to_gate: Walk
    exits: tuple[Exit, ...]
    door_m: float = 0.0
    open: bool = True
    score: float = 0.0
    parts: tuple[Part, ...] = ()
    gate_s: tuple[int | None, ...] = ()
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Out:
    """A candidate that is not among the chosen: its row, why, its score if it could be."""

    row: int
    why: str
    score: float | None
    locked: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """The chosen sites, best first; the other candidates; how many fell out by what."""

    sites: tuple[Site, ...] = ()
    out: tuple[Out, ...] = ()
    dropped: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Look:
    """What one candidate is worth by itself: its score, its parts, every criterion that bars it."""

    score: float
    parts: tuple[Part, ...]
    lacking: tuple[str, ...]


def look_at(scene: Scene, rows: Sequence[int], wishes: SiteWishes | None = None) -> list[Look]:
    """Return what some candidates are worth, whoever is better; two ways out are looked for.

    Parameters
    ----------
    scene
        The candidates.
    rows
        Which of them.
    wishes
        As in ``rank_sites``.
    """
    ranker = _Ranker(scene, wishes or SiteWishes())
    return [ranker.look(row) for row in rows]


def rank_sites(scene: Scene, wishes: SiteWishes | None = None, *, wanted: int = WANTED) -> Ranking:
    """Return the best sites by score, locked ones first, and why others are not among them.

    Equal scores go by the seconds to a gate, then by id. Of sites close together the best two are
    chosen, more only where too few others are left. Ways out cost a search a site: they are
    looked for best first, counted as the best possible until then, and no further than a better
    site could still be found.

    Parameters
    ----------
    scene
        The candidates.
    wishes
        Weights, what is switched off, locked and forbidden ids.
    wanted
        How many to choose; every locked site that no criterion bars is among them.
    """
    return _Ranker(scene, wishes or SiteWishes()).ranking(wanted)


class _Ranker:
    def __init__(self, scene: Scene, wishes: SiteWishes) -> None:
        self.scene, self.wishes = scene, wishes
        self.sheet = Sheet(scene, wishes)
        self.ids = scene.sites["id"].astype(str).tolist()
        self.locked = np.isin(self.ids, wishes.locked)
        self.forbidden = np.isin(self.ids, wishes.forbidden)
        self.exits = Exits(scene.problem, since=scene.since, until=scene.until)
        middles = scene.sites.geometry.representative_point()
        self.middles = np.column_stack([middles.x, middles.y])
        self.pairs: dict[int, tuple[tuple[Exit, ...], float]] = {}

    def ranking(self, wanted: int) -> Ranking:
        may = ~self.sheet.out() & ~self.forbidden
        # Without a way to a gate there is nothing to tell; a free day has one, if any has.
        may &= np.array([way is not None for way in self.scene.ways], bool)
        wanted = max(wanted, int(self.locked.sum()))
        chosen, found = self._best(self._in_order(np.flatnonzero(may).tolist()), wanted)
        sites = tuple(self._site(row) for row in chosen)
        others = [row for row in range(self.scene.n) if row not in chosen]
        fallen = [row for row in others if self.sheet.out()[row]]
        dropped = Counter(self.sheet.first_lack(row) for row in fallen)
        return Ranking(sites, tuple(self._out(row, found, chosen) for row in others), dropped)

    def _best(self, rows: list[int], wanted: int) -> tuple[list[int], list[int]]:
        """Return the chosen of some sites, then all that were found usable, each best first."""
        found: list[int] = []
        passed: list[int] = []
        for row in rows:
            ahead = [one for one in self._apart(found) if self._key(one) < self._key(row)]
            if len(ahead) >= wanted:
                break
            if self._is_beside(row, ahead):
                passed.append(row)
            elif self._is_usable(row):
                found = self._in_order([*found, row])
        chosen = self._apart(found)[:wanted]
        spare = [row for row in found if row not in chosen]
        left = wanted - len(chosen)
        for row in passed if left else ():
            if len(spare) >= left and self._key(spare[left - 1]) < self._key(row):
                break
            if self._is_usable(row):
                spare = self._in_order([*spare, row])
        return self._in_order(chosen + spare[:left]), self._in_order(chosen + spare)

    def _apart(self, rows: list[int]) -> list[int]:
        """Return those of sites, best first, that are not beside as many better ones."""
        apart: list[int] = []
        for row in rows:
            if not self._is_beside(row, apart):
                apart.append(row)
        return apart

    def _is_beside(self, row: int, better: list[int]) -> bool:
        """Tell whether as many as are told together lie near a site nobody asked for."""
        if self.locked[row]:
            return False
        gaps = np.hypot(*(self.middles[better] - self.middles[row]).T)
        return int((gaps < NEAR_M).sum()) >= TOGETHER

    def _is_usable(self, row: int) -> bool:
        """Look for the ways out of a site; tell whether nothing bars it then."""
        self._look_for_exits(row)
        return not self.sheet.out()[row]

    def look(self, row: int) -> Look:
        """Return what one candidate is worth, with its two ways out."""
        self._look_for_exits(row)
        score = float(self.sheet.scores()[row])
        return Look(score, self.sheet.parts(row), tuple(self.sheet.lacking(row)))

    def _in_order(self, rows: list[int]) -> list[int]:
        return sorted(rows, key=self._key)

    def _key(self, row: int) -> tuple[bool, float, float, str]:
        score, seconds = float(self.sheet.scores()[row]), self.scene.seconds(row)
        return not self.locked[row], -score, seconds, self.ids[row]

    def _look_for_exits(self, row: int) -> None:
        pair = self.exits.apart(int(self.scene.nodes[row]))
        self.pairs[row] = ((), 0.0) if pair is None else (pair[:2], pair[2])
        self.sheet.put_exits(row, np.inf if pair is None else pair[2])

    def _site(self, row: int) -> Site:
        way = self.scene.ways[row]
        assert way is not None  # noqa: S101 - barred else
        exits, door_m = self.pairs[row]
        return Site(
            row, way, exits, door_m, self.scene.open, float(self.sheet.scores()[row]),
            self.sheet.parts(row),
            tuple(None if np.isinf(s) else int(s) for s in self.scene.gate_s[row]),
            bool(self.locked[row]),
        )  # fmt: skip

    def _out(self, row: int, found: list[int], chosen: list[int]) -> Out:
        locked = bool(self.locked[row])
        lacking = self.sheet.lacking(row)
        if self.forbidden[row]:
            return Out(row, "; ".join([FORBIDDEN, *lacking]), None, locked)
        if lacking:
            return Out(row, "; ".join(lacking), None, locked)
        score = float(self.sheet.scores()[row])
        told = f"score {score:.0f}" + ("" if row in found else " at most")
        if self._is_beside(row, chosen):
            return Out(row, f"{told}, near two chosen", score)
        place = f"in place {found.index(row) + 1}" if row in found else "behind those chosen"
        return Out(row, f"{told}, {place}", score)
