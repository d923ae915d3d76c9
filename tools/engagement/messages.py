"""``docs/fix-messages.rst``: the messages that exsim knows what to do with, and their fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from exsim.wire.fix_dictionary import TRANSPORT
from tools.engagement import outbound
from tools.engagement.fields import (
    APPLICATION_VERSIONS,
    SESSION_VERSIONS,
    SHORT,
    Place,
    field_name,
    inner,
    message_name,
    places,
)
from tools.engagement.inbound import APPLICATION_SUBJECTS, HEADER, SESSION_SUBJECTS, Subject, used
from tools.engagement.notes import NOTES
from tools.engagement.rst import document, paragraph, table, title

HEAD: Final = (
    "What a counterparty may send and what it gets, version by version. Written by"
    " ``python -m tools.engagement`` from the dictionaries of exsim and by trying: a field counts"
    " as used if exsim answers in another way when it is missing, has another value or is there at"
    " all. `FIX: rules of engagement <fix.rst>`__ tells how a session goes.",
    "Every message is held to the dictionary of its version, field by field, unless the keys"
    " ``validate`` and ``reject_...`` say otherwise (`settings <fix-settings.rst>`__). What is not"
    " in the tables below is validated, kept, shown over REST and seen by policies, but changes"
    " nothing by itself.",
)
_SEVERAL: Final = frozenset(("E", "s", "t", "u", "AB", "AC"))
"""Messages of several orders, or of one of several legs."""
LEGEND: Final = (
    "In the columns of versions: **R** required, **o** optional, nothing: not in that version."
)
SENT_LEGEND: Final = (
    "In the columns of versions: **R** in each message that exsim sent while these tables were"
    " made, **o** in some, as there is something to tell, or the order brought it."
)


def page() -> str:
    """The whole page."""
    lines = [*title("FIX: messages and fields", "="), *paragraph(HEAD[0]), *paragraph(HEAD[1])]
    lines += [*title("Overview", "-"), *overview()]
    lines += [*title("Messages to exsim", "-"), *paragraph(LEGEND)]
    lines += [*title("The standard header", "~"), *_inbound(HEADER, SESSION_VERSIONS)]
    for subject in SESSION_SUBJECTS:
        lines += [*_heading(subject.msg_type), *_inbound(subject, SESSION_VERSIONS)]
    for subject in APPLICATION_SUBJECTS:
        lines += [*_heading(subject.msg_type), *_inbound(subject, APPLICATION_VERSIONS)]
    lines += [*title("Messages from exsim", "-"), *paragraph(SENT_LEGEND)]
    for session, versions in ((True, SESSION_VERSIONS), (False, APPLICATION_VERSIONS)):
        for msg_type in outbound.types(session):
            lines += [*_heading(msg_type, ", sent"), *_outbound(msg_type, versions)]
    return document(lines)


def _heading(msg_type: str, more: str = "") -> list[str]:
    return title(f"{message_name(msg_type)} ({msg_type}){more}", "~")


# -- which messages


def overview() -> list[str]:
    """Which messages come in and go out, in which version."""
    inbound = {subject.msg_type for subject in (*SESSION_SUBJECTS, *APPLICATION_SUBJECTS)}
    rows = []
    for session, versions in ((True, SESSION_VERSIONS), (False, APPLICATION_VERSIONS)):
        sent = outbound.types(session)
        types = [one for one in inbound if (one in "012345A") == session]
        for msg_type in sorted({*types, *sent}):
            cells = [_ways(version, msg_type, inbound) for version in versions]
            if session:
                cells += [cells[-1]] * (len(APPLICATION_VERSIONS) - len(cells))
            rows.append([msg_type, message_name(msg_type), *cells])
    lines = paragraph(
        "**in** exsim takes it, **out** exsim sends it, **both** both. FIX.5.0 and later go over"
        " FIXT.1.1, whose session messages they have."
    )
    head = ["type", "message", *(SHORT[version] for version in APPLICATION_VERSIONS)]
    lines += table(head, rows)
    return lines + paragraph(
        "Any other message of the version that comes in is given to the policies; if none of them"
        " decides, it is refused with BusinessMessageReject(j), up to FIX.4.1 with Reject(3),"
        " unless it is a j itself. What exsim sends by itself is listed here; a policy or a person"
        " over REST may make it send any message."
    )


def _ways(version: str, msg_type: str, inbound: set[str]) -> str:
    comes = msg_type in inbound and places(version, msg_type) is not None
    goes = msg_type in outbound.messages(version)
    return "both" if comes and goes else "in" if comes else "out" if goes else ""


# -- their fields


def _inbound(subject: Subject, versions: Sequence[str]) -> list[str]:
    """The fields that are used, and those required in some version."""
    by_version = [places(version, subject.msg_type) or {} for version in versions]
    inside = [inner(version, subject.msg_type) for version in versions]
    read = used(subject)
    required = {tag for each in by_version for tag, place in each.items() if place.required}
    notes = NOTES.get(subject.msg_type, {})
    rows = []
    for tag in sorted(read | required, key=int):
        marks = [
            "o" if tag not in each and tag in groups else _mark(each.get(tag))
            for each, groups in zip(by_version, inside, strict=True)
        ]
        note = notes.get(tag) or _as_of_others(subject.msg_type, tag)
        note = note if tag in read else "validated only"
        rows.append([tag, field_name(tag), *marks, note])
    lines = table(_head(versions), rows) if rows else paragraph("No field of it is used.")
    counts = [len(set(each) - read - required) for each in by_version]
    if any(counts):
        told = ", ".join(
            f"{count} in {SHORT[version]}"
            for version, count in zip(versions, counts, strict=True)
            if count
        )
        lines += paragraph(f"Other fields and groups that it may have, validated only: {told}.")
    return lines


def _as_of_others(msg_type: str, tag: str) -> str:
    """What is done with a field that no note is about."""
    if msg_type in _SEVERAL and tag in NOTES["D"]:
        return "as in NewOrderSingle"
    return "used"


def _mark(place: Place | None) -> str:
    if place is None:
        return ""
    return "R" if place.required else "o"


def _outbound(msg_type: str, versions: Sequence[str]) -> list[str]:
    """The fields of a message that exsim sends, and one as it is on the wire."""
    lists = [outbound.messages(version).get(msg_type, []) for version in versions]
    header = set(places(TRANSPORT, "") or ()) | {"10"}
    tags: set[str] = set()
    for found in lists:
        for message in found:
            tags |= {tag.decode() for tag in message.fields} - header
    rows = []
    for tag in sorted(tags, key=int):
        marks = []
        for found in lists:
            count = sum(tag.encode() in message.fields for message in found)
            marks.append("" if not count else "R" if count == len(found) else "o")
        rows.append([tag, *marks, field_name(tag)])
    example = next(found[0] for found in reversed(lists) if found)
    shown = example.raw.decode().replace("\x01", "|")
    head = ["tag", *(SHORT[version] for version in versions), "name"]
    lines = table(head, rows) if rows else paragraph("It has no fields but those of the header.")
    return [*lines, "One of them::", "", f"    {shown}", ""]


def _head(versions: Sequence[str]) -> list[str]:
    return ["tag", "name", *(SHORT[version] for version in versions), "what exsim does with it"]
