"""Things that a counterparty may do and that are refused."""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

from exsim.wire.fix import utc_timestamp
from tools.engagement.fields import places
from tools.engagement.trying import NOW, SECOND, Answer, Counterparty, Raw, Sent, sent

_EARLY: Final = utc_timestamp(NOW - 600 * SECOND, 0).decode()
_LATER: Final = utc_timestamp(NOW + 5 * SECOND, 0).decode()
_NEW: Final = "11=A|21=1|55=AAA|54=1|60=NOW|38=100|40=2|44=10|59=0|"
_CHANGE: Final = "41=A|11=B|21=1|55=AAA|54=1|60=NOW|38=100|40=2|44=10|"
_ORDER: Final = sent("D", _NEW)


class Example(NamedTuple):
    """
    What a counterparty does: a sentence on it, and the messages, the last of which is refused.

    A Logon goes before them if they do not begin with one. ``raw`` changes the bytes of the last.
    """

    text: str
    messages: tuple[Sent, ...]
    raw: Raw | None = None
    logon: bool = True
    keys: tuple[str, ...] = ()

    def exists_in(self, version: str) -> bool:
        """Whether a version has the type of the last message."""
        return places(version, self.messages[-1].msg_type) is not None

    def answer(self, version: str) -> Answer:
        """What comes of it in a version."""
        return _answer(self, version)


@cache
def _answer(example: Example, version: str) -> Answer:
    counterparty = Counterparty(version, example.keys)
    if example.logon:
        counterparty.send(counterparty.logon())
    messages = [_fitting(version, message) for message in example.messages]
    counterparty.answer(messages[:-1])
    return counterparty.answer(messages[-1:], example.raw)


def _fitting(version: str, message: Sent) -> Sent:
    """A message without, or with, what its version does not have or needs besides."""
    there = places(version, message.msg_type) or {}
    for tag in ("60", "21", "40", "44", "125", "148"):
        if tag not in there:
            message = message.changed(tag)
    if message.msg_type == "A" and version.startswith("FIX.5"):
        message = Sent("A", (*message.pairs, ("1137", "9")))
    return message


def _garble(data: bytes) -> bytes:
    return data[:-4] + bytes([data[-4] ^ 1]) + data[-3:]


REJECTS: Final = (
    Example("a tag that the version does not define", (_ORDER.changed("4999", "x"),)),
    Example("a required field is missing", (_ORDER.changed("54"),)),
    Example("PossDupFlag Y without OrigSendingTime", (sent("D", "43=Y|" + _NEW),)),
    Example("a field that this type of message has not", (_ORDER.changed("112", "x"),)),
    Example("a field without a value", (_ORDER.changed("59", ""),)),
    Example("a code that the version does not have", (_ORDER.changed("54", "x"),)),
    Example(
        "a ResendRequest or SequenceReset whose numbers make no sense", (sent("2", "7=5|16=3|"),)
    ),
    Example("a value that is not of its type", (_ORDER.changed("38", "many"),)),
    Example(
        "CompIDs other than those of the Logon (a Logout follows)", (sent("D", "49=ME|" + _NEW),)
    ),
    Example(
        "SendingTime too far from our clock (a Logout follows)",
        (sent("D", f"52={_EARLY}|" + _NEW),),
    ),
    Example(
        "OrigSendingTime later than SendingTime (a Logout follows)",
        (sent("D", f"43=Y|122={_LATER}|" + _NEW),),
    ),
    Example("a type of message that the version does not have", (sent("ZZ", "58=x|"),)),
    Example("a tag that is there twice", (_ORDER.changed("59", "0", "0"),)),
    Example(
        "a field of the header behind the body's",
        (_ORDER,),
        raw=lambda data: _sealed(data[:-7] + b"115=ME\x01"),
    ),
    Example(
        "an entry of a group whose fields are out of order",
        (sent("D", _NEW + "453=1|448=ME|452=1|447=D|"),),
    ),
    Example(
        "a group with more or fewer entries than it says",
        (sent("D", _NEW + "453=2|448=ME|447=D|452=1|"),),
    ),
    Example("an ApplVerID that there is not", (sent("D", "1128=Z|" + _NEW),)),
    Example("a Logon on a session that is logged on", (sent("A", "98=0|108=30|"),)),
)
"""Messages that a Reject(3) answers."""


def _sealed(data: bytes) -> bytes:
    """A message whose length and checksum are right again."""
    begin, _, rest = data.partition(b"\x01")
    body = rest.partition(b"\x01")[2]
    whole = begin + b"\x019=%d\x01" % len(body) + body
    return whole + b"10=%03d\x01" % (sum(whole) % 256)


ENDINGS: Final = (
    Example("its first message is no Logon", (sent("0"),), logon=False),
    Example("its first message is garbled", (sent("A", "98=0|108=30|"),), _garble, logon=False),
    Example(
        "it logs on to a TargetCompID that is not ours",
        (sent("A", "56=YSIM|98=0|108=30|"),),
        logon=False,
    ),
    Example("its Logon is not valid by the dictionary", (sent("A", "98=0|108=x|"),), logon=False),
    Example(
        "its clock is too far from ours as it logs on",
        (sent("A", f"52={_EARLY}|98=0|108=30|"),),
        logon=False,
    ),
    Example("it asks for encryption", (sent("A", "98=1|108=30|"),), logon=False),
    Example("it asks for heartbeats too far apart", (sent("A", "98=0|108=9999|"),), logon=False),
    Example(
        "the same, with ``logon_refusal = verbose``",
        (sent("A", "98=0|108=9999|"),),
        keys=("endpoint:order-entry.logon_refusal=verbose",),
        logon=False,
    ),
    Example(
        "it logs on with a number below the one expected",
        (sent("A", "34=0|98=0|108=30|"),),
        logon=False,
    ),
    Example("it sends a number that was used, without PossDupFlag", (sent("0", "34=1|"),)),
    Example("it sends a message without MsgSeqNum", (Sent("0", (("34", None),)),)),
    Example("it sends another BeginString", (sent("0", "8=FIX.4.1|"),)),
    Example("it sends a message with a wrong CheckSum", (sent("0"),), _garble),
    Example("it sends other CompIDs than those it logged on with", (sent("0", "49=ME|"),)),
    Example("its clock runs away from ours", (sent("0", f"52={_EARLY}|"),)),
    Example("it leaves a number out", (sent("0", "34=5|"),)),
    Example("it logs out", (sent("5"),)),
)
"""Ways to end a connection, and some that look like it."""

_RESTS: Final = (_ORDER,)
BUSINESS: Final = (
    Example("an order for a symbol that the venue does not have", (_ORDER.changed("55", "ZZZ"),)),
    Example("an order whose price is no multiple of the tick", (_ORDER.changed("44", "10.001"),)),
    Example("an order for nothing", (_ORDER.changed("38", "0"),)),
    Example("an order with a ClOrdID that is taken", (_ORDER, _ORDER)),
    Example("an order of a type that the book does not take", (_ORDER.changed("40", "3"),)),
    Example("a Limit order without a price", (_ORDER.changed("44"),)),
    Example("a cancel of an order that there is not", (sent("F", _CHANGE + "125=F|"),)),
    Example(
        "a replace with a price that is no multiple of the tick",
        (_ORDER, sent("G", _CHANGE).changed("44", "10.001")),
    ),
    Example(
        "a replace with a ClOrdID that is taken", (_ORDER, sent("G", _CHANGE).changed("11", "A"))
    ),
    Example(
        "a message that exsim does nothing with: News", (sent("B", "148=headline|33=1|58=text|"),)
    ),
)
"""Requests that are refused for what they ask."""
