"""Both clients do the same: one contract, run against each, over the real resource in memory."""

from __future__ import annotations

import inspect
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any, assert_type, cast

import msgspec
import requests
from requests.adapters import BaseAdapter
from treq.testing import StubTreq
from twisted.internet.defer import Deferred, TimeoutError
from twisted.internet.task import Clock
from twisted.internet.testing import MemoryReactorClock
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.resource import Resource

import exsim.client
from exsim.client import AsyncSimulator, Simulator, SimulatorError
from exsim.client.codec import TIMEOUT, amount, prepare, read
from exsim.control import results as r
from exsim.control import schemas as s
from exsim.control import session_schemas as ss
from exsim.control import trading_results as tr
from exsim.control import trading_schemas as ts
from exsim.control.access import Access
from exsim.control.openapi import document
from exsim.control.operations import BY_NAME, OPERATIONS
from exsim.control.resource import ControlResource
from exsim.errors import Conflict
from tests.fake_control import ANSWERS, REQUESTS, FakeControl
from tools.make_clients import CLIENTS, module_text, path_of

URL = "http://localhost:8480"


class TreqAdapter(BaseAdapter):
    """Lets requests speak to a web resource in memory; ``sent`` are the options of each request."""

    def __init__(self, case: SynchronousTestCase, resource: Resource) -> None:
        super().__init__()
        self._case = case
        self._treq: Any = StubTreq(resource)
        self.sent: list[dict[str, Any]] = []

    def send(self, request: requests.PreparedRequest, *_: Any, **options: Any) -> requests.Response:
        """Send a request and return its response, which is there at once."""
        self.sent.append(options)
        headers = dict(request.headers)
        headers.pop("Content-Length", None)  # treq counts by itself
        answered = self._case.successResultOf(
            self._treq.request(
                request.method,
                request.url,
                headers=headers,
                data=request.body,
                allow_redirects=False,
            )
        )
        response = requests.Response()
        response.request = request
        response.status_code = answered.code
        for name, values in answered.headers.getAllRawHeaders():
            response.headers[name.decode()] = values[0].decode()
        response._content = self._case.successResultOf(self._treq.content(answered))
        return response

    def close(self) -> None:
        """Nothing is open."""


class Html(Resource):
    """Something that is no simulator."""

    isLeaf = True

    def __init__(self, status: int) -> None:
        super().__init__()
        self._status = status

    def render(self, request: Any) -> bytes:
        """Answer as a proxy would."""
        request.setResponseCode(self._status)
        request.setHeader("location", "http://localhost/login")
        return b"<h1>Not here</h1>"


