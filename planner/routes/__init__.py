"""Ways in: the best plan of each origin, its alternates, and why there is none."""
