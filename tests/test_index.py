"""The index of a journal: it names all that is asked for, whatever becomes of it itself."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase

from exsim.control.session_schemas import WaitMessagesArguments
from exsim.model.questions import Question
from exsim.services.files import RealFiles
from exsim.services.index import Index
from exsim.services.indexer import Follower, file_indexer
from exsim.services.indexing import IndexService
from exsim.services.journal import DiskJournal, JournalService
from exsim.services.lane import PAUSE
from exsim.services.operations import messages, searching, verify, waiting
from exsim.services.repair import repair
from exsim.services.store import Limits, Store
from tests.index_contract import (
    IN,
    IndexCase,
    SearchContract,
    append_day,
)
from tests.simulator import RestTestCase, settings


class IndexTestCase(IndexCase):
    """A journal in a folder, with little in memory."""

    def setUp(self) -> None:
        """A folder."""
        self.folder = os.path.abspath(self.mktemp())
        super().setUp()

    def open(self, ring: int = 20) -> DiskJournal:
        """A journal on the folder."""
        store = Store(f"{self.folder}/journal", RealFiles(), False, Limits(4_096, 0), time.time_ns)
        journal = DiskJournal(ring, store)
        journal.open()
        journal.index = Index(f"{self.folder}/index.sqlite")
        self.addCleanup(journal.close)
        return journal

    def indexed(self) -> None:
        """Index all there is, a little at a time."""
        indexer = file_indexer(self.folder, RealFiles())
        while indexer.work():
            pass
        indexer.close()

    def retain(self, seq: int) -> None:
        """See :class:`IndexCase`."""
        self.journal.store.retain(seq)

    def least(self) -> list[int]:
        """See :class:`IndexCase`."""
        database = sqlite3.connect(f"{self.folder}/index.sqlite")
        least = []
        for table in ("messages", "identifiers"):
            least += database.execute(f"SELECT min(seq) FROM {table}").fetchone()
        database.close()
        return least


class SearchTests(IndexTestCase, SearchContract):
    """Searching with an index, without, and with one that lags behind."""


class MissingTests(IndexTestCase):
    """It is derived: whatever happens to it, answers are right, and it is made anew."""

    def setUp(self) -> None:
        """A journal that is indexed."""
        super().setUp()
        append_day(self.journal, 500)
        self.indexed()
        self.path = Path(self.folder, "index.sqlite")

    def test_missing(self) -> None:
        """One that is gone."""
        self.path.unlink()
        self.check(Question("A"))
        self.indexed()
        self.assertLess(self.check(Question("A")), 250)

    def test_junk(self) -> None:
        """A file that is no database."""
        self.path.write_bytes(b"no database at all" * 1_000)
        self.check(Question("A"))
        self.indexed()
        self.indexed()
        self.assertLess(self.check(Question("A")), 250)

    def test_other_version(self) -> None:
        """One that another version made."""
        database = sqlite3.connect(self.path)
        database.execute("UPDATE about SET version = 99")
        database.commit()
        database.close()
        self.assertEqual(self.check(Question("A")), 500)
        self.indexed()
        self.indexed()
        self.assertLess(self.check(Question("A")), 250)

    def test_of_more(self) -> None:
        """One of a journal that had more is removed at the start."""
        Index(str(self.path), fills=True).add([], 501)
        self.journal.close()
        service = JournalService(
            replace(settings(), data_dir=self.folder, durability="os"), time.time_ns
        )
        service.privilegedStartService()
        self.addCleanup(service.stopService)
        self.assertFalse(self.path.exists())

    def test_repair(self) -> None:
        """So is one of a journal that was cut."""
        self.journal.close()
        segment = sorted(Path(self.folder, "journal").glob("*.journal"))[2]
        data = bytearray(segment.read_bytes())
        data[100] ^= 1
        segment.write_bytes(data)
        self.assertNotEqual(repair(self.folder, RealFiles(), 5), [])
        self.assertFalse(self.path.exists())


class FollowerTests(IndexTestCase):
    """Reading segments that are being written."""

    def read(self, follower: Follower, most: int = 10**6) -> list[int]:
        """Numbers of what is there now."""
        return [entry.seq for entry, _segment, _offset in follower.read(most)]

    def test_follow(self) -> None:
        """It goes on where it was, over the ends of segments, and takes about as many as asked."""
        follower = Follower(RealFiles(), f"{self.folder}/journal", 1, 0)
        self.assertEqual(self.read(follower), [])
        found: list[int] = []
        for _ in range(30):
            append_day(self.journal, 13)
            found += self.read(follower)
            self.assertEqual(found, list(range(1, self.journal.last + 1)))
        again = Follower(RealFiles(), f"{self.folder}/journal", 1, 100)
        few = self.read(again, 50)
        self.assertEqual(few, list(range(101, 101 + len(few))))
        self.assertTrue(50 <= len(few) < 60, few)
        self.assertEqual(self.read(again), list(range(101 + len(few), self.journal.last + 1)))

    def test_batch_that_is_not_whole(self) -> None:
        """It waits for the rest."""
        append_day(self.journal, 7)
        store = self.journal.store
        assert isinstance(store, Store)
        path = Path(store.segments[-1].path)
        data = path.read_bytes()
        path.write_bytes(data[:-1])
        follower = Follower(RealFiles(), f"{self.folder}/journal", 1, 0)
        self.assertEqual(self.read(follower), [])
        path.write_bytes(data)
        self.assertEqual(self.read(follower), list(range(1, 8)))

    def test_long_batch(self) -> None:
        """One that is longer than what is read at once."""
        self.journal.append(1, 1, "oe", "A", bytes(3 * 1024 * 1024))
        self.journal.commit()
        append_day(self.journal, 7)
        follower = Follower(RealFiles(), f"{self.folder}/journal", 1, 0)
        self.assertEqual(self.read(follower), list(range(1, 9)))


class ProcessTests(IndexTestCase):
    """The process."""

    def test_it_ends_with_its_input(self) -> None:
        """It has indexed what there is by then."""
        append_day(self.journal, 500)
        command = [sys.executable, "-m", "exsim.services.indexer", self.folder]
        root = str(Path(__file__).parent.parent)
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, env={**os.environ, "PYTHONPATH": root}
        )
        assert process.stdin is not None
        process.stdin.close()
        self.assertEqual(process.wait(timeout=20), 0)
        self.assertEqual(self.journal.index.reached(), (1, 500))


class RestTests(RestTestCase):
    """Questions over REST about what memory holds no more."""

    def setUp(self) -> None:
        """A simulator with ten entries in memory."""
        self.folder = os.path.abspath(self.mktemp())
        store = Store(f"{self.folder}/journal", RealFiles(), False, Limits(4_096), time.time_ns)
        self.journal = DiskJournal(10, store)
        self.journal.open()
        self.addCleanup(self.journal.close)
        self.journal.index = Index(f"{self.folder}/index.sqlite")
        self.start(settings(), journal=self.journal)
        self.wires = [self.memory.login(name) for name in "AB"]
        for number in range(100):
            self.wires[number % 2].send(f"SAY {number}")

    def texts(self, question: str) -> list[str]:
        """All that is found, page by page."""
        texts: list[str] = []
        cursor = ""
        while True:
            page = self.get(f"/messages?{question}{cursor}")
            texts += [item["text"] for item in page["items"]]
            if page["next"] is None:
                return texts
            cursor = f"&after={page['next']}"

    def test_all(self) -> None:
        """The same is found with and without an index, in small pages."""
        expected = [f"SAY {number}" for number in range(0, 100, 2)]
        for _ in range(2):
            found = self.texts("session=A&direction=in&limit=7")
            self.assertEqual([text for text in found if text.startswith("SAY")], expected)
            indexer = file_indexer(self.folder, RealFiles())
            while indexer.work():
                pass
            indexer.close()

    def test_time(self) -> None:
        """From a time to another, both included."""
        items = self.get("/messages?session=A&direction=in&limit=1000")["items"]
        self.memory.reactor.advance(0.5)
        self.wires[0].send("SAY late")
        (late,) = self.get(f"/messages?session=A&direction=in&since={items[0]['time'][:-6]}5Z")[
            "items"
        ][-1:]
        self.assertEqual(late["text"], "SAY late")
        for since, until, count in (
            (late["time"], late["time"], 1),
            (late["time"], "1970-01-01T00:00:01Z", 0),
            (
                "1969-12-31T23:59:59.5Z",
                items[-1]["time"],
                len(items),
            ),
        ):
            path = f"/messages?session=A&direction=in&limit=1000&since={since}&until={until}"
            self.assertEqual(len(self.get(path)["items"]), count)
        self.get("/messages?since=2026-02-30T00:00:00Z")
        self.get("/messages?since=yesterday", 422)

    def test_bound(self) -> None:
        """A question looks at so many entries at most, and the answer says where to go on."""
        self.patch(searching, "MOST_LOOKED_AT", 20)
        page = self.get("/messages?session=B&direction=in&limit=1000")
        self.assertLess(len(page["items"]), 20)
        self.assertIsNotNone(page["next"])
        found = self.texts("session=B&direction=in&limit=1000")
        self.assertEqual(
            [text for text in found if text.startswith("SAY")],
            [f"SAY {number}" for number in range(1, 100, 2)],
        )

    def test_bound_backward(self) -> None:
        """The other way about, what memory holds does not count."""
        self.patch(searching, "MOST_LOOKED_AT", 20)
        page = self.get("/messages?order=newest&filter=text~nowhere")
        self.assertEqual(page, {**page, "items": [], "next": f"1-{self.journal.recent - 20}"})

    def test_turns_backward(self) -> None:
        """Others have their turn as time goes, wherever entries are and whether any is told."""
        self.assertEqual(self.turns("filter=text~nowhere"), 0)
        self.patch(waiting, "SLICE", 0.0)
        near = self.journal.last - self.journal.recent + 1
        far = self.journal.last - near
        self.patch(searching, "AT_ONCE", 3)
        self.patch(searching, "FAR_AT_ONCE", 20)
        batches = -(-near // 3) + -(-far // 20)
        links = sum(entry.session == "" for entry in self.journal.entries(0))
        self.assertEqual(self.turns("filter=not session=A,B"), batches + links)
        self.assertEqual(self.turns("filter=text~nowhere"), batches + near + far)  # not seen soon
        self.assertEqual(self.turns("limit=2"), 2)

    def test_turns_forward(self) -> None:
        """The oldest first, too: what is told is the same, and where to go on."""
        question = "order=oldest&filter=raw~say&limit=30"
        self.assertEqual(self.turns(question), 0)
        at_once = self.get(f"/messages?{question}")
        self.patch(waiting, "SLICE", 0.0)
        self.patch(searching, "FAR_AT_ONCE", 20)
        self.assertEqual(
            self.turns("order=oldest&filter=text~nowhere"), -(-self.journal.last // 20)
        )
        self.assertEqual(self.answer("GET", f"/messages?{question}"), at_once)
        self.assertEqual(len(at_once["items"]), 30)

    def test_turns_without_time(self) -> None:
        """Waits and verifies look at all that there is, also where their time is out at once."""
        self.patch(waiting, "SLICE", 0.0)
        self.patch(searching, "FAR_AT_ONCE", 20)
        self.patch(verify, "AT_ONCE", 20)
        first = f"1-{self.journal.first - 1}"
        path = f"/messages/wait?filter=raw~say&count=100&timeout=0s&after={first}"
        told = self.answer("GET", path)
        self.assertEqual((len(told["items"]), told["complete"]), (100, True))
        self.patch(searching, "FAR_AT_ONCE", 5)
        self.patch(searching, "MOST_LOOKED_AT", 20)
        told = self.answer("GET", path)
        self.assertEqual((told["complete"], told["next"]), (False, "1-20"))
        self.patch(searching, "MOST_LOOKED_AT", 1_000)
        told = self.answer("GET", path.replace("count=100", "count=101"))
        self.assertEqual((told["complete"], told["next"]), (False, None))
        body = {"filter": "raw~say", "exactly": 100, "after": first}
        told = self.answer("POST", "/messages/verify", body)
        self.assertEqual((told["passed"], told["found"]), (True, 100))
        self.assertEqual(told["position"], f"1-{self.journal.last}")

    def answer(self, method: str, path: str, body: object = None) -> Any:
        """What a question is answered, whose answer takes turns."""
        told = self.told(self.begin(method, path, body))
        self.assertEqual(told, [])
        self.memory.reactor.pump([PAUSE] * 100)
        self.treq.flush()
        (answer,) = told
        return answer

    def turns(self, question: str) -> int:
        """How often others have theirs while a question is answered, the newest first."""
        order = "" if "order=" in question else "order=newest&"
        told = self.told(self.begin("GET", f"/messages?{order}{question}"))
        count = 0
        while not told:
            count += 1
            self.memory.reactor.advance(PAUSE)
            self.treq.flush()
        return count

    def test_long_poll(self) -> None:
        """One that is far behind goes on by itself, a piece each time the reactor comes by."""
        self.patch(searching, "MOST_LOOKED_AT", 20)
        cursor = self.get("/messages?limit=1")["position"]
        path = f"/messages/wait?session=A&direction=in&timeout=5s&count=45&after={cursor}"
        pending = self.begin("GET", path)
        told = self.told(pending)
        pieces = 0
        while not told and pieces < 20:
            pieces += 1
            self.memory.reactor.advance(PAUSE)
            self.treq.flush()
        self.assertEqual(pieces, 8)  # after the first look; each is at 20, and every fourth fits
        self.assertEqual((len(told[0]["items"]), told[0]["complete"]), (45, True))

    def told(self, pending: Deferred[Any]) -> list[Any]:
        """The answer, once it is there."""
        found: list[Any] = []
        pending.addCallback(lambda response: response.json()).addCallback(found.append)
        self.treq.flush()
        return found

    def test_long_poll_in_vain(self) -> None:
        """Once it has looked at all, it waits for what is new, or its time to be out."""
        self.patch(searching, "MOST_LOOKED_AT", 20)
        cursor = self.get("/messages?limit=1")["position"]
        path = f"/messages/wait?session=A&direction=in&timeout=5s&count=100&after={cursor}"
        calls = len(self.memory.reactor.getDelayedCalls())
        told = self.told(self.begin("GET", path))
        self.memory.reactor.pump([PAUSE] * 50)
        self.treq.flush()
        self.assertEqual(told, [])
        self.assertEqual(len(self.memory.reactor.getDelayedCalls()), calls + 1)
        self.memory.reactor.advance(5)
        self.treq.flush()
        self.assertEqual((len(told[0]["items"]), told[0]["complete"]), (50, False))

    def test_long_poll_hung_up(self) -> None:
        """Who hangs up while it goes on is no harm to what comes next in the lane."""
        self.patch(searching, "MOST_LOOKED_AT", 20)
        arguments = WaitMessagesArguments(after=self.get("/messages?limit=1")["position"], count=60)
        handler = messages.HANDLERS["wait_messages"]
        pending = Deferred.fromCoroutine(handler(self.memory.simulator, arguments, None))
        pending.cancel()
        self.failureResultOf(pending, CancelledError)
        done: list[str] = []
        self.memory.turns.lane.add(lambda: done.append("next"))
        self.memory.reactor.pump([PAUSE] * 2)
        self.assertEqual(done, ["next"])


class Processes(MemoryReactorClock):
    """A reactor that only notes which processes it should start."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[tuple[Any, list[str]]] = []
        self.signals: list[str] = []

    def spawnProcess(
        self, protocol: Any, path: str, arguments: list[str], *more: Any, **rest: Any
    ) -> None:
        """Note it."""
        self.started.append((protocol, arguments))
        protocol.transport = self

    def signalProcess(self, signal: str) -> None:
        """Note it; the process ends."""
        self.signals.append(signal)
        self.started[-1][0].processEnded(None)


