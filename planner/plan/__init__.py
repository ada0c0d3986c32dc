"""The whole answer to one question asked of a workspace."""

from planner.plan.make import Plan, make_plan
from planner.plan.question import Question

__all__ = ["Plan", "Question", "make_plan"]
