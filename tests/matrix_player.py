"""
Order state matrices, played as messages of FIX against a venue in memory.

A matrix is a row of a file in ``tests/matrix/``. Its steps, one a line, are in words that hold in
every version; here they are put into the codes of one, by tables that the code under test has no
part in::

    > new X 10000               the counterparty sends a message: new, cancel, replace or status;
                                more fields may follow, as in `59=1`
    ! fill 2000                 the operator does something by a REST operation
    < X  partial-fill  partially-filled  10000 2000 8000  +2000
                                exactly this comes next: ClOrdID, with OrigClOrdID after a slash;
                                ExecType, OrdStatus; OrderQty (`-` for none), CumQty and LeavesQty;
                                then what else
                                the report says of a fill (`+` LastQty, `@` LastPx, `~` AvgPx),
                                under what name it goes (`#B`), of which other one (`^B`) it tells,
                                what was asked for and filled today (`%8000/0`: DayOrderQty and
                                DayCumQty, which no report on the first day has),
                                and whatever fields (`378=1`)
    < Y/X  refused  new  102=0  an OrderCancelReject

A pending new report is expected before one that says new, where the session has pending reports and
the steps have none. Names of orders are put after that of their matrix, so that many can be played
to one venue.
"""

from __future__ import annotations

from typing import Any

from exsim.control import schemas as s
from exsim.control import trading_schemas as ts
from exsim.wire.fix import FixMessage, decode, encode, utc_timestamp
from exsim.wire.fix_frame import Framer
from tests.fix_market import wire
from tests.matrix_links import Link, MemoryLink
from tests.matrix_words import VERSIONS, Matrix, exec_code, since, status_code

_FIRST = {"378=": "FIX.4.2", "103=": "FIX.4.1"}
"""Since when there is such a field, or the code that steps have of it."""


