"""A finished plan put to simulated variations of what was reported."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from planner.plan.doubt import variations
from planner.plan.doubt.shares import ROBUST, shown, with_shares, with_site_shares
from planner.plan.sites.again import told_again
from planner.plan.sites.doubted import chosen_again
from planner.plan.withhold import plain_facts
from planner.plan.zones import label
from planner.risk.placed import place_worlds
from planner.risk.worlds import draw_worlds, share_at, variants_of
from planner.routes.chain import chained
from planner.routes.ensemble import LONGEST_S, simulate
from planner.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable

    from planner.plan.facts import Answer
    from planner.plan.prepare import Prepared
    from planner.plan.question import Question
    from planner.risk.worlds import Draws
    from planner.risk.zones import Zone
    from planner.routes.ensemble import Outcome

Record = dict[str, Any]

WITHHELD = "the robust way is withheld: it did not pass the check"


class Simulated(NamedTuple):
    """What came of the variations, and what was varied; None where there was nothing to vary."""

    outcome: Outcome | None
    varied: list[str]


def doubted(
    document: Record, answer: Answer, prepared: Prepared, question: Question, found: Simulated
) -> Record:
    """Return a plan's document with how often its ways, gates, sites stay clear.

    Parameters
    ----------
    document
        The plan, checked.
    answer, prepared
        What it was written from.
    question
        Number of variations, seed, share in which a robust way must be clear.
    found
        What came of them.
    """
    outcome, varied = found
    done = question.worlds if outcome is None else outcome.done
    ensemble: Record = {
        "worlds": done, "of": question.worlds, "stopped": done < question.worlds,
        "seed": question.seed, "clear_share_asked": question.clear_share,
        "states": 1 if outcome is None else outcome.states,
        "way_share": None, "sentence": "", "varied": varied,
    }  # fmt: skip
    document = document | {"ensemble": ensemble, "provenance": _provenance(document, question)}
    if outcome is not None and done:
        ensemble["way_share"] = _way_share(outcome)
        answer = chosen_again(answer, prepared.ground, question, outcome.site_clear)
        document = told_again(document, answer, prepared)
        document = _checked(with_shares(document, answer, outcome), answer, prepared)
    ensemble["sentence"] = variations.sentence(document)
    return document


def sites_again(
    document: Record, answer: Answer, prepared: Prepared, question: Question, outcome: Outcome
) -> Record:
    """Return a document with its shares, the sites ranked again as another question asks.

    Parameters
    ----------
    document
        As ``doubted`` makes it.
    answer, prepared
        What it was written from.
    question
        Other wishes of the places to wait alone.
    outcome
        What came of its variations; one at least.
    """
    answer = chosen_again(answer, prepared.ground, question, outcome.site_clear)
    return with_site_shares(told_again(document, answer, prepared), answer, outcome)


def simulated(
    answer: Answer,
    prepared: Prepared,
    question: Question,
    *,
    progress: Callable[[int, int], bool] | None = None,
    threads: int | None = None,
) -> Simulated:
    """Return what comes of the variations of a question.

    Parameters
    ----------
    answer, prepared, question
        As in ``doubted``.
    progress
        Told (done, of); where it returns False, the shares are those of the variations so far.
    threads
        As in ``simulate``; the answer does not depend on it.
    """
    risk, problem, ground = answer.risk, answer.problem, prepared.ground
    window = [risk.field.seconds(when) for when in question.staging_window]
    worlds = draw_worlds(risk.zones, question.worlds, question.seed, question.parameters)
    low, high = problem.arrive - problem.early - LONGEST_S, problem.arrive + 1
    span = min(low, window[0]), max(high, window[1])
    varied = [d for d in worlds.draws if _in_doubt(d.zone, answer, span)]
    if not varied:
        return Simulated(None, [])
    sites = list(zip(ground.sites.geometry, answer.stops.sites.tolist(), strict=True))
    placed = place_worlds(
        worlds, risk, answer.stops.network, ground.obstacles,
        sites=sites, window=(window[0], window[1]), steps=[door.step for door in problem.doors],
        known=ground.known,
    )  # fmt: skip
    chain = chained(problem, answer.hand.vias)
    outcome = simulate(
        chain.problem, chain.placed(placed), [[chain.up(way) for way in of] for of in shown(answer)],
        clear_share=question.clear_share, threads=threads, progress=progress,
    )  # fmt: skip
    outcome = replace(outcome, robust=tuple(
        best and replace(best, way=chain.down(best.way)) for best in outcome.robust
    ))  # fmt: skip
    return Simulated(outcome, [_varied(draws, answer, outcome.done) for draws in varied])


def _in_doubt(zone: Zone, answer: Answer, span: tuple[int, int]) -> bool:
    """Tell whether a zone may bear on some seconds, and is not certain in every respect."""
    if zone.start_s - zone.soft_s >= span[1] or zone.end_s + zone.soft_s <= span[0]:
        return False
    share = share_at(zone, answer.problem.arrive, answer.question.parameters)
    if share <= 0:
        return False
    return share < 1 or zone.soft_s > 0 or variants_of(zone) > 1 or zone.kind == "march"


def _varied(draws: Draws, answer: Answer, done: int) -> str:
    """Return what was varied of a zone, in words."""
    zone, parameters = draws.zone, answer.question.parameters
    there = int(draws.there(answer.problem.arrive, parameters)[:done].sum())
    called = label(zone, answer.risk, answer.problem.network, answer.layers.settings.zone)
    doubts = [f"there in {there} of {done}"]
    if zone.place_error_m > 0 and zone.kind != "march":
        doubts.append(f"place by {zone.place_error_m:.0f} m")
    if zone.size_high > zone.size_low:
        doubts.append(f"{zone.size_low:,.0f} to {zone.size_high:,.0f} people")
    if zone.soft_s:
        doubts.append(f"beginning and end by up to {round(zone.soft_s / 60)} min")
    if zone.kind == "march":
        doubts.append(f"speed by up to {parameters.march_speed_error:.0%}")
    return f"{called}: {', '.join(doubts)}"


def _way_share(outcome: Outcome) -> float:
    """Return the share of variations in which some origin has a way."""
    return round(float(np.isfinite(outcome.best_s).any(axis=0).mean()), 6)


def _provenance(document: Record, question: Question) -> Record:
    numbers = {
        "worlds": {"value": question.worlds, "unit": "simulated variations", "source": "question"},
        "clear_share": {
            "value": question.clear_share,
            "unit": "share of variations in which a robust way is clear",
            "source": "question",
        },
    }
    before = document["provenance"]
    told: Record = before | {"parameters": before["parameters"] | numbers, "seed": question.seed}
    return told


def _checked(document: Record, answer: Answer, prepared: Prepared) -> Record:
    """Return the document with its robust ways put to the independent check like all others."""
    beside = [o for o in document["origins"] if (o["robust"] or {}).get("route")]
    if not beside:
        return document
    asked = document | {
        "staging": [],
        "advice": None,
        "origins": [o | {"routes": o["routes"][:1]} for o in beside],
    }
    facts = plain_facts(prepared.streets.extract, answer, prepared.streets)
    own = {o["robust"]["route"]["id"] for o in beside}
    failed = [f for f in verify(asked, facts).to_json()["failures"] if f["id"] in own]
    before = document["verification"]
    document = document | {"verification": {
        "passed": before["passed"] and not failed,
        "checked": before["checked"] + len(own),
        "failures": [*before["failures"], *failed],
    }}  # fmt: skip
    if not failed:
        return document
    wrong = {failure["id"] for failure in failed}
    return document | {
        "origins": [_without(origin, wrong) for origin in document["origins"]],
        "warnings": [
            *document["warnings"],
            f"{len(wrong)} robust ways did not pass the independent check and are withheld",
        ],
    }


def _without(origin: Record, wrong: set[str]) -> Record:
    if f"{origin['id']}:{ROBUST}" not in wrong or not origin["robust"]["route"]:
        return origin
    return origin | {"robust": None, "sure": WITHHELD}
