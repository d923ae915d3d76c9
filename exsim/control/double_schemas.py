"""
What operations of the test double take: verbs, rules and scenarios.

They belong to :mod:`exsim.control.schemas`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from exsim.control.fields import (
    Amount,
    Cursor,
    EventKind,
    FilterText,
    Key,
    Limit,
    LongFilter,
    Name,
    OnError,
    Price,
    Probability,
    Quantity,
    Raw,
    Seed,
    Span,
    Text,
    Timeout,
)
from exsim.control.inputs import Input, Telling

VerbName = Literal[
    "release",
    "match",
    "ack",
    "pending",
    "fill",
    "reject",
    "cancel",
    "expire",
    "restate",
    "bust",
    "correct",
    "stop",
    "suspend",
    "resume",
    "calculate",
    "done-for-day",
    "hold",
    "drop",
    "reply",
    "raw",
    "fault",
    "logout",
    "disconnect",
    "phase",
    "webhook",
]
"""The verbs of :data:`exsim.model.verbs.VERBS`, but for ``after``, which has a key of its own."""
ClockName = Literal["market", "session"]
Value = Annotated[
    str,
    Meta(max_length=1000, description="A value, or a template: `{38}`, `{OrderQty}`, `{qty}`."),
]
Steps = Annotated[
    str,
    Meta(max_length=10_000, description="Steps in one line: `ack; fill 200 @ 10.01; after 5m`."),
]
State = Annotated[str, Meta(min_length=1, max_length=64, description="A state of a scenario.")]
Priority = Annotated[int, Meta(ge=-1_000_000, le=1_000_000)]
Times = Annotated[int, Meta(ge=1, le=1_000_000_000)]


class RuleArguments(Input, frozen=True):
    """One rule of a venue, which may be left out where there is just one."""

    rule: Key
    venue: Key | None = None


class RulePlaceArguments(Input, frozen=True):
    """The rule that becomes another; its venue is said there."""

    rule: Key


class RulesArguments(Input, frozen=True):
    """The rules of a venue, or of all."""

    venue: Key | None = None
    after: Cursor | None = None
    limit: Limit = 100


class OneVenueArguments(Input, frozen=True):
    """A venue, which may be left out where there is just one."""

    venue: Key | None = None


class ScenarioArguments(Input, frozen=True):
    """One scenario of a venue, which may be left out where there is just one."""

    scenario: Key
    venue: Key | None = None


class Cancellation(Telling, frozen=True):
    """What is said about it."""

    text: Text = ""


class Restatement(Telling, frozen=True):
    """New terms that nobody asked for; what is left out stays."""

    quantity: Quantity | None = None
    price: Price | None = None
    text: Text = ""


class RawReply(Input, frozen=True):
    """Bytes to send as they are."""

    raw: Raw


class RuleStep(Input, frozen=True):
    """
    One step of a rule: a verb with what it takes, or ``after`` a time.

    ``on`` ``order`` means the order that a cancel, replace or status request names.
    """

    one_of = ("do", "after")

    do: VerbName | None = None
    after: Span | None = None
    clock: ClockName | None = None
    quantity: Value | None = None
    price: Value | None = None
    reason: Value | None = None
    text: Value | None = None
    exec_id: Value | None = None
    fields: list[tuple[Value, Value]] | None = None
    raw: Raw | None = None
    kind: Value | None = None
    parameters: Value | None = None
    phase: Value | None = None
    url: Value | None = None
    timeout: Span | None = None
    on_error: OnError | None = None
    on: Literal["request", "order"] | None = None
    force: bool = False
    silent: bool = False
    late: bool = False
    report_id: Value | None = None
    status: Value | None = None
    cum: Value | None = None
    leaves: Value | None = None
    average: Value | None = None


class NewRule(Input, frozen=True):
    """
    When a request fits, then these steps are taken; without steps it is only counted.

    ``when`` is a filter, as text or by names (``{"type": "D", "qty__ge": 500}``); ``then``
    steps, in one line or as a list. Rules are asked by falling ``priority``, and in the order
    they were made. With a ``scenario`` it fires only in ``state`` of that, which then
    ``becomes`` another.
    """

    name: Name | None = None
    venue: Key | None = None
    when: LongFilter | dict[str, Any] | None = None
    then: Steps | list[RuleStep] = ""
    priority: Priority = 0
    times: Times | None = None
    probability: Probability = "1"
    seed: Seed | None = None
    scenario: Key | None = None
    state: State | None = None
    becomes: State | None = None
    enabled: bool = True


class ScenarioState(Input, frozen=True):
    """The state to put a scenario in."""

    state: State


Often = Annotated[int, Meta(ge=0, le=1_000_000, description="How often a message comes.")]
Matching = LongFilter | dict[str, Any]


class Verify(Input, frozen=True):
    """
    What messages are expected: ``exactly``, ``at_least`` or ``at_most`` so many that fit the
    ``filter`` (as text or by names, ``{"type": "D", "qty__ge": 500}``), by default at least
    one; ``never`` any; or one for each filter of ``in_order``, one after another.

    All that is in memory counts, or what came after the cursor ``after``. It is waited as
    long as ``within`` says: until enough have come, or to the end to see that no more do.
    """

    filter: Matching | None = None
    exactly: Often | None = None
    at_least: Often | None = None
    at_most: Often | None = None
    never: bool = False
    in_order: Annotated[list[Matching], Meta(max_length=100)] = []
    venue: Key | None = None
    session: Key | None = None
    after: Cursor | None = None
    within: Timeout | None = None


class FaultArguments(Input, frozen=True):
    """One fault."""

    fault: Key


class FaultsArguments(Input, frozen=True):
    """The faults of a venue, or all."""

    venue: Key | None = None
    after: Cursor | None = None
    limit: Limit = 100


Parameter = Annotated[str, Meta(max_length=1_000_000)] | bool | int


class NewFault(Input, frozen=True):
    """
    A defect of messages that fit ``match``, a filter as text or by names.

    It is of a ``session``, of all of an ``endpoint`` or of a ``venue``; with none of them of
    the only venue there is. ``direction`` is ``in`` for what exsim receives, ``out`` for what
    it sends; ``count`` how often it fires. ``parameters`` are those of its kind: see
    ``/fault-kinds``.
    """

    kind: Name
    name: Name | None = None
    session: Key | None = None
    endpoint: Key | None = None
    venue: Key | None = None
    match: LongFilter | dict[str, Any] | None = None
    direction: Literal["in", "out"] | None = None
    count: Times | None = None
    probability: Probability = "1"
    seed: Seed | None = None
    parameters: dict[Key, Parameter] = {}


EventKinds = Annotated[
    list[EventKind], Meta(max_length=16, description="Only these kinds of event; none for all.")
]


MessagesTold = Literal["whole", "line"]


class EventsArguments(Input, frozen=True):
    """
    Events of a venue or of all, of certain kinds; with a filter, messages alone that fit.

    Without a cursor, what happens from now on; ``0-0`` is before all there is. ``messages`` are
    told whole, or by a ``line``: then ``message`` is null, and ``about`` has ``type``, ``name`` and
    ``direction``.
    """

    venue: Key | None = None
    kind: EventKinds = []
    filter: FilterText | None = None
    after: Cursor | None = None
    messages: MessagesTold = "whole"


class WaitEventsArguments(EventsArguments, frozen=True):
    """Which events to wait for, how long, and how many at most are wanted at once."""

    timeout: Timeout = "10s"
    limit: Limit = 100


class RaceArguments(Input, frozen=True):
    """One race, at a venue which may be left out where there is just one."""

    race: Key
    venue: Key | None = None


class NewRace(Input, frozen=True):
    """
    How a race is armed: for requests of a ``session`` that fit ``match``, a filter as text or
    by names; for all without them.

    It happens ``times`` times, null for no end. ``parameters`` are its own: see ``/races``.
    """

    session: Key | None = None
    match: LongFilter | dict[str, Any] | None = None
    times: Times | None = 1
    parameters: dict[Key, Parameter] = {}


class ScriptArguments(Input, frozen=True):
    """One script, and how long whoever asks waits for its end."""

    script: Key
    timeout: Timeout = "60s"


class SnapshotArguments(Input, frozen=True):
    """One snapshot, by its name."""

    snapshot: Name


class NewSnapshot(Input, frozen=True):
    """
    When the state is taken: ``at`` an entry of this epoch's journal (the ``seq`` of a
    message), or now.
    """

    at: Annotated[int, Meta(ge=0)] | None = None


class RecordedField(Input, frozen=True):
    """A field of a message that was recorded."""

    tag: Annotated[str, Meta(max_length=64)]
    name: Annotated[str, Meta(max_length=200)]
    value: Annotated[str, Meta(max_length=100_000)]


class RecordedMessage(Input, frozen=True):
    """A message of a recording; ``at`` is microseconds since the first one."""

    at: Annotated[int, Meta(ge=0)]
    session: Annotated[str, Meta(max_length=200)]
    direction: Literal["in", "out"]
    type: Annotated[str, Meta(max_length=64)]
    fields: list[RecordedField]


class RecordingArguments(Input, frozen=True):
    """One recording, by its name."""

    recording: Name


class RecordingFormArguments(Input, frozen=True):
    """One recording, and how it is told."""

    recording: Name
    form: Literal["script", "test"]


class NewRecording(Input, frozen=True):
    """What is recorded: the messages of a ``session`` that fit a ``filter``, or all."""

    session: Key | None = None
    filter: FilterText = ""


class LoadedRecording(Input, frozen=True):
    """The messages of a recording that was saved."""

    messages: Annotated[list[RecordedMessage], Meta(max_length=100_000)]


class Playing(Input, frozen=True):
    """
    What is played: with ``direction`` ``out`` what the simulator sent goes out again; with
    ``in`` what came comes again, as if its sender had sent it. ``speed`` is how many times as
    fast as it was: 0 is at once. ``within`` is how long whoever asks waits for its end.

    ``session`` is who gets, or sends, all of it, by default who did; ``sessions`` says so of
    some. The others are for ``in``: ``endpoint`` is where sessions log on that there are not
    yet. ``clock``: whose time passes between messages; a market's that is manual is advanced.
    ``ids``: ``new`` ones so that nothing comes twice. ``times``: ``new`` ones, of today.
    """

    session: Key | None = None
    speed: Amount = "1"
    within: Timeout = "60s"
    direction: Literal["out", "in"] = "out"
    sessions: dict[Key, Key] = {}
    endpoint: Key | None = None
    clock: Literal["session", "market"] = "session"
    ids: Literal["keep", "new"] = "keep"
    times: Literal["keep", "new"] = "new"
