"""From a file and ``--set`` to settings: what is right."""

from __future__ import annotations

import os
from dataclasses import fields
from typing import Any

from exsim.config import schema
from exsim.model.amounts import UNIT
from exsim.model.list_settings import ListSettings
from exsim.model.options import REQUIRED
from exsim.model.participants import AccountSettings, FeeTier, RiskSettings
from exsim.model.quote_settings import QuoteSettings
from exsim.model.settings import (
    DaySettings,
    EndpointSettings,
    Instrument,
    PolicySettings,
    PricingSettings,
    RestSettings,
    SessionSettings,
    Settings,
    VenueSettings,
)
from tests.config_fakes import ConfigTestCase

VENUE = "[venue:X]\n"
ENDPOINT = "[endpoint:oe]\nvenue = X\nprotocol = telegraph\nlisten = tcp:0\ncomp_id = X\n"


class LoadTests(ConfigTestCase):
    """Each kind of section."""

    def test_least(self) -> None:
        """A venue is enough; all else is the default."""
        self.assertEqual(self.load(VENUE), Settings(venues=(VenueSettings("X"),)))

    def test_everything(self) -> None:
        """Every key gets to its place."""
        settings = self.load(
            """
            [exsim]
            seed = 7
            journal_size = 10
            fix_log_size = 10000
            fix_log_keep = 0
            [rest]
            listen = unix:/run/exsim.sock
            [venue:X]
            policies = match, mine
            pricing = here
            seed = 8
            on_error = hold
            keep_finished = 1
            keep_trades = 2
            max_orders = 3
            max_holds = 4
            [instrument:X:BRK.B]
            currency = EUR
            security_type = CD
            security_id = US0846707026
            id_source = 4
            tick = 0.5
            lot = 10
            min_qty = 20
            max_qty = 20
            reference = -1.25
            [endpoint:oe]
            venue = X
            protocol = telegraph
            listen = tcp:0
            role = order-entry
            max_connections = 5
            comp_id = me
            [session:C]
            endpoint = oe
            policies = match
            password = it's  # secret
            [policy:mine]
            kind = slow
            time = 5ms
            random = yes
            [pricing:here]
            source = fixed
            price = 99.5
            """
        )
        instrument = Instrument(
            "BRK.B",
            currency="EUR",
            security_type="CD",
            security_id="US0846707026",
            id_source="4",
            tick=UNIT // 2,
            lot=10 * UNIT,
            min_qty=20 * UNIT,
            max_qty=20 * UNIT,
            reference=-UNIT * 5 // 4,
        )
        venue = VenueSettings(
            "X", ("match", "mine"), ("here",), 8, "hold", 1, 2, 3, 4, (instrument,)
        )
        options: dict[str, Any] = {"comp_id": "me", "heartbeat": 30}
        endpoint = EndpointSettings("oe", "X", "telegraph", "tcp:0", "order-entry", 5, options)
        options = {"password": "it's  # secret", "heartbeat": 30}
        expected = Settings(
            seed=7,
            journal_size=10,
            fix_log_size=10_000,
            fix_log_keep=0,
            rest=RestSettings("unix:/run/exsim.sock"),
            venues=(venue,),
            endpoints=(endpoint,),
            sessions=(SessionSettings("C", "oe", ("match",), options),),
            policies=(
                PolicySettings("mine", "slow", {"time": 5_000_000, "random": True}),
                PolicySettings("match", "match", {"only": ""}),
            ),
            pricing=(PricingSettings("here", "fixed", {"price": UNIT * 199 // 2}),),
        )
        self.assertEqual(settings, expected)

    def test_defaults(self) -> None:
        """The defaults of an ini are those of the values that it becomes."""
        kinds = {
            "exsim": (Settings,),
            "rest": (RestSettings,),
            "venue": (VenueSettings, RiskSettings, DaySettings, QuoteSettings, ListSettings),
            "instrument": (Instrument,),
            "account": (AccountSettings,),
            "fees": (FeeTier,),
            "endpoint": (EndpointSettings,),
            "session": (SessionSettings,),
        }
        for kind, classes in kinds.items():
            defaults = {field.name: field.default for cls in classes for field in fields(cls)}
            for option in schema.KINDS[kind].options:
                if option.default is not REQUIRED and option.name not in ("instruments", "role"):
                    expected = (kind, option.name, defaults[option.name])
                    self.assertEqual((kind, option.name, option.value(None)), expected)

    def test_every_setting_has_a_key(self) -> None:
        """No field of the settings is out of reach, nor is there a key for none."""
        for classes, kind, others in (
            ((RestSettings,), "rest", set()),
            (
                (VenueSettings, RiskSettings, DaySettings, QuoteSettings, ListSettings),
                "venue",
                {"name", "participants", "day", "quoting", "lists"},
            ),
            ((Instrument,), "instrument", {"symbol"}),
            ((AccountSettings,), "account", {"name"}),
            ((FeeTier,), "fees", {"name"}),
            ((EndpointSettings,), "endpoint", {"name", "options"}),
            ((SessionSettings,), "session", {"name", "options"}),
        ):
            names = {field.name for cls in classes for field in fields(cls)}
            keys = {option.name for option in schema.KINDS[kind].options}
            self.assertEqual(names - others, keys)

    def test_implied(self) -> None:
        """A plugin that needs no keys needs no section; a section of its name goes first."""
        settings = self.load("[venue:X]\npolicies = match\npricing = manual\n")
        self.assertEqual(settings.policies, (PolicySettings("match", "match", {"only": ""}),))
        self.assertEqual(settings.pricing, (PricingSettings("manual", "manual", {}),))
        text = "[venue:X]\npolicies = match\n[policy:match]\nkind = slow\ntime = 1s\n"
        (policy,) = self.load(text).policies
        self.assertEqual(policy.kind, "slow")

    def test_inherited(self) -> None:
        """What the endpoint says holds for its sessions, unless they say otherwise."""
        text = VENUE + ENDPOINT + "heartbeat = 5\n[session:A]\nendpoint = oe\n"
        text += "[session:B]\nendpoint = oe\nheartbeat = 6\n"
        settings = self.load(text)
        found = {one.name: one.options["heartbeat"] for one in settings.sessions}
        self.assertEqual(found, {"A": 5, "B": 6})
        self.assertEqual(settings.endpoints[0].options["heartbeat"], 5)
        settings = self.load(text, "endpoint:oe.heartbeat=7")
        self.assertEqual([one.options["heartbeat"] for one in settings.sessions], [7, 6])

    def test_no_rest(self) -> None:
        """REST can be left out."""
        self.assertEqual(self.load(VENUE + "[rest]\nlisten = none\n").rest, None)

    def test_open_rest(self) -> None:
        """REST for other machines is fine with a token; its file lies beside the ini."""
        token = self.folder / "token"
        token.write_text("secret\n", encoding="utf-8")
        rest = self.load(VENUE + "[rest]\nlisten = tcp:0\ntoken_file = token\n").rest
        self.assertEqual(rest, RestSettings("tcp:0", str(token.resolve())))

    def test_paths(self) -> None:
        """A folder of the file is beside it, one of the command line is not; all are absolute."""
        text = VENUE + "[exsim]\nfix_log = log\n"
        self.assertEqual(self.load(text).fix_log, str(self.folder.resolve() / "log"))
        settings = self.load(text, "exsim.fix_log=log")
        self.assertEqual(settings.fix_log, os.path.abspath("log"))
        self.assertEqual(self.load(text, "exsim.fix_log=").fix_log, "")


class OverrideTests(ConfigTestCase):
    """``--set``."""

    def test_over_the_file(self) -> None:
        """It beats the file, and the last one beats the others."""
        text = VENUE + "[exsim]\nseed = 1\n"
        self.assertEqual(self.load(text, "exsim.seed=2").seed, 2)
        self.assertEqual(self.load(text, "exsim.seed=2", " exsim . seed = 3 ").seed, 3)
        self.assertEqual(self.load("[exsim]\nseed = x\n" + VENUE, "exsim.seed=2").seed, 2)

    def test_new_section(self) -> None:
        """It may begin a section; then one that is there is told by its whole title."""
        settings = self.load(VENUE, "venue:Y.seed=1", "venue:Y.pricing=manual", "rest.listen=none")
        venues = (VenueSettings("X"), VenueSettings("Y", seed=1, pricing=("manual",)))
        self.assertEqual((settings.venues, settings.rest), (venues, None))

    def test_dots_and_equals(self) -> None:
        """The key follows the last dot before the first equals sign."""
        settings = self.load(
            VENUE + ENDPOINT,
            "instrument:X:BRK.B.tick=0.25",
            "endpoint:oe.listen=tcp:0:interface=127.0.0.1",
            "endpoint:oe.comp_id=a.b=c",
        )
        self.assertEqual(settings.venues[0].instruments, (Instrument("BRK.B", tick=UNIT // 4),))
        self.assertEqual(settings.endpoints[0].listen, "tcp:0:interface=127.0.0.1")
        self.assertEqual(settings.endpoints[0].options["comp_id"], "a.b=c")

    def test_empty(self) -> None:
        """An empty value is a value."""
        text = "[venue:X]\npolicies = match\n"
        self.assertEqual(self.load(text, "venue:X.policies=").venues[0].policies, ())


class TableTests(ConfigTestCase):
    """Instruments from a CSV file."""

    def table(self, text: str, *overrides: str, ini: str = "") -> tuple[Instrument, ...]:
        """The instruments of a venue that has a table of this text."""
        (self.folder / "x.csv").write_text(text, encoding="utf-8")
        settings = self.load(f"[venue:X]\ninstruments = x.csv\n{ini}", *overrides)
        return settings.venues[0].instruments

    def test_table(self) -> None:
        """Columns in any order, quoted or not; an empty cell is the default."""
        found = self.table('\ufefftick,symbol\n0.5,A\n,B\n\n" 1","C"\n')
        expected = Instrument("A", tick=UNIT // 2), Instrument("B"), Instrument("C", tick=UNIT)
        self.assertEqual(found, expected)

    def test_all_columns(self) -> None:
        """Every key of an instrument may be a column."""
        found = self.table(
            "symbol,currency,security_type,security_id,id_source,tick,lot,min_qty,max_qty,"
            "reference\r\nA,EUR,CD,i,4,1,2,4,6,-3\r\n"
        )
        quantities = (UNIT, 2 * UNIT, 4 * UNIT, 6 * UNIT, -3 * UNIT)
        self.assertEqual(found, (Instrument("A", "EUR", "CD", "i", "4", *quantities),))

    def test_sections_too(self) -> None:
        """A section adds an instrument, or changes some keys of a row; ``--set`` likewise."""
        ini = "[instrument:X:B]\nlot = 5\n[instrument:X:A]\nlot = 3\n"
        found = self.table("symbol,tick\nA,0.5\n", "instrument:X:A.currency=EUR", ini=ini)
        first = Instrument("A", currency="EUR", tick=UNIT // 2, lot=3 * UNIT)
        self.assertEqual(found, (first, Instrument("B", lot=5 * UNIT)))

    def test_none(self) -> None:
        """An empty name is no table."""
        self.assertEqual(self.table("symbol\nA\n", "venue:X.instruments="), ())

    def test_its_own(self) -> None:
        """Two venues may share a table; each has its own sections."""
        (self.folder / "x.csv").write_text("symbol\nA\n", encoding="utf-8")
        settings = self.load(
            "[venue:X]\ninstruments = x.csv\n[venue:Y]\ninstruments = x.csv\n"
            "[instrument:Y:A]\nlot = 2\n"
        )
        found = [venue.instruments for venue in settings.venues]
        self.assertEqual(found, [(Instrument("A"),), (Instrument("A", lot=2 * UNIT),)])
