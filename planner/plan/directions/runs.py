"""A way cut into the stretches that one sentence each tells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from planner.network.graph import CLASSES
from planner.network.profiles import PROFILES
from planner.plan.directions import phrases
from planner.plan.directions.junctions import FAST, FERRY, SIGHT_M
from planner.plan.directions.speech import speech_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.plan.directions.junctions import Course

CORNER_DEG = 40.0
"""A bend this sharp is worth a word where another street leads on."""

FORK_DEG = 40.0
"""Two ways on that differ by less can be mistaken for each other."""

GENTLE_DEG = 40.0
"""Where there is one way on only, a street may bend this much without being a turn."""

STUB_M = 60.0
NAMED_STUB_M = 15.0
RAMP_M = 1500.0
"""Lengths up to which a piece is no street of its own: a link, a street's width, a ramp."""

AHEAD_M = (25.0, 60.0)
OTHER_SIDE_DEG = 30.0
"""Pieces are no one turn where the road bends this much to the other side over both lengths."""

PASSING_M = (200.0, 500.0, 1000.0)
ENOUGH = 25
FAST_PASSING_M = 2000.0
BACK_M, LOOK_AHEAD = 3000.0, 12
"""Straight ahead a name is not told that holds for the first of these lengths only, or one of
the longer where more than ``ENOUGH`` sentences are left, on a motorway for the next; nor one
that gives way to the name before within the last, at most some names on."""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch told in one sentence: arcs ``begin`` to ``end``, on one street from ``enter``.

    ``ramp`` is the link before ``enter``, ``exit`` the number of a roundabout's exit, ``held``
    whether one waits at the start.
    """

    begin: int
    enter: int
    end: int
    ramp: str = ""
    exit: int = 0
    held: bool = False


@dataclass(frozen=True, eq=False)
class Guide:
    """The stretches of a course, with what is said at each."""

    course: Course

    @cached_property
    def streets(self) -> list[str]:
        """What each arc's street is called."""
        network = self.course.problem.network
        arcs = self.course.way.arcs
        key = network.name[arcs].astype(np.int64) * len(CLASSES) + network.road_class[arcs]
        _, first, again = np.unique(key, return_index=True, return_inverse=True)
        told = [phrases.street_of(network, int(arc)) for arc in arcs[first]]
        return [told[i] for i in again.tolist()]

    @cached_property
    def named(self) -> NDArray[np.bool_]:
        """bool[k]; arcs of a street with a name."""
        network, arcs = self.course.problem.network, self.course.way.arcs
        named: NDArray[np.bool_] = (network.name[arcs] > 0) & (network.road_class[arcs] != FERRY)
        return named

    @cached_property
    def runs(self) -> list[Run]:
        """The stretches told in one sentence each."""
        found = first = self._without_stubs(self._first_runs())
        for limit in PASSING_M:
            found = self._without_passing(first, limit)
            if len(found) < ENOUGH:
                break
        return found

    def _first_runs(self) -> list[Run]:
        """Return stretches of one name, cut at waits, roundabouts and true turns."""
        course, streets, k = self.course, self.streets, len(self.course.arcs)
        held = course.way.wait_s > 0
        ring_of = {a: (b, n) for a, b, n in course.rings}
        cuts = {0, k}
        cuts.update(i for i in range(1, k) if streets[i] != streets[i - 1] or held[i - 1])
        cuts.update(i for i in np.flatnonzero(course.crossings).tolist() if self._is_turn(i))
        cuts.update(i for i in range(1, k) if self._turns_back(i))
        for begin, (end, _) in ring_of.items():
            cuts -= set(range(begin + 1, end))
            cuts |= {begin, end}
        order = sorted(cuts)
        return [
            Run(a, a, b, exit=ring_of[a][1] if a in ring_of else 0, held=bool(a and held[a - 1]))
            for a, b in pairwise(order)
        ]

    @property
    def _on_foot(self) -> bool:
        return PROFILES[self.course.problem.network.profile].on_foot

    def _turns_back(self, node: int) -> bool:
        """Tell whether the car goes back from a node along the road it came by."""
        before, after = self.course.arcs[node - 1 : node + 1]
        return bool(self.course.problem.network.twin[before] == after)

    def _is_turn(self, node: int) -> bool:
        """Tell whether a driver who stays on a street has to choose at a node."""
        course, network = self.course, self.course.problem.network
        bend, own = float(course.bends[node]), course.arcs[node]
        if abs(bend) >= CORNER_DEG:
            return any(abs(e.angle) < abs(bend) + 30.0 for e in course.exits(node))
        if abs(bend) <= phrases.STRAIGHT_DEG and int(network.road_class[own]) not in FAST:
            return False
        near = [e for e in course.exits(node) if abs(e.angle - bend) < FORK_DEG]
        if self._is_link(own):
            return bool(near)
        return any(
            abs(e.angle) + 3.0 < abs(bend)
            and (
                network.road_class[e.arc] <= network.road_class[own]
                or network.name[e.arc] == network.name[own]
            )
            for e in near
        )

    def _is_link(self, arc: int) -> bool:
        return str(CLASSES[self.course.problem.network.road_class[arc]]).endswith("_link")

    def _length(self, run: Run) -> float:
        return float(self.course.at[run.end] - self.course.at[run.begin])

    def _without_stubs(self, runs: list[Run]) -> list[Run]:
        """Return the runs with links and the widths of streets made part of what follows."""
        kept: list[Run] = []
        lead: Run | None = None
        for i, own in enumerate(runs):
            run = own if lead is None else replace(
                own, begin=lead.begin, ramp=lead.ramp, exit=lead.exit, held=lead.held
            )  # fmt: skip
            lead = None
            last = i == len(runs) - 1
            after = runs[min(i + 1, len(runs) - 1)]
            if (
                not last
                and not after.held
                and self._leads_on(run, after, first=i == 0)
                and (run.exit or self._is_one_turn(run, after))
            ):
                lead = replace(run, ramp=run.ramp or self._ramp(run))
            else:
                kept.append(run)
        return kept

    def _leads_on(self, run: Run, after: Run, *, first: bool) -> bool:
        """Tell whether a run is no street of its own but leads onto the next."""
        if run.exit and run.enter == run.begin:
            return not after.exit
        if after.exit or self._is_ferry(run):
            return False
        length = float(self.course.at[run.end] - self.course.at[run.enter])
        if self.named[run.enter]:
            return length < NAMED_STUB_M
        if length < STUB_M:
            return True
        bend = abs(float(self.course.bends[run.end]))
        onto = bool(self.named[after.enter]) and not first
        return onto and bool(self._ramp(run)) and length < RAMP_M and bend < phrases.SLIGHT_DEG

    def _is_one_turn(self, run: Run, after: Run) -> bool:
        """Tell whether the turn from a run's start into what follows is the one seen there.

        Paths zigzag: their corners, taken as one, may come out on the wrong side.
        """
        course, at = self.course, self.course.at
        if not run.begin:
            return True
        told = course.turn(run.begin, after.enter, 0, after.end)
        here = float(at[run.begin])
        into = course.heading(max(0.0, here - SIGHT_M), here)
        seen = [course.heading(here, min(here + far, float(at[-1]))) - into for far in AHEAD_M]
        side = 1.0 if told > 0 else -1.0
        return any(side * ((angle + 180.0) % 360.0 - 180.0) > -OTHER_SIDE_DEG for angle in seen)

    def _ramp(self, run: Run) -> str:
        street = self.streets[run.enter]
        links = (phrases.UNNAMED["motorway_link"], phrases.UNNAMED["primary_link"])
        is_link = street in links and self._length(run) >= STUB_M
        return street if is_link else ""

    def _is_ferry(self, run: Run) -> bool:
        network = self.course.problem.network
        return bool(network.road_class[self.course.arcs[run.enter]] == FERRY)

    def _without_passing(self, runs: list[Run], limit: float) -> list[Run]:
        """Return the runs with those joined that go straight on without a need to say so."""
        kept = [runs[0]]
        i = 1
        while i < len(runs):
            back = self._back_on(kept[-1], runs, i)
            if back > i or self._passes(kept[-1], runs, i, limit):
                kept[-1] = replace(kept[-1], end=runs[back].end)
            else:
                back = i
                kept.append(runs[i])
            i = back + 1
        return kept

    def _goes_on(self, before: Run, run: Run) -> bool:
        """Tell whether nobody need be told anything to drive from one run into the next."""
        if run.exit or run.held or self._is_ferry(run) or self._is_ferry(before):
            return False
        turn = self._turn(before, run)
        same = self.streets[before.enter] == self.streets[run.enter]
        short = same and self._length(run) < STUB_M
        return turn == "continue" or (short and turn.startswith("slight"))

    def _passes(self, before: Run, runs: list[Run], i: int, limit: float) -> bool:
        """Tell whether the ``i``-th run goes straight on from another, not worth a word."""
        run = runs[i]
        if not self._goes_on(before, run):
            return False
        if self.streets[before.enter] == self.streets[run.enter]:
            return True
        network = self.course.problem.network
        fast = int(network.road_class[self.course.arcs[run.enter]]) in FAST
        length, last = self._length(run), i + 1 == len(runs)
        on = last or runs[i + 1].exit > 0 or self._goes_on(run, runs[i + 1])
        return length < STUB_M or (on and length < (FAST_PASSING_M if fast else limit))

    def _back_on(self, before: Run, runs: list[Run], i: int) -> int:
        """Return the last run, straight on from the ``i``-th, that has the name from before."""
        found, length = i, 0.0
        name, until = self.streets[before.enter], min(len(runs), i + LOOK_AHEAD)
        if all(self.streets[run.enter] != name for run in runs[i:until]):
            return i
        for j in range(i, until):
            if not self._goes_on(runs[j - 1] if j > i else before, runs[j]):
                break
            if self.streets[runs[j].enter] == name:
                found, length = j, 0.0
                continue
            length += self._length(runs[j])
            if length > BACK_M:
                break
        return found

    @cached_property
    def _turns(self) -> dict[tuple[int, int, int, int], str]:
        """Turns already worked out, by the nodes that decide on them."""
        return {}

    def _turn(self, before: Run, run: Run) -> str:
        """Return the turn from one run into the next."""
        key = before.enter, run.begin, run.enter, run.end
        if key not in self._turns:
            self._turns[key] = self._new_turn(before, run)
        return self._turns[key]

    def _new_turn(self, before: Run, run: Run) -> str:
        course = self.course
        if self._is_ferry(run) and not self._is_ferry(before):
            return "ferry"
        if self._turns_back(run.begin):
            return "uturn"
        # A ramp is left where it leads, long after the turn into it.
        # A path of a few metres between two streets is a turn of its own to a walker.
        into = run.begin if run.ramp or self._on_foot else run.enter
        angle = course.turn(run.begin, into, before.enter, run.enter if run.ramp else run.end)
        exits = [e for n in range(run.begin, run.enter + 1) for e in course.exits(n)]
        turn = phrases.turn_of(angle)
        if turn != "continue":
            return "continue" if not exits and abs(angle) < GENTLE_DEG else turn
        here = float(course.bends[run.begin])
        near = [e for e in course.exits(run.begin) if abs(e.angle - here) < FORK_DEG]
        link = self._is_link(course.arcs[run.begin])
        like = [e for e in near if link or self._rivals(e.arc, run)]
        if not like or run.exit:
            return "continue"
        rival = min(like, key=lambda e: abs(e.angle - here))
        return "slight_left" if here > rival.angle else "slight_right"

    def _rivals(self, arc: int, run: Run) -> bool:
        """Tell whether another way on is as much the street ahead as the one taken."""
        network = self.course.problem.network
        own = self.course.arcs[run.begin]
        return bool(
            network.road_class[arc] <= network.road_class[own]
            or network.name[arc] == network.name[self.course.arcs[run.begin - 1]] != 0
        )

    def words(self, i: int) -> tuple[str, str, str]:
        """Return the turn, the street and the sentence of the ``i``-th run."""
        run = self.runs[i]
        street = self.streets[run.enter]
        if i == 0:
            toward = phrases.compass(self.course.out[run.begin])
            return "depart", street, phrases.departs(toward, street)
        before = self.runs[i - 1]
        turn = self._turn(before, run)
        stays = self.streets[before.enter] == street
        return turn, street, phrases.said(
            turn, street, stays=stays, ramp=run.ramp, exit_number=run.exit,
            back=speech_of(self.course.problem.network.profile).back,
        )  # fmt: skip
