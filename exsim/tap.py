"""
``twistd exsim``: options, and the tree of services that they ask for.

twistd calls :func:`makeService` before it goes to the background and gives up privileges, so
that nothing is opened here: the services open files and ports when they start.
"""

from __future__ import annotations

import gc
import os
from typing import Any

from twisted.application.service import IService
from twisted.python.usage import Options as UsageOptions
from twisted.python.usage import UsageError

from exsim.config.load import load, only_venue, report
from exsim.errors import ConfigError, ExsimError
from exsim.plugins import Catalogue
from exsim.services.sweeper import THRESHOLDS


class Options(UsageOptions):
    """What may follow ``twistd exsim``."""

    synopsis = (
        "-c FILE [--set SECTION.KEY=VALUE ...] [--ready-file FILE] [--until-eof] [--venue NAME]"
    )
    longdesc = "Run a simulated exchange."
    optParameters = [
        ["config", "c", None, "The configuration, an ini file."],
        ["ready-file", None, None, "Write this file, JSON with the real ports, once all listens."],
        ["venue", None, None, "Carry this venue of the configuration alone, in this process."],
        ["term", None, None, "The term of the venue's lease, where that was taken for us.", int],
    ]
    optFlags = [
        ["until-eof", None, "Stop when standard input ends, as when the parent is gone."],
    ]

    def __init__(self) -> None:
        super().__init__()
        self["set"] = []

    def opt_set(self, text: str) -> None:
        """Set a key over the file: SECTION.KEY=VALUE; may be given again."""
        self["set"].append(text)

    def postOptions(self) -> None:
        """Insist on a configuration; twistd may leave the current folder later on."""
        if not self["config"]:
            raise UsageError("name a configuration file, such as -c etc/exsim.ini")
        if self["ready-file"]:
            self["ready-file"] = os.path.abspath(self["ready-file"])


def makeService(options: Any) -> IService:
    """
    The simulator that the configuration describes, not yet started.

    :raises SystemExit: with all that is wrong with the configuration.
    """
    # Not at the top: this module is loaded for `twistd --help`, when no reactor is chosen yet.
    from twisted.internet import reactor

    from exsim.services.front.folders import check_folders
    from exsim.services.given import Given
    from exsim.services.tree import build

    spare_collector()
    try:
        settings = load(options["config"], options["set"], Catalogue())
        common = {
            "ready_file": options["ready-file"],
            "until_eof": bool(options["until-eof"]),
            "twistd": getattr(options, "parent", None),
        }
        path, overrides = os.path.abspath(options["config"]), tuple(options["set"])
        given = Given(path, overrides, options["venue"] or "")
        ours = {"given": given, "term": options["term"], **common}
        if options["venue"]:
            settings = only_venue(settings, options["venue"])
            return build(settings, reactor, **ours)
        check_folders(settings)
        if settings.processes == "venue":
            from exsim.services.front.tree import build_front

            return build_front(settings, (path, overrides), reactor, **common)
        return build(settings, reactor, **ours)
    except ConfigError as error:
        raise SystemExit(report(error, options["config"])) from None
    except ExsimError as error:
        raise SystemExit(f"exsim: {options['config']}: {error}") from None


def spare_collector() -> None:
    """
    Let the garbage collector look less often, for the whole process is ours, and never at what is
    loaded: that stays.
    """
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    gc.enable()
