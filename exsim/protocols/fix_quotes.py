"""
Quotes, requests for quotes and indications of interest: messages to requests.

What fields stand for in groups is read as they follow each other; what the dictionary has to say of
them was checked before. MMProtectionReset is a tag of exsim's own, in the number that venues use.
"""

from __future__ import annotations

from typing import Final

from exsim.model.quote_codes import CancelType, ResponseType
from exsim.model.quotes import (
    Head,
    Ioi,
    Quote,
    QuoteAsk,
    QuoteCancel,
    QuoteEntry,
    QuoteMessage,
    QuoteRequest,
    QuoteResponse,
    QuoteStatusQuery,
)
from exsim.model.requests import NO_PRICE, Carry
from exsim.protocols.fix_carry import NOTHING, OWNER, PARTY_GROUP, without_text
from exsim.protocols.fix_faults import quantity
from exsim.protocols.fix_given import missing, unsupported
from exsim.protocols.fix_mass import check, side_of, text_of
from exsim.protocols.fix_parties import target_of
from exsim.protocols.fix_refused import Refused
from exsim.protocols.fix_versions import Version
from exsim.wire.fix import FixMessage, amount, parse_utc_timestamp
from exsim.wire.fix_reasons import INCORRECT_FORMAT, VALUE_INCORRECT

_QUOTE: Final = b"S"
_MASS_QUOTE: Final = b"i"
_CANCEL: Final = b"Z"
_STATUS: Final = b"a"
_REQUEST: Final = b"R"
_RESPONSE: Final = b"AJ"
_PASS: Final = b"AG"
_IOI: Final = b"6"

PROTECTION_RESET: Final = b"9773"
"""MMProtectionReset: Y on a quote lets quotes in again that protection keeps out."""
OWN_ENTRY_ID: Final = b"20299"
"""QuoteEntryID(299) on reports of versions that have no SecondaryClOrdID(526)."""

_NAMES: Final = {
    _QUOTE: b"117",
    _MASS_QUOTE: b"117",
    _CANCEL: b"117",
    _STATUS: b"117",
    _REQUEST: b"131",
    _RESPONSE: b"693",
    _PASS: b"131",
    _IOI: b"23",
}
"""The field that a message goes by."""
_REQUIRED: Final = {
    _QUOTE: (b"117",),
    _MASS_QUOTE: (b"117", b"296"),
    _CANCEL: (b"298",),
    _STATUS: (),
    _REQUEST: (b"131",),
    _RESPONSE: (b"693", b"694"),
    _PASS: (b"131",),
    _IOI: (b"23", b"28", b"54", b"27"),
}
TYPES: Final = frozenset(_NAMES)
"""The types of message that are read here."""
_NO_SYMBOL: Final = b"[N/A]"
_PRICES: Final = frozenset(b"55 48 22 132 133 134 135 62".split())
_ASKED: Final = frozenset(b"55 48 22 54 38 126 303".split())
_NAMED: Final = frozenset(b"55 48 22 167 311".split())
_HOWS: Final = {
    b"1": CancelType.SYMBOLS,
    b"2": CancelType.SECURITY_TYPE,
    b"3": CancelType.UNDERLYING,
    b"4": CancelType.ALL,
    b"5": CancelType.ONE,
}

Fields = dict[bytes, bytes]


def read(
    message: FixMessage, session: str, version: Version, carry: Carry, ref: str
) -> QuoteMessage:
    """
    The request of one of :data:`TYPES`.

    :raises Refused: when a field is missing or wrong.
    :raises RefusedBusiness: when one is missing under a condition, or asks for what cannot be.
    """
    fields, msg_type = message.fields, message.msg_type
    check(fields, _REQUIRED[msg_type])
    head = Head(
        session,
        text_of(fields, _NAMES[msg_type]),
        msg_type.decode(),
        ref,
        text_of(fields, b"1"),
        carry,
        message.raw,
    )
    if msg_type == _QUOTE:
        return _quote(fields, head, version)
    if msg_type == _MASS_QUOTE:
        return _mass_quote(message, head, version)
    if msg_type == _CANCEL:
        return _cancel(message, head)
    if msg_type == _STATUS:
        symbol = "" if b"55" not in fields and b"48" not in fields else _symbol(fields)
        firm, whose = _target(fields, head)
        symbol = "" if symbol == "*" else symbol
        return QuoteStatusQuery(head, symbol, text_of(fields, b"649"), firm, whose)
    if msg_type == _REQUEST:
        return _request(message, head, version)
    if msg_type == _IOI:
        return _ioi(fields, head, version)
    if msg_type == _PASS:
        return QuoteResponse(head, int(ResponseType.PASS), "", req_id=head.name)
    return _response(fields, head, version)


# -- quotes


