"""Moves of prices that are planned: they come when they are to, whatever a model does besides."""

from __future__ import annotations

from typing import Any

from exsim.model.amounts import UNIT
from exsim.model.options import read_options
from exsim.plugins import Catalogue
from exsim.pricing.planned import moved, planned
from exsim.services.packing import pack, unpack
from tests.again import check_again, keep
from tests.price_case import DeskCase, S
from tests.test_pricing_models import MODELS, fine, made

PLAN = "3s -10% within 4s, 10s 5%"
STILL = {"source": "brownian", "volatility": "0%"}


class PlannedTests(DeskCase):
    """A price that would not move, but for a plan."""

    sections = {"calm": {**STILL, "plan": PLAN}}

    def prices(self, count: int) -> list[str | None]:
        """What AAA is worth in each of the next seconds."""
        found = []
        for _ in range(count):
            self.advance("1s")
            found.append(self.price("AAA"))
        return found

    def test_moves(self) -> None:
        """Evenly within the time, or at once; what was moved stays so."""
        fall = ["97.4", "94.87", "92.4", "90"]
        self.assertEqual(self.prices(12), ["100"] * 3 + fall + ["90"] * 2 + ["94.5"] * 3)

    def test_another(self) -> None:
        """Another plan begins when it is given, where the price is then; a reset goes back."""
        self.prices(5)
        path = "/venues/X/pricing/calm"
        self.ask("PATCH", path, {"parameters": {"plan": "2s 100%"}})
        kept = keep(self.memory.simulator)
        self.assertEqual(self.prices(4), ["94.87", "189.74", "189.74", "189.74"])
        check_again(self, self.memory.simulator, self.settings, kept)
        self.post("/reset", {"venue": "X"})
        self.assertEqual(self.prices(4)[-1], "97.4")

    def test_listed_later(self) -> None:
        """What was before an instrument was there does not move it."""
        self.prices(5)
        listed = {"symbol": "DDD", "reference": "100"}
        self.ask("POST", "/venues/X/instruments", listed, 201)
        self.prices(1)
        self.assertEqual(self.price("DDD"), "100")
        self.prices(1)
        self.assertEqual(self.price("DDD"), "97.4")

    def test_models(self) -> None:
        """Any model is moved by as much as the plan says, from where it would have been."""
        for kind in MODELS:
            if kind in ("random-walk", "mean-reverting"):
                continue  # a step of these is no factor: where they are matters
            plain, planned = self.path(made(kind)), self.path(made(kind, plan=PLAN))
            for second, (one, other) in enumerate(zip(plain, planned, strict=True), 1):
                far = 0.9 * 1.05 if second >= 10 else 1.0 if second <= 3 else None
                if far is not None:
                    self.assertAlmostEqual(other / one, far, places=6, msg=f"{kind} {second}")

    def path(self, source: Any) -> list[int]:
        """The prices of one instrument in fifteen seconds, in the midst of which it is kept."""
        source.begin([fine("A")], 5)
        source.start(0)
        found = [price for _ in range(5) for _, price in source.move(source.next_due())]
        plugin = Catalogue().pricing(next(k for k in MODELS if type(made(k)) is type(source)))
        other: Any = plugin("p", read_options(plugin.options, {"plan": PLAN}))
        other.begin([fine("A")], 99)
        if source._plan:
            other.restore(unpack(pack(source.state())))
            source = other
        return found + [price for _ in range(10) for _, price in source.move(source.next_due())]

    def test_wrong(self) -> None:
        """What is no plan is told so."""
        for text, why in (
            ("60s", "'60s' is no time, size and time of a move"),
            ("60s -8% in 20s", "is no time, size and time of a move"),
            ("x -8%", "'x' is no time span"),
            ("60s -100%", "is not from -99% to"),
        ):
            error = self.assertRaises(ValueError, planned, text)
            self.assertIn(why, str(error))
        self.assertEqual(moved(planned(""), 5 * S), 0.0)
        self.assertEqual(UNIT * moved(planned("1s 0%"), 5 * S), 0.0)
