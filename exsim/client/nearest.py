"""What may have been meant by a word that is not known."""

from __future__ import annotations

from difflib import get_close_matches


def instead(word: str, known: tuple[str, ...]) -> str:
    """What follows "there is no WORD": the nearest that is known, or all."""
    close = get_close_matches(word, known, 1)
    return f": did you mean {close[0]!r}?" if close else f"; known: {', '.join(known)}"
