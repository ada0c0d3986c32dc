"""Kernels compiled by numba, kept on disk where there is room for that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numba import njit

if TYPE_CHECKING:
    from collections.abc import Callable


def compiled(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Return a decorator like ``numba.njit`` that keeps what it compiled for the next start.

    numba refuses to where neither the package's folder nor the home is writable: there the
    kernel is compiled at every start.
    """

    def wrap(function: Callable[..., Any]) -> Any:
        try:
            return njit(cache=True, **options)(function)
        except RuntimeError:
            return njit(**options)(function)

    return wrap
