"""What FIX messages are put together from, where they are made."""

from __future__ import annotations

from typing import Final

from exsim.model.amounts import format_amount
from exsim.model.requests import NO_PRICE
from exsim.wire.fix_native import set_amount_text

Part = bytes | str | int | tuple[object, ...] | list[object]
"""
Of a message: text is encoded, a number is written out, a tuple holds more parts, and a list is a
form and what fills it, as :func:`filled` says.
"""

_MOST: Final = 16_384
_SOH: Final = b"\x01"


class AmountTexts(dict[int, str]):
    """Amounts in units of 10^-8 as decimal text, and "no price" as 0: a bounded cache."""

    def __missing__(self, value: int) -> str:
        if len(self) >= _MOST:
            self.clear()
        text = self[value] = format_amount(value) if value != NO_PRICE else "0"
        return text


amounts: Final = AmountTexts()
_forms: Final[dict[tuple[object, ...], str]] = {}

if set_amount_text is not None:
    set_amount_text(format_amount)


def as_bytes(part: object) -> bytes:
    """
    The bytes of a :data:`Part`.

    :raises TypeError: when it is none.
    """
    if isinstance(part, bytes):
        return part
    if isinstance(part, str):
        return part.encode()
    if isinstance(part, tuple):
        return b"".join([as_bytes(each) for each in part])
    if isinstance(part, int):
        return b"%d" % part
    if isinstance(part, list):
        return filled(part)
    raise TypeError(f"a message is made of bytes, text and numbers, not of {part!r}")


def filled(parts: list[object]) -> bytes:
    """
    A form, which comes first, with the other values in its gaps.

    A form is fields, some with ``%`` for a value: text, or a whole number, which is an amount in
    units of 10^-8. A field whose value is None or empty is left out.

    :raises TypeError: when there is another value, or not one for each gap.
    :raises ValueError: when a gap is not the end of its field.
    """
    texts = [
        each if type(each) is str else amounts[each] if type(each) is int else _text(each)
        for each in parts[1:]
    ]
    begin, there = parts[0] if parts else None, tuple(map(bool, texts))
    form = _forms.get((begin, there))
    if form is None:
        form = _form(begin, list(there))
        if len(_forms) >= _MOST:
            _forms.clear()
        _forms[begin, there] = form
    return (form % tuple(filter(None, texts))).encode()


def _text(value: object) -> str:
    """What fills a gap, if it is neither just text nor a number."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    raise TypeError(f"a form is filled with text and amounts, not with {value!r}")


def _form(form: object, there: list[bool]) -> str:
    """A form with the fields that are there, for Python's own formatting."""
    if not isinstance(form, bytes):
        raise TypeError(f"a list begins with its form, not with {form!r}")
    if form.count(b"%") != len(there):
        raise TypeError(f"{len(there)} values do not fill {form!r}")
    kept = []
    for field in form.split(_SOH):
        if b"%" in field[:-1] or form.endswith(b"%"):
            raise ValueError(f"a gap is the end of its field, but not in {form!r}")
        if not field.endswith(b"%"):
            kept.append(field)
        elif there.pop(0):
            kept.append(field + b"s")
    return _SOH.join(kept).decode()
