"""Where the vehicles of several facilities wait: the order of steps from question to document."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from planner.plan.stage.check import checked
from planner.plan.stage.choice import Chosen, chosen_of
from planner.plan.stage.ground import lay_stage
from planner.plan.stage.record import write_stage

if TYPE_CHECKING:
    from planner.layers.workspace import Workspace
    from planner.plan.make import Plan
    from planner.plan.stage.ground import Laid
    from planner.plan.stage.question import StageQuestion


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """A whole answer: the document, and what it was written from."""

    document: dict[str, Any]
    laid: Laid
    chosen: Chosen


def make_stage(workspace: Workspace, asked: StageQuestion, *, now: datetime | None = None) -> Stage:
    """Return where the vehicles wait; that they cannot is an answer too.

    Parameters
    ----------
    workspace, asked
        What is known, what is asked.
    now
        Time of making, for the stamp; the machine's clock when None.

    Raises
    ------
    InputError
        A facility or a site is unknown, or the workspace lacks gateways.
    """
    laid = lay_stage(workspace, asked)
    chosen = chosen_of(laid)
    document = write_stage(laid, chosen, now or datetime.now(UTC))
    return Stage(checked(document, laid), laid, chosen)


def with_several(plan: Plan, document: dict[str, Any]) -> Plan:
    """Return a plan whose briefing holds sites for several facilities: ``several`` of its document."""
    return replace(plan, document=plan.document | {"several": document})
