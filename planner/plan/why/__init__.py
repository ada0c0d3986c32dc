"""Why the answer is what it is: causes, each found by solving again."""
