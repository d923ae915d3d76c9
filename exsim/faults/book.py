"""All faults of a simulator that are set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from difflib import get_close_matches
from typing import Final
from zlib import crc32

from exsim.errors import Conflict, NotFound
from exsim.faults.fault import Active, Fault
from exsim.faults.kinds import KINDS, ORDER, PROXY, Kind
from exsim.faults.orders import ORDER_KINDS
from exsim.faults.reactions import Watcher
from exsim.faults.tamper import SessionTamper, Told
from exsim.interfaces import Surgery
from exsim.model.plain import Plain

MOST_FAULTS: Final = 1_000
"""Faults that may be set at a time."""
BY_NAME: Final = {kind.name: kind for kind in (*KINDS, *ORDER_KINDS)}
"""All kinds by name."""


def kind_of(name: str) -> Kind:
    """
    The kind of this name.

    :raises ValueError: when there is none.
    """
    kind = BY_NAME.get(name)
    if kind is None:
        close = get_close_matches(name, BY_NAME, 1)
        hint = f": did you mean {close[0]!r}?" if close else f"; known: {', '.join(BY_NAME)}"
        raise ValueError(f"there is no kind {name!r} of fault{hint}")
    return kind


def _nothing() -> None:
    """Nobody is to be told."""


class Faults:
    """
    By name, in the order they were set. ``changed`` is called when other faults are to be shown
    messages than before.
    """

    def __init__(self) -> None:
        self.changed: Callable[[], None] = _nothing
        self.last = 0
        self._faults: dict[str, Active] = {}

    def __iter__(self) -> Iterator[Active]:
        return iter(self._faults.values())

    def __len__(self) -> int:
        return len(self._faults)

    def add(self, fault: Fault, seed: int) -> Active:
        """
        Set a fault.

        :param seed: of its venue: with the name it fixes the fault's chance, unless that says.
        :raises ValueError: when it makes no sense.
        :raises exsim.errors.Conflict: when there is one of its name, or there are too many.
        """
        if fault.name in self._faults:
            raise Conflict(
                f"there is a fault {fault.name!r} already: delete it, or name this another"
            )
        if len(self._faults) >= MOST_FAULTS:
            raise Conflict(f"there are {MOST_FAULTS} faults, no more are taken: delete some")
        active = active_of(fault, seed)
        self.last += 1
        self._faults[fault.name] = active
        self.changed()
        return active

    def free_name(self, kind: str) -> str:
        """A name for a fault that is given none."""
        number = self.last + 1
        while f"{kind}-{number}" in self._faults:
            number += 1
        return f"{kind}-{number}"

    def get(self, name: str) -> Active:
        """
        A fault by its name.

        :raises exsim.errors.NotFound: when there is none.
        """
        active = self._faults.get(name)
        if active is None:
            known = ", ".join(self._faults) or "none"
            raise NotFound(f"there is no fault {name!r}; there are: {known[:500]}")
        return active

    def remove(self, name: str) -> Active:
        """
        Take a fault away; what it holds up already goes on to do so.

        :raises exsim.errors.NotFound: when there is none.
        """
        active = self.get(name)
        del self._faults[name]
        self.changed()
        return active

    def replace(self, active: Active) -> None:
        """
        Have another fault in the place of the one of its name; what that holds up goes on.

        :raises exsim.errors.NotFound: when there is none.
        """
        self.get(active.fault.name)
        self._faults[active.fault.name] = active
        self.changed()

    def enable(self, name: str, enabled: bool) -> Active:
        """
        Switch a fault on or off; what it holds up already goes on to do so.

        :raises exsim.errors.NotFound: when there is none.
        """
        active = self.get(name)
        active.fault = replace(active.fault, enabled=enabled)
        self.changed()
        return active

    def clear(self, venue: str | None = None) -> list[Active]:
        """Take all away, or those of one venue; which they were."""
        gone = [each for each in self._faults.values() if venue in (None, each.fault.venue)]
        for each in gone:
            del self._faults[each.fault.name]
        if gone:
            self.changed()
        return gone

    def tamper(
        self,
        told: Told,
        surgery: Surgery,
        relays: bool = False,
        watcher: Watcher | None = None,
    ) -> SessionTamper | None:
        """
        What is to look at the messages of a session; None where no fault or rule is of it.

        :param relays: whether it is that of others, between whom a proxy stands.
        :param watcher: the rules of the venue, where they are shown messages.
        """
        faults = [
            each
            for each in self._faults.values()
            if each.kind.level != ORDER
            and told.role in (each.kind.roles or (told.role,))
            and each.fault.enabled
            and each.left != 0
            and each.kind.name in surgery.kinds
            and each.of(told.venue, told.endpoint, told.session)
        ]
        if not faults and watcher is None:
            return None
        return SessionTamper(told, faults, surgery, self._exhausted, relays, watcher)

    def _exhausted(self) -> None:
        """A fault has fired as often as it may."""
        self.changed()

    # -- snapshots

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        return [self.last, [each.state() for each in self._faults.values()]]

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        self.last, faults = plain
        self._faults = {}
        for fault, *counts in faults:
            active = active_of(Fault(**fault), 0)
            active.count_on(*counts)
            self._faults[active.fault.name] = active
        self.changed()


def active_of(fault: Fault, seed: int) -> Active:
    """
    What is known of a fault that is to be set; ``seed`` is that of its venue.

    :raises ValueError: when it makes no sense.
    """
    kind = kind_of(fault.kind)
    proxied = fault.endpoint.startswith(PROXY)  # which passes on what comes from either side
    if fault.direction and fault.direction not in kind.directions and not proxied:
        only = " or ".join(kind.directions)
        raise ValueError(f"a fault of kind {kind.name} has direction {only}")
    return Active(fault, kind, crc32(f"{seed}:{fault.venue}:{fault.name}".encode()))