def _quote(fields: Fields, head: Head, version: Version) -> Quote:
    entry = _entry(fields, head, version, "", "", _is_indicative(fields))
    return Quote(
        head,
        [entry],
        False,
        text_of(fields, b"131"),
        text_of(fields, b"693"),
        _level(fields),
        fields.get(PROTECTION_RESET) == b"Y",
    )


def _mass_quote(message: FixMessage, head: Head, version: Version) -> Quote:
    """The entries of all sets, one after the other."""
    fields = message.fields
    entries: list[QuoteEntry] = []
    set_id = entry_id = underlying = b""
    found: Fields | None = None
    parts = message.parts
    for index in range(0, len(parts), 2):
        tag, value = parts[index], parts[index + 1]
        if tag in (b"302", b"299"):
            if found is not None:
                entries.append(_mass_entry(found, head, version, set_id, entry_id, underlying))
                found = None
            if tag == b"302":
                set_id, underlying = value, b""
            else:
                entry_id, found = value, {}
        elif tag == b"311" and found is None:
            underlying = value
        elif found is not None and tag in _PRICES and tag not in found:
            found[tag] = value
    if found is not None:
        entries.append(_mass_entry(found, head, version, set_id, entry_id, underlying))
    if not entries:
        raise missing(b"299")
    if _is_indicative(fields):
        for entry in entries:
            entry.indicative = True
    resets = fields.get(PROTECTION_RESET) == b"Y"
    return Quote(head, entries, True, text_of(fields, b"131"), "", _level(fields), resets)


def _mass_entry(
    found: Fields,
    head: Head,
    version: Version,
    set_id: bytes,
    entry_id: bytes,
    underlying: bytes,
) -> QuoteEntry:
    """An entry of a set; one that names no instrument is for the set's underlying."""
    if b"55" not in found and b"48" not in found and underlying:
        found[b"55"] = underlying
    return _entry(found, head, version, _decoded(entry_id, b"299"), _decoded(set_id, b"302"))


def _entry(
    fields: Fields,
    head: Head,
    version: Version,
    entry_id: str,
    set_id: str,
    indicative: bool = False,
) -> QuoteEntry:
    return QuoteEntry(
        _symbol(fields),
        _price(fields, b"132"),
        _price(fields, b"133"),
        _size(fields, b"134", version),
        _size(fields, b"135", version),
        entry_id,
        set_id,
        _time(fields, b"62"),
        _carry(head, version, entry_id),
        indicative,
    )


def _carry(head: Head, version: Version, entry_id: str) -> Carry:
    """What reports of fills take back: what orders bring, and which entry of the quote it was."""
    body = without_text(head.carry.body)
    if entry_id:
        tag = b"526" if b"526" in version.carried else OWN_ENTRY_ID
        body += tag + b"=" + entry_id.encode() + b"\x01"
    if version.quote_msg_id:
        body += b"1166=" + head.name.encode() + b"\x01"
    return Carry(OWNER, body, head.carry.routing)


def _is_indicative(fields: Fields) -> bool:
    """QuoteType(537): whether a quote is not meant to be traded on."""
    return fields.get(b"537") == b"0"


def _level(fields: Fields) -> int:
    """QuoteResponseLevel(301); a summary (3) is what each acknowledgement is anyway."""
    value = fields.get(b"301")
    if value is None:
        return -1
    if value not in (b"0", b"1", b"2", b"3"):
        raise Refused(VALUE_INCORRECT, b"301")
    return min(int(value), 2)


# -- cancels, requests and answers


def _cancel(message: FixMessage, head: Head) -> QuoteCancel:
    fields = message.fields
    how = _HOWS.get(fields[b"298"])
    if how is None:
        if not fields[b"298"].isdigit():
            raise Refused(VALUE_INCORRECT, b"298")
        how = CancelType.OTHER
    entries = _groups(message, b"295", b"55", _NAMED)
    named: list[str] = []
    if how is CancelType.SYMBOLS:
        named = [_symbol(entry) for entry in entries]
        if not named:  # older versions name a quote so
            how = CancelType.ONE
    elif how is CancelType.SECURITY_TYPE or how is CancelType.UNDERLYING:
        tag = b"167" if how is CancelType.SECURITY_TYPE else b"311"
        named = [_decoded(entry[tag], tag) for entry in entries if entry.get(tag)]
        if not named and fields.get(tag):
            named = [_decoded(fields[tag], tag)]
        if not named:
            raise missing(tag)
    if how is CancelType.ONE and not (head.name or fields.get(b"131")):
        raise missing(b"117")
    firm, whose = _target(fields, head)
    return QuoteCancel(head, int(how), named, text_of(fields, b"131"), _level(fields), firm, whose)


def _target(fields: Fields, head: Head) -> tuple[str, str]:
    """The firm or session that quotes are chosen by; an account that is named so is the head's."""
    account, firm, whose = target_of(fields)
    if account:
        head.account = account
    return firm, whose


