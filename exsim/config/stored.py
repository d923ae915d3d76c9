"""What has to go together where the journal is in a database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exsim.config.reading import Reading
from exsim.model.settings import RestSettings, Settings


def check_journal(reading: Reading, exsim: Mapping[str, Any], venues: int) -> None:
    """Note where ``[exsim] journal`` does not fit the other keys, or the number of venues."""
    if not exsim["journal"]:
        entries, plain = reading.only("exsim").entries, Settings()
        for key in ("journal_password_file", "lease", "node", "room", "address"):
            if exsim[key] != getattr(plain, key):
                text = f"[exsim] {key}: there is no journal to use it for"
                reading.problem(entries[key].place, text)
        return
    place = reading.only("exsim").entries["journal"].place
    if venues > 1 and exsim["processes"] == "one":
        text = f"a process with it carries one venue, and there are {venues}: set processes = venue"
        reading.problem(place, f"[exsim] journal: {text}")
    if exsim["durability"] == "none":
        text = "durability = none keeps nothing, in a database neither: leave one of both out"
        reading.problem(place, f"[exsim] journal: {text}")


def check_tokens(reading: Reading, exsim: Mapping[str, Any], rest: RestSettings | None) -> None:
    """Note where hosts share venues, but could not ask each other for those."""
    if not exsim["journal"] or exsim["processes"] == "one" or rest is None or rest.token_file:
        return
    for key in ("read_tokens", "trade_tokens"):
        if getattr(rest, key):
            text = (
                "hosts ask each other with the first token of token_file: name one, the same on all"
            )
            reading.problem(reading.only("rest").entries[key].place, f"[rest] {key}: {text}")
