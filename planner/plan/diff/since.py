"""Two plans of one question: as known at an earlier edit, then as known now."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.errors import InputError
from planner.layers.then import Then, as_known
from planner.plan.diff.compare import diff, old_first_choices
from planner.plan.diff.read import read_plan
from planner.plan.make import plan_at
from planner.plan.prepare import prepare
from planner.plan.question import asked_again
from planner.plan.words import dated, iso
from planner.tuning import parameters_of

if TYPE_CHECKING:
    from datetime import datetime

    from planner.layers.workspace import Workspace
    from planner.plan.prepare import Prepared
    from planner.plan.question import Question

Record = dict[str, Any]

RENEWED = "roads and map were renewed since: both plans use those of today"


@dataclass(frozen=True, slots=True, eq=False)
class Earlier:
    """A plan as it would have been made of what was known earlier.

    Attributes
    ----------
    called
        In words, what it was made of.
    caveat
        What sets both plans apart beside what was known, "" for nothing.
    again
        Whether it was made only now, of the history: when it was made tells nothing then.
    """

    document: Record
    called: str
    caveat: str = ""
    again: bool = False


def earlier_plan(
    workspace: Workspace,
    question: Question,
    since: str,
    *,
    now: datetime | None = None,
    prepared: Prepared | None = None,
) -> Earlier:
    """Return the plan for a question as known at an edit, or at a time.

    Parameters
    ----------
    workspace
        With its history.
    question
        Asked again of what was known then, with the numbers of the model as they were then.
    since, now
        As in ``as_known``.
    prepared
        The facility as it was known then, where that is at hand.

    Raises
    ------
    InputError
        There is no such edit or time, or the site was not known then.
    """
    then = as_known(workspace, since, now=now)
    sites = question.sites.among(set(then.layer("staging_sites")["id"]))
    asked = asked_again(question, parameters=parameters_of(then), worlds=0, sites=sites)
    called = called_then(then)
    try:
        ready = prepared or prepare(
            then,
            asked.facility,
            vehicles=asked.vehicles,
            profile=asked.profile,
            locked=asked.sites.locked,
        )
        made = plan_at(ready, asked, now=now)
    except InputError as error:
        raise InputError(f"no plan can be made {called}: {error}") from error
    return Earlier(made.document, called, RENEWED if then.roads_renewed else "", again=True)


def called_then(then: Then) -> str:
    """Return in words of which state of a workspace something is."""
    when = dated(iso(then.known_at, then.settings.timezone))
    return f"as known at edit {then.edit} of {when}"


def compared(earlier: Earlier, document: Record) -> Record:
    """Return what changed from an earlier plan to the document of another.

    Raises
    ------
    InputError
        They are plans of two facilities.
    """
    found = diff(earlier.document, document)
    found["before"]["called"] = earlier.called
    caveats = [] if earlier.again else found["caveats"]
    found["caveats"] = [*caveats, *([earlier.caveat] if earlier.caveat else [])]
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Changed:
    """What changed since an earlier plan, fit to be drawn.

    Attributes
    ----------
    found
        As ``diff`` tells it.
    ways
        First choices of before that are others now.
    """

    found: Record
    ways: list[Record]


def changed(earlier: Earlier, document: Record) -> Changed:
    """Return what changed from an earlier plan, with its ways that are no more.

    Raises
    ------
    InputError
        They are plans of two facilities.
    """
    return Changed(compared(earlier, document), old_first_choices(earlier.document, document))


def earlier_of(
    workspace: Workspace, question: Question, since: str, *, now: datetime | None = None
) -> Earlier:
    """Return the plan of a file of ``planner plan --json``, else ``earlier_plan``.

    Raises
    ------
    InputError
        It is neither a file with a plan, nor an edit or a time.
    """
    path = Path(since)
    if path.suffix.lower() == ".json" or path.is_file():
        document = read_plan(path)
        made = dated(document["generated_at"])
        return Earlier(document, f"made {made}")
    return earlier_plan(workspace, question, since, now=now)
