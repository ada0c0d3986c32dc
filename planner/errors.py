"""What can go wrong: one root, so that a caller needs one ``except``."""

from __future__ import annotations


class PlannerError(Exception):
    """Every error this project raises on purpose."""


class InputError(PlannerError, ValueError):
    """The input cannot be used; the message says what, which rows and what to do."""


class SchemaError(InputError):
    """A layer does not fit its schema; ``faults`` lists every fault found."""

    def __init__(self, message: str, faults: tuple[object, ...] = ()) -> None:
        super().__init__(message)
        self.faults = faults


class CrsError(InputError):
    """A coordinate reference system is missing, unknown or of the wrong kind."""


class GeometryError(InputError):
    """A geometry is empty, broken, of the wrong type or off the map."""


class NetworkError(InputError):
    """A road network cannot be read or does not hold what was asked of it."""


class StoreError(PlannerError):
    """A workspace file cannot be read or written."""


class Cancelled(PlannerError):  # noqa: N818 - to end on request is no error
    """The work was ended on request; nothing of it is left."""