class ClientContract:
    """What holds for both clients."""

    case: SynchronousTestCase

    def setUp(self) -> None:
        """Make a fake control."""
        self.control = FakeControl()

    def client(self, resource: Resource, token: str | None = None) -> Any:
        """Return a client of a resource."""
        raise NotImplementedError

    def result(self, answer: Any) -> Any:
        """Return the result of a call, or raise its error."""
        raise NotImplementedError

    def simulator(self) -> Any:
        """Return a client of the fake control."""
        return self.client(ControlResource(self.control, Access(), Clock()))

    def test_every_operation(self: Any) -> None:
        """Each method asks for its operation with what it was given, and returns the result."""
        simulator = self.simulator()
        for name, (arguments, body) in REQUESTS.items():
            given = msgspec.structs.asdict(arguments)
            given |= {} if body is None else msgspec.structs.asdict(body)
            result = self.result(getattr(simulator, name)(**given))
            self.assertEqual(result, ANSWERS[name])
            self.assertIs(type(result), type(ANSWERS[name]))
            self.assertEqual(self.control.asked[-1], (name, arguments, body))

    def test_openapi(self: Any) -> None:
        """So does the one that the control is not asked about."""
        self.assertEqual(self.result(self.simulator().openapi()), document())

    def test_defaults(self: Any) -> None:
        """What is left out is left to the simulator."""
        simulator = self.simulator()
        self.result(simulator.list_orders("XSIM"))
        self.result(simulator.reset())
        self.result(simulator.create_session(name="s", endpoint="e"))
        orders, reset, session = self.control.asked
        self.assertEqual(orders[1], ts.OrdersArguments("XSIM"))
        self.assertEqual(reset[2], s.Reset())
        self.assertEqual(session[2], ss.NewSession("s", "e"))

    def test_amounts(self: Any) -> None:
        """Amounts may be text, whole numbers or Decimals, but nothing inexact."""
        enter = self.simulator().enter_order
        for quantity, price in ((100, Decimal("10.010")), ("100", "10.010")):
            self.result(enter("XSIM", symbol="A", side="BUY", quantity=quantity, price=price))
            body = self.control.asked[-1][2]
            self.assertEqual((body.quantity, body.price), ("100", "10.010"))
        with self.assertRaises(TypeError):
            enter("XSIM", symbol="A", side="BUY", quantity=0.1)

    def test_fields(self: Any) -> None:
        """Fields of a message may be a dict or pairs, by name or number; bytes are bytes."""
        simulator = self.simulator()
        expected = [("35", "8"), ("Text", "x")]
        for fields in ({"35": "8", "Text": "x"}, [(35, "8"), ("Text", "x")], expected):
            self.result(simulator.send_message("A", fields=fields))
            self.assertEqual(self.control.asked[-1][2], ss.NewMessage(fields=expected))
            self.result(simulator.reply_hold("4", fields=fields))
            self.assertEqual(self.control.asked[-1][2], ts.HoldReply(expected))
        self.result(simulator.send_message("A", raw=b"\x00\xff"))
        self.assertEqual(self.control.asked[-1][2], ss.NewMessage(raw=b"\x00\xff"))
        for wrong in ({}, {"fields": expected, "raw": b"x"}):
            with self.assertRaises(ValueError):
                simulator.send_message("A", **wrong)

    def test_refused(self: Any) -> None:
        """What the simulator refuses is an error with what it said."""
        self.control.answers["cancel_order"] = Conflict("it is filled")
        with self.assertRaises(SimulatorError) as caught:
            self.result(self.simulator().cancel_order("XSIM", "17"))
        error = caught.exception
        self.assertEqual((error.status, error.title), (409, "Conflict"))
        self.assertEqual(error.detail, "it is filled")
        self.assertEqual(error.problem.instance, "/api/v1/venues/XSIM/orders/17/cancel")
        self.assertEqual(str(error), "409 Conflict: it is filled")

    def test_invalid(self: Any) -> None:
        """What does not fit is refused by the simulator, which names the field."""
        with self.assertRaises(SimulatorError) as caught:
            self.result(self.simulator().set_price("A", price="1e3"))
        self.assertEqual(caught.exception.status, 422)
        self.assertEqual(caught.exception.problem.field, "price")

    def test_token(self: Any) -> None:
        """The token is sent where one is known."""
        resource = ControlResource(self.control, Access({"admin": ["s3cret"]}), Clock())
        self.result(self.client(resource, "s3cret").version())
        with self.assertRaises(SimulatorError) as caught:
            self.result(self.client(resource).version())
        self.assertEqual(caught.exception.status, 401)

    def test_no_simulator(self: Any) -> None:
        """What is no simulator is told as it is."""
        for status in (502, 302, 202):
            with self.assertRaises(SimulatorError) as caught:
                self.result(self.client(Html(status)).version())
            self.assertEqual(caught.exception.status, status)
            self.assertIn("Not here", caught.exception.detail)

    def test_methods(self: Any) -> None:
        """Each operation is a method with typed parameters and a docstring."""
        simulator = self.simulator()
        for operation in OPERATIONS:
            method = getattr(simulator, operation.name)
            signature = inspect.signature(method)
            self.assertTrue(str(inspect.getdoc(method)).lstrip().startswith(operation.summary))
            self.assertNotEqual(signature.return_annotation, inspect.Signature.empty)
            for parameter in signature.parameters.values():
                self.assertNotEqual(parameter.annotation, inspect.Parameter.empty)
            path = [
                name
                for name, parameter in signature.parameters.items()
                if parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
            ]
            self.assertEqual(path, list(operation.path_fields))


