"""Where requests of quote workflows go: to the quotes in the books, or to requests for quotes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from exsim.dispatch import quote_cancels
from exsim.dispatch.answers import message_reject
from exsim.dispatch.tasks import LAST_LOOK, OFFER_END, QUOTE_END, STREAM, QuoteTask
from exsim.model.codes import Reason
from exsim.model.events import Event
from exsim.model.quote_codes import CancelType
from exsim.model.quotes import (
    Ioi,
    Quote,
    QuoteCancel,
    QuoteMessage,
    QuoteRequest,
    QuoteResponse,
    QuoteStatusQuery,
)

if TYPE_CHECKING:
    from exsim.dispatch.venue import Venue

_OTHER: Final = int(CancelType.OTHER)


def deal(venue: Venue, request: QuoteMessage, now: int, out: list[Event]) -> None:
    """Do what a request asks for, if the venue does such things."""
    settings = venue.settings.quoting
    answered = isinstance(request, Quote) and (request.req_id or request.resp_id)
    if isinstance(request, (QuoteRequest, QuoteResponse)) or answered:
        offered = settings.rfq != "none" or answered
    elif isinstance(request, Ioi):
        offered = settings.ioi != "refuse"
    else:
        offered = settings.quotes != "refuse" or settings.rfq == "makers"
    if not offered:
        out.append(message_reject(request, Reason.UNSUPPORTED_MESSAGE, ""))
    elif isinstance(request, Quote):
        _quote(venue, request, now, out)
    elif isinstance(request, QuoteCancel):
        _cancel(venue, request, now, out)
    elif isinstance(request, QuoteStatusQuery):
        quote_cancels.tell(venue, request, now, out)
    elif isinstance(request, QuoteRequest):
        venue.requests.request(request, now, out)
    elif isinstance(request, QuoteResponse):
        venue.requests.respond(request, now, out)
    elif isinstance(request, Ioi):
        refusal = venue.iois.indicate(request, now, out)
        if refusal is not None:
            out.append(message_reject(request, refusal[0], refusal[1]))


def _quote(venue: Venue, request: Quote, now: int, out: list[Event]) -> None:
    """A quote rests, but for one that answers a request."""
    if not request.mass and venue.requests.quoted(request, now, out):
        return
    if venue.settings.quoting.quotes == "refuse":
        if request.req_id:
            text = f"QuoteReqID {request.req_id[:40]!r} is over, or never was"
            venue.quotes.refuse(request, Reason.UNKNOWN_QUOTE, text, now, out)
        else:
            out.append(message_reject(request, Reason.UNSUPPORTED_MESSAGE, ""))
        return
    venue.quotes.quote(request, now, out)


def _cancel(venue: Venue, request: QuoteCancel, now: int, out: list[Event]) -> None:
    if request.how == _OTHER:
        out.append(message_reject(request, Reason.UNSUPPORTED, "quotes cannot be chosen so"))
        return
    count = venue.requests.cancel(request, now, out)
    count += quote_cancels.cancel(venue, request, now, out)
    quote_cancels.canceled(venue, request, count, now, out)


def refuse(
    venue: Venue, request: QuoteMessage, reason: Reason, text: str, now: int, out: list[Event]
) -> None:
    """Refuse any of these requests, in the form that it has."""
    if isinstance(request, Quote):
        venue.quotes.refuse(request, reason, text, now, out)
    elif isinstance(request, QuoteRequest):
        for ask in request.asks:
            venue.requests.refuse(request, ask, reason, text, now, out)
    else:
        out.append(message_reject(request, reason, text))


def run(venue: Venue, task: QuoteTask, now: int, out: list[Event]) -> None:
    """Do what was put on the agenda."""
    if task.kind == QUOTE_END:
        venue.quotes.expire(task.number, now, out)
    elif task.kind == OFFER_END:
        venue.requests.deals.expire(task.number)
    elif task.kind == STREAM:
        venue.requests.tick(task.number, now, out)
    elif task.kind == LAST_LOOK:
        venue.requests.deals.looked(task.number, now, out)
    else:
        venue.requests.end(task.number, now, out)
