"""All venues together: which of them something is at, and how they are asked."""

from __future__ import annotations

from collections.abc import Coroutine, Iterable, Sequence
from typing import Any, Final, TypeVar

from msgspec import Struct
from msgspec.structs import replace
from twisted.internet.defer import Deferred, DeferredLock, FirstError, gatherResults

from exsim.control import double_schemas as ds
from exsim.control import proxy_schemas as ps
from exsim.control import results as r
from exsim.control import session_schemas as ss
from exsim.control import trading_results as tr
from exsim.errors import Conflict, NotFound, RequestError, Unavailable
from exsim.services.front.carrier import IVenue

T = TypeVar("T")

NAMED: Final = {
    "session": ("get_session", ss.SessionArguments),
    "endpoint": ("get_endpoint", ss.EndpointArguments),
    "fault": ("get_fault", ds.FaultArguments),
    "proxy": ("get_proxy", ps.ProxyArguments),
}
"""How to ask for something by its name."""


class Fleet:
    """The venues, in the order of the configuration. ``naming`` is held while a name is given."""

    def __init__(self, venues: Sequence[IVenue]) -> None:
        self.venues = venues
        self.naming = DeferredLock()

    def venue(self, name: str) -> IVenue:
        """
        The venue of a name.

        :raises exsim.errors.NotFound: when there is none.
        """
        for one in self.venues:
            if one.venue == name:
                return one
        known = ", ".join(one.venue for one in self.venues)
        raise NotFound(f"there is no venue {name!r}; there are: {known}")

    def only(self, name: str | None) -> IVenue:
        """
        The venue of a name, which may be left out when there is just one.

        :raises exsim.errors.Conflict: when there are several.
        """
        if name is not None:
            return self.venue(name)
        if len(self.venues) != 1:
            raise Conflict(f"there are {len(self.venues)} venues: say which one")
        return self.venues[0]

    def check_all(self) -> None:
        """
        Insist that every venue can be asked, since an answer without one would be none.

        :raises exsim.errors.Unavailable: which tells of all that cannot.
        """
        trouble = [one.trouble for one in self.venues if one.trouble]
        if trouble:
            raise Unavailable("; ".join(trouble))

    async def each(
        self, operation: str, arguments: Sequence[Struct], body: Struct | None = None
    ) -> list[Any]:
        """The results of all venues, each asked with its own arguments."""
        self.check_all()
        asked = zip(self.venues, arguments, strict=True)
        return await together(one.ask(operation, given, body) for one, given in asked)

    async def having(self, kind: str, name: str) -> list[IVenue]:
        """The venues that can be asked and have something of this name."""
        operation, arguments = NAMED[kind]

        async def has(venue: IVenue) -> bool:
            try:
                await venue.ask(operation, arguments(name))
            except RequestError as error:
                if error.status != NotFound.status:
                    raise
                return False
            return True

        asked = [one for one in self.venues if not one.trouble]
        found = await together(begun(has(one)) for one in asked)
        return [one for one, has_it in zip(asked, found, strict=True) if has_it]

    async def one(self, kind: str, name: str) -> tuple[IVenue, str]:
        """
        Where the session or endpoint of a name is, and its name there.

        Two venues may have made a session of the same name for counterparties of the same CompID:
        ``VENUE:NAME`` says which is meant.

        :raises exsim.errors.RequestError: when it is nowhere, or it cannot be told where.
        """
        found = await self.having(kind, name)
        if len(found) == 1:
            return found[0], name
        if found:
            places = " and ".join(one.venue for one in found)
            hint = f"say {found[0].venue}:{name} for that of {found[0].venue}"
            raise Conflict(f"venues {places} each have a {kind} {name!r}: {hint}")
        for one in self.venues:
            if name.startswith(f"{one.venue}:"):
                return one, name.removeprefix(f"{one.venue}:")
        self.check_all()
        raise NotFound(f"there is no {kind} {name!r}")

    async def check_free(self, kind: str, name: str, beside: IVenue) -> None:
        """
        Insist that no other venue has something of this name.

        :raises exsim.errors.Conflict: when one has.
        """
        self.check_all()
        for one in await self.having(kind, name):
            if one is not beside:
                raise Conflict(f"venue {one.venue} has {kind} {name!r} already")

    def hold(self, text: str) -> tuple[IVenue, str]:
        """
        The venue of a hold, which is called VENUE:NUMBER, and the number.

        :raises exsim.errors.NotFound: when there can be none of that name.
        """
        name, _, number = text.rpartition(":")
        for one in self.venues:
            if one.venue == name:
                return one, number
        raise NotFound(f"there is no hold {text!r}: they are called VENUE:NUMBER")


def outward(venue: str, result: Any) -> Any:
    """A result as it is for all: each venue counts its holds from 1, so they get its name."""
    if isinstance(result, tr.Hold | tr.Decided | tr.Outcome):
        return replace(result, hold=f"{venue}:{result.hold}") if result.hold else result
    if isinstance(result, r.Page | tr.AwaitedHolds):
        return replace(result, items=[outward(venue, item) for item in result.items])
    return result


def begun(work: Coroutine[Any, Any, T]) -> Deferred[T]:
    """A Deferred of what a coroutine comes to."""
    return Deferred.fromCoroutine(work)


async def together(work: Iterable[Deferred[T]]) -> list[T]:
    """
    All results.

    :raises Exception: the first failure, as it is.
    """
    try:
        return await gatherResults(list(work), consumeErrors=True)
    except FirstError as first:
        first.subFailure.raiseException()
        raise


async def first(work: Iterable[Deferred[T]]) -> None:
    """
    Wait for the first result, and cancel the others.

    :raises Exception: the first failure, if that comes before.
    """
    begun_all = list(work)
    done: Deferred[None] = Deferred()

    def ended(result: Any) -> None:
        if not done.called:
            done.callback(result)

    for one in begun_all:
        one.addBoth(ended)
    try:
        await done
    finally:
        for one in begun_all:
            one.cancel()
