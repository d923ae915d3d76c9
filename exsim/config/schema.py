"""
What a configuration may hold: every kind of section, and its keys.

A plugin adds its own keys (``options``) to the sections that name it: a protocol to endpoints
and sessions, a policy and a pricing source to theirs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from exsim.config.behaviour_keys import BEHAVIOUR
from exsim.config.gateway_keys import GATEWAY
from exsim.config.list_keys import LISTS
from exsim.config.listen import connect, listen
from exsim.config.market_keys import ACCOUNT, FEES, INSTRUMENT, RISK, code
from exsim.config.proxy_keys import PROXY
from exsim.config.quote_keys import QUOTES
from exsim.config.tls_keys import SERVER_TLS
from exsim.config.trading_day import DAY
from exsim.model.bots import activity, spans
from exsim.model.options import (
    REQUIRED,
    Option,
    boolean,
    choice,
    duration,
    integer,
    optional,
    path,
    patterns,
    span,
    text,
    words,
)
from exsim.model.settings import ROLES

LONGEST_NAME: Final = 64
SHORTEST_WAIT: Final = 1_000_000


def name(value: str) -> str:
    """The name of a section, and of what it describes: it has to fit ini, ``--set`` and URLs."""
    if not value:
        raise ValueError("nothing is given")
    if not value.isascii() or not value.isprintable() or " " in value:
        raise ValueError(f"{value!r} is no name: give one word in ASCII")
    if len(value) > LONGEST_NAME or value[0] in "./" or "," in value:
        raise ValueError(
            f"{value!r} is no name: give 1 to {LONGEST_NAME} characters, "
            "no comma, and no dot or slash at the start"
        )
    return value


def activity_text(value: str) -> str:
    """How busy a bot is; see :func:`exsim.model.bots.activity`."""
    return activity(value).text


def activity_factor(value: str) -> str:
    """The same of a venue, whose bots no rate can be shared out to."""
    if activity(value).rate is not None:
        raise ValueError(f"{value!r} is a rate: a venue takes a word, or a factor such as x2.5")
    return value


def listen_or_none(value: str) -> str:
    """An endpoint description, or ``none``."""
    return value if value == "none" else listen(value)


def connect_or_not(value: str) -> str:
    """A client endpoint description, or nothing."""
    return connect(value) if value else ""


def wait(value: str) -> int:
    """A time to wait before something is tried again: not so short that it never rests."""
    time = duration(value)
    if time < SHORTEST_WAIT:
        raise ValueError(f"{value!r} is too short: give 1ms or more")
    return time


def journal(value: str) -> str:
    """The URL of a database, or nothing."""
    if value and not re.match(r"postgres(ql)?://", value):
        raise ValueError(
            "nothing but a URL of PostgreSQL is known: give one as postgresql://user@host/database,"
            " or leave it out for files in data_dir"
        )
    return value


def node(value: str) -> str:
    """The name of a host, or nothing."""
    return name(value) if value else value


def rest_url(value: str) -> str:
    """The URL of a REST interface, or nothing."""
    if value and not re.fullmatch(r"https?://[^/\s]+/?", value):
        raise ValueError(f"{value!r} is no URL of a host: give one as http://host:8480")
    return value.rstrip("/")


_COUNT: Final = integer(0, 100_000_000)
_SOME: Final = integer(1, 100_000_000)
_SEED: Final = integer(0, 2**53 - 1)

EXSIM: Final = (
    Option("seed", _SEED, "0", "Fixes all randomness: the same seed gives the same day again."),
    Option(
        "time",
        choice("real", "market"),
        "real",
        "What the journal, heartbeats and time-outs take for the real time: market, the latest time"
        " of all markets, whose clocks then have to be manual, with a clock_start. The same script"
        " so gives the same journal, byte for byte.",
    ),
    Option(
        "data_dir",
        path,
        "",
        "A folder for the journal and snapshots, from which the next start goes on. Empty: a "
        "private one for the time being, which is removed at the stop.",
    ),
    Option(
        "durability",
        choice("none", "os", "fsync"),
        "os",
        "What is kept of all that was answered: none, nothing, the journal is in memory alone; os, "
        "all, if the process ends in whatever way; fsync, all, if the machine does.",
    ),
    Option(
        "journal",
        journal,
        "",
        "Where the journal and snapshots are if not in data_dir: a database in PostgreSQL, such as "
        "postgresql://exsim@host/exsim. `exsim postgres migrate` makes its tables; what is answered"
        " is as durable as its commits are. With more than one venue it takes processes = venue.",
    ),
    Option(
        "journal_password_file",
        path,
        "",
        "A file with the password for journal in its first line, which others may not read; empty "
        "where PGPASSWORD, PGPASSFILE or ~/.pgpass has it, or none is needed.",
    ),
    Option(
        "processes",
        choice("one", "venue"),
        "one",
        "How many processes there are: one, for all venues; venue, one for each, which so can have "
        "a core of its own, behind one REST interface for all. With journal it has this host share "
        "the venues with others.",
    ),
    Option(
        "lease",
        span(500_000_000),
        "2s",
        "How long a venue is its process's own, of those that journal is for, unless it says that "
        "it goes on with it: then another host may carry it. It is the same on all hosts.",
    ),
    Option(
        "node",
        node,
        "",
        "What this host is called among those that share venues; empty: its host name. No two may "
        "be called the same.",
    ),
    Option(
        "room",
        _COUNT,
        "0",
        "How many venues this host carries at most, of those that it shares; 0: all.",
    ),
    Option(
        "address",
        rest_url,
        "",
        "The URL under which other hosts that share venues reach REST of this one, such as "
        "http://host-1:8480. Empty: where it listens, under the name of the node where that is "
        "everywhere.",
    ),
    Option("journal_size", _SOME, "200000", "How many journal entries are kept in memory."),
    Option(
        "journal_segment_size",
        integer(4096, 10**12),
        "67108864",
        "The journal goes on in a new file after so many bytes.",
    ),
    Option(
        "journal_keep_size",
        integer(0, 10**15),
        "10000000000",
        "How many bytes of journal are kept beyond what a start needs: older files are removed.",
    ),
    Option(
        "journal_keep_age",
        duration,
        "7d",
        "How long journal is kept beyond what a start needs.",
    ),
    Option(
        "snapshot_every",
        integer(1_000, 10**12),
        "200000",
        "After how many journal entries the state is written to a file: a start runs what came"
        " since then once more.",
    ),
    Option(
        "log",
        choice("text", "json"),
        "text",
        "How `exsim run` and twistd write their log: as lines of text, or of JSON.",
    ),
    Option("scripts", path, "", "A folder of scripts to run by name over REST; empty for none."),
    Option("fix_log", path, "", "A folder for readable logs of FIX messages; empty for none."),
    Option(
        "fix_log_size",
        integer(10_000, 10**12),
        "100000000",
        "A FIX log of so many bytes is set aside and a new one begun.",
    ),
    Option("fix_log_keep", integer(0, 10_000), "10", "How many FIX logs set aside are kept."),
)

REST: Final = (
    Option(
        "listen",
        listen_or_none,
        "tcp:8480:interface=127.0.0.1",
        "Where REST listens, a Twisted endpoint description; none for no REST.",
    ),
    Option(
        "token_file",
        path,
        "",
        "A file of bearer tokens that may do everything, one on each line. With this or one of the "
        "next two every request has to bring a token; needed where other machines can connect.",
    ),
    Option(
        "trade_tokens",
        path,
        "",
        "A file of bearer tokens that may read, enter, change and cancel orders, decide on holds, "
        "and set prices.",
    ),
    Option("read_tokens", path, "", "A file of bearer tokens that may only read."),
    Option(
        "allowed_hosts",
        words,
        "",
        "Names that REST may be asked under besides localhost and addresses, such as "
        "exsim.example.com: others are refused, so that no web page gets here by a DNS of its own.",
    ),
    *SERVER_TLS,
)


def observed(value: str) -> tuple[str, ...]:
    """Patterns of symbols, or none."""
    return patterns(value) if value else ()


VENUE: Final = (
    Option(
        "policies",
        words,
        "",
        "What is asked about each request, in order: [policy:NAME] sections, or kinds of "
        "policy that need no section. The matching engine comes after the last.",
    ),
    Option(
        "pricing",
        words,
        "",
        "What says what instruments are worth: [pricing:NAME] sections, or sources that need none. "
        "The first one that takes an instrument prices it; empty for no prices.",
    ),
    Option("seed", optional(_SEED), "", "Fixes this venue's randomness; empty for [exsim] seed."),
    Option(
        "on_error",
        choice("reject", "pass", "hold", "drop"),
        "reject",
        "What becomes of a request whose policy fails: reject, pass (to the next), hold or drop.",
    ),
    Option(
        "activity",
        activity_factor,
        "normal",
        "How busy its bots are: none, slow (a quarter), normal, fast (four times), or a factor such"
        " as x2.5. With none it is quiet: prices do not move by themselves either.",
    ),
    Option("keep_finished", _COUNT, "100000", "How many orders are kept after they ended."),
    Option("keep_trades", _COUNT, "100000", "How many trades are kept."),
    Option(
        "keep_prices",
        _COUNT,
        "256",
        "How many changes are kept of what each instrument is worth; each takes 24 bytes.",
    ),
    Option(
        "observe",
        observed,
        "",
        "Instruments whose books, trades and orders are observed, for pictures and stylised facts:"
        " symbols and patterns such as * !TEST*, the first 100 that are like them; empty for none.",
    ),
    Option(
        "observe_every",
        span(100_000_000),
        "1s",
        "How often their books are looked at by the market's clock, 100ms or more.",
    ),
    Option(
        "keep_observed",
        integer(1, 25_000),
        "3600",
        "How many looks, trades and changes of orders are kept of each; a look takes 40 bytes.",
    ),
    Option("max_orders", _SOME, "1000000", "How many orders may be open; more are rejected."),
    Option("max_holds", _SOME, "10000", "How many requests may be held; more are rejected."),
    Option(
        "replace_filled",
        boolean,
        "no",
        "Whether an order that was filled may be replaced to a greater quantity, which opens it.",
    ),
    Option(
        "cash_orders",
        boolean,
        "yes",
        "Whether an order may say what it is to be worth, CashOrderQty(152), in the place of its"
        " quantity, which is then worked out by its limit, or what the market shows.",
    ),
    Option(
        "restated_reports",
        choice("none", "all-but-pegs", "all"),
        "all-but-pegs",
        "Which orders have a restated report, ExecRestatementReason(378) 3, when the venue gives"
        " them another price: none; all-but-pegs, those that are post-only, trail, or were market"
        " orders; all, each step of a peg, too.",
    ),
    Option(
        "off_book_last",
        boolean,
        "yes",
        "Whether fills by policies and operators, which are on the tape, count as the last price:"
        " for stops, bands, pegs and references.",
    ),
    Option(
        "instruments",
        path,
        "",
        "A CSV file of instruments: a column symbol, and columns named like the keys of "
        "[instrument:VENUE:SYMBOL].",
    ),
    *RISK,
    *DAY,
    *QUOTES,
    *LISTS,
)

ENDPOINT: Final = (
    Option("venue", name, REQUIRED, "The name of its [venue:NAME]."),
    Option("protocol", name, REQUIRED, "What is spoken there, such as fix."),
    Option(
        "listen",
        listen_or_none,
        REQUIRED,
        "Where it listens, a Twisted endpoint description such as tcp:9878:interface=127.0.0.1; "
        "port 0 takes any free one, and none means that all its sessions connect by themselves.",
    ),
    Option(
        "role",
        optional(choice(*ROLES)),
        "",
        "What it is for: order-entry; market-data, whose sessions look on; or drop-copy, whose"
        " sessions are sent copies of reports. Empty: what its protocol is for, market-data for"
        " itch and order-entry for others.",
    ),
    Option(
        "max_connections",
        integer(1, 100_000),
        "1000",
        "How many connections it may accept; more are closed at once.",
    ),
    *SERVER_TLS,
)

SESSION: Final = (
    Option("endpoint", name, REQUIRED, "The name of its [endpoint:NAME]."),
    Option(
        "policies",
        words,
        "",
        "What is asked about its requests before the policies of the venue are.",
    ),
    Option(
        "connect",
        connect_or_not,
        "",
        "Where we connect to it and log on, a Twisted client endpoint description such as"
        " tcp:127.0.0.1:9878 or unix:/run/venue.sock. Empty: it connects to us.",
    ),
    Option(
        "reconnect_min",
        wait,
        "1s",
        "How long to wait before we connect again. The time is doubled with each attempt that does"
        " not end in a logon.",
    ),
    Option("reconnect_max", wait, "60s", "The longest time between two attempts to connect."),
    Option(
        "tls_ca",
        path,
        "",
        "A file in PEM format with the certificates of the CAs that its certificate may be from."
        " Empty: those that this machine trusts. This or any other tls_ key makes connect TLS, 1.2"
        " or later.",
    ),
    Option(
        "tls_certificate",
        path,
        "",
        "A file in PEM format with the certificate that we show where we connect, and after it"
        " those that lead up to the CA that it trusts. Empty: none.",
    ),
    Option(
        "tls_key",
        path,
        "",
        "A file in PEM format with the private key of tls_certificate, without a password; empty if"
        " that file has it, too.",
    ),
    Option(
        "tls_host",
        code,
        "",
        "The name or address that its certificate must be for; empty: the host in connect.",
    ),
)

POLICY: Final = (Option("kind", name, REQUIRED, "Which policy, such as fill."),)

BOT: Final = (
    Option("kind", name, REQUIRED, "Which kind of bot, such as maker or noise."),
    Option(
        "venue",
        words,
        "",
        "The venue where it trades, or for a kind that trades at several, these. Empty: the only"
        " venue that there is, or all of them.",
    ),
    Option(
        "symbols",
        words,
        "*",
        "The instruments that it trades, as names or patterns such as FX* of these.",
    ),
    Option(
        "activity",
        activity_text,
        "normal",
        "How busy it is: none, slow (a quarter), normal, fast (four times), a factor such as x2.5,"
        " or so many orders a second, such as 20. The activity of its venue comes on top.",
    ),
    Option("account", text, "", "The account that its orders are for. Empty: its own name."),
    Option("firm", text, "", "The firm that it is of, where its account has none."),
    Option(
        "seed",
        optional(integer(0, 2**63 - 1)),
        "",
        "What fixes all that it leaves to chance. Empty: the venue's seed and its name.",
    ),
    Option("running", boolean, "yes", "Whether it runs from the start, or waits to be started."),
    Option(
        "during",
        spans,
        "",
        "When it trades, by the time since its market began: such as 30s-75s, 3m-. Otherwise it has"
        " nothing in the books. Empty: always.",
    ),
)

PRICING: Final = (Option("source", name, REQUIRED, "Which pricing source, such as fixed."),)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of section: what follows the colon in its title, and its keys."""

    name: str
    form: str
    options: tuple[Option, ...]
    help: str

    @property
    def title(self) -> str:
        """What its title looks like, such as ``[venue:NAME]``."""
        return f"[{self.name}:{self.form}]" if self.form else f"[{self.name}]"


