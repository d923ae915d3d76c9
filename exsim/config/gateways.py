"""The sections ``[gateway:NAME]``: one address for all venues, wherever these are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from exsim.config.gateway_keys import GATEWAY
from exsim.config.ini import Section
from exsim.config.reading import Reading
from exsim.config.tls import check_server
from exsim.model.settings import EndpointSettings, GatewaySettings


class Gateways:
    """
    Reads all of these sections.

    :param check_listen: notes an address at which others listen, too.
    """

    def __init__(
        self, reading: Reading, check_listen: Callable[[Section, str | None], None]
    ) -> None:
        self._reading = reading
        self._check_listen = check_listen

    def all(self, endpoints: Iterable[EndpointSettings]) -> tuple[GatewaySettings, ...]:
        """Those of the configuration, in the order of the file; each for some of ``endpoints``."""
        found = tuple(endpoints)
        return tuple(self._gateway(one, found) for one in self._reading.sections("gateway"))

    def _gateway(
        self, section: Section, endpoints: tuple[EndpointSettings, ...]
    ) -> GatewaySettings:
        reading = self._reading
        reading.check_keys(section, GATEWAY)
        values: dict[str, Any] = reading.values(section, GATEWAY)
        self._check_listen(section, values["listen"])
        check_server(reading, section, values)
        settings = GatewaySettings(section.name, **values)
        if settings.protocol != "fix" and "role" in section.entries:
            text = f"{section} role: is of protocol fix, endpoints of {settings.protocol} have one"
            reading.problem(section.entries["role"].place, text)
        elif (
            endpoints and settings.protocol and not any(taken(settings, each) for each in endpoints)
        ):
            role = f" and role {settings.role}" if settings.protocol == "fix" else ""
            text = (
                f"{section}: there is no [endpoint:NAME] with protocol {settings.protocol}{role}, "
                "and no TLS of its own, to take anybody to"
            )
            reading.problem(section.place, text)
        return settings


def taken(gateway: GatewaySettings, endpoint: EndpointSettings) -> bool:
    """Whether a gateway takes clients to an endpoint."""
    return (
        endpoint.protocol == gateway.protocol
        and (gateway.protocol != "fix" or endpoint.role == gateway.role)
        and endpoint.listen != "none"
        and not endpoint.tls_certificate
    )
