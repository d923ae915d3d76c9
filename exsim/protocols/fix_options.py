"""
The keys of FIX endpoints and sessions, and the rules that come of them.

What an endpoint says under the keys of both holds for its sessions that do not say otherwise, and
for those that are made as a counterparty logs on.
"""

from __future__ import annotations

from typing import Final

from exsim.model.options import (
    REQUIRED,
    Option,
    boolean,
    choice,
    duration,
    integer,
    name,
    optional,
    paths,
    tags,
    text,
)
from exsim.model.settings import Values
from exsim.protocols.fix_check import CHECKS
from exsim.protocols.fix_fields import TRAILER_TAGS
from exsim.protocols.fix_versions import APPL_VER_IDS, BEGIN_STRINGS, Version
from exsim.protocols.session_options import (
    CONFLATION,
    COPYING,
    MARKET,
    NEWS,
    PARTICIPATION,
    SCHEDULE,
    THROTTLE,
    TIMING,
    schedule_of,
)
from exsim.sessions.fix_header import HEADER_TAGS
from exsim.sessions.fix_rules import ANY_VERSION, FixRules

FILL_STYLES: Final = ("version", "fill", "trade")
_DAY: Final = 86_400

_OF_REPORTS: Final = frozenset(
    b"1 6 11 14 17 20 31 32 37 38 39 40 41 44 54 55 58 59 60 102 103 109 150 151 434 526"
    b" 453 448 447 452 523 802 803 2376".split()
)
"""Fields that reports hold anyway: echoing them would send them twice."""


def echo_tags(value: str) -> tuple[bytes, ...]:
    """Tags that a report may copy: none of the header or trailer, and none that it has anyway."""
    found = tuple(str(tag).encode() for tag in tags(value))
    for tag in found:
        if tag in HEADER_TAGS or tag in TRAILER_TAGS or tag in _OF_REPORTS:
            raise ValueError(f"tag {tag.decode()} is on reports in its own right: leave it out")
    return found


def _digits(value: str) -> int:
    return int(str(choice("0", "3", "6", "9")(value)))


_REFUSAL: Final = Option(
    "logon_refusal",
    choice("silent", "verbose"),
    "silent",
    "Whether a Logon that is refused is answered by a Logout that says why (verbose), or by nothing"
    " that would help somebody who guesses (silent). Our log tells in either case.",
)

MULTILEG: Final = "multileg"
BOTH: Final = "both"
"""Words of ``multileg_reports``."""

