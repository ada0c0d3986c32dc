"""The independent check put to a choice of sites: what does not verify is withheld."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from planner.plan.stage.record import facility_answer
from planner.plan.withhold import plain_facts
from planner.verify.choice import Asked, verify_choice

if TYPE_CHECKING:
    from planner.plan.stage.ground import Laid

WITHHELD = "The choice of sites is withheld: it did not pass the independent check."


def checked(document: dict[str, Any], laid: Laid) -> dict[str, Any]:
    """Return the document with its verification; a choice that fails is taken out of it."""
    asked, prepared = laid.asked, laid.prepared
    answer = facility_answer(laid, asked.facilities[0][0], [], [])
    facts = plain_facts(prepared.streets.extract, answer, prepared.streets)
    facts = replace(facts, facilities=prepared.ground.layers.facility)
    outcome = verify_choice(
        document, facts,
        Asked(dict(asked.facilities), asked.sites, asked.objective, asked.minutes,
              frozenset(asked.fixed), frozenset(asked.forbidden), asked.split),
    )  # fmt: skip
    document = document | {"verification": outcome.to_json()}
    if outcome.passed:
        return document
    return document | {
        "feasible": False, "headline": WITHHELD, "sites": [], "figures": None, "robust": None,
        "warnings": [*document["warnings"], WITHHELD],
    }  # fmt: skip
