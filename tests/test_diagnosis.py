"""Masks over secrets, the log as JSON, and the zip of ``exsim diagnose``."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from twisted.application.service import Application
from twisted.internet.testing import MemoryReactorClock
from twisted.logger import ILogObserver, Logger, LogLevel, globalLogPublisher
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from exsim.cli import main
from exsim.client.codec import SimulatorError
from exsim.client.diagnose import diagnose
from exsim.control import results as r
from exsim.control import schemas as s
from exsim.control import session_schemas as ss
from exsim.model.settings import PolicySettings, SessionSettings
from exsim.services.logs import LONGEST, MOST_LINES, JsonLog, Recent, json_log, record
from exsim.services.masking import MASK, masked, plain, secrets
from exsim.services.tree import build
from tests.fake_control import ANSWERS
from tests.simulator import LinePlugins, MemorySimulator, settings

PASSWORD = "hunter2-of-B"
TOKEN = "tok-3f1c9"


def with_secrets() -> Any:
    """Settings where a session and somebody's policy have a secret."""
    plainly = settings()
    secret = SessionSettings("B", "x", options={"password": PASSWORD, "username": "bob"})
    policy = PolicySettings("theirs", "theirs", {"api_key": "k-77", "nested": [{"Secret": "s-1"}]})
    return replace(plainly, sessions=(plainly.sessions[0], secret), policies=(policy,))


class MaskingTests(SynchronousTestCase):
    """Secrets in settings and in text."""

    def test_settings(self) -> None:
        """Whatever a key is part of, its secret is masked, and nothing else is."""
        told = json.dumps(plain(with_secrets()))
        for secret in (PASSWORD, "k-77", "s-1"):
            self.assertNotIn(secret, told)
        self.assertEqual(told.count(MASK), 3)
        self.assertIn('"username": "bob"', told)
        self.assertEqual(set(secrets(with_secrets())), {PASSWORD, "k-77", "s-1"})

    def test_address(self) -> None:
        """The password in the URL of a database is a secret wherever the URL is told."""
        settings = replace(with_secrets(), journal="postgresql://me:p-4@host/db")
        self.assertEqual(plain(settings)["journal"], "postgresql://me:***@host/db")
        self.assertIn("p-4", set(secrets(settings)))

    def test_empty(self) -> None:
        """No password is told as none."""
        self.assertEqual(plain({"password": "", "secret": None}), {"password": "", "secret": None})

    def test_text(self) -> None:
        """Passwords of FIX and tokens are masked by where they stand, others as they are known."""
        for text, safe in (
            ("35=A|554=abc|108=30", "35=A|554=***|108=30"),
            ("35=A\x01925=a b\x01554=\x01", "35=A\x01925=***\x01554=\x01"),
            ("authorization: Bearer x.y-z, ok", "authorization: Bearer *** ok"),
            ("1554=abc", "1554=abc"),
            ("postgresql://me:p-4@host/db, gone", "postgresql://me:***@host/db, gone"),
            (
                "postgresql://me@host/db?password=p-4&x=1",
                "postgresql://me@host/db?password=***&x=1",
            ),
            ("tcp://127.0.0.1:80/a@b", "tcp://127.0.0.1:80/a@b"),
            ("he said hunter2-of-B!", "he said ***!"),
            ("nothing", "nothing"),
        ):
            self.assertEqual(masked(text, [PASSWORD]), safe)

    def test_longest_first(self) -> None:
        """A secret that begins like a shorter one leaves no end of itself."""
        self.assertEqual(masked("ab abc", ["ab", "abc"]), "*** ***")


