"""One question asked of a workspace, and its whole answer."""

from planner.plan.make import Plan, make_plan
from planner.plan.question import Question

__all__ = ["Plan", "Question", "make_plan"]
