"""The operation table, the Structs and the cursors are sound in themselves."""

from __future__ import annotations

import msgspec
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from exsim.control import fields
from exsim.control import results as r
from exsim.control.cursors import format_cursor, page, parse_cursor
from exsim.control.entries import kinds
from exsim.control.fields import wait_time
from exsim.control.operations import BY_NAME, OPERATIONS, IControl
from exsim.errors import Gone, Unprocessable
from exsim.model import codes
from exsim.model.amounts import format_amount, parse_amount
from tests.fake_control import ANSWERS, REQUESTS, FakeControl


class TableTests(SynchronousTestCase):
    """Every entry can be routed, called and checked."""

    def test_unique(self) -> None:
        """No name, and no method and path, is there twice."""
        self.assertEqual(len(BY_NAME), len(OPERATIONS))
        self.assertEqual(len({(op.method, op.path) for op in OPERATIONS}), len(OPERATIONS))

    def test_path_fields(self) -> None:
        """What is in a path is a field of the arguments, and has to be given."""
        for operation in OPERATIONS:
            info = {field.name: field for field in msgspec.structs.fields(operation.arguments)}
            for name in operation.path_fields:
                self.assertTrue(info[name].required, operation.name)

    def test_no_name_twice(self) -> None:
        """Arguments and body share no name, since a client's method takes both."""
        for operation in OPERATIONS:
            if operation.body is not None:
                shared = {*kinds(operation.arguments)} & {*kinds(operation.body)}
                self.assertEqual(shared, set(), operation.name)

    def test_commands(self) -> None:
        """
        What changes a journal is a command, and is asked for by another method than GET.

        Of the others the steps are commands, or they are of no journal.
        """
        for operation in OPERATIONS:
            others = ("verify_messages", "run_script", "play_recording", "move_venue")
            looks = operation.method == "GET" or operation.name in others
            self.assertEqual(operation.command, not looks, operation.name)
            self.assertEqual(operation.status == 204, operation.result is None)

    def test_waits(self) -> None:
        """What waits says how long."""
        waiting = [operation for operation in OPERATIONS if operation.waits]
        for operation in waiting:
            given = operation.body or operation.arguments
            self.assertEqual(len({"timeout", "within"} & {*kinds(given)}), 1, operation.name)

    def test_samples(self) -> None:
        """The fake provides the interface, and the samples are of the table's types."""
        verifyObject(IControl, FakeControl())
        self.assertEqual({*REQUESTS}, {*BY_NAME} - {"openapi", "events", "get_access"})
        self.assertEqual({*ANSWERS}, {*REQUESTS})
        for name, (arguments, body) in REQUESTS.items():
            operation = BY_NAME[name]
            self.assertIs(type(arguments), operation.arguments)
            self.assertIs(type(body), operation.body or type(None))
            if operation.result is not None:
                again = msgspec.convert(msgspec.to_builtins(ANSWERS[name]), operation.result)
                self.assertEqual(again, ANSWERS[name])