class LogTests(SynchronousTestCase):
    """JSON lines, and those kept."""

    def setUp(self) -> None:
        """A log to write to."""
        self.log = Logger(namespace="exsim.test")

    def observed(self, observer: Any) -> Any:
        """The observer, at work until the test ends."""
        verifyObject(ILogObserver, observer)
        globalLogPublisher.addObserver(observer)
        self.addCleanup(globalLogPublisher.removeObserver, observer)
        return observer

    def test_json(self) -> None:
        """One object on a line, whatever is in the text; no password."""
        file = io.StringIO()
        self.observed(JsonLog(file))
        self.log.warn("{who} said\n554=abc|", who="é")
        self.log.info("twice")
        first, second = map(json.loads, file.getvalue().splitlines())
        self.assertEqual(first["text"], "é said\n554=***|")
        self.assertEqual((first["level"], first["namespace"]), ("warn", "exsim.test"))
        self.assertRegex(first["time"], r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
        self.assertEqual((second["text"], "traceback" in second), ("twice", False))

    def test_failure(self) -> None:
        """An error brings its traceback, without the password in its text."""
        failure = Failure(ValueError("bad 554=abc|"))
        told = record({"log_failure": failure, "log_level": LogLevel.critical, "log_time": 1.5})
        self.assertIn("ValueError: bad 554=***|", told["traceback"])
        self.assertEqual((told["time"], told["level"]), ("1970-01-01T00:00:01.500000Z", "critical"))

    def test_recent(self) -> None:
        """The newest lines are kept, up to the bound, each up to its bound."""
        recent = Recent()
        recent.start()
        self.log.info("first")
        for number in range(MOST_LINES - 1):
            self.log.info("{number}", number=number)
        self.assertTrue(recent.lines()[0].endswith("[exsim.test#info] first"))
        self.log.info("x" * 2 * LONGEST)
        recent.stop()
        self.log.info("not kept")
        lines = recent.lines()
        self.assertEqual((len(lines), len(lines[-1])), (MOST_LINES, LONGEST))
        self.assertTrue(lines[0].endswith("] 0"))

    def test_option(self) -> None:
        """``log = json`` gives twistd's application another log; ``text`` leaves it alone."""
        for form, wanted in (("json", True), ("text", False)):
            application = Application("exsim")
            tree = build(replace(settings(), log=form), MemoryReactorClock(), plugins=LinePlugins())
            tree.setServiceParent(application)
            observer = application.getComponent(ILogObserver, None)
            self.assertEqual(isinstance(observer, JsonLog), wanted)

    def test_file(self) -> None:
        """It is written where twistd's own would be."""
        path = Path(self.mktemp()).absolute()
        observer = json_log({"logfile": str(path)})
        observer({"log_format": "hello", "log_time": 0.0})
        self.assertEqual(json.loads(path.read_text())["text"], "hello")


class DiagnosisTests(SynchronousTestCase):
    """What the simulator tells."""

    def setUp(self) -> None:
        """A simulator with secrets, that said and logged some."""
        self.memory = MemorySimulator(replace(with_secrets(), policies=()))
        self.addCleanup(self.memory.stop)
        self.memory.watch.secrets.add(TOKEN)
        self.memory.watch.startService()
        self.addCleanup(self.memory.watch.stopService)
        self.memory.login("A").send(f"SAY {PASSWORD}")
        Logger(namespace="exsim").info("somebody came with {token}", token=TOKEN)

    def diagnosis(self) -> r.Diagnosis:
        """What is told now."""
        found: Any = self.memory.control.perform("diagnose", s.NoArguments(), None)
        assert isinstance(found, r.Diagnosis)
        return found

    def test_content(self) -> None:
        """Versions, platform, settings, log and messages."""
        found = self.diagnosis()
        self.assertTrue({"exsim", "python", "twisted"} <= set(found.versions))
        self.assertEqual(found.settings["venues"][0]["name"], "X")
        self.assertIn("somebody came with ***", found.log[-1])
        self.assertTrue(any(" x A in " in line for line in found.messages))

    def test_no_secrets(self) -> None:
        """No password of the settings, nor of a session made since, nor a token."""
        made = ss.NewSession("C", "x", options={})
        self.memory.control.perform("create_session", s.NoArguments(), made)
        text = repr(self.diagnosis())
        self.assertNotIn(PASSWORD, text)
        self.assertNotIn(TOKEN, text)
        self.assertIn(f"SAY {MASK}", text)


class FakeSimulator:
    """Answers as the fake control does; ``broken`` operations are refused."""

    def __init__(self, *broken: str) -> None:
        self._broken = broken

    def __getattr__(self, name: str) -> Any:
        def operation(**_arguments: Any) -> Any:
            if name in self._broken:
                raise SimulatorError(
                    r.Problem("Forbidden", 403, f"{name} takes a token for admin.")
                )
            return ANSWERS[name]

        return operation


class BundleTests(SynchronousTestCase):
    """The zip."""

    def write(self, *broken: str) -> tuple[int, dict[str, str], str, str]:
        """Diagnose; the exit status, the files of the zip, and what was said."""
        path, out, err = self.mktemp(), io.StringIO(), io.StringIO()
        simulator: Any = FakeSimulator(*broken)
        status = diagnose(simulator, path, out, err)
        with zipfile.ZipFile(path) as bundle:
            files = {name: bundle.read(name).decode() for name in bundle.namelist()}
        return status, files, out.getvalue(), err.getvalue()

    def test_whole(self) -> None:
        """All that there is, each in its file."""
        status, files, out, err = self.write()
        self.assertEqual((status, err), (0, ""))
        names = ["client", "health", "venues", "endpoints", "sessions", "simulator", "settings"]
        wanted = {f"{name}.json" for name in names} | {"metrics.txt", "log.txt", "messages.txt"}
        self.assertEqual({name.removeprefix("exsim-diagnosis/") for name in files}, wanted)
        self.assertEqual(files["exsim-diagnosis/metrics.txt"], ANSWERS["metrics"])
        self.assertEqual(files["exsim-diagnosis/log.txt"], "a line\n")
        self.assertEqual(json.loads(files["exsim-diagnosis/settings.json"]), {"seed": 1})
        self.assertIn("10 files", out)

    def test_in_part(self) -> None:
        """What is refused is named, and the rest is there."""
        status, files, _out, err = self.write("diagnose", "list_sessions")
        self.assertEqual(status, 1)
        problems = files["exsim-diagnosis/problems.txt"]
        self.assertIn("simulator.json: 403 Forbidden: diagnose takes a token for admin.", problems)
        self.assertIn("sessions.json: ", err)
        self.assertNotIn("exsim-diagnosis/sessions.json", files)
        self.assertIn("exsim-diagnosis/venues.json", files)

    def test_nobody_there(self) -> None:
        """From a shell: where nothing listens the zip says so."""
        path, out, err = self.mktemp(), io.StringIO(), io.StringIO()
        from contextlib import redirect_stderr, redirect_stdout

        with redirect_stdout(out), redirect_stderr(err):
            status = main(["diagnose", "--url", "http://127.0.0.1:1", "--output", path])
        self.assertEqual(status, 1)
        with zipfile.ZipFile(path) as bundle:
            problems = bundle.read("exsim-diagnosis/problems.txt").decode()
        self.assertEqual(problems.count("\n"), 6)
        self.assertIn("not all could be had", err.getvalue())

    def test_cannot_write(self) -> None:
        """A folder that is not there is an error in one line."""
        err = io.StringIO()
        simulator: Any = FakeSimulator()
        status = diagnose(simulator, "/nowhere/at/all.zip", io.StringIO(), err)
        self.assertEqual(status, 1)
        self.assertIn("/nowhere/at/all.zip: No such file", err.getvalue())
