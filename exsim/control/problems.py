"""
Errors as people and programs read them: ``application/problem+json``, RFC 9457.

Every error of the REST interface becomes a :class:`exsim.control.results.Problem` here.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Final

from msgspec import DecodeError, ValidationError, json

from exsim.control.fields import MEANINGS
from exsim.control.results import Problem
from exsim.errors import RequestError, Unprocessable

CONTENT_TYPE: Final = "application/problem+json"

_PLACE = re.compile(r" - at (?:`key` in )?`\$\.?(.*)`$")
_PATTERN = re.compile(r"^Expected `str` matching regex '(.*)'$", re.DOTALL)


_NEWER: Final = {413: "Content Too Large", 422: "Unprocessable Content"}
"""Phrases of RFC 9110, which Python knows only from 3.13."""


def phrase(status: int) -> str:
    """What a status is called."""
    return _NEWER.get(status) or HTTPStatus(status).phrase


class Refused(RequestError):
    """Refused before any operation saw it, with a status of HTTP's own."""

    def __init__(self, status: int, detail: str, **headers: str) -> None:
        super().__init__(detail)
        self.status = status
        self.title = phrase(status)
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class Invalid(Unprocessable):
    """A value does not fit its schema; ``field`` is its path, such as ``instruments[0].tick``."""

    def __init__(self, detail: str, field: str) -> None:
        super().__init__(detail)
        self.field = field


def invalid(error: ValidationError) -> Invalid:
    """What a validation error says, in words that name the field and what it should be."""
    text = str(error)
    place = _PLACE.search(text)
    field = place[1] if place else ""
    text = text[: place.start()] if place else text
    pattern = _PATTERN.match(text)
    if pattern:
        known = pattern[1].encode("ascii", "replace").decode("unicode_escape")
        text = f"Expected: {MEANINGS.get(known, known)}"
    return Invalid(f"{field}: {text}" if field else text, field)


def malformed(error: DecodeError | UnicodeDecodeError) -> Refused:
    """What is wrong with a body that is no JSON."""
    return Refused(400, f"The body is no JSON: {error}")


def problem_of(error: BaseException | None, instance: str) -> Problem:
    """The problem that an error is answered with; one that was not foreseen gives nothing away."""
    if not isinstance(error, RequestError):
        error = Refused(500, "This is a defect of the simulator; its log says more.")
    return Problem(
        title=error.title,
        status=error.status,
        detail=str(error),
        instance=instance,
        field=error.field if isinstance(error, Invalid) and error.field else None,
    )


def encode_problem(problem: Problem) -> bytes:
    """The problem as the body of an answer."""
    return json.encode(problem)
