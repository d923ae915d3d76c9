"""``exsim ctl``: command lines to operations, and answers to text."""

from __future__ import annotations

import io
import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import msgspec
import requests
from msgspec import Struct
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from exsim.client import Simulator
from exsim.client.address import DEFAULT_URL
from exsim.client.ctl import main
from exsim.client.tables import render
from exsim.control import session_results as sr
from exsim.control.access import Access
from exsim.control.operations import BY_NAME
from exsim.control.resource import ControlResource
from exsim.errors import Conflict
from tests.fake_control import ANSWERS, REQUESTS, FakeControl
from tests.test_client_operations import TreqAdapter


def words(name: str, arguments: Struct, body: Struct | None) -> list[str]:
    """Return the command line of an operation, every field given that has a value."""
    operation = BY_NAME[name]
    line = [name.replace("_", "-")]
    for struct in filter(None, (arguments, body)):
        for field, value in msgspec.structs.asdict(struct).items():
            if field in operation.path_fields:
                line.append(value)
            elif value not in (None, [], {}):
                line += [f"--{field.replace('_', '-')}", *written(value)]
    return line


def written(value: Any) -> list[str]:
    """Return how a value is written."""
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    if isinstance(value, dict):
        return [f"{key}={text}" for key, text in value.items()]
    if isinstance(value, list):
        return [text for item in value for text in written(item)]
    if isinstance(value, tuple):
        return ["=".join(value)]
    if isinstance(value, bytes):
        return [b64encode(value).decode()]
    if isinstance(value, Struct):
        return [msgspec.json.encode(value).decode()]
    return [str(value)]


class CtlCase(SynchronousTestCase):
    """A fake control behind the command."""

    def setUp(self) -> None:
        """Make it."""
        self.control = FakeControl()
        self.access = Access()
        self.urls: list[str] = []

    def connect(self, url: str, token: str | None) -> Simulator:
        """Return a client of the fake."""
        self.urls.append(url)
        session = requests.Session()
        resource = ControlResource(self.control, self.access, Clock())
        session.mount("http://", TreqAdapter(self, resource))
        return Simulator(url, token, session)

    def run_ctl(self, *line: str) -> tuple[int, str, str]:
        """Return the exit status of a command line, and what it printed on both sides."""
        out, err = io.StringIO(), io.StringIO()
        status = main(line, out, err, self.connect)
        return status, out.getvalue(), err.getvalue()


class CommandTests(CtlCase):
    """From a command line to an operation."""

    def test_every_operation(self) -> None:
        """Each takes all its fields, asks for itself, and with --json prints what it was told."""
        for name, (arguments, body) in REQUESTS.items():
            status, out, err = self.run_ctl(*words(name, arguments, body), "--json")
            answer = ANSWERS[name]
            late = any(getattr(answer, word, None) is False for word in ("complete", "passed"))
            self.assertEqual(status, 3 if late else 0, err)
            self.assertEqual(self.control.asked[-1], (name, arguments, body))
            printed = json.loads(out) if out else None
            self.assertEqual(printed, msgspec.to_builtins(ANSWERS[name]))

    def test_openapi(self) -> None:
        """The document is JSON anyway."""
        status, out, _ = self.run_ctl("openapi")
        self.assertEqual((status, json.loads(out)["openapi"]), (0, "3.1.0"))

    def test_where(self) -> None:
        """It asks where it is told to, before or after the operation, or as a ready file says."""
        ready = Path(self.mktemp())
        ready.write_text('{"pid": 1, "rest": "http://127.0.0.1:4", "endpoints": {}}')
        self.run_ctl("version")
        self.run_ctl("--url", "http://127.0.0.1:1", "version")
        self.run_ctl("version", "--url", "http://127.0.0.1:2")
        self.run_ctl("--ready-file", str(ready), "version")
        self.assertEqual(
            self.urls,
            [DEFAULT_URL, "http://127.0.0.1:1", "http://127.0.0.1:2", "http://127.0.0.1:4"],
        )

    def test_token(self) -> None:
        """A file holds the token, perhaps with an end of line."""
        self.access = Access({"admin": ["s3cret"]})
        file = Path(self.mktemp())
        file.write_text("s3cret\n")
        self.assertEqual(self.run_ctl("--token-file", str(file), "version")[0], 0)
        self.assertEqual(self.run_ctl("version")[0], 1)

    def test_refused(self) -> None:
        """What is refused goes to the other side, and the status is 1."""
        self.control.answers["cancel_order"] = Conflict("it is filled")
        self.assertEqual(
            self.run_ctl("cancel-order", "XSIM", "17"),
            (1, "", "exsim ctl: 409 Conflict: it is filled\n"),
        )
        status, out, err = self.run_ctl("set-price", "AAA", "--price", "ten")
        self.assertEqual((status, out), (1, ""))
        self.assertIn("price: Expected: An exact decimal", err)
        status, out, err = self.run_ctl("send-message", "A")
        self.assertEqual((status, out), (1, ""))
        self.assertEqual(err, "exsim ctl: Give either fields or raw\n")

    def test_nobody_there(self) -> None:
        """So does what goes wrong on the way, and a file that is not there."""
        out, err = io.StringIO(), io.StringIO()
        status = main(["--url", "http://127.0.0.1:1", "version"], out, err)
        self.assertEqual((status, out.getvalue()), (1, ""))
        self.assertIn("127.0.0.1", err.getvalue())
        status, _, told = self.run_ctl("--ready-file", "/nonexistent/ready.json", "version")
        self.assertEqual(status, 1)
        self.assertIn("ready.json", told)

    def test_usage(self) -> None:
        """A wrong command line is status 2, help is 0; neither asks anything."""
        for line in (
            [],
            ["no-such-thing"],
            ["get-venue"],
            ["list-orders", "XSIM", "--status", "half"],
            ["list-orders", "XSIM", "--lim", "3"],
            ["list-orders", "XSIM", "--limit", "x"],
            ["enter-order", "XSIM", "--symbol", "AAA"],
            ["reply-hold", "1", "--fields", "35"],
            ["send-message", "A", "--raw", "8=FIX"],
            ["--url", "x", "--ready-file", "y", "version"],
        ):
            status, out, err = self.run_ctl(*line)
            self.assertEqual((line, status, out), (line, 2, ""))
            self.assertIn("usage: exsim ctl", err)
        for line in (["--help"], ["enter-order", "--help"]):
            status, out, err = self.run_ctl(*line)
            self.assertEqual((line, status, err), (line, 0, ""))
            self.assertIn("Enter an order", out)
        self.assertEqual(self.control.asked, [])


