"""
The seams of exsim as zope Interfaces: what a plugin provides, and what it is given.

A third party implements :class:`IProtocol`, :class:`IPolicy` or :class:`IPricingSource` and
names its class in a file of its own under ``twisted/plugins/`` (see :mod:`exsim.plugins`).
Nothing here does I/O. ``now`` is always nanoseconds since 1970 UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from zope.interface import Attribute, Interface

from exsim.errors import Problem
from exsim.model.book_updates import Listener
from exsim.model.bots import BotOrder
from exsim.model.codes import Phase
from exsim.model.decisions import Decision
from exsim.model.events import Event, Report
from exsim.model.grid import Grid
from exsim.model.instructions import Instructions
from exsim.model.journal import Entry
from exsim.model.luck import Luck
from exsim.model.messages import Description, SessionView
from exsim.model.options import Option
from exsim.model.questions import Question
from exsim.model.reel import Recording
from exsim.model.requests import Request
from exsim.model.settings import EndpointSettings, Instrument, SessionSettings, Values
from exsim.model.treatment import Treatment


class Random(Protocol):
    """The part of :class:`random.Random` that policies and engines may use, seeded."""

    def random(self) -> float:
        """A number from 0 up to, not including, 1."""

    def randint(self, a: int, b: int) -> int:
        """A whole number from ``a`` to ``b``, both included."""


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


class Tamper(Protocol):
    """
    Shows a session's messages to its faults; see :class:`exsim.model.treatment.Treatment`.

    None is the answer where no fault is for a message: it goes on as it is.
    """

    def outgoing(self, raw: bytes, now: int) -> Treatment | None:
        """A message that is about to be sent."""

    def incoming(self, raw: bytes, now: int) -> Treatment | None:
        """A message that was received."""


Moment = Callable[[int], int]
"""Nanoseconds since midnight on a venue's wall, at a market time."""
Best = Callable[[str, int], int | None]
"""The best price of a side of an instrument, by symbol and side; None where there is none."""


class Surgery(Protocol):
    """What is done to the bytes of one message, as a protocol has them."""

    kinds: frozenset[str]
    """The kinds of faults of :mod:`exsim.faults.kinds` that it does, or that fit the protocol."""

    lacks: Mapping[str, str]
    """The kinds that make no sense for the protocol, and why."""

    matches: Mapping[str, str]
    """The filter that messages of a kind fit whatever else is asked for, where there is one."""

    def check(self, kind: str, given: Mapping[str, str], values: Mapping[str, Any]) -> None:
        """
        Whether the parameters of a fault make sense for the protocol: those that were ``given``,
        and all as they were read.

        :raises ValueError: when they do not.
        """

    def operate(self, kind: str, raw: bytes, values: Mapping[str, Any], luck: Luck) -> bytes:
        """The message with a defect of this kind; as it was where it has nothing to be changed."""

    def duplicate(self, raw: bytes, now: int) -> bytes:
        """The message as it is sent again: marked as a possible duplicate."""

    def crossed(self, raw: bytes, best: Best, by: int) -> bytes:
        """
        Market data with a price that crosses the best of the other side by so much (10^-8), or
        locks it (0); as it was where nothing can be crossed.
        """

    def halted(self, raw: bytes, now: int) -> bytes:
        """
        A message besides, which tells that the instrument of this one is halted; empty where it is
        of none.
        """


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


class IView(Interface):
    """What a policy may see of its venue while it decides."""

    random: Random = Attribute("Seeded randomness of this policy alone.")

    def instrument(symbol: str) -> Instrument | None:
        """The instrument, or None when the venue has none of that symbol."""

    def price(symbol: str, now: int) -> int | None:
        """What the venue's pricing source says, units of 10^-8, or None."""

    def best(symbol: str, side: int) -> int | None:
        """The best resting price of a side, units of 10^-8, or None."""

    def fields(request: Request) -> tuple[tuple[str, str], ...]:
        """The message behind a request: its type and body as (tag, value) pairs, in order."""

    def matches(
        request: Request, msg_type: str | None, fields: Sequence[tuple[str, str | None]]
    ) -> bool:
        """Whether the message behind a request is of a type and has fields, header included.

        See :meth:`IMessages.matches`; false for a request that was no message.
        """

    def logons(session: str) -> int:
        """How often a session has logged on; 0 for one that there is not."""


class IPolicy(Interface):
    """
    Decides what becomes of a request before the engine sees it.

    A policy is made with its section's name and the values of its ``options``. It keeps no
    clock and does no I/O; one that raises is isolated and answered as ``on_error`` says.
    """

    name: str = Attribute("The section it is configured in.")
    options: tuple[Option, ...] = Attribute("The keys that its section may hold.")

    def decide(request: Request, view: IView, now: int) -> Decision:
        """What becomes of ``request``."""


