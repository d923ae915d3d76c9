"""What exsim sends: the messages of conversations in which there is one of each kind."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Final

from exsim.model.news import News, NewsTold
from exsim.wire.fix import FixMessage
from tools.engagement.fields import APPLICATION_VERSIONS, SESSION_VERSIONS, inner, places
from tools.engagement.trying import MARKET_DATA, Counterparty, Sent, sent

_ORDER: Final = (
    "11={id}|21=1|1=ACC|55={symbol}|54={side}|60=NOW|38=100|40=2|44=10|59={tif}|58=note|"
    "109=CLI|526=SEC|453=1|448=DESK|447=D|452=1|"
)
_REPLACE: Final = "41={of}|11={id}|21=1|55=AAA|54=1|60=NOW|38=200|40=2|44=10|"
_CANCEL: Final = "41={of}|11={id}|55=AAA|54=1|60=NOW|38=200|125=F|"


_ASKING: Final = "11=20|21=1|55=AAA|54=1|60=NOW|38=100|40=2|44=10|59=6|126=NOW|18=G|110=10|111=20|"
_MASS: Final = (
    ("AD", "568=16|569=0|"),
    ("AD", "568=17|569=0|55=ZZZ|"),
    ("AF", "584=11|585=7|"),
    ("q", "11=12|530=1|55=AAA|54=2|60=NOW|"),
    ("q", "11=13|530=1|55=ZZZ|60=NOW|"),
    ("CA", "11=14|1373=3|1374=7|60=NOW|"),
    ("CA", "11=15|1373=1|1374=7|60=NOW|"),
)


@cache
def messages(version: str) -> dict[str, list[FixMessage]]:
    """Messages that exsim sends in a version, by type."""
    found: dict[str, list[FixMessage]] = defaultdict(list)
    every = [*_session(version), *_orders(version), *_quotes(version), *_together(version)]
    for message in [*every, *_data(version)]:
        found[message.msg_type.decode()].append(message)
    return dict(found)


def types(session: bool) -> list[str]:
    """The types of message that exsim sends in some version: the session's, or the others."""
    versions = SESSION_VERSIONS if session else APPLICATION_VERSIONS
    every = {msg_type for version in versions for msg_type in messages(version)}
    return sorted(one for one in every if (one in "012345A") == session)


def _orders(version: str) -> list[FixMessage]:
    """The life of some orders."""
    counterparty = Counterparty(version)
    counterparty.send(counterparty.logon())
    found: list[FixMessage] = []

    def send(msg_type: str, fields: str) -> None:
        found.extend(counterparty.send(_fitting(version, sent(msg_type, fields))))

    def order(id: str, side: int = 1, tif: int = 0, symbol: str = "AAA") -> None:
        send("D", _ORDER.format(id=id, side=side, tif=tif, symbol=symbol))

    order("1")
    send("G", _REPLACE.format(id="2", of="1"))
    send("H", "11=2|55=AAA|54=1|")
    order("3", side=2)
    send("F", _CANCEL.format(id="4", of="2"))
    order("5", tif=3)
    send("D", "11=9|21=1|55=AAA|54=1|60=NOW|38=100|40=1|")
    order("6", symbol="ZZZ")
    send("F", _CANCEL.format(id="7", of="unknown"))
    send("G", _REPLACE.format(id="8", of="unknown"))
    send("B", "148=headline|33=1|58=text|")
    order("10")
    send("D", _ASKING)
    for msg_type, fields in _MASS:
        if places(version, msg_type) is not None:
            send(msg_type, fields)
    return found


_QUOTING: Final = (
    ("S", "117=Q|55=AAA|132=9|133=11|134=10|135=10|"),
    ("S", "117=Q1|55=ZZZ|132=9|133=11|134=10|135=10|"),
    ("i", "117=Q2|296=1|302=S|304=1|295=1|299=E|55=ZZZ|132=9|133=11|134=10|135=10|"),
    ("a", "649=S|55=AAA|117=Q|"),
    ("Z", "117=Q|298=4|"),
    ("R", "131=R1|146=1|55=ZZZ|54=1|38=50|"),
    ("R", "131=R2|146=1|55=AAA|303=2|54=1|38=50|"),
)
_MAKES: Final = (
    "venue:XSIM.rfq=makers",
    "venue:XSIM.ioi=route",
    "session:MAKER.endpoint=order-entry",
    "session:MAKER.market_maker=yes",
    "session:MAKER.receive_ioi=yes",
)


def _quotes(version: str) -> list[FixMessage]:
    """A taker and a market maker, and what both are told."""
    if places(version, "R") is None:
        return []  # a version of the session alone
    taker = Counterparty(version, _MAKES)
    maker = Counterparty(version, (), taker, "MAKER")
    taker.send(taker.logon())
    maker.send(maker.logon())
    found: list[FixMessage] = []

    def send(who: Counterparty, msg_type: str, fields: str) -> None:
        there = places(version, msg_type)
        if there is not None:
            message = sent(msg_type, fields)
            for tag in {*dict(message.pairs)} - {*there} - inner(version, msg_type):
                message = message.changed(tag)
            found.extend(who.send(message))
            found.extend(taker.received() + maker.received())

    for msg_type, fields in _QUOTING:
        send(taker, msg_type, fields)
    numbers = [each.fields[b"131"].decode() for each in found if each.msg_type == b"R"]
    quote = f"131={numbers[-1]}|55=AAA|133=11|135=50|"
    send(maker, "S", f"117=M1|{quote}132=0|")
    told = [each.fields[b"117"].decode() for each in found if each.msg_type == b"S"]
    send(taker, "AJ", f"693=J|117={told[-1]}|694=2|55=AAA|54=1|38=50|44=10|60=NOW|")
    send(maker, "Z", "117=M1|298=4|")
    send(taker, "Z", "117=X|131=R2|298=1|")
    send(taker, "6", "23=I|28=N|55=AAA|54=1|27=100|44=10|")
    return found


