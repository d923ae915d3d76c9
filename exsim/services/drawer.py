"""
The process that draws a picture, or measures facts: what was seen on its input, and what it made of
that on its output.

``python -m exsim.services.drawer WORD``, where the word is ``facts``, ``png`` or ``svg``. It asks
nothing else of anybody, and ends when it is done.
"""

from __future__ import annotations

import sys
from typing import Final

import msgspec

from exsim.facts.observed import Packed, unpacked

FACTS: Final = "facts"


def made(word: str, data: bytes) -> bytes:
    """Facts as JSON, or a picture, of what :func:`told` tells."""
    seen = unpacked(msgspec.msgpack.decode(data, type=Packed))
    if word == FACTS:  # imported here: whoever starts the process needs none of it
        from exsim.facts.measuring import facts_of

        facts = [fact._asdict() for fact in facts_of(seen)]
        return msgspec.json.encode({"begin": seen.begin, "facts": facts})
    from exsim.services.drawing import draw

    return draw([seen], word)


def told(packed: Packed) -> bytes:
    """What was seen, for the process."""
    return msgspec.msgpack.encode(packed)


if __name__ == "__main__":
    sys.stdout.buffer.write(made(sys.argv[1], sys.stdin.buffer.read()))
