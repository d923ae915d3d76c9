"""Messages of ITCH as text, fast: the same as field by field."""

from __future__ import annotations

import json
from argparse import Namespace
from io import StringIO

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.recorded.found import Found
from exsim.recorded.framings import ItchFile
from exsim.recorded.told import JSON, LINE, Texts, Told
from exsim.terminal.decode import Decoding, as_json, line
from exsim.wire.layout import CODE, Field
from exsim.wire.layouts.itch50 import ADD, GLIMPSE

OPTIONS = Namespace(filter="", files=["f"], protocol=None, long=False, json=False)
KINDS = sorted(GLIMPSE.outbound)


def shown(found: Found, options: Namespace) -> str:
    """A message as the command shows it."""
    out = StringIO()
    Decoding(options, out, StringIO()).show("f", found)
    return out.getvalue()


class ToldTests(SynchronousTestCase):
    """Each message, with any values."""

    @given(st.sampled_from(KINDS), st.binary(min_size=60, max_size=60), st.booleans())
    def test_same(self, kind: bytes, body: bytes, named: bool) -> None:
        """A line, and an object of JSON, are those that are made of all fields one by one."""
        layout, file = GLIMPSE.outbound[kind], ItchFile(GLIMPSE)
        raw = kind + body[: layout.size - 1]
        raw = raw[:5] + b"\0" + raw[6:]  # a time within the day
        raw = raw[:6] + bytes([raw[6] % 20]) + raw[7:]
        if named:
            directory = GLIMPSE.outbound[b"R"]
            values = {"stock_locate": str(int.from_bytes(raw[1:3], "big")), "stock": 'A"\x1b%s'}
            file.message(directory.build(values), "byte 0")
        found = file.message(raw, "byte 7")
        self.assertEqual(shown(found, OPTIONS), f"{line(found)}\n")
        told = shown(found, Namespace(**{**vars(OPTIONS), "json": True}))
        self.assertEqual(told, json.dumps(as_json(found), ensure_ascii=False) + "\n")

    def test_one(self) -> None:
        """One by hand."""
        raw = (b"A\0\1\0\0\x20\xbd\xe7\x36\x40\x00" + bytes(7) + b"\3B\0\0\0\xc8AAA     "
               b"\x00\x0f\x4c\x04")  # fmt: skip
        self.assertEqual(
            Told(ADD, LINE).fields(raw),
            " stock_locate=1 tracking_number=0 timestamp=36000000000000[10:00:00.000000000]"
            " reference=3 side=B[buy] shares=200 stock=AAA price=100.25",
        )
        fields = json.loads(f"[{Told(ADD, JSON).fields(raw)[2:]}]")
        self.assertIn({"tag": "side", "name": "side", "value": "B", "meaning": "buy"}, fields)

    def test_bounded(self) -> None:
        """Texts that are remembered are bounded."""
        texts = Texts(Field("n", CODE, 4, {"1": "one"}), LINE)
        self.assertEqual(texts[1], "1[one]")
        for value in range(70_000):
            texts[value]
        self.assertLess(len(texts), 66_000)
        self.assertEqual(texts[1], "1[one]")
