"""The REST resource: routing, reading what is given, answers and errors, over StubTreq."""

from __future__ import annotations

import json
from typing import Any, cast

import msgspec
from treq.testing import StubTreq
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.trial.unittest import SynchronousTestCase

from exsim.client.codec import prepare
from exsim.control import schemas as s
from exsim.control import session_schemas as ss
from exsim.control import trading_results as tr
from exsim.control import trading_schemas as ts
from exsim.control.access import Access, is_local
from exsim.control.double_schemas import LoadedRecording
from exsim.control.entries import ROLES
from exsim.control.openapi import document
from exsim.control.operations import BY_NAME, OPERATIONS
from exsim.control.resource import ControlResource, make_site
from exsim.errors import Conflict, Gone, NotFound, RequestError, Unavailable, Unprocessable
from tests.fake_control import ANSWERS, BOOK, REQUESTS, FakeControl

JSON = {"Content-Type": "application/json"}


class Answer:
    """What came back: status, headers, the length that was promised, and content."""

    def __init__(self, status: int, headers: Any, length: Any, content: bytes) -> None:
        self.status = status
        self.headers = headers
        self.length = length
        self.content = content

    def header(self, name: str) -> str | None:
        """The one value of a header, or None."""
        found = self.headers.getRawHeaders(name)
        return None if found is None else cast(str, found[0])

    @property
    def json(self) -> Any:
        """The content, decoded."""
        return msgspec.json.decode(self.content)


