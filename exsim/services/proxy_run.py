"""``exsim proxy``: one proxy in the foreground, and what went by saved at its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec
from twisted.application.service import Service
from twisted.logger import Logger

from exsim.config.listen import connect, is_local, listen
from exsim.control import double_results as dr
from exsim.control import double_schemas as ds
from exsim.control.operations import IControl
from exsim.errors import ConfigError, Problem, RequestError
from exsim.model.settings import ProxySettings, RestSettings, Settings, VenueSettings

log = Logger(namespace="exsim")

NAME: Final = "proxy"
"""What the proxy and the recording are called."""
VENUE: Final = "UPSTREAM"
"""The venue that messages are told with: the market behind the proxy."""


@dataclass(frozen=True, slots=True)
class Saves:
    """Files that are written at the end: the recording, and a script and a test made of it."""

    record: str = ""
    script: str = ""
    test: str = ""

    def __bool__(self) -> bool:
        return bool(self.record or self.script or self.test)


def settings_of(listening: str, target: str, protocol: str, rest: str) -> Settings:
    """
    A simulator that is only a proxy; ``rest`` is where REST listens, or ``none``.

    :raises exsim.errors.ConfigError: with all that is wrong.
    """
    problems = []
    checks: tuple[tuple[str, str, Callable[[str], str]], ...] = (
        ("--listen", listening, listen),
        ("--connect", target, connect),
        ("--rest", "" if rest == "none" else rest, lambda text: text and listen(text)),
    )
    for option, text, check in checks:
        try:
            check(text)
        except ValueError as error:
            problems.append(Problem(f"{option}: {error}"))
    if rest != "none" and not problems and not is_local(rest):
        problems.append(
            Problem(f"--rest: other machines can connect to {rest!r}: add interface=127.0.0.1")
        )
    if problems:
        raise ConfigError(problems)
    return Settings(
        rest=None if rest == "none" else RestSettings(listen=rest),
        venues=(VenueSettings(VENUE),),
        proxies=(ProxySettings(NAME, VENUE, listening, target, protocol),),
    )


class Saving(Service):
    """Records from its start on, and writes files when it stops, after the proxies have."""

    name = "saving"

    def __init__(self, control: IControl, saves: Saves) -> None:
        self._control = control
        self._saves = saves

    def startService(self) -> None:
        """Record what is said from now on."""
        super().startService()
        self._do("start_recording", ds.NewRecording())

    def stopService(self) -> None:
        """Write all that was said."""
        super().stopService()
        try:
            self._do("stop_recording")
            self._save()
        except (OSError, RequestError) as error:
            log.error("what went by could not be saved: {error}", error=error)

    def _save(self) -> None:
        saves = self._saves
        if saves.record:
            found = self._do("get_recording")
            assert isinstance(found, dr.Recording)
            _write(saves.record, msgspec.json.format(msgspec.json.encode(found)).decode() + "\n")
        if saves.script:
            _write(saves.script, self._told("script"))
        if saves.test:
            _write(saves.test, self._told("test"))

    def _told(self, form: Any) -> str:
        told = self._control.perform(
            "convert_recording", ds.RecordingFormArguments(NAME, form), None
        )
        assert isinstance(told, str)
        return told

    def _do(self, operation: str, body: ds.NewRecording | None = None) -> object:
        return self._control.perform(operation, ds.RecordingArguments(NAME), body)


def _write(path: str, text: str) -> None:
    Path(path).write_text(text, encoding="utf-8")
    log.info("{path} is written", path=path)


def run(settings: Settings, saves: Saves, ready_file: str | None, until_eof: bool) -> None:
    """
    Run until a signal comes, with the log on standard error.

    :raises SystemExit: when it cannot start.
    """
    import sys

    from twisted.internet import reactor as installed
    from twisted.logger import globalLogBeginner, textFileLogObserver

    from exsim.services.tree import build

    reactor: Any = installed
    globalLogBeginner.beginLoggingTo([textFileLogObserver(sys.stderr)], redirectStandardIO=False)
    tree = build(settings, reactor, ready_file, until_eof, saves=saves)
    tree.privilegedStartService()
    tree.startService()
    reactor.addSystemEventTrigger("before", "shutdown", tree.stopService)
    reactor.run()
