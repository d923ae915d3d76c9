"""``exsim gateway``: all gateways of a configuration, in a process of their own."""

from __future__ import annotations

import sys
from typing import Any

from twisted.logger import globalLogBeginner, textFileLogObserver

from exsim.model.settings import Settings
from exsim.services.gateway.tree import build_gateways, rest_of
from exsim.services.logs import JsonLog


def run(settings: Settings, rest: str, ready_file: str | None, until_eof: bool) -> None:
    """
    Run until a signal comes, with the log on standard output; ``rest`` is where REST listens, or
    ``none``.

    :raises exsim.errors.ConfigError: when the configuration has no gateway that can be.
    :raises SystemExit: when it cannot start.
    """
    from twisted.internet import reactor as installed

    reactor: Any = installed
    tree: Any = build_gateways(settings, rest_of(settings, rest), reactor, ready_file, until_eof)
    form = JsonLog if settings.log == "json" else textFileLogObserver
    globalLogBeginner.beginLoggingTo([form(sys.stdout)], redirectStandardIO=False)
    tree.privilegedStartService()
    tree.startService()
    reactor.addSystemEventTrigger("before", "shutdown", tree.stopService)
    reactor.run()
