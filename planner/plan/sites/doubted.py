"""Places to wait chosen again, once it is known how often each stays clear."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from planner.plan.sites.again import ranked_again

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.plan.facts import Answer
    from planner.plan.prepare import Ground
    from planner.plan.question import Question


def chosen_again(answer: Answer, ground: Ground, question: Question, clear: NDArray[Any]) -> Answer:
    """Return an answer whose sites stay clear in as many variations as asked for.

    Parameters
    ----------
    ground
        What the answer stands on.
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
    return ranked_again(answer, ground, question, scene)
