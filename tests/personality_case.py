"""A personality of ``etc/personalities/``, and the default venue beside it: what differs."""

from __future__ import annotations

from collections.abc import Callable

from twisted.trial.unittest import SynchronousTestCase

from tests.personality import Floor, personality, plain

SECOND = 10**9
Told = list[str]
Outcome = Callable[[Floor], Told]


class PersonalityCase(SynchronousTestCase):
    """A personality, and the default venue with the same instruments beside it."""

    name = ""
    start = "15:00:00"

    def differs(self, outcome: Outcome, here: Told, by_default: Told, start: str = "") -> None:
        """The same messages come to one thing here, and to another where nothing is set."""
        settings = personality(self.name, start or self.start)
        self.assertEqual(outcome(Floor(settings)), here)
        self.assertEqual(outcome(Floor(plain(settings))), by_default)
        self.assertNotEqual(here, by_default)

    def refuses(self, outcome: Outcome, why: str, by_default: Told, start: str = "") -> None:
        """The last answer is a reject here, with a text that begins so."""
        settings = personality(self.name, start or self.start)
        *_, last = outcome(Floor(settings))
        self.assertIn(f"rejected: {why}", last)
        self.assertEqual(outcome(Floor(plain(settings))), by_default)


def on_mega(name: str, side: str, qty: str, price: str = "", **more: str) -> Outcome:
    """One order of the first instrument."""
    return lambda floor: floor.order(name, "1", side, qty, price, **more)
