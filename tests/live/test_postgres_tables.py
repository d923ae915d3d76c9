"""The tables in a real PostgreSQL, and how we get there."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
from pathlib import Path

from exsim.cli import main
from exsim.errors import ConfigError
from exsim.services.postgres.address import PostgresAway, address
from exsim.services.postgres.migrating import insist, migrate, migrations, newest
from exsim.services.postgres.reading import Asking
from tests.postgres import PostgresTestCase, take


def ran(*words: str) -> tuple[int, str]:
    """A command, by its status and what it printed."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        status = main(words)
    return status, output.getvalue()


class TablesTests(PostgresTestCase):
    """``exsim postgres``, and what a start asks for."""

    def empty(self) -> str:
        """The URL of a database without our tables."""
        name = self.server.create(migrated=False)
        self.addCleanup(self.server.drop, name)
        return self.server.url(name)

    def test_migrate(self) -> None:
        """It makes the tables, once; the status tells so before and after."""
        url = self.empty()
        self.assertIn("no tables of exsim", ran("postgres", "status", url)[1])
        status, said = ran("postgres", "migrate", url)
        self.assertEqual((status, said.count("migrated to version")), (0, len(migrations())))
        status, said = ran("postgres", "migrate", url)
        self.assertEqual((status, said.count("migrated to version")), (0, 0))
        self.assertIn(f"the tables are of version {newest()}", ran("postgres", "status", url)[1])

    def test_not_migrated(self) -> None:
        """A start is refused, and told what to run."""
        where = address(self.empty())
        with where.connect() as connection:
            error = self.assertRaises(ConfigError, insist, connection, where)
        self.assertIn("are not there yet: run `exsim postgres migrate 'postgresql://", str(error))

    def test_of_a_newer_version(self) -> None:
        """It is left as it is, by a start and by migrating."""
        with self.address.connect() as connection:
            insist(connection, self.address)
            connection.execute("INSERT INTO exsim.version (version, name) VALUES (999, 'later')")
            error = self.assertRaises(ConfigError, insist, connection, self.address)
        self.assertIn(f"of version 999, and this exsim knows up to {newest()}", str(error))
        self.assertRaises(ConfigError, migrate, self.address)
        self.assertIn("newer than the", ran("postgres", "status", self.url)[1])

    def test_status(self) -> None:
        """It names venues and leases, of whatever names."""
        with self.address.connect() as connection:
            for name in ("XSIM", 'o\'dd %I "x"', "XSIM"):
                connection.execute("SELECT exsim.add_venue(%s)", (name,))
        self.assertEqual(take(self.address, "XSIM", "host-1"), 1)
        self.assertEqual(take(self.address, "XSIM", "host-2"), 2)
        said = ran("postgres", "status", self.url)[1]
        self.assertIn("venue XSIM: epoch 1, no entries, 0 snapshots\n", said)
        self.assertIn('venue o\'dd %I "x": epoch 1', said)
        self.assertIn("lease of XSIM: term 2, host-2, for", said)

    def test_away(self) -> None:
        """No server, no such database: a sentence, and no password in it."""
        for url in (
            "postgresql://me:hush@127.0.0.1:1/nothing",
            self.server.url("nothing", tcp=True).replace("@", ":hush@"),
            "postgresql://me@127.0.0.1:1/nothing?password=hush",
        ):
            status, said = ran("postgres", "status", url)
            self.assertEqual(status, 2, said)
            self.assertIn("nothing", said)
            self.assertNotIn("hush", said)
        self.assertEqual(ran("postgres", "status", "postgresql://me:hush@h:x/y")[0], 2)

    def test_password_file(self) -> None:
        """Its first line is the password; a file that everybody may read is refused."""
        path = Path(self.mktemp())
        path.write_text("hush\n")
        path.chmod(0o600)
        self.assertEqual(address(self.url, str(path)).password, "hush")
        self.assertNotIn("hush", repr(address(self.url, str(path))))
        path.chmod(0o644)
        self.assertIn("chmod", str(self.assertRaises(ConfigError, address, self.url, str(path))))


class AskingTests(PostgresTestCase):
    """What is asked for while everybody waits."""

    def backend(self, asking: Asking) -> int:
        """The server's process that answers."""
        ((pid,),) = asking.rows("SELECT pg_backend_pid()")
        number: int = pid
        return number

    def test_started_again(self) -> None:
        """Where the server was started again, nobody who asks sees it."""
        asking = Asking(self.address, 5.0)
        self.addCleanup(asking.close)
        before = self.backend(asking)
        self.server.kill()
        self.server.start()
        self.assertNotEqual(self.backend(asking), before)

    def test_slow(self) -> None:
        """A statement that takes too long is given up by the server, and the next one is fine."""
        asking = Asking(self.address, 0.2)
        self.addCleanup(asking.close)
        error = self.assertRaises(PostgresAway, asking.rows, "SELECT pg_sleep(60)")
        self.assertIn("statement timeout", str(error))
        self.assertEqual(asking.rows("SELECT 1"), [(1,)])

    def test_silent(self) -> None:
        """A server that does not even say so is not waited for; another connection is made."""
        asking = Asking(self.address, 0.2)
        self.addCleanup(asking.close)
        stopped = self.backend(asking)
        os.kill(stopped, signal.SIGSTOP)
        try:
            error = self.assertRaises(PostgresAway, asking.rows, "SELECT 1")
            self.assertIn("no answer for 1.2 s", str(error))
            self.assertNotEqual(self.backend(asking), stopped)
        finally:
            os.kill(stopped, signal.SIGCONT)


class ServerTests(PostgresTestCase):
    """The server of the tests."""

    def test_kill(self) -> None:
        """It is killed by its number, and started again on the same port with what it had."""
        take(self.address, "XSIM")
        before = self.server.pid
        self.server.kill()
        self.assertRaises(PostgresAway, self.address.connect)
        self.assertRaises(OSError, os.kill, before, 0)
        self.server.start()
        self.assertEqual(take(self.address, "XSIM"), 2)

    def test_psql(self) -> None:
        """Its own client gets in by the URL, as an operator would."""
        words = ("psql", "-Atc", "SELECT current_setting('fsync')", self.url)
        self.assertEqual(subprocess.check_output(words, text=True), "on\n")
