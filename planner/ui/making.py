"""Workspaces on their way, each made in a thread of its own."""

from __future__ import annotations

import logging
import re
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from planner.errors import Cancelled, InputError, PlannerError
from planner.initialise import InitReport, Progress, Tell, initialise
from planner.scenario import make_workspace

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory

    from planner.layers.workspace import Bounds

Work = Callable[[Path, Tell], InitReport]
"""Makes a workspace at a path, and tells how far it is."""

CITY_ENDINGS = (".osm.pbf", ".osm", ".osm.gz", ".osm.bz2", ".graphml", ".graphml.gz", ".pbf")
TOLD_ENDINGS = ", ".join(CITY_ENDINGS[:5])
"""Those that a reader is told of."""
MOST_AT_ONCE = 4
MOST_KEPT = 50
LONGEST_STEM = 60

_log = logging.getLogger(__name__)


class State(StrEnum):
    """How far a workspace is."""

    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be made.

    Attributes
    ----------
    title
        The city or file, as the reader named it.
    stem
        Wished file name without ending; whatever it holds is made safe.
    work
        Makes it.
    asks
        Parts of the question to set once it is open.
    straight_on
        Whether to open it as soon as it is ready, without a word on what it holds.
    """

    title: str
    stem: str
    work: Work
    asks: Mapping[str, str] = field(default_factory=dict)
    straight_on: bool = False


class Making:
    """One workspace on its way: read from any thread."""

    def __init__(self, wanted: Wanted, target: Path) -> None:
        self.key = secrets.token_urlsafe(9)
        self.wanted = wanted
        self.target = target
        self.state = State.RUNNING
        self.progress = Progress("Starting", 0.0)
        self.report: InitReport | None = None
        self.problem = ""
        self._lock = threading.Lock()

    def cancel(self) -> None:
        """End it at its next step; nothing is left of it."""
        self._settle(State.CANCELLED)

    def make(self) -> None:
        """Do the work; errors become words."""
        try:
            report = self.wanted.work(self.target, self._tell)
        except Cancelled:
            self._settle(State.CANCELLED)
        except PlannerError as error:
            self._settle(State.FAILED, str(error))
        except OSError as error:
            self._settle(State.FAILED, _of_the_disk(error))
        except MemoryError:
            self._settle(
                State.FAILED, "It needs more memory than there is. Give a box around your area."
            )
        except Exception:
            _log.exception("making %s failed", self.target.name)
            self._settle(
                State.FAILED,
                "It cannot be made, for a reason this app did not foresee. Try a smaller box, or "
                "another file of the same area; the server's log tells more.",
            )
        else:
            self.report = report
            if not self._settle(State.READY):
                self.target.unlink(missing_ok=True)

    def _tell(self, progress: Progress) -> None:
        if self.state is State.CANCELLED:
            raise Cancelled(f"{self.wanted.title}: cancelled")
        self.progress = progress

    def _settle(self, state: State, problem: str = "") -> bool:
        """Take the first end that comes; tell whether this was it."""
        with self._lock:
            first = self.state is State.RUNNING
            if first:
                self.state, self.problem = state, problem
        return first


class Workshop:
    """All workspaces on their way on one server."""

    def __init__(self) -> None:
        self._makings: dict[str, Making] = {}
        self._taken: set[Path] = set()
        self._lock = threading.Lock()

    def begin(self, wanted: Wanted, folder: Path, *, offer: Callable[[Path], object]) -> Making:
        """Begin to make a workspace in a folder, under a name no other has.

        Parameters
        ----------
        offer
            Told the file once it is whole.

        Raises
        ------
        InputError
            The folder cannot be written, or too many are on their way.
        """
        _ready_folder(folder)
        with self._lock:
            if len(self._taken) >= MOST_AT_ONCE:
                raise InputError(
                    f"{MOST_AT_ONCE} workspaces are being made here already. Try again in a minute."
                )
            target = _free(folder, safe_stem(wanted.stem), self._taken)
            making = Making(wanted, target)
            self._taken.add(target)
            self._forget_old()
            self._makings[making.key] = making
        threading.Thread(target=self._run, args=(making, offer), daemon=True).start()
        return making

    def find(self, key: str) -> Making | None:
        """Return what is known under a key."""
        with self._lock:
            return self._makings.get(key)

    def _run(self, making: Making, offer: Callable[[Path], object]) -> None:
        try:
            making.make()
            if making.state is State.READY:
                offer(making.target)
        finally:
            with self._lock:
                self._taken.discard(making.target)

    def _forget_old(self) -> None:
        ended = [k for k, m in self._makings.items() if m.state is not State.RUNNING]
        for key in ended[: max(len(self._makings) - MOST_KEPT, 0)]:
            del self._makings[key]


def the_scenario() -> Wanted:
    """Return the bundled city with the question it was made for."""
    from planner.scenario import ARRIVE, FACILITY

    return Wanted(
        "Aldermere, the bundled city",
        "aldermere",
        lambda target, tell: make_workspace(target, progress=tell)[0],
        {"facility": FACILITY, "arrive": ARRIVE},
        straight_on=True,
    )


def a_city(
    source: Path, *, title: str, name: str = "", bbox: Bounds | None = None,
    timezone: str | None = None, aside: TemporaryDirectory[str] | None = None,
) -> Wanted:  # fmt: skip
    """Return a city to be made of a file.

    Parameters
    ----------
    title
        The file as the reader named it.
    name
        Name of the workspace; of the file where "".
    aside
        Folder to take away in the end, whatever comes.
    """
    named = name.strip() or _as_title(stem_of(title))

    def work(target: Path, tell: Tell) -> InitReport:
        try:
            return initialise(
                source, target, bbox=bbox, timezone=timezone, name=named, progress=tell
            )
        finally:
            if aside is not None:
                aside.cleanup()

    return Wanted(title, name.strip() or stem_of(title), work)


def _as_title(stem: str) -> str:
    return (stem[:1].upper() + stem[1:]).replace("_", " ")


def stem_of(file_name: str) -> str:
    """Return a city file's name without its ending.

    >>> stem_of("portland.osm.pbf"), stem_of("Porto.OSM.gz")
    ('portland', 'Porto')
    """
    return file_name[: len(file_name) - len(ending_of(file_name))] or "city"


def ending_of(file_name: str) -> str:
    """Return how a city file's name ends, in small letters; "" for any other."""
    return next((e for e in CITY_ENDINGS if file_name.lower().endswith(e)), "")


