"""
What exsim reads of the messages that it acts on, found by trying.

A field is used if the answer to a message is another one when the field is missing, has another
value, or is there at all. The messages are not held to a dictionary meanwhile, which would look
at every field.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from tools.engagement.fields import APPLICATION_VERSIONS, SESSION_VERSIONS, Place, places
from tools.engagement.trying import MARKET_DATA, ORDER_ENTRY, STAMP, Counterparty, Sent, sent

_FRAME: Final = ("8", "9", "35")
"""Without these nothing is a message: no need to try."""
_EARLIER: Final = STAMP[:-1] + "1"
_ORDER: Final = "11=A|21=1|55=AAA|54=1|60=NOW|38=100|40=2|44=10|59=0|"
_PARTIES: Final = "453=1|448=DESK|447=D|452=1|"


Pair = tuple[str, str]
Setup = tuple[tuple[str, ...], tuple[Sent, ...], Sent]
"""
A conversation: keys over those of ``etc/exsim.ini``, what is said first, and the last message. It
begins with a Logon, which need not be given. A field of the header that the counterparty writes
anyway is given if it is to be changed.
"""


class Subject(NamedTuple):
    """A type of message, and conversations in which the last message is of it."""

    msg_type: str
    setups: tuple[Setup, ...]


def _open(**keys: str) -> tuple[str, ...]:
    """Keys with which no message is held to a dictionary."""
    pairs = {"validate": "no", **keys}
    return tuple(f"endpoint:order-entry.{name}={value}" for name, value in pairs.items())


_ANY: Final = _open()
_WITH_PASSWORD: Final = (
    *_ANY,
    "session:TRADER.endpoint=order-entry",
    "session:TRADER.username=me",
    "session:TRADER.password=secret",
)
_RESTED: Final = (sent("D", _ORDER),)
_TRADED: Final = (*_RESTED, sent("D", _ORDER.replace("11=A|", "11=T|").replace("54=1", "54=2")))
_CANCEL: Final = "11=B|41=A|37=1|55=AAA|54=1|60=NOW|38=100|125=F|"
_BROUGHT: Final = "1=ACC|58=note|109=ID|526=SEC|" + _PARTIES
_REPLACE: Final = _ORDER.replace("11=A|", "11=B|41=A|37=1|")
_STATUS: Final = "11=A|37=1|55=AAA|54=1|"

_ASKED: Final = "126=20240102-12:00:00|432=20240102|1086=9|1085=1|1138=5|"


def _scoped(msg_type: str, tag: str, fields: str, codes: str) -> tuple[Setup, ...]:
    """Requests for all orders, and for those of each scope."""
    named = "55=AAA|54=1|167=CS|311=AAA|336=1|460=5|461=ESXXXX|"
    named += "1=ACC|" if msg_type == "AF" else ""
    first = (_ANY, _RESTED, sent(msg_type, f"{fields}{tag}=7|"))
    requests = [f"{fields}{named}{tag}={code}|" for code in codes]
    if msg_type != "AF":
        requests.append(f"{fields}{tag}=8|1301=XSIM|")
    return (first, *((_ANY, _RESTED, sent(msg_type, request)) for request in requests))


_QUOTE: Final = "117=Q|55=AAA|132=9|133=11|134=10|135=10|"
_QUOTED: Final = (sent("S", _QUOTE + "301=0|"),)
_MASS_QUOTE: Final = f"296=1|302=S|304=1|295=1|299=E|{_QUOTE}"
_OF_UNDERLYING: Final = _MASS_QUOTE.replace("55=AAA|", "").replace("304=", "311=AAA|304=")
_ASKS: Final = (
    *_ANY,
    "venue:XSIM.rfq=price",
    "venue:XSIM.pricing=fixed",
    "venue:XSIM.ioi=accept",
)
_RFQ: Final = "131=R|146=1|55=AAA|54=1|38=50|"
_HIT: Final = "693=J|117=Q2|694=1|55=AAA|54=1|38=50|60=NOW|"
_LIST: Final = (
    "66=L|394=3|433=1|68=2|73=2|11=A|67=1|21=1|55=AAA|54=1|60=NOW|38=10|40=2|44=9|59=0|"
    "11=B|67=2|21=1|55=AAA|54=2|60=NOW|38=10|40=2|44=12|"
)
_LISTED: Final = (sent("E", _LIST),)
_CROSS: Final = (
    "548=X|549=3|550=0|552=2|54=1|11=A|1=ACC|38=10|54=2|11=B|38=4|55=AAA|21=1|60=NOW|40=2|44=10|"
)
_CROSSED: Final = (sent("s", _CROSS),)
_CHANGED: Final = "548=Y|551=X|549=3|550=0|552=1|54=1|41=A|11=C|38=9|55=AAA|21=1|60=NOW|40=2|44=10|"
_LEGS: Final = "55=[N/A]|555=2|600=BBB|624=2|600=AAA|623=2|624=1|"
_MULTILEG: Final = f"11=A|21=1|{_LEGS}54=1|38=10|40=2|44=2|60=NOW|"
_OTHER_MULTILEG: Final = "41=A|" + _MULTILEG.replace("11=A|", "11=B|").replace("38=10", "38=9")
_USER_DEFINED: Final = (*_ANY, "venue:XSIM.user_defined=yes")

_LOOKS: Final = (f"endpoint:{MARKET_DATA}.validate=no",)
_DATA: Final = "262=M|263=1|264=0|265=1|267=2|269=0|269=1|146=1|55=AAA|"
_DATA_TYPES: Final = frozenset(("V", "x", "c", "e", "g", "BI"))
"""What is sent to an endpoint of market data."""

SESSION_SUBJECTS: Final = (
    Subject(
        "A",
        (
            (_ANY, (), sent("A", "98=0|108=30|")),
            (_WITH_PASSWORD, (), sent("A", "98=0|108=30|553=me|554=secret|")),
            (_WITH_PASSWORD, (), sent("A", "98=0|108=30|553=me|554=secret|925=new|")),
            (
                _open(next_expected_msg_seq_num="yes", test_message_indicator="yes"),
                (),
                sent("A", "98=0|108=30|464=Y|789=1|"),
            ),
        ),
    ),
    Subject("0", ((_ANY, (), sent("0", "112=T|")),)),
    Subject("1", ((_ANY, (), sent("1", "112=T|")),)),
    Subject("2", ((_ANY, (sent("D", _ORDER),), sent("2", "7=2|16=0|")),)),
    Subject("3", ((_ANY, (), sent("3", "45=1|58=why|")),)),
    Subject(
        "4",
        (
            (_ANY, (), sent("4", "36=9|")),
            (_ANY, (), sent("4", "123=Y|36=9|")),
            (_ANY, (), sent("4", "34=5|123=Y|36=9|")),
        ),
    ),
    Subject("5", ((_ANY, (), sent("5", "58=bye|")),)),
)
APPLICATION_SUBJECTS: Final = (
    Subject(
        "D",
        (
            (_ANY, (), sent("D", _ORDER + _BROUGHT)),
            (_ANY, (), sent("D", _ORDER).changed("59", "3")),
            (_ANY, (), sent("D", _ORDER + _ASKED)),
        ),
    ),
    Subject(
        "F",
        (
            (_ANY, _RESTED, sent("F", _CANCEL)),
            (_ANY, _RESTED, sent("F", _CANCEL).changed("41")),
            (_ANY, (), sent("F", _CANCEL + _BROUGHT)),
        ),
    ),
    Subject(
        "G",
        (
            (_ANY, _RESTED, sent("G", _REPLACE + _BROUGHT)),
            (_ANY, _RESTED, sent("G", _REPLACE).changed("41")),
            (_ANY, (), sent("G", _REPLACE + _BROUGHT)),
        ),
    ),
    Subject(
        "H",
        (
            (_ANY, _RESTED, sent("H", _STATUS)),
            (_ANY, _RESTED, sent("H", _STATUS).changed("11")),
            (_ANY, (), sent("H", _STATUS + _BROUGHT)),
        ),
    ),
    Subject("Q", ((_ANY, (), sent("Q", "37=1|17=1|127=D|55=AAA|54=1|38=1|32=1|31=1|")),)),
    Subject("q", _scoped("q", "530", "11=M|60=NOW|526=SEC|" + _PARTIES, "123456")),
    Subject("AF", _scoped("AF", "585", "584=M|" + _PARTIES, "12345678")),
    Subject(
        "AD",
        (
            (_ANY, _TRADED, sent("AD", "568=T|569=0|")),
            (_ANY, _TRADED, sent("AD", "568=T|569=0|54=1|55=AAA|37=1|580=1|75=20260102|")),
            (_ANY, _TRADED, sent("AD", "568=T|569=0|580=1|60=20260101-00:00:00|")),
        ),
    ),
    Subject("AR", ((_ANY, (), sent("AR", "571=1|150=F|55=AAA|60=NOW|")),)),
    Subject("CA", _scoped("CA", "1374", "11=M|60=NOW|1373=3|526=SEC|" + _PARTIES, "123456")),
    Subject("S", ((_ANY, (), sent("S", _QUOTE)), (_ANY, _RESTED, sent("S", _QUOTE)))),
    Subject(
        "i",
        (
            (_ANY, (), sent("i", _MASS_QUOTE)),
            (_ANY, (), sent("i", _MASS_QUOTE.replace("55=AAA|", "55=ZZZ|"))),
            (_ANY, (), sent("i", _OF_UNDERLYING)),
            (_ANY, _RESTED, sent("i", _MASS_QUOTE.replace("133=11|", "133=10|"))),
        ),
    ),
    Subject(
        "Z",
        (
            (_ANY, _QUOTED, sent("Z", "117=Q|298=4|")),
            (_ANY, _QUOTED, sent("Z", "117=Q|298=1|295=1|55=AAA|")),
            (_ANY, _QUOTED, sent("Z", "117=Q|298=2|295=1|167=CS|")),
            (_ANY, _QUOTED, sent("Z", "117=Q|298=3|295=1|311=AAA|")),
            (_ASKS, (sent("R", _RFQ),), sent("Z", "117=X|131=R|298=1|")),
        ),
    ),
    Subject("a", ((_ANY, _QUOTED, sent("a", "649=S|55=AAA|117=Q|")),)),
    Subject(
        "R",
        (
            (_ASKS, (), sent("R", _RFQ)),
            (_ASKS, (), sent("R", _RFQ + "303=2|126=20260102-03:04:06|")),
        ),
    ),
    Subject("AJ", ((_ASKS, (sent("R", _RFQ),), sent("AJ", _HIT)),)),
    Subject("AG", ((_ASKS, (), sent("AG", "131=R|658=99|")),)),
    Subject("E", ((_ANY, (), sent("E", _LIST)),)),
    Subject("K", ((_ANY, _LISTED, sent("K", "66=L|60=NOW|")),)),
    Subject("L", ((_ANY, _LISTED, sent("L", "66=L|391=B|60=NOW|")),)),
    Subject("M", ((_ANY, _LISTED, sent("M", "66=L|")),)),
    Subject("s", ((_ANY, (), sent("s", _CROSS)),)),
    Subject("t", ((_ANY, _CROSSED, sent("t", _CHANGED)),)),
    Subject("u", ((_ANY, _CROSSED, sent("u", _CHANGED)),)),
    Subject("AB", ((_USER_DEFINED, (), sent("AB", _MULTILEG)),)),
    Subject(
        "AC",
        ((_USER_DEFINED, (sent("AB", _MULTILEG),), sent("AC", _OTHER_MULTILEG)),),
    ),
    Subject(
        "V",
        (
            (_LOOKS, (), sent("V", _DATA)),
            (_LOOKS, (), sent("V", _DATA + "266=Y|336=1|")),
            (_LOOKS, (sent("V", _DATA),), sent("V", "262=X|263=2|264=0|")),
        ),
    ),
    Subject(
        "x",
        (
            (_LOOKS, (), sent("x", "320=L|559=4|")),
            (_LOOKS, (), sent("x", "320=L|559=0|55=AAA|")),
            (_LOOKS, (), sent("x", "320=L|559=1|167=CS|")),
        ),
    ),
    Subject("c", ((_LOOKS, (), sent("c", "320=L|321=0|55=AAA|167=CS|")),)),
    Subject("e", ((_LOOKS, (), sent("e", "324=S|263=1|55=AAA|")),)),
    Subject("g", ((_LOOKS, (), sent("g", "335=T|263=1|")),)),
    Subject("BI", ((_LOOKS, (), sent("BI", "335=T|263=1|")),)),
    Subject("6", ((_ASKS, (), sent("6", "23=I|28=N|55=AAA|54=1|27=100|44=10|")),)),
)
_SUB_IDS: Final = "50=DESK|142=NY|57=SYS|143=LN|"
_WITH_SUB_IDS: Final = (
    *_ANY,
    "session:TRADER.endpoint=order-entry",
    "session:TRADER.sender_sub_id=DESK",
    "session:TRADER.sender_location_id=NY",
    "session:TRADER.target_sub_id=SYS",
    "session:TRADER.target_location_id=LN",
)
HEADER: Final = Subject(
    "",
    (
        (_ANY, (), sent("D", _ORDER)),
        (_ANY, (), sent("D", f"34=2|49=TRADER|52=NOW|56=XSIM|43=Y|122={_EARLIER}|" + _ORDER)),
        (_ANY, (sent("D", _ORDER),), sent("D", f"34=2|43=Y|122={_EARLIER}|" + _ORDER)),
        (_WITH_SUB_IDS, (sent("A", _SUB_IDS + "98=0|108=30|"),), sent("D", _SUB_IDS + _ORDER)),
    ),
)
"""The header is tried on orders."""


@cache
def used(subject: Subject) -> frozenset[str]:
    """The tags that exsim reads of these messages, in any version."""
    found = set(_FRAME) if subject is HEADER else set()
    session = subject in (HEADER, *SESSION_SUBJECTS)
    for version in SESSION_VERSIONS if session else APPLICATION_VERSIONS:
        there = places(version, subject.msg_type)
        if there is None:
            continue
        for setup in subject.setups:
            trial = _Trial(version, setup, there)
            found |= trial.given(found, subject is HEADER)
            found |= trial.added(trial.absent(found))
    return frozenset(found)


class _Trial:
    """One conversation in one version, again and again with another last message."""

    def __init__(self, version: str, setup: Setup, there: dict[str, Place]) -> None:
        self._version = version
        self._overrides, self._before, self._message = setup
        self._there = there
        self._usual = self._answer(self._message)

    def _answer(self, last: Sent) -> tuple[object, ...]:
        looks = last.msg_type in _DATA_TYPES
        endpoint = MARKET_DATA if looks else ORDER_ENTRY
        counterparty = Counterparty(self._version, self._overrides, endpoint=endpoint)
        messages = [*self._before, last]
        if messages[0].msg_type != "A":
            messages.insert(0, counterparty.logon())
        told = counterparty.appl_ver_id
        if told and "1137" not in dict(messages[0].pairs):
            messages[0] = Sent("A", (*messages[0].pairs, ("1137", told)))
        return counterparty.answer(messages).essence()

    def given(self, known: set[str], header: bool) -> set[str]:
        """Those of the message's own fields that matter."""
        tags = {tag for tag, _value in self._message.pairs if tag in self._there or not header}
        return {
            tag
            for tag in tags - known
            if any(self._answer(other) != self._usual for other in self._others(tag))
        }

    def _others(self, tag: str) -> Iterator[Sent]:
        """The message with something else in a field, or without it."""
        message = self._message
        value = dict(message.pairs)[tag] or ""
        yield message.changed(tag)
        yield message.changed(tag, value[:-1] + ("1" if value[-1:] != "1" else "2"))
        yield message.changed(tag, "~")

    def absent(self, known: set[str]) -> list[Pair]:
        """Fields that the message has not but may have, each with some values to try."""
        skip = {*known, *dict(self._message.pairs)}
        return [
            (tag, code)
            for tag, place in self._there.items()
            if tag not in skip and not place.group and place.type not in ("DATA", "LENGTH")
            for code in (place.codes[:1] + place.codes[-1:] or ("1",))
        ]

    def added(self, pairs: list[Pair]) -> set[str]:
        """Those of these fields that make a difference when they are there."""
        one_each = dict(pairs)
        rest = [pair for pair in pairs if one_each[pair[0]] != pair[1]]
        found = self._search(list(one_each.items()))
        return found | (self._search(rest) if rest else set())

    def _search(self, pairs: list[Pair]) -> set[str]:
        message = Sent(self._message.msg_type, (*self._message.pairs, *pairs))
        if not pairs or self._answer(message) == self._usual:
            return set()
        if len(pairs) == 1:
            return {pairs[0][0]}
        half = len(pairs) // 2
        return self._search(pairs[:half]) | self._search(pairs[half:])
