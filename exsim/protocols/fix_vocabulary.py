"""What messages and fields of an endpoint's sessions may be called, whichever says them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exsim.filters.names import names_of_type
from exsim.filters.seen import folded
from exsim.model.vocabulary import Vocabulary
from exsim.protocols.fix_dialect import Dialect
from exsim.protocols.fix_fields import readable
from exsim.wire.fix_dictionary import Dictionary
from exsim.wire.fix_tables import TABLES


class FixVocabulary(Vocabulary):
    """
    The names that versions of FIX have, and dictionaries of sessions.

    :param dialects: those of all sessions there have been.
    """

    __slots__ = ("_dialects",)

    def __init__(self, dialects: Sequence[Dialect]) -> None:
        self._dialects = dialects

    def types(self, mark: bytes) -> list[tuple[str, str]]:
        """A MsgType with each name that it may have: none but where no version has one."""
        code = readable(mark)
        names = set(names_of_type(code)) or {""}
        for dictionary in self._own():
            message = dictionary.messages.get(mark)
            if message is not None:
                names.add(message.name)
        return [(code, name) for name in sorted(names)]

    def tags(self, name: str) -> list[str]:
        """The tags of all fields that are called so anywhere."""
        found = {
            field.tag.decode()
            for dictionary in self._all()
            for field in dictionary.fields.values()
            if folded(field.name) == name
        }
        return sorted(found)

    def has_codes(self, tag: str) -> bool:
        """Whether a field has codes anywhere."""
        for dictionary in self._all():
            field = dictionary.fields.get(tag.encode())
            if field is not None and field.codes:
                return True
        return False

    def with_dialect(self, dialect: Dialect) -> FixVocabulary:
        """One that has those names, too; this one where it has them."""
        return self if dialect in self._dialects else FixVocabulary([*self._dialects, dialect])

    def _own(self) -> Iterator[Dictionary]:
        for dialect in self._dialects:
            yield from dialect.own

    def _all(self) -> Iterator[Dictionary]:
        yield from self._own()
        for version in TABLES:
            yield self._dialects[0].standard(version)
