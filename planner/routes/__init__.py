"""Ways in: the best plan of each origin, its alternates, when one opens."""
