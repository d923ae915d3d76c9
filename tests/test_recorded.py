"""Recordings of every protocol are read, whatever is broken in them, and told as rows."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

import pyarrow.parquet
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.config.dictionaries import standard
from exsim.model.rows import Row
from exsim.protocols.fix_dialect import Dialect, Names
from exsim.recorded import records
from exsim.recorded.files import read_rows
from exsim.recorded.fix_lines import FixLog
from exsim.recorded.found import Found
from exsim.recorded.framings import ItchFile, SoupFile
from exsim.recorded.reading import Unknown, alone, guess, read
from exsim.recorded.records import Records
from exsim.recorded.rows import rows_of
from exsim.recorded.tables import BadTable, CsvRows, ParquetRows, read_csv, read_parquet
from exsim.wire import soup
from exsim.wire.fix import encode
from exsim.wire.layouts.itch50 import ITCH50
from exsim.wire.layouts.ouch50 import OUCH50
from tests.recordings import DAY, ITCH, LOGON, MORNING, ORDER, framed, itch_file, mold_packet

DIALECT = Dialect(standard)


def names_in(raw: bytes) -> Names:
    """The names of its version."""
    return DIALECT.names_in(raw, b"")


def reading(data: bytes | Iterable[bytes], protocol: str | None = None) -> list[Found]:
    """All that is found."""
    return list(read([data] if isinstance(data, bytes) else data, names_in, protocol))


def told(found: list[Found]) -> list[tuple[str, str]]:
    """Places and names; of what is no message, why."""
    return [(f.place, f.description.name if f.readable else f.why) for f in found]


class FixTests(SynchronousTestCase):
    """Logs of FIX."""

    def test_delimiters(self) -> None:
        """Whatever a log has for SOH, the message is the same, and its frame is right."""
        for delimiter in (b"\x01", b"|", b"^A", b";", b"<SOH>", b"\\x01", "␁".encode()):
            said = ORDER.replace(b"\x01", delimiter)
            for log in (said, b"x\n" + said + b"\n", said + b"\r\nrest", b"a " + said + b" b\n"):
                (found,) = reading(log)
                self.assertEqual(found.raw, ORDER, (delimiter, log))
                self.assertEqual(found.why, "")
                self.assertEqual(found.description.name, "NewOrderSingle")

    def test_around(self) -> None:
        """Lines, times and ways around messages are told; the rest of a log is passed over."""
        shown = ORDER.replace(b"\x01", b"|")
        log = (
            b"starting\n"
            b"2026-01-05 12:00:00,250 [main] < " + shown + b"\n"
            b"20260105-12:00:01.5 sent " + shown + shown + b"\n"
            b"in or out? " + shown + b"\n"
        )
        noon = 1_767_614_400 * 10**9
        sent = 1_767_323_046 * 10**9
        self.assertEqual(
            [(f.place, f.time, f.way, f.who) for f in reading(log)],
            [
                ("line 2", noon + 250_000_000, "in", "TRADER"),
                ("line 3", noon + 1_500_000_000, "out", "TRADER"),
                ("line 3", sent, "", "TRADER"),
                ("line 4", sent, "", "TRADER"),
            ],
        )

    def test_wrong(self) -> None:
        """What is wrong with a frame is told, and reading goes on."""
        log = b"\n".join(
            [
                ORDER.replace(b"11=c1", b"11=c2"),
                ORDER.replace(b"11=c1", b"11=c10"),
                ORDER[:-7],
                b"8=FIX.4.4 and no more of it, which is just some words in a log",
                ORDER,
            ]
        )
        found = reading(log)
        self.assertEqual([f.place for f in found], [f"line {n}" for n in range(1, 6)])
        right, wrong = (ORDER[-4:-1].decode(), f"{int(ORDER[-4:-1]) + 1:03}")
        self.assertEqual(found[0].why, f"CheckSum(10) is {right}, and should be {wrong}")
        self.assertIn("BodyLength(9) is 74, and should be 75; CheckSum(10)", found[1].why)
        self.assertEqual(found[2].why, "it is cut: there is no CheckSum(10)")
        self.assertEqual(found[2].description.fields[-1].value, "100")
        self.assertEqual((found[3].readable, found[3].time), (False, 0))
        self.assertEqual(found[4].why, "")

    def test_password(self) -> None:
        """No password is shown, and the frame is judged as it was."""
        (found,) = reading(LOGON)
        self.assertEqual((b"secret" in found.raw, found.why), (False, ""))
        self.assertNotIn("secret", str(found.description))

    def test_at_once(self) -> None:
        """A message is told when all of it is there, before more of the log is read."""
        for end in (b"", b"\n"):
            taken: list[bytes] = []

            def log(taken: list[bytes] = taken, end: bytes = end) -> Iterator[bytes]:
                for count in range(3):
                    self.assertEqual(taken, [ORDER] * count)
                    yield ORDER + end

            for found in FixLog(names_in).read(log()):
                taken.append(found.raw)
            self.assertEqual(taken, [ORDER] * 3)

    def test_raw_data(self) -> None:
        """By BodyLength, a value may look like the end."""
        raw = encode(b"FIX.4.4", b"35=B\x0195=7\x0196=a\x0110=9\x01\x0158=x\x01")
        self.assertEqual([f.raw for f in reading(raw + ORDER)], [raw, ORDER])

    @given(st.lists(st.integers(1, 90), max_size=8), st.sampled_from([b"\x01", b"|"]))
    @settings(max_examples=30)
    def test_cuts(self, sizes: list[int], delimiter: bytes) -> None:
        """However the file is cut, the same is found."""
        log = b"\nx ".join([LOGON, ORDER, b"8=FIX.4.4", ORDER]).replace(b"\x01", delimiter)
        whole = [(f.place, f.raw, f.why) for f in reading(log, "fix")]
        found = FixLog(names_in).read(cut(log, sizes))  # read() joins what it guesses by
        self.assertEqual([(f.place, f.raw, f.why) for f in found], whole)
        self.assertEqual(len(whole), 4)


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    """The data in pieces of these sizes, and the rest."""
    pieces = []
    for size in sizes:
        pieces.append(data[:size])
        data = data[size:]
    return [*pieces, data]


class BinaryTests(SynchronousTestCase):
    """Files of ITCH, streams of SoupBinTCP, packets of MoldUDP64."""

    def test_itch(self) -> None:
        """Each message is found where it is, with its time, and the symbol of its stock."""
        found = reading(itch_file())
        self.assertEqual(told(found)[:3], [
            ("byte 0", "StockTradingAction"), ("byte 27", "AddOrder"), ("byte 65", "OrderExecuted"),
        ])  # fmt: skip
        self.assertEqual([f.raw for f in found], list(ITCH))
        self.assertEqual({f.time for f in found}, {MORNING})
        first = found[2].description.fields[0]
        self.assertEqual((first.name, first.value), ("stock", "AAA"))

    def test_broken(self) -> None:
        """What is broken is told with its place; the next right message is found."""
        data = (
            framed(b"zoo") + itch_file() + b"\x01\x02 no message" + framed(ITCH[1]) + b"\0\x26A12"
        )
        found = reading(data)
        wrong = [one for one in told(found) if not one[1][:1].isupper()]
        end = 5 + len(itch_file())
        self.assertEqual(
            wrong,
            [
                ("byte 0", "a message of type 'z', which ITCH 5.0 does not have"),
                (f"byte {end}", "13 bytes that are no message"),
                (f"byte {end + 51}", "a record that is cut: 5 bytes, of 40 are there"),
            ],
        )
        self.assertEqual(len(found) - len(wrong), len(ITCH) + 1)

    def test_much_garbage(self) -> None:
        """Garbage is passed over in pieces, and never kept whole."""
        data = itch_file() + b"\xff" * (2 * records.MOST_SKIPPED) + itch_file()
        chunks = [data[at : at + 65_536] for at in range(0, len(data), 65_536)]
        found = reading(chunks)
        self.assertEqual(sum(f.readable for f in found), 2 * len(ITCH))
        self.assertEqual(sum(len(f.raw) for f in found if not f.readable), 2 * records.MOST_SKIPPED)
        self.assertGreater(sum(not f.readable for f in found), 1)

    @given(st.lists(st.integers(1, 90), max_size=8), st.binary(max_size=40))
    @settings(max_examples=40)
    def test_cuts(self, sizes: list[int], garbage: bytes) -> None:
        """However the file is cut, the same is found."""
        data = itch_file() + garbage + itch_file()
        whole = told(reading(data, "itch"))
        found = Records(ItchFile(ITCH50)).read(cut(data, sizes))  # read() joins what it guesses by
        self.assertEqual(told(list(found)), whole)

    def test_cut_behind_a_broken_one(self) -> None:
        """What looks like a message within a broken record is none, wherever the file is cut."""
        broken = framed(b"z" + framed(ITCH[1]))
        pieces = [itch_file() + broken, itch_file()]
        whole = told(reading(b"".join(pieces), "itch"))
        self.assertEqual(len(whole), 2 * len(ITCH) + 1)
        self.assertEqual(told(list(Records(ItchFile(ITCH50)).read(pieces))), whole)
        last = told(list(Records(ItchFile(ITCH50)).read([pieces[0]])))
        self.assertEqual(last, whole[: len(ITCH) + 1])

    def test_two_broken_ones(self) -> None:
        """Lengths are believed where something right is behind; two wrong ones are garbage."""
        data = itch_file() + framed(b"zoo") + framed(b"zap")
        at = len(itch_file())
        found = told(reading(data, "itch"))[len(ITCH) :]
        self.assertEqual(found, [(f"byte {at}", "10 bytes that are no message")])

    def test_cut_within(self) -> None:
        """What looks like a packet within one that is not all there yet is none."""
        packet = soup.packet(soup.DEBUG, soup.packet(soup.SEQUENCED, ITCH[1]) + b".")
        found = list(Records(SoupFile(ITCH50)).read([packet[:-1], packet[-1:]]))
        self.assertEqual(told(found), [("byte 0", "Debug")])

    def test_soup(self) -> None:
        """A conversation of both sides, without its password."""
        asked = OUCH50.inbound[b"O"].build({"UserRefNum": "1", "Side": "B", "Symbol": "AAA"})
        data = (
            soup.login(soup.Login(b"me", b"secret", b"", 1))
            + soup.accepted(b"S", 1)
            + soup.packet(soup.UNSEQUENCED, asked)
            + soup.packet(soup.SERVER_HEARTBEAT)
            + soup.packet(b"?", b"what")
            + soup.packet(soup.LOGOUT)
        )
        found = reading(data)
        self.assertEqual(
            [(f.way, f.description.name) for f in found if f.readable],
            [
                ("in", "LoginRequest"),
                ("out", "LoginAccepted"),
                ("in", "EnterOrder"),
                ("out", "ServerHeartbeat"),
                ("in", "LogoutRequest"),
            ],
        )
        self.assertNotIn(b"secret", b"".join(f.raw for f in found))
        self.assertIn("a packet of type '?'", next(f.why for f in found if not f.readable))

    def test_soup_itch(self) -> None:
        """The messages of a stream are those of a file."""
        data = b"".join(soup.packet(soup.SEQUENCED, each) for each in ITCH)
        self.assertEqual([f.raw for f in reading(data)], list(ITCH))

    def test_mold(self) -> None:
        """Packets, heartbeats and the end, with what is in them."""
        head = b"SESSION001" + (3).to_bytes(8, "big")
        data = (
            mold_packet(ITCH[:2]) + head + b"\0\0" + mold_packet(ITCH[2:3], 3) + head + b"\xff\xff"
        )
        self.assertEqual(
            [name for _, name in told(reading(data))],
            [
                *("Packet", "StockTradingAction", "AddOrder", "Heartbeat"),
                *("Packet", "OrderExecuted", "EndOfSession"),
            ],
        )
        self.assertEqual(reading(data)[1].raw, ITCH[0])


class HexTests(SynchronousTestCase):
    """Bytes as digits."""

    def test_lines(self) -> None:
        """A message a line, without a frame; blanks and the like do not matter; lines count."""
        text = b"\n".join(
            [ITCH[1].hex().encode(), b"", b"no digits", ITCH[2].hex(":").upper().encode()]
        )
        self.assertEqual(
            told(reading(text)),
            [
                ("line 1", "AddOrder"),
                ("line 3", "no hexadecimal digits"),
                ("line 4", "OrderExecuted"),
            ],
        )

    def test_unframed(self) -> None:
        """Messages of OUCH alone, and a request of MoldUDP64."""
        asked = OUCH50.inbound[b"X"].build({"UserRefNum": "1"})
        event = OUCH50.outbound[b"S"].build({"EventCode": "S"})
        wanted = mold_packet(())[:18] + b"\0\x05"
        text = b"\n".join(each.hex().encode() for each in (asked, event, wanted))
        self.assertEqual(
            [(f.way, f.description.name) for f in reading(text)],
            [("in", "CancelOrderRequest"), ("out", "SystemEvent"), ("", "Request")],
        )

    def test_heartbeat(self) -> None:
        """A packet of MoldUDP64 without messages is no request for none."""
        head = mold_packet(())[:18]
        self.assertIsNone(alone(head + b"\0\0"))
        self.assertIsNotNone(alone(head + b"\1\0"))

    def test_framed(self) -> None:
        """Lines of whole packets, and one stream cut into lines anywhere."""
        packets = [soup.packet(soup.SEQUENCED, ITCH[1]), soup.packet(soup.SERVER_HEARTBEAT)]
        text = b"\n".join(each.hex().encode() for each in packets)
        self.assertEqual(
            told(reading(text)), [("line 1", "AddOrder"), ("line 2", "ServerHeartbeat")]
        )
        digits = itch_file().hex().encode()
        text = b"\n".join(digits[at : at + 60] for at in range(0, len(digits), 60))
        self.assertEqual(told(reading(text)), told(reading(itch_file())))

    def test_dumps(self) -> None:
        """Dumps as xxd, hexdump -C and tcpdump -x make them."""
        data = itch_file()
        rows = [(at, data[at : at + 16]) for at in range(0, len(data), 16)]
        shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in data)
        xxd = "".join(
            f"{at:08x}: {row.hex(' ', 2):39}  {shown[at : at + 16]}\n" for at, row in rows
        )
        dump = "".join(
            f"{at:08x}  {row[:8].hex(' ')}  {row[8:].hex(' ')}  |{shown[at : at + 16]}|\n"
            for at, row in rows
        )
        dump += f"{len(data):08x}\n"
        tcp = "".join(f"\t0x{at:04x}:  {row.hex(' ', -2)}\n" for at, row in rows)
        for text in (xxd, dump, tcp):
            self.assertEqual(told(reading(text.encode())), told(reading(data)), text[:100])
        found = reading(dump.encode() + b"*\n")
        self.assertIn("hexdump -v", found[-1].why)


class GuessTests(SynchronousTestCase):
    """What a recording is of."""

    def test_guess(self) -> None:
        """By its content, even if it begins badly."""
        enter = OUCH50.inbound[b"O"].build({"UserRefNum": "1"})
        for name, data in {
            "fix": b"log\n" + ORDER,
            "itch": framed(b"bad") + itch_file(),
            "soup-itch": soup.packet(soup.SEQUENCED, ITCH[1]),
            "ouch50": soup.packet(soup.UNSEQUENCED, enter),
            "mold": mold_packet(ITCH),
        }.items():
            self.assertEqual(guess(data), name)

    def test_unknown(self) -> None:
        """What is of none is refused in words; what is empty has nothing in it."""
        with self.assertRaisesRegex(Unknown, "no recording of fix, itch, .*--protocol"):
            reading(b"\x00\xff" * 50)
        self.assertEqual(reading(b""), [])
        self.assertEqual(reading(b"\n \n"), [])
        self.assertEqual(reading(b"just words\n"), [])


AAA = [
    Row(DAY + MORNING, "AAA", *rest)
    for rest in (
        ("state", "", None, None, "", "", "", "T"),
        ("add", "BUY", 100_25000000, 100_00000000, "7"),
        ("execute", "", None, 60_00000000, "7", "", "1"),
        ("execute", "", 100_24000000, 10_00000000, "7", "", "2", "N"),
        ("reduce", "", None, 5_00000000, "7"),
        ("replace", "", 100_26000000, 25_00000000, "7", "8"),
        ("delete", "", None, None, "8"),
        ("trade", "BUY", 100_25000000, 30_00000000, "0", "", "3"),
        ("bust", "", None, None, "", "", "1"),
    )
]
"""The rows of tests.recordings.ITCH."""


class RowTests(SynchronousTestCase):
    """Recordings as rows, and files of rows."""

    def test_itch(self) -> None:
        """Every kind of message."""
        self.assertEqual(list(read_rows(io.BytesIO(itch_file()), names_in, day=DAY)), AAA)

    def test_fix(self) -> None:
        """A snapshot, then increments; what tells nothing of a market is passed over."""
        snapshot = encode(
            b"FIX.4.4",
            b"35=W\x0152=20260102-03:04:06\x0155=AAA\x01268=3\x01269=0\x01270=10\x01271=5\x01"
            b"269=1\x01278=S11\x01270=11\x01271=7\x01269=7\x01270=12\x01",
        )
        refresh = encode(
            b"FIX.4.4",
            b"35=X\x0152=20260102-03:04:06\x01268=4\x01279=1\x01269=0\x01278=B10\x0155=AAA\x01"
            b"270=10\x01271=6\x01279=2\x01269=1\x01278=S11\x0155=AAA\x01"
            b"279=0\x01269=2\x0155=BBB\x01270=-0.5\x01271=1\x01279=0\x01269=2\x01270=x\x01",
        )
        time = 1_767_323_046 * 10**9
        self.assertEqual(
            list(rows_of(reading(ORDER + snapshot + refresh))),
            [
                Row(time, "AAA", "clear"),
                Row(time, "AAA", "add", "BUY", 10_00000000, 5_00000000),
                Row(time, "AAA", "add", "SELL", 11_00000000, 7_00000000, "S11"),
                Row(time, "AAA", "change", "BUY", 10_00000000, 6_00000000, "B10"),
                Row(time, "AAA", "delete", "SELL", None, None, "S11"),
                Row(time, "BBB", "trade", "", -50_000_000, 1_00000000),
            ],
        )

    def test_fix_revised(self) -> None:
        """Trades that never were, or were otherwise; an auction that is over."""
        refresh = encode(
            b"FIX.4.4",
            b"35=X\x0152=20260102-03:04:06\x01268=3\x01279=2\x01269=2\x01278=T1\x0155=AAA\x01"
            b"270=10\x01271=6\x01279=1\x01269=2\x01278=T2\x0155=AAA\x01270=9\x01271=4\x01"
            b"279=2\x01269=Q\x01278=*12\x0155=AAA\x01270=9\x01271=4\x01",
        )
        time = 1_767_323_046 * 10**9
        self.assertEqual(
            list(rows_of(reading(refresh))),
            [
                Row(time, "AAA", "bust", match="T1"),
                Row(time, "AAA", "bust", match="T2"),
                Row(time, "AAA", "trade", "", 9_00000000, 4_00000000, match="T2"),
                Row(time, "AAA", "indicative"),
            ],
        )

    def test_tables(self) -> None:
        """What is written to Parquet and CSV is read as it was, whatever is in it."""
        rows = [*AAA, Row(0, 'A,"B"', "add", "SELL", -1, 2**63 - 1, "é", "", "", "")]
        for kind in (ParquetRows, CsvRows):
            file = io.BytesIO()
            writer = kind(file)
            for row in rows:
                writer.write(row)
            writer.close()
            file.seek(0)
            self.assertEqual(list(read_rows(file, names_in)), rows)

    def test_parquet_types(self) -> None:
        """Others read times as times, and amounts as exact decimals."""
        file = io.BytesIO()
        writer = ParquetRows(file)
        for row in AAA:
            writer.write(row)
        writer.close()
        file.seek(0)
        first = pyarrow.parquet.read_table(file).slice(1, 1).to_pylist()[0]
        self.assertEqual(str(first["price"]), "100.25000000")
        kinds = pyarrow.parquet.read_schema(file)
        self.assertEqual(str(kinds.field("price").type), "decimal128(19, 8)")
        self.assertEqual(str(first["time"])[:19], "2024-10-04 09:30:00")

    def test_batches(self) -> None:
        """More rows than are in memory at once, and none at all."""
        for count, groups in ((0, 0), (100_001, 3)):
            file = io.BytesIO()
            writer = ParquetRows(file)
            for number in range(count):
                writer.write(Row(number, "AAA", "trade", price=number))
            writer.close()
            file.seek(0)
            found = [row.price for row in read_parquet(file)]
            self.assertEqual(found, list(range(count)))
            self.assertEqual(pyarrow.parquet.read_metadata(file).num_row_groups, groups)

    def test_bad_tables(self) -> None:
        """What is wrong is told with its line."""
        head = b"time,symbol,kind,side,price,qty,ref,new_ref,match,code\n"
        for data, words in (
            (b"time,symbol\n", "line 1: there is no column kind, side"),
            (head + b"2026-01-02T00:00:00Z,A,add,BUY,ten,1,,,,\n", "line 2: .*ten"),
            (head + b"noon,A,add,BUY,10,1,,,,\n", "line 2: .*noon"),
            (head + b"\xff\n", "UTF-8"),
        ):
            with self.assertRaisesRegex(BadTable, words):
                list(read_csv(io.BytesIO(data)))
        with self.assertRaisesRegex(BadTable, "no file of Parquet"):
            list(read_parquet(io.BytesIO(b"PAR1 or not")))
