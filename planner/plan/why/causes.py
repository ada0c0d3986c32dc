"""Why a way, a gate, an hour: causes found by solving the question again without them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from planner.plan.directions.phrases import NAMELESS, street_of
from planner.plan.holds import resting_nodes
from planner.plan.hour import HOLD_S
from planner.plan.pace.decision import known_by
from planner.plan.why import words as why_words
from planner.plan.why.words import Names
from planner.risk.apart import ZONE
from planner.routes.apart import GATE, Apart
from planner.routes.causes import look_for

if TYPE_CHECKING:
    from planner.network.graph import Network
    from planner.plan.facts import Answer
    from planner.routes.answer import OriginAnswer
    from planner.routes.causes import Found
    from planner.routes.walk import Walk

Record = dict[str, Any]

SAME_S = 30
"""Ways whose minutes differ by less take the same time."""


class Told(NamedTuple):
    """One gateway's answer, to be explained.

    Attributes
    ----------
    key, name, node
        Of the gateway.
    found
        Its ways.
    """

    key: str
    name: str
    node: int
    found: OriginAnswer


def why(answer: Answer) -> list[Record] | None:
    """Return why each gateway's first choice is what it is, None where only that was looked for.

    A gateway on no road is left out.
    """
    told = _placed(answer)
    if not all(one.found.whole for one in told):
        return None
    apart, names = apart_of(answer), Names(answer)
    asked = answer.weighed.without if answer.weighed else [None] * len(told)
    return [
        _record(answer, (apart, names), one, plain) for one, plain in zip(told, asked, strict=True)
    ]


def explanations(records: list[Record] | None, origins: list[Record]) -> list[str]:
    """Return a sentence for each set of causes, from the gateway that they cost most; then the wishes'.

    Parameters
    ----------
    records
        As ``why`` returns them.
    origins
        The gateways of the document.
    """
    names = {origin["id"]: origin["name"] for origin in origins}
    by_causes: dict[tuple[str, ...], list[Record]] = {}
    asked = 0
    for record in records or []:
        if record["causes"]:
            by_causes.setdefault(tuple(record["causes"]), []).append(record)
        asked = max(asked, record["wishes_s"] or 0)
    told = []
    for some in by_causes.values():
        first = max(some, key=lambda r: np.inf if r["longer_s"] is None else r["longer_s"])
        others = [(names[r["origin"]], r["longer_s"]) for r in some if r is not first]
        told.append(first["text"] + why_words.same_causes(others))
    return [*told, *([why_words.wished(asked)] if asked >= 2 * SAME_S else [])]


def apart_of(answer: Answer) -> Apart:
    """Return a plan's question, ready to be asked without some causes."""
    since, until = answer.problem.arrive - HOLD_S, answer.problem.arrive + 1
    return Apart(
        answer.problem, answer.risk,
        gate_ids=[str(key) for key in answer.gates["id"]],
        rest=lambda risk: resting_nodes(answer, risk, since=since, until=until),
        vias=answer.hand.vias, to_go=answer.to_go,
    )  # fmt: skip


def _placed(answer: Answer) -> list[Told]:
    frame = answer.layers.gateways
    on_roads = frame[answer.stops.gateways >= 0]
    rows = zip(on_roads["id"], on_roads["name"], strict=True)
    return [
        Told(str(key), str(name), int(node), found)
        for (key, name), node, found in zip(
            rows, answer.problem.origins, answer.origins, strict=True
        )
    ]


def _record(answer: Answer, known: tuple[Apart, Names], told: Told, plain: Walk | None) -> Record:
    """Return one gateway's record; ``plain`` is its best way without the planner's wishes."""
    apart, names = known
    routes = told.found.routes
    primary = routes[0] if routes else None
    found = look_for(apart, told.node, primary, [*routes[1:], *told.found.options])
    record: Record = {
        "origin": told.key, "longer_s": 0 if primary else None, "exposure_min": 0.0,
        "causes": [], "smallest": True, "without": [], "together": None, "hangs_on": [], "wishes_s": None,
        "gate": None, "hour": None, "text": "",
    }  # fmt: skip
    if found is not None:
        record |= _causes(answer, names, primary, found)
    if primary is not None:
        record["gate"] = _gate(answer, told.found, found, record)
        record["hour"] = None if found is None else _hour(answer, known, primary, found.calm)
    if found is not None:
        record["text"] = why_words.sentence(told.name, record)
    if primary is not None and plain is not None:
        record["wishes_s"] = _seconds(primary) - _seconds(plain)
    return record


