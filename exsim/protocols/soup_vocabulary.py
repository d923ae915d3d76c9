"""What packets of SoupBinTCP and messages in them are called, and where their fields stand."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from exsim.filters.seen import folded
from exsim.model.vocabulary import Place, Places, Vocabulary
from exsim.protocols import ouch_codes, ouch_text
from exsim.wire import soup
from exsim.wire.layout import TIME, Family, Field, Layout

_HEAD: Final = 3  # bytes before a message: the length of the packet, and its type
_SIDE: Final = "54"
_PLAIN: Final = frozenset(
    {"text", "bytes", "malformed", "rejectreasoncode"}
    | {folded(name) for parts in soup.PARTS.values() for name, _ in parts}
)
"""Fields of what has no layout, or is told to be none of its layout."""


class SoupPlace(Place):
    """Where a field of a message is; its side is told as in FIX where that is asked for."""

    __slots__ = ("_field", "_sided")

    def __init__(self, field: Field, sided: bool) -> None:
        begin = _HEAD + field.offset
        super().__init__(begin, begin + field.size, bool(field.codes) or field.kind == TIME)
        self._field = field
        self._sided = sided

    def texts(self, data: bytes) -> list[str]:
        """As its layout reads it, and as FIX has it."""
        text = self._text(data)
        return [text, str(ouch_codes.SIDES.get(data, ""))] if self._sided else [text]

    def meaning(self, data: bytes) -> str:
        """The name of the code."""
        return self._field.meaning(self._text(data))

    def holding(self, values: Collection[str], numeric: bool) -> frozenset[bytes] | None:
        """Each in its one way; a number may be written in many as a text."""
        field = self._field
        if numeric and field.textual:
            return None
        found = set()
        for value in values:
            try:
                held = field.parse(value)
            except ValueError:  # no such field can hold it
                continue
            found.add(held if isinstance(held, bytes) else held.to_bytes(field.size, "big"))
        return frozenset(found)

    def _text(self, data: bytes) -> str:
        field = self._field
        if field.textual:
            return field.text(data)
        return field.text(int.from_bytes(data, "big", signed=field.signed))


class SoupVocabulary(Vocabulary):
    """
    The names and fields of packets and messages.

    :param families: the versions that sessions have spoken.
    """

    __slots__ = ("_families",)

    def __init__(self, families: Sequence[Family]) -> None:
        self._families = families

    def with_family(self, family: Family) -> SoupVocabulary:
        """One that has this version, too; this one where it has it."""
        return self if family in self._families else SoupVocabulary([*self._families, family])

    def types(self, mark: bytes) -> list[tuple[str, str]]:
        """By the types of the packet and of the message in it: what each version has."""
        kind, letter = mark[:1], mark[1:2]
        name = soup.PACKET_NAMES.get(kind, "")
        found = set()
        for family in self._families:
            layout = ouch_text.layout_of(b"  " + kind + letter, family)
            found.add((name, name) if layout is None else (layout.type.decode(), layout.name))
        return sorted(found)

    def places(self, tag: str, names: Collection[str]) -> list[Places] | None:
        """Where a field is, by the types of the packet and of the message in it."""
        others = not _PLAIN.isdisjoint(names)
        if others and (len(self._families) > 1 or "malformed" in names):
            return None
        found = [(mark, _fields(layout, tag, names)) for mark, layout in self._layouts()]
        most = max([len(fields or ()) for _, fields in found], default=0)
        return [Places(_nth(found, at, tag == _SIDE), others) for at in range(max(most, 1))]

    def _layouts(self) -> Iterator[tuple[bytes, Layout]]:
        for family in self._families:
            for layout in family.inbound.values():
                yield soup.UNSEQUENCED + layout.type, layout
            for layout in family.outbound.values():
                yield soup.SEQUENCED + layout.type, layout


def _fields(layout: Layout, tag: str, names: Collection[str]) -> list[Field] | None:
    """The fields that may be meant; None where one that may be appended is."""
    for option in (layout.options or {}).values():
        if folded(option.field.name) in names:
            return None
    found = [field for field in layout.fields if folded(field.name) in names]
    index = ouch_text.index_of(layout, tag)
    if index >= 0 and layout.fields[index] not in found:
        found.append(layout.fields[index])
    return found


def _nth(
    all_fields: Sequence[tuple[bytes, list[Field] | None]], at: int, sided: bool
) -> dict[bytes, Place | bool]:
    """Where the field of that index is of those that may be meant, in each message."""
    found: dict[bytes, Place | bool] = {}
    for mark, fields in all_fields:
        if fields is None or (at < len(fields) and found.get(mark)):
            found[mark] = True  # in another version it is elsewhere
        elif at < len(fields):
            found[mark] = SoupPlace(fields[at], sided)
        else:
            found.setdefault(mark, False)
    return found
