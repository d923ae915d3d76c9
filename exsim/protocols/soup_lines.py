"""What connections and endpoints of all protocols over SoupBinTCP have in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from exsim.model.journal import EntryKind
from exsim.model.plain import Plain
from exsim.model.requests import Request
from exsim.model.settings import Values
from exsim.sessions.soup_connection import SoupConnection

_LINK: Final = int(EntryKind.LINK)
_STRANGE: Final = re.compile(r"[^A-Za-z0-9._-]")


class SoupLine:
    """One socket's conversation: what its machine does alone, whatever is said on it."""

    __slots__ = ("_machine", "replayed")

    def __init__(self, machine: SoupConnection) -> None:
        self._machine = machine
        self.replayed = False

    @property
    def number(self) -> int:
        """What the journal calls it."""
        return self._machine.number

    @property
    def closing(self) -> bool:
        """Whether to close the socket once what is to be sent is written."""
        return self._machine.closing

    @property
    def why(self) -> str:
        """Why it closes, for a log."""
        return self._machine.why

    def receive(self, data: bytes, now: int) -> None:
        """Take in bytes."""
        self._machine.receive(data, now)

    def again(self, kind: int, data: bytes, now: int) -> None:
        """Take in what an entry of a journal has, instead of bytes."""
        if kind == _LINK:
            self._machine.cut(data.decode().split(" ", 2)[2], now)
        else:
            self._machine.message(data, now)

    def recall(self, data: bytes, answer: bytes, now: int) -> Request | None:
        """To take it in again is as fast."""
        return None

    def data_to_send(self) -> bytes:
        """What to write now; it is gone from here afterwards."""
        return self._machine.data_to_send()

    def next_deadline(self) -> int | None:
        """When :meth:`deadline` should be called next, or None."""
        return self._machine.next_deadline()

    def market_deadline(self) -> int | None:
        """None goes by a market's clock."""
        return None

    def rewind(self, now: int) -> None:
        """Real time does not go back."""

    def deadline(self, now: int) -> None:
        """Time passed: more of the stream, a heartbeat, or a time-out."""
        self._machine.deadline(now)

    def lost(self, now: int) -> None:
        """The socket is gone."""
        self._machine.lost(now)

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        return self._machine.state()


class Newcomers:
    """
    The sessions of an endpoint that were made as a user logged in whom nobody configured, where
    ``accept_any_logon`` allows that, up to ``max_sessions``.

    :param here: the names of the endpoint's sessions, and ``taken`` those of all.
    :param unused: whether a session made so has never been logged in to, and is not now.
    :param close: forgets a session.
    """

    __slots__ = ("_close", "_endpoint", "_here", "_options", "_taken", "_unused", "made")

    def __init__(
        self,
        endpoint: str,
        options: Values,
        here: Mapping[str, object],
        taken: Mapping[str, object],
        unused: Callable[[str], bool],
        close: Callable[[str], None],
    ) -> None:
        self._endpoint = endpoint
        self._options = options
        self._here = here
        self._taken = taken
        self._unused = unused
        self._close = close
        self.made: dict[str, str] = {}  # user names by name

    def name(self, asked: bytes) -> tuple[str, str] | None:
        """A name for a session, and the user; None where none is to be made."""
        most: int = self._options["max_sessions"]
        if not self._options["accept_any_logon"] or not asked:
            return None
        if len(self.made) >= most:
            for name in [name for name in self.made if self._unused(name)]:
                self._close(name)
        if len(self.made) >= most:
            return None
        try:
            user = asked.decode("ascii")
        except UnicodeDecodeError:
            return None
        return self._free_name(user), user

    def _free_name(self, user: str) -> str:
        """A name as close to that of the user as others leave it."""
        plain = _STRANGE.sub("_", user)
        wider = f"{plain}@{self._endpoint}"
        number, name = 1, plain
        while name in self._here or name in self._taken:
            name = wider if number == 1 else f"{wider}-{number}"
            number += 1
        return name
