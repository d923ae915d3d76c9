"""
The OpenAPI 3.1 document, made from the operation table and the Structs.

It says exactly what the interface does: what is forbidden there is refused here, and every
status that an operation can end in is there.
"""

from __future__ import annotations

import functools
from typing import Any, Final

from msgspec import Struct
from msgspec.json import encode, schema_components

from exsim import __version__
from exsim.control.entries import PREFIX, ROLES, Operation
from exsim.control.examples import ARGUMENTS, BODIES
from exsim.control.operations import OPERATIONS
from exsim.control.problems import CONTENT_TYPE, phrase
from exsim.control.results import Problem

Json = dict[str, Any]

_REFERENCE: Final = "#/components/schemas/{name}"
_GUARDED: Final = (401,)
"""Statuses of any operation where a token is asked for."""
_ANY: Final = (400, 403, 408, 421, 422, 500)
_BODY: Final = (413, 415)
_TOKEN: Final = f"For one of the roles {', '.join(ROLES)}; each may do what those before it may."


@functools.cache
def encoded(secured: bool) -> bytes:
    """The document as JSON; it takes a tenth of a second, and is made once a process."""
    return encode(document(secured=secured))


def document(*, secured: bool = False) -> Json:
    """The whole document; ``secured``: every request has to bring a bearer token."""
    results = {op.name: op.result for op in OPERATIONS if op.result is not None}
    others = [kind for op in OPERATIONS for kind in (op.arguments, op.body) if kind is not None]
    types = [*results.values(), *others, Problem]
    described, schemas = schema_components(types, ref_template=_REFERENCE)
    answers = dict(zip(results, described, strict=False))
    for schema in schemas.values():
        _close_patterns(schema)
    for operation in OPERATIONS:
        if operation.body is not None:
            _add_needs(schemas[operation.body.__name__], operation.body)
    whole: Json = {
        "openapi": "3.1.0",
        "info": {
            "title": "exsim",
            "version": __version__,
            "summary": "An exchange simulator, driven over REST",
            "license": {"name": "GPL-3.0-or-later", "identifier": "GPL-3.0-or-later"},
        },
        "servers": [{"url": PREFIX}],
        "paths": _paths(schemas, answers, secured),
        "components": {
            "schemas": {
                name: schema for name, schema in schemas.items() if not name.endswith("Arguments")
            },
            "responses": _problems(secured),
        },
    }
    if secured:
        whole["components"]["securitySchemes"] = {
            "token": {"type": "http", "scheme": "bearer", "description": _TOKEN}
        }
    return whole


def _close_patterns(schema: Any) -> None:
    """Write the end of every pattern as JSON Schema has it; see :mod:`exsim.control.fields`."""
    if isinstance(schema, list):
        for part in schema:
            _close_patterns(part)
    elif isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            schema["pattern"] = schema["pattern"].replace(r"\Z", "$")
        for part in schema.values():
            _close_patterns(part)


def _add_needs(schema: Json, body: type[Struct]) -> None:
    """Say which fields of a body need each other; see :class:`exsim.control.schemas.Input`."""
    for keyword, name in (("anyOf", "some_of"), ("oneOf", "one_of")):
        names = getattr(body, name, ())
        if names:
            schema[keyword] = [
                {"required": [name], "properties": {name: _not_null(schema["properties"][name])}}
                for name in names
            ]


def _asks_for_something(schema: Json) -> bool:
    """Whether an object cannot be empty."""
    return any(schema.get(keyword) for keyword in ("required", "anyOf", "oneOf"))


def _not_null(schema: Json) -> Json:
    return next(kind for kind in schema["anyOf"] if kind != {"type": "null"})


def _paths(schemas: Json, answers: Json, secured: bool) -> Json:
    paths: Json = {}
    for operation in OPERATIONS:
        described = _operation(operation, schemas, answers.get(operation.name), secured)
        paths.setdefault(operation.path, {})[operation.method.lower()] = described
    return paths


def _operation(operation: Operation, schemas: Json, answer: Json | None, secured: bool) -> Json:
    described: Json = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": _parameters(operation, schemas[operation.arguments.__name__]),
        "responses": {str(operation.status): _success(operation, answer)},
    }
    if operation.body is not None:
        schema = {"$ref": _REFERENCE.format(name=operation.body.__name__)}
        described["requestBody"] = {
            "content": {
                "application/json": {"schema": schema, "example": BODIES[operation.body.__name__]}
            },
            "required": _asks_for_something(schemas[operation.body.__name__]),
        }
    if secured:
        needed: list[Json] = [{"token": [operation.role]}]
        described["security"] = [{}, *needed] if operation.open else needed
    if operation.tagged:
        described["responses"]["304"] = {"description": "It has not changed."}
    for status in _errors(operation, secured):
        described["responses"][str(status)] = {"$ref": f"#/components/responses/{_key(status)}"}
    return described


def _errors(operation: Operation, secured: bool) -> list[int]:
    """The statuses of all errors that an operation can end in."""
    caller = _GUARDED if secured else ()
    return sorted({*_ANY, *caller, *operation.errors, *(_BODY if operation.body else ())})


def _parameters(operation: Operation, arguments: Json) -> list[Json]:
    return [
        _parameter(operation, name, schema, arguments)
        for name, schema in arguments["properties"].items()
    ]


def _parameter(operation: Operation, name: str, schema: Json, arguments: Json) -> Json:
    """A parameter; one that is not given is no null there, it is absent."""
    schema = dict(schema)
    if schema.get("default", 0) is None:
        del schema["default"]
    if "anyOf" in schema:
        schema |= next(kind for kind in schema.pop("anyOf") if kind != {"type": "null"})
    parameter: Json = {
        "name": name,
        "in": "path" if name in operation.path_fields else "query",
        "required": name in arguments.get("required", ()),
        "schema": schema,
    }
    if "description" in schema:
        parameter["description"] = schema.pop("description")
    if name in ARGUMENTS and operation.method != "DELETE":
        # An example may be tried out, and what the others name should still be there then.
        parameter["example"] = ARGUMENTS[name]
    return parameter


def _success(operation: Operation, answer: Json | None) -> Json:
    described: Json = {"description": phrase(operation.status)}
    if answer is not None:
        described["content"] = {
            kind: {"schema": _binary(kind) if operation.result is bytes else answer}
            for kind in (each.partition(";")[0] for each in operation.media.split(", "))
        }
    if operation.tagged:
        described["headers"] = {"ETag": {"schema": {"type": "string"}, "required": True}}
    return described


def _binary(kind: str) -> Json:
    """Bytes of a media type, which OpenAPI 3.1 calls a string."""
    return {"type": "string", "contentMediaType": kind}


def _problems(secured: bool) -> Json:
    """One response per status that is no success."""
    schema = {"$ref": _REFERENCE.format(name="Problem")}
    return {
        _key(status): {
            "description": phrase(status),
            "content": {CONTENT_TYPE: {"schema": schema}},
        }
        for status in sorted({s for operation in OPERATIONS for s in _errors(operation, secured)})
    }


def _key(status: int) -> str:
    return phrase(status).replace(" ", "").replace("-", "")
