"""
Frozen configuration: what an ini file, ``--set`` or REST describes, checked and complete.

``options`` of an endpoint, session, policy or pricing source are the values of the keys that
its plugin declares, as :func:`exsim.model.options.read_options` gives them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from exsim.model.amounts import UNIT

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Instrument:
    """A tradable thing. ``tick``, ``lot``, ``min_qty``, ``max_qty``, ``reference``: 10^-8 units."""

    symbol: str
    currency: str = "USD"
    security_type: str = "CS"
    security_id: str = ""
    id_source: str = ""
    tick: int = UNIT // 100
    lot: int = UNIT
    min_qty: int | None = None
    max_qty: int | None = None
    reference: int | None = None


@dataclass(frozen=True, slots=True)
class PolicySettings:
    """``[policy:NAME]``: a policy of some kind with its options."""

    name: str
    kind: str
    options: Values


@dataclass(frozen=True, slots=True)
class PricingSettings:
    """``[pricing:NAME]``: a pricing source with its options."""

    name: str
    source: str
    options: Values


@dataclass(frozen=True, slots=True)
class VenueSettings:
    """
    ``[venue:NAME]``.

    ``policies`` and ``pricing`` name sections; ``seed`` None means the one of ``[exsim]``;
    ``on_error`` says how a request is answered whose policy raised: ``reject``, ``pass``,
    ``hold`` or ``drop``. ``max_orders`` bounds open orders, ``keep_finished`` those kept after.
    """

    name: str
    policies: tuple[str, ...] = ()
    pricing: str = ""
    seed: int | None = None
    on_error: str = "reject"
    keep_finished: int = 100_000
    keep_trades: int = 100_000
    max_orders: int = 1_000_000
    max_holds: int = 10_000
    instruments: tuple[Instrument, ...] = ()


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """
    ``[endpoint:NAME]``: a listening address with a protocol and a role.

    ``listen`` is a Twisted server endpoint description; ``none`` where all sessions connect by
    themselves. With ``tls_certificate`` it is spoken to over TLS alone.
    """

    name: str
    venue: str
    protocol: str
    listen: str
    role: str = "order-entry"
    max_connections: int = 1_000
    options: Values = field(default_factory=dict)
    tls_certificate: str = ""
    tls_key: str = ""
    tls_client_ca: str = ""


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """
    ``[session:NAME]``: a configured counterparty on an endpoint.

    ``connect`` is where we connect to it, a Twisted client endpoint description; empty where it
    connects to us. ``reconnect_min`` and ``reconnect_max`` bound the time between attempts, in
    nanoseconds: it is doubled with each that fails. TLS is spoken if any of the ``tls_`` values
    is there.
    """

    name: str
    endpoint: str
    policies: tuple[str, ...] = ()
    options: Values = field(default_factory=dict)
    connect: str = ""
    reconnect_min: int = 1_000_000_000
    reconnect_max: int = 60_000_000_000
    tls_ca: str = ""
    tls_certificate: str = ""
    tls_key: str = ""
    tls_host: str = ""


@dataclass(frozen=True, slots=True)
class RestSettings:
    """
    ``[rest]``: where the REST interface listens, and the files of its bearer tokens.

    Those of ``token_file`` are for everything, ``trade_tokens`` and ``read_tokens`` for less.
    ``allowed_hosts`` are names that it may be asked under.
    """

    listen: str = "tcp:8480:interface=127.0.0.1"
    token_file: str = ""
    trade_tokens: str = ""
    read_tokens: str = ""
    allowed_hosts: tuple[str, ...] = ()
    tls_certificate: str = ""
    tls_key: str = ""
    tls_client_ca: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """
    The whole configuration. ``seed`` fixes all randomness; ``journal_size`` is in entries,
    ``journal_segment_size`` and ``journal_keep_size`` in bytes, ``journal_keep_age`` in
    nanoseconds, ``snapshot_every`` in entries. ``processes`` is ``one``, or ``venue`` where each
    venue has a process of its own.
    """

    seed: int = 0
    data_dir: str = ""
    durability: str = "os"
    journal_size: int = 200_000
    journal_segment_size: int = 67_108_864
    journal_keep_size: int = 10_000_000_000
    journal_keep_age: int = 604_800_000_000_000
    snapshot_every: int = 200_000
    fix_log: str = ""
    fix_log_size: int = 100_000_000
    fix_log_keep: int = 10
    log: str = "text"
    processes: str = "one"
    rest: RestSettings | None = field(default_factory=RestSettings)
    venues: tuple[VenueSettings, ...] = ()
    endpoints: tuple[EndpointSettings, ...] = ()
    sessions: tuple[SessionSettings, ...] = ()
    policies: tuple[PolicySettings, ...] = ()
    pricing: tuple[PricingSettings, ...] = ()
