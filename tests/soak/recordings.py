"""
Recorded conversations of FIX counterparties with the exchange, in every version.

A script says what the counterparties do, one step a line, in the notation of
:mod:`tests.fix_conversation`: ``1> D 2 | 11=A`` sends, ``+ 5`` lets seconds pass, ``1~`` loses a
socket. It is run against an exchange in memory; what was sent is the recording, what came back
says whether it went as it was meant to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tests.fix_conversation import OLD, Conversation


class Send(NamedTuple):
    """A counterparty sends bytes, on a new connection if it has none."""

    who: str
    data: bytes


class Wait(NamedTuple):
    """Time passes."""

    seconds: float


class Cut(NamedTuple):
    """The socket of a counterparty is gone."""

    who: str


Step = Send | Wait | Cut


class Recording(NamedTuple):
    """What the counterparties of one script did, in one version."""

    name: str
    version: str
    steps: list[Step]


VERSIONS = {
    "FIX.4.0": "",
    "FIX.4.1": "",
    "FIX.4.2": "",
    "FIX.4.3": "",
    "FIX.4.4": "",
    "FIX.5.0": "7",
    "FIX.5.0SP1": "8",
    "FIX.5.0SP2": "9",
}
"""Versions, with the DefaultApplVerID of those that are spoken over FIXT.1.1."""

COMP_IDS = {"1": "CLIENT", "2": "SELLER", "3": "CLIENT", "4": "NOBODY"}
"""Who speaks; 3 claims to be 1."""

ORDER = "21=1 | 55=AAA | 54=1 | {time} | 38=100 | 40=2 | 44=10.25 | 59=0"
SELL = "21=1 | 55=AAA | 54=2 | {time} | 38=40 | 40=2 | 44=10.20"

TRADING = f"""
1> A 1 | 98=0 | 108=30
2> A 1 | 98=0 | 108=30
1> D 2 | 11=B1 | 1=ACCOUNT | {ORDER} | 58=some text
2> D 2 | 11=S1 | {SELL}
1> G 3 | 11=B2 | 41=B1 | 21=1 | 55=AAA | 54=1 | {{time}} | 38=200 | 40=2 | 44=10.30
1> H 4 | 11=B2 | 55=AAA | 54=1
2> D 3 | 11=S2 | 21=1 | 55=AAA | 54=2 | {{time}} | 38=10 | 40=1
1> F 5 | 11=B3 | 41=B2 | 55=AAA | 54=1 | {{time}} | 38=200
1> F 6 | 11=B4 | 41=NONE | 55=AAA | 54=1 | {{time}} | 38=200
1> D 7 | 11=B5 | 21=1 | 55=ZZZ | 54=1 | {{time}} | 38=100 | 40=2 | 44=10.25
1> D 8 | 11=B6 | 21=1 | 55=AAA | 54=X | {{time}} | 38=100 | 40=2 | 44=10.25
1> D 9 | 11=B7 | 21=1 | 54=1 | {{time}} | 38=100 | 40=2 | 44=10.25
1> 6 10 | 23=IOI | 28=N | 55=AAA | 54=1 | 27=S
1> D 11 | 11=B8 | {ORDER} | 95=3 | 96=a=b
1> D 12 | 97=Y | 50=DESK | 11=B9 | 453=1 | 448=ME | 447=D | 452=1 | {ORDER}
1> 1 13 | 112=HELLO
1> 0 14
1> 5 15
2> 5 4
"""

GAPS = f"""
1> A 1 | 98=0 | 108=30
1> D 2 | 11=A | {ORDER}
1> D 5 | 11=D | {ORDER}
1> D 6 | 11=E | {ORDER}
1> 4 3 | 43=Y | 122=<0> | 36=4 | 123=Y
1> D 4 | 43=Y | 122=<-5> | 11=C | {ORDER}
1> D 4 | 43=Y | 122=<-5> | 11=C | {ORDER}
+ 1
1> 2 7 | 7=1 | 16={{infinity}}
1> 2 8 | 7=2 | 16=2
1> 4 9 | 36=20
1> D 20 | 11=F | {ORDER}
1> D 23 | 11=G | {ORDER}
1> 1 26 | 112=LATER
1> 4 21 | 43=Y | 122=<0> | 36=23 | 123=Y
1> 4 24 | 43=Y | 122=<0> | 36=26 | 123=Y
1> 4 27 | 36=27 | 123=Y
1> 3 28 | 45=2 | 58=not ours to say
1> 5 29
"""

AWAY = f"""
1> A 1 | 98=0 | 108=30
2> A 1 | 98=0 | 108=30
1> D 2 | 11=A | {ORDER}
3> A 3 | 98=0 | 108=30
1~
2> D 2 | 11=S1 | {SELL}
2> D 3 | 11=S2 | {SELL}
+ 5
1> A 3 | 98=0 | 108=30
1> 2 4 | 7=3 | 16={{infinity}}
1> D 5 | 11=B | {ORDER}
1~
1> A 5 | 98=0 | 108=30
4> A 1 | 56=WRONG | 98=0 | 108=30
1> A 1 | 98=0 | 108=30 | 141=Y
1> D 2 | 11=C | {ORDER}
2> 2 4 | 7=1 | 16=2
2> 5 5
1> A 1 | 98=0 | 108=10 | 141=Y
1> 5 2
"""

TIME = f"""
1> A 1 | 98=0 | 108=30 | 553=user | 554=secret
+ 31
1> 0 2
+ 37
1> 0 3 | 112=TEST
1> D 4 | 11=A | {ORDER}
+ 10
1> 1 5 | 112=HELLO
+ 80
1> A 6 | 98=0 | 108=5
1> 2 7 | 7=2 | 16={{infinity}}
+ 6
1> F 8 | 11=B | 41=A | 55=AAA | 54=1 | {{time}} | 38=100
1> 5 9
+ 3
2> A 1 | 98=0 | 108=0
+ 60
2> 5 2 | 58=bye
"""

SCRIPTS = {"trading": TRADING, "gaps": GAPS, "away": AWAY, "time": TIME}

_STEP = re.compile(r"(\d?)([>~+])\s*(.*)")


def recordings() -> Iterator[Recording]:
    """Every script in every version."""
    for name, script in SCRIPTS.items():
        for version in VERSIONS:
            yield Recording(name, version, list(steps(script, version)))


def steps(script: str, version: str) -> Iterator[Step]:
    """What a script does in one version."""
    code = VERSIONS[version]
    talk = Conversation("FIXT.1.1" if code else version)
    time = "" if version in OLD else "60=<0>"
    for line in script.format(time=time, infinity=999_999 if version in OLD else 0).split("\n"):
        step = _STEP.fullmatch(line.strip())
        if step is None:
            continue
        who, kind, text = step.groups()
        if kind == "+":
            talk.advance(float(text))
            yield Wait(float(text))
        elif kind == "~":
            yield Cut(who)
        else:
            more = f" | 1137={code}" if code and text.startswith("A ") else ""
            yield Send(who, talk.message(f"{text} | 49={COMP_IDS[who]}{more}"))
