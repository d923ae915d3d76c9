"""Values of the core as the REST results that people see."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from exsim.config.market_values import legs_text, ticks_text
from exsim.control import results as r
from exsim.control import session_results as sr
from exsim.control import trading_results as tr
from exsim.dispatch.holds import Held
from exsim.dispatch.limits import bounds
from exsim.dispatch.listing import Listing
from exsim.dispatch.phases import PhaseRules
from exsim.dispatch.venue import Venue
from exsim.model.amounts import format_amount
from exsim.model.codes import OrdStatus, OrdType, Phase, Reason, Side, TimeInForce
from exsim.model.messages import Description
from exsim.model.participants import Band, band_text
from exsim.model.requests import NO_PRICE, CancelOrder, NewOrder, OtherMessage, ReplaceOrder
from exsim.model.settings import Instrument
from exsim.model.trades import Trade
from exsim.orders.order import PENDING, Order
from exsim.services.endpoints import EndpointService
from exsim.services.exchange import Exchange
from exsim.services.listening import host_and_port
from exsim.services.origins import Endpoint

_SECOND = 1_000_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC).toordinal()


def time_text(time: int) -> str:
    """Nanoseconds since 1970 UTC as RFC 3339 with all nine digits."""
    seconds, nanoseconds = divmod(time, _SECOND)
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{nanoseconds:09d}Z"


def parse_time(text: str) -> int:
    """A :data:`exsim.control.fields.Moment` as nanoseconds since 1970 UTC."""
    whole, _, digits = text.removesuffix("Z").partition(".")
    date, _, clock = whole.partition("T")
    year, month, day = (int(part) for part in date.split("-"))
    hours, minutes, seconds = (int(part) for part in clock.split(":"))
    days = datetime(year, month, 1, tzinfo=UTC).toordinal() - _EPOCH + day - 1
    whole_seconds = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    return whole_seconds * _SECOND + int(digits.ljust(9, "0"))


def amount(value: int | None) -> str | None:
    """An amount as text; None stays None, and so does "no price"."""
    return None if value is None or value == NO_PRICE else format_amount(value)


def _name(codes: Any, value: int) -> Any:
    """The name of a code; a code that has none, kept on a rejected order, as its number."""
    return codes(value).name if value in codes.__members__.values() else str(value)


def reason(value: Reason) -> Any:
    """The name of a reason."""
    return value.name


def venue(market: Venue, seed: int) -> r.Venue:
    """A venue."""
    settings = market.settings
    return r.Venue(
        name=market.name,
        policies=list(settings.policies),
        pricing=", ".join(settings.pricing),
        seed=seed if settings.seed is None else settings.seed,
        on_error=settings.on_error,  # type: ignore[arg-type]  # one of its words, checked at load
        instruments=sorted(market.instruments),
        phase=market.phase.value,
    )


def auction(market: Venue, listing: Listing) -> r.Auction | None:
    """What would come of an instrument's book if it were uncrossed now; None while it matches."""
    if listing.rules.matches:
        return None
    found = market.engine.indicate(listing.symbol, listing.reference)
    return r.Auction(
        price=amount(found.price),
        volume=format_amount(found.volume),
        imbalance=format_amount(found.imbalance),
        side="BUY" if found.side == Side.BUY else "SELL" if found.side else None,
    )


def clock(market: Venue, now: int) -> r.Clock:
    """A market's clock; ``now`` is real time."""
    settings, time, due = market.clock, market.time(now), market.agenda.next_due()
    return r.Clock(
        market.name,
        settings.mode,  # type: ignore[arg-type]  # one of its words
        time_text(time),
        format_amount(settings.scale),
        None if due is None else time_text(due),
        [
            r.Beginning(time_text(begins), phase.value)
            for begins, phase in market.day.schedule(time)
        ],
    )


def instrument(market: Venue, value: Instrument) -> r.Instrument:
    """An instrument."""
    listing = market.listings[value.symbol]
    return r.Instrument(
        venue=market.name,
        symbol=value.symbol,
        currency=value.currency,
        security_type=value.security_type,
        security_id=value.security_id,
        id_source=value.id_source,
        tick=format_amount(value.tick),
        lot=format_amount(value.lot),
        min_qty=amount(value.min_qty),
        max_qty=amount(value.max_qty),
        reference=amount(value.reference),
        phase=listing.phase.value,
        own_phase=listing.own,
        allocation=value.allocation,  # type: ignore[arg-type]  # one of its words
        fifo_share=str(value.fifo_share),
        lmm_share=str(value.lmm_share),
        lmm=" ".join(value.lmm),
        replace_keeps=value.replace_keeps,  # type: ignore[arg-type]  # one of its words
        hidden=value.hidden,  # type: ignore[arg-type]  # one of its words
        state=state(listing.rules),
        last=amount(listing.last),
        auction=auction(market, listing),
        bounds=[
            r.PriceBounds(rule, format_amount(low), format_amount(high))  # type: ignore[arg-type]
            for rule, low, high in bounds(listing, market.settings.participants.risk)
        ],
        ticks=ticks_text(value.ticks),
        max_notional=amount(value.max_notional),
        multiplier=format_amount(value.multiplier),
        isin=value.isin,
        sedol=value.sedol,
        cusip=value.cusip,
        ric=value.ric,
        figi=value.figi,
        exchange_code=value.exchange_code,
        underlying=value.underlying,
        maturity=value.maturity,
        strike=amount(value.strike),
        put_call=value.put_call,
        coupon=amount(value.coupon),
        settlement=value.settlement,
        settlement_currency=value.settlement_currency,
        legs=legs_text(value.legs),
        implied=value.implied,  # type: ignore[arg-type]  # one of its words
        price_band=_band(value.price_band),
        dynamic_band=_band(value.dynamic_band),
        collar=_band(value.collar),
        fat_finger=_band(value.fat_finger),
        short_sale=value.short_sale,  # type: ignore[arg-type]  # one of its words, checked before
    )


