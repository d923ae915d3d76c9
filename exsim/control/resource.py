"""
The REST interface as a web resource: Klein routes, made from the operation table.

:func:`make_site` is what a server listens with. Importing this module imports Klein, and that
installs the default reactor: import it where a reactor is there already.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from functools import cache
from hashlib import blake2b
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

import msgspec
from klein import Klein
from msgspec import Struct
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from exsim.control import results as r
from exsim.control.access import Access, NoToken
from exsim.control.entries import JSON, PREFIX, Operation, kinds
from exsim.control.guesses import Guesses
from exsim.control.limits import BoundedSite
from exsim.control.operations import OPERATIONS, IControl
from exsim.control.page import PageFiles
from exsim.control.problems import (
    CONTENT_TYPE,
    Invalid,
    Refused,
    encode_problem,
    invalid,
    malformed,
    problem_of,
)
from exsim.control.streams import Streams
from exsim.errors import RequestError, Unavailable

MAX_QUERY_FIELDS: Final = 100
_METRICS: Final = f"{PREFIX}/metrics".encode()
_OPEN: Final = frozenset(f"{PREFIX}{one.path}".encode() for one in OPERATIONS if one.open)
"""What strangers may ask: a wrong token is refused there as anywhere, so that none is guessed."""
_INTEGER = re.compile("0|-?[1-9][0-9]{0,17}")

_log = Logger()

Handler = Callable[..., Awaitable[bytes]]


def make_site(control: IControl, access: Access, reactor: IReactorTime) -> BoundedSite:
    """The whole REST interface: its resource on a site that bounds bodies, time and connections."""
    return BoundedSite(ControlResource(control, access, reactor), reactor)


def _handler(operation: Operation) -> Handler:
    """The route of one operation."""

    async def handle(self: ControlResource, request: Request, **given: str) -> bytes:
        path = {name: given[f"the_{name}"] for name in operation.path_fields}
        if operation.streams:
            await self.stream(operation, request, path)
            return b""
        return await self.carry_out(operation, request, path)

    return handle


def _add_routes(app: Klein) -> None:
    """Have Klein know each operation: now, as the first request would wait a tenth of a second."""
    for operation in OPERATIONS:
        # Klein has arguments of its own beside these, and one is `endpoint`: hence the prefix.
        path = PREFIX + operation.path.replace("{", "<the_").replace("}", ">")
        app.route(path, endpoint=operation.name, methods=[operation.method])(_handler(operation))


class ControlResource(Resource):
    """
    All operations of a simulator over HTTP.

    ``reactor`` is what those wait on who guess tokens.
    """

    isLeaf = True
    app = Klein()
    _add_routes(app)

    def __init__(
        self,
        control: IControl,
        access: Access,
        reactor: IReactorTime,
        guesses: Guesses | None = None,
    ) -> None:
        super().__init__()
        self._control = control
        self._access = access
        self._reactor = reactor
        self._guesses = guesses or Guesses()
        self._streams = Streams(control, reactor)
        self._page = PageFiles()
        self._routes = self.app.resource()

    def beside(self, control: IControl) -> ControlResource:
        """The same before something else; who guesses tokens there guesses here."""
        return ControlResource(control, self._access, self._reactor, self._guesses)

    def render(self, request: Request) -> Any:
        """
        Refuse what may not come here, give the page away, route all else.

        Klein gets the path's segments as they came, still percent-encoded, so that an encoded
        slash does not part a name in two. Metrics are also where Prometheus looks first.
        """
        try:
            self._access.check_names(request)
            if self._page.has(request.path):
                return self._page.answer(request)
            if request.path not in _OPEN or not self._access.is_stranger(request):
                self._access.check_token(request)
        except RequestError as error:
            return self._refuse(request, error)
        path = _METRICS if request.path == b"/metrics" else request.path
        request.postpath = path[1:].split(b"/")
        return self._routes.render(request)

    def _refuse(self, request: Request, error: RequestError) -> Any:
        """Answer who may not come here: at once, or later where tokens are being guessed."""
        body = problem(request, error)
        if not isinstance(error, NoToken):
            return body
        peer = getattr(request.getClientAddress(), "host", "")
        wait = self._guesses.wrong(peer, self._reactor.seconds())
        if not wait:
            return body
        answer = self._reactor.callLater(wait, _write, request, body)
        request.notifyFinish().addErrback(lambda gone: answer.cancel())
        return NOT_DONE_YET

    @app.handle_errors(Exception)
    def failed(self, request: Any, failure: Failure) -> bytes:
        """Answer an error that a route, or the search for one, raised."""
        error = failure.value
        if isinstance(error, HTTPException):
            error = routing_error(error, request)
        elif not isinstance(error, RequestError):
            _log.failure("{method} {uri} failed", failure, method=request.method, uri=request.uri)
        return problem(request, error)

    async def stream(self, operation: Operation, request: Request, path: dict[str, str]) -> None:
        """Tell what happens until whoever asked hangs up."""
        self._access.check_role(request, operation)
        arguments = read_arguments(operation, request, path)
        read_body(operation, request)
        await self._streams.run(request, arguments)

    async def carry_out(
        self, operation: Operation, request: Request, path: dict[str, str]
    ) -> bytes:
        """Read what a request gives, do what it asks, and answer."""
        self._access.check_role(request, operation)
        arguments = read_arguments(operation, request, path)
        body = read_body(operation, request)
        if operation.name == "openapi":
            # Not at the top: few ask for it.
            from exsim.control.openapi import encoded

            result: Any = msgspec.Raw(encoded(self._access.guarded))
        elif operation.name == "get_access":
            result = r.Granted(self._access.guarded, self._access.role(request))
        else:
            try:
                result = self._control.perform(operation.name, arguments, body)
                if isinstance(result, Deferred):
                    result = await (result if operation.waits else unhurried(result))
            except Unavailable:
                if operation.open and self._access.is_stranger(request):
                    raise Unavailable("It is told why to those who bring a token.") from None
                raise
        return answer(operation, request, result, operation.answers_in(arguments))


def _write(request: Request, body: bytes) -> None:
    request.write(body)
    request.finish()


def unhurried(work: Deferred[Any]) -> Deferred[Any]:
    """
    A Deferred of the same result, which may be cancelled while the work goes on.

    Klein cancels what it waits for when whoever asked hangs up; half a command is none.
    """
    outcome: Deferred[Any] = Deferred()

    def done(result: Any) -> None:
        if not outcome.called:
            outcome.callback(result)
        elif isinstance(result, Failure):
            _log.failure("a command failed after whoever gave it hung up", result)

    work.addBoth(done)
    return outcome


def read_arguments(operation: Operation, request: Request, path: dict[str, str]) -> Struct:
    """The arguments of path and query, checked.

    :raises exsim.errors.RequestError: when they do not fit.
    """
    query = request.uri.partition(b"?")[2]
    try:
        given: dict[str, Any] = {
            name: unquote(text, errors="strict") for name, text in path.items()
        }
        pairs = parse_qsl(
            query.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_QUERY_FIELDS,
        )
    except ValueError as error:
        raise Refused(400, f"The path or query cannot be read: {error}") from None
    for name, text in pairs:
        if name in given and not isinstance(given[name], list):
            raise Invalid(f"{name}: given twice", name)
        _add(operation, given, name, text)
    try:
        return msgspec.convert(given, operation.arguments)
    except msgspec.ValidationError as error:
        raise invalid(error) from None


def _add(operation: Operation, given: dict[str, Any], name: str, text: str) -> None:
    """Put a value of the query where its field expects it; what fits no field shows later."""
    kind = kinds(operation.arguments).get(name)
    if isinstance(kind, msgspec.inspect.ListType):
        given.setdefault(name, []).append(text)
    elif isinstance(kind, msgspec.inspect.IntType) and _INTEGER.fullmatch(text):
        given[name] = int(text)
    else:
        given[name] = text


def read_body(operation: Operation, request: Request) -> Struct | None:
    """The body, checked; none is as good as an empty object.

    :raises exsim.errors.RequestError: when it does not fit.
    """
    content = request.content.read() if request.content else b""
    if operation.body is None:
        if content:
            raise Refused(400, f"{operation.name} takes no body.")
        return None
    media_type = (request.getHeader("content-type") or "").partition(";")[0].strip().lower()
    if content and media_type != "application/json":
        raise Refused(415, "Give the body as JSON: Content-Type: application/json")
    try:
        return _decode(content or b"{}", operation.body)
    except msgspec.ValidationError as error:
        raise invalid(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise malformed(error) from None


def _decode(content: bytes, kind: type[Struct]) -> Struct:
    """The Struct in a body. JSON has one kind of number: 7.0 is as whole as 7."""
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.ValidationError:
        whole = content
        for name in _integers(kind):
            number = rb'("%b"\s*:\s*-?[0-9]{1,16})\.0{1,32}(?=\s*[,}])' % name.encode()
            whole = re.sub(number, rb"\1", whole)
        if whole == content:
            raise
        return msgspec.json.decode(whole, type=kind)


@cache
def _integers(kind: type[Struct]) -> frozenset[str]:
    """The names of all fields of integers in a Struct and what it has in it."""
    return frozenset(_integer_names(msgspec.inspect.type_info(kind), ""))


def _integer_names(kind: msgspec.inspect.Type, name: str) -> Iterator[str]:
    """Those of a type, which the field of a ``name`` has."""
    match kind:
        case msgspec.inspect.IntType():
            yield name
        case msgspec.inspect.Metadata():
            yield from _integer_names(kind.type, name)
        case msgspec.inspect.UnionType():
            for each in kind.types:
                yield from _integer_names(each, name)
        case msgspec.inspect.ListType():
            yield from _integer_names(kind.item_type, name)
        case msgspec.inspect.StructType():
            for field in kind.fields:
                yield from _integer_names(field.type, field.encode_name)


def answer(operation: Operation, request: Request, result: Any, media: str = JSON) -> bytes:
    """The body of a good answer of that media type; status and headers are set."""
    request.setResponseCode(operation.status)
    request.setHeader("cache-control", "no-cache")
    if operation.result is None:
        return b""
    if media == JSON:
        content = msgspec.json.encode(result)
    else:
        content = result if isinstance(result, bytes) else result.encode()
    if operation.tagged:
        tag = f'"{blake2b(content, digest_size=12).hexdigest()}"'
        request.setHeader("etag", tag)
        if _has_it(request, tag):
            request.setResponseCode(304)
            return b""
    return _body(request, media, content)


def _has_it(request: Request, tag: str) -> bool:
    """Whether whoever asks has this version already (If-None-Match, RFC 9110, 13.1.2)."""
    known = (request.getHeader("if-none-match") or "").split(",")
    return bool({"*", tag} & {text.strip().removeprefix("W/") for text in known})


def problem(request: Request, error: BaseException | None) -> bytes:
    """The body of a bad answer; status and headers are set."""
    path = request.path.decode("ascii", "replace")
    told = problem_of(error, path)
    request.setResponseCode(told.status)
    if isinstance(error, Refused):
        for name, value in error.headers.items():
            request.setHeader(name, value)
    return _body(request, CONTENT_TYPE, encode_problem(told))


def routing_error(error: HTTPException, request: Request) -> Refused:
    """What is wrong when no route is found."""
    path = request.path.decode("ascii")[:200]
    if isinstance(error, MethodNotAllowed):
        taken = _methods(path)
        known = [method for method in error.valid_methods or () if method in taken]
        allowed = ", ".join(sorted(known))
        return Refused(405, f"{path} takes {allowed}.", Allow=allowed)
    return Refused(404, f"There is no {path}; {PREFIX}/openapi.json lists what there is.")


def _methods(path: str) -> set[str]:
    """What a path takes. Words of a path are never a name, which they could be: /holds/wait."""
    words = path.removeprefix(PREFIX).split("/")
    found: dict[int, set[str]] = {}
    for operation in OPERATIONS:
        parts = operation.path.split("/")
        if len(parts) == len(words) and all(
            part == word or part.startswith("{") for part, word in zip(parts, words, strict=True)
        ):
            taken = found.setdefault(operation.path.count("{"), set())
            taken |= {"GET", "HEAD"} if operation.method == "GET" else {operation.method}
    return found[min(found)] if found else set()


def _body(request: Request, content_type: str, content: bytes) -> bytes:
    request.setHeader("content-type", content_type)
    request.setHeader("content-length", str(len(content)))
    request.setHeader("x-content-type-options", "nosniff")
    return content
