"""
Frozen configuration: what an ini file, ``--set`` or REST describes, checked and complete.

``options`` of an endpoint, session, policy or pricing source are the values of the keys that
its plugin declares, as :func:`exsim.model.options.read_options` gives them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from exsim.model.amounts import UNIT, format_amount
from exsim.model.behaviours import Behaviour
from exsim.model.list_settings import ListSettings
from exsim.model.participants import Band, Participants, with_bands
from exsim.model.quote_settings import QuoteSettings

Values = Mapping[str, Any]


LEGS = "legs:"
"""What the name of an instrument begins with that is named by its legs."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A part of a multileg instrument: ``ratio`` of it (10^-8 units) on one side of the market."""

    symbol: str
    ratio: int = UNIT
    side: str = "buy"


def name_by_legs(legs: tuple[Leg, ...]) -> str:
    """What a multileg instrument may be named by besides its symbol; any order of legs will do."""
    texts = [f"{leg.symbol}:{leg.side}:{format_amount(leg.ratio)}" for leg in legs]
    return LEGS + ",".join(sorted(texts))


@dataclass(frozen=True, slots=True)
class Instrument:
    """
    A tradable thing. Prices, quantities and amounts of money: 10^-8 units.

    ``ticks`` has the prices from which another tick holds, and the tick, by rising price; it is
    empty where ``tick`` is for all. ``tick`` is then a multiple of each: a price that is a multiple
    of it is right anywhere. What one of it is worth is its price times ``multiplier``.
    ``maturity`` is ``YYYYMM`` or ``YYYYMMDD``, ``put_call`` ``put`` or ``call``. ``price_band`` to
    ``short_sale`` are limits that go before those of the venue. ``allocation`` and what follows say
    how it is matched, see :class:`exsim.model.market.MarketRules`; ``lmm`` are the accounts of lead
    market makers. ``hidden`` is that of :class:`RiskSettings`, empty for the venue's. ``implied``
    says in which books prices are shown that come of ``legs``: ``none``, ``in``, ``out``, ``both``.
    """

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
    ticks: tuple[tuple[int, int], ...] = ()
    max_notional: int | None = None
    multiplier: int = UNIT
    isin: str = ""
    sedol: str = ""
    cusip: str = ""
    ric: str = ""
    figi: str = ""
    exchange_code: str = ""
    underlying: str = ""
    maturity: str = ""
    strike: int | None = None
    put_call: str = ""
    coupon: int | None = None
    settlement: str = ""
    settlement_currency: str = ""
    legs: tuple[Leg, ...] = ()
    price_band: Band | None = None
    dynamic_band: Band | None = None
    collar: Band | None = None
    fat_finger: Band | None = None
    short_sale: str = ""
    allocation: str = "fifo"
    fifo_share: int = 40
    lmm_share: int = 0
    lmm: tuple[str, ...] = ()
    replace_keeps: str = "smaller"
    hidden: str = ""
    implied: str = "none"

    def tick_at(self, price: int) -> int:
        """The tick that holds at a price."""
        tick = self.ticks[0][1] if self.ticks else self.tick
        for start, step in self.ticks[1:]:
            if price < start:
                break
            tick = step
        return tick

    def identifiers(self) -> Iterator[str]:
        """What it may be named by besides its symbol: SecurityIDSource(22), a colon, the ID(48)."""
        if self.security_id:
            yield f"{self.id_source}:{self.security_id}"
        for source, identifier in (
            ("1", self.cusip),
            ("2", self.sedol),
            ("4", self.isin),
            ("5", self.ric),
            ("8", self.exchange_code),
            ("S", self.figi),
        ):
            if identifier:
                yield f"{source}:{identifier}"


def instrument_of(plain: Values) -> Instrument:
    """The instrument that :func:`dataclasses.asdict` told, as a snapshot holds it."""
    values = with_bands(plain)
    values["ticks"] = tuple((start, tick) for start, tick in plain.get("ticks", ()))
    values["legs"] = tuple(Leg(**leg) for leg in plain.get("legs", ()))
    values["lmm"] = tuple(plain.get("lmm", ()))
    return Instrument(**values)


