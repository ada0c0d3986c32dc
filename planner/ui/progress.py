"""How far long work is, as a line with a bar."""

from __future__ import annotations

from typing import Any, TypeGuard

from planner.briefing.escape import escape
from planner.ui.trials import State, Trial


def over(trial: Trial[Any] | None) -> TypeGuard[Trial[Any]]:
    """Tell whether work has come to its end."""
    return trial is not None and trial.over


def progress_line(title: str, trial: Trial[Any] | None, unit: str, *, beginning: str) -> str:
    """Return how far a piece of work is, as HTML.

    Parameters
    ----------
    unit
        What is counted.
    beginning
        What is said before the first step is done.

    >>> from planner.ui.trials import Trial
    >>> "120 of 500 variations" in progress_line(
    ...     "How sure", Trial(State.RUNNING, 120, 500), "variations", beginning="")
    True
    """
    bar = ""
    if trial is None or trial.state is State.WAITING:
        told = "waits for plans to be made …"
    elif not trial.of:
        told = beginning
    else:
        told = f"{trial.done} of {trial.of} {unit} …"
        bar = (
            f'<progress max="{escape(trial.of)}" value="{escape(trial.done)}" '
            f'aria-label="{escape(title)}"></progress> '
        )
    return f'<p class="sure"><b>{escape(title)}:</b> {bar}{escape(told)}</p>'
