"""What the command line loads before it is told what to do."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("numpy", "numba", "pandas", "geopandas", "shapely", "sqlalchemy", "scipy", "osmium")

SHOW = """
import sys
from planner.cli.main import app
try:
    app(sys.argv[1:])
finally:
    print(*(name for name in {heavy} if name in sys.modules), file=sys.stderr)
"""


@pytest.mark.parametrize(
    "words", [["--version"], ["--help"], ["plan", "--help"], ["zone", "add", "--help"]]
)
def test_help_loads_neither_the_search_nor_the_store(words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SHOW.format(heavy=HEAVY), *words],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout
    assert done.stderr.strip() == ""


def test_naming_a_plan_loads_no_search() -> None:
    code = "import sys, planner.plan; assert 'numba' not in sys.modules; planner.plan.make_plan"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_plan_has_no_other_names() -> None:
    import planner.plan

    with pytest.raises(AttributeError, match="no attribute 'plane'"):
        planner.plan.plane  # noqa: B018 # the look itself is what is tested
