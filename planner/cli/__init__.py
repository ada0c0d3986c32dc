"""The command ``planner``: data on stdout, words on stderr."""
