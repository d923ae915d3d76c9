"""What says of a part of a message, which was found by a look, whether it fits a comparison."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from exsim.filters.looks import NO, PERHAPS, YES, Judge
from exsim.filters.seen import Seen
from exsim.filters.terms import UNEQUAL, Compare
from exsim.model.messages import Description
from exsim.model.vocabulary import Place, Vocabulary

_VERDICTS: Final = (NO, YES)
MARK: Final = 2
"""Bytes that show the type of a message in SoupBinTCP."""


class JudgeOfTexts(Judge):
    """Of a text, such as the name of a session."""

    __slots__ = ("_term",)

    def __init__(self, term: Compare) -> None:
        super().__init__()
        self._term = term

    def judge(self, part: Any) -> int:
        return _VERDICTS[self._term.fits(part)]


class JudgeOfValues(JudgeOfTexts):
    """Of the value of a field, as it stands in a message."""

    __slots__ = ()

    def judge(self, part: Any) -> int:
        return _VERDICTS[self._term.fits(part.decode("utf-8", "backslashreplace"))]


class JudgeOfTypes(JudgeOfTexts):
    """Of what shows the type of a message, and so its name: see :class:`Vocabulary`."""

    __slots__ = ("_words",)

    def __init__(self, term: Compare, words: Vocabulary) -> None:
        super().__init__(term)
        self._words = words

    def judge(self, part: Any) -> int:
        found = self._words.types(part)
        if found is None:
            return PERHAPS
        said = {self._term.matches(_named(*each)) for each in found}
        if len(said) != 1:
            return PERHAPS
        return _VERDICTS[said.pop() != (self._term.op == UNEQUAL)]


class JudgeOfFields(JudgeOfTexts):
    """
    Of the bytes of a field, after what shows the type of the message. It never says that a message
    fits: what else is wrong with that is not known.
    """

    __slots__ = ("_places",)

    def __init__(self, term: Compare, places: Mapping[bytes, Place | bool]) -> None:
        super().__init__(term)
        self._places = places

    def judge(self, part: Any) -> int:
        place = self._places[part[:MARK]]
        if isinstance(place, bool):
            return PERHAPS
        data = part[MARK:]
        if place.coded and self._term.calls(place.meaning(data)):
            return PERHAPS
        for text in place.texts(data):
            if self._term.fits(text):
                return PERHAPS
        return NO


def _named(code: str, name: str) -> Seen:
    """A message of which nothing is known but its type."""
    return Seen(0, 0, "", "", "", "", b"", lambda: Description(code, name, ()))
