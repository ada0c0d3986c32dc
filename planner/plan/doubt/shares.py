"""Shares of simulated variations, put on the records of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from planner.layers.schema import ROLES
from planner.plan.doubt import variations
from planner.plan.paths import route_record
from planner.routes.walk import shared_share

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from planner.plan.facts import Answer
    from planner.routes.ensemble import Outcome
    from planner.routes.robust import Robust
    from planner.routes.walk import Walk

Record = dict[str, Any]

ROBUST = "robust"
"""Role of a way that is shown because it stays clear, not because it is among the cheapest."""

AS_QUICK_S = 60.0
"""A first choice that is clear often enough stays the robust one unless another is this much
quicker. Assumption: nobody changes a plan for less."""


def wilson(successes: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """Return the interval of a share seen in `n` trials: Wilson's, 95% unless ``z`` says else.

    Raises
    ------
    ValueError
        There are no trials, or more successes than trials.

    References
    ----------
    Wilson 1927, J. Am. Stat. Assoc. 22, 209-212, doi:10.1080/01621459.1927.10502953.

    Examples
    --------
    >>> [round(share, 3) for share in wilson(96, 100)]
    [0.902, 0.984]
    """
    if not 0 <= successes <= n or n < 1:
        raise ValueError(f"{successes} of {n} is no share")
    share, square = successes / n, z * z / n
    middle = share + square / 2
    reach = z * ((share * (1 - share) + square / 4) / n) ** 0.5
    return max((middle - reach) / (1 + square), 0.0), min((middle + reach) / (1 + square), 1.0)


def counted(clear: NDArray[np.bool_]) -> Record:
    """Return the share of variations, bool[n], with Wilson's interval of 95%."""
    n, k = len(clear), int(clear.sum())
    low, high = wilson(k, n)
    return {
        "clear_share": round(k / n, 6),
        "clear_share_low": round(low, 6),
        "clear_share_high": round(high, 6),
    }


def with_shares(document: Record, answer: Answer, outcome: Outcome) -> Record:
    """Return the document with the shares of its ways, gates, sites; and robust ways.

    Parameters
    ----------
    document
        The plan, ``ensemble`` included but for its sentence.
    answer
        What it was written from; its candidate sites are those of ``outcome``.
    outcome
        At least one variation.
    """
    rows = {key: o for o, key in enumerate(placed(answer))}
    gates = {
        key: clear for g, (key, clear) in enumerate(
            zip(answer.gates["id"], outcome.gate_clear, strict=True))
        if answer.hand.gate in (None, g)
    }  # fmt: skip
    return with_site_shares(document, answer, outcome) | {
        "origins": [
            _origin(record, rows[record["id"]], document["ensemble"], answer, outcome)
            if record["id"] in rows else record
            for record in document["origins"]
        ],
        "gates": [
            gate | counted(gates[gate["id"]]) if gate["open"] and gate["id"] in gates else gate
            for gate in document["gates"]
        ],
    }  # fmt: skip


def with_site_shares(document: Record, answer: Answer, outcome: Outcome) -> Record:
    """Return the document with the shares of its sites; the candidates are those of ``outcome``."""
    clear = dict(zip(answer.sites["id"], outcome.site_clear, strict=True))
    staging = [site | counted(clear[site["id"]]) for site in document["staging"]]
    return document | {"staging": staging}


def placed(answer: Answer) -> Iterator[str]:
    """Give the ids of the origins that lie on a road, in the order of the problem's."""
    pairs = zip(answer.layers.gateways["id"], answer.stops.gateways, strict=True)
    return (str(key) for key, node in pairs if node >= 0)


def shown(answer: Answer) -> list[list[Walk]]:
    """Return for each origin of the problem its routes, then its options."""
    return [[*found.routes, *found.options] for found in answer.origins]


def _origin(record: Record, o: int, ensemble: Record, answer: Answer, outcome: Outcome) -> Record:
    routes = answer.origins[o].routes
    by_id = {
        route_id(record["id"], i): clear
        for i, clear in enumerate(outcome.clear[o][: len(routes)])
    }  # fmt: skip
    record = record | {"routes": [r | counted(by_id[r["id"]]) for r in record["routes"]]}
    if routes and not record["routes"]:
        return record | {"sure": variations.WITHHELD}
    way_share = float(np.isfinite(outcome.best_s[o]).mean())
    found = _robust_of(record, o, ensemble, answer, outcome)
    if found is None:
        return record | {"sure": variations.none_robust(record, ensemble, way_share)}
    return record | {"robust": found, "sure": found["text"]}


def route_id(origin: str, place: int) -> str:
    """Return the id of an origin's route by its place among them."""
    return f"{origin}:{ROLES[place]}"


def _robust_of(
    record: Record, o: int, ensemble: Record, answer: Answer, outcome: Outcome
) -> Record | None:
    best = outcome.robust[o]
    if best is None or not record["routes"]:
        return None
    ways = answer.origins[o].routes
    place, clear, expected = _chosen(best, ways, outcome, o, ensemble["clear_share_asked"])
    here = {route["id"]: route for route in record["routes"]}
    same = None if place is None else route_id(record["id"], place)
    way = here.get(same or "")
    if way is None:
        same = None
        way = route_record(
            answer, f"{record['id']}:{ROBUST}", ROBUST, best.way,
            shared_share(answer.problem, best.way, ways[0]),
        ) | counted(clear)  # fmt: skip
    found = {
        "same_as": same, "text": "", "expected_time_s": round(expected), **counted(clear),
        "route": None if same else way,
    }  # fmt: skip
    return found | {"text": variations.robust_text(record, found, way, ensemble)}


def _chosen(
    best: Robust, ways: Sequence[Walk], outcome: Outcome, o: int, asked: float
) -> tuple[int | None, NDArray[np.bool_], float]:
    """Return the robust way's place among the routes, its worlds, its expected seconds."""
    clear, took = outcome.clear[o][0], outcome.took_s[o][0]
    through = took[took >= 0]
    if clear.mean() >= asked and through.mean() <= best.expected_s + AS_QUICK_S:
        return 0, clear, float(through.mean())
    same = [i for i, way in enumerate(ways) if way.is_same(best.way)]
    return (same[0] if same else None), best.clear, best.expected_s
