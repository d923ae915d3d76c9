"""A real PostgreSQL for tests: a server in a folder of its own, a database for each test."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from functools import cache
from glob import glob
from itertools import count
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from exsim.services.postgres.address import Address, PostgresAway, address
from exsim.services.postgres.migrating import migrate

USER = "postgres"
"""Who runs the server where we are root, which it refuses to be run by."""
START_SECONDS = 30.0
"""How long a server may take until it answers; after a kill it has to recover first."""


@cache
def binaries() -> str:
    """The folder of PostgreSQL's programs; empty where there are none."""
    found = shutil.which("initdb")
    if found is None:  # Debian has them off the path
        found = max(glob("/usr/lib/postgresql/*/bin/initdb"), default="")
    return os.path.dirname(os.path.realpath(found)) if found else ""


@cache
def missing() -> str | None:
    """Why there can be no server here, for ``skip``; None where there can."""
    try:
        import psycopg  # noqa: F401
    except ImportError as error:
        return f"psycopg is not installed: {error}"
    if not binaries():
        return "PostgreSQL is not installed: no initdb on the path, nor in /usr/lib/postgresql"
    if os.getuid() == 0:
        try:
            pwd.getpwnam(USER)
        except KeyError:
            return f"PostgreSQL does not run as root, and there is no user {USER}"
        if shutil.which("setpriv") is None:
            return "PostgreSQL does not run as root, and there is no setpriv"
    return None


class Server:
    """
    A server with a data folder, a unix socket in ``folder``, and a port on loopback, which stay
    the same when it is killed and started again. It goes with this process.
    """

    def __init__(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="exsim-pg-")
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        self.data = f"{self.folder}/data"
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._user = USER if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        if os.getuid() == 0:
            shutil.chown(self.folder, USER)
        words = ("--auth=trust", "--no-sync", "--encoding=UTF8", "--no-locale", "-U", self._user)
        made = subprocess.run(
            self._as_user("initdb", *words, "-D", self.data), capture_output=True, check=False
        )
        if made.returncode:
            raise RuntimeError(f"initdb: {made.stderr.decode(errors='replace')}")
        atexit.register(self.stop)
        self.start()

    @property
    def pid(self) -> int:
        """The process that the others are children of."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it, and return once it answers."""
        settings = (
            "fsync=on",
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={self.folder}",
            "max_connections=200",
            "recovery_init_sync_method=syncfs",  # quicker than file by file, after a kill
            "log_min_messages=warning",
        )
        words = [word for each in settings for word in ("-c", each)]
        give_up = time.monotonic() + START_SECONDS
        while not self._comes_up(words, give_up):
            # The children of one that was killed see that it is gone, but not at once.
            if time.monotonic() > give_up or "is still in use" not in self.said():
                raise RuntimeError(f"PostgreSQL does not start:\n{self.said()}")

    def _comes_up(self, words: list[str], give_up: float) -> bool:
        """Start it, and wait until it answers; whether it does."""
        with open(f"{self.folder}/log", "ab") as log:
            self._process = subprocess.Popen(
                self._as_user("postgres", "-D", self.data, "-p", str(self.port), *words),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        while not self._answers():
            try:
                self._process.wait(0.05)
            except subprocess.TimeoutExpired:
                if time.monotonic() < give_up:
                    continue
            return False
        return True

    def said(self) -> str:
        """The end of its log."""
        return Path(self.folder, "log").read_text(errors="replace")[-2000:]

    def kill(self) -> None:
        """End it as a crash of the machine would, but that what is written to files is there."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """End it in good order, and return once it is gone."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(START_SECONDS)

    def url(self, database: str, tcp: bool = False) -> str:
        """The URL of a database, over the unix socket or over TCP."""
        if tcp:
            return f"postgresql://{self._user}@127.0.0.1:{self.port}/{database}"
        return f"postgresql://{self._user}@/{database}?host={self.folder}&port={self.port}"

    def create(self, migrated: bool = True) -> str:
        """Make a database, with our tables or empty; its name."""
        name = f"test_{next(self._numbers)}"
        template = self._template() if migrated else "template0"
        with address(self.url("postgres")).connect() as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        with address(self.url("postgres")).connect() as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())

    @cache  # noqa: B019 - there is one server, as long as the process
    def _template(self) -> str:
        name = self.create(migrated=False)
        migrate(address(self.url(name)))
        return name

    def _answers(self) -> bool:
        try:
            address(self.url("postgres")).connect().close()
        except PostgresAway:
            return False
        return True

    def _as_user(self, program: str, *words: str) -> list[str]:
        """How a program is run: it is told to stop when this process is gone, however it went."""
        privileges = [f"--reuid={USER}", f"--regid={USER}", "--init-groups"]
        setpriv = ["setpriv", "--pdeathsig=INT", *(privileges if os.getuid() == 0 else [])]
        if shutil.which("setpriv") is None:
            setpriv = []
        return [*setpriv, f"{binaries()}/{program}", *words]


@cache
def server() -> Server:
    """The one of this process."""
    return Server()


def take(where: Address, venue: str, node: str = "test", seconds: float = 3600) -> int:
    """Make a node the one that writes a venue, whoever was before; the term."""
    sql = (
        "INSERT INTO exsim.lease AS l (venue, term, node, expires)"
        " VALUES (%s, 1, %s, clock_timestamp() + make_interval(secs => %s))"
        " ON CONFLICT (venue) DO UPDATE"
        " SET term = l.term + 1, node = excluded.node, expires = excluded.expires RETURNING term"
    )
    with where.connect() as connection:
        row = connection.execute(sql, (venue, node, seconds)).fetchone()
    assert row is not None
    term: int = row[0]
    return term


class PostgresTestCase(SynchronousTestCase):
    """A test with a database of its own: ``url`` and ``address`` tell where."""

    skip = missing()
    server: Server

    def setUp(self) -> None:
        """Make the database; the server is there from the first test on."""
        self.server = server()
        self.use_database()
        super().setUp()

    def use_database(self) -> None:
        """Make a database, and use that from now on."""
        name = self.server.create()
        self.addCleanup(self.server.drop, name)
        self.url = self.server.url(name)
        self.address = address(self.url)
