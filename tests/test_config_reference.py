"""What is told of the configuration, in ``etc/`` and ``docs/``, is true and complete."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from shutil import copy

from twisted.trial.unittest import SynchronousTestCase

from exsim.config.ini import Section, parse
from exsim.config.load import load
from exsim.config.schema import KINDS
from exsim.errors import Problem
from exsim.model.options import REQUIRED, Option
from exsim.model.settings import Settings
from exsim.plugins import Catalogue
from tools import trading_day
from tools.reference import INI, ROOT, RST, full_ini, keys_rst, names_of, with_keys

MINE = ("AAA", "BBB", "CCC")
"""Instruments of ``etc/exsim.ini`` that are for clients alone."""
HIDDEN = re.compile(r"^#(\w+ =)", re.MULTILINE)


def options() -> Iterator[tuple[str, str, Option]]:
    """Every key there is: kind of section, the plugin that has it or nothing, and the key."""
    catalogue = Catalogue()
    for kind in KINDS.values():
        yield from ((kind.name, "", option) for option in kind.options)
    for name in [plugin.name for plugin in catalogue.protocols()]:
        protocol, (endpoint, session) = catalogue.protocol(name), names_of(name)
        yield from (("endpoint", endpoint, option) for option in protocol.endpoint_options)
        yield from (("session", session, option) for option in protocol.session_options)
    for policy in catalogue.policies():
        if policy.path.startswith("exsim."):
            for option in catalogue.policy(policy.name).options:
                yield "policy", policy.name, option
    for source in catalogue.pricings():
        if source.path.startswith("exsim."):
            for option in catalogue.pricing(source.name).options:
                yield "pricing", source.name, option
    for bot in catalogue.bots():
        if bot.path.startswith("exsim."):
            for option in catalogue.bot(bot.name).options:
                yield "bot", bot.name, option


class FullIniTests(SynchronousTestCase):
    """``etc/exsim-full.ini``."""

    def test_written(self) -> None:
        """The file is what the code says; else: python -m tools.reference."""
        self.assertEqual(INI.read_text(encoding="utf-8"), full_ini(Catalogue()))

    def sections(self, text: str) -> list[Section]:
        """The sections of a text in which nothing is wrong."""
        problems: list[Problem] = []
        sections = parse(text, str(INI), problems)
        self.assertEqual(problems, [])
        return sections

    def test_complete(self) -> None:
        """Every key of every section and plugin is there, behind a # unless it is needed."""
        text = INI.read_text(encoding="utf-8")
        plain, shown = self.sections(text), self.sections(HIDDEN.sub(r"\1", text))
        for kind, plugin, option in options():
            of_kind = [one for one in shown if one.kind == kind and plugin in ("", one.name)]
            found = [one.entries[option.name].text for one in of_kind if option.name in one.entries]
            if option.default is REQUIRED:
                self.assertEqual(len(found), len(of_kind), (kind, plugin, option.name))
                continue
            if (kind, option.name) == ("bot", "running"):  # nobody is to trade but who reads it
                self.assertEqual(set(found), {"no"})
                continue
            self.assertEqual(set(found), {option.default}, (kind, plugin, option.name))
            active = [one for one in plain if one.kind == kind and option.name in one.entries]
            self.assertEqual(active, [], option.name)

    def test_explained(self) -> None:
        """Every key has a sentence that says what it is for, and the file has it."""
        words = " ".join(INI.read_text(encoding="utf-8").replace("\n# ", " ").split())
        for kind, plugin, option in options():
            self.assertRegex(option.help, r"(?s)^[A-Z].{10,}\.$", (kind, plugin, option.name))
            self.assertIn(" ".join(option.help.split()), words)

    def test_defaults(self) -> None:
        """The file loads, and means the same when every default in it is set."""
        folder = Path(self.mktemp())
        folder.mkdir()
        copy(INI.parent / "prices.csv", folder)
        text = INI.read_text(encoding="utf-8")
        plain, shown = folder / "plain.ini", folder / "shown.ini"
        plain.write_text(text, encoding="utf-8")
        shown.write_text(HIDDEN.sub(r"\1", text), encoding="utf-8")
        self.assertEqual(load(str(shown), [], Catalogue()), load(str(plain), [], Catalogue()))


