"""The generator of Aldermere, a city that does not exist."""
