"""The shape of the house: who may import whom, how large a module and a function may be."""

from __future__ import annotations

import ast
import graphlib
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
HOUSE = ROOT / "planner"

FLOORS = (
    "errors", "layers", "network", "risk", "routes", "staging", "initialise", "renew", "reports",
    "sightings", "tuning", "verify", "plan", "scenario", "sweep", "briefing", "ui", "cli",
)  # fmt: skip
"""From the ground up; a floor may stand on those before it, never on a later one."""

BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "base", "misc"}
ONE_DOOR = {"folium": ("briefing",), "streamlit": ("ui",), "streamlit_folium": ("ui",)}
VERIFY_MAY_IMPORT = ("planner.errors", "planner.layers", "planner.network.osm", "planner.verify")
VERIFY_MAY_NOT_USE = ("numba", "scipy")

MODULE_LINES = 400
FUNCTION_LINES = 60
PARAMETERS = 6
PARAMETERS_WITH_KEYWORDS = 8


class Import(NamedTuple):
    """One imported module, and the line that says so."""

    target: str
    line: int


class Module(NamedTuple):
    """One source file with its dotted name and syntax tree."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def floor(self) -> str:
        """The floor it lies on, "" for the package itself."""
        return self.name.split(".")[1] if "." in self.name else ""

    def __repr__(self) -> str:
        return self.name


def _read(path: Path) -> Module:
    parts = path.relative_to(ROOT).with_suffix("").parts
    if parts[-1] == "__init__":
        parts = parts[:-1]
    return Module(".".join(parts), path, ast.parse(path.read_text(encoding="utf-8")))


MODULES = [_read(path) for path in sorted(HOUSE.rglob("*.py"))]
NAMES = {module.name for module in MODULES}
per_module = pytest.mark.parametrize("module", MODULES, ids=repr)


def _imports(module: Module, *, at_run_time: bool = False) -> list[Import]:
    """Return what a module imports; ``at_run_time`` leaves out imports for type checkers."""
    typing_only: set[ast.AST] = set()
    if at_run_time:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
                typing_only.update(inner for body in node.body for inner in ast.walk(body))
    found = []
    for node in ast.walk(module.tree):
        if node in typing_only:
            continue
        if isinstance(node, ast.Import):
            found += [Import(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [
                Import(target, node.lineno)
                for alias in node.names
                for target in [_target(module, node, alias.name)]
            ]
    return found


def _target(module: Module, node: ast.ImportFrom, name: str) -> str:
    source = node.module or ""
    if node.level:
        package = module.name.split(".")
        is_package = module.path.name == "__init__.py"
        package = package[: len(package) - node.level + is_package]
        source = ".".join([*package, source]).rstrip(".")
    inner = f"{source}.{name}"
    return inner if inner in NAMES else source


def _under(target: str, package: str) -> bool:
    return target == package or target.startswith(package + ".")


def _functions(module: Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(module.tree) if isinstance(node, kinds)]


def test_there_is_a_house_to_check() -> None:
    assert "planner.errors" in NAMES


@per_module
def test_module_lies_on_a_floor_of_the_plan(module: Module) -> None:
    assert module.floor in (*FLOORS, ""), f"{module.name}: add its floor to FLOORS"


@per_module
def test_imports_point_down(module: Module) -> None:
    height = {floor: i for i, floor in enumerate(FLOORS)}
    upward = []
    for target, line in _imports(module):
        parts = target.split(".")
        if parts[0] != "planner" or len(parts) == 1:
            continue
        if module.floor == "" or height.get(parts[1], len(FLOORS)) > height[module.floor]:
            upward.append(f"{module.name}:{line} imports {target}")
    assert not upward


def test_modules_form_no_cycle() -> None:
    graph: dict[str, set[str]] = defaultdict(set)
    for module in MODULES:
        graph[module.name].update(
            target
            for target, _ in _imports(module, at_run_time=True)
            if target in NAMES and target != module.name
        )
    list(graphlib.TopologicalSorter(graph).static_order())


@per_module
def test_no_module_is_a_drawer_for_anything(module: Module) -> None:
    assert not BANNED_NAMES.intersection(module.name.split("."))


@per_module
@pytest.mark.parametrize("library", sorted(ONE_DOOR))
def test_library_has_one_door(module: Module, library: str) -> None:
    through = [i.line for i in _imports(module) if _under(i.target, library)]
    assert not through or module.floor in ONE_DOOR[library], f"{module.name}:{through}"


VERIFY_MODULES = [m for m in MODULES if m.floor == "verify"]


@pytest.mark.parametrize("module", VERIFY_MODULES, ids=repr)
def test_verify_shares_no_code_with_what_it_checks(module: Module) -> None:
    shared = [
        f"{module.name}:{line} imports {target}"
        for target, line in _imports(module)
        if (
            _under(target, "planner")
            and not any(_under(target, allowed) for allowed in VERIFY_MAY_IMPORT)
        )
        or any(_under(target, kernel) for kernel in VERIFY_MAY_NOT_USE)
    ]
    assert not shared


@per_module
def test_module_tells_its_one_job_in_one_line(module: Module) -> None:
    first = (ast.get_docstring(module.tree) or "").split("\n")[0]
    assert first.endswith("."), f"{module.name}: docstring must open with one whole sentence"
    assert " and " not in first, f"{module.name} has two jobs: {first}"


@per_module
def test_module_has_no_more_than_400_lines(module: Module) -> None:
    assert len(module.path.read_text(encoding="utf-8").splitlines()) <= MODULE_LINES


@per_module
def test_functions_have_no_more_than_60_lines(module: Module) -> None:
    long = {
        function.name: lines
        for function in _functions(module)
        if not _is_kernel(function)
        for lines in [(function.end_lineno or 0) - function.lineno + 1]
        if lines > FUNCTION_LINES
    }
    assert not long


def _is_kernel(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    # A compiled kernel is one loop over shared state; cutting it up costs calls it cannot afford.
    return any("compiled" in ast.unparse(decorator) for decorator in function.decorator_list)


@per_module
def test_functions_have_few_parameters(module: Module) -> None:
    many = {
        function.name: (positional, keywords)
        for function in _functions(module)
        if not _is_kernel(function)
        for positional, keywords in [_parameters(function)]
        if positional > PARAMETERS or positional + keywords > PARAMETERS_WITH_KEYWORDS
    }
    assert not many


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[int, int]:
    names = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
    positional = len([name for name in names if name not in ("self", "cls")])
    is_command = any(
        ast.unparse(d).split("(")[0].endswith((".command", ".callback"))
        for d in function.decorator_list
    )
    # The options of a command are its interface, declared one a line: none is positional.
    return (0, 0) if is_command else (positional, len(function.args.kwonlyargs))


@per_module
def test_module_does_no_work_at_import(module: Module) -> None:
    calls = [
        f"{module.name}:{node.lineno}"
        for node in module.tree.body
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        # Hanging a group of commands under its parent is a declaration.
        and not ast.unparse(node.value.func).endswith(".add_typer")
    ]
    assert not calls
