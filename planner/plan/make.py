"""The order of steps from a question to a plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from planner.errors import InputError
from planner.plan import first, words
from planner.plan.beside import beside
from planner.plan.collector import held_off
from planner.plan.day.risk import day_risk, day_span
from planner.plan.document import write_document
from planner.plan.doubt.simulate import doubted, simulated, sites_again
from planner.plan.facts import Answer, Layers
from planner.plan.hour import at_hour, problem_at
from planner.plan.no_way.record import with_stops
from planner.plan.prepare import Ground, Prepared, lay_out, prepare, read_layers
from planner.plan.question import asked_again
from planner.plan.sites.again import looks_at_all, ranked_again, told_again
from planner.plan.sites.choice import scene_of
from planner.plan.sites.movement import with_movement
from planner.plan.sites.room import with_room
from planner.plan.staff import with_messages
from planner.plan.support.record import with_support
from planner.plan.wishes.hand import hand_of
from planner.plan.wishes.weigh import chain_of, weigh
from planner.plan.withhold import verified
from planner.routes.answer import answer_all, first_answers
from planner.routes.chain import chained
from planner.staging.sites import Ranking, rank_sites

if TYPE_CHECKING:
    from collections.abc import Callable

    from geopandas import GeoDataFrame

    from planner.layers.workspace import Settings, Workspace
    from planner.network.graph import Network
    from planner.plan.beside import Walked
    from planner.plan.doubt.simulate import Simulated
    from planner.plan.question import Question
    from planner.risk.build import Risk
    from planner.routes.answer import OriginAnswer
    from planner.routes.chain import Chain
    from planner.routes.problem import Problem
    from planner.staging.site_wishes import SiteWishes

__all__ = [
    "Plan",
    "lay_out",
    "make_plan",
    "plan_at",
    "prepare",
    "read_layers",
    "solve",
    "with_doubt",
    "with_sites",
]


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A whole answer: the document that is printed, and what a map needs beside it.

    Attributes
    ----------
    document
        The plan as JSON-ready data; ``docs/plan.schema.json`` describes it.
    network, risk
        Split roads and their risk.
    facility, entrances, zones, closures, access_routes, gateways, support_stops
        Frames in EPSG:4326; ``facility`` has one row.
    answer, prepared
        What the document was written from: ways as arrays, the facility on its roads.
    whole
        False: first choices only, the primary way of each gateway; other ways, options and
        staging are empty because nobody looked for them.
    walked
        Ground within minutes of the gates on foot; empty while nobody looked (``with_beside``).
    simulated
        What came of the variations of its question (``with_doubt``); None while nobody looked.
    """

    document: dict[str, Any]
    question: Question
    settings: Settings
    network: Network
    risk: Risk
    facility: GeoDataFrame
    entrances: GeoDataFrame
    zones: GeoDataFrame
    closures: GeoDataFrame
    access_routes: GeoDataFrame
    gateways: GeoDataFrame
    support_stops: GeoDataFrame
    answer: Answer
    prepared: Prepared
    whole: bool = True
    walked: tuple[Walked, ...] = ()
    simulated: Simulated | None = None


@held_off()
def make_plan(
    workspace: Workspace,
    question: Question,
    *,
    now: datetime | None = None,
    whole: bool = True,
    beside_too: bool = False,
    progress: Callable[[int, int], bool] | None = None,
) -> Plan:
    """Return the answer to a question; infeasible is an answer too.

    Parameters
    ----------
    workspace
        What is known of the area.
    question
        Facility, arrival time, vehicles, parameters.
    now
        Time of making, for the stamp; the machine's clock when None.
    whole
        Whether to look beyond the first choices.
    beside_too
        Whether to tell who leaves later, and who leaves on foot: ``with_beside``.
    progress
        As in ``with_doubt``, where the question asks for variations.

    Raises
    ------
    InputError
        The facility is unknown, or the workspace lacks gateways.
    """
    prepared = prepare(
        workspace, question.facility, vehicles=question.vehicles, profile=question.profile,
        locked=question.sites.locked,
    )  # fmt: skip
    plan = plan_at(prepared, question, now=now, whole=whole)
    plan = with_doubt(plan, progress=progress) if whole and question.worlds else plan
    return with_beside(plan) if beside_too else plan


def with_doubt(
    plan: Plan,
    *,
    progress: Callable[[int, int], bool] | None = None,
    threads: int | None = None,
    **asked: object,
) -> Plan:
    """Return a plan with how often it holds in simulated variations of its reports.

    Parameters
    ----------
    plan
        As ``plan_at`` makes it; it stays as it is. May be called from any thread.
    progress
        Told (done, of) after every few variations; where it returns False, the rest is left
        out, and the shares are those of the variations so far.
    threads
        Cores to use, all when None; the answer does not depend on it.
    asked
        ``worlds``, ``seed``, ``clear_share`` where they are not those of the plan's question.

    Raises
    ------
    InputError
        A number is out of range.
    """
    question = asked_again(plan.question, **asked) if asked else plan.question
    if not question.worlds:
        return plan
    found = simulated(plan.answer, plan.prepared, question, progress=progress, threads=threads)
    document = doubted(plan.document, plan.answer, plan.prepared, question, found)
    return replace(plan, document=document, question=question, simulated=found)


