"""A counterparty as a test sees it, and defects of what is said to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from exsim.client.blocking_operations import BlockingOperations
from exsim.client.codec import Fields
from exsim.client.launch import Address
from exsim.control import session_results as sr
from exsim.filters import filter_of
from exsim.testing.messages import Message
from exsim.testing.then import or_none, then

Match = str | Mapping[str, Any]
Direction = Literal["in", "out"]


class Fault:
    """
    A defect that is set. As a context manager it is removed at the end of the block; otherwise by
    :meth:`remove`, or by the next reset.
    """

    def __init__(self, simulator: BlockingOperations, name: str) -> None:
        self._simulator = simulator
        self.name = name

    @property
    def hits(self) -> int:
        """How often it fired."""
        return then(self._simulator.get_fault(self.name), lambda fault: fault.hits)

    def remove(self) -> None:
        """Take it away, if it is there still."""
        return or_none(lambda: self._simulator.delete_fault(self.name))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()


class Session:
    """
    A counterparty by its name: whoever logs on with that as SenderCompID.

    ``host`` and ``port`` are where it logs on. It need not be there yet.
    """

    def __init__(
        self, simulator: BlockingOperations, name: str, endpoint: str, address: Address
    ) -> None:
        self._simulator = simulator
        self.name = name
        self.endpoint = endpoint
        self.host = address.host
        self.port = address.port or 0

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> str:
        """``offline``, ``logon``, ``active`` or ``logout``."""
        return then(self._known(), lambda known: "offline" if known is None else known.state)

    @property
    def next_in(self) -> int:
        """The sequence number that is expected next."""
        return then(self._known(), lambda known: 1 if known is None else known.next_in)

    @property
    def next_out(self) -> int:
        """The sequence number that is sent next."""
        return then(self._known(), lambda known: 1 if known is None else known.next_out)

    def fault(
        self,
        kind: str,
        match: Match | None = None,
        direction: Direction | None = None,
        count: int | None = None,
        probability: str = "1",
        seed: int | None = None,
        **parameters: str | int | bool,
    ) -> Fault:
        """
        Have messages of the session that fit ``match`` go wrong from now on, ``count`` times.

        docs/faults.rst has the kinds and their parameters.
        """
        given: dict[str, Any] = {
            "direction": direction,
            "count": count,
            "probability": probability,
            "seed": seed,
            "parameters": parameters,
        }

        def make(known: sr.Session | None) -> Fault:
            where: dict[str, Any] = {"session": self.name, "match": _plain(match)}
            if known is None:  # it has not logged on yet
                of_it = f'session="{self.name}"' + (f" ({filter_of(match)})" if match else "")
                where = {"endpoint": self.endpoint, "match": of_it}
            made = self._simulator.create_fault(kind=kind, **where, **given)
            return then(made, lambda made: Fault(self._simulator, made.name))

        return then(self._known(), make)

    def test_request(self, id: str = "TEST") -> None:
        """Ask the counterparty for a sign of life."""
        return then(self._simulator.test_session(self.name, id=id), _nothing)

    def send(self, fields: Fields | None = None, raw: bytes | None = None) -> Message | None:
        """Send it any message, of fields or of raw bytes."""
        sent = self._simulator.send_message(self.name, fields=fields, raw=raw)
        return then(sent, lambda sent: None if sent.message is None else Message(sent.message))

    def set_sequence(self, next_in: int | None = None, next_out: int | None = None) -> None:
        """Set what number is expected next, and which is sent next."""
        return then(
            self._simulator.set_sequence(self.name, next_in=next_in, next_out=next_out), _nothing
        )

    def logout(self, text: str = "") -> None:
        """Begin an orderly logout."""
        return then(self._simulator.logout_session(self.name, text=text), _nothing)

    def disconnect(self) -> None:
        """Close its connection without a word."""
        return then(self._simulator.disconnect_session(self.name), _nothing)

    def _known(self) -> sr.Session | None:
        """It as the simulator knows it; None where it does not yet."""
        return or_none(lambda: self._simulator.get_session(self.name))


def _nothing(_: object) -> None:
    """What came of it is not told."""


def _plain(match: Match | None) -> str | dict[str, Any] | None:
    return dict(match) if isinstance(match, Mapping) else match
