"""The OpenAPI document is whole, and says what the interface does."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
from twisted.trial.unittest import SynchronousTestCase

from exsim import __version__
from exsim.control import session_schemas as ss
from exsim.control.entries import PREFIX, Operation
from exsim.control.examples import BODIES
from exsim.control.openapi import document
from exsim.control.operations import BY_NAME, OPERATIONS
from tests.fake_control import ANSWERS, REQUESTS

DOCUMENT = document()
NAME = "urn:exsim"
REGISTRY = jsonschema_rs.Registry([(NAME, {"components": DOCUMENT["components"]})])
HERE = Path(__file__).resolve().parent


def parts(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a document, the outer one too."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from parts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from parts(inner)


def described(operation: Operation) -> dict[str, Any]:
    """Return what the document says of an operation."""
    found: dict[str, Any] = DOCUMENT["paths"][operation.path][operation.method.lower()]
    return found


def fields_of(operation: Operation) -> set[str]:
    """Return the names of all that an operation takes, in its query, its path and its body."""
    body = operation.body.__struct_fields__ if operation.body else ()
    return {*operation.arguments.__struct_fields__, *body}


def check(schema: dict[str, Any], value: Any) -> bool:
    """Tell whether a value fits a schema of the document."""
    return validator(json.dumps(schema)).is_valid(value)


@cache
def validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    """What holds values to a schema of the document; what that refers to is there already."""
    whole = schema.replace('"#/', f'"{NAME}#/')
    return jsonschema_rs.Draft202012Validator(json.loads(whole), registry=REGISTRY)


class DocumentTests(SynchronousTestCase):
    """The document in itself."""

    def test_head(self) -> None:
        """It is OpenAPI 3.1, of this version, below the prefix."""
        self.assertEqual(DOCUMENT["openapi"], "3.1.0")
        self.assertEqual(DOCUMENT["info"]["version"], __version__)
        self.assertEqual(DOCUMENT["servers"], [{"url": PREFIX}])

    def test_json(self) -> None:
        """It is JSON, the same each time."""
        self.assertEqual(json.loads(json.dumps(DOCUMENT)), DOCUMENT)
        self.assertEqual(msgspec.json.encode(document()), msgspec.json.encode(DOCUMENT))

    def test_references(self) -> None:
        """What is referred to is there, and what is there is referred to."""
        used = {part["$ref"] for part in parts(DOCUMENT) if "$ref" in part}
        there = {
            f"#/components/{kind}/{name}"
            for kind in ("schemas", "responses")
            for name in DOCUMENT["components"][kind]
        }
        self.assertEqual(used, there)

    def test_schemas(self) -> None:
        """Every schema is a valid JSON Schema 2020-12."""
        for name, schema in DOCUMENT["components"]["schemas"].items():
            jsonschema_rs.meta.validate(
                {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema
            )
            self.assertEqual(schema["type"], "object", name)

    def test_patterns(self) -> None:
        """Patterns are anchored as JSON Schema has it, and bound their length."""
        patterns = {part["pattern"] for part in parts(DOCUMENT) if "pattern" in part}
        self.assertGreater(len(patterns), 10)
        for pattern in patterns:
            self.assertTrue(pattern.startswith("^(?:") and pattern.endswith(")$"), pattern)
            self.assertNotIn("\\Z", pattern)
            re.compile(pattern)

    def test_secured(self) -> None:
        """Where a token is asked for, every operation says so; otherwise none does."""
        secured = document(secured=True)
        scheme = secured["components"]["securitySchemes"]["token"]
        self.assertEqual((scheme["type"], scheme["scheme"]), ("http", "bearer"))
        self.assertNotIn("securitySchemes", DOCUMENT["components"])
        for operation in OPERATIONS:
            paths = secured["paths"][operation.path][operation.method.lower()]
            self.assertIn("401", paths["responses"])
            free: list[Any] = [{}] if operation.open else []
            self.assertEqual(paths["security"], [*free, {"token": [operation.role]}])
            self.assertNotIn("security", described(operation))
            self.assertNotIn("401", described(operation)["responses"])


class OperationTests(SynchronousTestCase):
    """What it says of each operation."""

    def test_all(self) -> None:
        """Every operation is there, under its name, and nothing else."""
        names = [
            item["operationId"] for path in DOCUMENT["paths"].values() for item in path.values()
        ]
        self.assertEqual(sorted(names), sorted(operation.name for operation in OPERATIONS))

    def test_parameters(self) -> None:
        """Its parameters are those of the path and the query, none of which may be null."""
        for operation in OPERATIONS:
            found = described(operation)["parameters"]
            by_place = {
                place: [item["name"] for item in found if item["in"] == place]
                for place in ("path", "query")
            }
            self.assertEqual(by_place["path"], list(operation.path_fields))
            self.assertEqual(by_place["query"], list(operation.query_fields))
            for item in found:
                self.assertNotIn("null", json.dumps(item), operation.name)
                self.assertTrue(item["required"] or item["in"] == "query")

    def test_cursors(self) -> None:
        """Whatever goes on after a cursor may find that it is gone, and says so."""
        after = [op for op in OPERATIONS if "after" in op.query_fields]
        self.assertGreater(len(after), 20)
        for operation in after:
            self.assertIn("410", described(operation)["responses"], operation.name)

    def test_beyond_schemas(self) -> None:
        """No schema tells what is a filter: what takes one may refuse what fits its schema."""
        settings = tomllib.loads((HERE / "soak" / "rest.toml").read_text())
        may = [
            item.get("include-operation-id-regex") or f"^{item['include-operation-id']}$"
            for item in settings["operations"]
            if "422" in str(item.get("checks"))
        ]
        filters = {"filter", "match", "when"}
        taking = [op.name for op in OPERATIONS if filters & fields_of(op) and not op.streams]
        self.assertGreater(len(taking), 6)
        self.assertEqual([name for name in taking if not re.match("|".join(may), name)], [])

    def test_statuses(self) -> None:
        """Every status that it can end in is there; those of a body only where there is one."""
        for operation in OPERATIONS:
            statuses = {int(status) for status in described(operation)["responses"]}
            self.assertLessEqual(
                {operation.status, 400, 403, 408, 421, 422, 500, *operation.errors}, statuses
            )
            self.assertEqual({413, 415} <= statuses, operation.body is not None, operation.name)
            self.assertEqual(304 in statuses, operation.tagged)
            self.assertEqual("requestBody" in described(operation), operation.body is not None)

    def test_body_needed(self) -> None:
        """A body has to be there where one of its fields has to."""
        needed = {
            operation.name: described(operation)["requestBody"]["required"]
            for operation in OPERATIONS
            if operation.body is not None
        }
        self.assertEqual((needed["reset"], needed["fill_hold"]), (False, False))
        self.assertEqual((needed["enter_order"], needed["set_price"]), (True, True))
        self.assertEqual((needed["set_sequence"], needed["send_message"]), (True, True))

    def test_needs(self) -> None:
        """Of some fields one, or one alone, has to be there: the document says what holds."""
        some, fields, raw = {"next_in": 1}, {"fields": [["35", "0"]]}, {"raw": "QQ=="}
        for name, struct, value, fits in (
            ("set_sequence", ss.SequenceNumbers, some, True),
            ("set_sequence", ss.SequenceNumbers, some | {"next_out": 10**9}, True),
            ("set_sequence", ss.SequenceNumbers, some | {"next_out": None}, True),
            ("set_sequence", ss.SequenceNumbers, some | {"next_out": 10**9 + 1}, False),
            ("set_sequence", ss.SequenceNumbers, {"next_in": 0}, False),
            ("set_sequence", ss.SequenceNumbers, {"next_in": None}, False),
            ("set_sequence", ss.SequenceNumbers, {}, False),
            ("send_message", ss.NewMessage, fields, True),
            ("send_message", ss.NewMessage, raw, True),
            ("send_message", ss.NewMessage, raw | {"fields": None}, True),
            ("send_message", ss.NewMessage, fields | raw, False),
            ("send_message", ss.NewMessage, {"fields": None, "raw": None}, False),
            ("send_message", ss.NewMessage, {"fields": []}, False),
            ("send_message", ss.NewMessage, {"fields": [["35", "0"]] * 2001}, False),
            ("send_message", ss.NewMessage, {}, False),
            *(("send_message", ss.NewMessage, {"raw": t}, True) for t in ("QUI=", "QUJD", "+/==")),
            *(
                ("send_message", ss.NewMessage, {"raw": t}, False)
                for t in ("", "QQ", "-_==", "Q===")
            ),
        ):
            body = described(BY_NAME[name])["requestBody"]["content"]["application/json"]
            self.assertEqual(check(body["schema"], value), fits, value)
            if fits:
                msgspec.convert(value, struct)
            else:
                self.assertRaises(msgspec.ValidationError, msgspec.convert, value, struct)

    def test_samples(self) -> None:
        """The samples of bodies and answers fit; a body with one field more, or null, does not."""
        for operation in OPERATIONS:
            if operation.name in ("openapi", "events", "get_access"):
                continue
            arguments, body = REQUESTS[operation.name]
            said = described(operation)
            if body is not None:
                schema = said["requestBody"]["content"]["application/json"]["schema"]
                value = msgspec.to_builtins(body)
                self.assertTrue(check(schema, value), operation.name)
                self.assertFalse(check(schema, value | {"colour": "red"}), operation.name)
                self.assertFalse(check(schema, None), operation.name)
            if operation.result is not None:
                schema = said["responses"][str(operation.status)]
                schema = schema["content"][operation.answers_in(arguments).partition(";")[0]][
                    "schema"
                ]
                value = msgspec.to_builtins(ANSWERS[operation.name])
                self.assertTrue(check(schema, value), operation.name)
                self.assertFalse(check(schema, []), operation.name)

    def test_examples(self) -> None:
        """Every body has an example that fits, and every argument's example fits its schema."""
        bodies = {operation.body.__name__ for operation in OPERATIONS if operation.body}
        self.assertEqual({*BODIES}, bodies)
        for operation in OPERATIONS:
            said = described(operation)
            if operation.body is not None:
                content = said["requestBody"]["content"]["application/json"]
                self.assertTrue(check(content["schema"], content["example"]), operation.name)
            for parameter in said["parameters"]:
                if "example" in parameter:
                    example = parameter["example"]
                    self.assertTrue(check(parameter["schema"], example), parameter["name"])

    def test_amounts(self) -> None:
        """An amount is text with a pattern that refuses what is inexact or out of range."""
        body = {"$ref": "#/components/schemas/NewOrder"}
        order = {"symbol": "A", "side": "BUY"}
        for quantity, fits in (
            ("1", True),
            ("0.00000001", True),
            ("0", False),
            ("1\n", False),
            (1, False),
        ):
            self.assertEqual(check(body, order | {"quantity": quantity}), fits, repr(quantity))
