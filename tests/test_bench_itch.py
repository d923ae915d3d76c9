"""``exsim bench itch``: what it has written is right, and its table."""

from __future__ import annotations

import json

from twisted.trial.unittest import SynchronousTestCase

from exsim.bench.itch import TIMES, Result, Row, encoded, happening, packed
from exsim.bench.measure import measure
from exsim.model.codes import Phase
from exsim.model.settings import Instrument
from exsim.protocols.itch_acceptor import ItchStream
from exsim.sessions.soup_stream import SoupStream


class ItchTests(SynchronousTestCase):
    """The parts without a socket."""

    def test_messages(self) -> None:
        """Each thing that happens is one message, of six types in turn."""
        stream = ItchStream(SoupStream(b"BENCH", 1000))
        stream.listed(Instrument("AAA"), Phase.CONTINUOUS, 0, 0)
        first = stream.stream.next
        for each in happening(1) + happening(4):
            stream.changed("AAA", [each], [], 0, 0)
        kinds = [stream.stream.get(seq)[:1] for seq in range(first, stream.stream.next)]
        self.assertEqual(b"".join(kinds), b"AAEXUD" * 2)

    def test_measured(self) -> None:
        """Both kinds of work can be measured, and take time."""
        for found in measure((encoded, packed), 0):
            self.assertGreater(found[0], TIMES)

    def test_told(self) -> None:
        """A table for people, an object for programs; a fault is not overlooked."""
        rows = (Row("encoded", 400_000.0, 2_500.0), Row("told", 20_000.0, 30_000.0))
        good = Result("itch", "CPython", rows, ())
        lines = [line.split() for line in good.table().splitlines()]
        self.assertIn(["encoded", "400,000", "2,500"], lines)
        self.assertTrue(json.loads(good.json())["ok"])
        bad = Result("itch", "CPython", rows, ("the reader was told 3 messages of 4",))
        self.assertFalse(bad.ok)
        self.assertIn("told 3 messages of 4", bad.table())
