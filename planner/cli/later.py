"""Modules loaded when a command first uses them, not when its help is asked for."""

from __future__ import annotations

import sys
from importlib.util import LazyLoader, find_spec, module_from_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType


def later(name: str) -> ModuleType:
    """Return a module that is loaded at the first use of anything in it.

    Raises
    ------
    ModuleNotFoundError
        There is none of this name.
    """
    if name in sys.modules:
        return sys.modules[name]
    spec = find_spec(name)
    if spec is None or spec.loader is None:
        msg = f"No module named {name!r}"
        raise ModuleNotFoundError(msg, name=name)
    spec.loader = LazyLoader(spec.loader)
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
