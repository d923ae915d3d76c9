"""
Cancels of quotes, and requests for their state: of a session's own quotes, and of those that it may
act for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from exsim.dispatch.acting import canceled_by
from exsim.dispatch.resting_quotes import RestingQuote
from exsim.model.codes import Reason
from exsim.model.events import Event
from exsim.model.quote_codes import Acks, CancelType, QuoteStatus
from exsim.model.quote_events import QuoteState
from exsim.model.quotes import QuoteCancel, QuoteEntry, QuoteStatusQuery

if TYPE_CHECKING:
    from exsim.dispatch.venue import Venue

_CANCELED: Final = {
    int(CancelType.SYMBOLS): QuoteStatus.CANCELED_SYMBOL,
    int(CancelType.SECURITY_TYPE): QuoteStatus.CANCELED_TYPE,
    int(CancelType.UNDERLYING): QuoteStatus.CANCELED_UNDERLYING,
    int(CancelType.ALL): QuoteStatus.CANCELED_ALL,
    int(CancelType.ONE): QuoteStatus.CANCELED,
}


def cancel(venue: Venue, request: QuoteCancel, now: int, out: list[Event]) -> int:
    """Cancel the quotes of a session that are meant; how many these were."""
    found = [quote for quote in venue.quotes.all() if _means(venue, request, quote)]
    for quote in found:
        if quote.session == request.session:
            venue.quotes.remove(quote, now, out)
        else:
            venue.quotes.pull(quote, QuoteStatus.REMOVED, canceled_by(request.session), now, out)
    return len(found)


def _of_party(venue: Venue, request: QuoteCancel | QuoteStatusQuery, quote: RestingQuote) -> bool:
    """
    Whether a quote is of the session, or of one that it may act for where it names a party.
    """
    accounts, session, account = venue.accounts, quote.session, quote.account
    if request.account not in ("", account) or request.whose not in ("", session):
        return False
    if request.firm and request.firm != accounts.firm_for(account, session):
        return False
    if session == request.session:
        return True
    party = bool(request.account or request.firm or request.whose)
    return party and accounts.may_act(request.session, account, session)


def _means(venue: Venue, request: QuoteCancel, quote: RestingQuote) -> bool:
    if not _of_party(venue, request, quote):
        return False
    instrument = venue.instruments[quote.symbol]
    if request.how == int(CancelType.SYMBOLS):
        return any(venue.aliases.get(symbol, symbol) == quote.symbol for symbol in request.named)
    if request.how == int(CancelType.SECURITY_TYPE):
        return instrument.security_type in request.named
    if request.how == int(CancelType.UNDERLYING):
        return instrument.underlying in request.named
    return request.how == int(CancelType.ALL) or quote.quote_id == request.cl_ord_id


def canceled(venue: Venue, request: QuoteCancel, count: int, now: int, out: list[Event]) -> None:
    """Tell what became of a cancel; ``count`` are the quotes that there were."""
    level = venue.quotes.level(request.level)
    missing = not count and request.how != int(CancelType.ALL)
    if level == int(Acks.NONE) or (level == int(Acks.NEGATIVE) and not missing):
        return
    status = QuoteStatus.NOT_FOUND if missing else _CANCELED[request.how]
    out.append(
        QuoteState(
            request.session,
            now,
            request.cl_ord_id,
            QuoteEntry(request.symbol),
            int(status),
            Reason.UNKNOWN_QUOTE if missing else None,
            "there is no such quote" if missing else f"{count} canceled",
            request.req_id,
            account=request.account,
            how=request.how,
            refused=request if missing else None,
            carry=request.carry,
        )
    )


def tell(venue: Venue, request: QuoteStatusQuery, now: int, out: list[Event]) -> None:
    """Tell the state of the quotes of a session."""
    symbol = venue.aliases.get(request.symbol, request.symbol)
    found = [
        quote
        for quote in venue.quotes.all()
        if _of_party(venue, request, quote)
        and symbol in ("", quote.symbol)
        and request.cl_ord_id in ("", quote.quote_id)
    ]
    for quote in found:
        event = venue.quotes.told(quote, QuoteStatus.ACTIVE, now, "", request.status_id)
        event.session = request.session
        event.carry = request.carry
        out.append(event)
    if not found:
        out.append(
            QuoteState(
                request.session,
                now,
                request.cl_ord_id,
                QuoteEntry(request.symbol),
                int(QuoteStatus.NOT_FOUND),
                Reason.UNKNOWN_QUOTE,
                "there is no such quote",
                status_id=request.status_id,
                refused=request,
                carry=request.carry,
            )
        )
