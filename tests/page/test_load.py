"""A busy market: the page keeps up, stays fluent, and does not grow."""

from __future__ import annotations

from tests.page.browser import PageCase, browser, expect
from tests.page.load import Load
from tests.page.watch import watch

RATE = 1_000
"""Orders a second: as many changes of a book, and twice as many messages."""
SECONDS = 30.0
LONGEST = 50.0
"""Milliseconds of a processor that no task may take."""
TRIES = 3
"""
How often it is looked: what takes long once because of others, whose work cost the processor its
caches or who took it away altogether, does not each time, as what the page itself does would.
"""
HEAP = 60e6
"""Bytes of JavaScript's memory that the page may hold then."""
ELEMENTS = 1_500
FIRST_LADDER = 3_000
"""
Milliseconds from the first request to a ladder with prices, beside others who want the processors:
three times what ``python -m tests.page --first 10`` is to show by itself.
"""

FIRST_DRAWN = """
new MutationObserver((_, watch) => {
  if (!document.querySelector(".ladder")) return;
  window.firstDrawn = document.querySelector(".ladder .size.buy button:not(:empty)")?.textContent;
  watch.disconnect();
}).observe(document, { childList: true, subtree: true });
"""
"""Notes what the first ladder says is bid."""


class LoadTests(PageCase):
    """1,000 changes of a book and 2,000 messages a second."""

    alone = True

    traffic = 0

    def load(self, where: str, ready: str) -> Load:
        """Have a page look at a busy market; it stays fluent, in one of a few attempts."""
        longest: list[float] = []
        while True:
            self.open(where, ready)
            load = Load(self.address("order-entry"), RATE, SECONDS)
            spent = watch(browser(), self.page, load)
            self.assertGreater(len(spent.tasks), 100)
            self.assertEqual(load.answered, load.sent)
            self.assertLess(spent.heaps[-1], HEAP)
            self.assertLess(spent.elements, ELEMENTS)
            longest.append(spent.tasks[0])
            if longest[-1] < LONGEST:
                return load
            self.assertLess(len(longest), TRIES, f"longest tasks, in milliseconds: {longest}")
            self.simulator.stop()
            self.simulator = self.start()

    def test_messages(self) -> None:
        """Each message comes to the table."""
        load = self.load("#/messages", ".virtual")
        told = str(2 * load.sent + 2)
        expect(self.page.locator(".count")).to_have_attribute("data-count", told)

    def test_ladder(self) -> None:
        """In the end the ladder is what the book is."""
        self.load("#/ladder/XSIM/AAA", ".ladder")
        for level in self.simulator.get_book("XSIM", "AAA").bids:
            price = f'.ladder [data-price="{float(level.price):.2f}"] .size.buy'
            shown = self.page.locator(price)
            expect(shown).to_have_text(f"{int(level.quantity):,}".replace(",", "\u2009"))


class FirstTests(PageCase):
    """How soon there is something."""

    alone = True

    def test_first_ladder(self) -> None:
        """A ladder with prices, from nothing loaded, soon; the best of three windows."""
        self.rest("BUY", "99.5")
        took = []
        for _ in range(3):
            page = self.window()
            page.goto(f"{self.simulator.url}/#/ladder/XSIM/AAA")
            expect(page.locator('.ladder [data-price="99.50"] .size.buy')).to_have_text("100")
            took.append(page.evaluate("() => performance.now()"))
        self.assertLess(min(took), FIRST_LADDER, took)

    def test_prices_at_once(self) -> None:
        """The ladder has its prices when it is drawn first, not once it was there empty."""
        self.rest("BUY", "99.5")
        page = self.window()
        page.add_init_script(FIRST_DRAWN)
        page.goto(f"{self.simulator.url}/#/ladder/XSIM/AAA")
        expect(page.locator('.ladder [data-price="99.50"] .size.buy')).to_have_text("100")
        self.assertEqual(page.evaluate("() => window.firstDrawn"), "100")
