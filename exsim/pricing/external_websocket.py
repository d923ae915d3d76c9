"""``external-websocket``: prices that come by a web socket."""

from __future__ import annotations

from exsim.model.options import REQUIRED, Option, span, text
from exsim.model.settings import Values
from exsim.pricing.external import EXTERNAL, External
from exsim.pricing.external_keys import FIELDS, READ


class ExternalWebSocket(External):
    """Told by JSON that is pushed."""

    via = "websocket"
    options: tuple[Option, ...] = (
        *EXTERNAL,
        Option("url", text, REQUIRED, "Where it connects, such as wss://127.0.0.1:9443/stream."),
        Option(
            "say",
            text,
            "",
            'What it says once it is connected, such as {"op":"subscribe","symbols":["AAA"]}.',
        ),
        Option(
            "ping",
            span(100_000_000),
            "10s",
            "How often it asks whether the other side is there; unanswered for as long, it is not.",
        ),
        *FIELDS,
        *READ,
    )

    def __init__(self, name: str, options: Values) -> None:
        super().__init__(name, options)
        if not str(options["url"]).startswith(("ws://", "wss://")):
            raise ValueError(f"url: {options['url']!r} is none that begins with ws:// or wss://")
