"""News(B) of what a venue has to say."""

from __future__ import annotations

from typing import Final

from exsim.model.news import News
from exsim.protocols.fix_versions import Version
from exsim.wire.fix import utc_timestamp

_NEWS: Final = b"B"


def news_told(news: News, version: Version) -> tuple[bytes, bytes]:
    """
    MsgType and body, made once for all sessions that speak a version.

    There is at least one line of text, as LinesOfText(33) is required: the headline where there
    is no other.
    """
    body = news.encoded.get(version.name)
    if body is None:
        body = news.encoded[version.name] = _body(news, version).encode()
    return _NEWS, body


def _body(news: News, version: Version) -> str:
    time = utc_timestamp(news.time, version.timestamp_digits).decode()
    lines = list(news.lines) or [news.headline]
    symbol = version.news_symbol
    symbols = "".join([f"{symbol}={each}\x01" for each in news.symbols])
    if version.name == "FIX.4.0":  # it has no Headline(148), and counts no symbols
        lines = [news.headline, *news.lines]
        head = symbols
    else:
        count = f"146={len(news.symbols)}\x01" if symbols else ""
        head = f"148={news.headline}\x01{count}{symbols}"
    text = "".join([f"58={line}\x01" for line in lines])
    return f"42={time}\x0161={news.urgency}\x01{head}33={len(lines)}\x01{text}"
