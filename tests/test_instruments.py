"""Instruments, accounts and fees in ini and CSV: what each may say, and what is wrong with it."""

from __future__ import annotations

from exsim.config.market_values import legs_text, ticks_text
from exsim.model.amounts import UNIT
from exsim.model.participants import (
    AccountSettings,
    FeeTier,
    Participants,
    RiskSettings,
    account_settings,
    band_text,
    distance,
    participants,
)
from exsim.model.settings import Instrument, Leg, instrument_of
from tests.config_fakes import ConfigTestCase

VENUE = "[venue:X]\n"


class TypeTests(ConfigTestCase):
    """Each kind of instrument, with what it needs."""

    def one(self, text: str) -> Instrument:
        """The instrument A of some keys."""
        lines = "\n".join(text.split("; "))
        return self.load(f"{VENUE}[instrument:X:A]\n{lines}\n").venues[0].instruments[0]

    def test_words(self) -> None:
        """Plain words stand for codes, which may be given, too."""
        for text, code in (
            ("equity", "CS"),
            ("Equity", "CS"),
            ("ETF", "ETF"),
            ("etf", "ETF"),
            ("crypto", "CRYPTO"),
            ("fx-spot", "FXSPOT"),
            ("TBILL", "TBILL"),
        ):
            self.assertEqual(self.one(f"security_type = {text}").security_type, code)

    def test_complete(self) -> None:
        """Those that need more have it."""
        option = self.one(
            "security_type = option; maturity = 20261218; strike = 120; put_call = put;"
            " multiplier = 100; underlying = ABC"
        )
        expected = Instrument(
            "A",
            security_type="OPT",
            maturity="20261218",
            strike=120 * UNIT,
            put_call="put",
            multiplier=100 * UNIT,
            underlying="ABC",
        )
        self.assertEqual(option, expected)
        for text in (
            "security_type = future; maturity = 202612",
            "security_type = bond; maturity = 20361231; coupon = 2.5",
            "security_type = fx-forward; settlement = 1M",
            "security_type = ndf; settlement = 3M; settlement_currency = USD",
        ):
            self.one(text)

    def test_spread(self) -> None:
        """Its legs are instruments of the venue, in a table or after it."""
        (self.folder / "x.csv").write_text("symbol,legs,security_type\n", encoding="utf-8")
        (self.folder / "x.csv").write_text(
            'symbol,security_type,legs\nS,spread,"A:buy:1, B:sell:2"\nA,,\n', encoding="utf-8"
        )
        settings = self.load("[venue:X]\ninstruments = x.csv\n[instrument:X:B]\n")
        spread = settings.venues[0].instruments[0]
        self.assertEqual(spread.legs, (Leg("A"), Leg("B", 2 * UNIT, "sell")))
        self.assertEqual(legs_text(spread.legs), "A:buy:1, B:sell:2")

    def test_implied(self) -> None:
        """With implied prices legs are plain instruments, in whole numbers; errors say where."""
        (self.folder / "x.csv").write_text(
            'symbol,legs,implied\nA,,\nB,,\nS,"A:buy:1, B:sell:2",out\nT,"A:buy:1, T:buy:1",none\n'
            'U,"A:buy:0.5, S:sell:1",both\nV,"A:buy:1, A:sell:1",\nW,,in\n',
            encoding="utf-8",
        )
        expected = [
            "x.csv:5: [instrument:X:T] legs: T is no leg of itself",
            "x.csv:6: [instrument:X:U] legs: with implied prices ratios are whole numbers, not 0.5"
            " of A",
            "x.csv:6: [instrument:X:U] legs: S has legs itself: no price is implied of implied"
            " ones",
            "x.csv:7: [instrument:X:V] legs: A is there twice",
            "x.csv:8: [instrument:X:W] implied: there are no legs",
            ":4: [instrument:X:Y] implied: 'inn' is none of none, in, out, both",
        ]
        text = "[venue:X]\ninstruments = x.csv\n[instrument:X:Y]\nimplied = inn\n"
        found = [one.rpartition("/")[2] for one in self.problems(text)]
        self.assertEqual(sorted(found), sorted(expected))

    def test_missing(self) -> None:
        """What a kind needs is told where the instrument is, in a table by its row."""
        (self.folder / "x.csv").write_text(
            "symbol,security_type,put_call\nO,option,call\n", encoding="utf-8"
        )
        text = "[venue:X]\ninstruments = x.csv\n[instrument:X:N]\nsecurity_type = ndf\n"
        text += "settlement = 1M\n"
        needed = "is needed, since security_type is"
        expected = [
            f":3: [instrument:X:N] settlement_currency: {needed} FXNDF",
            f"x.csv:2: [instrument:X:O] maturity: {needed} OPT",
            f"x.csv:2: [instrument:X:O] strike: {needed} OPT",
        ]
        found = [one.rpartition("/")[2] for one in self.problems(text)]
        self.assertEqual(found, expected)

    def test_wrong(self) -> None:
        """Each with its line, and the nearest word."""
        text = f"""\
{VENUE}[instrument:X:A]
security_type = futures
maturity = 202613
put_call = calls
ticks = 0:0.1, 0:0.2
legs = B:buy
price_band = 0
isin = US1
reference = 5
[instrument:X:ABC]
isin = US1
ticks = 1
[instrument:X:S]
legs = ABD:buy:1
"""
        expected = [
            ":3: [instrument:X:A] security_type: there is no security type 'futures':"
            " did you mean 'future'?",
            ":4: [instrument:X:A] maturity: '202613' is no month or day such as 202612 or 20261218",
            ":5: [instrument:X:A] put_call: 'calls' is neither put nor call",
            ":6: [instrument:X:A] ticks: the prices of a tick table have to rise from row to row",
            ":7: [instrument:X:A] legs: 'B:buy' is no leg such as AAA:buy:1",
            ":8: [instrument:X:A] price_band: '0' is not above zero",
            ":11: [instrument:X:ABC]: 'US1' is an identifier of A already",
            ":13: [instrument:X:ABC] ticks: '1' is no row of a tick table such as 1:0.01",
            ":15: [instrument:X:S] legs: there is no instrument 'ABD': did you mean 'ABC'?",
        ]
        self.assertEqual(self.problems(text), expected)


