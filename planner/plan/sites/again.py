"""Places to wait ranked once more: what is written of them, checked like all else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from planner.plan.sites.choice import check_ids
from planner.plan.sites.movement import hand_over_id, with_movement
from planner.plan.sites.record import LOCKED, NONE, site_warnings, site_wishes, staging_records
from planner.plan.sites.room import with_room
from planner.plan.support.record import with_support, without
from planner.plan.support.words import key_of
from planner.plan.withhold import moves_kept, plain_facts
from planner.staging.candidates import SHORTLIST
from planner.staging.sites import rank_sites
from planner.verify import verify

if TYPE_CHECKING:
    from planner.plan.facts import Answer
    from planner.plan.prepare import Ground, Prepared
    from planner.plan.question import Question
    from planner.staging.scene import Scene
    from planner.staging.site_wishes import SiteWishes

Record = dict[str, Any]


def looks_at_all(ground: Ground, before: SiteWishes, after: SiteWishes) -> bool:
    """Tell whether other wishes are about the very candidates that were looked at.

    A site that is locked is looked at beside the nearest ones; among candidates that nothing has
    cut short it changes none.
    """
    if set(before.locked) == set(after.locked):
        return True
    known = set(ground.sites["id"].astype(str))
    return len(known) < SHORTLIST and {*before.locked, *after.locked} <= known


def ranked_again(answer: Answer, ground: Ground, question: Question, scene: Scene) -> Answer:
    """Return an answer with the sites of a question ranked anew; no way is looked for again.

    Raises
    ------
    InputError
        A locked or forbidden site is not known, or a locked one was not prepared.
    """
    check_ids(ground, question)
    ranking = rank_sites(scene, question.sites)
    return replace(
        answer, question=question, scene=scene, staging=ranking.sites, staging_out=ranking.out,
        staging_dropped=ranking.dropped + ground.barred,
    )  # fmt: skip


def told_again(document: Record, answer: Answer, prepared: Prepared) -> Record:
    """Return the document with the sites of an answer and the stops of their crews, all checked."""
    told = staging_records(answer)
    told |= {"staging": with_movement(document | told, answer)["staging"]}
    told |= {"support": with_support(document | told, answer, prepared)["support"]}
    wrong = _wrong(document | told, answer, prepared)
    bad = {failure["id"] for failure in wrong}
    before = document["verification"]
    known = {one["id"] for one in document["staging"]} | {f["id"] for f in before["failures"]}
    fresh = [failure for failure in wrong if failure["id"] not in known]
    kept = [w for w in document["warnings"] if not w.startswith((f"{NONE}:", f"{LOCKED} "))]
    new = [f"staging site {one} did not pass the independent check and is withheld"
           for one in sorted({f["id"] for f in fresh})]  # fmt: skip
    again = document | told | {
        "staging": _left(document, told["staging"], answer, bad),
        "support": without(told["support"], bad),
        "site_wishes": site_wishes(answer),
        "warnings": [*kept, *new, *site_warnings(answer)],
        "verification": {
            "passed": before["passed"] and not fresh,
            "checked": before["checked"] - _many(document) + _many(told),
            "failures": [*before["failures"], *fresh],
        },
    }  # fmt: skip
    return with_room(again, answer.question, prepared)


def _wrong(document: Record, answer: Answer, prepared: Prepared) -> list[Record]:
    """Return what the check finds of the sites, their movement, their stops; nothing else counts."""
    facts = plain_facts(prepared.streets.extract, answer, prepared.streets)
    places = [{k: o[k] for k in ("id", "lon", "lat")} | {"feasible": False}
              for o in document["origins"]]  # fmt: skip
    asked = document | {"origins": places, "advice": None, "wishes": None}
    own = {key for site in document["staging"] for key in (site["id"], hand_over_id(site["id"]))}
    support = document["support"]
    own |= {key_of(one["id"]) for one in (*support["stops"], *support["havens"])}
    return [one for one in verify(asked, facts).to_json()["failures"] if one["id"] in own]


def _left(document: Record, sites: list[Record], answer: Answer, bad: set[str]) -> list[Record]:
    """Return the sites that passed, their movement among themselves."""
    if not bad:
        return sites
    left = [site for site in sites if site["id"] not in bad]
    left = [site | {"rank": rank} for rank, site in enumerate(left, 1)]
    moved = with_movement(document | {"staging": left}, answer)["staging"]
    return [moves_kept(site, bad) for site in moved]


def _many(told: Record) -> int:
    """Return how many sites, stops, havens are told: each is checked."""
    support = told.get("support") or {"stops": (), "havens": ()}
    return len(told["staging"]) + len(support["stops"]) + len(support["havens"])
