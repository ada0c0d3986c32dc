"""The whole answer to one question asked of a workspace."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.plan.make import Plan, make_plan, plan_at, with_doubt
    from planner.plan.prepare import Prepared
    from planner.plan.question import Question

__all__ = ["Plan", "Prepared", "Question", "make_plan", "plan_at", "with_doubt"]

_HOME = {
    "Plan": "make", "make_plan": "make", "plan_at": "make", "with_doubt": "make",
    "Prepared": "prepare", "Question": "question",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    # The search and its compiler are loaded by those who plan, not by all who name a plan.
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
