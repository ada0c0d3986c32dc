"""Places to wait chosen again, once it is known how often each stays clear."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from planner.plan.sites.movement import hand_over_id, with_movement
from planner.plan.sites.record import LOCKED, NONE, site_warnings, staging_records
from planner.plan.withhold import moves_kept, plain_facts
from planner.staging.sites import rank_sites
from planner.verify import verify

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.plan.facts import Answer
    from planner.plan.prepare import Prepared
    from planner.plan.question import Question

Record = dict[str, Any]


def chosen_again(answer: Answer, question: Question, clear: NDArray[Any]) -> Answer:
    """Return an answer whose sites stay clear in as many variations as asked for.

    Parameters
    ----------
    clear
        bool[s, n]; whether each candidate stays clear in each variation.
    """
    if answer.scene is None or not answer.scene.n:
        return answer
    own = question.sites.clear_share
    scene = replace(
        answer.scene, clear=clear.mean(axis=1),
        clear_share=question.clear_share if own is None else own,
    )  # fmt: skip
    ranking = rank_sites(scene, question.sites)
    return replace(
        answer, question=question, scene=scene, staging=ranking.sites, staging_out=ranking.out,
        staging_dropped=ranking.dropped,
    )  # fmt: skip


def told_again(document: Record, answer: Answer, prepared: Prepared) -> Record:
    """Return the document with the sites of an answer, those new to it checked like all others."""
    told = staging_records(answer)
    told |= {"staging": with_movement(document | told, answer)["staging"]}
    facts = plain_facts(prepared.streets.extract, answer, prepared.streets)
    places = [{k: o[k] for k in ("id", "lon", "lat")} | {"feasible": False}
              for o in document["origins"]]  # fmt: skip
    asked = document | {"origins": places, "advice": None, "wishes": None} | told
    own = {key for site in told["staging"] for key in (site["id"], hand_over_id(site["id"]))}
    before = document["verification"]
    wrong = [f for f in verify(asked, facts).to_json()["failures"] if f["id"] in own]
    sites = {site["id"] for site in told["staging"]}
    known = {site["id"] for site in document["staging"]} | {f["id"] for f in before["failures"]}
    failed = [f for f in wrong if f["id"] not in known]
    bad = {f["id"] for f in wrong}
    left = [site for site in told["staging"] if site["id"] not in bad]
    if bad:
        left = [site | {"rank": rank} for rank, site in enumerate(left, 1)]
        moved = with_movement(document | {"staging": left}, answer)["staging"]
        left = [moves_kept(site, bad) for site in moved]
    kept = [w for w in document["warnings"] if not w.startswith((f"{NONE}:", f"{LOCKED} "))]
    new = [f"staging site {one} did not pass the independent check and is withheld"
           for one in sorted({f["id"] for f in failed})]  # fmt: skip
    return document | told | {
        "staging": left,
        "warnings": [*kept, *new, *site_warnings(answer)],
        "verification": {
            "passed": before["passed"] and not failed,
            "checked": before["checked"] + len(sites - known),
            "failures": [*before["failures"], *failed],
        },
    }  # fmt: skip
