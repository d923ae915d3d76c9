"""What tests of single rules of the matching engine have in common: a market, and short verbs."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from exsim.engine.entry import Entry
from exsim.engine.matching import MatchingEngine
from exsim.model.codes import OrdType, Side, TimeInForce
from exsim.model.instructions import Instructions
from exsim.model.market import MarketRules
from exsim.model.requests import NO_PRICE
from exsim.model.trades import BookEvent

BUY, SELL = int(Side.BUY), int(Side.SELL)
LIMIT, MARKET = int(OrdType.LIMIT), int(OrdType.MARKET)
DAY, IOC, FOK = int(TimeInForce.DAY), int(TimeInForce.IOC), int(TimeInForce.FOK)


class EngineTestCase(SynchronousTestCase):
    """A market of the symbol AAA; quantities and prices are small numbers."""

    rules = MarketRules()

    def setUp(self) -> None:
        self.engine = MatchingEngine(7)
        self.engine.open("AAA")
        self.engine.configure("AAA", self.rules)

    def configure(self, **rules: Any) -> None:
        """Other rules."""
        self.engine.configure("AAA", MarketRules(**rules))

    def enter(
        self,
        side: int,
        order_id: int,
        qty: int,
        price: int | None = None,
        *,
        ord_type: int = 0,
        tif: int = DAY,
        owner: str = "",
        lmm: bool = False,
        rivals: str = "",
        **extra: Any,
    ) -> list[BookEvent]:
        """Enter an order, market where there is no price; the events."""
        out: list[BookEvent] = []
        ord_type = ord_type or (MARKET if price is None else LIMIT)
        asked = Instructions(**extra) if extra else None
        limit = NO_PRICE if price is None else price
        entry = Entry(order_id, side, ord_type, tif, limit, qty, asked, owner, lmm, rivals)
        self.engine.enter_order("AAA", entry, out)
        return out

    def buy(self, order_id: int, qty: int, price: int | None = None, **more: Any) -> Any:
        """Enter an order to buy."""
        return self.enter(BUY, order_id, qty, price, **more)

    def sell(self, order_id: int, qty: int, price: int | None = None, **more: Any) -> Any:
        """Enter an order to sell."""
        return self.enter(SELL, order_id, qty, price, **more)

    def cancel(self, order_id: int) -> list[BookEvent]:
        """Cancel an order that is there; what comes of it for others."""
        out: list[BookEvent] = []
        self.assertGreater(self.engine.cancel("AAA", order_id, out), 0)
        return out

    def bids(self) -> list[tuple[int, int, int]]:
        """Id, price and open quantity, in priority."""
        return list(self.engine.book("AAA").orders(BUY))

    def asks(self) -> list[tuple[int, int, int]]:
        """The same of the asks."""
        return list(self.engine.book("AAA").orders(SELL))

    def shown(self, side: int) -> list[tuple[int, int, int]]:
        """Price, quantity and number of orders that are displayed."""
        return self.engine.book("AAA").levels(side, 0)
