"""
Market maker protection: counting what quotes trade, and saying when it was too much.

What is counted is that of one session, in one underlying (an instrument without one is its own) or
in all, within a time that goes with the market's clock. Once it was too much no quote is let in,
until it is reset.
"""

from __future__ import annotations

from collections import deque

from exsim.model.amounts import format_amount
from exsim.model.plain import Plain
from exsim.model.quote_settings import QuoteSettings

Group = tuple[str, str]
"""A session, and an underlying; empty for all."""


class Window:
    """The fills of a time: when each was, its quantity, and that below 0 where it was sold."""

    __slots__ = ("delta", "fills", "quantity")

    def __init__(self) -> None:
        self.fills: deque[tuple[int, int, int]] = deque()
        self.quantity = 0
        self.delta = 0

    def add(self, time: int, qty: int, signed: int) -> None:
        """Count a fill."""
        self.fills.append((time, qty, signed))
        self.quantity += qty
        self.delta += signed

    def forget(self, before: int) -> None:
        """Count no longer what was at that time or earlier."""
        while self.fills and self.fills[0][0] <= before:
            _, qty, signed = self.fills.popleft()
            self.quantity -= qty
            self.delta -= signed


class Protection:
    """``tripped`` has those whose quotes are not let in, and why."""

    __slots__ = ("_settings", "_windows", "tripped")

    def __init__(self, settings: QuoteSettings) -> None:
        self._settings = settings
        self._windows: dict[Group, Window] = {}
        self.tripped: dict[Group, str] = {}

    def group(self, session: str, underlying: str) -> Group:
        """What counts together with the quotes of a session in an underlying."""
        return session, "" if self._settings.mmp_by == "session" else underlying

    def filled(self, group: Group, qty: int, buys: bool, now: int) -> bool:
        """Count a fill; whether that is too much now, and was not before."""
        window = self._windows.get(group)
        if window is None:
            window = self._windows[group] = Window()
        window.forget(now - self._settings.mmp_time)
        window.add(now, qty, qty if buys else -qty)
        if group in self.tripped:
            return False
        why = self._why(window)
        if why:
            self.tripped[group] = why
        return bool(why)

    def _why(self, window: Window) -> str:
        limits = self._settings
        within = f"within {limits.mmp_time // 1_000_000} ms"
        count = len(window.fills)
        if limits.mmp_fills and count > limits.mmp_fills:
            return f"mmp_fills: {count} fills {within}, above {limits.mmp_fills}"
        if limits.mmp_quantity and window.quantity > limits.mmp_quantity:
            traded, most = format_amount(window.quantity), format_amount(limits.mmp_quantity)
            return f"mmp_quantity: {traded} traded {within}, above {most}"
        if limits.mmp_delta and abs(window.delta) > limits.mmp_delta:
            delta, most = format_amount(window.delta), format_amount(limits.mmp_delta)
            return f"mmp_delta: {delta} bought less sold {within}, above {most}"
        return ""

    def reset(self, session: str, underlying: str = "") -> list[Group]:
        """Let quotes of a session in again, in one underlying or in all; in which it was not so."""
        found = [
            group for group in self.tripped if group[0] == session and underlying in ("", group[1])
        ]
        for group in found:
            del self.tripped[group]
            self._windows.pop(group, None)
        return found

    def clear(self) -> None:
        """Nothing was ever filled."""
        self._windows.clear()
        self.tripped.clear()

    def forget(self, session: str) -> None:
        """Know no more of a session that is no more."""
        for group in [each for each in self._windows if each[0] == session]:
            del self._windows[group]
        for group in [each for each in self.tripped if each[0] == session]:
            del self.tripped[group]

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        windows = [
            [*group, [list(fill) for fill in window.fills]]
            for group, window in self._windows.items()
        ]
        return [windows, [[*group, why] for group, why in self.tripped.items()]]

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        self.clear()
        windows, tripped = plain
        for session, underlying, fills in windows:
            window = self._windows[session, underlying] = Window()
            for time, qty, signed in fills:
                window.add(time, qty, signed)
        for session, underlying, why in tripped:
            self.tripped[session, underlying] = why
