"""Verbs over REST: what a body says, as a step."""

from __future__ import annotations

from typing import Any

import msgspec

from exsim.errors import Unprocessable
from exsim.model.steps import Step, step_of


def step_from(do: str, body: Any) -> Step:
    """
    The step that a body asks for; None is as good as one that says nothing.

    :raises exsim.errors.Unprocessable: when it makes no sense.
    """
    given: dict[str, Any] = {} if body is None else msgspec.structs.asdict(body)
    return step_of_plain({"do": do, **given})


def step_of_plain(given: dict[str, Any]) -> Step:
    """
    The step of plain values, among them ``raw`` bytes; what is None or empty is not given.

    :raises exsim.errors.Unprocessable: when it makes no sense.
    """
    raw = given.pop("raw", None)
    if raw is not None:
        given["data"] = raw.decode("latin-1")
    told = {name: value for name, value in given.items() if value not in (None, "", False)}
    try:
        return step_of(told)
    except ValueError as error:
        raise Unprocessable(str(error)) from None