class BlockingTests(ClientContract, SynchronousTestCase):
    """The client over requests."""

    def client(self, resource: Resource, token: str | None = None) -> Simulator:
        """Return a client whose requests go to the resource."""
        session = requests.Session()
        self.adapter = TreqAdapter(self, resource)
        session.mount("http://", self.adapter)
        return Simulator(URL, token, session)

    def result(self, answer: Any) -> Any:
        """It is here already."""
        return answer

    def test_timeouts(self) -> None:
        """Each request has a time-out, and a long poll the time that it waits besides."""
        simulator = self.simulator()
        simulator.version()
        simulator.wait_holds(timeout="2m")
        timeouts = [options["timeout"][1] for options in self.adapter.sent]
        self.assertEqual(timeouts, [TIMEOUT, TIMEOUT + 120])

    def test_context(self) -> None:
        """It is a context manager that closes its session."""
        closed: list[bool] = []
        with self.simulator() as simulator:
            self.adapter.close = lambda: closed.append(True)  # type: ignore[method-assign]
            self.assertEqual(simulator.version(), ANSWERS["version"])
        self.assertEqual(closed, [True])

    def test_environment(self) -> None:
        """Proxies of the environment are not asked: the simulator is near."""
        self.assertFalse(Simulator(URL)._session.trust_env)


class AsynchronousTests(ClientContract, SynchronousTestCase):
    """The client over treq."""

    def client(self, resource: Resource, token: str | None = None) -> AsyncSimulator:
        """Return a client whose requests go to the resource."""
        self.clock = Clock()
        return AsyncSimulator(URL, cast(Any, self.clock), token, StubTreq(resource))

    def result(self, answer: Any) -> Any:
        """It is here already, in a Deferred."""
        self.assertIsInstance(answer, Deferred)
        results: list[Any] = []
        answer.addBoth(results.append)
        (result,) = results
        if isinstance(result, Failure):
            result.raiseException()
        return result

    def test_timeouts(self) -> None:
        """A request that is not answered in time is given up, a long poll after its own."""
        for name, seconds in (("version", TIMEOUT), ("wait_holds", TIMEOUT + 10)):
            later: Deferred[Any] = Deferred()
            self.control.answers[name] = later
            waiting = getattr(self.simulator(), name)()
            self.clock.advance(seconds - 1)
            self.assertNoResult(waiting)
            self.clock.advance(1)
            self.failureResultOf(waiting, TimeoutError)

    def test_no_timer_is_left(self) -> None:
        """An answer ends its time-out."""
        self.successResultOf(self.simulator().version())
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_own_connections(self) -> None:
        """Without a treq client it makes connections of its own, and closes them."""
        reactor: Any = MemoryReactorClock()
        simulator = AsyncSimulator("http://127.0.0.1:8480", reactor)
        waiting = simulator.version()
        self.assertEqual(reactor.tcpClients[0][:2], ("127.0.0.1", 8480))
        self.assertIsNone(self.successResultOf(simulator.close()))
        waiting.cancel()
        self.failureResultOf(waiting)


