"""The whole answer to one question asked of a workspace."""

from planner.plan.make import Plan, make_plan, plan_at, with_doubt
from planner.plan.prepare import Prepared, prepare
from planner.plan.question import Question

__all__ = ["Plan", "Prepared", "Question", "make_plan", "plan_at", "prepare", "with_doubt"]