class TickTests(ConfigTestCase):
    """Tick tables."""

    def test_table(self) -> None:
        """The tick at each price; the plain tick is a multiple of all."""
        text = f"{VENUE}[instrument:X:A]\nticks = 0:0.0002, 1:0.01, 100:0.025\n"
        (one,) = self.load(text).venues[0].instruments
        cent = UNIT // 100
        self.assertEqual(one.tick, 5 * cent)
        for price, tick in (
            (-UNIT, cent // 50),
            (0, cent // 50),
            (UNIT - 1, cent // 50),
            (UNIT, cent),
            (100 * UNIT - 1, cent),
            (100 * UNIT, 5 * cent // 2),
        ):
            self.assertEqual(one.tick_at(price), tick, price)
        self.assertEqual(ticks_text(one.ticks), "0:0.0002, 1:0.01, 100:0.025")

    def test_plain(self) -> None:
        """Without a table there is one tick."""
        self.assertEqual(Instrument("A", tick=7).tick_at(UNIT), 7)


class BandTests(ConfigTestCase):
    """Distances from a price."""

    def test_distance(self) -> None:
        """So much, or so many percent, rounded down; of a price below zero as of one above."""
        self.assertEqual(distance((25, 0), UNIT), 25)
        self.assertEqual(distance((0, 10 * UNIT), 50 * UNIT), 5 * UNIT)
        self.assertEqual(distance((0, UNIT), -250), 2)
        self.assertEqual(band_text((0, UNIT * 5 // 2)), "2.5%")
        self.assertEqual(band_text((UNIT // 4, 0)), "0.25")


class AccountTests(ConfigTestCase):
    """``[account:VENUE:NAME]``, ``[fees:VENUE:NAME]``, and the limits of a venue."""

    TEXT = f"""\
{VENUE}price_band = 10%
collar = 0.5
max_notional = 1000
duplicate_within = 250ms
short_sale = refuse
accounts = known
stp = decrement
stp_by = firm
[instrument:X:AAA]
[account:X:HOUSE]
firm = ACME
credit = 5000
positions = AAA:10
sessions = S
fee_tier = low
[account:X:OTHER]
[fees:X:low]
maker = -0.2bp
taker = 1.5/order
volume = 100
by = day
[endpoint:oe]
venue = X
protocol = telegraph
listen = tcp:0
comp_id = X
[session:S]
endpoint = oe
"""

    def test_all(self) -> None:
        """As they are read, and as a snapshot gives them back."""
        found = self.load(self.TEXT).venues[0].participants
        risk = RiskSettings(
            price_band=(0, 10 * UNIT),
            collar=(UNIT // 2, 0),
            max_notional=1000 * UNIT,
            duplicate_within=250_000_000,
            short_sale="refuse",
            accounts="known",
            stp="decrement",
            stp_by="firm",
        )
        house = AccountSettings(
            "HOUSE",
            "ACME",
            5000 * UNIT,
            positions=(("AAA", 10 * UNIT),),
            sessions=("S",),
            fee_tier="low",
        )
        low = FeeTier("low", ("bp", -UNIT // 5), ("order", 3 * UNIT // 2), 100 * UNIT, "day")
        expected = Participants(risk, (house, AccountSettings("OTHER")), (low,))
        self.assertEqual(found, expected)
        self.assertEqual(participants(as_kept(found)), found)
        self.assertEqual(account_settings(as_kept(house)), house)

    def test_names(self) -> None:
        """What they name has to be there; the nearest is told."""
        text = self.TEXT.replace("AAA:10", "AAB:10").replace("fee_tier = low", "fee_tier = lo")
        text = text.replace("sessions = S", "sessions = T") + "[account:Y:Z]\n"
        expected = [
            ":14: [account:X:HOUSE] positions: there is no [instrument:X:AAB]: did you mean 'AAA'?",
            ":15: [account:X:HOUSE] sessions: there is no [session:T]; known: S",
            ":16: [account:X:HOUSE] fee_tier: there is no [fees:X:lo]: did you mean 'low'?",
            ":30: [account:Y:Z]: there is no [venue:Y]; known: X",
        ]
        self.assertEqual(self.problems(text), expected)

    def test_wrong(self) -> None:
        """Fees and limits that are none."""
        text = f"""\
{VENUE}stp_by = firms
[fees:X:f]
maker = 3
taker = x/share
[account:X:A]
positions = AAA
[account:X]
"""
        found = self.problems(text)
        self.assertEqual(len(found), 5)
        self.assertIn("'3' is no fee such as 0.003/share, -0.2bp or 1.50/order", found[1])
        self.assertIn("'AAA' is no limit of a position such as AAA:1000", found[3])
        self.assertEqual(found[4], ":8: [account:X] should read [account:VENUE:NAME]")

    def test_instrument_of_a_snapshot(self) -> None:
        """Is the one that was kept."""
        one = Instrument(
            "S",
            ticks=((0, 1), (UNIT, 2)),
            legs=(Leg("A"),),
            price_band=(0, UNIT),
            collar=(UNIT, 0),
        )
        self.assertEqual(instrument_of(as_kept(one)), one)


def as_kept(value: object) -> dict[str, object]:
    """Settings as a snapshot has them: tuples come back as lists."""
    from dataclasses import asdict

    from msgspec.msgpack import decode, encode

    plain: dict[str, object] = decode(encode(asdict(value)))  # type: ignore[call-overload]
    return plain
