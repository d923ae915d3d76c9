"""What the tests of the configuration share: a few plugins, their catalogue, and files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from exsim.config.load import ProtocolLike, load
from exsim.config.plugged import PluginLike
from exsim.errors import ConfigError, Problem
from exsim.model.options import REQUIRED, Option, amount, boolean, duration, integer, text
from exsim.model.settings import Settings


class Match:
    """A policy that needs no section."""

    options: tuple[Option, ...] = (Option("only", text, "", "Nothing in particular."),)

    def __init__(self, name: str, options: Mapping[str, Any]) -> None:
        """It needs nothing."""


class Slow:
    """A policy that needs a section."""

    options: tuple[Option, ...] = (
        Option("time", duration, REQUIRED, "How long it takes."),
        Option("random", boolean, "no", "Whether it varies."),
    )

    def __init__(self, name: str, options: Mapping[str, Any]) -> None:
        """It takes some time to vary."""
        if options["random"] and not options["time"]:
            raise ValueError("no time varies: random = no")


class Manual(Match):
    """A pricing source that needs no section."""

    options: tuple[Option, ...] = ()


class Both(Match):
    """A bot that trades at several venues."""

    several = True
    options: tuple[Option, ...] = ()


class Fixed(Match):
    """A pricing source that needs a section."""

    options: tuple[Option, ...] = (Option("price", amount(), REQUIRED, "FIX price of everything."),)


class Telegraph:
    """A protocol: ``heartbeat`` may stand at the endpoint for all its sessions."""

    _heartbeat = Option("heartbeat", integer(1, 60), "30", "Seconds between heartbeats.")
    endpoint_options: tuple[Option, ...] = (
        Option("comp_id", text, REQUIRED, "The name of the venue on the wire."),
        _heartbeat,
    )
    session_options: tuple[Option, ...] = (
        Option("password", text, "", "The password."),
        _heartbeat,
    )

    def problems(self, options: Mapping[str, Any], connects: bool) -> list[tuple[str, Problem]]:
        """A heartbeat of 13 is wrong, and so is what the file of one of 14 says."""
        found = {13: Problem("13 brings bad luck"), 14: Problem("has no beats", "beats.txt", 3)}
        wrong = found.get(options["heartbeat"])
        return [("heartbeat", wrong)] if wrong is not None else []


class FakeCatalogue:
    """Knows the plugins above."""

    policies: Mapping[str, type[PluginLike]] = {"match": Match, "slow": Slow}
    sources: Mapping[str, type[PluginLike]] = {"manual": Manual, "fixed": Fixed}
    bots: Mapping[str, type[PluginLike]] = {"slow": Slow, "both": Both}

    def policy(self, kind: str) -> type[PluginLike]:
        """The class of a kind of policy."""
        if kind not in self.policies:
            raise LookupError(f"there is no policy {kind!r}; known: {', '.join(self.policies)}")
        return self.policies[kind]

    def pricing(self, source: str) -> type[PluginLike]:
        """The class of a pricing source; it complains as a dictionary does."""
        if source not in self.sources:
            raise KeyError(f"there is no source {source!r}; known: {', '.join(self.sources)}")
        return self.sources[source]

    def bot(self, kind: str) -> type[PluginLike]:
        """The class of a kind of bot."""
        if kind not in self.bots:
            raise LookupError(f"there is no bot {kind!r}; known: {', '.join(self.bots)}")
        return self.bots[kind]

    def protocol(self, name: str) -> ProtocolLike:
        """A protocol module."""
        if name != "telegraph":
            raise LookupError(f"there is no protocol {name!r}; known: telegraph")
        return Telegraph()


class ConfigTestCase(SynchronousTestCase):
    """A folder with an ini in it."""

    maxDiff = None

    def setUp(self) -> None:
        """Have the folder."""
        self.folder = Path(self.mktemp())
        self.folder.mkdir()
        self.path = self.folder / "x.ini"

    def load(self, text: str, *overrides: str) -> Settings:
        """The settings that a file with this text describes."""
        self.path.write_text(text, encoding="utf-8")
        return load(str(self.path), overrides, FakeCatalogue())

    def problems(self, text: str, *overrides: str) -> list[str]:
        """What is wrong, with the names of file and folder left out."""
        error = self.assertRaises(ConfigError, self.load, text, *overrides)
        said = str(error).replace(str(self.path), "").replace(str(self.folder), "FOLDER")
        return said.splitlines()