class SmallFilesTests(SynchronousTestCase):
    """``etc/exsim.ini`` and ``etc/bench.ini``."""

    def load(self, name: str) -> Settings:
        """The settings of one of them."""
        return load(str(ROOT / "etc" / name), [], Catalogue())

    def test_exsim(self) -> None:
        """One venue, three instruments that are alike, protocols and REST, on loopback alone."""
        settings = self.load("exsim.ini")
        (venue,) = settings.venues
        self.assertEqual((venue.name, venue.policies), ("XSIM", ("match",)))
        terms = [
            (one.symbol, one.currency, one.tick, one.lot, one.reference)
            for one in venue.instruments
        ]
        cent, one, hundred = 10**6, 10**8, 10**10
        expected = [(symbol, "USD", cent, one, hundred) for symbol in MINE]
        self.assertEqual(terms[:3], expected)
        endpoint = settings.endpoints[0]
        told = [(each.name, each.protocol, each.role, each.listen) for each in settings.endpoints]
        self.assertEqual(
            told,
            [
                (name, protocol, role, f"tcp:{port}:interface=127.0.0.1")
                for name, protocol, role, port in (
                    ("order-entry", "fix", "order-entry", 9878),
                    ("market-data", "fix", "market-data", 9879),
                    ("drop-copy", "fix", "drop-copy", 9880),
                    ("ouch", "ouch", "order-entry", 9881),
                    ("itch", "itch", "market-data", 9882),
                )
            ],
        )
        self.assertEqual(endpoint.listen, "tcp:9878:interface=127.0.0.1")
        self.assertEqual((endpoint.name, endpoint.protocol), ("order-entry", "fix"))
        self.assertEqual(endpoint.options["comp_id"], "XSIM")
        self.assertEqual(endpoint.options["accept_any_logon"], True)
        assert settings.rest is not None
        self.assertEqual(settings.rest.listen, "tcp:8480:interface=127.0.0.1")

    def test_bench(self) -> None:
        """The one for measuring is the same venue, with order entry alone, and nobody there."""
        whole, bench = self.load("exsim.ini"), self.load("bench.ini")
        measured = tuple(e for e in whole.endpoints if e.name in ("order-entry", "ouch"))
        self.assertEqual((bench.endpoints, bench.rest), (measured, whole.rest))
        self.assertEqual((bench.bots, bench.pricing), ((), ()))
        mine = tuple(one for one in whole.venues[0].instruments if one.symbol in MINE)
        same = replace(whole.venues[0], instruments=mine, pricing=(), observe=())
        self.assertEqual(bench.venues, (same,))


class DocumentTests(SynchronousTestCase):
    """``docs/configuration.rst``."""

    def test_written(self) -> None:
        """Its list of keys is what the code says; else: python -m tools.reference."""
        text = RST.read_text(encoding="utf-8")
        self.assertEqual(text, with_keys(text, keys_rst(Catalogue())))

    def test_every_key(self) -> None:
        """Every key is in it."""
        text = RST.read_text(encoding="utf-8")
        for _kind, _plugin, option in options():
            self.assertIn(f"\n``{option.name}``\n", text)

    def test_examples(self) -> None:
        """The whole file at its start, and the policies, load."""
        text = RST.read_text(encoding="utf-8")
        blocks = re.findall(r"::\n\n((?:    .*\n|\n)+)", text)
        inis = [block.replace("\n    ", "\n").strip() for block in blocks if "[" in block]
        self.assertEqual(len(inis), 3)
        base = inis[0] + "\n"
        for ini in (base, inis[1], base + inis[2]):
            path = Path(self.mktemp())
            path.write_text(ini, encoding="utf-8")
            load(str(path), [], Catalogue())


class TradingDayTests(SynchronousTestCase):
    """``docs/trading-day.rst`` and its picture."""

    def test_written(self) -> None:
        """They are what the code says; else: python -m tools.trading_day."""
        page = trading_day.RST.read_text(encoding="utf-8")
        self.assertEqual(page, trading_day.with_phases(page, trading_day.phases_rst()))
        self.assertEqual(trading_day.SVG.read_text(encoding="utf-8"), trading_day.picture())
        self.assertIn(trading_day.DAY.split(", 17:35")[0], " ".join(page.split()))