@dataclass(frozen=True, slots=True)
class PolicySettings:
    """``[policy:NAME]``: a policy of some kind with its options."""

    name: str
    kind: str
    options: Values


@dataclass(frozen=True, slots=True)
class PricingSettings:
    """``[pricing:NAME]``: a pricing source with its options, and the ``texts`` that say so."""

    name: str
    source: str
    options: Values
    texts: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class BotSettings:
    """
    ``[bot:NAME]``: a bot of some kind with its options, and what its section says in ``texts``.

    It trades at ``venues``, in the instruments that ``symbols`` are patterns of. ``activity`` is
    how busy it is, as :func:`exsim.model.bots.activity` reads it; ``account`` empty means its name,
    ``seed`` None one made of the venue's and its name. ``running``: from the start. ``during`` are
    times since then, from and to, in nanoseconds; none for always.
    """

    name: str
    kind: str
    options: Values
    venues: tuple[str, ...]
    texts: Mapping[str, str] = field(default_factory=dict, compare=False)
    symbols: tuple[str, ...] = ("*",)
    activity: str = "normal"
    account: str = ""
    firm: str = ""
    seed: int | None = None
    running: bool = True
    during: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class DaySettings:
    """
    The trading day of a venue and its clock: keys of ``[venue:NAME]``.

    ``schedule`` has seconds of the day and phases, ``days`` weekdays (Monday is 0), ``phase_rules``
    phases and words, as :func:`exsim.dispatch.phases.changed` takes them. ``phase`` holds where
    there is no schedule. Times are nanoseconds, percentages and ``clock_scale`` units of 10^-8;
    0 is none. ``clock_start`` None means the real time at the start.
    """

    phase: str = "continuous"
    schedule: tuple[tuple[int, str], ...] = ()
    time_zone: str = ""
    days: tuple[int, ...] = ()
    calendar: str = ""
    phase_rules: tuple[tuple[str, str], ...] = ()
    clock: str = "real"
    clock_scale: int = UNIT
    clock_start: int | None = None
    auction_random_end: int = 0
    auction_extension: int = 0
    auction_extensions: int = 1
    extension_price: int = 0
    extension_imbalance: int = 0
    volatility_band: int = 0
    volatility_time: int = 120_000_000_000
    gtc_restate: bool = False
    done_for_day: bool = False


def day_settings(plain: Values) -> DaySettings:
    """The settings that :func:`dataclasses.asdict` told, as a snapshot holds them."""
    pairs = {
        name: tuple((one, other) for one, other in plain[name])
        for name in ("schedule", "phase_rules")
    }
    return DaySettings(**{**plain, **pairs, "days": tuple(plain["days"])})


@dataclass(frozen=True, slots=True)
class VenueSettings:
    """
    ``[venue:NAME]``.

    ``policies`` and ``pricing`` name sections; ``seed`` None means the one of ``[exsim]``;
    ``on_error`` says how a request is answered whose policy raised: ``reject``, ``pass``,
    ``hold`` or ``drop``. ``max_orders`` bounds open orders, ``keep_finished`` those kept after.
    ``replace_filled`` has orders that were filled be open again where more is asked for;
    ``cash_orders`` takes orders that say what they are to be worth in the place of a quantity.
    ``restated_reports`` says whose new prices are told: ``none``, ``all-but-pegs`` or ``all``;
    ``off_book_last`` whether trades beside the books count as the last. ``keep_prices`` bounds the
    changes kept of what each instrument is worth. ``activity`` is how busy its bots are, as a word
    or a factor. ``observe`` are patterns of symbols that are looked at each ``observe_every``
    nanoseconds of the market's clock, for pictures; ``keep_observed`` bounds what is kept of each.
    """

    name: str
    policies: tuple[str, ...] = ()
    pricing: tuple[str, ...] = ()
    seed: int | None = None
    on_error: str = "reject"
    keep_finished: int = 100_000
    keep_trades: int = 100_000
    max_orders: int = 1_000_000
    max_holds: int = 10_000
    instruments: tuple[Instrument, ...] = ()
    day: DaySettings = field(default_factory=DaySettings)
    participants: Participants = field(default_factory=Participants)
    quoting: QuoteSettings = field(default_factory=QuoteSettings)
    lists: ListSettings = field(default_factory=ListSettings)
    keep_prices: int = 256
    replace_filled: bool = False
    restated_reports: str = "all-but-pegs"
    off_book_last: bool = True
    activity: str = "normal"
    cash_orders: bool = True
    observe: tuple[str, ...] = ()
    observe_every: int = 1_000_000_000
    keep_observed: int = 3_600


