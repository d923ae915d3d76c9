"""The matching engine: one venue's books by symbol."""

from __future__ import annotations

from exsim.engine.book import BUY, DAY, LIMIT, SELL, Book
from exsim.errors import Bug
from exsim.model.plain import Plain
from exsim.model.trades import BookEvent

#: Order id, price and open quantity, as :meth:`Book.orders` tells them.
Resting = tuple[int, int, int]


class MatchingEngine:
    """
    One venue's books, by symbol.

    Which orders a book may see is decided before the engine, so a symbol without a book is our
    own fault and every call that names one raises :class:`~exsim.errors.Bug`.
    """

    __slots__ = ("_books",)

    def __init__(self) -> None:
        self._books: dict[str, Book] = {}

    def open(self, symbol: str) -> Book:
        """
        Make an empty book for a new instrument.

        :raises Bug: if it has one already.
        """
        if symbol in self._books:
            raise Bug(f"there is a book for {symbol!r} already; close it before opening it again")
        book = self._books[symbol] = Book()
        return book

    def close(self, symbol: str) -> None:
        """Remove the book of a deleted instrument, with whatever rests in it."""
        self.book(symbol)
        del self._books[symbol]

    def book(self, symbol: str) -> Book:
        """The book of an instrument."""
        book = self._books.get(symbol)
        if book is None:
            known = ", ".join(sorted(self._books)) or "none"
            raise Bug(f"no book for {symbol!r}; books are open for: {known}")
        return book

    def enter(
        self,
        symbol: str,
        order_id: int,
        side: int,
        ord_type: int,
        tif: int,
        price: int,
        qty: int,
        out: list[BookEvent],
    ) -> None:
        """Match a new order; see :meth:`Book.enter`."""
        self.book(symbol).enter(order_id, side, ord_type, tif, price, qty, out)

    def cancel(self, symbol: str, order_id: int) -> int:
        """Take an order out; see :meth:`Book.cancel`."""
        return self.book(symbol).cancel(order_id)

    def replace(
        self, symbol: str, order_id: int, price: int, qty: int, out: list[BookEvent]
    ) -> bool:
        """Change a resting order; see :meth:`Book.replace`."""
        return self.book(symbol).replace(order_id, price, qty, out)

    def reset(self) -> None:
        """Empty every book; all stay open."""
        for book in self._books.values():
            book.clear()

    def state(self) -> dict[str, tuple[list[Resting], list[Resting]]]:
        """
        Bids and asks of every book, by symbol in rising order.

        Equal states come from engines that will act alike.  Entering these orders in this
        order as DAY limit orders makes the same books again.
        """
        return {
            symbol: (list(book.orders(BUY)), list(book.orders(SELL)))
            for symbol, book in sorted(self._books.items())
        }

    def restore(self, state: Plain) -> None:
        """Fill the books, which are empty, as :meth:`state` told."""
        none: list[BookEvent] = []
        for symbol, (bids, asks) in state.items():
            enter = self.book(symbol).enter
            for order_id, price, qty in bids:
                enter(order_id, BUY, LIMIT, DAY, price, qty, none)
            for order_id, price, qty in asks:
                enter(order_id, SELL, LIMIT, DAY, price, qty, none)
        if none:
            raise Bug("a snapshot holds a book that is crossed")
