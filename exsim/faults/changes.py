"""Fields that a fault of kind ``change`` names: by tag, or by name, in whatever protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from exsim.filters.names import key_of
from exsim.filters.seen import folded
from exsim.wire.layout import Field


def is_tag(key: str) -> bool:
    """Whether it is a tag, such as FIX has."""
    return key.isascii() and key.isdigit()


def tag_of(key: str) -> str:
    """
    The tag in FIX of a field.

    :raises ValueError: when nothing is called so.
    """
    if is_tag(key):
        return key
    tag = key_of(key).tag
    if not tag:
        raise ValueError(f"{key!r} is no field of FIX")
    return tag


def names_of(key: str) -> tuple[str, ...]:
    """What a protocol without tags calls a field, folded."""
    return key_of(key).names if is_tag(key) else (folded(key),)


def check_names(
    fields: Mapping[str, str | None], known: Mapping[str, Sequence[Field | None]], family: str
) -> None:
    """
    Whether there are these fields, and they can have these values.

    :param known: the fields by name; None for one that is text of any form.
    :raises ValueError: when one is not, or cannot.
    """
    for key, value in fields.items():
        names = names_of(key)
        found = [each for name in known if folded(name) in names for each in known[name]]
        if not found:
            close = get_close_matches(key, known, 1)
            hint = f": did you mean {close[0]!r}?" if close else ""
            raise ValueError(f"no message of {family} has a field {key!r}{hint}")
        if value is not None:
            _check_value(key, value, found)


def _check_value(key: str, value: str, fields: Sequence[Field | None]) -> None:
    """Whether one of the fields of a name can have a value."""
    wrong = ""
    for field in fields:
        if field is None:
            return
        try:
            field.parse(value)
        except ValueError as error:
            wrong = str(error)
        else:
            return
    raise ValueError(f"{key}={value}: {wrong}")
