"""Prices out of files of others: what is in them, when it is played, and that again."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyClass, verifyObject

from exsim.interfaces import IMovingSource, IPlayer, IStateful
from exsim.model.amounts import UNIT
from exsim.model.options import read_options
from exsim.model.recording_keys import FILE
from exsim.model.reel import BadRecording
from exsim.model.rows import Row
from exsim.pricing.file import File
from exsim.recorded.files import play_rows
from exsim.recorded.tables import CsvRows, ParquetRows
from exsim.services.packing import unpack
from exsim.services.row_files import RowFile, _names_in
from exsim.services.state import restore
from exsim.wire.layouts.itch50 import ITCH50
from tests.again import check_again, keep
from tests.price_case import DeskCase

QUOTES = """time,symbol,bid,ask
2026-03-02T14:30:00Z,SPY,450.10,450.12
2026-03-02T14:30:01Z,SPY,450.11,450.13
2026-03-02T14:30:02Z,QQQ,380,380.02
2026-03-02T14:30:04Z,SPY,450.20,450.24
"""
S = 10**9


def played(data: str | bytes, **given: str) -> list[Row]:
    """The rows of a file with that in it."""
    options = read_options(FILE, {"file": "x", **given})
    raw = data if isinstance(data, bytes) else data.encode()
    return list(play_rows(BytesIO(raw), options, _names_in))


class TableTests(SynchronousTestCase):
    """Tables whose columns have names of their own."""

    def test_by_names(self) -> None:
        """Prices, trades and quotes, by the columns that there are; ours in any case are known."""
        for text, given, expected in (
            ("TIME,Symbol,price\n5,A,1.5\n", {}, [Row(5 * S, "A", "price", "", 3 * UNIT // 2)]),
            (
                "ts;sym;px;size\n1700000000123;A;2;30\n",
                {"columns": "time=ts, symbol=sym, price=px, qty=size", "delimiter": "semicolon"},
                [Row(1_700_000_000_123_000_000, "A", "trade", "", 2 * UNIT, 30 * UNIT)],
            ),
            (
                "time,bid,ask\n09:30:00.5,1,2\n",
                {"symbol": "A"},
                [
                    Row(34_200 * S + S // 2, "A", "quote", "BUY", UNIT),
                    Row(34_200 * S + S // 2, "A", "quote", "SELL", 2 * UNIT),
                ],
            ),
            ("time,symbol,bid\n1,A,\n", {}, [Row(S, "A", "quote", "BUY")]),
        ):
            self.assertEqual(played(text, format="csv", **given), expected, text)

    def test_by_numbers(self) -> None:
        """No header, words and whole numbers of its own: a book as LOBSTER has it."""
        text = "34200.017459617,5,0,1,2238200,-1\n34200.19,1,16,18,2238100,1\n"
        found = played(
            text,
            header="no",
            columns="time=1 kind=2 ref=3 qty=4 price=5 side=6",
            kinds="1=add 2=reduce 3=delete 4=execute 5=trade",
            sides="1=BUY -1=SELL",
            decimals="4",
            times="s",
            symbol="AAA",
        )
        first = Row(34_200_017_459_617, "AAA", "trade", "SELL", 22_382 * UNIT // 100, UNIT, "0")
        self.assertEqual(found[0], first)
        self.assertEqual(found[1].kind, "add")
        self.assertEqual((found[1].side, found[1].ref), ("BUY", "16"))

    def test_own(self) -> None:
        """What exsim itself recorded is what it was, as csv and as Parquet."""
        rows = [
            Row(S, "A", "add", "BUY", UNIT, 5 * UNIT, "7"),
            Row(2 * S, "A", "replace", "", 2 * UNIT, UNIT, "7", "8"),
        ]
        for maker in (CsvRows, ParquetRows):
            file = BytesIO()
            writer = maker(file)
            for row in rows:
                writer.write(row)
            writer.close()
            self.assertEqual(played(file.getvalue()), rows)

    def test_parquet_of_others(self) -> None:
        """Stamps of any unit, numbers of any kind, nothing where nothing is."""
        import pyarrow
        import pyarrow.parquet

        file = BytesIO()
        columns = {
            "t": pyarrow.array([1_000, 2_000], pyarrow.timestamp("us")),
            "px": [100.1, None],
            "symbol": ["A", "B"],
            "bid": pyarrow.array([1, 2], pyarrow.int32()),
        }
        pyarrow.parquet.write_table(pyarrow.table(columns), file)
        found = played(file.getvalue(), columns="time=t, price=px")
        self.assertEqual(
            found,
            [
                Row(1_000_000, "A", "quote", "BUY", UNIT),
                Row(1_000_000, "A", "price", "", 10_010_000_000),
                Row(2_000_000, "B", "quote", "BUY", 2 * UNIT),
            ],
        )
        with self.assertRaisesRegex(BadRecording, "its schema: there is no column 'ts' for time"):
            played(file.getvalue(), columns="time=ts")

    def test_what_is_wrong(self) -> None:
        """It is said where, and what would be right."""
        head = "time,symbol,price\n"
        for text, why in (
            (head + "2,A,1\n1,A,1\n", "line 3: its time, 1970-01-01T00:00:01.*sort the file"),
            (head + "1,A,x\n", "line 2: price: 'x' is no decimal"),
            (head + "1,A\n", "line 2: it has only 2 columns"),
            (head + ",A,1\n", "line 2: it has no time"),
            (head + "noon,A,1\n", "line 2: time: 'noon' is no time"),
            ("when,symbol,price\n", "line 1: there is no column of times: .*`columns = time=NAME`"),
            ("time,price\n", "no column of symbols: say `symbol = NAME` for all rows, or"),
            ("time,symbol\n", "no column of prices: .*; there are: time, symbol"),
            ("time,symbol,kind\n1,A,9\n", "line 2: kind '9' is none of add, .*`kinds = 9=add`"),
            ("time,symbol,kind,side\n1,A,add,?\n", "line 2: side '.' is none: say `sides = "),
        ):
            with self.assertRaisesRegex(BadRecording, why):
                played(text, format="csv")
        with self.assertRaisesRegex(BadRecording, "UTF-8"):
            played(b"time,symbol,price\n1,\xff,1\n", format="csv")
        with self.assertRaisesRegex(BadRecording, "no file of Parquet"):
            played(b"PAR1", format="parquet")

    def test_itch(self) -> None:
        """Messages behind their lengths; bytes that are none are told with their place."""
        layouts = ITCH50.outbound
        directory = layouts[b"R"]
        values: list[Any] = [b"" if field.textual else 0 for field in directory.fields]
        names = [field.name for field in directory.fields]
        values[names.index("stock")] = b"A       "
        values[names.index("stock_locate")] = 1
        known = directory.encode(tuple(values))
        added = layouts[b"A"].encode((1, 0, 9 * S, 7, b"B", 100, b"A       ", 1_000_000))
        data = b"".join(len(each).to_bytes(2, "big") + each for each in (known, added))
        self.assertEqual(played(data), [Row(9 * S, "A", "add", "BUY", 100 * UNIT, 100 * UNIT, "7")])
        with self.assertRaisesRegex(BadRecording, f"byte {len(data)}: a record that is cut"):
            played(data + b"\x00\x30S", format="itch")

    def test_fix_log(self) -> None:
        """Market data in a log, by the times before its messages."""
        body = "35=X|268=1|279=0|269=2|55=A|270=10.5|271=3|"
        whole = f"8=FIX.4.4|9={len(body)}|{body}"
        total = sum(whole.replace("|", "\x01").encode()) % 256
        log = f"20260302-14:30:00.250 in {whole}10={total:03}|\n"
        (row,) = played(log)
        self.assertEqual((row.symbol, row.kind, row.price), ("A", "trade", 1_050_000_000))
        self.assertEqual(row.time % (60 * S), 250_000_000)


class FileCase(DeskCase):
    """A venue whose prices are in a file."""

    content = QUOTES
    given: dict[str, str] = {}

    def setUp(self) -> None:
        """Write it, and start."""
        self.file = Path(self.mktemp())
        self.file.write_text(self.content)
        keys = {"source": "file", "file": str(self.file), "map": "SPY=AAA, QQQ=BBB", **self.given}
        self.sections = {"tape": keys}
        super().setUp()

    def source(self) -> dict[str, Any]:
        """What REST tells of it."""
        found: dict[str, Any] = self.get("/venues/X/pricing/tape")
        return found


class FileTests(FileCase):
    """When prices come, and which."""

    def test_interfaces(self) -> None:
        """It is what it says."""
        for interface in (IMovingSource, IPlayer, IStateful):
            verifyClass(interface, File)
        verifyObject(IMovingSource, File("p", read_options(File.options, {"file": "x"})))

    def test_as_it_was(self) -> None:
        """The first row is now, the others as much later; bands and ticks are seen to."""
        self.assertEqual(self.price("AAA"), "450.11")
        self.assertEqual(self.source()["due"], "2026-01-05T09:30:01.000000000Z")
        self.advance("4s")
        self.assertEqual(
            self.history("AAA"), [("30:00.000", "450.11"), ("30:01.000", "450.12"),
                                  ("30:04.000", "450.22")]
        )  # fmt: skip
        self.assertEqual(self.price("BBB"), "50.5")  # its band ends there
        self.assertIsNone(self.source()["due"])

    def test_faster(self) -> None:
        """Another speed holds for what is left."""
        self.advance("1500ms")
        changed = self.ask("PATCH", "/venues/X/pricing/tape", {"parameters": {"speed": "x10"}})
        self.assertEqual(changed["due"], "2026-01-05T09:30:01.550000000Z")
        self.advance("10s")
        self.assertEqual(self.history("AAA")[-1], ("30:01.750", "450.22"))
        for parameters, why in (
            ({"loop": "yes"}, "loop: that is how tape begins"),
            ({"speed": "x2000"}, "neither max nor a speed from x0.1 to x1000"),
        ):
            problem = self.ask("PATCH", "/venues/X/pricing/tape", {"parameters": parameters}, 422)
            self.assertIn(why, problem["detail"])

    def test_stopped(self) -> None:
        """It goes on where it stood still."""
        self.advance("500ms")
        self.post("/venues/X/pricing/tape/stop")
        self.advance("10s")
        self.assertEqual(self.price("AAA"), "450.11")
        self.post("/venues/X/pricing/tape/start")
        self.advance("1ms")
        self.assertEqual(self.price("AAA"), "450.12")

    def test_by_hand(self) -> None:
        """Nobody sets a price, and REST says why."""
        problem = self.ask("PUT", "/prices/AAA", {"price": "5"}, 409)
        self.assertIn("tape has recorded", problem["detail"])

    def test_another_file(self) -> None:
        """A file that is another one is not played on; a reset plays it from its beginning."""
        self.advance("1s")
        state = keep(self.memory.simulator)
        self.file.write_text(QUOTES + "2026-03-02T14:30:09Z,SPY,1,2\n")
        restore(self.memory.simulator, unpack(state[1]))
        self.advance("2s")
        source = self.source()
        self.assertFalse(source["running"])
        self.assertIn("is another file than it was: ", source["trouble"])
        self.assertEqual(len(self.flushLoggedErrors(BadRecording)), 1)
        self.post("/reset", {})
        self.advance("10s")
        self.assertEqual(self.price("AAA"), "1.5")

    def test_again(self) -> None:
        """The same day from the journal, and from a state in the midst of the file."""
        self.advance("1s")
        state = keep(self.memory.simulator)
        self.advance("10s")
        check_again(self, self.memory.simulator, self.settings, state)

    def test_note(self) -> None:
        """The journal says which file it was."""
        entries = self.memory.exchange.journal.entries(0)
        (note,) = [each.data for each in entries if b"player" in each.data]
        self.assertRegex(note.decode(), rf'"player":"tape","file":"{self.file.name}","mark":"\d+ b')


class LoopTests(FileCase):
    """Played again and again."""

    given = {"loop": "yes", "pause": "500ms", "speed": "x2", "scale": "reference", "price": "bid"}

    def test_again_and_again(self) -> None:
        """It begins anew a while after its end; prices are of the size of ours."""
        self.advance("2600ms")
        found = self.history("AAA")
        self.assertEqual(
            [time for time, _ in found], ["30:02.000", "30:02.500"]
        )  # the first one is what it was worth anyhow
        self.assertEqual([price for _, price in found], ["100.02", "100"])
        state = keep(self.memory.simulator)
        self.advance("10s")
        check_again(self, self.memory.simulator, self.settings, state)


class FastTests(FileCase):
    """As fast as possible, but not at once."""

    content = "time,symbol,price\n" + "".join(
        f"{second},SPY,{100 + second % 7}\n" for second in range(1000)
    )
    given = {"speed": "max"}

    def test_fast(self) -> None:
        """250 rows each 5 ms, of which the last counts."""
        self.advance("30ms")
        times = [time for time, _ in self.history("AAA")]
        self.assertEqual(times, ["30:00.000", "30:00.005", "30:00.010", "30:00.015"])
        self.assertEqual(self.price("AAA"), str(100 + 999 % 7))


class BadFileTests(FileCase):
    """What makes no sense stops it where that is, and is told."""

    content = QUOTES + "2026-03-02T14:30:03Z,SPY,1,2\n"

    def test_stops(self) -> None:
        """With file and line."""
        self.advance("10s")
        source = self.source()
        self.assertFalse(source["running"])
        self.assertIn(f"{self.file}: line 6: its time, 2026-03-02T14:30:03", source["trouble"])
        self.assertEqual(self.price("AAA"), "450.22")
        self.assertEqual(len(self.flushLoggedErrors(BadRecording)), 1)


class NoneWantedTests(FileCase):
    """A file with nothing in it for us."""

    given = {"map": "IWM=AAA"}

    def test_told(self) -> None:
        """It says what it looked for."""
        self.advance("1s")
        self.assertIn("has no row of AAA", self.source()["trouble"])
        self.assertEqual(len(self.flushLoggedErrors(BadRecording)), 1)


class RowFileTests(SynchronousTestCase):
    """Files that are there, or not."""

    def test_missing(self) -> None:
        """It is said which."""
        file = RowFile(read_options(FILE, {"file": "/nowhere/x.csv"}))
        for ask in (file.mark, lambda: next(file.rows())):
            with self.assertRaisesRegex(BadRecording, "/nowhere/x.csv cannot be read: No such"):
                ask()
