"""Fixtures that every room's tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real cities, or skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("../shared/data is absent: no real city to test on")
    return SHARED
