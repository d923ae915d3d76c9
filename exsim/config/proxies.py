"""The sections ``[proxy:NAME]``: who stands between clients and another acceptor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exsim.config.ini import Section
from exsim.config.proxy_keys import PROXY
from exsim.config.reading import Reading
from exsim.model.settings import ProxySettings


class Proxies:
    """
    Reads all of these sections.

    :param check_listen: notes an address at which others listen, too.
    """

    def __init__(
        self, reading: Reading, check_listen: Callable[[Section, str | None], None]
    ) -> None:
        self._reading = reading
        self._check_listen = check_listen

    def all(self) -> tuple[ProxySettings, ...]:
        """Those of the configuration, in the order of the file."""
        return tuple(self._proxy(section) for section in self._reading.sections("proxy"))

    def _proxy(self, section: Section) -> ProxySettings:
        reading = self._reading
        reading.check_keys(section, PROXY)
        values: dict[str, Any] = reading.values(section, PROXY)
        self._check_listen(section, values["listen"])
        venues = [venue.name for venue in reading.sections("venue")]
        if values["venue"]:
            reading.refer(section, "venue", "venue", values["venue"])
        elif len(venues) > 1:
            text = f"{section} needs 'venue': one of {', '.join(venues)}"
            reading.problem(section.place, text)
        values["venue"] = values["venue"] or next(iter(venues), "")
        return ProxySettings(section.name, **values)