class ResourceCase(SynchronousTestCase):
    """A resource before a fake control."""

    access = Access()

    def setUp(self) -> None:
        """Make both."""
        self.control = FakeControl()
        self.treq: Any = StubTreq(ControlResource(self.control, self.access, Clock()))

    def ask(
        self,
        method: str,
        path: str,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send a request to a path below /api/v1 and return what comes back."""
        url = f"http://localhost/api/v1{path}"
        if content is not None and headers is None:
            headers = JSON
        response = self.successResultOf(
            self.treq.request(method, url, headers=headers or {}, data=content)
        )
        body = self.successResultOf(self.treq.content(response))
        return Answer(response.code, response.headers, response.length, body)

    def assert_problem(self, answer: Answer, status: int, *words: str) -> Any:
        """Check that an answer is a problem of that status, whose detail has all the words."""
        self.assertEqual(answer.header("content-type"), "application/problem+json")
        problem = answer.json
        self.assertEqual((answer.status, problem["status"]), (status, status), problem)
        self.assertEqual(problem["type"], "about:blank")
        self.assertNotEqual(problem["title"], "")
        for word in words:
            self.assertIn(word, problem["detail"])
        return problem


class OperationTests(ResourceCase):
    """Each operation of the table reaches the control, and its result comes back."""

    def test_every_operation(self) -> None:
        """Arguments and body arrive as they were meant, and the sample answer is what is told."""
        for name, (arguments, body) in REQUESTS.items():
            operation = BY_NAME[name]
            call = prepare("", None, operation, arguments, body)
            path = call.url.removeprefix("/api/v1")
            answer = self.ask(call.method, path, call.content, dict(call.headers))
            self.assertEqual(answer.status, operation.status, answer.content)
            self.assertEqual(self.control.asked[-1], (name, arguments, body))
            if operation.result is None:
                self.assertEqual(answer.content, b"")
            else:
                result = ANSWERS[name]
                if isinstance(result, bytes):
                    self.assertEqual(answer.content, result)
                elif isinstance(result, str):
                    self.assertEqual(answer.content, result.encode())
                else:
                    self.assertEqual(answer.content, msgspec.json.encode(result))
                media = operation.answers_in(arguments)
                self.assertEqual(answer.header("content-type"), media)
                self.assertEqual(answer.length, len(answer.content))
            self.assertEqual(answer.header("cache-control"), "no-cache")

    def test_pictures(self) -> None:
        """The media type is that of the format that was asked for, PNG where none was."""
        for query, media in (("?format=svg", "image/svg+xml"), ("", "image/png")):
            answer = self.ask("GET", f"/venues/XSIM/pricing/walk/plot{query}")
            self.assertEqual(answer.header("content-type"), media)

    def test_defaults(self) -> None:
        """What is left out has the default that the Struct says."""
        self.ask("GET", "/venues/XSIM/orders")
        self.ask("POST", "/reset")
        self.ask("POST", "/reset", b"{}")
        (_, orders, _), first, second = self.control.asked
        self.assertEqual(orders, ts.OrdersArguments("XSIM"))
        self.assertEqual(first, ("reset", s.NoArguments(), s.Reset()))
        self.assertEqual(second, first)

    def test_repeated(self) -> None:
        """A tag may be given again; each counts."""
        self.ask("GET", "/messages?tag=55%3DAAA&tag=11&limit=3")
        self.assertEqual(
            self.control.asked[0][1], ss.MessagesArguments(tag=["55=AAA", "11"], limit=3)
        )

    def test_exact_names(self) -> None:
        """Percent-encoded, a name may hold a slash, a dot, a space, and any letter."""
        for text, name in (
            ("A%2FB", "A/B"),
            ("%2E%2e", ".."),
            ("a%20b+c", "a b+c"),
            ("%C3%A9", "é"),
        ):
            self.ask("GET", f"/venues/{text}")
            self.assertEqual(self.control.asked[-1][1], s.VenueArguments(name))

    def test_openapi(self) -> None:
        """The document is answered without asking the control."""
        answer = self.ask("GET", "/openapi.json")
        self.assertEqual(answer.json, document())
        self.assertEqual(self.control.asked, [])

    def test_later(self) -> None:
        """A Deferred is waited for."""
        later: Deferred[Any] = Deferred()
        self.control.answers["wait_holds"] = later
        waiting = self.treq.get("http://localhost/api/v1/holds/wait?timeout=2s")
        self.assertNoResult(waiting)
        later.callback(tr.AwaitedHolds([], False))
        self.treq.flush()
        response = self.successResultOf(waiting)
        content = self.successResultOf(self.treq.content(response))
        self.assertEqual(content, b'{"items":[],"complete":false}')

    def test_head(self) -> None:
        """HEAD is GET without the content."""
        answer = self.ask("HEAD", "/version")
        self.assertEqual((answer.status, answer.content), (200, b""))

    def test_json_charset(self) -> None:
        """A charset after the media type is fine."""
        headers = {"Content-Type": "Application/JSON; charset=utf-8"}
        self.assertEqual(self.ask("PUT", "/prices/A", b'{"price":"1"}', headers).status, 200)

    def test_instances(self) -> None:
        """Two resources in a process are apart."""
        other = FakeControl()
        ControlResource(other, Access(), Clock())
        self.ask("GET", "/version")
        self.assertEqual((len(self.control.asked), len(other.asked)), (1, 0))


class TagTests(ResourceCase):
    """Books have an ETag of their content."""

    def tag(self) -> str:
        """The ETag now."""
        tag = self.ask("GET", "/venues/XSIM/books/AAA").header("etag")
        assert tag is not None
        return tag

    def test_unchanged(self) -> None:
        """Whoever has a book already is told just that."""
        tag = self.tag()
        for text in (tag, f"W/{tag}", f'"x", {tag}', "*"):
            answer = self.ask("GET", "/venues/XSIM/books/AAA", None, {"If-None-Match": text})
            self.assertEqual((answer.status, answer.content), (304, b""), text)
            self.assertEqual(answer.header("etag"), tag)

    def test_changed(self) -> None:
        """Another content has another tag, and is told."""
        tag = self.tag()
        self.control.answers["get_book"] = msgspec.structs.replace(BOOK, bids=[])
        answer = self.ask("GET", "/venues/XSIM/books/AAA", None, {"If-None-Match": tag})
        self.assertEqual(answer.status, 200)
        self.assertNotEqual(answer.header("etag"), tag)
        self.assertEqual(answer.json["bids"], [])


class ProblemTests(ResourceCase):
    """Every error is a problem document that says what, where, and what would be right."""

    def test_refused(self) -> None:
        """What the control refuses keeps its status, title and text."""
        for error, status in ((NotFound, 404), (Conflict, 409), (Gone, 410), (Unprocessable, 422)):
            self.control.answers["get_venue"] = error("no venue like that")
            problem = self.assert_problem(self.ask("GET", "/venues/XSIM"), status)
            self.assertEqual(problem["detail"], "no venue like that")
            self.assertEqual(problem["title"], error.title)
            self.assertEqual(problem["instance"], "/api/v1/venues/XSIM")

    def test_defect(self) -> None:
        """A defect is logged with its traceback, and the answer gives nothing of it away."""
        self.control.answers["version"] = ZeroDivisionError("secret")
        answer = self.ask("GET", "/version")
        self.assert_problem(answer, 500, "defect")
        self.assertNotIn(b"secret", answer.content)
        (failure,) = self.flushLoggedErrors(ZeroDivisionError)
        self.assertEqual(str(failure.value), "secret")

    def test_later_defect(self) -> None:
        """The same, when a Deferred fails."""
        later: Deferred[Any] = Deferred()
        self.control.answers["wait_holds"] = later
        waiting = self.treq.get("http://localhost/api/v1/holds/wait")
        later.errback(KeyError("secret"))
        self.treq.flush()
        self.assertEqual(self.successResultOf(waiting).code, 500)
        self.assertEqual(len(self.flushLoggedErrors(KeyError)), 1)

    def test_not_ready(self) -> None:
        """A status of the control's own is kept."""

        class NotReady(RequestError):
            status = 503
            title = "Not ready"

        self.control.answers["health_ready"] = NotReady("order-entry does not listen")
        self.assert_problem(self.ask("GET", "/health/ready"), 503, "order-entry")

    def test_later_command(self) -> None:
        """A command may take its time, and succeed or be refused."""
        for outcome, status in ((None, 204), (Conflict("it is in use"), 409)):
            later: Deferred[Any] = Deferred()
            self.control.answers["delete_endpoint"] = later
            waiting = self.treq.delete("http://localhost/api/v1/endpoints/e")
            self.assertNoResult(waiting)
            later.callback(outcome) if outcome is None else later.errback(outcome)
            self.treq.flush()
            self.assertEqual(self.successResultOf(waiting).code, status)

    def test_unknown_route(self) -> None:
        """What there is no route to is a 404 that says where to look."""
        for path in ("/", "", "/venue", "/venues/", "//venues", "/venues//XSIM", "/../version"):
            self.assert_problem(self.ask("GET", path), 404, "/api/v1/openapi.json")

    def test_outside(self) -> None:
        """So is what lies outside, but for the page: see tests/test_page.py."""
        response = self.successResultOf(self.treq.get("http://localhost/elsewhere"))
        self.assertEqual(response.code, 404)

    def test_wrong_method(self) -> None:
        """Another method is a 405 that says which are allowed."""
        answer = self.ask("DELETE", "/venues")
        self.assert_problem(answer, 405, "GET, HEAD, POST")
        self.assertEqual(answer.header("allow"), "GET, HEAD, POST")
        self.assert_problem(self.ask("OPTIONS", "/reset"), 405)
        self.assert_problem(self.ask("OPTIONS", "/holds/wait"), 405, "GET, HEAD")
        self.assert_problem(self.ask("OPTIONS", "/holds/1"), 405, "GET, HEAD, PATCH")
        self.assert_problem(self.ask("BREW", "/reset"), 405)

    def test_bad_encoding(self) -> None:
        """Bytes that are no UTF-8 are refused, in the path and in the query."""
        self.assert_problem(self.ask("GET", "/venues/%FF"), 400, "utf-8")
        self.assert_problem(self.ask("GET", "/messages?venue=%FF"), 400, "utf-8")

    def test_too_many_query_fields(self) -> None:
        """A query has at most a hundred fields."""
        query = "&".join(["tag=1"] * 101)
        self.assert_problem(self.ask("GET", f"/messages?{query}"), 400, "fields")
        query = "&".join(["tag=1"] * 32)
        self.assertEqual(self.ask("GET", f"/messages?{query}").status, 200)
        query = "&".join(["tag=1"] * 33)
        self.assert_problem(self.ask("GET", f"/messages?{query}"), 422, "tag", "32")

    def test_query_values(self) -> None:
        """Each value that does not fit is named."""
        for query, field in (
            ("limit=0", "limit"),
            ("limit=1001", "limit"),
            ("limit=1.0", "limit"),
            ("limit=+1", "limit"),
            ("limit=%D9%A3", "limit"),
            ("limit=", "limit"),
            ("limit=99999999999999999999", "limit"),
            ("limit=1&limit=1", "limit"),
            ("after=x", "after"),
            ("direction=null", "direction"),
            ("direction=IN", "direction"),
            ("tag=a&tag=%01", "tag[1]"),
            ("venue=", "venue"),
        ):
            problem = self.assert_problem(self.ask("GET", f"/messages?{query}"), 422, field)
            self.assertEqual(problem["field"], field, query)
        self.assert_problem(self.ask("GET", "/messages?colour=red"), 422, "colour")
        self.assertEqual(self.control.asked, [])

    def test_body_values(self) -> None:
        """Each value of a body that does not fit is named, with what would be right."""
        for content, field, word in (
            (b'{"name":""}', "name", "name"),
            (b'{"name":"V","seed":"1"}', "seed", "int"),
            (b'{"name":"V","seed":true}', "seed", "int"),
            (b'{"name":"V","seed":1e400000000}', "seed", "out of range"),
            (b'{"name":"V","on_error":"panic"}', "on_error", "panic"),
            (b'{"name":"V","policies":["a","b c"]}', "policies[1]", "visible ASCII"),
            (
                b'{"name":"V","instruments":[{"symbol":"A","tick":"0"}]}',
                "instruments[0].tick",
                "zero",
            ),
            (b'{"name":"V","instruments":[{"symbol":"A","tick":1}]}', "instruments[0].tick", "str"),
        ):
            problem = self.assert_problem(self.ask("POST", "/venues", content), 422, field, word)
            self.assertEqual(problem["field"], field, content)
        self.assert_problem(self.ask("POST", "/venues", b"{}"), 422, "name")
        self.assert_problem(self.ask("POST", "/venues"), 422, "name")
        self.assert_problem(self.ask("POST", "/venues", b"[]"), 422, "object")
        self.assert_problem(self.ask("POST", "/venues", b'{"name":"V","x":1}'), 422, "`x`")
        body = b'{"name":"s","endpoint":"e","options":{"a b":"c"}}'
        problem = self.assert_problem(self.ask("POST", "/sessions", body), 422, "Visible ASCII")
        self.assertEqual(problem["field"], "options")
        self.assertEqual(self.control.asked, [])

    def test_bad_json(self) -> None:
        """What is no JSON is a 400."""
        for content in (
            b"{",
            b'{"name":"V"}x',
            b"{'name':1}",
            b'{"name":NaN}',
            b'{"name":"\xff"}',
            b'{"name":"\\ud800"}',
            b"\x00",
        ):
            self.assert_problem(self.ask("POST", "/venues", content), 400, "JSON")

    def test_deep_json(self) -> None:
        """However deep it is, it is refused at its first level that fits no schema."""
        for depth in (3, 64, 65, 300_000):
            for start in (b"[", b'{"name":', b'{"policies":[', b'{"x":', b'{"instruments":['):
                self.assertEqual(self.ask("POST", "/venues", start + b"[" * depth).status, 422)

    def test_long_numbers(self) -> None:
        """A number is refused without being worked out."""
        for number in (b"1e400000000", b"-1e400000000", b"9" * 1_000_000, b"0." + b"1" * 1_000_000):
            for field in (b"seed", b"name", b"policies"):
                body = b'{"%b":%b}' % (field, number)
                self.assertEqual(self.ask("POST", "/venues", body).status, 422)

    def test_whole_numbers(self) -> None:
        """JSON has one kind of number, so 7.0 is 7; text that looks like it stays."""
        body = b'{"name":"\\u002d7.0","pricing":"1.0","seed" : -0.00 }'
        self.assertEqual(self.ask("POST", "/venues", body).status, 201)
        self.assertEqual(self.control.asked[-1][2], s.NewVenue("-7.0", pricing="1.0", seed=0))
        for number in (b"7.5", b"7.05", b"7.0e1", b"7.0.0", b'"7.0"'):
            answer = self.ask("POST", "/venues", b'{"name":"V","seed":%b}' % number)
            self.assertIn(answer.status, (400, 422))
        body = b'{"name":"V","policies":["\\"seed\\":7.0,"],"seed":7.0}'
        self.assert_problem(self.ask("POST", "/venues", body), 422, "policies[0]")

    def test_whole_numbers_inside(self) -> None:
        """The same of numbers in what a body has lists of."""
        message = {"at": 5, "session": "T", "direction": "in", "type": "D", "fields": []}
        body = json.dumps({"messages": [message]}).encode()
        path = "/recordings/a-morning"
        for text in (b'"at": 5,', b'"at": 5.0,'):
            answer = self.ask("PUT", path, body.replace(b'"at": 5,', text))
            self.assertEqual(answer.status, 200, answer.content)
            sent = self.control.asked[-1][2]
            assert isinstance(sent, LoadedRecording)
            self.assertEqual(sent.messages[0].at, 5)
        answer = self.ask("PUT", path, body.replace(b'"at": 5,', b'"at": 5.5,'))
        self.assert_problem(answer, 422, "messages[0].at")

    def test_media_type(self) -> None:
        """A body is JSON, and says so."""
        for headers in (
            {},
            {"Content-Type": "text/plain"},
            {"Content-Type": "application/x-www-form-urlencoded"},
            {"Content-Type": "multipart/form-data; boundary=x"},
            {"Content-Type": "application/jsonx"},
        ):
            answer = self.ask("PUT", "/prices/A", b'{"price":"1"}', headers)
            self.assert_problem(answer, 415, "application/json")

    def test_body_where_none_is(self) -> None:
        """What takes no body says so."""
        self.assert_problem(self.ask("POST", "/holds/1/drop", b"{}"), 400, "drop_hold")
        self.assert_problem(self.ask("GET", "/version", b"{}"), 400, "version")


class GuardTests(ResourceCase):
    """Without a token, only who is on this machine and no web page may ask."""

    def host(self, host: str, **headers: str) -> Answer:
        """Ask with a Host header."""
        return self.ask("GET", "/version", None, {"Host": host, **headers})

    def test_host(self) -> None:
        """A name that an attacker's DNS may point here is refused; addresses are none of that."""
        self.assert_problem(self.host("evil.example"), 421, "evil.example")
        self.assert_problem(self.host("localhost.evil.example:80"), 421)
        for host in ("localhost", "localhost:8480", "127.0.0.1:8480", "[::1]:8480", "10.0.0.7"):
            self.assertEqual(self.host(host).status, 200, host)

    def test_is_local(self) -> None:
        """Odd headers are not local, and raise nothing."""
        for host in (
            "",
            "[::1",
            "a@",
            "localhost.",
            "127.1.evil",
            "localhost:80:90",
            "[x]",
            "\udcff",
        ):
            self.assertEqual((host, is_local(host)), (host, False))

    def test_origin(self) -> None:
        """A page of another site is refused; one of this server is not."""
        self.assert_problem(self.host("localhost", Origin="http://evil.example"), 403, "evil")
        self.assert_problem(self.host("localhost", Origin="null"), 403)
        self.assert_problem(self.host("localhost:8480", Origin="http://localhost:99"), 403)
        self.assertEqual(self.host("localhost:8480", Origin="http://localhost:8480").status, 200)


class TokenTests(ResourceCase):
    """With tokens, who brings one may do what it is for."""

    access = Access(
        {"read": ["looks"], "trade": ["trades", "too"], "admin": ["s3cret-é"]}, ["Exsim.example"]
    )

    def authorized(self, text: str | None, method: str = "GET", path: str = "/venues") -> Answer:
        """Ask with an Authorization header."""
        headers = {"Host": "exsim.example:8480"}
        return self.ask(
            method, path, None, headers | ({} if text is None else {"Authorization": text})
        )

    def test_right(self) -> None:
        """The right one opens."""
        for text in ("Bearer s3cret-é", "bearer s3cret-é", "BEARER  s3cret-é", "Bearer too"):
            self.assertEqual(self.authorized(text).status, 200)

    def test_wrong(self) -> None:
        """None, a wrong one and another scheme get the same answer, before anything is read."""
        wrong = (None, "", "Bearer", "Bearer ", "Bearer s3cret", "Basic s3cret-é", "s3cret-é")
        answers = [self.authorized(text) for text in wrong]
        for answer in answers:
            self.assert_problem(answer, 401, "Bearer")
            self.assertEqual(answer.header("www-authenticate"), "Bearer")
        self.assertEqual(len({answer.content for answer in answers}), 1)
        self.assert_problem(self.ask("POST", "/nowhere", b"x"), 401)
        self.assertEqual(self.control.asked, [])

    def test_roles(self) -> None:
        """Every operation lets those through whose token is for its role or more, and no other."""
        tokens = {"read": "looks", "trade": "trades", "admin": "s3cret-é"}
        for name, (arguments, body) in REQUESTS.items():
            operation = BY_NAME[name]
            for role, token in tokens.items():
                call = prepare("", token, operation, arguments, body)
                path = call.url.removeprefix("/api/v1")
                answer = self.ask(call.method, path, call.content, dict(call.headers))
                allowed = ROLES.index(role) >= ROLES.index(operation.role)
                if allowed:
                    self.assertEqual(answer.status, operation.status, (name, role))
                else:
                    self.assert_problem(answer, 403, name, operation.role)
        reading = {operation.name for operation in OPERATIONS if operation.role == "read"}
        looking = {operation.name for operation in OPERATIONS if operation.method == "GET"}
        self.assertEqual(looking - reading, {"diagnose"})
        self.assertEqual(reading - looking, {"verify_messages"})
        trading = {op.path.split("/")[-1] for op in OPERATIONS if op.role == "trade"}
        wanted = (
            "orders cancel replace fill expire done-for-day stop calculate suspend resume bust"
            " correct restate match pending raw lists release ack reject drop reply {symbol} pull"
            " reset step ramp schedule feed {hold}"
        )
        self.assertEqual(trading, set(wanted.split()))

    def test_open(self) -> None:
        """Probes bring none: they are told whether it is well, but not why not."""
        self.control.answers["health_ready"] = Unavailable("the disk is full")
        path = "/health/ready"
        self.assertEqual(self.authorized(None, path="/health/live").status, 200)
        stranger = self.authorized(None, path=path)
        self.assert_problem(stranger, 503, "to those who bring a token")
        self.assertNotIn(b"disk", stranger.content)
        self.assert_problem(self.authorized("Bearer looks", path=path), 503, "the disk is full")
        for text in ("Bearer wrong", ""):
            self.assert_problem(self.authorized(text, path=path), 401, "Bearer")
        opened = {operation.name for operation in OPERATIONS if operation.open}
        self.assertEqual(opened, {"health_live", "health_ready"})

    def test_role_before_reading(self) -> None:
        """Who may not do it hears nothing of what is wrong with how."""
        answer = self.ask("POST", "/reset", b"junk", {"Authorization": "Bearer looks"})
        self.assert_problem(answer, 403, "reset", "admin")

    def test_hosts(self) -> None:
        """A token does not make another name or another page's origin good."""
        headers = {"Authorization": "Bearer looks"}
        for host, status in (("exsim.example", 200), ("EXSIM.example:1", 200), ("x.example", 421)):
            answer = self.ask("GET", "/venues", None, headers | {"Host": host})
            self.assertEqual(answer.status, status, host)
        origin = headers | {"Host": "localhost", "Origin": "http://evil.example"}
        self.assert_problem(self.ask("GET", "/venues", None, origin), 403, "evil")

    def test_openapi(self) -> None:
        """The document says that a token is needed, to those who have it."""
        self.assertEqual(self.ask("GET", "/openapi.json").status, 401)
        headers = {"Authorization": "Bearer s3cret-é"}
        answer = self.ask("GET", "/openapi.json", None, headers)
        self.assertEqual(answer.json, document(secured=True))


class MetricsTests(ResourceCase):
    """Metrics are text, and where Prometheus looks."""

    access = Access({"read": ["looks"]})

    def test_metrics(self) -> None:
        """Below /api/v1 and at /metrics; with a token where one is asked for."""
        for url in ("http://localhost/metrics", "http://localhost/api/v1/metrics"):
            headers = {"Authorization": "Bearer looks"}
            response = self.successResultOf(self.treq.get(url, headers=headers))
            kind = response.headers.getRawHeaders("content-type")
            self.assertEqual(kind, ["text/plain; version=0.0.4; charset=utf-8"])
            text = self.successResultOf(self.treq.content(response)).decode()
            self.assertEqual(text, ANSWERS["metrics"])
            refused = self.successResultOf(self.treq.get(url))
            self.assertEqual(refused.code, 401)


class HangUpTests(SynchronousTestCase):
    """Who hangs up is waited for no more."""

    def hang_up(self, name: str, request: bytes) -> tuple[Deferred[Any], list[bool]]:
        """Ask for something that is not there yet, hang up, and return its Deferred."""
        cancelled: list[bool] = []
        later: Deferred[Any] = Deferred(lambda _: cancelled.append(True))
        control = FakeControl()
        control.answers[name] = later
        channel = make_site(control, Access(), cast(Any, Clock())).buildProtocol(None)
        transport = StringTransport()
        channel.makeConnection(transport)
        channel.dataReceived(request + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
        self.assertEqual((len(control.asked), cancelled), (1, []))
        channel.connectionLost()
        self.assertEqual(transport.value(), b"")
        return later, cancelled

    def test_long_poll(self) -> None:
        """The Deferred of a long poll is cancelled, and nothing is logged."""
        _, cancelled = self.hang_up("wait_messages", b"GET /api/v1/messages/wait")
        self.assertEqual(cancelled, [True])

    def test_command(self) -> None:
        """That of a command goes on to its end."""
        later, cancelled = self.hang_up("delete_venue", b"DELETE /api/v1/venues/XSIM")
        self.assertEqual(cancelled, [])
        later.callback(None)

    def test_failing_command(self) -> None:
        """If it fails then, nobody is there to hear it but the log."""
        later, _ = self.hang_up("delete_venue", b"DELETE /api/v1/venues/XSIM")
        later.errback(KeyError("XSIM"))
        self.assertEqual(len(self.flushLoggedErrors(KeyError)), 1)


class CompletenessTests(SynchronousTestCase):
    """Nothing of the table is left out of these tests."""

    def test_routes(self) -> None:
        """Each operation has a route of its own."""
        rules = {rule.endpoint for rule in ControlResource.app.url_map.iter_rules()}
        self.assertEqual(rules, {operation.name for operation in OPERATIONS})
