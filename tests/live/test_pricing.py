"""Prices that move, over real sockets and both clients."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path

from twisted.internet.defer import Deferred
from twisted.trial.unittest import TestCase

from exsim.client import AsyncSimulator, Simulator, SimulatorError
from exsim.client.ctl import main

INI = """\
[rest]
listen = tcp:0:interface=127.0.0.1

[venue:X]
pricing = hands, walk

[pricing:hands]
source = manual
symbols = AAA

[pricing:walk]
source = random-walk
every = 20ms
moves = 100%

[instrument:X:AAA]
reference = 100

[instrument:X:BBB]
reference = 50
"""


class PricingTests(TestCase):
    """A venue with a price that moves by itself, and one that is led."""

    def ini(self) -> str:
        """The file."""
        path = Path(self.mktemp()).with_suffix(".ini")
        path.write_text(INI)
        return str(path)

    def test_blocking(self) -> None:
        """A price moves in real time, stands still, goes by other keys; ctl says so, too."""
        with Simulator.spawn(self.ini()) as simulator:
            seen = {simulator.get_price("BBB").price}
            while len(seen) < 3:
                seen.add(simulator.get_price("BBB").price)
            self.assertFalse(simulator.stop_source("X", "walk").running)
            self.assertEqual(simulator.get_price("BBB"), simulator.get_price("BBB"))
            changed = simulator.change_source("X", "walk", parameters={"ticks": "5"})
            self.assertEqual(changed.parameters["ticks"], "5")
            self.assertRaises(SimulatorError, simulator.set_price, "BBB", price="50.001")
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                status = main(["--url", simulator.url, "--json", "start-source", "X", "walk"])
            self.assertEqual(status, 0)
            self.assertTrue(json.loads(out.getvalue())["running"])

    async def lead(self) -> None:
        """What a person does by hand."""
        from twisted.internet import reactor

        simulator = await AsyncSimulator.spawn(reactor, self.ini())
        try:
            await simulator.set_price("AAA", price="100")
            stepped = await simulator.step_price("AAA", percent="-1")
            self.assertEqual(stepped.price, "99")
            await simulator.ramp_price("AAA", price="100", within="200ms")
            while (await simulator.get_price("AAA")).price != "100":
                pass
            changes = (await simulator.get_price_history("AAA")).changes
            self.assertEqual([each.price for each in changes], ["100", "99", "99.5", "100"])
        finally:
            await simulator.stop()

    def test_asynchronous(self) -> Deferred[None]:
        """Set, step, ramp and history."""
        return Deferred.fromCoroutine(self.lead())
