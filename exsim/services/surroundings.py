"""What is around venues, for their rules: sessions, messages, the log, and who asks webhooks."""

from __future__ import annotations

from twisted.logger import Logger
from twisted.python.failure import Failure

from exsim.model.messages import Description
from exsim.services.exchange import Exchange

log = Logger(namespace="exsim")


class Surroundings:
    """The :class:`exsim.dispatch.world.World` of an exchange."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def described(self, session: str, data: bytes) -> Description:
        """A session's message decoded."""
        return self._exchange.describe(session, data)

    def endpoint_of(self, session: str) -> str:
        """The endpoint of a session; empty for one that there is not."""
        return self._exchange.endpoint_of(session) if session else ""

    def paced(self, session: str) -> bool:
        """Whether a session goes by its market's clock."""
        known = self._exchange.sessions.get(session)
        return known is not None and known.settings.options.get("session_clock") == "market"

    def rule_failed(self, rule: str, text: str, error: Exception | None) -> None:
        """Say in the log what a rule could not do."""
        if error is None:
            log.error("rule {rule} failed: {text}", rule=rule, text=text)
        else:
            log.failure("rule {rule} failed: {text}", Failure(error), rule=rule, text=text)

    def source_failed(self, source: str, error: Exception) -> None:
        """Say in the log that a pricing source failed."""
        text = "pricing source {source} failed, and stands still"
        log.failure(text, Failure(error), source=source)

    def watch(self) -> None:
        """Have messages and events shown to the rules that are about them."""
        self._exchange.watch()

    def part(self, session: str, text: str | None, real: int) -> None:
        """End a session's connection."""
        known = self._exchange.sessions.get(session)
        if known is None:
            return
        self._exchange.touch(known)
        if text is None:
            known.disconnect(real)
        else:
            known.logout(text, real)

    def ask(self, venue: str, play: int, url: str, body: bytes, timeout: int) -> None:
        """Have a webhook asked."""
        asker = self._exchange.asker
        if asker is not None and not self._exchange.replaying:
            asker(venue, play, url, body, timeout)