class IPricingSource(Interface):
    """Says what an instrument is worth now. Made with a name and the values of ``options``."""

    name: str = Attribute("The section it is configured in.")
    options: tuple[Option, ...] = Attribute("The keys that its section may hold.")

    def price(instrument: Instrument, now: int) -> int | None:
        """The price in units of 10^-8, or None when there is none."""

    def set(instrument: Instrument, price: int | None) -> None:
        """Set (or with None forget) a price by hand.

        :raises exsim.errors.Conflict: when this source takes none.
        """

    def reset() -> None:
        """Forget all that was set since the start."""


class IMovingSource(IPricingSource):
    """
    A pricing source that has its instruments, and whose prices change by the market's clock.

    It says what instruments are worth; their ticks and bands are seen to afterwards, by whoever
    asked. All times are market time.
    """

    by_clock: bool = Attribute("Whether prices change without being told to, once it was started.")

    def takes(instrument: Instrument) -> bool:
        """Whether it can say what an instrument is worth."""

    def begin(grids: Sequence[Grid], seed: int) -> None:
        """These are its instruments, at their first prices; once more after :meth:`reset`."""

    def join(grid: Grid) -> None:
        """There is another instrument."""

    def leave(symbol: str) -> None:
        """An instrument is no more."""

    def start(now: int) -> None:
        """Go on from now, for the first time or after having stood still."""

    def open(now: int) -> Sequence[tuple[str, int]]:
        """The market opens on another day: what instruments are worth, where that is new."""

    def next_due() -> int | None:
        """When :meth:`move` is to be called next; None for never, as long as nothing is done."""

    def move(now: int) -> Sequence[tuple[str, int]]:
        """What is due: symbols, and what they are worth now."""

    def change(values: Values, now: int) -> None:
        """
        Go by other values of some options, from the next step on.

        :raises ValueError: when they do not go together; then nothing changes.
        """


class IGuidedSource(IMovingSource):
    """A moving source that can be told how prices are to go on."""

    def ramp(instrument: Instrument, price: int, until: int, now: int) -> None:
        """Go to a price in even steps, and be there at a time."""

    def schedule(instrument: Instrument, points: Sequence[tuple[int, int]], now: int) -> None:
        """Have prices at times: market time and price of each, in order."""


class IDerivedSource(IMovingSource):
    """A moving source whose prices follow those of other instruments."""

    underlyings: Collection[str] = Attribute("The symbols that it follows.")

    def follow(symbol: str, price: int, now: int) -> Sequence[tuple[str, int]]:
        """One of them is worth ``price`` now: what follows, as :meth:`move` tells it."""


class IPlayer(Interface):
    """A pricing source or bot that plays a recorded file (see :mod:`exsim.model.reel`)."""

    name: str = Attribute("The section it is configured in.")
    values: Values = Attribute(
        "The values of its options, of which some say what the file is: "
        ":data:`exsim.model.recording_keys.FILE`."
    )
    recording: Recording = Attribute("What it plays.")

    def play(recording: Recording) -> None:
        """Play this one. Called once, before all else."""


class IStateful(Interface):
    """
    A policy or pricing source that remembers something, which a snapshot then has to hold.

    The state is nested lists and dictionaries of text, bytes, numbers, truth values and None;
    whole numbers have at most 64 bits.
    """

    def state() -> object:
        """All that it remembers."""

    def restore(state: object) -> None:
        """Remember that; called before anything else is asked."""


class IJournal(Interface):
    """The ordered record. Entries are numbered from 1 in each epoch."""

    epoch: int = Attribute("Counts up at every clear.")
    first: int = Attribute("Number of the oldest entry kept; last + 1 when none is.")
    last: int = Attribute("Number of the newest entry, 0 when there is none.")
    recent: int = Attribute("Number of the oldest entry in memory; last + 1 when none is.")
    complaint: str = Attribute("What is wrong with it although it works; empty when nothing is.")

    def append(time: int, kind: int, origin: str, session: str, data: bytes) -> int:
        """Write an entry and return its number."""

    def entries(after: int) -> Iterator[Entry]:
        """The entries kept whose number is greater than ``after``, in order."""

    def backward(before: int) -> Iterator[Entry]:
        """The entries kept whose number is less than ``before``, newest first."""

    def search(question: Question, after: int) -> Iterator[Entry]:
        """
        The entries kept after one that may be messages that are asked for, in order; others may be
        among them, how many depends on what is indexed.
        """

    def clear() -> None:
        """Start a new, empty epoch."""

    def commit() -> None:
        """
        Make all that was appended as durable as was asked for. Nothing that came of it may be told
        to anybody before.

        :raises OSError: when it cannot be done now; to be tried again.
        """

    def close() -> None:
        """Nothing is appended or read from now on."""


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