class TableTests(CtlCase):
    """From an answer to text for people."""

    def test_nothing(self) -> None:
        """What has no result prints nothing."""
        self.assertEqual(self.run_ctl("drop-hold", "4")[0], 0)
        self.assertEqual(self.run_ctl("delete-venue", "XSIM"), (0, "", ""))

    def test_list(self) -> None:
        """A list is a table; how to go on is told on the other side."""
        status, out, err = self.run_ctl("list-orders", "XSIM")
        self.assertEqual((status, err), (0, "There is more: --after 1-17\n"))
        self.assertEqual(
            out,
            "order_id  venue  session  cl_ord_id  symbol  side  type   time_in_force"
            "  quantity  price  status            cum_quantity  leaves_quantity  average_price"
            "  account  text\n"
            "17        XSIM   BUYSIDE  c-1        AAA     BUY   LIMIT  DAY          "
            "  100       10.01  PARTIALLY_FILLED  40            60               10.005       "
            "  ACC      -\n",
        )

    def test_one(self) -> None:
        """One thing is its fields, a line each."""
        self.assertEqual(
            self.run_ctl("get-venue", "XSIM")[1],
            "name              XSIM\n"
            "policies          hold,match\n"
            "pricing           manual\n"
            "seed              7\n"
            "on_error          reject\n"
            "instruments       AAA,EUR/USD\n"
            "phase             continuous\n",
        )

    def test_tables_in_tables(self) -> None:
        """In a table, what has parts is one cell where it says in a few words what it is."""
        told = self.run_ctl("get-consolidated", "AAA")[1]
        self.assertEqual(
            told.partition("bids:\n")[2],
            "price   quantity  orders  venues\n"
            "100.25  7         2       XSIM 7\n"
            "\n"
            "asks:\n"
            "(none)\n"
            "\n"
            "venues:\n"
            "venue  symbol  state  phase       stale  relation  bid          ask"
            "  fees\n"
            "XSIM   AAA     open   continuous  no     -         7 at 100.25  -  "
            "  -0.002/share 0.003/share\n",
        )
        self.assertIn("XSIM AAA", self.run_ctl("list-consolidated")[1])

    def test_tables_of_one(self) -> None:
        """A book is its name, and a table for each side."""
        self.assertEqual(
            self.run_ctl("get-book", "XSIM", "AAA")[1],
            "venue             XSIM\n"
            "symbol            AAA\n"
            "phase             opening-auction\n"
            "implied_bid       -\n"
            "implied_ask       -\n"
            "\n"
            "bids:\n"
            "price  quantity  orders\n"
            "99.99  300       2\n"
            "99.98  1         1\n"
            "\n"
            "asks:\n"
            "price   quantity  orders\n"
            "100.01  5         1\n"
            "\n"
            "auction:\n"
            "price             100\n"
            "volume            20\n"
            "imbalance         5\n"
            "side              BUY\n",
        )

    def test_within(self) -> None:
        """What is within an answer comes below it, under its name."""
        self.assertEqual(
            self.run_ctl("reject-hold", "4")[1],
            "hold              4\nheld              no\norder             -\n",
        )
        lines = self.run_ctl("ack-hold", "4")[1].splitlines()
        self.assertEqual(lines[:4], ["hold              4", "held              yes", "", "order:"])
        self.assertEqual(lines[4], "order_id          17")

    def test_messages(self) -> None:
        """A message is a line; its bytes and fields are left to --json."""
        self.assertEqual(
            self.run_ctl("list-messages")[1],
            "seq  time                            venue  session  direction"
            "  type  name       text\n"
            "12   2026-01-02T03:04:05.000000006Z  XSIM   BUYSIDE  in       "
            "  0     Heartbeat  8=FIX.4.4|35=0|\n",
        )

    def test_waited(self) -> None:
        """Whether a wait was long enough is said before the list, which may be empty."""
        status, out, _ = self.run_ctl("wait-messages")
        self.assertEqual((status, out), (3, "complete          no\n(none)\n"))

    def test_control_characters(self) -> None:
        """What a counterparty sent cannot act on the terminal."""
        message = msgspec.structs.replace(ANSWERS["list_messages"].items[0], text="\x1b[2J|\x9b")
        out = render(sr.Messages([message], None, "1-1"))
        self.assertIn(".[2J|.", out)
        self.assertNotIn("\x1b", out)
