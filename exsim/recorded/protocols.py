"""What recordings may be of, by the names that people use."""

from __future__ import annotations

from typing import Final

FIX: Final = "fix"
ITCH: Final = "itch"
SOUP_ITCH: Final = "soup-itch"
OUCH50: Final = "ouch50"
OUCH42: Final = "ouch42"
MOLD: Final = "mold"
PROTOCOLS: Final = {
    FIX: "FIX, as a log or raw",
    ITCH: "messages of ITCH 5.0, each behind its length, as in Nasdaq's files",
    SOUP_ITCH: "a stream of SoupBinTCP with ITCH 5.0 or GLIMPSE in it",
    OUCH50: "a stream of SoupBinTCP with OUCH 5.0 in it",
    OUCH42: "a stream of SoupBinTCP with OUCH 4.2 in it",
    MOLD: "packets of MoldUDP64 with ITCH 5.0 in them",
}
"""What can be read, and what it is."""
