"""A plan put to simulated variations of what was reported."""
