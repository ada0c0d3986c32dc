"""The toy town as fixtures."""

from tests.town import obstacles, town

__all__ = ["obstacles", "town"]