def implied(market: Venue, symbol: str, side: Side) -> r.ImpliedLevel | None:
    """The implied price that a side of a book shows."""
    found = market.engine.implied(symbol, int(side))
    if found is None:
        return None
    price, qty, by = found
    return r.ImpliedLevel(format_amount(price), format_amount(qty), by)


def state(rules: PhaseRules) -> Literal["open", "halted", "auction", "closed"]:
    """A phase in one word."""
    if rules.phase is Phase.HALT:
        return "halted"
    if rules.matches:
        return "open"
    return "auction" if rules.takes else "closed"


def _band(value: Band | None) -> str:
    return "" if value is None else band_text(value)


def status(value: Order) -> Any:
    """What is told of an order; one that nobody has answered yet is pending."""
    return "PENDING_NEW" if value.told == PENDING else _name(OrdStatus, value.told)


def order(market: Venue, value: Order) -> tr.Order:
    """An order as it stands."""
    terms = value.terms
    return tr.Order(
        order_id=value.order_id,
        venue=market.name,
        session=value.owner,
        cl_ord_id=terms.cl_ord_id,
        symbol=terms.symbol,
        side=_name(Side, terms.side),
        type=_name(OrdType, terms.ord_type),
        time_in_force=_name(TimeInForce, terms.tif),
        quantity=format_amount(terms.qty),
        price=amount(terms.price),
        status=status(value),
        cum_quantity=format_amount(value.cum),
        leaves_quantity=format_amount(value.leaves),
        average_price=format_amount(value.average),
        account=terms.account,
        text=value.text,
    )


def trade(market: Venue, value: Trade) -> tr.Trade:
    """A trade."""
    return tr.Trade(
        trade_id=str(value.trade_id),
        time=time_text(value.time),
        venue=market.name,
        symbol=value.symbol,
        price=format_amount(value.price),
        quantity=format_amount(value.qty),
        maker_order_id=value.maker_order_id,
        taker_order_id=value.taker_order_id,
        taker_side=_name(Side, value.taker_side),
    )


def endpoint(service: EndpointService) -> sr.Endpoint:
    """An endpoint, with the address that it really listens on."""
    settings = service.endpoint.settings
    host, port = host_and_port(service.port)
    return sr.Endpoint(
        name=settings.name,
        venue=settings.venue,
        protocol=settings.protocol,
        role=settings.role,
        listen=settings.listen,
        host=host,
        port=port,
        connections=len(service.peers) + len(service.called),
    )


def session(where: Endpoint, name: str, queued: int = 0) -> sr.Session:
    """A session, for which so many bytes wait."""
    value = where.acceptor.sessions[name]
    state = value.view()
    return sr.Session(
        name=name,
        endpoint=where.settings.name,
        venue=where.venue.name,
        policies=list(value.settings.policies),
        state=state.state,  # type: ignore[arg-type]  # one of the four that SessionView names
        next_in=state.next_in,
        next_out=state.next_out,
        peer=state.peer,
        identity=state.identity,
        connect=value.settings.connect,
        refusal=state.refusal,
        queued=queued,
        round_trip=(
            None
            if state.round_trip is None
            else sr.RoundTrip(state.round_trip[0], time_text(state.round_trip[1]))
        ),
    )


def fields(description: Description) -> list[sr.Field]:
    """The fields of a decoded message."""
    return [
        sr.Field(field.tag, field.name, field.value, field.meaning) for field in description.fields
    ]


def hold(exchange: Exchange, held: Held) -> tr.Hold:
    """A request that waits."""
    request = held.request
    if isinstance(request, ReplaceOrder):
        terms: NewOrder | None = request.terms
    else:
        terms = request if isinstance(request, NewOrder) else None
    described = exchange.describe(request.session, request.raw)
    msg_type = request.msg_type if isinstance(request, OtherMessage) else described.type
    return tr.Hold(
        hold=str(held.hold_id),
        time=time_text(held.time),
        venue=held.venue,
        session=request.session,
        policy=held.policy,
        kind=request.kind,  # type: ignore[arg-type]  # one of its words
        type=msg_type,
        cl_ord_id=request.cl_ord_id,
        orig_cl_ord_id=(
            request.orig_cl_ord_id if isinstance(request, CancelOrder | ReplaceOrder) else ""
        ),
        symbol=request.symbol,
        side=_name(Side, request.side) if request.side else None,
        quantity=amount(terms.qty) if terms is not None else None,
        price=amount(terms.price) if terms is not None else None,
        order_id=held.order.order_id if held.order is not None else None,
        fields=fields(described),
    )
