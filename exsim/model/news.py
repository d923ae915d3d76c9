"""News: what a venue has to say to those who look on, or trade."""

from __future__ import annotations

from typing import Final

NORMAL: Final = 0
FLASH: Final = 1
BACKGROUND: Final = 2


class News:
    """
    What is said: a ``headline``, the ``lines`` below it, and the ``symbols`` that it is about.

    ``urgency`` is NORMAL, FLASH or BACKGROUND; ``time`` is market time. Once encoded in the words
    of a version it is kept in ``encoded``, for the next session that speaks it.
    """

    __slots__ = ("encoded", "headline", "lines", "symbols", "time", "urgency")

    def __init__(
        self,
        headline: str,
        lines: tuple[str, ...],
        urgency: int,
        symbols: tuple[str, ...],
        time: int,
    ) -> None:
        self.headline = headline
        self.lines = lines
        self.urgency = urgency
        self.symbols = symbols
        self.time = time
        self.encoded: dict[str, bytes] = {}


class NewsTold:
    """News for a session."""

    __slots__ = ("news", "session")

    def __init__(self, session: str, news: News) -> None:
        self.session = session
        self.news = news