ORDER_ENTRY = "order-entry"
MARKET_DATA = "market-data"
DROP_COPY = "drop-copy"
ROLES = (ORDER_ENTRY, MARKET_DATA, DROP_COPY)
"""What an endpoint may be for."""


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
    role: str = ORDER_ENTRY
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
class ProxySettings:
    """
    ``[proxy:NAME]``: stands between clients, which connect to ``listen``, and another acceptor, at
    ``connect``; both are Twisted endpoint descriptions.

    ``protocol`` says how messages are told apart and read: ``fix``, ``ouch``, ``soup`` or ``raw``.
    What goes by is told as messages of ``venue``.
    """

    name: str
    venue: str
    listen: str
    connect: str
    protocol: str = "fix"
    max_connections: int = 1_000


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """
    ``[gateway:NAME]``: takes clients that connect to ``listen`` to the endpoint of the venue that
    they mean, of this ``protocol`` and, where it is ``fix``, this ``role``, wherever that is now.

    ``nodes`` are URLs of REST interfaces that know where; empty for that of ``[rest]``.
    ``logon_timeout`` is in nanoseconds. With ``tls_certificate`` it is spoken to over TLS alone.
    """

    name: str
    listen: str
    protocol: str = "fix"
    role: str = ORDER_ENTRY
    nodes: tuple[str, ...] = ()
    logon_timeout: int = 10_000_000_000
    max_connections: int = 10_000
    tls_certificate: str = ""
    tls_key: str = ""
    tls_client_ca: str = ""


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
    nanoseconds, ``snapshot_every`` in entries. ``journal`` is the URL of a database, empty for
    files. ``processes`` is ``one``, or ``venue`` where each venue has a process of its own.
    ``lease`` (nanoseconds), ``node``, ``room`` and ``address`` are of a host that shares venues:
    :mod:`exsim.services.front.node`. ``time`` is ``real``, or ``market`` where the latest of the
    markets' times takes the place of the real one.
    """

    seed: int = 0
    time: str = "real"
    data_dir: str = ""
    durability: str = "os"
    journal: str = ""
    journal_password_file: str = ""
    journal_size: int = 200_000
    journal_segment_size: int = 67_108_864
    journal_keep_size: int = 10_000_000_000
    journal_keep_age: int = 604_800_000_000_000
    snapshot_every: int = 200_000
    scripts: str = ""
    fix_log: str = ""
    fix_log_size: int = 100_000_000
    fix_log_keep: int = 10
    log: str = "text"
    processes: str = "one"
    lease: int = 2_000_000_000
    node: str = ""
    room: int = 0
    address: str = ""
    rest: RestSettings | None = field(default_factory=RestSettings)
    venues: tuple[VenueSettings, ...] = ()
    endpoints: tuple[EndpointSettings, ...] = ()
    sessions: tuple[SessionSettings, ...] = ()
    policies: tuple[PolicySettings, ...] = ()
    pricing: tuple[PricingSettings, ...] = ()
    bots: tuple[BotSettings, ...] = ()
    behaviours: tuple[Behaviour, ...] = ()
    proxies: tuple[ProxySettings, ...] = ()
    gateways: tuple[GatewaySettings, ...] = ()