def with_sites(plan: Plan, sites: SiteWishes, support_minutes: int | None = None) -> Plan | None:
    """Return a whole plan with other wishes of the places to wait, as ``plan_at`` would make it.

    Ways, risk, measures of the candidates stay as they are: only the ranking is made again, with
    what hangs on it. None where another candidate would have to be looked at, or none was.

    Parameters
    ----------
    plan
        As ``plan_at`` or ``with_doubt`` makes it: variations are not drawn again.
    sites
        What is asked of the places to wait.
    support_minutes
        Minutes within which stops for the crew are told; those of the plan when None.

    Raises
    ------
    InputError
        A site asked for is not known.
    """
    scene, ground = plan.answer.scene, plan.prepared.ground
    if scene is None or not looks_at_all(ground, plan.question.sites, sites):
        return None
    minutes = plan.question.support_minutes if support_minutes is None else support_minutes
    question = asked_again(plan.question, sites=sites, support_minutes=minutes)
    known = plan.simulated
    if known is not None and known.outcome is not None and known.outcome.done:
        document = sites_again(plan.document, plan.answer, plan.prepared, question, known.outcome)
        return replace(plan, document=document, question=question)
    answer = ranked_again(plan.answer, ground, question, scene)
    document = told_again(plan.document, answer, plan.prepared)
    return replace(plan, document=document, question=question, answer=answer)


@held_off()
def plan_at(
    prepared: Prepared,
    question: Question,
    *,
    now: datetime | None = None,
    whole: bool = True,
    risk: Risk | None = None,
) -> Plan:
    """Return the answer to a question about what has been prepared, as ``make_plan`` gives it.

    Parameters
    ----------
    prepared
        The facility, and sites for as many vehicles as asked for.
    question, now, whole
        As in ``make_plan``.
    risk
        The risk of the arrival's local day, from the plan of another hour of it; else worked out.

    Raises
    ------
    InputError
        Another facility or number of vehicles was prepared, or the risk is of another day.
    """
    ground = prepared.ground
    asked = (question.facility, question.vehicles, question.profile)
    ready = (prepared.facility, ground.vehicles, ground.profile)
    if asked != ready:
        raise InputError(
            f"prepared is {ready[0]!r} for {ready[1]} vehicles by {ready[2]}, asked is "
            f"{asked[0]!r} for {asked[1]} by {asked[2]}: prepare it first"
        )
    answer = answer_at(ground, question, whole=whole, risk=risk)
    document = write_document(answer, prepared.workspace, now or datetime.now(UTC))
    document["provenance"]["inputs"]["workspace_version"] = prepared.version
    if whole:
        document, afoot = with_stops(with_movement(document, answer), answer, prepared)
        document = with_support(with_messages(document), answer, prepared)
        document = with_room(document, question, prepared)
    else:
        document, afoot = first.without_the_rest(document), {}
    document = verified(
        document, prepared.streets.extract, answer, prepared.streets,
        headline=words.headline if whole else first.headline, afoot=afoot,
    )  # fmt: skip
    layers = ground.layers
    return Plan(
        document, question, layers.settings, answer.problem.network, answer.risk,
        layers.facility, layers.entrances, layers.zones, layers.closures,
        layers.access_routes, layers.gateways, layers.support_stops, answer, prepared, whole,
    )  # fmt: skip


def with_beside(plan: Plan) -> Plan:
    """Return a plan with who leaves later is where when, and who leaves on foot."""
    found = beside(plan.prepared, plan.question, plan.risk)
    told = {"leaving": found.leaving, "on_foot": found.on_foot}
    return replace(plan, document=plan.document | told, walked=found.walked)


def solve(network: Network, layers: Layers, question: Question) -> Answer:
    """Return ways, sites and risk for a question, from frames and arrays alone."""
    return answer_at(
        lay_out(network, layers, question.vehicles, locked=question.sites.locked), question
    )


def answer_at(
    ground: Ground, question: Question, *, whole: bool = True, risk: Risk | None = None
) -> Answer:
    """Return ways, sites and risk for a question, or its first choices."""
    span = day_span(question, ground.layers.settings.zone)
    if risk is None:
        risk = day_risk(ground, span, question.parameters)
    elif (risk.field.epoch, risk.parameters) != (span[0], question.parameters):
        raise InputError("the risk given is not that of the day asked about: leave it out")
    hour = at_hour(ground, question)
    plain = problem_at(ground, question, risk, hour)
    hand = hand_of(ground, question.wishes)
    problem = hand.on(plain)
    with problem.remembering():
        origins = _origins(ground, question, risk, chained(problem, hand.vias), whole=whole)
        scene = scene_of(ground, question, risk, problem) if whole else None
        to_go = problem.free_tree().cost
    ranking = rank_sites(scene, question.sites) if scene else Ranking()
    return Answer(
        question=question, layers=ground.layers, metric=ground.metric, gates=ground.gates,
        sites=ground.sites, stops=ground.stops, risk=risk, problem=problem,
        to_go=to_go, origins=origins,
        staging=ranking.sites, staging_dropped=ranking.dropped + ground.barred, quiet=hour.quiet, hand=hand,
        weighed=weigh(plain, hand, origins) if hand.wishes and whole else None,
        staging_out=ranking.out, scene=scene,
    )  # fmt: skip


def _origins(
    ground: Ground, question: Question, risk: Risk, chain: Chain, *, whole: bool
) -> list[OriginAnswer]:
    """Return the ways of every origin, found on the copies of the roads, on the roads."""
    found = (answer_all if whole else first_answers)(
        chain.problem, chain.problem.free_tree().cost,
        later=partial(_problem_later, ground, question, risk),
    )  # fmt: skip
    return [answer.on_roads(chain) for answer in found]


def _problem_later(ground: Ground, question: Question, risk: Risk, second: int) -> Problem:
    """Return the same question for another second of arrival, on the roads of its hour."""
    asked = question.model_copy(update={"arrive": risk.field.when(second)})
    plain = problem_at(ground, asked, risk, at_hour(ground, asked))
    return chain_of(plain, hand_of(ground, question.wishes)).problem
