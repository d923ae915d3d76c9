"""
What an order asks for, as its reports tell it: instructions to fields of FIX.

An order that came by FIX has these fields just as they came. Of one that came by another way they
are made here: what the version has no field or code for goes under the tags of
:data:`~exsim.protocols.fix_given.OWN_FIELDS`, and is left out where there is none.
"""

from __future__ import annotations

from typing import Final

from exsim.model.amounts import format_amount
from exsim.model.codes import OrdType, TimeInForce
from exsim.model.instructions import Instructions, Peg, PostOnly, Trigger
from exsim.model.requests import NO_PRICE, NewOrder
from exsim.protocols.fix_given import OWN_FIELDS
from exsim.protocols.fix_instructions import DAY_LENGTH
from exsim.protocols.fix_links import link_told
from exsim.protocols.fix_versions import VERSIONS, Version, code_text
from exsim.wire.fix import utc_timestamp

_NEWEST: Final = VERSIONS["FIX.5.0SP2"]
_MARKET: Final = int(OrdType.MARKET)
_LIMIT: Final = int(OrdType.LIMIT)
_LIMIT_IF_TOUCHED: Final = int(OrdType.LIMIT_IF_TOUCHED)
_AT_CLOSE: Final = int(TimeInForce.AT_CLOSE)
_PEG_CODES: Final = {int(Peg.PRIMARY): "R", int(Peg.MARKET): "P", int(Peg.MID): "M"}
_TRIGGER_CODES: Final = {int(Trigger.ASK): "1", int(Trigger.LAST): "2", int(Trigger.BID): "3"}


def codes_of(terms: NewOrder, version: Version) -> tuple[str, str, str]:
    """
    OrdType(40), TimeInForce(59), and fields of exsim's own where the version has no code for them.

    Where there is no "at the close" among the times in force, it is a type: "on close".
    """
    if not terms.ord_type:  # nothing is known of the terms of an unknown order
        return "", "", ""
    tif = code_text(terms.tif)
    own = ""
    if tif.encode() not in version.codes[b"59"]:
        if terms.tif == _AT_CLOSE and terms.ord_type == _MARKET:
            return "5", "0", ""
        if terms.tif == _AT_CLOSE and terms.ord_type == _LIMIT:
            return "B", "0", ""
        own = _field(OWN_FIELDS[b"59"], tif)
        tif = "0"
    ord_type = "T" if terms.ord_type == _LIMIT_IF_TOUCHED else code_text(terms.ord_type)
    if terms.ord_type == _LIMIT_IF_TOUCHED or ord_type.encode() not in version.codes[b"40"]:
        own += _field(OWN_FIELDS[b"40"], ord_type)
        ord_type = "1" if terms.price == NO_PRICE else "2"
    return ord_type, tif, own


def told(extra: Instructions, version: Version) -> str:
    """The fields of instructions, each with its delimiter."""
    fields = [*_exec_insts(extra, version), *_prices(extra), *_shown(extra)]
    if extra.min_qty:
        fields.append((b"110", format_amount(extra.min_qty)))
    if extra.expire:
        fields.append((b"126", utc_timestamp(extra.expire, version.timestamp_digits).decode()))
    if extra.expire_day:
        day = utc_timestamp(extra.expire_day * DAY_LENGTH, 0).decode()
        fields.append((b"432", day.partition("-")[0]))
    if extra.cash:
        fields.append((b"152", format_amount(extra.cash)))
    if extra.group:
        fields.append((b"2362", extra.group.replace("\x01", " ")))
    told = "".join([_field(_tag(tag, version), text) for tag, text in fields])
    return told + link_told(extra)


def _exec_insts(extra: Instructions, version: Version) -> list[tuple[bytes, str]]:
    """ExecInst(18), and what of it the version has no code for."""
    codes: list[str] = []
    if extra.post_only == int(PostOnly.REJECT):
        codes.append("6")
    if extra.all_or_none:
        codes.append("G")
    if extra.peg in _PEG_CODES:
        codes.append(_PEG_CODES[extra.peg])
    if extra.trail or extra.trail_percent:
        codes.append("a")
    if extra.cancel_on_halt:
        codes.append("K")
    if extra.only_best:
        codes.append("Z")
    if extra.cancel_on_disconnect:
        codes.append("o")
    known = [code for code in codes if code.encode() in version.codes[b"18"]]
    own = [code for code in codes if code not in known]
    if extra.post_only == int(PostOnly.REPRICE):
        own.append("reprice")
    if extra.hidden:
        own.append("hidden")
    found = [(b"18", " ".join(known)), (OWN_FIELDS[b"18"], " ".join(own))]
    return [field for field in found if field[1]]


def _prices(extra: Instructions) -> list[tuple[bytes, str]]:
    """StopPx(99), TriggerPriceType(1107), PegOffsetValue(211) and DiscretionOffset(389)."""
    found: list[tuple[bytes, str]] = []
    if extra.stop_px != NO_PRICE:
        found.append((b"99", format_amount(extra.stop_px)))
    if extra.trigger != int(Trigger.LAST):
        found.append((b"1107", _TRIGGER_CODES[extra.trigger]))
    offset = extra.trail or extra.trail_percent * 100 or extra.peg_offset
    if offset:
        found.append((b"211", format_amount(offset)))
    if extra.trail_percent:
        found.append((b"836", "1"))
    if extra.discretion:
        found += [(b"388", "0"), (b"389", format_amount(extra.discretion))]
    return found


def _shown(extra: Instructions) -> list[tuple[bytes, str]]:
    """MaxFloor(111), which is 0 where nothing is shown, and the range of what is shown next."""
    if extra.hidden:
        return [(b"111", "0")]
    found: list[tuple[bytes, str]] = []
    if extra.display:
        found.append((b"111", format_amount(extra.display)))
    if extra.display_high > extra.display:
        found.append((b"1084", "3"))
        found.append((b"1085", format_amount(extra.display)))
        found.append((b"1086", format_amount(extra.display_high)))
    return found


def _tag(tag: bytes, version: Version) -> bytes:
    """Where a version has the field on its reports; b"" where it has no place for it."""
    return tag if tag in version.told or tag not in _NEWEST.told else OWN_FIELDS.get(tag, b"")


def _field(tag: bytes, text: str) -> str:
    return f"{tag.decode()}={text}\x01" if tag else ""
