"""A day at a facility: which gate when, the best windows, a change of shift."""
