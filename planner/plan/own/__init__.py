"""A planner's own way, judged beside the suggestions."""
