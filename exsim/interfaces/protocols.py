"""What a protocol is: acceptors of endpoints, their sessions, a machine for each connection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from zope.interface import Attribute, Interface

from exsim.errors import Problem
from exsim.model.book_updates import Listener
from exsim.model.events import Event
from exsim.model.messages import Description, SessionView
from exsim.model.options import Option
from exsim.model.requests import Request
from exsim.model.settings import EndpointSettings, SessionSettings, Values
from exsim.model.vocabulary import Vocabulary


class Recorder(Protocol):
    """Writes one journal entry: what every session calls for what it receives and sends."""

    def __call__(self, time: int, kind: int, session: str, data: bytes) -> int:
        """Append the entry and return its number."""


class MarketTime(Protocol):
    """What is needed of a market's clock."""

    def time(self, now: int) -> int:
        """Market time, where the real time is ``now``; both nanoseconds since 1970 UTC."""

    def due(self, time: int) -> int | None:
        """From which real time on it is ``time`` there; None where nobody can tell."""


Moment = Callable[[int], int]
"""Nanoseconds since midnight on a venue's wall, at a market time."""


class Caller(Protocol):
    """
    A counterparty that we play ourselves: its bytes, in a session's other direction.

    Times are those of the session. What is to be sent is to be written in the order it was made.
    """

    ready: bool
    """Whether it has logged on."""

    closed: str
    """Why the session is over; empty before."""

    order_ids: dict[str, str]
    """OrderID of each order that it heard of, by its ClOrdID; empty where a protocol has none."""

    def log_on(self, now: int) -> bytes:
        """How it logs on, as the session's settings ask for."""

    def log_out(self, now: int) -> bytes:
        """How it ends."""

    def say(self, kind: str, fields: Sequence[tuple[str, str]], now: int) -> bytes:
        """
        A message of a type and of fields by tag, as :class:`IMessages` describes it.

        :raises exsim.errors.Unprocessable: when they make none.
        """

    def hear(self, data: bytes, now: int) -> bytes:
        """What it says at once to what it heard, to stay logged on."""


class ISession(Interface):
    """A configured counterparty. It outlives its connections; ``connection`` is the one now."""

    name: str = Attribute("Unique in the simulator.")
    settings: SessionSettings = Attribute("What it was configured with.")
    connection: IConnection | None = Attribute("Where it is logged on, or None.")
    logons: int = Attribute("How often it has logged on.")

    def send(event: Event, now: int) -> None:
        """Turn an event into messages and send them, or keep them for a resend."""

    def sent_so(event: Event, raw: bytes, now: int) -> bool:
        """
        The same where a journal is run again, in which ``raw`` is what was sent: True when that is
        just what :meth:`send` would send, and the session is as after that. False, with nothing
        done, where :meth:`send` has to see to it; a protocol need not know anything better.
        """

    def send_fields(fields: Sequence[tuple[str, str]], now: int) -> None:
        """Send a message of these fields, type included, under the session's own header.

        :raises exsim.errors.Unprocessable: when no message can be made of them.
        """

    def logout(text: str, now: int) -> None:
        """Begin an orderly logout; does nothing when not logged on."""

    def disconnect(now: int) -> None:
        """Close the connection, if there is one, without a word."""

    def reset(now: int) -> None:
        """Forget sequence numbers and messages sent.

        One that is logged on is disconnected first.
        """

    def send_raw(data: bytes, now: int) -> None:
        """Send bytes as they are, valid or not; they take up no number.

        :raises exsim.errors.Conflict: when there is no connection.
        """

    def test_request(test_id: str, now: int) -> None:
        """Ask the counterparty for a sign of life.

        :raises exsim.errors.Conflict: when it is not logged on.
        """

    def set_numbers(next_in: int | None, next_out: int | None) -> None:
        """Expect and give these sequence numbers next, from 1 on; None leaves one as it is."""

    def refuse_logons(text: str | None) -> None:
        """Accept no more logons, for this reason; with None accept them again."""

    def opens(now: int) -> int:
        """When it may be logged on next: ``now`` if it may be already."""

    def view() -> SessionView:
        """State and sequence numbers, for people."""

    def state() -> object:
        """All that a snapshot has to hold of it but its connection, see :class:`IStateful`."""

    def restore(state: object) -> None:
        """Be as ``state`` told; called before it does anything."""