class IBreakable(Interface):
    """An acceptor, besides :class:`IAcceptor`, whose sessions faults can make misbehave."""

    opened: Callable[[str], None] = Attribute(
        "Called with the name of each session that was just opened."
    )

    def surgery(session: str) -> Surgery:
        """What is done to the bytes of a session's messages; of any's where there is none."""

    def tamper(session: str, tamper: Tamper | None) -> None:
        """Show the messages of a session, from the next one on, to these faults, or to none."""


class IPlayable(Interface):
    """An acceptor, besides :class:`IAcceptor`, whose counterparties we can play ourselves."""

    def caller(name: str, example: Mapping[str, str]) -> Caller:
        """
        The counterparty of a session, or of one that its logon makes.

        :param example: the fields of one of its messages by tag, which tell its version.
        :raises exsim.errors.Conflict: when nobody can be it now.
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


class IBotDesk(Interface):
    """
    Where one bot trades at one venue. Prices and quantities are in units of 10^-8, sides those of
    :class:`exsim.model.codes.Side`.

    Orders go through the same door as everybody's, and are answered as anybody's. In a symbol in
    which one was just refused none is entered for a while: for longer each time, up to a minute.
    """

    venue: str = Attribute("The name of the venue.")
    symbols: tuple[str, ...] = Attribute("The instruments that the bot is for, in their order.")
    luck: Luck = Attribute("The bot's own, at all its venues.")
    pace: float = Attribute("How many times as busy it is to be as its options say; above 0.")
    stands: bool = Attribute("Whether it is to do nothing: all that it has is canceled.")

    def instrument(symbol: str) -> Instrument:
        """An instrument."""

    def best(symbol: str) -> tuple[int | None, int, int | None, int]:
        """Best bid and its quantity, best offer and its quantity; None and 0 where none is."""

    def depth(symbol: str, side: int, levels: int) -> Sequence[tuple[int, int, int]]:
        """The best levels of a side: price, quantity, number of orders; 0 levels for all."""

    def price(symbol: str) -> int | None:
        """What the venue's pricing source says it is worth, None where it says nothing."""

    def last(symbol: str) -> int | None:
        """The price of the last trade, or else its reference; None where neither is."""

    def phase(symbol: str) -> Phase:
        """The phase that an instrument is in."""

    def matches(symbol: str) -> bool:
        """Whether orders trade as they come: not so in auctions, halts, or when it is closed."""

    def takes(symbol: str, ord_type: int = ..., tif: int = ...) -> bool:
        """Whether orders of a kind are taken now: limit orders for the day, if nothing is said."""

    def enter(
        symbol: str,
        side: int,
        qty: int,
        price: int = ...,
        tif: int = ...,
        ord_type: int = ...,
        extra: Instructions | None = None,
    ) -> str:
        """Enter an order: its ClOrdID; empty where none is entered, since one was just refused."""

    def cancel(cl_ord_id: str) -> None:
        """Cancel what is left of an order."""

    def replace(cl_ord_id: str, qty: int, price: int) -> None:
        """Put an order on another quantity, of which what is filled is a part, and price."""

    def position(symbol: str) -> int:
        """What was bought less what was sold."""

    def open_orders(symbol: str) -> Sequence[BotOrder]:
        """The bot's orders that are open, oldest first."""

    def order(cl_ord_id: str) -> BotOrder | None:
        """One of them, None where it is not open."""

    def plan(time: int) -> None:
        """Wake the bot here at a market time, too: at once where that is over."""


class IBot(Interface):
    """
    A trader. Made with the name of its section and the values of its ``options``.

    It acts in :meth:`wake` alone, by the ``desk`` that it is given: one for each venue where it
    trades, each with a ``luck`` that all share. It keeps no clock and does no I/O; one that raises
    is stopped. Times are those of the market; a time that is answered is when it is to be woken
    next at that venue, None for never, and a wake that comes early is to do no harm.
    """

    name: str = Attribute("The section it is configured in.")
    options: tuple[Option, ...] = Attribute("The keys that its section may hold.")
    follows: bool = Attribute("Whether it wants to hear of prices that moved.")

    def rate(desk: IBotDesk) -> float:
        """How many orders a second its options are for, at a desk; about."""

    def begin(desk: IBotDesk, now: int) -> int | None:
        """The day begins at a venue; it remembers nothing of what was before there."""

    def wake(desk: IBotDesk, now: int) -> int | None:
        """Do what there is to do at a venue."""

    def heard(desk: IBotDesk, report: Report, now: int) -> int | None:
        """Something happened to an order of it; maybe it wants to be woken earlier."""

    def moved(desk: IBotDesk, symbol: str, price: int, now: int) -> int | None:
        """A price moved at the venue's source; likewise. Only where it ``follows``."""

    def change(values: Values) -> None:
        """Go by other values of the options from now; or by the same, where the pace changed."""
