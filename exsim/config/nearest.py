"""What somebody may have meant who wrote a name that is not there."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The name in ``known`` that looks most like ``word``, or None; case counts for little."""
    names = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), names, n=1)
    return names[close[0]] if close else None


def instead(word: str, known: Iterable[str]) -> str:
    """The end of a sentence on an unknown ``word``: the nearest name, else all there are."""
    names = list(known)
    close = nearest(word, names)
    if close is not None:
        return f": did you mean {close!r}?"
    return f"; known: {', '.join(names)}" if names else "; there is none"
