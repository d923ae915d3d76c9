"""``exsim bench data``: what it reads, sends and tells."""

from __future__ import annotations

import json
import socket
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from exsim.bench.data import LOADS, Result, Run, _faults, config
from exsim.bench.readers import Reader, Trader
from exsim.config.load import load
from exsim.plugins import Catalogue
from exsim.wire.fix import decode


class PartyTests(SynchronousTestCase):
    """Both sides of a measurement, against a socket that listens."""

    def setUp(self) -> None:
        """A place to connect to."""
        listening = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listening.close)
        self.reader = Reader(listening.getsockname(), "R0", buffer=8192)
        self.addCleanup(self.reader.close)
        self.theirs, _ = listening.accept()
        self.addCleanup(self.theirs.close)
        self.trader = Trader(listening.getsockname())
        self.addCleanup(self.trader.close)
        self.orders, _ = listening.accept()
        self.addCleanup(self.orders.close)

    def say(self, text: str) -> None:
        """Have something come to the reader."""
        self.theirs.sendall(text.replace("|", "\x01").encode())

    def test_read(self) -> None:
        """Updates are counted, and known by their quantities, however the bytes are cut."""
        update = "8=FIX.4.4|9=1|35=X|268=1|279=1|269=0|278=B99|55=B7|270=99|271=2|10=000|"
        self.say(update + update[:40])
        self.assertTrue(self.reader.read([0, 0, 0]))
        self.assertEqual((self.reader.updates, self.reader.last), (1, {7: 2}))
        self.say(update[40:].replace("271=2", "271=1"))
        self.assertTrue(self.reader.read([0, 0, 0]))
        self.assertEqual((self.reader.messages, self.reader.last), (2, {7: 1}))
        self.assertEqual(len(self.reader.took), 2)
        self.say("8=FIX.4.4|9=1|35=W|262=Q|55=B7|268=2|269=0|270=99|271=2|269=1|10=000|")
        self.reader.read([0, 0, 0])
        self.assertEqual(self.reader.last, {7: 2})
        self.theirs.close()
        self.assertFalse(self.reader.read([]))

    def test_cause(self) -> None:
        """An update is a replace whose quantity is its number; books take turns."""
        self.trader._name = {0: "O0", 1: "O1"}
        self.trader.cause(2)
        raw = self.orders.recv(65536)
        cut = raw.rindex(b"8=FIX")
        first, second = decode(raw[:cut]), decode(raw[cut:])
        self.assertEqual((first.fields[b"41"], first.fields[b"38"]), (b"O1", b"1"))
        self.assertEqual((second.fields[b"55"], second.fields[b"38"]), (b"B0", b"2"))
        self.assertEqual((self.trader.last, len(self.trader.caused)), ({1: 1, 0: 2}, 3))

    def test_faults(self) -> None:
        """Who lacks an update, or has an old one, is told of."""
        each, conflated = LOADS
        self.reader.last, self.reader.updates = {0: 2}, 2
        self.trader.last = {0: 2}
        self.assertEqual(list(_faults(each, 2, self.trader, [self.reader])), [])
        self.assertEqual(len(list(_faults(each, 3, self.trader, [self.reader]))), 1)
        self.assertEqual(list(_faults(conflated, 3, self.trader, [self.reader])), [])
        self.reader.last = {0: 1}
        self.assertEqual(len(list(_faults(conflated, 2, self.trader, [self.reader]))), 1)


class ResultTests(SynchronousTestCase):
    """What is told of it."""

    def test_told(self) -> None:
        """For people and for programs; a fault is no success."""
        run = Run(LOADS[0], 1000.0, 9990.0, 9980.0, 1e6, 0.25, 1.25, 20.0, ())
        result = Result("data", "CPython", 5.0, (run,))
        self.assertTrue(result.ok)
        for part in ("subscriptions", "25%", "9,990", "1.25"):
            self.assertIn(part, result.table())
        self.assertEqual(json.loads(result.json())["runs"][0]["p50"], 1.25)
        bad = Run(LOADS[0], 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, ("R0 was told too little",))
        self.assertFalse(Result("data", "CPython", 5.0, (bad,)).ok)

    def test_config(self) -> None:
        """Each load has a configuration that is right."""
        for each in LOADS:
            path = self.mktemp()
            Path(path).write_text(config(each))
            settings = load(path, [], Catalogue())
            self.assertEqual(len(settings.sessions), each.readers)
