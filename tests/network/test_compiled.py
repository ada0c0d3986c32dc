"""Kernels run where nothing can be kept on disk; each start stays short."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from numba import njit
from numba.core.caching import CompileResultCacheImpl

from planner.network.compiled import compiled


def double(x):
    return 2 * x


def test_kernel_is_compiled_where_no_folder_is_writable(monkeypatch):
    monkeypatch.setattr(CompileResultCacheImpl, "_locator_classes", [])
    with pytest.raises(RuntimeError, match="no locator available"):
        njit(cache=True)(double)
    assert compiled(nogil=True)(double)(4) == 8


def test_search_alone_imports_no_frames():
    # What a search needs opens fast: frames and files are imported where they are used.
    found = subprocess.run(
        [sys.executable, "-c", "import sys, planner.network.search as s; print(*sys.modules)"],
        capture_output=True, text=True, check=True, env=os.environ,
    )  # fmt: skip
    heavy = {"geopandas", "pandas", "streamlit", "folium", "pyogrio", "osmium"}
    assert not heavy & set(found.stdout.split())
