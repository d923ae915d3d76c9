"""The built-in pricing sources: where a price comes from, and who may set it."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyClass, verifyObject

from exsim.errors import Conflict
from exsim.interfaces import IPricingSource
from exsim.model.amounts import UNIT
from exsim.model.options import read_options
from exsim.model.settings import Instrument
from exsim.pricing.fixed import Fixed
from exsim.pricing.manual import Manual

AAA = Instrument("AAA", reference=100 * UNIT)
BBB = Instrument("BBB")


def made(source: type[IPricingSource], **given: str) -> IPricingSource:
    """A source with options as an ini would give them."""
    return source("p", read_options(source.options, given))


class InterfaceTests(SynchronousTestCase):
    """Sources are what they say."""

    def test_sources(self) -> None:
        """Each is a pricing source, and explains its options."""
        for source in (Fixed, Manual):
            verifyClass(IPricingSource, source)
            one = made(source)
            verifyObject(IPricingSource, one)
            self.assertEqual(one.name, "p")
            for option in source.options:
                self.assertRegex(option.help, r"^[A-Z].*\.$")


class FixedTests(SynchronousTestCase):
    """Prices from the configuration."""

    def prices(self, **given: str) -> tuple[int | None, int | None]:
        """The prices of AAA, which has a reference, and BBB, which has none; units of 10^-8."""
        source = made(Fixed, **given)
        return source.price(AAA, 0), source.price(BBB, 0)

    def test_order(self) -> None:
        """The instrument's own, else the one for all, else the reference."""
        for given, expected in (
            ({}, (100 * UNIT, None)),
            ({"use_reference": "no"}, (None, None)),
            ({"price": "7"}, (7 * UNIT, 7 * UNIT)),
            ({"prices": "BBB 20.5"}, (100 * UNIT, 2_050_000_000)),
            ({"prices": "BBB 20.5", "price": "0"}, (0, 2_050_000_000)),
            ({"prices": " AAA  -1 , BBB 2"}, (-UNIT, 2 * UNIT)),
        ):
            self.assertEqual(self.prices(**given), expected, given)

    def test_stays(self) -> None:
        """Nobody sets a price, and a reset changes nothing."""
        source = made(Fixed, price="7")
        error = self.assertRaises(Conflict, source.set, AAA, UNIT)
        self.assertIn("source = manual", str(error))
        self.assertRaises(Conflict, source.set, AAA, None)
        source.reset()
        self.assertEqual(source.price(AAA, 0), 7 * UNIT)

    def test_refused(self) -> None:
        """Prices that mean nothing, and what would be right."""
        for prices, why in (
            ("AAA", "'AAA' is no symbol and price such as AAA 100.25"),
            ("AAA 1 BBB 2", "no symbol and price"),
            ("AAA 1,", "no symbol and price"),
            ("AAA x", "no decimal number"),
            ("AAA 1, AAA 2", "AAA has two prices"),
        ):
            error = self.assertRaises(ValueError, made, Fixed, prices=prices)
            self.assertIn(why, str(error))


class ManualTests(SynchronousTestCase):
    """Prices set by hand."""

    def test_set(self) -> None:
        """Nothing at first, then what was set, each instrument for itself."""
        source = made(Manual)
        self.assertIsNone(source.price(AAA, 0))
        source.set(AAA, 5 * UNIT)
        source.set(BBB, 0)
        self.assertEqual((source.price(AAA, 0), source.price(BBB, 0)), (5 * UNIT, 0))
        source.set(BBB, None)
        source.set(BBB, None)
        self.assertEqual((source.price(AAA, 0), source.price(BBB, 0)), (5 * UNIT, None))

    def test_start(self) -> None:
        """Started at the reference, that is also where a forgotten price goes back to."""
        source = made(Manual, start="reference")
        self.assertEqual((source.price(AAA, 0), source.price(BBB, 0)), (100 * UNIT, None))
        source.set(AAA, 5 * UNIT)
        self.assertEqual(source.price(AAA, 0), 5 * UNIT)
        source.set(AAA, None)
        self.assertEqual(source.price(AAA, 0), 100 * UNIT)

    def test_reset(self) -> None:
        """All that was set is gone."""
        source = made(Manual, start="reference")
        source.set(AAA, 5 * UNIT)
        source.set(BBB, 5 * UNIT)
        source.reset()
        self.assertEqual((source.price(AAA, 0), source.price(BBB, 0)), (100 * UNIT, None))