class CodecTests(SynchronousTestCase):
    """From a call to a request, and back."""

    def test_amount(self) -> None:
        """An exact number becomes plain text, whatever its exponent."""
        for value, text in (
            (Decimal("1E+2"), "100"),
            (Decimal("1E-8"), "0.00000001"),
            (Decimal("-0.10"), "-0.10"),
            (7, "7"),
            ("1.5", "1.5"),
            (None, None),
        ):
            self.assertEqual(amount(value), text)
        for wrong in (1.5, True, b"1"):
            self.assertRaises(TypeError, amount, wrong)

    def test_url(self) -> None:
        """Names are encoded whole; what is not given is not sent."""
        call = prepare(
            "http://h/",
            None,
            BY_NAME["get_book"],
            s.BookArguments("A/B ?", "../é", 10),
            None,
        )
        self.assertEqual(call.url, "http://h/api/v1/venues/A%2FB%20%3F/books/..%2F%C3%A9?depth=10")
        call = prepare("http://h", None, BY_NAME["list_messages"], ss.MessagesArguments(), None)
        self.assertEqual(call.url, "http://h/api/v1/messages?limit=100&order=oldest")

    def test_empty_text(self) -> None:
        """Empty text is given, and so it is sent."""
        arguments = ss.MessagesArguments(venue="", limit=1)
        call = prepare("", None, BY_NAME["list_messages"], arguments, None)
        self.assertEqual(call.url, "/api/v1/messages?venue=&limit=1&order=oldest")

    def test_body(self) -> None:
        """Of a body, what differs from its defaults is sent."""
        call = prepare("", None, BY_NAME["reset"], s.NoArguments(), s.Reset(venue="V"))
        self.assertEqual(call.content, b'{"venue":"V"}')

    def test_newer_simulator(self) -> None:
        """A result with a field more than is known here can be read."""
        content = b'{"version":"9","api":"v1","python":"4","build":"pure","colour":"red"}'
        result = read(BY_NAME["version"], 200, "application/json", content)
        self.assertEqual(result, r.Version("9", "v1", "4", "pure"))


class ImportTests(SynchronousTestCase):
    """What an import costs."""

    def imported(self, statement: str) -> list[str]:
        """Return which of the heavy modules a fresh Python has after a statement."""
        script = f"import sys\n{statement}\nprint(*sorted(set(sys.argv[1:]) & set(sys.modules)))"
        heavy = ["klein", "treq", "twisted.internet.defer", "twisted.internet.reactor"]
        root = Path(__file__).resolve().parent.parent
        command = [sys.executable, "-c", script, *heavy]
        return subprocess.check_output(command, cwd=root, text=True).split()

    def test_blocking(self) -> None:
        """The blocking client and ``exsim ctl`` do without Twisted."""
        self.assertEqual(self.imported("import exsim.client, exsim.client.ctl"), [])

    def test_asynchronous(self) -> None:
        """The asynchronous client comes when it is asked for, and installs no reactor."""
        found = self.imported("from exsim.client import AsyncSimulator")
        self.assertEqual(found, ["treq", "twisted.internet.defer"])
        self.assertRaises(AttributeError, getattr, exsim.client, "NoSuchThing")


class GeneratedTests(SynchronousTestCase):
    """The generated modules."""

    def test_current(self) -> None:
        """They are what the table gives; if this fails run python -m tools.make_clients."""
        for client in CLIENTS:
            module = Path(exsim.client.__file__).with_name(path_of(client).name)
            written = module.read_text(encoding="utf-8")
            self.assertEqual(written, module_text(client), client.module)


def typed(simulator: Simulator, asynchronous: AsyncSimulator) -> None:
    """Never run: here mypy says that the methods' types are those of the table."""
    assert_type(simulator.get_venue("XSIM"), r.Venue)
    assert_type(simulator.list_orders("XSIM", status="any"), tr.Orders)
    assert_type(simulator.list_orders("XSIM").items[0].price, str | None)
    simulator.delete_venue("XSIM")
    assert_type(simulator.openapi(), dict[str, Any])
    simulator.reply_hold("1", fields=[("35", "8"), (58, "x")])
    simulator.reply_hold("1", fields={"35": "8"})
    simulator.send_message("A", fields={35: "8"})
    simulator.send_message("A", raw=b"x")
    simulator.fill_hold("1", quantity=Decimal(1), price=None)
    assert_type(asynchronous.get_venue("XSIM"), Deferred[r.Venue])
    assert_type(asynchronous.delete_venue("XSIM"), Deferred[None])
    simulator.list_orders("XSIM", status="x")  # type: ignore[arg-type]