def _causes(answer: Answer, names: Names, primary: Walk | None, found: Found) -> Record:
    without = [
        {"id": cause.key, "kind": cause.kind, "label": names[cause],
         "cause": cause in found.causes, **_saved(answer, primary, way)}
        for cause, way in found.alone
    ]  # fmt: skip
    return {
        "longer_s": None if primary is None else _seconds(primary) - _seconds(found.calm),
        "exposure_min": 0.0 if primary is None else _minutes(primary.exposure_s),
        "causes": [cause.key for cause in found.causes],
        "smallest": found.smallest,
        "without": without,
        "together": _saved(answer, primary, found.together) if len(found.causes) > 1 else None,
        "hangs_on": [w["id"] for w in without if w["kind"] == ZONE and w["changes"]],
    }


def _saved(answer: Answer, primary: Walk | None, way: Walk | None) -> Record:
    """Return what a way without some causes saves against the way as things are."""
    record: Record = {
        "changes": way is not None and not _same(primary, way),
        "time_s": None, "saves_s": None, "exposure_saved_min": None, "by": "", "parts_at": "",
        "gate": None, "gate_name": None, "proven": way is None or way.proven,
    }  # fmt: skip
    if way is None:
        return record
    gate = answer.gates.iloc[way.gate]
    record |= {"time_s": _seconds(way), "gate": str(gate["id"]), "gate_name": str(gate["name"])}
    network = answer.problem.network
    if primary is None:
        return record | {"by": known_by(network, way.arcs[:0], way.arcs)}
    at = _parting(primary, way)
    return record | {
        "saves_s": _seconds(primary) - _seconds(way),
        "exposure_saved_min": _minutes(primary.exposure_s - way.exposure_s),
        "by": known_by(network, primary.arcs[at:], way.arcs[at:]) if record["changes"] else "",
        "parts_at": _street(network, way, at) if record["changes"] else "",
    }


def _gate(answer: Answer, of: OriginAnswer, found: Found | None, record: Record) -> Record:
    """Return why the first choice ends at its gate."""
    primary = of.routes[0]
    names = [str(name) for name in answer.gates["name"]]
    ids = [str(key) for key in answer.gates["id"]]
    others = [way for way in of.by_gate if way is not None and way.gate != primary.gate]
    other = min(others, key=lambda way: way.cost_s, default=None)
    calm = primary.gate if found is None else found.calm.gate
    told: Record = {
        "id": ids[primary.gate], "name": names[primary.gate],
        "other": None if other is None else ids[other.gate],
        "other_name": None if other is None else names[other.gate],
        "saves_s": None if other is None else _seconds(other) - _seconds(primary),
        "clear": bool(primary.max_risk < answer.problem.clear_below),
        "other_clear": None if other is None
        else bool(other.max_risk < answer.problem.clear_below),
        "on_a_calm_day": ids[calm], "on_a_calm_day_name": names[calm],
    }  # fmt: skip
    if answer.hand.gate is not None:
        return told | {"text": f"{told['name']}: the gate asked for."}
    because = [w["label"] for w in record["without"] if w["cause"]]
    back = found is not None and found.together is not None and found.together.gate == calm
    return told | {"text": why_words.gate(told, because if back else [])}


def _hour(answer: Answer, known: tuple[Apart, Names], primary: Walk, calm: Walk) -> str | None:
    """Return why one leaves earlier than on a calm day, None where that makes no minute."""
    early = calm.depart - primary.depart
    if early < 2 * SAME_S:
        return None
    wait = int(primary.wait_s.sum())
    drive = int(primary.time_s.sum()) - int(calm.time_s.sum())
    ahead = answer.problem.arrive - primary.arrive
    shutting = _shuts_later(answer, known, primary) if ahead >= SAME_S else []
    return why_words.hour(early, drive, wait, ahead, shutting)


def _shuts_later(answer: Answer, known: tuple[Apart, Names], way: Walk) -> list[str]:
    """Return what would shut a way if it were driven to arrive at the last moment."""
    apart, names = known
    later = way.entered + (answer.problem.arrive - way.arrive)
    return [
        names[cause] for cause in apart.order
        if cause.kind != GATE and apart.bearing(cause, way, entered=later).shut.any()
    ]  # fmt: skip


def _parting(one: Walk, other: Walk) -> int:
    """Return how many arcs two ways have in common at their beginning."""
    n = min(len(one.arcs), len(other.arcs))
    apart = np.flatnonzero(one.arcs[:n] != other.arcs[:n])
    return int(apart[0]) if len(apart) else n


def _street(network: Network, way: Walk, after: int) -> str:
    """Return the street a way is on after some arcs, "" for none named and at the start."""
    named = street_of(network, int(way.arcs[after - 1])) if after else ""
    return "" if named in NAMELESS else named


def _same(one: Walk | None, other: Walk) -> bool:
    return one is not None and one.gate == other.gate and np.array_equal(one.arcs, other.arcs)


def _seconds(way: Walk) -> int:
    return way.arrive - way.depart


def _minutes(seconds: float) -> float:
    return round(seconds / 60, 3)