def _request(message: FixMessage, head: Head, version: Version) -> QuoteRequest:
    fields = message.fields
    entries = [fields]
    if version.groups_requests:
        entries = _groups(message, b"146", b"55", _ASKED)
    if not entries:
        raise missing(b"146")
    parties = _parties(message)
    asks = [
        QuoteAsk(
            _symbol(entry),
            side_of(entry, version),
            _size(entry, b"38", version),
            Carry(OWNER, parties[number]) if number < len(parties) else NOTHING,
        )
        for number, entry in enumerate(entries)
    ]
    streams = version.groups_requests and entries[0].get(b"303") == b"2"
    return QuoteRequest(head, asks, streams, _time(entries[0], b"126"))


def _parties(message: FixMessage) -> list[bytes]:
    """The Parties of each entry of a request, in the form that they came in."""
    found: list[bytes] = []
    parts = message.parts
    for index in range(0, len(parts), 2):
        tag, value = parts[index], parts[index + 1]
        if tag == b"55":
            found.append(b"")
        elif found and tag in PARTY_GROUP:
            found[-1] += tag + b"=" + value + b"\x01"
    return found


def _response(fields: Fields, head: Head, version: Version) -> QuoteResponse:
    if not fields[b"694"].isdigit() or len(fields[b"694"]) > 2:
        raise Refused(VALUE_INCORRECT, b"694")
    what = int(fields[b"694"])
    known = what in (int(ResponseType.HIT), int(ResponseType.COUNTER), int(ResponseType.EXPIRED))
    if not known and what > int(ResponseType.PASS):
        raise unsupported(b"694", fields[b"694"])
    body = without_text(head.carry.body) + b"693=" + head.name.encode() + b"\x01"
    head.carry = Carry(OWNER, body, head.carry.routing)
    side = side_of(fields, version)
    price = _price(fields, b"44")
    if price == NO_PRICE and what == int(ResponseType.COUNTER):
        price = _price(fields, b"132")
        if price == NO_PRICE:
            price = _price(fields, b"133")
    return QuoteResponse(
        head,
        what,
        text_of(fields, b"117"),
        _symbol(fields),
        side,
        _size(fields, b"38", version),
        price,
        text_of(fields, b"11"),
        text_of(fields, b"131"),
    )


def _ioi(fields: Fields, head: Head, version: Version) -> Ioi:
    if fields[b"28"] not in (b"N", b"C", b"R"):
        raise Refused(VALUE_INCORRECT, b"28")
    if fields[b"27"] not in (b"S", b"M", b"L", b"U"):
        _size(fields, b"27", version)
    return Ioi(
        head,
        fields[b"28"].decode(),
        _symbol(fields),
        side_of(fields, version),
        fields[b"27"].decode(),
        _price(fields, b"44"),
        _time(fields, b"62"),
        text_of(fields, b"26"),
        text_of(fields, b"58"),
    )


# -- fields


def _groups(
    message: FixMessage, count: bytes, first: bytes, wanted: frozenset[bytes]
) -> list[Fields]:
    """The fields of each entry of a group, of those that are wanted."""
    found: list[Fields] = []
    parts, inside = message.parts, False
    for index in range(0, len(parts), 2):
        tag, value = parts[index], parts[index + 1]
        if tag == count:
            inside = True
        elif inside and tag == first:
            found.append({tag: value})
        elif found and tag in wanted and tag not in found[-1]:
            found[-1][tag] = value
    return found


def _symbol(fields: Fields) -> str:
    """Symbol(55), or the identifier that SecurityIDSource(22) and SecurityID(48) make."""
    symbol = fields.get(b"55", _NO_SYMBOL)
    if symbol == _NO_SYMBOL:
        if b"48" not in fields:
            if b"55" in fields:
                return "*"
            raise missing(b"55")
        source = fields.get(b"22", b"-")
        return _decoded(source + b":" + fields[b"48"], b"48").removeprefix("-")
    return _decoded(symbol, b"55")


def _decoded(value: bytes, tag: bytes) -> str:
    try:
        return value.decode()
    except ValueError:
        raise Refused(INCORRECT_FORMAT, tag) from None


def _price(fields: Fields, tag: bytes) -> int:
    if tag not in fields:
        return NO_PRICE
    try:
        return amount(fields[tag])
    except ValueError:
        raise Refused(INCORRECT_FORMAT, tag) from None


def _size(fields: Fields, tag: bytes, version: Version) -> int:
    if tag not in fields:
        return 0
    try:
        size = quantity(fields[tag], version)
    except ValueError:
        raise Refused(INCORRECT_FORMAT, tag) from None
    if size < 0:
        raise Refused(VALUE_INCORRECT, tag)
    return size


def _time(fields: Fields, tag: bytes) -> int:
    if tag not in fields:
        return 0
    try:
        return parse_utc_timestamp(fields[tag])
    except ValueError:
        raise Refused(INCORRECT_FORMAT, tag) from None