class Player:
    """A counterparty that speaks one version, and the operator of its venue, ``X``."""

    def __init__(self, version: str, link: Link, pending: bool, name: str = "CLIENT") -> None:
        self.version = version
        self.link = link
        self.pending = pending
        self.name = name
        self.begin, appl_ver_id = VERSIONS[version]
        self._framer = Framer()
        self._got: list[FixMessage] = []
        self._seq = 0
        self._prefix = ""
        self._order_id = ""
        self._waits = False
        self._execs: dict[str, str] = {}
        fixt = f"1137={appl_ver_id}|" if appl_ver_id else ""
        self._send("A", f"98=0|108=0|{fixt}")
        assert self._next().msg_type == b"A"

    def play(self, matrix: Matrix) -> None:
        """Go through the steps of a matrix; AssertionError where anything else happens."""
        self._prefix = f"{matrix.ref}-"
        self._execs = {}
        self._waits = False
        try:
            for line in matrix.steps:
                self.step(line, f"{matrix.ref} in {self.version}: {line}")
            left = self._take()
            assert not left, f"{matrix.ref} in {self.version}: {left[0].raw!r} came besides"
        finally:
            self._clean()

    def step(self, line: str, where: str) -> None:
        """Take one step, said to be ``where``."""
        kind, *words = line.split()
        try:
            if kind == ">":
                self._ask(words)
            elif kind == "!":
                self._operate(words)
            elif not self.pending and words[1].startswith("pending-"):
                pass
            elif words[1] == "refused":
                self._refused(words)
            else:
                self._reported(words)
        except AssertionError as error:
            raise AssertionError(f"{where}: {error}") from None

    def _clean(self) -> None:
        """End what is open."""
        for hold in self._perform("list_holds", ts.HoldsArguments("X")).items:
            self._perform("drop_hold", ts.HoldArguments(hold.hold))
        for order in self._perform("list_orders", ts.OrdersArguments("X")).items:
            self._perform("cancel_order", ts.OrderArguments("X", order.order_id))
        self._take()

    # -- the counterparty

    def _ask(self, words: list[str]) -> None:
        what, names, *more = words
        name, _slash, orig = names.partition("/")
        fields = {"11": self._prefix + name, "55": "AAA", "54": "1", "21": "1"}
        if since(self.version, "FIX.4.2"):
            fields["60"] = self._stamp()
        if orig:
            fields["41"] = self._prefix + orig
        header = ""
        given = [word for word in more if "=" in word]
        if more and "=" not in more[0]:
            fields["38"] = more[0]
        if what == "cancel":
            del fields["21"]
            fields |= {"125": "F", "38": "1"} if self.version == "FIX.4.0" else {}
        elif what == "status":
            del fields["21"]
            fields.pop("60", None)
        else:
            fields |= {"40": "2", "44": "50"}
        for field in given:
            tag, _equals, value = field.partition("=")
            if tag == "97":
                header = f"97={value}|"
            else:
                fields[tag] = value
        if fields.get("40") == "1":
            del fields["44"]
        types = {"new": "D", "cancel": "F", "replace": "G", "status": "H"}
        self._send(types[what], "".join(f"{tag}={fields[tag]}|" for tag in fields), header)

    def _send(self, msg_type: str, body: str, header: str = "") -> None:
        self._seq += 1
        head = f"35={msg_type}|34={self._seq}|49={self.name}|52={self._stamp()}|56=XSIM|{header}"
        self.link.send(encode(self.begin.encode(), wire(head + body)))

    def _stamp(self) -> str:
        return utc_timestamp(self.link.now(), 0).decode()

    # -- the operator

    def _operate(self, words: list[str]) -> None:
        what, *more = words
        self._got = self._take()  # what was sent has arrived
        order = ts.OrderArguments("X", self._order_id or "0")
        some: list[str | None] = [*more, None, None]
        bodies: dict[str, tuple[str, Any, Any]] = {
            "fill": ("fill_order", order, ts.OrderFill(some[0], some[1], "late" in more)),
            "cancel": ("cancel_order", order, None),
            "replace": ("replace_order", order, ts.Replacement(some[0])),
            "expire": ("expire_order", order, None),
            "done-for-day": ("done_for_day", order, None),
            "stop": ("stop_order", order, ts.Guarantee(some[0], some[1])),
            "calculate": ("calculate_order", order, None),
            "suspend": ("suspend_order", order, None),
            "resume": ("resume_order", order, None),
            "phase": ("set_phase", s.VenueArguments("X"), s.NewPhase(more[0] if more else "")),  # type: ignore[arg-type]  # one of its words
            "split": (
                "corporate_action",
                s.InstrumentArguments("X", "AAA"),
                s.CorporateAction("split", 2, 1),
            ),
        }
        if what in ("trade", "offer"):  # an order of nobody in particular
            self._enter("SELL", more[0], some[1])
        elif what == "bid":
            self._enter("BUY", more[0], some[1])
        elif what == "cross":
            self._enter("SELL", more[0], some[1])
            self._enter("BUY", more[0], some[1])
        elif what == "phone":
            self._phone(more[0])
        elif what == "bust":
            self._perform("bust_fill", order, ts.Bust(self._execs[more[0]]))
        elif what == "correct":
            body = ts.Correction(self._execs[more[0]], more[1], some[2])
            self._perform("correct_fill", order, body)
        elif what == "hold":
            self._decide(*more)
        else:
            self._perform(*bodies[what])

    def _enter(self, side: Any, qty: str, price: str | None) -> None:
        """Enter an order that the counterparty hears nothing of."""
        body = ts.NewOrder("AAA", side, qty, price=price or "50")
        self._perform("enter_order", s.VenueArguments("X"), body)

    def _phone(self, qty: str) -> None:
        """Enter an order for the counterparty, that it did not send."""
        body = ts.NewOrder("AAA", "BUY", qty, price="50", session=self._session())
        self._perform("enter_order", s.VenueArguments("X"), body)

    def _session(self) -> str:
        """Its session: made as it logged on, and named after it."""
        sessions = self._perform("list_sessions", s.PageArguments()).items
        (name,) = [each.name for each in sessions if each.identity["sender_comp_id"] == self.name]
        return str(name)

    def _decide(self, step: str, reason: str = "OTHER", which: str = "0") -> None:
        """Decide one of the requests that wait, the oldest unless another is named."""
        holds = self._perform("list_holds", ts.HoldsArguments("X")).items
        body = ts.HoldReject(reason) if step == "reject" else None  # type: ignore[arg-type]
        self._perform(f"{step}_hold", ts.HoldArguments(holds[int(which)].hold), body)

    def _perform(self, operation: str, arguments: Any, body: Any = None) -> Any:
        return self.link.perform(operation, arguments, body)

    # -- what comes

    def _reported(self, words: list[str]) -> None:
        names, told, status, *more = words
        message = self._next()
        if self.pending and told == "new" and not self._waits:
            self._check(message, names, "pending-new", "pending-new", more)
            message = self._next()
        still = told in ("status", "pending-cancel")
        self._waits = told == "pending-new" or (self._waits and still)
        self._check(message, names, told, status, more)

    def _check(
        self, message: FixMessage, names: str, told: str, status: str, more: list[str]
    ) -> None:
        qty, cum, left, *rest = more
        expected = {
            "35": "8",
            **self._named(names),
            "39": status_code(status, self.version),
            "38": "" if qty == "-" else qty,
            "14": cum,
        }
        if since(self.version, "FIX.4.1"):
            expected |= {"150": exec_code(told, status, self.version), "151": left}
        if since(self.version, "FIX.4.2"):
            expected |= {"424": "", "425": ""}
        if not since(self.version, "FIX.4.3"):
            trans = {"trade-cancel": "1", "trade-correct": "2", "status": "3"}
            expected["20"] = trans.get(told, "0")
        for word in rest:
            self._more(word, message, expected)
        self._compare(message, expected)

    def _more(self, word: str, message: FixMessage, expected: dict[str, str]) -> None:
        tags = {"+": "32", "@": "31", "~": "6"}
        if word[0] in tags:
            expected[tags[word[0]]] = word[1:]
        elif word[0] == "#":
            self._execs[word[1:]] = message.fields[b"17"].decode()
        elif word[0] == "^":
            expected["19"] = self._execs[word[1:]]
        elif word[0] == "%":
            if since(self.version, "FIX.4.2"):
                expected["424"], _slash, expected["425"] = word[1:].partition("/")
        elif since(self.version, _FIRST.get(word[:4], "FIX.4.0")):
            tag, _equals, value = word.partition("=")
            expected[tag] = value

    def _refused(self, words: list[str]) -> None:
        names, _refused, status, *more = words
        expected = {"35": "9", **self._named(names)}
        if since(self.version, "FIX.4.1"):
            expected["39"] = status_code(status, self.version)
        for word in more:
            tag, _equals, value = word.partition("=")
            if tag != "102" or value != "3" or since(self.version, "FIX.4.2"):
                expected[tag] = value
        self._compare(self._next(), expected)

    def _named(self, names: str) -> dict[str, str]:
        if names == "-":
            return {}
        name, _slash, orig = names.partition("/")
        found = {"11": self._prefix + name}
        if since(self.version, "FIX.4.1"):
            found["41"] = self._prefix + orig if orig else ""
        return found

    def _compare(self, message: FixMessage, expected: dict[str, str]) -> None:
        got = {tag: message.fields.get(tag.encode(), b"").decode() for tag in expected}
        assert got == expected, f"wanted {expected}, got {got}: {message.raw!r}"

    def _next(self) -> FixMessage:
        while not self._got:
            data = self.link.receive()
            assert data, "nothing came"
            self._framer.feed(data)
            while (found := self._framer.next()) is not None:
                assert isinstance(found, bytes), found
                self._got.append(decode(found))
        message = self._got.pop(0)
        order_id = message.fields.get(b"37", b"NONE")
        if order_id != b"NONE":
            self._order_id = order_id.decode()
        return message

    def _take(self) -> list[FixMessage]:
        """All that came: what is before the answer to a TestRequest."""
        self._send("1", "112=T|")
        messages = []
        while (message := self._next()).msg_type != b"0":
            messages.append(message)
        return messages


class Stage:
    """The players of one version: each is made when a matrix first needs it."""

    def __init__(self, version: str) -> None:
        self.version = version
        self._players: dict[tuple[str, bool, bool], Player] = {}

    def play(self, matrix: Matrix) -> int:
        """
        Play a matrix if it is for this version; how often that was.

        One whose requests are not held is played with pending reports, and without.
        """
        if self.version not in matrix.versions:
            return 0
        for pending in (True,) if matrix.held else (True, False):
            self._player(matrix.held, pending, matrix.reopens).play(matrix)
        return 1 if matrix.held else 2

    def _player(self, held: str, pending: bool, reopens: bool) -> Player:
        player = self._players.get((held, pending, reopens))
        if player is None:
            link = MemoryLink(held, pending, reopens)
            player = Player(self.version, link, pending)
            self._players[held, pending, reopens] = player
        return player

    def stop(self) -> None:
        """Leave no timer behind."""
        for player in self._players.values():
            player.link.stop()
