"""What has to go together where the journal is in a database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exsim.config.reading import Reading


def check_journal(reading: Reading, exsim: Mapping[str, Any], venues: int) -> None:
    """Note where ``[exsim] journal`` does not fit the other keys, or the number of venues."""
    if not exsim["journal"]:
        if exsim["journal_password_file"]:
            place = reading.only("exsim").entries["journal_password_file"].place
            reading.problem(
                place, "[exsim] journal_password_file: there is no journal to use it for"
            )
        return
    place = reading.only("exsim").entries["journal"].place
    if venues > 1 and exsim["processes"] == "one":
        text = f"a process with it carries one venue, and there are {venues}: set processes = venue"
        reading.problem(place, f"[exsim] journal: {text}")
    if exsim["durability"] == "none":
        text = "durability = none keeps nothing, in a database neither: leave one of both out"
        reading.problem(place, f"[exsim] journal: {text}")
