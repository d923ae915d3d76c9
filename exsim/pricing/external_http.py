"""``external-http``: prices that an HTTP server is asked for, again and again."""

from __future__ import annotations

from exsim.model.options import REQUIRED, Option, span, text
from exsim.model.settings import Values
from exsim.pricing.external import EXTERNAL, External
from exsim.pricing.external_keys import FIELDS, READ


class ExternalHttp(External):
    """Told by JSON that is polled."""

    via = "http"
    options: tuple[Option, ...] = (
        *EXTERNAL,
        Option("url", text, REQUIRED, "Where it asks, such as https://127.0.0.1:8000/quotes."),
        Option("every", span(100_000_000), "1s", "How often it asks."),
        Option("timeout", span(100_000_000), "5s", "How long it waits for an answer."),
        *FIELDS,
        *READ,
    )

    def __init__(self, name: str, options: Values) -> None:
        super().__init__(name, options)
        if not str(options["url"]).startswith(("http://", "https://")):
            raise ValueError(
                f"url: {options['url']!r} is none that begins with http:// or https://"
            )
