"""The documentation tells what the program is: pages, commands, schemas, examples."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from planner import __version__
from planner.cli.help_page import commands, help_page
from planner.layers.schema_page import schema_page
from planner.layers.workspace import Workspace
from planner.plan import Plan, make_plan
from planner.plan.question import ask
from planner.risk.parameters import RiskParameters
from planner.scenario import ARRIVE, FACILITY
from planner.staging.criteria_page import criteria_table

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
README = ROOT / "README.md"
PAGES = [README, ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
COMMANDS = dict(commands())
ACTING = {words: command for words, command in COMMANDS.items() if not hasattr(command, "commands")}
HARM = ("threat", "protester", "rioter", "target person")

per_page = pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
per_command = pytest.mark.parametrize("words", COMMANDS, ids=" ".join)


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def even(text: str) -> str:
    """Return text with all runs of white space made one space."""
    return " ".join(text.split())


# --- the bundled scenario, as the README makes it ---------------------------------------


@pytest.fixture(scope="session")
def demo_folder(bundled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which out/demo.gpkg is the workspace that `planner demo` leaves."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "out").mkdir()
    shutil.copy(bundled, folder / "out" / "demo.gpkg")
    return folder


@pytest.fixture(scope="session")
def bundled_plan(demo_folder: Path) -> Plan:
    workspace = Workspace.open(demo_folder / "out" / "demo.gpkg")
    return make_plan(workspace, ask(FACILITY, ARRIVE, workspace.timezone))


@pytest.fixture(scope="session")
def plan_schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(read(DOCS / "plan.schema.json"))
    return schema


def test_plan_of_the_bundled_scenario_fits_its_schema(
    bundled_plan: Plan, plan_schema: dict[str, Any]
) -> None:
    printed = json.loads(json.dumps(bundled_plan.document, ensure_ascii=False))

    jsonschema.Draft202012Validator(plan_schema).validate(printed)
    assert printed["feasible"]
    assert printed["verification"]["passed"]


def test_plan_schema_names_every_field_of_the_document(
    bundled_plan: Plan, plan_schema: dict[str, Any]
) -> None:
    assert set(bundled_plan.document) == set(plan_schema["properties"])


def test_plan_schema_refuses_a_risk_above_one(
    bundled_plan: Plan, plan_schema: dict[str, Any]
) -> None:
    printed = json.loads(json.dumps(bundled_plan.document))
    next(o for o in printed["origins"] if o["routes"])["routes"][0]["max_risk"] = 1.5

    with pytest.raises(jsonschema.ValidationError, match=r"1\.5 is greater than"):
        jsonschema.Draft202012Validator(plan_schema).validate(printed)


def test_python_example_of_the_readme_runs(
    demo_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    examples = [block for block in blocks(read(README)) if block.startswith("from planner")]
    monkeypatch.chdir(demo_folder)

    assert examples
    for example in examples:
        exec(compile(example, "README.md", "exec"), {})  # noqa: S102 - our own page
    assert capsys.readouterr().out.startswith("Best way in at 07:30: ")


# --- pages written from the code --------------------------------------------------------


def test_schema_page_is_the_one_the_schemas_write() -> None:
    assert read(DOCS / "schema.md") == schema_page()


def test_commands_page_is_the_one_the_commands_write() -> None:
    page = read(DOCS / "commands.md")
    found = re.search(r"Laid out by typer ([\d.]+)\.\n", page)
    assert found
    if metadata.version("typer").split(".")[:2] != found[1].split("."):
        pytest.skip(f"another typer than {found[1]} lays help out differently")

    assert page == help_page(), "write docs/commands.md again; its head tells how"


@per_command
def test_commands_page_has_every_word_of_the_help(words: tuple[str, ...]) -> None:
    page = even(read(DOCS / "commands.md"))

    assert f"# {' '.join(words)} " in page
    for parameter in COMMANDS[words].params:
        assert even(parameter.help) in page
        assert all(name in page for name in parameter.opts)


@per_command
def test_command_says_what_it_and_each_option_does(words: tuple[str, ...]) -> None:
    command = COMMANDS[words]

    assert command.help
    assert command.help.strip().endswith(".")
    silent = [parameter.name for parameter in command.params if not (parameter.help or "").strip()]
    assert not silent


@pytest.mark.parametrize("words", ACTING, ids=" ".join)
def test_readme_mentions_every_command(words: tuple[str, ...]) -> None:
    assert f"`{' '.join(words)}`" in read(README)


# --- examples in the pages --------------------------------------------------------------


def blocks(text: str) -> list[str]:
    """Return the code of a page: fenced blocks, and blocks indented by four spaces."""
    fenced = re.findall(r"^```[a-z]*\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    rest = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    indented = re.findall(r"(?:^\n)((?:^(?: {4}.*)?\n)+)", rest, flags=re.MULTILINE)
    return [
        *fenced,
        *(re.sub(r"^ {4}", "", b, flags=re.MULTILINE).strip("\n") for b in indented if b.strip()),
    ]


def typed_lines(text: str) -> Iterator[list[str]]:
    """Yield the words of each `planner ...` command line in the code of a page."""
    for block in blocks(text):
        if block.startswith("Usage: "):
            continue
        for line in block.replace("\\\n", " ").splitlines():
            for part in line.removeprefix("$ ").split("&&"):
                if re.match(r"\s*(\S*/)?planner\s", part):
                    yield ["planner", *shlex.split(part.split(" > ")[0], comments=True)[1:]]


def refuse(line: list[str]) -> None:
    """Raise what the command line itself would, without running the command."""
    words: tuple[str, ...] = ("planner",)
    rest = line[1:]
    while hasattr(COMMANDS[words], "commands") and rest and not rest[0].startswith("-"):
        words, rest = (*words, rest[0]), rest[1:]
        assert words in COMMANDS, f"there is no command {' '.join(words)!r}"
    if "--help" not in rest:
        with COMMANDS[words].make_context(" ".join(words), rest):
            pass


def test_readme_shows_command_lines() -> None:
    assert len(list(typed_lines(read(README)))) >= 5


@per_page
def test_command_lines_in_pages_are_understood(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = read(page)
    if "PLANNER_WORKSPACE=" in text:
        monkeypatch.setenv("PLANNER_WORKSPACE", "city.gpkg")

    for line in typed_lines(text):
        refuse(line)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("planner paln -w a.gpkg", "no command 'planner paln'"),
        ("planner plan -w a.gpkg --facility hq --arive 2026-12-01", "No such option: --arive"),
        ("planner plan -w a.gpkg --facility hq", "Missing option '--arrive'"),
    ],
)
def test_wrong_command_line_in_a_page_is_noticed(line: str, fault: str) -> None:
    (words,) = typed_lines(f"```sh\n{line}\n```\n")

    with pytest.raises(Exception) as caught:  # noqa: PT011 - typer's own kinds, and ours
        refuse(words)
    told = getattr(caught.value, "format_message", lambda: str(caught.value))()
    assert fault in told


# --- the pages themselves ---------------------------------------------------------------


@pytest.mark.parametrize("name", RiskParameters().table())
def test_model_page_has_every_parameter_with_its_value(name: str) -> None:
    rows = [
        line for line in read(DOCS / "model.md").splitlines() if line.startswith(f"| `{name}` |")
    ]
    entry = RiskParameters().table()[name]

    assert len(rows) == 1
    value, unit, source = (cell.strip() for cell in rows[0].strip("| ").split(" | ")[1:])
    assert value == shown(entry["value"])
    assert unit == entry["unit"]
    assert source == entry["source"]


def shown(value: object) -> str:
    """Return a parameter's value as the page writes it."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {number:g}" for key, number in value.items())
    if isinstance(value, list):
        return ", ".join(f"{number:g}" for number in value)
    return f"{value:g}"


