"""What a planner asks of the ways in, what each wish costs."""