SHARED: Final = (
    Option(
        "default_appl_ver_id",
        choice(*[code.decode() for code in APPL_VER_IDS]),
        "9",
        "Version of application messages over FIXT.1.1 until a counterparty's logon says its own:"
        " 2 to 6 are FIX.4.0 to FIX.4.4, 7 is FIX.5.0, 8 FIX.5.0SP1, 9 FIX.5.0SP2.",
    ),
    Option(
        "dictionary",
        paths,
        "",
        "Files in QuickFIX's XML format that say what a venue's dialect has, parted by spaces or"
        " commas. Each takes the place of exsim's own dictionary of the version that it is of: for"
        " FIXT.1.1 give one of FIXT.1.1, one of the application's version, or both.",
    ),
    Option(
        "reset_on_logon",
        boolean,
        "no",
        "Start both sequence numbers at 1 with every logon.",
    ),
    Option(
        "reset_on_logout",
        boolean,
        "no",
        "Start both sequence numbers at 1 after every logout.",
    ),
    Option(
        "reset_on_disconnect",
        boolean,
        "no",
        "Start both sequence numbers at 1 after every loss of the connection.",
    ),
    Option(
        "next_expected_msg_seq_num",
        boolean,
        "no",
        "Send NextExpectedMsgSeqNum(789) in our Logon and heed it in the counterparty's, from"
        " FIX.4.4: each side then sends what the other misses without being asked.",
    ),
    Option(
        "test_message_indicator",
        choice("any", "yes", "no"),
        "any",
        "Whether a Logon must have TestMessageIndicator(464) Y (yes), must not (no), or may (any)."
        " With yes our own Logon has it too.",
    ),
    Option(
        "max_logon_failures",
        integer(0, 1_000_000),
        "10",
        "After so many wrong passwords in a row nobody may log on for logon_lockout; 0: no limit.",
    ),
    Option(
        "logon_lockout",
        duration,
        "10s",
        "How long that is.",
    ),
    Option(
        "heartbeat_min",
        integer(0, _DAY),
        "0",
        "The least HeartBtInt(108), in seconds, that a logon may ask for; 0 allows none at all.",
    ),
    Option(
        "heartbeat_max",
        integer(0, _DAY),
        "3600",
        "The greatest HeartBtInt(108), in seconds, that a logon may ask for.",
    ),
    Option(
        "logout_timeout",
        duration,
        "2s",
        "How long to wait for the answer to a Logout before the connection is closed.",
    ),
    Option(
        "max_latency",
        duration,
        "120s",
        "How far SendingTime(52) may be from the session clock; 0s leaves it unchecked.",
    ),
    Option(
        "check_comp_id",
        boolean,
        "yes",
        "Refuse messages whose SenderCompID or TargetCompID is not that of the logon.",
    ),
    Option(
        "resend_size",
        integer(0, 10_000_000),
        "100000",
        "How many messages sent are kept for resending; older ones are gap filled.",
    ),
    Option(
        "max_fields",
        integer(10, 1_000_000),
        "2000",
        "The most fields that a message may have; one with more is rejected.",
    ),
    Option(
        "timestamp_digits",
        optional(_digits),
        "",
        "Digits after the second in time stamps sent: 0, 3, 6 or 9. Empty: as the version has"
        " them, none in FIX.4.0 and 4.1, 3 from FIX.4.2.",
    ),
    Option(
        "echo_tags",
        echo_tags,
        "",
        "Tags, such as 5001 5002, that reports copy from their order besides Account, ClientID,"
        " parties, SecondaryClOrdID and Text. Plain fields only: no groups, no raw data.",
    ),
    Option(
        "map_orders",
        boolean,
        "yes",
        "Make orders, cancels, replaces and status requests of messages. With no, policies get"
        " every message as it is, as one that maps to no request.",
    ),
    Option(
        "fill_style",
        choice(*FILL_STYLES),
        "version",
        "ExecType(150) of fills: 1 and 2 (fill), F (trade), or what the version has (version):"
        " F from FIX.4.3.",
    ),
    Option(
        "multileg_reports",
        choice(MULTILEG, "legs", BOTH),
        MULTILEG,
        "What a fill of a multileg instrument is told as, from FIX.4.2: one report of the whole"
        " (multileg; MultiLegReportingType(442) is 3), one of each leg (legs; it is 2), or both.",
    ),
    *CHECKS,
    *TIMING,
    *SCHEDULE,
    *THROTTLE,
    *PARTICIPATION,
    *COPYING,
    *CONFLATION,
    *NEWS,
    _REFUSAL,
    Option(
        "tell_appl_ver_id",
        boolean,
        "no",
        "Tell DefaultApplVerID(1137) in each BusinessMessageReject over FIXT.1.1, as QuickFIX does"
        " though the specification does not have it there.",
    ),
)
"""Keys of endpoints that their sessions may have too."""

ENDPOINT_OPTIONS: Final = (
    Option("comp_id", name, REQUIRED, "Our CompID: what a counterparty's TargetCompID must be."),
    Option(
        "accept_any_logon",
        boolean,
        "no",
        "Let in any SenderCompID: a session is made for each that is not configured. Good for"
        " tests; leave it off where counterparties are known.",
    ),
    Option(
        "max_sessions",
        integer(1, 1_000_000),
        "1000",
        "How many sessions may be made by accept_any_logon; further logons are refused.",
    ),
    Option(
        "logon_timeout",
        duration,
        "10s",
        "How long a connection may take to log on before it is closed.",
    ),
    Option(
        "max_message_size",
        integer(1_024, 16_777_216),
        "65536",
        "The longest message accepted, in bytes; a longer one closes the connection.",
    ),
    Option(
        "check_body_length",
        boolean,
        "yes",
        "Pass over messages whose BodyLength(9) is wrong. With no, a message ends with its first"
        " CheckSum(10), wherever that is.",
    ),
    Option(
        "check_checksum",
        boolean,
        "yes",
        "Pass over messages whose CheckSum(10) is wrong.",
    ),
    *SHARED,
)
"""Keys of ``[endpoint:NAME]`` with ``protocol = fix``."""