def is_city_file(file_name: str) -> bool:
    """Tell whether a name ends like an OpenStreetMap extract or a graph of OSMnx."""
    return bool(ending_of(file_name))


def safe_stem(wish: str) -> str:
    """Return a file name without ending that names no folder, on any system.

    >>> safe_stem("../../etc/pass wd"), safe_stem("{{7*7}}<b>"), safe_stem("..")
    ('etc-pass-wd', '7-7-b', 'city')
    """
    return re.sub(r"[^\w.]+|\.{2,}", "-", wish)[:LONGEST_STEM].strip("-._") or "city"


def _free(folder: Path, stem: str, taken: set[Path]) -> Path:
    """Return the first free path: stem, stem-2, stem-3."""
    path, number = folder / f"{stem}.gpkg", 2
    while path in taken or path.exists():
        path, number = folder / f"{stem}-{number}.gpkg", number + 1
    return path


def _ready_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".{secrets.token_hex(8)}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise InputError(
            f"The folder {folder}, in which this app keeps its workspaces, cannot be written "
            f"({error.strerror}). Free it, or set PLANNER_HOME to a folder of yours, then "
            "start the app again."
        ) from error


def _of_the_disk(error: OSError) -> str:
    return (
        f"The disk refused ({error.strerror or error}). See whether it is full and whether this "
        "app may write there."
    )
