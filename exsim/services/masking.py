"""Keeping secrets out of what people get to read: log lines, and settings in a diagnosis."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final

MASK: Final = "***"
"""What stands where a secret was."""

_SECRET_KEY: Final = re.compile("password|passphrase|secret|credential|api_?key", re.IGNORECASE)
"""Keys of the configuration whose values nobody may read, those of other people's plugins too."""
_SECRET_TEXT: Final = re.compile(
    r"(?P<tag>(?<![0-9])(?:554|925|1402|1404|96)=)[^\x01|\n]+|(?P<scheme>\bBearer\s+)\S+",
    re.IGNORECASE,
)
"""A password in a FIX message, whatever its delimiter is written as, and a token in a header."""
_SECRET_URL: Final = re.compile(
    r"(?P<user>://[^/@\s:]*:)(?P<password>[^/@\s]+)(?=@)|(?P<key>[?&]password=)(?P<value>[^&\s]+)"
)
"""The password in the URL of a database, or another one."""


def plain(value: Any) -> Any:
    """Settings as what JSON has, with a mask for every secret that is not empty."""
    if is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _value(str(key), one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    if isinstance(value, str):
        return without_password(value)
    return value if value is None or isinstance(value, int | float) else str(value)


def _value(key: str, value: Any) -> Any:
    return MASK if value and _SECRET_KEY.search(key) else plain(value)


def secrets(value: Any) -> Iterator[str]:
    """The values in settings that :func:`plain` masks."""
    if is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Mapping):
        for key, one in value.items():
            if one and _SECRET_KEY.search(str(key)):
                yield str(one)
            else:
                yield from secrets(one)
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from secrets(one)
    elif isinstance(value, str):
        yield from (match["password"] or match["value"] for match in _SECRET_URL.finditer(value))


def without_password(text: str) -> str:
    """A text with a mask for the password of any URL in it."""
    return _SECRET_URL.sub(lambda match: f"{match['user'] or match['key']}{MASK}", text)


def masked(text: str, known: Iterable[str] = ()) -> str:
    """A text without the secrets that are known, nor what looks like one."""
    for secret in sorted(known, key=len, reverse=True):
        text = text.replace(secret, MASK)
    text = without_password(text)
    return _SECRET_TEXT.sub(lambda match: f"{match['tag'] or match['scheme']}{MASK}", text)
