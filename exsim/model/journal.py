"""
Journal entries: the ordered record of every command and every message.

What arrives (bytes of a message, a connection made or lost, a timer, a command over REST) is
an entry before it acts, so that the entries alone suffice to run a day again; what is sent is
an entry too, so that the second run can be compared with the first.
"""

from __future__ import annotations

from enum import IntEnum

from exsim.model.acyclic import mypyc_attr


class EntryKind(IntEnum):
    """What an entry records."""

    IN = 1  # a message that a session received; ``data`` is the message
    OUT = 2  # a message that a session sent
    GARBLED = 3  # bytes that were no message and were passed over
    COMMAND = 4  # an operation over REST; ``data`` is JSON: operation and arguments
    LINK = 5  # a connection; ``data`` says what of it, see below
    TIMER = 6  # a deadline that fell due; ``data`` says of what, see below
    STEP = 7  # what an operation does later than it began; ``data`` says what
    NOTE = 8  # what a rule or a fault did, in JSON; it comes of an entry before, as an OUT does
    BOT = 9  # what a bot asked for; it comes of an entry before, as an OUT does, see below


# What the data of entries say, so that a day can be run again. N is the number of a connection,
# which counts from 1 in each data directory.
#
# LINK   up N PEER      it was accepted, or (where the entry has a session) made by us
#        down N         its socket is gone
#        of N           the next entry is of this connection, on which nobody is logged on yet
#        cut N WHY      it brought what cannot be a message, and ends
# TIMER  session N      a deadline of its session
#        waiting N      a message that a throttle let wait has its turn
#        resume, fill   (of a venue) the first task of its agenda: a delayed request, or a fill
#        departure      (likewise) the orders of a session that has not come back are canceled
#        play           (likewise) the steps of a rule go on
#        prices NAME    (likewise) a pricing source moves on
#        bot NAME       (likewise) a bot looks at its markets, and acts
# STEP   stop WHY       the sessions of an endpoint are logged out
#        remove         an endpoint, or the session that the entry has, is no more
#        remove venue   the venue that is the origin is no more
#        behind         the session that the entry has does not read its market data
#        caught up      it has read all there was
#        begin prices   the pricing sources of the venue that is the origin begin to move
#        webhook N JSON what was answered to a rule of the venue that is the origin
# BOT    35=D|11=...    a new order, cancel (F) or replace (G) in tags and values of FIX, with the
#                       byte 1 between them; the origin is ``bots:VENUE``, the session ``bot:NAME``


@mypyc_attr(acyclic=True)
class Entry:
    """
    One entry: ``seq`` counts from 1 in each epoch, ``time`` is nanoseconds since 1970 UTC.

    ``origin`` names the endpoint that it happened on (for a timer of a venue, the venue), and
    ``session`` the session; both are empty where an entry has none. The time of a timer is when it
    was seen that it fell due.
    """

    __slots__ = ("data", "kind", "origin", "seq", "session", "time")

    def __init__(
        self, seq: int, time: int, kind: int, origin: str, session: str, data: bytes
    ) -> None:
        self.seq = seq
        self.time = time
        self.kind = kind
        self.origin = origin
        self.session = session
        self.data = data