class FieldTests(SynchronousTestCase):
    """What a single value may be."""

    def accepts(self, kind: object, *values: object) -> None:
        """Check that each value fits the type."""
        for value in values:
            self.assertEqual(msgspec.convert(value, kind), value)

    def refuses(self, kind: object, *values: object) -> None:
        """Check that no value fits the type."""
        for value in values:
            with self.assertRaises(msgspec.ValidationError, msg=repr(value)):
                msgspec.convert(value, kind)

    def test_amounts(self) -> None:
        """Amounts are exact decimals with bounds, and all that is accepted can be read."""
        prices = ["0", "-1", "100.02", "0.00000001", "-9999999999.99999999", "-0"]
        self.accepts(fields.Price, *prices)
        self.accepts(fields.Quantity, "1", "0.00000001", "9999999999.99999999")
        for text in prices:
            self.assertEqual(parse_amount(format_amount(parse_amount(text))), parse_amount(text))
        wrong = [
            "",
            "1.",
            ".5",
            "01",
            "1e3",
            "+1",
            "1,5",
            " 1",
            "1\n",
            "0.123456789",
            "10000000000",
        ]
        self.refuses(fields.Price, *wrong, 1, 1.5)
        self.refuses(fields.Quantity, *wrong, "0", "0.0", "-1")
        self.accepts(fields.Amount, format_amount(2**63 - 1), format_amount(-(2**63)))

    def test_names(self) -> None:
        """Names fit an ini, a URL and a list of policies."""
        self.accepts(fields.Name, "XSIM", "EUR/USD", "a", "B" * 64, "FIX.4.4:A->B", "~", "-")
        self.refuses(
            fields.Name, "", "B" * 65, ".", "..", "/x", "a b", "a,b", ",", "é", "a\n", "a\x7f"
        )

    def test_timeouts(self) -> None:
        """Times to wait are less than ten minutes, and all that is accepted can be read."""
        good = ["0s", "2s", "1.5s", "599.999s", "250ms", "99999ms", "9m", "0m", "05s"]
        self.accepts(fields.Timeout, *good)
        for text in good:
            self.assertLess(wait_time(text), 600 * 10**9)
        self.assertEqual(wait_time("1.5s"), 1_500_000_000)
        self.refuses(fields.Timeout, "", "2", "600s", "10m", "1h", "-1s", "1.5ms", "1s\n", "1 s")

    def test_tag_filters(self) -> None:
        """A tag, or a tag and a value."""
        self.accepts(fields.TagFilter, "55", "55=", "55=A=B c", "ClOrdID=x")
        self.refuses(fields.TagFilter, "", "=x", "5 5", "55=\x01", "55=x\n")

    def test_texts(self) -> None:
        """Texts have one line; values of fields have no separator in them."""
        self.accepts(fields.Text, "", "Grüße", "x" * 200)
        self.refuses(fields.Text, "a\nb", "a\n", "\x01", "x" * 201)
        self.accepts(fields.FieldValue, "a|b=c", "é")
        self.refuses(fields.FieldValue, "", "a\x01b")

    def test_words_of_the_model(self) -> None:
        """The words of REST are the names of the model's codes."""

        def words(kind: object) -> set[str]:
            return set(getattr(kind, "__args__", ()))

        self.assertEqual(words(fields.Status), {code.name for code in codes.OrdStatus})
        self.assertEqual(words(fields.Reason), {code.name for code in codes.Reason})
        self.assertEqual(words(fields.NewOrderType), {code.name for code in codes.OrdType})
        self.assertEqual(words(fields.NewTimeInForce), {code.name for code in codes.TimeInForce})
        self.accepts(fields.Side, *(code.name for code in codes.Side), "9")
        self.accepts(fields.OrderType, *(code.name for code in codes.OrdType), "3")
        self.accepts(fields.TimeInForce, *(code.name for code in codes.TimeInForce), "6")
        self.refuses(fields.Side, "buy", "BUY|SELL", "")

    def test_every_pattern_is_explained(self) -> None:
        """An error can say what each pattern stands for."""
        for operation in OPERATIONS:
            for struct in filter(None, (operation.arguments, operation.body)):
                for kind in kinds(struct).values():
                    if isinstance(kind, msgspec.inspect.StrType) and kind.pattern:
                        self.assertIn(kind.pattern, fields.MEANINGS)


class CursorTests(SynchronousTestCase):
    """Going on in a list."""

    def test_round_trip(self) -> None:
        """A cursor gives back its number in its own epoch; no cursor is the beginning."""
        self.assertEqual(parse_cursor(format_cursor(3, 17), 3), 17)
        self.assertEqual(parse_cursor(None, 3), 0)

    def test_other_epoch(self) -> None:
        """After a reset it is of no use, and says so."""
        error = self.assertRaises(Gone, parse_cursor, format_cursor(3, 17), 4)
        self.assertIn("3-17", str(error))
        self.assertRaises(Gone, parse_cursor, format_cursor(5, 17), 4)

    def test_of_many_processes(self) -> None:
        """One of a simulator with a process for each venue is of no use either."""
        self.assertIn("a process for each", str(self.assertRaises(Gone, parse_cursor, "0.0", 1)))

    def test_no_cursor(self) -> None:
        """What never was one is another mistake."""
        for text in ("", "7", "a-1", "1-", "-1", "1-2-3", "1-٣", "1-" + "9" * 19):
            self.assertRaises(Unprocessable, parse_cursor, text, 1)

    def test_pages(self) -> None:
        """A list of 7, in threes: full pages name their next, the last does not."""
        numbers = range(1, 8)

        def part(cursor: str | None) -> r.Page[str]:
            after = parse_cursor(cursor, 1)
            return page(((n, f"item {n}") for n in numbers if n > after), 1, 3)

        first = part(None)
        second = part(first.next)
        third = part(second.next)
        self.assertEqual(first.items, ["item 1", "item 2", "item 3"])
        self.assertEqual(second.items, ["item 4", "item 5", "item 6"])
        self.assertEqual(third, r.Page(["item 7"], None))

    def test_exactly_one_page(self) -> None:
        """As many as the limit are all there is: there is no next."""
        self.assertEqual(page([(1, "a"), (2, "b")], 1, 2), r.Page(["a", "b"], None))
        self.assertEqual(page([], 1, 2), r.Page([], None))