KINDS: Final = {
    kind.name: kind
    for kind in (
        Kind("exsim", "", EXSIM, "The simulator as a whole."),
        Kind("rest", "", REST, "The REST interface."),
        Kind(
            "venue",
            "NAME",
            VENUE,
            "A market: instruments, a matching engine, and policies that decide before it.",
        ),
        Kind("instrument", "VENUE:SYMBOL", INSTRUMENT, "Something that is traded at a venue."),
        Kind(
            "account",
            "VENUE:NAME",
            ACCOUNT,
            "An account that trades at a venue: whose it is, and how far it may go.",
        ),
        Kind(
            "fees",
            "VENUE:NAME",
            FEES,
            "What fills cost at a venue, for accounts that trade so much.",
        ),
        Kind("endpoint", "NAME", ENDPOINT, "An address where a venue listens."),
        Kind(
            "session",
            "NAME",
            SESSION,
            "A counterparty that may log on at an endpoint, or that we connect to.",
        ),
        Kind("policy", "NAME", POLICY, "A policy with settings of its own."),
        Kind("bot", "NAME", BOT, "A trader that acts by itself."),
        Kind("pricing", "NAME", PRICING, "A pricing source with settings of its own."),
        Kind(
            "behaviour",
            "NAME",
            BEHAVIOUR,
            "An outcome that an order chooses by its symbol, ClOrdID or fields.",
        ),
        Kind("proxy", "NAME", PROXY, "A proxy between clients and another acceptor."),
        Kind("gateway", "NAME", GATEWAY, "One address for all venues: see `exsim gateway`."),
    )
}
"""Every kind of section by its name."""
