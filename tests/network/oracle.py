"""The definition of the best plan, in plain Python that shares nothing with the kernels.

    J(gate, t) = T - t                                     while the gate is open, t <= T
    J(v, t)    = min of  s (1 + lambda r_a(t)) f_a + J(w, t + s)   arc a = (v, w) open in [t, t + s)
                         1 + J(v, t + 1)                       where one may wait at v at t
    answer(o)  = min over t of J(o, t);  ties: latest departure

where ``s`` is the time of the arc and of the turn onto it. With turns the state is the row of arcs
one came by, as long as any ban on a row of arcs reaches back; with places to pass on the way it
holds how many of them lie behind, and a plan ends when all do.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

INF = float("inf")
Interval = tuple[int, int]


@dataclass
class Case:
    """A small network with clocks; arcs are (tail, head, seconds)."""

    n: int
    arcs: list[tuple[int, int, int]]
    risk: dict[int, list[tuple[int, int, float]]] = field(default_factory=dict)
    shut: dict[int, list[Interval]] = field(default_factory=dict)
    rest: dict[int, list[Interval]] = field(default_factory=dict)
    barred: set[tuple[int, int]] = field(default_factory=set)
    turn: dict[tuple[int, int], int] = field(default_factory=dict)
    rows: list[tuple[int, ...]] = field(default_factory=list)
    musts: list[tuple[int, ...]] = field(default_factory=list)
    gates: list[tuple[int, int, int]] = field(default_factory=list)
    kerb: list[int] = field(default_factory=list)
    aside: float = 7.0
    dear: dict[int, float] = field(default_factory=dict)
    vias: list[frozenset[int]] = field(default_factory=list)
    arrive: int = 0
    risk_aversion: float = 10.0

    def risk_at(self, arc: int, t: int) -> float:
        """Risk of entering an arc at a second."""
        return next((r for a, b, r in self.risk.get(arc, ()) if a <= t < b), 0.0)

    def open(self, arc: int, t: int, seconds: int) -> bool:
        """Whether an arc is open during the whole drive that begins at ``t``."""
        return all(t + seconds <= a or b <= t for a, b in self.shut.get(arc, ()))

    def may_follow(self, past: tuple[int, ...], arc: int) -> bool:
        """Whether an arc may be driven after the arcs of ``past``."""
        if past and (past[-1], arc) in self.barred:
            return False
        now = (*past, arc)
        if any(now[-len(row) :] == row for row in self.rows):
            return False
        # Whoever is on the second arc of a row or a later one, come by those before, ends it.
        bound = [(row, k) for row in self.musts for k in range(2, len(row)) if past[-k:] == row[:k]]
        return not bound or any(row[k] == arc for row, k in bound)

    def passed(self, already: int, arc: int) -> int:
        """How many of the places to pass in order lie behind after driving an arc."""
        while already < len(self.vias) and arc in self.vias[already]:
            already += 1
        return already

    def may_rest(self, node: int, t: int) -> bool:
        """Whether one may stay at a node from ``t`` to ``t + 1``."""
        return any(a <= t and t + 1 <= b for a, b in self.rest.get(node, ()))


def answers(case: Case, horizon: int) -> list[tuple[float, int]]:
    """Return (cost, departure) of every node, looking ``horizon`` seconds back."""
    out = [[a for a, (v, _, _) in enumerate(case.arcs) if v == node] for node in range(case.n)]

    memory = max([1, *(len(row) - 1 for row in (*case.rows, *case.musts))])

    @cache
    def go(node: int, past: tuple[int, ...], t: int, behind: int = 0) -> float:
        if t > case.arrive:
            return INF
        best = INF
        for i, (g, a, b) in enumerate(case.gates):
            if g == node and a <= t <= b and behind == len(case.vias):
                own = case.kerb[i] if case.kerb and past else -1
                aside = case.aside if own >= 0 and past[-1] != own else 0.0
                best = min(best, case.arrive - t + aside)
        for a in out[node]:
            _, w, tt = case.arcs[a]
            s = tt + (case.turn.get((past[-1], a), 0) if past else 0)
            if not case.may_follow(past, a) or not case.open(a, t, s):
                continue
            step = s * (1 + case.risk_aversion * case.risk_at(a, t)) * case.dear.get(a, 1.0)
            then = go(w, (*past, a)[-memory:], t + s, case.passed(behind, a))
            best = min(best, step + then)
        if case.may_rest(node, t):
            best = min(best, 1 + go(node, past, t + 1, behind))
        return best

    result = []
    for node in range(case.n):
        best, departure = INF, -1
        for t in range(case.arrive, case.arrive - horizon, -1):
            cost = go(node, (), t)
            if cost < best - 1e-9:
                best, departure = cost, t
        result.append((best, departure))
    return result


def random_case(seed: int, *, risky: bool, turns: bool, rest: str) -> Case:
    """Return a seeded case: ``rest`` is "anywhere", "some" or "nowhere"."""
    rng = random.Random(seed)
    n = 7
    arcs = []
    for v in range(n):
        others = rng.sample([u for u in range(n) if u != v], rng.choice((1, 2, 2, 3)))
        arcs += [(v, w, rng.randint(1, 12)) for w in others]
    arrive = 100
    case = Case(n, arcs, arrive=arrive, risk_aversion=rng.choice((0.5, 2.0, 10.0, 30.0)))
    case.gates = [
        (g, arrive - rng.choice((15, 20)), arrive - rng.choice((0, 0, 4)))
        for g in rng.sample(range(n), rng.choice((1, 1, 2)))
    ]
    for a in range(len(arcs)):
        if rng.random() < 0.4:
            case.shut[a] = _spans(rng, 45, arrive)
        if risky and rng.random() < 0.6:
            edges = sorted(rng.sample(range(40, arrive), 4))
            # Rising and falling risk alike.
            case.risk[a] = [(p, q, rng.choice((0.0, 0.1, 0.3, 0.9))) for p, q in pairwise(edges)]
        if turns:
            onto = [b for b, (v, _, _) in enumerate(arcs) if v == arcs[a][1]]
            case.barred |= {(a, b) for b in onto if rng.random() < 0.25}
            case.turn |= {(a, b): rng.randint(1, 5) for b in onto if rng.random() < 0.5}
    if risky and seed % 4 == 1:
        # What costs more than its time: coming from the far side of the road, quiet streets.
        case.dear = {a: rng.choice((1.3, 2.0)) for a in range(len(arcs)) if rng.random() < 0.3}
        into = [[a for a, (_, w, _) in enumerate(arcs) if w == g] for g, _, _ in case.gates]
        case.kerb = [rng.choice([-1, *arcs_in]) for arcs_in in into]
    if turns and seed % 3 == 0:
        _ban_rows(rng, case)
    if rest == "anywhere":
        case.rest = {v: [(-1000, 1000)] for v in range(n)}
    elif rest == "some":
        case.rest = {v: _spans(rng, 40, arrive) for v in rng.sample(range(n), 3)}
    return case


def _ban_rows(rng: random.Random, case: Case) -> None:
    """Ban some rows of three and four arcs, and bind others to be ended once begun."""
    for i in range(rng.choice((1, 2, 4))):
        row = [rng.randrange(len(case.arcs))]
        for _ in range(rng.choice((2, 3))):
            onto = [b for b, (v, _, _) in enumerate(case.arcs) if v == case.arcs[row[-1]][1]]
            row.append(rng.choice(onto))
        (case.musts if i % 2 else case.rows).append(tuple(row))


def _spans(rng: random.Random, low: int, high: int) -> list[Interval]:
    edges = sorted(rng.sample(range(low, high), rng.choice((2, 4))))
    return list(zip(edges[::2], edges[1::2], strict=True))
