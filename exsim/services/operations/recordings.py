"""Recordings over REST: made, saved, loaded, played, and told as a script or a test."""

from __future__ import annotations

from typing import Any, Final

from twisted.internet.defer import Deferred

from exsim.control import double_results as dr
from exsim.control import double_schemas as ds
from exsim.control import schemas as s
from exsim.control import session_schemas as ss
from exsim.control.cursors import page, parse_cursor
from exsim.errors import Conflict, RequestError, Unprocessable
from exsim.filters import FilterError
from exsim.model.amounts import parse_amount
from exsim.services.operations.messages import wanted_of
from exsim.services.operations.played import PlayedIn, pass_time, said, target
from exsim.services.operations.searching import view
from exsim.services.operations.wanted import Wanted
from exsim.services.recordings import (
    MOST_MESSAGES,
    Recordings,
    Running,
    as_script,
    as_test,
)
from exsim.services.simulator import Handler, Simulator

_HEADER: Final = frozenset(
    (
        *("8", "9", "10", "34", "43", "49", "50", "52", "56", "57"),
        *("97", "115", "116", "122", "128", "129", "369", "1128"),
    )
)
"""Fields that the session gives a message anew."""


def list_recordings(simulator: Simulator, arguments: s.PageArguments, body: None) -> Any:
    """Those that have ended, and those under way."""
    epoch = simulator.exchange.journal.epoch
    after = parse_cursor(arguments.after, epoch)
    recordings = simulator.recordings
    numbered = simulator.numbers.of("recording", recordings.names())
    items = [(n, _view(recordings, name)) for n, name in numbered if n > after]
    return page(items, epoch, arguments.limit)


def _view(recordings: Recordings, name: str) -> dr.Recorded:
    running = name in recordings.running
    return dr.Recorded(name, running, 0 if running else len(recordings.get(name)))


def start_recording(
    simulator: Simulator, arguments: ds.RecordingArguments, body: ds.NewRecording
) -> dr.Recorded:
    """Record what is said from now on."""
    journal = simulator.exchange.journal
    try:
        _wanted(simulator, body.session, body.filter)
    except FilterError as error:
        raise Unprocessable(str(error)) from None
    running = Running(journal.epoch, journal.last, body.session, body.filter)
    simulator.recordings.start(arguments.recording, running)
    return _view(simulator.recordings, arguments.recording)


def _wanted(simulator: Simulator, session: str | None, text: str) -> Wanted:
    asked = ss.MessagesArguments(session=session, filter=text or None)
    return wanted_of(simulator.exchange, asked)


def stop_recording(
    simulator: Simulator, arguments: ds.RecordingArguments, body: None
) -> dr.Recorded:
    """Keep what was said since it was started, or since the last reset."""
    name, recordings = arguments.recording, simulator.recordings
    running = recordings.stop(name)
    exchange = simulator.exchange
    after = running.seq if running.epoch == exchange.journal.epoch else 0
    wanted = _wanted(simulator, running.session, running.filter)
    found: list[ds.RecordedMessage] = []
    begun = 0
    for entry in exchange.journal.entries(after):
        origin = wanted.origin(entry)
        if origin is None:
            continue
        if len(found) == MOST_MESSAGES:
            raise Conflict(f"more than {MOST_MESSAGES:,} messages came: record less of them")
        told = view(exchange, entry, origin)
        begun = begun or entry.time
        found.append(
            ds.RecordedMessage(
                at=(entry.time - begun) // 1_000,
                session=told.session,
                direction=told.direction,
                type=told.type,
                fields=[ds.RecordedField(f.tag, f.name, f.value) for f in told.fields],
            )
        )
    recordings.load(name, found)
    return _view(recordings, name)


def get_recording(
    simulator: Simulator, arguments: ds.RecordingArguments, body: None
) -> dr.Recording:
    """All of it, to be saved."""
    return dr.Recording(simulator.recordings.get(arguments.recording))


def load_recording(
    simulator: Simulator, arguments: ds.RecordingArguments, body: ds.LoadedRecording
) -> dr.Recorded:
    """Have one that was saved."""
    simulator.recordings.load(arguments.recording, body.messages)
    return _view(simulator.recordings, arguments.recording)


def delete_recording(simulator: Simulator, arguments: ds.RecordingArguments, body: None) -> None:
    """Forget one."""
    simulator.recordings.remove(arguments.recording)


def convert_recording(
    simulator: Simulator, arguments: ds.RecordingFormArguments, body: None
) -> str:
    """Tell it as a script, or as a test."""
    messages = simulator.recordings.get(arguments.recording)
    tell = as_script if arguments.form == "script" else as_test
    return tell(arguments.recording, messages)


async def play_recording(
    simulator: Simulator, arguments: ds.RecordingArguments, body: ds.Playing
) -> dr.Played:
    """Play one side of it once more, in the same time or another."""
    messages = simulator.recordings.get(arguments.recording)
    if parse_amount(body.speed) < 0:
        raise Unprocessable(f"speed {body.speed} is below zero")
    if body.direction == "in":
        simulator.recordings.played += 1
        return dr.Played(await PlayedIn(simulator, messages, body).play())
    _check_out(body)
    sent, before = 0, None
    for message in said(messages, "out"):
        gap = 0 if before is None else message.at - before
        before = message.at
        await pass_time(simulator, None, gap, body)
        await _send(simulator, target(message, body), message)
        sent += 1
    return dr.Played(sent)


def _check_out(body: ds.Playing) -> None:
    plain = ds.Playing()
    for name in ("endpoint", "clock", "ids", "times"):
        if getattr(body, name) != getattr(plain, name):
            raise Unprocessable(f"{name} is for what comes in: play with direction in")


async def _send(simulator: Simulator, session: str, message: ds.RecordedMessage) -> None:
    """Send a message again, as an operation of its own."""
    assert simulator.control is not None  # whoever performs this is there
    fields = [(field.tag, field.value) for field in message.fields if field.tag not in _HEADER]
    try:
        asked = simulator.control.perform(
            "send_message", ss.SessionArguments(session), ss.NewMessage(fields=fields)
        )
        if isinstance(asked, Deferred):
            await asked
    except RequestError as error:
        raise Conflict(f"message {message.type} cannot be sent to {session}: {error}") from None


def nothing(simulator: Simulator, arguments: Any, body: Any) -> None:
    """In a journal that is run again: what is recorded decides nothing."""


HANDLERS: dict[str, Handler] = {
    "list_recordings": list_recordings,
    "start_recording": start_recording,
    "stop_recording": stop_recording,
    "get_recording": get_recording,
    "load_recording": load_recording,
    "delete_recording": delete_recording,
    "convert_recording": convert_recording,
    "play_recording": play_recording,
}
AGAIN: dict[str, Handler] = dict.fromkeys(
    ("start_recording", "stop_recording", "load_recording", "delete_recording"), nothing
)
