"""Bytes that a socket is to write in an odd manner."""

from __future__ import annotations

from collections.abc import Iterable

from exsim.model.treatment import Defect, Piece


class Marked(bytes):
    """Bytes with a defect: those that do not look see bytes like any others."""

    defect: Defect

    @classmethod
    def of(cls, piece: Piece) -> bytes:
        """The bytes of a piece, marked if it has a defect."""
        if piece.defect is None:
            return piece.raw
        marked = cls(piece.raw)
        marked.defect = piece.defect
        return marked


def segments(ready: Iterable[bytes]) -> list[bytes]:
    """The same bytes, with those joined that have no mark."""
    found: list[bytes] = []
    plain: list[bytes] = []
    for data in ready:
        if isinstance(data, Marked):
            if plain:
                found.append(b"".join(plain))
                plain = []
            found.append(data)
        else:
            plain.append(data)
    if plain:
        found.append(b"".join(plain))
    return found
