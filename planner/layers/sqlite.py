"""The door to the workspace file: short connections, whole transactions, plain errors."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import NullPool

from planner.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MAGIC = b"SQLite format 3\x00"
WAIT_S = 30


class Store:
    """A SQLite file read and written in whole transactions, never kept open between them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._reader = _engine(path, settle=False)
        self._writer = _engine(path, settle=True)
        self._joined: Connection | None = None
        self._held = threading.local()

    @classmethod
    def existing(cls, path: Path) -> Store:
        """Return the store of a file that is there.

        Raises
        ------
        StoreError
            The file is absent or not SQLite.

        """
        try:
            with path.open("rb") as file:
                magic = file.read(len(_MAGIC))
        except OSError as error:
            message = f"{path} cannot be read ({error.strerror}); make it with planner init."
            raise StoreError(message) from error
        if magic != _MAGIC:
            message = f"{path.name} is not a workspace; make one with planner init."
            raise StoreError(message)
        return cls(path)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the file."""
        held = getattr(self._held, "connection", None)
        if held is not None:
            yield held
            return
        with self._transaction(self._reader, "BEGIN") as connection:
            yield connection

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Let every reading of the block, in this thread, see one state of the file.

        A connection reads what tables there are before its first answer; so it does once. Write
        nothing in the block: what is written could not be read in it.

        """
        with self.reading() as connection:
            before = getattr(self._held, "connection", None)
            self._held.connection = connection
            try:
                yield
            finally:
                self._held.connection = before

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection whose changes are kept all together, or none on an error."""
        with self._transaction(self._writer, "BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make every reading and writing of the block one change: all of it, or none on an error.

        Raises
        ------
        StoreError
            The file cannot be written.

        """
        with self.writing() as connection:
            self._joined = connection
            try:
                yield
            finally:
                self._joined = None

    @contextmanager
    def _transaction(self, engine: Engine, begin: str) -> Iterator[Connection]:
        if self._joined is not None:
            yield self._joined
            return
        try:
            options = engine.execution_options(planner_begin=begin)
            with options.connect() as connection, connection.begin():
                yield connection
        except IntegrityError as error:
            message = f"{self.path.name} refused the rows ({error.orig}); nothing was changed."
            raise StoreError(message) from error
        except DBAPIError as error:
            raise StoreError(_advice(self.path, str(error.orig))) from error


def _engine(path: Path, *, settle: bool) -> Engine:
    # mode=rw: a file that vanished must be an error, not a new empty database
    address = f"file:{quote(str(path.absolute()))}?mode=rw"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(address, uri=True, timeout=WAIT_S, isolation_level=None)
        if not settle:
            return connection
        # other programs switch to WAL; back to the rollback journal as soon as they are gone
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode=DELETE")
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("planner_begin", "BEGIN"))

    return engine


def _advice(path: Path, problem: str) -> str:
    if "locked" in problem:
        return f"{path.name} is in use by another program; close it there and try again."
    if "malformed" in problem or "not a database" in problem:
        return f"{path.name} is broken ({problem}); take a copy from before, or planner init."
    if "no such table" in problem or "no such column" in problem:
        return f"{path.name} is not a workspace of this version ({problem}); make it anew."
    return f"{path.name} cannot be used ({problem}); nothing was changed."


@contextmanager
def make_file(target: Path, *, overwrite: bool) -> Iterator[Path]:
    """Give an empty database file beside ``target``, moved there if the block succeeds.

    Raises
    ------
    StoreError
        The target exists and may not be overwritten, or its folder cannot be written.

    """
    if target.exists() and not overwrite:
        message = f"{target} exists; choose another name, or say that it may be overwritten."
        raise StoreError(message)
    draft = target.with_name(f".{target.name}.{os.getpid()}.draft")
    try:
        draft.unlink(missing_ok=True)
        draft.touch()
    except OSError as error:
        message = f"{target} cannot be written ({error.strerror}); choose another folder."
        raise StoreError(message) from error
    try:
        yield draft
        _move(draft, target)
    finally:
        draft.unlink(missing_ok=True)
        draft.with_name(draft.name + "-journal").unlink(missing_ok=True)


def _move(draft: Path, target: Path) -> None:
    try:
        draft.replace(target)
    except OSError as error:
        message = f"{target} cannot be replaced ({error.strerror}); is it open elsewhere?"
        raise StoreError(message) from error