_LIST: Final = (
    "66=L|394=3|433=1|68=2|73=2|11=A|67=1|21=1|55=AAA|54=1|60=NOW|38=10|40=2|44=9|59=0|"
    "11=B|67=2|21=1|55=AAA|54=2|60=NOW|38=10|40=2|44=12|"
)
_SIDES: Final = "552=2|54=1|11=C|1=ACC|38=10|54=2|11=D|38=4|"
_TOGETHER: Final = (
    ("E", _LIST),
    ("M", "66=L|"),
    ("K", "66=L|60=NOW|"),
    ("s", f"548=X|549=3|550=0|{_SIDES}55=AAA|21=1|60=NOW|40=2|44=10|"),
    ("u", "548=Y|551=X|549=3|550=0|552=1|54=1|41=C|11=E|38=10|55=AAA|60=NOW|"),
    (
        "AB",
        "11=F|21=1|55=[N/A]|555=2|600=BBB|624=2|600=AAA|623=2|624=1|54=1|38=9|40=2|44=2|60=NOW|",
    ),
)


def _together(version: str) -> list[FixMessage]:
    """Lists, crosses and orders of several legs."""
    counterparty = Counterparty(version)
    counterparty.send(counterparty.logon())
    found: list[FixMessage] = []
    for msg_type, fields in _TOGETHER:
        there = places(version, msg_type)
        if there is not None:
            message = sent(msg_type, fields)
            for tag in {*dict(message.pairs)} - {*there} - inner(version, msg_type):
                message = message.changed(tag)
            found += counterparty.send(message)
    return found


_DATA: Final = "263=1|264=0|265=1|267=4|269=0|269=1|269=2|269=4|146=1|"
_LOOKING: Final = (
    ("V", f"262=M|{_DATA}55=AAA|"),
    ("V", f"262=N|{_DATA}55=ZZZ|"),
    ("x", "320=L|559=0|55=AAA|"),
    ("x", "320=L|559=0|55=ZZZ|"),
    ("c", "320=D|321=0|55=AAA|"),
    ("c", "320=D|321=0|55=ZZZ|"),
    ("e", "324=S|263=1|55=AAA|"),
    ("g", "335=T|263=1|"),
    ("g", "335=U|263=0|336=2|"),
    ("BI", "335=T|263=1|"),
    ("BI", "335=U|263=0|336=2|"),
)


def _data(version: str) -> list[FixMessage]:
    """Somebody who looks on, while somebody else trades."""
    if places(version, "D") is None:
        return []  # a version of the session alone
    looker = Counterparty(version, (), None, "LOOKER", MARKET_DATA)
    trader = Counterparty(version, (), looker)
    for each in (looker, trader):
        each.send(each.logon())
    found: list[FixMessage] = []

    def order(side: int) -> None:
        message = sent("D", _ORDER.format(id=side, side=side, tif=0, symbol="AAA"))
        trader.send(_fitting(version, message))
        found.extend(looker.received())

    order(1)
    for msg_type, fields in _LOOKING:
        if places(version, msg_type) is not None:
            found += looker.send(sent(msg_type, fields))
    order(2)
    news = News("AAA is halted", ("Pending news.",), 1, ("AAA",), looker.now)
    looker.exchange.dispatcher.out.append(NewsTold(looker.name, news))
    looker.exchange.send_events(looker.now)
    return found + looker.received()


def _fitting(version: str, message: Sent) -> Sent:
    """A message without those of some fields that its version does not have."""
    there = places(version, message.msg_type) or {}
    parties = () if "453" in there else ("453", "448", "447", "452")
    for tag in ("60", "109", "125", "148", "526", *parties):
        message = message if tag in there else message.changed(tag)
    return message


def _session(version: str) -> list[FixMessage]:
    """What a session alone has to say."""
    counterparty = Counterparty(version)
    found = counterparty.send(counterparty.logon())
    found += counterparty.send(sent("1", "112=PING|"))
    found += counterparty.send(sent("D", "11=1|"))
    found += counterparty.send(counterparty.logon())
    order = sent("D", _ORDER.format(id="2", side=1, tif=0, symbol="AAA"))
    found += counterparty.send(_fitting(version, order))
    found += counterparty.send(sent("2", "7=1|16=0|"))
    found += counterparty.wait(60)
    counterparty.number += 1
    found += counterparty.send(sent("0"))
    counterparty.lost()
    counterparty.number = 1
    counterparty.connect()
    reset = "98=0|108=30|141=Y|"
    found += counterparty.send(counterparty.logon(reset))
    found += counterparty.send(sent("5"))
    counterparty.connect()
    found += counterparty.send(counterparty.logon())
    found += counterparty.send(sent("0", "34=1|"))
    return [message for message in found if message.msg_type in b"012345A"]