@per_page
def test_links_of_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", read(page))
    inside = [link for link in links if not link.startswith(("http:", "https:", "mailto:"))]

    assert not [link for link in inside if not (page.parent / link).exists()]


def test_index_lists_every_page() -> None:
    listed = {
        (DOCS / link).resolve() for link in re.findall(r"\]\(([^)#\s]+)", read(DOCS / "README.md"))
    }
    pages = {page.resolve() for page in DOCS.rglob("*") if page.suffix in (".md", ".json")}

    assert not pages - listed - {(DOCS / "README.md").resolve()}


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = sorted(int(page.name[:4]) for page in (DOCS / "decisions").glob("*.md"))

    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize(
    "page", sorted((DOCS / "decisions").glob("*.md")), ids=lambda p: p.name[:4]
)
def test_decision_tells_context_choice_consequence(page: Path) -> None:
    headings = re.findall(r"^## (.+)$", read(page), flags=re.MULTILINE)

    assert headings == ["Context", "Choice", "Consequence"]
    assert len(read(page).splitlines()) <= 60


def test_changelog_has_the_version_or_unreleased_changes() -> None:
    headings = re.findall(r"^## \[(.+?)\]", read(ROOT / "CHANGELOG.md"), flags=re.MULTILINE)

    assert headings[0] in ("Unreleased", __version__)


@per_page
def test_pages_speak_of_assemblies_in_neutral_words(page: Path) -> None:
    text = read(page).lower()

    assert not [word for word in HARM if word in text]


def test_page_on_staging_holds_the_table_the_criteria_write() -> None:
    assert criteria_table() in read(DOCS / "staging.md")