class IConnection(Interface):
    """
    One socket's conversation, without the socket.

    Feed it with :meth:`receive`, then ask :meth:`next_request` until it gives None: each
    request is to be handled before the next is asked for, so that answers keep their order
    however the bytes were cut. Then write :meth:`data_to_send`, and close if ``closing``.
    """

    number: int = Attribute("What the journal calls it, as :meth:`IAcceptor.connect` was told.")
    replayed: bool = Attribute(
        "Set where a journal is run again: no request that waits goes on but by :meth:`again`."
    )
    session: ISession | None = Attribute("Who logged on, or None before that.")
    closing: bool = Attribute("Close the socket once data_to_send is written.")
    why: str = Attribute("Why it is closing, for a log; ORDERLY by a logout; empty before.")

    def receive(data: bytes, now: int) -> None:
        """Take in bytes."""

    def next_request(now: int) -> Request | None:
        """Work through what came in up to the next request; None when there is none."""

    def data_to_send() -> bytes:
        """What to write now; it is gone from here afterwards."""

    def next_deadline() -> int | None:
        """When :meth:`deadline` should be called next, in real time; None: nobody can tell."""

    def market_deadline() -> int | None:
        """
        The same by the clock of the session's market, where it goes by that; None where it does
        not, or nothing is due.
        """

    def rewind(now: int) -> None:
        """The market's clock begins anew: where it is the session's, count from its time now."""

    def deadline(now: int) -> None:
        """Time passed: send heartbeats, test requests, or give up.

        :meth:`next_request` may have requests afterwards whose time has come.
        """

    def lost(now: int) -> None:
        """The socket is gone; :meth:`next_request` may still have what came before."""

    def state() -> object:
        """All that a snapshot has to hold of it for :meth:`IAcceptor.resume`."""

    def again(kind: int, data: bytes, now: int) -> None:
        """
        Take in what an entry of a journal has, instead of bytes: a whole message (IN), garbage
        (GARBLED), the end by something that cannot be a message (LINK), or the turn of a message
        that waited (TIMER). The same entries are to come of it that came of it then.
        """

    def recall(data: bytes, answer: bytes, now: int) -> Request | None:
        """
        Take in a whole message without looking whether it is right, where ``answer``, the entry
        that followed it, shows that it was: the request that it made, after which the connection is
        as :meth:`again` and :meth:`next_request` would leave it. None, with nothing done, where
        these have to see to it; a protocol need not know anything better.
        """


class IDatagrams(IConnection):
    """A connection whose bytes are datagrams, each received and sent as a whole."""

    sender: str = Attribute("Who sent what is received next, such as 127.0.0.1:9000.")

    def packets_to_send() -> Sequence[tuple[str, bytes]]:
        """
        What data_to_send has, packet by packet, in its place: each with the address that it goes
        to, empty for all who listen.
        """

    def heartbeat() -> bytes:
        """What to send all who listen when nothing was sent for a while; empty for nothing."""


class IPublishing(Interface):
    """An acceptor whose sessions share one stream of what a venue shows."""

    listener: Listener = Attribute("Hears all that the venue shows, and writes the stream.")


class IMessages(Interface):
    """
    Messages of an endpoint's sessions, for people and for policies.

    ``session`` is the name of the session that a message came from or went to: empty before it
    had logged on, and perhaps one that was removed since. ``data`` is one whole message, or any
    bytes at all: nothing is raised for bad ones.
    """

    vocabulary: Vocabulary = Attribute(
        "What their messages may be called: what lists are looked through quickly by. It is"
        " exsim.model.vocabulary.UNKNOWN where nothing is known."
    )

    def describe(session: str, data: bytes) -> Description:
        """Decode a message, with names, and passwords masked."""

    def matches(
        session: str,
        data: bytes,
        msg_type: str | None,
        fields: Sequence[tuple[str, str | None]],
    ) -> bool:
        """
        Whether a message is of a type, and has all of these fields (tag or name), each with the
        value given, or with any where that is None. Cheap: it is asked of every entry.
        """

    def values(session: str, data: bytes, tag: str) -> Sequence[str] | None:
        """
        The values of the fields with a tag, as :meth:`describe` has them, without decoding all;
        None where it cannot be told so. ``35`` stands for the type, ``name`` for the name of that.
        Cheap, as filters look at much.
        """

    def masked(session: str, data: bytes) -> bytes:
        """The message with passwords overwritten by as many asterisks."""

    def text(session: str, data: bytes) -> str:
        """The message as one readable line, with passwords masked."""

    def fields(session: str, data: bytes) -> tuple[tuple[str, str], ...]:
        """The message's type and body, as :meth:`ISession.send_fields` takes them."""


