"""``docs/fix-rejects.rst``: what is refused, how, and with which code in which version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from exsim.model.codes import Reason
from exsim.protocols.fix_versions import VERSIONS, Version
from exsim.sessions.fix_version import REJECT_TEXTS
from exsim.sessions.fix_version import SESSION_VERSIONS as BY_BEGIN_STRING
from exsim.wire.fix import FixMessage
from tools.engagement.examples import BUSINESS, ENDINGS, REJECTS, Example
from tools.engagement.fields import APPLICATION_VERSIONS, SESSION_VERSIONS, SHORT, code_name
from tools.engagement.rst import document, escaped, paragraph, table, title

SHOWN: Final = ("FIX.4.0", "FIX.4.2", "FIX.4.4", "FIX.5.0SP2")
"""Versions whose answers are shown: between them lie the changes."""
HEAD: Final = (
    "What exsim refuses, and how it says so. Written by ``python -m tools.engagement`` from the"
    " tables of exsim, and by doing what the examples say. `FIX: rules of engagement <fix.rst>`__"
    " tells how a session goes, `settings <fix-settings.rst>`__ how to turn checks off."
)


def page() -> str:
    """The whole page."""
    lines = [*title("FIX: what is refused", "="), *paragraph(HEAD)]
    lines += [*title("The connection or the session ends", "-"), *_endings()]
    lines += [*title("Reject (3): the message is malformed", "-"), *_session_reasons()]
    lines += [*title("The message is right, but what it asks for is not", "-"), *_business()]
    for name, tag, of in (
        ("OrdRejReason (103), of an ExecutionReport that rejects an order", "103", _ord_rej),
        ("CxlRejReason (102), of an OrderCancelReject", "102", _cxl_rej),
        ("BusinessRejectReason (380), of a BusinessMessageReject", "380", _business_rej),
    ):
        tables = {name: of(version) for name, version in VERSIONS.items()}
        lines += [*title(name, "~"), *_reasons(tag, tables)]
    return document(lines)


def _ord_rej(version: Version) -> Mapping[Reason, int | None]:
    return version.ord_rej_reasons


def _cxl_rej(version: Version) -> Mapping[Reason, int | None]:
    return version.cxl_rej_reasons


def _business_rej(version: Version) -> Mapping[Reason, int | None]:
    return version.business_reasons


# -- endings


def _endings() -> list[str]:
    rows = [[example.text, ending(example)] for example in ENDINGS]
    lines = paragraph(
        "What ends a connection, tried in FIX.4.4 with the settings of ``etc/exsim.ini``. Why a"
        " Logon is refused is in our log in any case; ``logon_refusal`` says whether the"
        " counterparty is told."
    )
    return lines + table(["what the counterparty does", "what it gets"], rows)


def ending(example: Example) -> str:
    """What comes of an example that is refused as a whole."""
    answer = example.answer("FIX.4.4")
    told = [_told(message) for message in answer.messages if message.msg_type != b"A"]
    closed = "the connection is closed" if answer.closed else ""
    return ", then ".join(filter(None, [*told, closed])) or "nothing"


def _told(message: FixMessage) -> str:
    name = {b"5": "Logout", b"3": "Reject", b"2": "ResendRequest"}[message.msg_type]
    parts = [
        f"{tag}={message.fields[tag.encode()].decode()}"
        for tag in ("373", "58")
        if tag.encode() in message.fields
    ]
    return escaped(f"{name} {' '.join(parts)}".strip())


# -- Reject(3)


def reason_of(example: Example, version: str = "FIX.5.0SP2") -> int:
    """The SessionRejectReason that an example is rejected for."""
    (rejected,) = [one for one in example.answer(version).messages if one.msg_type == b"3"]
    return int(rejected.fields[b"373"])


def _session_reasons() -> list[str]:
    found: dict[int, list[str]] = {}
    for example in REJECTS:
        found.setdefault(reason_of(example), []).append(example.text)
    columns = [version for version in SESSION_VERSIONS if _codes(version)]
    rows = []
    for code in sorted({*found, *(code for version in columns for code in _codes(version))}):
        marks = ["x" if code in _codes(version) else "" for version in columns]
        when = "; ".join(found.get(code, [])) or "(not by exsim itself)"
        rows.append([str(code), REJECT_TEXTS.get(code, "Other"), *marks, when])
    lines = paragraph(
        "The message is used up, and nothing comes of it. Text(58) says what is wrong,"
        " RefTagID(371) with which tag, RefMsgType(372) of what message, SessionRejectReason(373)"
        " has the code where the version has it (x). FIX.4.0 and 4.1 have the text alone, with the"
        " tag behind it."
    )
    head = ["373", "Text(58)", *(SHORT[version] for version in columns), "sent for"]
    return lines + table(head, rows)


def _codes(version: str) -> frozenset[int]:
    return BY_BEGIN_STRING[version.encode()].reject_reasons


# -- business


def _business() -> list[str]:
    rows = []
    for example in BUSINESS:
        rows.append([example.text, *(refusal(example, version) for version in SHOWN)])
    lines = paragraph(
        "Text(58) says more. An order is refused by an ExecutionReport(8), a cancel or replace by"
        " an OrderCancelReject(9), any other message by a BusinessMessageReject(j), up to FIX.4.1"
        " by a Reject(3). So is a request that lacks a field which it needs because of another."
    )
    return lines + table(["what is sent", *(SHORT[version] for version in SHOWN)], rows)


def refusal(example: Example, version: str) -> str:
    """Type and code of the last answer to an example; nothing where the version has no such."""
    if not example.exists_in(version):
        return ""
    last = example.answer(version).messages[-1]
    codes = [
        f"{tag}={last.fields[tag.encode()].decode()}"
        for tag in ("102", "103", "373", "380")
        if tag.encode() in last.fields
    ]
    return " ".join([last.msg_type.decode(), *codes])


def _reasons(tag: str, tables: Mapping[str, Mapping[Reason, int | None]]) -> list[str]:
    versions = [version for version in APPLICATION_VERSIONS if tables[version]]
    rows = []
    for reason in Reason:
        codes = [tables[version][reason] for version in versions]
        marks = ["" if code is None else str(code) for code in codes]
        rows.append([reason.value, *marks, code_name(tag, marks[-1])])
    names = [SHORT[version] for version in versions]
    lines = table(["reason, and Text(58) if there is no other", *names, "the last"], rows)
    empty = any(code is None for version in versions for code in tables[version].values())
    return lines + (paragraph("Where nothing stands the field is left out.") if empty else [])