SESSION_OPTIONS: Final = (
    Option(
        "sender_comp_id",
        optional(name),
        "",
        "The counterparty's CompID, its SenderCompID. Empty: the name of the session.",
    ),
    Option(
        "begin_string",
        choice(ANY_VERSION, *BEGIN_STRINGS),
        ANY_VERSION,
        f"The BeginString(8) it has to log on with: {', '.join(BEGIN_STRINGS)}, or any of them.",
    ),
    Option(
        "sender_sub_id",
        optional(name),
        "",
        "SenderSubID(50) of the counterparty, which then has to be in all its messages.",
    ),
    Option(
        "sender_location_id",
        optional(name),
        "",
        "SenderLocationID(142) of the counterparty; likewise.",
    ),
    Option(
        "target_sub_id",
        optional(name),
        "",
        "TargetSubID(57) that it sends to us, likewise; ours is SenderSubID there.",
    ),
    Option(
        "target_location_id",
        optional(name),
        "",
        "TargetLocationID(143) that it sends to us; likewise.",
    ),
    Option("username", text, "", "Username(553) it has to log on with. Empty: unchecked."),
    Option(
        "password",
        text,
        "",
        "Password(554) it has to log on with. Empty: unchecked. NewPassword(925) of a Logon changes"
        " it until the simulator ends.",
    ),
    Option(
        "heartbeat",
        integer(0, _DAY),
        "30",
        "HeartBtInt(108) of our own Logon, in seconds, where we connect.",
    ),
    *SHARED,
)
"""Keys of ``[session:NAME]`` on such an endpoint."""

IDENTIFIERS: Final = (
    (b"50", "sender_sub_id"),
    (b"142", "sender_location_id"),
    (b"57", "target_sub_id"),
    (b"143", "target_location_id"),
)
"""Header fields that tell sessions apart besides the CompIDs, and the keys that say them."""
SENDER_TAGS: Final = frozenset((b"50", b"142"))


def session_options_of(endpoint: Values, sender_comp_id: str, begin_string: str) -> Values:
    """The values of a session's keys for a counterparty that its endpoint alone tells of."""
    own = {option.name: option.value(None) for option in SESSION_OPTIONS}
    own |= {option.name: endpoint[option.name] for option in SHARED}
    identity = {"sender_comp_id": sender_comp_id, "begin_string": begin_string or ANY_VERSION}
    return {**own, **identity}


def session_rules(
    endpoint: Values, session: Values, name: str = "", initiates: bool = False
) -> FixRules:
    """The rules of a session's machine. ``name`` is its CompID where it does not say one."""
    identifiers = [(tag, session[key]) for tag, key in IDENTIFIERS]
    given = tuple((tag, value.encode()) for tag, value in identifiers if value)
    return FixRules(
        comp_id=endpoint["comp_id"],
        sender_comp_id=session["sender_comp_id"] or name,
        begin_string=session["begin_string"],
        default_appl_ver_id=session["default_appl_ver_id"],
        sender_ids=tuple((tag, value) for tag, value in given if tag in SENDER_TAGS),
        target_ids=tuple((tag, value) for tag, value in given if tag not in SENDER_TAGS),
        initiates=initiates,
        schedule=schedule_of(session),
        username=session["username"],
        password=session["password"],
        reset_on_logon=session["reset_on_logon"],
        reset_on_logout=session["reset_on_logout"],
        reset_on_disconnect=session["reset_on_disconnect"],
        test_indicator={"any": "", "yes": "Y", "no": "N"}[session["test_message_indicator"]],
        max_logon_failures=session["max_logon_failures"],
        logon_lockout=session["logon_lockout"],
        verbose_refusal=session["logon_refusal"] == "verbose",
        next_expected=session["next_expected_msg_seq_num"],
        heartbeat=session["heartbeat"],
        heartbeat_min=session["heartbeat_min"],
        heartbeat_max=session["heartbeat_max"],
        logon_timeout=endpoint["logon_timeout"],
        logout_timeout=session["logout_timeout"],
        max_latency=0 if session["session_clock"] == MARKET else session["max_latency"],
        check_comp_id=session["check_comp_id"],
        resend_size=session["resend_size"],
        max_message_size=endpoint["max_message_size"],
        max_fields=session["max_fields"],
        check_body_length=endpoint["check_body_length"],
        check_checksum=endpoint["check_checksum"],
        timestamp_digits=session["timestamp_digits"],
    )


def tells_trade(fill_style: str, version: Version) -> bool:
    """Whether a fill is told as ExecType(150) F."""
    if fill_style == "version":
        return version.trade_exec_type
    return fill_style == "trade"