class IAcceptor(Interface):
    """The protocol's side of one endpoint: its sessions, and a machine per connection."""

    sessions: Mapping[str, ISession] = Attribute("By name; grows where any logon is accepted.")
    messages: IMessages = Attribute("Reads their messages; stays when the endpoint is gone.")

    def connect(peer: str, now: int, number: int = 0) -> IConnection:
        """
        A socket was accepted from ``peer``.

        Until somebody is logged on, the connection records the entry ``of NUMBER`` (see
        :mod:`exsim.model.journal`) before each other one, to say whose that is; with 0 it does not.
        """

    def keep_time(market: MarketTime, moment: Moment) -> None:
        """
        Have sessions with ``session_clock = market``, if there may be such, know that clock, and
        messages the ``moment`` of the day. Called once, before anybody connects; ``now`` stays real
        time in all calls.
        """

    def initiate(name: str, peer: str, now: int, number: int = 0) -> IConnection:
        """We have connected to a session's counterparty at ``peer``, and log on.

        :raises exsim.errors.Conflict: when the session has a connection already.
        """

    def open(settings: SessionSettings) -> ISession:
        """Add a session.

        :raises exsim.errors.Conflict: when one with its identity is there.
        """

    def close(name: str, now: int) -> None:
        """Disconnect and forget a session."""

    def made(name: str) -> object:
        """What a session was made of that nobody configured; None for any other."""

    def remake(name: str, made: object) -> ISession:
        """Make such a session again."""

    def resume(state: object) -> IConnection:
        """Make a connection again whose state that is, and whose session is restored."""


class IPlayable(Interface):
    """An acceptor, besides :class:`IAcceptor`, whose counterparties we can play ourselves."""

    def caller(name: str, example: Mapping[str, str]) -> Caller:
        """
        The counterparty of a session, or of one that its logon makes.

        :param example: the fields of one of its messages by tag, which tell its version.
        :raises exsim.errors.Conflict: when nobody can be it now.
        """


class IChangeable(Interface):
    """A session, besides :class:`ISession`, whose requests may be changed while they wait."""

    def changed(raw: bytes, fields: Sequence[tuple[str, str]]) -> Request:
        """
        The request of one of its messages, with other values in some fields (tag or name, value):
        an empty one leaves its field out.

        :raises exsim.errors.Unprocessable: when it is none then, or a field cannot be changed.
        """


class IUneven(Interface):
    """A connection, besides :class:`IConnection`, with bytes that are not to be written evenly."""

    uneven: bool = Attribute("Whether there are any: segments_to_send is to be asked.")

    def segments_to_send() -> Sequence[bytes]:
        """
        The same bytes as data_to_send has, in its place: in order, with a mark
        (:class:`exsim.faults.marked.Marked`) on those that have a defect.
        """


class IProtocol(Interface):
    """
    A protocol module: messages <-> requests and events.

    One that is not for endpoints of every role says in a tuple ``roles`` of which it is, and one
    whose sessions are not connected by streams in a tuple ``connects`` by what: ``("udp",)``.
    """

    name: str = Attribute("What an endpoint's ``protocol =`` says.")
    endpoint_options: tuple[Option, ...] = Attribute("Keys of an endpoint's section.")
    session_options: tuple[Option, ...] = Attribute("Keys of a session's section.")

    def acceptor(
        settings: EndpointSettings,
        sessions: Iterable[SessionSettings],
        record: Recorder,
        taken: Mapping[str, object],
    ) -> IAcceptor:
        """
        The acceptor of one endpoint.

        ``record`` writes journal entries; ``taken`` holds the names of all sessions of the
        simulator, which a session made on the fly must not take again.
        """

    def problems(options: Values, connects: bool) -> Sequence[tuple[str, Problem]]:
        """
        What is wrong with the values of an endpoint's or a session's keys beyond what each key
        says of its own: the keys, and why. ``connects``: of a session that we connect for.

        A problem with a file is one of what that file holds. A value that could not be read is
        its default here; one that is needed and was not given is None.
        """
