"""When to change to which way, until where one can."""
