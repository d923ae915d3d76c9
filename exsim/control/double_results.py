"""
What operations of the test double answer: rules, behaviours, scenarios, faults.

They belong to :mod:`exsim.control.results`.
"""

from __future__ import annotations

from typing import Any

from exsim.control.double_schemas import RecordedMessage
from exsim.control.fields import Cursor, EventKind, Time
from exsim.control.results import Output
from exsim.control.session_results import Message


class Rule(Output, frozen=True):
    """
    A rule, with its filter and its steps as text.

    ``hits`` says how often it fired, ``left`` how often it still may (null for no end), ``passed``
    how often it would have, but for chance. ``seed`` fixes that; null: its name and the venue's do.
    """

    name: str
    venue: str
    when: str
    then: str
    priority: int
    times: int | None
    probability: str
    seed: int | None
    scenario: str
    state: str | None
    becomes: str | None
    enabled: bool
    hits: int
    left: int | None
    passed: int


class Cleared(Output, frozen=True):
    """How many rules there were."""

    cleared: int


class Behaviour(Output, frozen=True):
    """
    An outcome that an order chooses by its symbol, its ClOrdID or its fields, as configured.

    ``hits`` says how often one did.
    """

    name: str
    venue: str
    summary: str
    symbols: list[str]
    prefixes: list[str]
    match: str
    then: str
    hits: int


class Scenario(Output, frozen=True):
    """A scenario, the state that it is in, and those that rules name."""

    scenario: str
    venue: str
    state: str
    states: list[str]


class Miss(Output, frozen=True):
    """A field, ``OrderQty(38)``, that is not as wanted."""

    key: str
    wanted: str
    got: str


class Near(Output, frozen=True):
    """A message that comes near to what was expected, and what differs."""

    message: Message
    misses: list[Miss]


class Verified(Output, frozen=True):
    """
    Whether messages came as expected; ``found`` says how many, and ``messages`` are the first.

    If not, ``text`` tells all about it: what was expected, the ``nearest`` messages, and the
    ``conversation``, a message a line. ``after=position`` goes on with what comes from now on.
    """

    passed: bool
    found: int
    text: str
    messages: list[Message]
    nearest: list[Near]
    conversation: list[str]
    position: Cursor


class Fault(Output, frozen=True):
    """
    A fault that is set, with its filter as text.

    ``parameters`` are those of its kind that were given. ``hits`` says how often it fired, ``left``
    how often it still may (null for no end), ``passed`` how often it would have, but for chance.
    ``seed`` fixes that; null: its name and that of the venue do.
    """

    name: str
    kind: str
    level: str
    venue: str
    endpoint: str | None
    session: str | None
    match: str
    direction: str
    count: int | None
    probability: str
    seed: int | None
    parameters: dict[str, str]
    enabled: bool
    hits: int
    left: int | None
    passed: int


class FaultParameter(Output, frozen=True):
    """What a kind of fault can be given; ``default`` null: it has to be."""

    name: str
    default: str | None
    summary: str


class ArmedRace(Output, frozen=True):
    """
    A ``rule`` or ``fault`` that is part of a race which is armed, with its filter as text.

    ``hits`` says how often it fired, ``left`` how often it still may (null for no end).
    """

    name: str
    part: str
    when: str
    hits: int
    left: int | None


class Race(Output, frozen=True):
    """
    A race: the ``rules`` and ``faults`` that it is made of, as text, with what it can be given.

    ``armed`` are those of them that wait for it to happen, or that it has happened to.
    """

    race: str
    venue: str
    summary: str
    rules: list[str]
    faults: list[str]
    parameters: list[FaultParameter]
    armed: list[ArmedRace]


class FaultProtocol(Output, frozen=True):
    """A protocol that has a kind of fault; its messages fit the filter ``match`` in any case."""

    protocol: str
    match: str


class FaultKind(Output, frozen=True):
    """
    A kind of fault; the first of ``directions`` is its default.

    ``level`` says what it is in: ``general`` any message, ``byte`` the stream, ``frame`` the bytes
    of one message, ``session`` sequence and session messages, ``order`` the outcome of orders,
    ``data`` what those are told who look on.
    ``protocols`` are those that have it.
    """

    kind: str
    level: str
    summary: str
    directions: list[str]
    protocols: list[FaultProtocol]
    parameters: list[FaultParameter]


class Event(Output, frozen=True):
    """
    One thing that happened, in the order of the journal: ``id`` is where to go on after it.

    A ``message`` went in or out, or it was a report that tells of an ``order``; a ``session``'s
    connection was made or lost; an ``operation`` came over REST; a ``rule`` or ``fault`` fired; a
    request is on ``hold`` or was decided; a ``phase`` began; with a ``reset`` all begins again.
    A source, or an operation, changed what instruments are worth, which is a ``price``, told only
    where that kind is asked for: the operation is none then, and ``about`` has the ``prices``.
    ``text`` tells it in a line, ``about`` has the particulars.
    """

    event: EventKind
    id: Cursor
    seq: int
    time: Time
    venue: str
    session: str
    text: str
    message: Message | None
    about: dict[str, Any]


class AwaitedEvents(Output, frozen=True):
    """
    What happened, oldest first. ``complete`` is false when the time ran out with nothing.

    ``after=position`` goes on with what comes from there on, ``next`` says that some is there.
    """

    items: list[Event]
    next: Cursor | None
    position: Cursor
    complete: bool


class Script(Output, frozen=True):
    """A script that can be run, the name of its file, and what it says of itself."""

    script: str
    file: str
    summary: str


class ScriptRun(Output, frozen=True):
    """What came of a script: ``text`` has a line for each step, the last with why it failed."""

    script: str
    passed: bool
    text: str


class Snapshot(Output, frozen=True):
    """A state that was kept: that after entry ``seq`` of an epoch, and its ``size`` in bytes."""

    snapshot: str
    epoch: int
    seq: int
    time: Time
    size: int


class Recorded(Output, frozen=True):
    """A recording, whether it is under way, and how many messages it has when it is not."""

    recording: str
    running: bool
    messages: int


class Recording(Output, frozen=True):
    """All of a recording, as it can be loaded again."""

    messages: list[RecordedMessage]


class Played(Output, frozen=True):
    """How many messages were sent once more."""

    sent: int
