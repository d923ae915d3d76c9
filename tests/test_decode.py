"""``exsim decode``: files to text, JSON and tables, and what is told of those that are broken."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from exsim.cli import parser
from exsim.recorded.files import read_rows
from exsim.terminal.decode import main
from tests.recordings import DAY, ITCH, LOGON, ORDER, framed, itch_file
from tests.test_recorded import AAA, names_in


class DecodeTests(SynchronousTestCase):
    """The command, with its files."""

    def setUp(self) -> None:
        """An empty folder."""
        self.folder = Path(self.mktemp())
        self.folder.mkdir()

    def file(self, name: str, data: bytes) -> str:
        """Write a file."""
        path = self.folder / name
        path.write_bytes(data)
        return str(path)

    def run_it(self, *words: str) -> tuple[int, list[str], str]:
        """The exit status, the lines printed, and the errors."""
        out, err = io.StringIO(), io.StringIO()
        status = main(parser().parse_args(["decode", *words]), out, err)
        return status, out.getvalue().splitlines(), err.getvalue()

    def test_fix(self) -> None:
        """A line a message, with names for tags and codes, and no password."""
        name = self.file("a.log", b"2026-01-05 12:00:00 < " + ORDER.replace(b"\x01", b"|") + LOGON)
        status, lines, errors = self.run_it(name)
        self.assertEqual((status, errors), (0, ""))
        self.assertEqual(
            lines[0],
            "line 1: 2026-01-05T12:00:00.000000000Z --> NewOrderSingle(D) BeginString(8)=FIX.4.4"
            " BodyLength(9)=74 MsgType(35)=D[NewOrderSingle] MsgSeqNum(34)=2"
            " SenderCompID(49)=TRADER SendingTime(52)=20260102-03:04:06"
            " TargetCompID(56)=XSIM ClOrdID(11)=c1 Symbol(55)=AAA"
            " Side(54)=1[BUY] OrderQty(38)=100 CheckSum(10)=" + ORDER[-4:-1].decode(),
        )
        self.assertIn("Password(554)=******", lines[1])

    def test_itch(self) -> None:
        """Times of day, and prices as decimals."""
        _, lines, _ = self.run_it(self.file("a.itch", itch_file()))
        self.assertEqual(len(lines), len(ITCH))
        self.assertEqual(
            lines[1],
            "byte 27: 09:30:00.000000000 AddOrder(A) stock_locate=1 tracking_number=0"
            " timestamp=34200000000000[09:30:00.000000000] reference=7 side=B[buy] shares=100"
            " stock=AAA price=100.25",
        )

    def test_filter(self) -> None:
        """The same language as everywhere, over every protocol."""
        name = self.file("a.itch", itch_file())
        for filter, count in (
            ("symbol=AAA", 9),
            ("type=A", 1),
            ("name=OrderExecuted time>=09:30", 1),
            ("time>09:30", 0),
            ("seq<=2", 2),
        ):
            self.assertEqual(len(self.run_it(name, "--filter", filter)[1]), count, filter)
        name = self.file("a.log", LOGON + ORDER)
        self.assertEqual(len(self.run_it(name, "--filter", "type=D qty>=100 side=BUY")[1]), 1)
        status, _, errors = self.run_it(name, "--filter", "sid=BUY")
        self.assertEqual(status, 2)
        self.assertIn("did you mean 'side'?", errors)

    def test_long(self) -> None:
        """A line a field."""
        _, lines, _ = self.run_it("--long", self.file("a.log", ORDER))
        self.assertEqual(lines[0], "line 1: 2026-01-02T03:04:06.000000000Z NewOrderSingle(D)")
        self.assertIn("       54 Side                     1  BUY", lines)

    def test_json(self) -> None:
        """An object a message, with what is wrong with it."""
        name = self.file("a.log", ORDER.replace(b"c1", b"c2"))
        _, lines, _ = self.run_it("--json", name)
        told = json.loads(lines[0])
        self.assertEqual((told["place"], told["type"]), ("line 1", "D"))
        self.assertEqual(told["time"], "2026-01-02T03:04:06.000000000Z")
        self.assertIn("CheckSum(10)", told["wrong"])
        self.assertIn({"tag": "54", "name": "Side", "value": "1", "meaning": "BUY"}, told["fields"])

    def test_broken(self) -> None:
        """Errors name file and place, and the rest is told still."""
        one = self.file("a.itch", framed(b"zoo") + itch_file())
        two = self.file("b.log", ORDER)
        three = self.file("c.bin", b"\x00\xff" * 50)
        four = str(self.folder / "none")
        status, lines, errors = self.run_it(one, two, three, four, self.file("e", b"words\n"))
        self.assertEqual(status, 1)
        self.assertEqual(len(lines), len(ITCH) + 1)
        self.assertTrue(lines[-1].startswith(f"{two}: line 1: "))
        told = errors.splitlines()
        self.assertEqual(
            told[0],
            f"exsim decode: {one}: byte 0: a message of type 'z', which ITCH 5.0 does not have:"
            " 00 03 7a 6f 6f",
        )
        self.assertIn(f"{three}: it is no recording of fix, itch", told[1])
        self.assertIn(f"{four}: No such file", told[2])
        self.assertIn("there is no message in it", told[3])

    def test_protocol(self) -> None:
        """What it is can be said: then nothing is guessed."""
        name = self.file("a.itch", itch_file())
        status, lines, _ = self.run_it(name, "--protocol", "ouch50")
        self.assertEqual((status, lines), (1, []))

    def test_tables(self) -> None:
        """To Parquet and CSV, with the day of ITCH; else it is told what a name should be."""
        name = self.file("a.itch", itch_file())
        day = ("--day", "2024-10-04")
        self.assertEqual(DAY, 1_728_000_000 * 10**9)
        for kind in ("parquet", "csv"):
            output = str(self.folder / f"a.{kind}")
            status, lines, errors = self.run_it(name, "--output", output, *day)
            self.assertEqual((status, lines), (0, []))
            self.assertEqual(errors, f"exsim decode: {output}: 9 rows\n")
            with open(output, "rb") as file:
                self.assertEqual(list(read_rows(file, names_in)), AAA)
        status, _, errors = self.run_it(name, "--output", str(self.folder / "a.xls"))
        self.assertEqual(status, 2)
        self.assertIn("NAME.parquet or NAME.csv", errors)
        status, _, errors = self.run_it(name, "--output", "a.csv", "--day", "noon")
        self.assertEqual(status, 2)

    def test_no_pyarrow(self) -> None:
        """Without pyarrow it is told how to get it."""
        known = sys.modules["pyarrow"]
        self.addCleanup(sys.modules.__setitem__, "pyarrow", known)
        sys.modules["pyarrow"] = None  # type: ignore[assignment]
        name = self.file("a.itch", itch_file())
        status, _, errors = self.run_it(name, "--output", str(self.folder / "a.parquet"))
        self.assertEqual(status, 2)
        self.assertIn("pip install exsim[parquet]", errors)

    def test_hostile(self) -> None:
        """Nothing that a terminal would act on is printed."""
        _, lines, _ = self.run_it(self.file("a.log", ORDER.replace(b"c1", b"\x1b[2J")))
        self.assertNotIn("\x1b", "".join(lines))