class ServiceTests(SynchronousTestCase):
    """The service that starts the process."""

    def setUp(self) -> None:
        """A journal with ten entries in memory."""
        self.reactor = Processes()
        configuration = replace(settings(), durability="os", journal_size=10)
        self.journal = JournalService(configuration, time.time_ns)
        self.journal.privilegedStartService()
        self.addCleanup(self.journal.stopService)
        self.service = IndexService(self.journal, self.reactor)
        self.service.startService()

    def append(self, count: int) -> None:
        """Entries, and time for the service to look."""
        for _ in range(count):
            self.journal.journal.append(1, IN, "oe", "A", b"x")
        self.journal.journal.commit()
        self.reactor.advance(1)

    def test_only_when_needed(self) -> None:
        """As long as all is in memory there is no process; one entry more, and there is one."""
        self.append(10)
        self.assertEqual(self.reactor.started, [])
        self.append(1)
        self.append(100)
        ((_protocol, arguments),) = self.reactor.started
        self.assertEqual(arguments[1:], ["-P", "-m", "exsim.services.indexer", self.journal.folder])
        stopped = self.service.stopService()
        assert stopped is not None
        self.successResultOf(stopped)
        self.assertEqual((self.reactor.signals, self.reactor.getDelayedCalls()), (["KILL"], []))

    def test_again(self) -> None:
        """One that ended is started again after a while."""
        self.append(11)
        self.reactor.started[0][0].processEnded(None)
        self.reactor.advance(59)
        self.assertEqual(len(self.reactor.started), 1)
        self.reactor.advance(1)
        self.assertEqual(len(self.reactor.started), 2)
        stopped = self.service.stopService()
        assert stopped is not None
        self.successResultOf(stopped)

    def test_stop_without(self) -> None:
        """Where there is none a stop leaves nothing behind."""
        self.assertIsNone(self.service.stopService())
        self.assertEqual(self.reactor.getDelayedCalls(), [])


del SearchContract
