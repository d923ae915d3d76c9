"""
The operations of a simulator as methods that return when the answer is here.

Written by tools/make_clients.py from the table of operations: change that, not this.
"""

# mypy: disable-error-code="no-any-return"

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Literal

from msgspec import Struct

from exsim.client.codec import Amount, Fields, amount, pairs
from exsim.control import bot_results as br
from exsim.control import bot_schemas as bs
from exsim.control import consolidated_results as kr
from exsim.control import consolidated_schemas as ks
from exsim.control import double_results as dr
from exsim.control import double_schemas as ds
from exsim.control import fields as f
from exsim.control import inputs
from exsim.control import node_results as nr
from exsim.control import node_schemas as ns
from exsim.control import pricing_results as cr
from exsim.control import pricing_schemas as cs
from exsim.control import proxy_results as pr
from exsim.control import proxy_schemas as ps
from exsim.control import results as r
from exsim.control import schemas as s
from exsim.control import session_results as sr
from exsim.control import session_schemas as ss
from exsim.control import trading_results as tr
from exsim.control import trading_schemas as ts

_NONE: Final[Mapping[str, str]] = MappingProxyType({})


class BlockingOperations(ABC):
    """One method per operation. All raise :exc:`exsim.client.SimulatorError` when refused."""

    @abstractmethod
    def perform(self, operation: str, arguments: Struct, body: Struct | None = None) -> Any:
        """Carry out an operation of the table."""

    def health_live(self) -> r.Health:
        """Tell whether the process answers."""
        return self.perform("health_live", s.NoArguments())

    def health_ready(self) -> r.Health:
        """Tell whether everything listens and works."""
        return self.perform("health_ready", s.NoArguments())

    def version(self) -> r.Version:
        """Tell the versions."""
        return self.perform("version", s.NoArguments())

    def openapi(self) -> dict[str, Any]:
        """Describe this interface as OpenAPI 3.1."""
        return self.perform("openapi", s.NoArguments())

    def get_access(self) -> r.Granted:
        """Tell what whoever asks may do."""
        return self.perform("get_access", s.NoArguments())

    def metrics(self) -> str:
        """Tell Prometheus how it goes."""
        return self.perform("metrics", s.NoArguments())

    def diagnose(self) -> r.Diagnosis:
        """Tell all that a report of a defect should have, but no secret."""
        return self.perform("diagnose", s.NoArguments())

    def reset(
        self,
        *,
        venue: str | None = None,
        sessions: Literal["keep", "disconnect"] = "disconnect",
    ) -> r.ResetResult:
        """
        Empty books, orders, sequence numbers, holds, prices set and the journal.

        Of one venue, or of all where none is named. Sessions are disconnected, or kept.
        """
        return self.perform("reset", s.NoArguments(), s.Reset(venue=venue, sessions=sessions))

    def list_venues(self, *, after: str | None = None, limit: int = 100) -> r.Page[r.Venue]:
        """
        List the venues.

        A part of a list: what comes after a cursor.
        """
        return self.perform("list_venues", s.PageArguments(after=after, limit=limit))

    def create_venue(
        self,
        *,
        name: str,
        policies: Sequence[str] = (),
        pricing: str = "",
        seed: int | None = None,
        on_error: f.OnError = "reject",
        instruments: Sequence[s.NewInstrument] = (),
        limits: Mapping[str, str] = _NONE,
    ) -> r.Venue:
        """
        Make a venue.

        A venue to be. ``pricing`` names sections of the configuration, separated by commas;
        ``on_error``: see the ini.
        """
        return self.perform(
            "create_venue",
            s.NoArguments(),
            s.NewVenue(
                name=name,
                policies=list(policies),
                pricing=pricing,
                seed=seed,
                on_error=on_error,
                instruments=list(instruments),
                limits=dict(limits),
            ),
        )

    def get_venue(self, venue: str) -> r.Venue:
        """Show a venue."""
        return self.perform("get_venue", s.VenueArguments(venue=venue))

    def delete_venue(self, venue: str) -> None:
        """Remove a venue with its endpoints and sessions."""
        return self.perform("delete_venue", s.VenueArguments(venue=venue))

    def list_instruments(
        self,
        venue: str,
        *,
        after: str | None = None,
        limit: int = 100,
    ) -> r.Page[r.Instrument]:
        """
        List the instruments of a venue.

        The instruments of a venue.
        """
        return self.perform(
            "list_instruments",
            s.InstrumentsArguments(venue=venue, after=after, limit=limit),
        )

    def create_instrument(
        self,
        venue: str,
        *,
        symbol: str,
        currency: str = "USD",
        security_type: str = "CS",
        security_id: str = "",
        id_source: str = "",
        tick: Amount = "0.01",
        lot: Amount = "1",
        min_qty: Amount | None = None,
        max_qty: Amount | None = None,
        reference: Amount | None = None,
        ticks: str = "",
        max_notional: Amount | None = None,
        multiplier: Amount = "1",
        isin: str = "",
        sedol: str = "",
        cusip: str = "",
        ric: str = "",
        figi: str = "",
        exchange_code: str = "",
        underlying: str = "",
        maturity: str = "",
        strike: Amount | None = None,
        put_call: Literal["", "put", "call"] = "",
        coupon: Amount | None = None,
        settlement: str = "",
        settlement_currency: str = "",
        legs: str = "",
        implied: f.ImpliedWord = "none",
        price_band: str = "",
        dynamic_band: str = "",
        collar: str = "",
        fat_finger: str = "",
        short_sale: f.ShortSale = "",
        allocation: f.Allocation = "fifo",
        fifo_share: str = "40",
        lmm_share: str = "0",
        lmm: str = "",
        replace_keeps: f.ReplaceKeeps = "smaller",
        hidden: f.Hidden = "",
    ) -> r.Instrument:
        """
        Make an instrument.

        A tradable thing to be.
        """
        return self.perform(
            "create_instrument",
            s.VenueArguments(venue=venue),
            s.NewInstrument(
                symbol=symbol,
                currency=currency,
                security_type=security_type,
                security_id=security_id,
                id_source=id_source,
                tick=amount(tick),
                lot=amount(lot),
                min_qty=amount(min_qty),
                max_qty=amount(max_qty),
                reference=amount(reference),
                ticks=ticks,
                max_notional=amount(max_notional),
                multiplier=amount(multiplier),
                isin=isin,
                sedol=sedol,
                cusip=cusip,
                ric=ric,
                figi=figi,
                exchange_code=exchange_code,
                underlying=underlying,
                maturity=maturity,
                strike=amount(strike),
                put_call=put_call,
                coupon=amount(coupon),
                settlement=settlement,
                settlement_currency=settlement_currency,
                legs=legs,
                implied=implied,
                price_band=price_band,
                dynamic_band=dynamic_band,
                collar=collar,
                fat_finger=fat_finger,
                short_sale=short_sale,
                allocation=allocation,
                fifo_share=fifo_share,
                lmm_share=lmm_share,
                lmm=lmm,
                replace_keeps=replace_keeps,
                hidden=hidden,
            ),
        )

    def get_instrument(self, venue: str, symbol: str) -> r.Instrument:
        """Show an instrument."""
        return self.perform("get_instrument", s.InstrumentArguments(venue=venue, symbol=symbol))

    def delete_instrument(self, venue: str, symbol: str) -> None:
        """Remove an instrument, its book, and the open orders in it."""
        return self.perform("delete_instrument", s.InstrumentArguments(venue=venue, symbol=symbol))

    def list_accounts(
        self,
        venue: str,
        *,
        after: str | None = None,
        limit: int = 100,
    ) -> r.Page[r.Account]:
        """
        List accounts of a venue: their limits and what they have.

        The accounts of a venue.
        """
        return self.perform(
            "list_accounts",
            s.AccountsArguments(venue=venue, after=after, limit=limit),
        )

    def get_account(self, venue: str, account: str) -> r.Account:
        """Show an account."""
        return self.perform("get_account", s.AccountArguments(venue=venue, account=account))

    def put_account(
        self,
        venue: str,
        account: str,
        *,
        firm: str = "",
        credit: Amount | None = None,
        max_position: Amount | None = None,
        positions: str = "",
        max_order_qty: Amount | None = None,
        max_notional: Amount | None = None,
        max_open_orders: int = 0,
        short_sale: f.ShortSale = "",
        sessions: Sequence[str] = (),
        fee_tier: str = "",
    ) -> r.Account:
        """
        Make an account, or give it other limits.

        An account as it is to be, whether there was one of its name or not.

        ``positions`` are limits by symbol (``AAA:1000, BBB:50``), that go before ``max_position``;
        ``sessions`` may trade for it, all where there are none.
        """
        return self.perform(
            "put_account",
            s.AccountArguments(venue=venue, account=account),
            s.NewAccount(
                firm=firm,
                credit=amount(credit),
                max_position=amount(max_position),
                positions=positions,
                max_order_qty=amount(max_order_qty),
                max_notional=amount(max_notional),
                max_open_orders=max_open_orders,
                short_sale=short_sale,
                sessions=list(sessions),
                fee_tier=fee_tier,
            ),
        )

    def delete_account(self, venue: str, account: str) -> None:
        """Forget the limits of an account."""
        return self.perform("delete_account", s.AccountArguments(venue=venue, account=account))

    def get_kill_switches(self, venue: str) -> r.KillSwitches:
        """Show who is kept from trading."""
        return self.perform("get_kill_switches", s.VenueArguments(venue=venue))

    def set_kill_switch(
        self,
        venue: str,
        *,
        scope: f.KillScope = "venue",
        name: str = "",
        on: bool = True,
        cancel_orders: bool = False,
        reason: str = "",
    ) -> r.KillSwitches:
        """
        Keep a venue, session, account or firm from trading, or let it trade again.

        Whom to keep from trading, or with ``on`` false to let trade again: all of the venue, or the
        session, account or firm of this ``name``. Open orders stay, but with ``cancel_orders`` go.
        """
        return self.perform(
            "set_kill_switch",
            s.VenueArguments(venue=venue),
            s.NewKillSwitch(
                scope=scope,
                name=name,
                on=on,
                cancel_orders=cancel_orders,
                reason=reason,
            ),
        )

    def get_book(self, venue: str, symbol: str, *, depth: int = 10) -> r.Book:
        """
        Show a book by price levels.

        One book of a venue.
        """
        return self.perform("get_book", s.BookArguments(venue=venue, symbol=symbol, depth=depth))

    def set_phase(self, venue: str, *, phase: f.PhaseName, cancels: bool | None = None) -> r.Venue:
        """
        Begin a phase of the trading day.

        The phase that begins. ``cancels``: whether orders may be canceled in it; null as ever.
        """
        return self.perform(
            "set_phase",
            s.VenueArguments(venue=venue),
            s.NewPhase(phase=phase, cancels=cancels),
        )

    def set_instrument_phase(
        self,
        venue: str,
        symbol: str,
        *,
        phase: f.PhaseName | None = None,
        cancels: bool | None = None,
    ) -> r.Instrument:
        """
        Halt, resume or auction one instrument: give it a phase of its own.

        The phase of one instrument; without one it goes back to that of its venue.
        """
        return self.perform(
            "set_instrument_phase",
            s.InstrumentArguments(venue=venue, symbol=symbol),
            s.InstrumentPhase(phase=phase, cancels=cancels),
        )

    def corporate_action(
        self,
        venue: str,
        symbol: str,
        *,
        kind: Literal["split", "dividend"],
        new: int = 1,
        old: int = 1,
        cash: Amount | None = None,
    ) -> r.Restated:
        """
        Put resting orders on the terms that a split or dividend makes of theirs.

        What becomes of resting orders: a ``split`` of ``old`` shares into ``new`` ones, or the
        ``cash`` that a ``dividend`` pays on a share.
        """
        return self.perform(
            "corporate_action",
            s.InstrumentArguments(venue=venue, symbol=symbol),
            s.CorporateAction(kind=kind, new=new, old=old, cash=amount(cash)),
        )

    def publish_news(
        self,
        venue: str,
        *,
        headline: str,
        lines: Sequence[str] = (),
        urgency: Literal["normal", "flash", "background"] = "normal",
        symbols: Sequence[str] = (),
        sessions: Sequence[str] = (),
    ) -> r.NewsSent:
        """
        Say something to sessions: News in FIX.

        What is said: a headline, lines below it, and the instruments that it is about.

        ``sessions`` are told it, logged on or not; none: all that are logged on and hear news.
        """
        return self.perform(
            "publish_news",
            s.VenueArguments(venue=venue),
            s.NewNews(
                headline=headline,
                lines=list(lines),
                urgency=urgency,
                symbols=list(symbols),
                sessions=list(sessions),
            ),
        )

    def announce(self, venue: str, *, type: str, fields: Mapping[str, str] = _NONE) -> r.FeedTold:
        """
        Tell something on the ITCH feeds of a venue that no trading makes.

        A message of ITCH by its ``type``, or its name, and ``fields`` by their names: such as
        V, MWCB decline levels, or K, an IPO quoting period. The locate of its stock is filled in,
        and so is the time; fields that are left out are blank or 0.
        """
        return self.perform(
            "announce",
            s.VenueArguments(venue=venue),
            s.FeedMessage(type=type, fields=dict(fields)),
        )

    def get_clock(self, venue: str) -> r.Clock:
        """Show the market clock of a venue."""
        return self.perform("get_clock", s.VenueArguments(venue=venue))

    def set_clock(
        self,
        venue: str,
        *,
        mode: f.ClockMode,
        scale: str = "1",
        time: str | None = None,
    ) -> r.Clock:
        """
        Have the market clock of a venue go as real time, scaled, or by hand.

        How a market's time goes from now on, and from which time (null: from what it is).

        ``scale`` is for ``scaled``. A real clock has the real time, whatever is given.
        """
        return self.perform(
            "set_clock",
            s.VenueArguments(venue=venue),
            s.NewClock(mode=mode, scale=scale, time=time),
        )

    def advance_clock(self, venue: str, *, by: str | None = None, to: str | None = None) -> r.Clock:
        """
        Let market time pass: all that falls due is done, in order, before this answers.

        By how much a market's time goes on, or up to when.
        """
        return self.perform("advance_clock", s.VenueArguments(venue=venue), s.Advance(by=by, to=to))

    def list_prices(
        self,
        *,
        venue: str | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> r.Page[cr.InstrumentPrice]:
        """
        List what instruments are worth.

        Prices of a venue; it may be left out when there is just one.
        """
        return self.perform(
            "list_prices",
            cs.PricesArguments(venue=venue, after=after, limit=limit),
        )

    def get_price(self, symbol: str, *, venue: str | None = None) -> cr.InstrumentPrice:
        """
        Tell what an instrument is worth.

        The price of one instrument; the venue may be left out when there is just one.
        """
        return self.perform("get_price", cs.PriceArguments(symbol=symbol, venue=venue))

    def set_price(
        self,
        symbol: str,
        *,
        price: Amount,
        venue: str | None = None,
    ) -> cr.InstrumentPrice:
        """
        Set what an instrument is worth.

        The price of one instrument; the venue may be left out when there is just one.

        What an instrument is worth now.
        """
        return self.perform(
            "set_price",
            cs.PriceArguments(symbol=symbol, venue=venue),
            cs.NewPrice(price=amount(price)),
        )

    def clear_price(self, symbol: str, *, venue: str | None = None) -> None:
        """
        Forget the price that was set.

        The price of one instrument; the venue may be left out when there is just one.
        """
        return self.perform("clear_price", cs.PriceArguments(symbol=symbol, venue=venue))

    def step_price(
        self,
        symbol: str,
        *,
        venue: str | None = None,
        by: Amount | None = None,
        percent: str | None = None,
    ) -> cr.InstrumentPrice:
        """
        Have an instrument be worth more or less, by an amount or by per cent.

        The price of one instrument; the venue may be left out when there is just one.

        By how much more an instrument is worth now, or less; to the nearest price that may be.
        """
        return self.perform(
            "step_price",
            cs.PriceArguments(symbol=symbol, venue=venue),
            cs.PriceStep(by=amount(by), percent=percent),
        )

    def ramp_price(
        self,
        symbol: str,
        *,
        price: Amount,
        within: str,
        venue: str | None = None,
    ) -> cr.InstrumentPrice:
        """
        Have what an instrument is worth go to a price in even steps, within a time.

        The price of one instrument; the venue may be left out when there is just one.

        The price that an instrument goes to in even steps, and within which time of the market.
        """
        return self.perform(
            "ramp_price",
            cs.PriceArguments(symbol=symbol, venue=venue),
            cs.PriceRamp(price=amount(price), within=within),
        )

    def schedule_price(
        self,
        symbol: str,
        *,
        points: Sequence[cs.PricePoint],
        venue: str | None = None,
    ) -> cr.InstrumentPrice:
        """
        Say what an instrument is worth at times to come.

        The price of one instrument; the venue may be left out when there is just one.

        What an instrument is worth, from which time on; in any order. None: no plans any more.
        """
        return self.perform(
            "schedule_price",
            cs.PriceArguments(symbol=symbol, venue=venue),
            cs.PriceSchedule(points=list(points)),
        )

    def get_price_history(self, symbol: str, *, venue: str | None = None) -> cr.PriceHistory:
        """
        Tell what an instrument was worth before.

        The price of one instrument; the venue may be left out when there is just one.
        """
        return self.perform("get_price_history", cs.PriceArguments(symbol=symbol, venue=venue))

    def list_sources(
        self,
        venue: str,
        *,
        after: str | None = None,
        limit: int = 100,
    ) -> r.Page[cr.PricingSource]:
        """
        List the pricing sources of a venue, in the order of asking.

        The pricing sources of a venue.
        """
        return self.perform(
            "list_sources",
            cs.SourcesArguments(venue=venue, after=after, limit=limit),
        )

    def get_source(self, venue: str, name: str) -> cr.PricingSource:
        """Show a pricing source."""
        return self.perform("get_source", cs.SourceArguments(venue=venue, name=name))

    def change_source(
        self,
        venue: str,
        name: str,
        *,
        parameters: Mapping[str, str],
    ) -> cr.PricingSource:
        """
        Have a pricing source go by other values of some of its keys.

        Keys of a pricing source, and what they are from its next step on, as in an ini file.
        """
        return self.perform(
            "change_source",
            cs.SourceArguments(venue=venue, name=name),
            cs.SourceChange(parameters=dict(parameters)),
        )

    def start_source(self, venue: str, name: str) -> cr.PricingSource:
        """Have a pricing source go on that was stopped, or has failed."""
        return self.perform("start_source", cs.SourceArguments(venue=venue, name=name))

    def stop_source(self, venue: str, name: str) -> cr.PricingSource:
        """Have a pricing source stand still: its prices stay as they are."""
        return self.perform("stop_source", cs.SourceArguments(venue=venue, name=name))

    def feed_source(
        self,
        venue: str,
        name: str,
        *,
        prices: Sequence[cs.Told] = (),
        link: Literal["up", "down"] | None = None,
    ) -> cr.PricingSource:
        """
        Tell a source that takes its prices from outside what it does not read by itself.

        What a source is told from outside, and how the connection is that it comes by.
        """
        return self.perform(
            "feed_source",
            cs.SourceArguments(venue=venue, name=name),
            cs.Feeding(prices=list(prices), link=link),
        )

    def plot_source(
        self,
        venue: str,
        name: str,
        *,
        symbol: str | None = None,
        format: Literal["png", "svg"] = "png",
    ) -> bytes:
        """
        Draw price, spread, depth, volume and volatility of an instrument that a source prices.

        The same, and what picture of it.
        """
        return self.perform(
            "plot_source",
            cs.PlotArguments(venue=venue, name=name, symbol=symbol, format=format),
        )

    def get_facts(self, venue: str, name: str, *, symbol: str | None = None) -> cr.MarketFacts:
        """
        Tell stylised facts of an instrument that a source prices, beside those of real markets.

        An instrument that a pricing source prices: the first one where none is named.
        """
        return self.perform("get_facts", cs.FactsArguments(venue=venue, name=name, symbol=symbol))

    def list_consolidated(
        self,
        *,
        after: str | None = None,
        limit: int = 100,
    ) -> r.Page[kr.ConsolidatedInstrument]:
        """
        List the instruments of all venues, those that are the same as one.

        A part of a list: what comes after a cursor.
        """
        return self.perform("list_consolidated", s.PageArguments(after=after, limit=limit))

    def get_consolidated(
        self,
        symbol: str,
        *,
        depth: int = 10,
        currency: str = "",
        account: str = "",
    ) -> kr.Consolidated:
        """
        Show the books of an instrument at all venues as one.

        An instrument at all venues: by a symbol of it, or an identifier such as 4:US0378331005 or
        US0378331005. Where these are several, ``currency`` may say which. Fees are those of
        ``account``.
        """
        return self.perform(
            "get_consolidated",
            ks.ConsolidatedArguments(
                symbol=symbol,
                depth=depth,
                currency=currency,
                account=account,
            ),
        )

    def list_orders(
        self,
        venue: str,
        *,
        session: str | None = None,
        symbol: str | None = None,
        status: f.StatusFilter = "open",
        cl_ord_id: str | None = None,
        after: str | None = None,
        limit: int = 100,
        order: f.ListOrder = "oldest",
    ) -> tr.Orders:
        """
        List orders of a venue.

        Orders of a venue, in the order they came, or the newest first; of one session, instrument,
        status, ClOrdID.
        """
        return self.perform(
            "list_orders",
            ts.OrdersArguments(
                venue=venue,
                session=session,
                symbol=symbol,
                status=status,
                cl_ord_id=cl_ord_id,
                after=after,
                limit=limit,
                order=order,
            ),
        )

    def enter_order(
        self,
        venue: str,
        *,
        symbol: str,
        side: f.NewSide,
        quantity: Amount,
        type: f.NewOrderType = "LIMIT",
        price: Amount | None = None,
        time_in_force: f.NewTimeInForce = "DAY",
        session: str | None = None,
        cl_ord_id: str | None = None,
        account: str = "",
        text: str = "",
        stop_price: Amount | None = None,
        trigger: Literal["LAST", "BID", "ASK"] = "LAST",
        trail: Amount | None = None,
        trail_percent: Amount | None = None,
        peg: Literal["PRIMARY", "MARKET", "MID"] | None = None,
        peg_offset: Amount | None = None,
        discretion: Amount | None = None,
        display: Amount | None = None,
        display_high: Amount | None = None,
        hidden: bool = False,
        min_quantity: Amount | None = None,
        all_or_none: bool = False,
        post_only: Literal["NO", "REJECT", "REPRICE"] = "NO",
        expire: str | None = None,
        link: str = "",
        contingency: f.ContingencyName = "NONE",
    ) -> tr.Outcome:
        """
        Enter an order.

        An order to enter: for a session, which then hears of it, or for nobody.

        ``cl_ord_id`` is made up where none is given. A LIMIT order needs a price, an order that
        is triggered a stop price or a trail, a GTD order the time at which it is to expire, and
        a PEGGED order what it is pegged to. ``trail_percent`` is in percent, up to 100. Orders of a
        session with the same ``link`` depend on each other as ``contingency`` of the first says.
        """
        return self.perform(
            "enter_order",
            s.VenueArguments(venue=venue),
            ts.NewOrder(
                symbol=symbol,
                side=side,
                quantity=amount(quantity),
                type=type,
                price=amount(price),
                time_in_force=time_in_force,
                session=session,
                cl_ord_id=cl_ord_id,
                account=account,
                text=text,
                stop_price=amount(stop_price),
                trigger=trigger,
                trail=amount(trail),
                trail_percent=amount(trail_percent),
                peg=peg,
                peg_offset=amount(peg_offset),
                discretion=amount(discretion),
                display=amount(display),
                display_high=amount(display_high),
                hidden=hidden,
                min_quantity=amount(min_quantity),
                all_or_none=all_or_none,
                post_only=post_only,
                expire=expire,
                link=link,
                contingency=contingency,
            ),
        )

    def get_order(self, venue: str, order_id: str) -> tr.Order:
        """Show an order."""
        return self.perform("get_order", ts.OrderArguments(venue=venue, order_id=order_id))

    def cancel_order(
        self,
        venue: str,
        order_id: str,
        *,
        text: str = "",
        force: bool = False,
        silent: bool = False,
        report_id: str | None = None,
        status: f.Status | None = None,
        cum: Amount | None = None,
        leaves: Amount | None = None,
        average: Amount | None = None,
    ) -> tr.Outcome:
        """
        Cancel what is left of an order.

        What is said about it.
        """
        return self.perform(
            "cancel_order",
            ts.OrderArguments(venue=venue, order_id=order_id),
            ds.Cancellation(
                text=text,
                force=force,
                silent=silent,
                report_id=report_id,
                status=status,
                cum=amount(cum),
                leaves=amount(leaves),
                average=amount(average),
            ),
        )

    def list_fills(self, venue: str, order_id: str) -> r.Page[tr.Fill]:
        """List the fills of an order."""
        return self.perform("list_fills", ts.OrderArguments(venue=venue, order_id=order_id))

    def get_order_why(self, venue: str, order_id: str) -> tr.Why:
        """Tell how an order came to be where it is."""
        return self.perform("get_order_why", ts.OrderArguments(venue=venue, order_id=order_id))

    def fill_order(
        self,
        venue: str,
        order_id: str,
        *,
        quantity: Amount | None = None,
        price: Amount | None = None,
        late: bool = False,
        force: bool = False,
        silent: bool = False,
        report_id: str | None = None,
        status: f.Status | None = None,
        cum: Amount | None = None,
        leaves: Amount | None = None,
        average: Amount | None = None,
    ) -> tr.Order:
        """
        Fill an order against nobody.

        How much to fill (else all that is left) at what price (else the order's or the source's).

        With ``late`` one that was canceled or has expired is filled, too: it traded before that.
        """
        return self.perform(
            "fill_order",
            ts.OrderArguments(venue=venue, order_id=order_id),
            ts.OrderFill(
                quantity=amount(quantity),
                price=amount(price),
                late=late,
                force=force,
                silent=silent,
                report_id=report_id,
                status=status,
                cum=amount(cum),
                leaves=amount(leaves),
                average=amount(average),
            ),
        )

    def expire_order(
        self,
        venue: str,
        order_id: str,
        *,
        force: bool = False,
        silent: bool = False,
        report_id: str | None = None,
        status: f.Status | None = None,
        cum: Amount | None = None,
        leaves: Amount | None = None,
        average: Amount | None = None,
    ) -> tr.Order:
        """
        End an order as if its time were over.

        How it is told. With ``force`` the message is sent, and state is left as it is; what it
        says may be given, too. With ``silent`` state changes, and nothing is sent.
        """
        return self.perform(
            "expire_order",
            ts.OrderArguments(venue=venue, order_id=order_id),
            inputs.Telling(
                force=force,
                silent=silent,
                report_id=report_id,
                status=status,
                cum=amount(cum),
                leaves=amount(leaves),
                average=amount(average),
            ),
        )

    def done_for_day(
        self,
        venue: str,
        order_id: str,
        *,
        force: bool = False,
        silent: bool = False,
        report_id: str | None = None,
        status: f.Status | None = None,
        cum: Amount | None = None,
        leaves: Amount | None = None,
        average: Amount | None = None,
    ) -> tr.Order:
        """
        Tell that nothing more is done about an order today.

        How it is told. With ``force`` the message is sent, and state is left as it is; what it
        says may be given, too. With ``silent`` state changes, and nothing is sent.
        """
        return self.perform(
            "done_for_day",
            ts.OrderArguments(venue=venue, order_id=order_id),
            inputs.Telling(
                force=force,
                silent=silent,
                report_id=report_id,
                status=status,
                cum=amount(cum),
                leaves=amount(leaves),
                average=amount(average),
            ),
        )

    def stop_order(
        self,
        venue: str,
        order_id: str,
        *,
        quantity: Amount | None = None,
        price: Amount | None = None,
        force: bool = False,
        silent: bool = False,
        report_id: str | None = None,
        status: f.Status | None = None,
        cum: Amount | None = None,
        leaves: Amount | None = None,
        average: Amount | None = None,
    ) -> tr.Order:
        """
        Tell that an order is stopped (guaranteed).

        The price that an order is guaranteed, and for how much (else all that is left).
        """
        return self.perform(
            "stop_order",
            ts.OrderArguments(venue=venue, order_id=order_id),
            ts.Guarantee(
                quantity=amount(quantity),
                price=amount(price),
                force=force,
                silent=silent,
                report_id=report_id,
                status=status,
                cum=amount(cum),
                leaves=amount(leaves),
                average=amount(average),
            ),
        )

    def calculate_order(
        self,
        venue: str,
        order_id: str,
        *,
        force: bool = False,
        silent: bool = False,
        report_id: str | None = None,
        status: f.Status | None = None,
        cum: Amount | None = None,
        leaves: Amount | None = None,
        average: Amount | None = None,
    ) -> tr.Order:
        """
        Tell that an order is calculated.

        How it is told. With ``force`` the message is sent, and state is left as it is; what it
        says may be given, too. With ``silent`` state changes, and nothing is sent.
        """
        return self.perform(
            "calculate_order",
            ts.OrderArguments(venue=venue, order_id=order_id),
            inputs.Telling(
                force=force,
                silent=silent,
                report_id=report_id,
                status=status,
                cum=amount(cum),
                leaves=amount(leaves),
                average=amount(average),
            ),
        )

    def suspend_order(
        self,
        venue: str,
        order_id: str,
        *,
        force: bool = False,
        silent: bool = False,
        report_id: str | None = None,
        status: f.Status | None = None,
        cum: Amount | None = None,
        leaves: Amount | None = None,
        average: Amount | None = None,
    ) -> tr.Order:
        """
        Take an order out of its book without ending it.

        How it is told. With ``force`` the message is sent, and state is left as it is; what it
        says may be given, too. With ``silent`` state changes, and nothing is sent.
        """
        return self.perform(
            "suspend_order",
            ts.OrderArguments(venue=venue, order_id=order_id),
            inputs.Telling(
                force=force,
                silent=silent,
                report_id=report_id,
                status=status,
                cum=amount(cum),
                leaves=amount(leaves),
                average=amount(average),
            ),
        )

    def resume_order(
        self,
        venue: str,
        order_id: str,
        *,
        force: bool = False,
        silent: bool = False,
        report_id: str | None = None,
        status: f.Status | None = None,
        cum: Amount | None = None,
        leaves: Amount | None = None,
        average: Amount | None = None,
    ) -> tr.Order:
        """
        Put an order back that was suspended or marked.

        How it is told. With ``force`` the message is sent, and state is left as it is; what it
        says may be given, too. With ``silent`` state changes, and nothing is sent.
        """
        return self.perform(
            "resume_order",
            ts.OrderArguments(venue=venue, order_id=order_id),
            inputs.Telling(
                force=force,
                silent=silent,
                report_id=report_id,
                status=status,
                cum=amount(cum),
                leaves=amount(leaves),
                average=amount(average),
            ),
        )

    def bust_fill(
        self,
        venue: str,
        order_id: str,
        *,
        exec_id: str = "last",
        text: str = "",
        force: bool = False,
        silent: bool = False,
        report_id: str | None = None,
        status: f.Status | None = None,
        cum: Amount | None = None,
        leaves: Amount | None = None,
        average: Amount | None = None,
    ) -> tr.Order:
        """
        Cancel a fill: it never was.

        The ExecID of a fill that never was (``last`` for the newest), and why.
        """
        return self.perform(
            "bust_fill",
            ts.OrderArguments(venue=venue, order_id=order_id),
            ts.Bust(
                exec_id=exec_id,
                text=text,
                force=force,
                silent=silent,
                report_id=report_id,
                status=status,
                cum=amount(cum),
                leaves=amount(leaves),
                average=amount(average),
            ),
        )

    def correct_fill(
        self,
        venue: str,
        order_id: str,
        *,
        exec_id: str = "last",
        quantity: Amount | None = None,
        price: Amount | None = None,
        text: str = "",
        force: bool = False,
        silent: bool = False,
        report_id: str | None = None,
        status: f.Status | None = None,
        cum: Amount | None = None,
        leaves: Amount | None = None,
        average: Amount | None = None,
    ) -> tr.Order:
        """
        Correct the quantity or the price of a fill.

        What a fill was instead, and why; what is left out stays.
        """
        return self.perform(
            "correct_fill",
            ts.OrderArguments(venue=venue, order_id=order_id),
            ts.Correction(
                exec_id=exec_id,
                quantity=amount(quantity),
                price=amount(price),
                text=text,
                force=force,
                silent=silent,
                report_id=report_id,
                status=status,
                cum=amount(cum),
                leaves=amount(leaves),
                average=amount(average),
            ),
        )

    def restate_order(
        self,
        venue: str,
        order_id: str,
        *,
        quantity: Amount | None = None,
        price: Amount | None = None,
        text: str = "",
        force: bool = False,
        silent: bool = False,
        report_id: str | None = None,
        status: f.Status | None = None,
        cum: Amount | None = None,
        leaves: Amount | None = None,
        average: Amount | None = None,
    ) -> tr.Order:
        """
        Put an order on other terms, and tell it as restated.

        New terms that nobody asked for; what is left out stays.
        """
        return self.perform(
            "restate_order",
            ts.OrderArguments(venue=venue, order_id=order_id),
            ds.Restatement(
                quantity=amount(quantity),
                price=amount(price),
                text=text,
                force=force,
                silent=silent,
                report_id=report_id,
                status=status,
                cum=amount(cum),
                leaves=amount(leaves),
                average=amount(average),
            ),
        )

    def match_order(self, venue: str, order_id: str) -> tr.Order:
        """Put an order that rests off the book into it."""
        return self.perform("match_order", ts.OrderArguments(venue=venue, order_id=order_id))

    def ack_order(
        self,
        venue: str,
        order_id: str,
        *,
        force: bool = False,
        silent: bool = False,
        report_id: str | None = None,
        status: f.Status | None = None,
        cum: Amount | None = None,
        leaves: Amount | None = None,
        average: Amount | None = None,
    ) -> tr.Order:
        """
        Tell that an order is accepted, with force: it was before.

        How it is told. With ``force`` the message is sent, and state is left as it is; what it
        says may be given, too. With ``silent`` state changes, and nothing is sent.
        """
        return self.perform(
            "ack_order",
            ts.OrderArguments(venue=venue, order_id=order_id),
            inputs.Telling(
                force=force,
                silent=silent,
                report_id=report_id,
                status=status,
                cum=amount(cum),
                leaves=amount(leaves),
                average=amount(average),
            ),
        )

    def pending_order(
        self,
        venue: str,
        order_id: str,
        *,
        force: bool = False,
        silent: bool = False,
        report_id: str | None = None,
        status: f.Status | None = None,
        cum: Amount | None = None,
        leaves: Amount | None = None,
        average: Amount | None = None,
    ) -> tr.Order:
        """
        Tell that an order is pending, with force: it was answered before.

        How it is told. With ``force`` the message is sent, and state is left as it is; what it
        says may be given, too. With ``silent`` state changes, and nothing is sent.
        """
        return self.perform(
            "pending_order",
            ts.OrderArguments(venue=venue, order_id=order_id),
            inputs.Telling(
                force=force,
                silent=silent,
                report_id=report_id,
                status=status,
                cum=amount(cum),
                leaves=amount(leaves),
                average=amount(average),
            ),
        )

    def reject_order(
        self,
        venue: str,
        order_id: str,
        *,
        reason: f.Reason = "OTHER",
        text: str = "",
        force: bool = False,
        silent: bool = False,
        report_id: str | None = None,
        status: f.Status | None = None,
        cum: Amount | None = None,
        leaves: Amount | None = None,
        average: Amount | None = None,
    ) -> tr.Order:
        """
        Tell that an order is rejected, with force: it was accepted before.

        Why.
        """
        return self.perform(
            "reject_order",
            ts.OrderArguments(venue=venue, order_id=order_id),
            ts.HoldReject(
                reason=reason,
                text=text,
                force=force,
                silent=silent,
                report_id=report_id,
                status=status,
                cum=amount(cum),
                leaves=amount(leaves),
                average=amount(average),
            ),
        )

    def reply_order(self, venue: str, order_id: str, *, fields: Fields) -> tr.Order:
        """
        Send the session of an order a message of these fields.

        Fields to send, in order, the message's type among them.
        """
        return self.perform(
            "reply_order",
            ts.OrderArguments(venue=venue, order_id=order_id),
            ts.HoldReply(fields=pairs(fields)),
        )

    def raw_order(self, venue: str, order_id: str, *, raw: bytes) -> tr.Order:
        """
        Send the session of an order these bytes.

        Bytes to send as they are.
        """
        return self.perform(
            "raw_order",
            ts.OrderArguments(venue=venue, order_id=order_id),
            ds.RawReply(raw=raw),
        )

    def replace_order(
        self,
        venue: str,
        order_id: str,
        *,
        quantity: Amount | None = None,
        price: Amount | None = None,
    ) -> tr.Outcome:
        """
        Change the quantity or the price of an order.

        New terms of an order; what is left out stays.
        """
        return self.perform(
            "replace_order",
            ts.OrderArguments(venue=venue, order_id=order_id),
            ts.Replacement(quantity=amount(quantity), price=amount(price)),
        )

    def list_lists(
        self,
        venue: str,
        *,
        session: str | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> r.Page[tr.OrderList]:
        """
        List the lists of orders of a venue.

        Lists of orders of a venue, in the order they came, perhaps of one session.
        """
        return self.perform(
            "list_lists",
            ts.ListsArguments(venue=venue, session=session, after=after, limit=limit),
        )

    def enter_list(
        self,
        venue: str,
        *,
        orders: Sequence[ts.NewOrder],
        contingency: f.ContingencyName = "NONE",
        list_id: str | None = None,
        session: str | None = None,
    ) -> tr.ListOutcome:
        """
        Enter orders at once, that may depend on each other.

        Orders to enter at once, for a session or for nobody; they may depend on each other.

        OCO: one cancels the others. OUO: one reduces the others, by what it trades or by the same
        part of theirs. OTO: the first triggers the others; in a BRACKET one of these cancels the
        others. What ``session`` and ``link`` its orders name themselves does not count.
        """
        return self.perform(
            "enter_list",
            s.VenueArguments(venue=venue),
            ts.NewList(
                orders=list(orders),
                contingency=contingency,
                list_id=list_id,
                session=session,
            ),
        )

    def get_list(self, venue: str, list_id: str, *, session: str | None = None) -> tr.OrderList:
        """
        Show a list of orders.

        A list of orders of a session; of nobody where none is given.
        """
        return self.perform(
            "get_list",
            ts.ListArguments(venue=venue, list_id=list_id, session=session),
        )

    def cancel_list(self, venue: str, list_id: str, *, session: str | None = None) -> tr.OrderList:
        """
        Cancel what is left of a list of orders.

        A list of orders of a session; of nobody where none is given.
        """
        return self.perform(
            "cancel_list",
            ts.ListArguments(venue=venue, list_id=list_id, session=session),
        )

    def list_trades(
        self,
        venue: str,
        *,
        symbol: str | None = None,
        after: str | None = None,
        limit: int = 100,
        order: f.ListOrder = "oldest",
    ) -> r.Page[tr.Trade]:
        """
        List trades of a venue.

        Trades of a venue, in the order they were made, or the newest first.
        """
        return self.perform(
            "list_trades",
            ts.TradesArguments(venue=venue, symbol=symbol, after=after, limit=limit, order=order),
        )

    def list_quotes(
        self,
        venue: str,
        *,
        session: str | None = None,
        symbol: str | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> r.Page[tr.Quote]:
        """
        List the quotes in the books of a venue.

        The quotes of a venue, perhaps of one session or for one instrument.
        """
        return self.perform(
            "list_quotes",
            ts.QuotesArguments(
                venue=venue,
                session=session,
                symbol=symbol,
                after=after,
                limit=limit,
            ),
        )

    def pull_quotes(
        self,
        venue: str,
        *,
        session: str | None = None,
        symbol: str | None = None,
        text: str = "",
    ) -> tr.Pulled:
        """
        Take quotes off the books; their sessions are told.

        Which quotes to take off the books: of a session, for an instrument, or all of both.
        """
        return self.perform(
            "pull_quotes",
            s.VenueArguments(venue=venue),
            ts.PullQuotes(session=session, symbol=symbol, text=text),
        )

    def get_protection(self, venue: str) -> tr.Protections:
        """Show whose quotes market maker protection keeps out."""
        return self.perform("get_protection", s.VenueArguments(venue=venue))

    def reset_protection(self, venue: str, *, session: str, underlying: str = "") -> tr.Protections:
        """
        Let the quotes of a session in again.

        Whose quotes to let in again, in one underlying, or in all where that is empty.
        """
        return self.perform(
            "reset_protection",
            s.VenueArguments(venue=venue),
            ts.ResetProtection(session=session, underlying=underlying),
        )

    def list_holds(
        self,
        *,
        venue: str | None = None,
        session: str | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> r.Page[tr.Hold]:
        """
        List the requests that wait for a decision.

        Holds of a venue or session.
        """
        return self.perform(
            "list_holds",
            ts.HoldsArguments(venue=venue, session=session, after=after, limit=limit),
        )

    def wait_holds(
        self,
        *,
        venue: str | None = None,
        session: str | None = None,
        timeout: str = "10s",
        count: int = 1,
    ) -> tr.AwaitedHolds:
        """
        Wait until so many requests are held, or the time is out.

        Which holds to wait for, how many, and how long.
        """
        return self.perform(
            "wait_holds",
            ts.WaitHoldsArguments(venue=venue, session=session, timeout=timeout, count=count),
        )

    def get_hold(self, hold: str) -> tr.Hold:
        """Show a hold."""
        return self.perform("get_hold", ts.HoldArguments(hold=hold))

    def change_hold(self, hold: str, *, fields: Sequence[tuple[str, str]]) -> tr.Hold:
        """
        Change fields of a held request, which still waits.

        Fields of a held message, by tag or name, and the values that they are to have instead.
        """
        return self.perform(
            "change_hold",
            ts.HoldArguments(hold=hold),
            ts.HoldChange(fields=list(fields)),
        )

    def release_hold(self, hold: str) -> tr.Decided:
        """Go on with the next policy."""
        return self.perform("release_hold", ts.HoldArguments(hold=hold))

    def match_hold(self, hold: str) -> tr.Decided:
        """Give it to the matching engine, past all policies."""
        return self.perform("match_hold", ts.HoldArguments(hold=hold))

    def ack_hold(
        self,
        hold: str,
        *,
        force: bool = False,
        silent: bool = False,
        report_id: str | None = None,
        status: f.Status | None = None,
        cum: Amount | None = None,
        leaves: Amount | None = None,
        average: Amount | None = None,
    ) -> tr.Decided:
        """
        Accept the request, off the book.

        How it is told. With ``force`` the message is sent, and state is left as it is; what it
        says may be given, too. With ``silent`` state changes, and nothing is sent.
        """
        return self.perform(
            "ack_hold",
            ts.HoldArguments(hold=hold),
            inputs.Telling(
                force=force,
                silent=silent,
                report_id=report_id,
                status=status,
                cum=amount(cum),
                leaves=amount(leaves),
                average=amount(average),
            ),
        )

    def pending_hold(
        self,
        hold: str,
        *,
        force: bool = False,
        silent: bool = False,
        report_id: str | None = None,
        status: f.Status | None = None,
        cum: Amount | None = None,
        leaves: Amount | None = None,
        average: Amount | None = None,
    ) -> tr.Decided:
        """
        Tell that the request is pending.

        How it is told. With ``force`` the message is sent, and state is left as it is; what it
        says may be given, too. With ``silent`` state changes, and nothing is sent.
        """
        return self.perform(
            "pending_hold",
            ts.HoldArguments(hold=hold),
            inputs.Telling(
                force=force,
                silent=silent,
                report_id=report_id,
                status=status,
                cum=amount(cum),
                leaves=amount(leaves),
                average=amount(average),
            ),
        )

    def fill_hold(
        self,
        hold: str,
        *,
        quantity: Amount | None = None,
        price: Amount | None = None,
        force: bool = False,
        silent: bool = False,
        report_id: str | None = None,
        status: f.Status | None = None,
        cum: Amount | None = None,
        leaves: Amount | None = None,
        average: Amount | None = None,
    ) -> tr.Decided:
        """
        Fill the order, in full or in part.

        How much to fill (else all that is open) at what price (else the order's or the source's).
        """
        return self.perform(
            "fill_hold",
            ts.HoldArguments(hold=hold),
            ts.HoldFill(
                quantity=amount(quantity),
                price=amount(price),
                force=force,
                silent=silent,
                report_id=report_id,
                status=status,
                cum=amount(cum),
                leaves=amount(leaves),
                average=amount(average),
            ),
        )

    def reject_hold(
        self,
        hold: str,
        *,
        reason: f.Reason = "OTHER",
        text: str = "",
        force: bool = False,
        silent: bool = False,
        report_id: str | None = None,
        status: f.Status | None = None,
        cum: Amount | None = None,
        leaves: Amount | None = None,
        average: Amount | None = None,
    ) -> tr.Decided:
        """
        Refuse the request.

        Why.
        """
        return self.perform(
            "reject_hold",
            ts.HoldArguments(hold=hold),
            ts.HoldReject(
                reason=reason,
                text=text,
                force=force,
                silent=silent,
                report_id=report_id,
                status=status,
                cum=amount(cum),
                leaves=amount(leaves),
                average=amount(average),
            ),
        )

    def cancel_hold(
        self,
        hold: str,
        *,
        text: str = "",
        force: bool = False,
        silent: bool = False,
        report_id: str | None = None,
        status: f.Status | None = None,
        cum: Amount | None = None,
        leaves: Amount | None = None,
        average: Amount | None = None,
    ) -> tr.Decided:
        """
        Cancel the order, unasked.

        What is said about it.
        """
        return self.perform(
            "cancel_hold",
            ts.HoldArguments(hold=hold),
            ds.Cancellation(
                text=text,
                force=force,
                silent=silent,
                report_id=report_id,
                status=status,
                cum=amount(cum),
                leaves=amount(leaves),
                average=amount(average),
            ),
        )

    def expire_hold(
        self,
        hold: str,
        *,
        force: bool = False,
        silent: bool = False,
        report_id: str | None = None,
        status: f.Status | None = None,
        cum: Amount | None = None,
        leaves: Amount | None = None,
        average: Amount | None = None,
    ) -> tr.Decided:
        """
        End the order as if its time were over.

        How it is told. With ``force`` the message is sent, and state is left as it is; what it
        says may be given, too. With ``silent`` state changes, and nothing is sent.
        """
        return self.perform(
            "expire_hold",
            ts.HoldArguments(hold=hold),
            inputs.Telling(
                force=force,
                silent=silent,
                report_id=report_id,
                status=status,
                cum=amount(cum),
                leaves=amount(leaves),
                average=amount(average),
            ),
        )

    def restate_hold(
        self,
        hold: str,
        *,
        quantity: Amount | None = None,
        price: Amount | None = None,
        text: str = "",
        force: bool = False,
        silent: bool = False,
        report_id: str | None = None,
        status: f.Status | None = None,
        cum: Amount | None = None,
        leaves: Amount | None = None,
        average: Amount | None = None,
    ) -> tr.Decided:
        """
        Put the order on other terms, and tell it as restated.

        New terms that nobody asked for; what is left out stays.
        """
        return self.perform(
            "restate_hold",
            ts.HoldArguments(hold=hold),
            ds.Restatement(
                quantity=amount(quantity),
                price=amount(price),
                text=text,
                force=force,
                silent=silent,
                report_id=report_id,
                status=status,
                cum=amount(cum),
                leaves=amount(leaves),
                average=amount(average),
            ),
        )

    def bust_hold(
        self,
        hold: str,
        *,
        exec_id: str = "last",
        text: str = "",
        force: bool = False,
        silent: bool = False,
        report_id: str | None = None,
        status: f.Status | None = None,
        cum: Amount | None = None,
        leaves: Amount | None = None,
        average: Amount | None = None,
    ) -> tr.Decided:
        """
        Cancel a fill: it never was.

        The ExecID of a fill that never was (``last`` for the newest), and why.
        """
        return self.perform(
            "bust_hold",
            ts.HoldArguments(hold=hold),
            ts.Bust(
                exec_id=exec_id,
                text=text,
                force=force,
                silent=silent,
                report_id=report_id,
                status=status,
                cum=amount(cum),
                leaves=amount(leaves),
                average=amount(average),
            ),
        )

    def correct_hold(
        self,
        hold: str,
        *,
        exec_id: str = "last",
        quantity: Amount | None = None,
        price: Amount | None = None,
        text: str = "",
        force: bool = False,
        silent: bool = False,
        report_id: str | None = None,
        status: f.Status | None = None,
        cum: Amount | None = None,
        leaves: Amount | None = None,
        average: Amount | None = None,
    ) -> tr.Decided:
        """
        Correct the quantity or the price of a fill.

        What a fill was instead, and why; what is left out stays.
        """
        return self.perform(
            "correct_hold",
            ts.HoldArguments(hold=hold),
            ts.Correction(
                exec_id=exec_id,
                quantity=amount(quantity),
                price=amount(price),
                text=text,
                force=force,
                silent=silent,
                report_id=report_id,
                status=status,
                cum=amount(cum),
                leaves=amount(leaves),
                average=amount(average),
            ),
        )

    def stop_hold(
        self,
        hold: str,
        *,
        quantity: Amount | None = None,
        price: Amount | None = None,
        force: bool = False,
        silent: bool = False,
        report_id: str | None = None,
        status: f.Status | None = None,
        cum: Amount | None = None,
        leaves: Amount | None = None,
        average: Amount | None = None,
    ) -> tr.Decided:
        """
        Tell that the order is stopped (guaranteed).

        The price that an order is guaranteed, and for how much (else all that is left).
        """
        return self.perform(
            "stop_hold",
            ts.HoldArguments(hold=hold),
            ts.Guarantee(
                quantity=amount(quantity),
                price=amount(price),
                force=force,
                silent=silent,
                report_id=report_id,
                status=status,
                cum=amount(cum),
                leaves=amount(leaves),
                average=amount(average),
            ),
        )

    def suspend_hold(
        self,
        hold: str,
        *,
        force: bool = False,
        silent: bool = False,
        report_id: str | None = None,
        status: f.Status | None = None,
        cum: Amount | None = None,
        leaves: Amount | None = None,
        average: Amount | None = None,
    ) -> tr.Decided:
        """
        Take the order out of the market without ending it.

        How it is told. With ``force`` the message is sent, and state is left as it is; what it
        says may be given, too. With ``silent`` state changes, and nothing is sent.
        """
        return self.perform(
            "suspend_hold",
            ts.HoldArguments(hold=hold),
            inputs.Telling(
                force=force,
                silent=silent,
                report_id=report_id,
                status=status,
                cum=amount(cum),
                leaves=amount(leaves),
                average=amount(average),
            ),
        )

    def resume_hold(
        self,
        hold: str,
        *,
        force: bool = False,
        silent: bool = False,
        report_id: str | None = None,
        status: f.Status | None = None,
        cum: Amount | None = None,
        leaves: Amount | None = None,
        average: Amount | None = None,
    ) -> tr.Decided:
        """
        Put the order back that was suspended or marked.

        How it is told. With ``force`` the message is sent, and state is left as it is; what it
        says may be given, too. With ``silent`` state changes, and nothing is sent.
        """
        return self.perform(
            "resume_hold",
            ts.HoldArguments(hold=hold),
            inputs.Telling(
                force=force,
                silent=silent,
                report_id=report_id,
                status=status,
                cum=amount(cum),
                leaves=amount(leaves),
                average=amount(average),
            ),
        )

    def calculate_hold(
        self,
        hold: str,
        *,
        force: bool = False,
        silent: bool = False,
        report_id: str | None = None,
        status: f.Status | None = None,
        cum: Amount | None = None,
        leaves: Amount | None = None,
        average: Amount | None = None,
    ) -> tr.Decided:
        """
        Tell that the order is calculated.

        How it is told. With ``force`` the message is sent, and state is left as it is; what it
        says may be given, too. With ``silent`` state changes, and nothing is sent.
        """
        return self.perform(
            "calculate_hold",
            ts.HoldArguments(hold=hold),
            inputs.Telling(
                force=force,
                silent=silent,
                report_id=report_id,
                status=status,
                cum=amount(cum),
                leaves=amount(leaves),
                average=amount(average),
            ),
        )

    def done_for_day_hold(
        self,
        hold: str,
        *,
        force: bool = False,
        silent: bool = False,
        report_id: str | None = None,
        status: f.Status | None = None,
        cum: Amount | None = None,
        leaves: Amount | None = None,
        average: Amount | None = None,
    ) -> tr.Decided:
        """
        Tell that nothing more is done about the order today.

        How it is told. With ``force`` the message is sent, and state is left as it is; what it
        says may be given, too. With ``silent`` state changes, and nothing is sent.
        """
        return self.perform(
            "done_for_day_hold",
            ts.HoldArguments(hold=hold),
            inputs.Telling(
                force=force,
                silent=silent,
                report_id=report_id,
                status=status,
                cum=amount(cum),
                leaves=amount(leaves),
                average=amount(average),
            ),
        )

    def drop_hold(self, hold: str) -> tr.Decided:
        """Forget the request: its sender hears nothing."""
        return self.perform("drop_hold", ts.HoldArguments(hold=hold))

    def reply_hold(self, hold: str, *, fields: Fields) -> tr.Decided:
        """
        Answer with a message of these fields.

        Fields to send, in order, the message's type among them.
        """
        return self.perform(
            "reply_hold",
            ts.HoldArguments(hold=hold),
            ts.HoldReply(fields=pairs(fields)),
        )

    def raw_hold(self, hold: str, *, raw: bytes) -> tr.Decided:
        """
        Answer with these bytes.

        Bytes to send as they are.
        """
        return self.perform("raw_hold", ts.HoldArguments(hold=hold), ds.RawReply(raw=raw))

    def list_endpoints(self, *, after: str | None = None, limit: int = 100) -> r.Page[sr.Endpoint]:
        """
        List the endpoints.

        A part of a list: what comes after a cursor.
        """
        return self.perform("list_endpoints", s.PageArguments(after=after, limit=limit))

    def create_endpoint(
        self,
        *,
        name: str,
        venue: str,
        protocol: str,
        listen: str = "tcp:0:interface=127.0.0.1",
        role: f.Role | None = None,
        options: Mapping[str, str] = _NONE,
    ) -> sr.Endpoint:
        """
        Listen on an address.

        A listening address to be; ``listen`` is a Twisted endpoint description (`tcp:0`).
        """
        return self.perform(
            "create_endpoint",
            s.NoArguments(),
            ss.NewEndpoint(
                name=name,
                venue=venue,
                protocol=protocol,
                listen=listen,
                role=role,
                options=dict(options),
            ),
        )

    def get_endpoint(self, endpoint: str) -> sr.Endpoint:
        """Show an endpoint."""
        return self.perform("get_endpoint", ss.EndpointArguments(endpoint=endpoint))

    def delete_endpoint(self, endpoint: str) -> None:
        """Stop listening, and remove the sessions of an endpoint."""
        return self.perform("delete_endpoint", ss.EndpointArguments(endpoint=endpoint))

    def list_sessions(self, *, after: str | None = None, limit: int = 100) -> r.Page[sr.Session]:
        """
        List the sessions.

        A part of a list: what comes after a cursor.
        """
        return self.perform("list_sessions", s.PageArguments(after=after, limit=limit))

    def create_session(
        self,
        *,
        name: str,
        endpoint: str,
        policies: Sequence[str] = (),
        connect: str = "",
        reconnect_min: str = "1s",
        reconnect_max: str = "60s",
        options: Mapping[str, str] = _NONE,
    ) -> sr.Session:
        """
        Configure a counterparty.

        A configured counterparty to be.

        ``connect`` is where we connect to it; empty: it connects to us. The time between
        attempts is doubled with each that fails, from ``reconnect_min`` to ``reconnect_max``.
        """
        return self.perform(
            "create_session",
            s.NoArguments(),
            ss.NewSession(
                name=name,
                endpoint=endpoint,
                policies=list(policies),
                connect=connect,
                reconnect_min=reconnect_min,
                reconnect_max=reconnect_max,
                options=dict(options),
            ),
        )

    def get_session(self, session: str) -> sr.Session:
        """Show a session."""
        return self.perform("get_session", ss.SessionArguments(session=session))

    def delete_session(self, session: str) -> None:
        """Disconnect and remove a session."""
        return self.perform("delete_session", ss.SessionArguments(session=session))

    def logout_session(self, session: str, *, text: str = "") -> sr.Session:
        """
        Begin an orderly logout.

        Why, for the counterparty.
        """
        return self.perform(
            "logout_session",
            ss.SessionArguments(session=session),
            ss.Logout(text=text),
        )

    def disconnect_session(self, session: str) -> sr.Session:
        """Close the connection of a session without a word."""
        return self.perform("disconnect_session", ss.SessionArguments(session=session))

    def reset_session(self, session: str) -> sr.Session:
        """Disconnect a session, set both sequence numbers to 1, and forget what was sent."""
        return self.perform("reset_session", ss.SessionArguments(session=session))

    def set_sequence(
        self,
        session: str,
        *,
        next_in: int | None = None,
        next_out: int | None = None,
    ) -> sr.Session:
        """
        Set the sequence numbers of a session, logged on or not.

        What to expect next, and what to send next; what is left out stays.
        """
        return self.perform(
            "set_sequence",
            ss.SessionArguments(session=session),
            ss.SequenceNumbers(next_in=next_in, next_out=next_out),
        )

    def test_session(self, session: str, *, id: str = "TEST") -> sr.Session:
        """
        Ask the counterparty for a sign of life.

        What the answer has to bring back, so that it can be told from others.
        """
        return self.perform(
            "test_session",
            ss.SessionArguments(session=session),
            ss.TestRequest(id=id),
        )

    def refuse_logons(self, session: str, *, text: str = "no logons now") -> sr.Session:
        """
        Accept no more logons; who is logged on stays.

        Why, for the counterparty.
        """
        return self.perform(
            "refuse_logons",
            ss.SessionArguments(session=session),
            ss.Refusal(text=text),
        )

    def accept_logons(self, session: str) -> sr.Session:
        """Accept logons again."""
        return self.perform("accept_logons", ss.SessionArguments(session=session))

    def send_message(
        self,
        session: str,
        *,
        fields: Fields | None = None,
        raw: bytes | None = None,
    ) -> sr.Sent:
        """
        Send a message of any fields, or any bytes.

        A message to send, as either ``fields`` or ``raw``.

        ``fields``, the type (35) among them, are sent under the session's own header, with its
        next number. ``raw`` are bytes, sent as they are, valid or not: they take up no number.
        """
        return self.perform(
            "send_message",
            ss.SessionArguments(session=session),
            ss.NewMessage(fields=pairs(fields), raw=raw),
        )

    def list_messages(
        self,
        *,
        venue: str | None = None,
        session: str | None = None,
        type: str | None = None,
        tag: Sequence[str] = (),
        direction: f.Direction | None = None,
        since: str | None = None,
        until: str | None = None,
        filter: str | None = None,
        after: str | None = None,
        limit: int = 100,
        order: f.ListOrder = "oldest",
    ) -> sr.Messages:
        """
        List messages that sessions sent and received.

        Which messages, how many, and whether the oldest or the newest come first.
        """
        return self.perform(
            "list_messages",
            ss.MessagesArguments(
                venue=venue,
                session=session,
                type=type,
                tag=list(tag),
                direction=direction,
                since=since,
                until=until,
                filter=filter,
                after=after,
                limit=limit,
                order=order,
            ),
        )

    def wait_messages(
        self,
        *,
        venue: str | None = None,
        session: str | None = None,
        type: str | None = None,
        tag: Sequence[str] = (),
        direction: f.Direction | None = None,
        since: str | None = None,
        until: str | None = None,
        filter: str | None = None,
        after: str | None = None,
        timeout: str = "10s",
        count: int = 1,
    ) -> sr.AwaitedMessages:
        """
        Wait until so many messages match, or the time is out.

        Which messages to wait for, how many, and how long.
        """
        return self.perform(
            "wait_messages",
            ss.WaitMessagesArguments(
                venue=venue,
                session=session,
                type=type,
                tag=list(tag),
                direction=direction,
                since=since,
                until=until,
                filter=filter,
                after=after,
                timeout=timeout,
                count=count,
            ),
        )

    def verify_messages(
        self,
        *,
        filter: str | dict[str, Any] | None = None,
        exactly: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        never: bool = False,
        in_order: Sequence[str | dict[str, Any]] = (),
        venue: str | None = None,
        session: str | None = None,
        after: str | None = None,
        within: str | None = None,
    ) -> dr.Verified:
        """
        Tell whether messages came as expected, and if not, what came instead.

        What messages are expected: ``exactly``, ``at_least`` or ``at_most`` so many that fit the
        ``filter`` (as text or by names, ``{"type": "D", "qty__ge": 500}``), by default at least
        one; ``never`` any; or one for each filter of ``in_order``, one after another.

        All that is in memory counts, or what came after the cursor ``after``. It is waited as
        long as ``within`` says: until enough have come, or to the end to see that no more do.
        """
        return self.perform(
            "verify_messages",
            s.NoArguments(),
            ds.Verify(
                filter=filter,
                exactly=exactly,
                at_least=at_least,
                at_most=at_most,
                never=never,
                in_order=list(in_order),
                venue=venue,
                session=session,
                after=after,
                within=within,
            ),
        )

    def list_session_messages(
        self,
        session: str,
        *,
        type: str | None = None,
        tag: Sequence[str] = (),
        direction: f.Direction | None = None,
        since: str | None = None,
        until: str | None = None,
        filter: str | None = None,
        after: str | None = None,
        limit: int = 100,
        order: f.ListOrder = "oldest",
    ) -> sr.Messages:
        """
        List messages of one session.

        Messages of one session.
        """
        return self.perform(
            "list_session_messages",
            ss.SessionMessagesArguments(
                session=session,
                type=type,
                tag=list(tag),
                direction=direction,
                since=since,
                until=until,
                filter=filter,
                after=after,
                limit=limit,
                order=order,
            ),
        )

    def wait_events(
        self,
        *,
        venue: str | None = None,
        kind: Sequence[f.EventKind] = (),
        filter: str | None = None,
        after: str | None = None,
        messages: Literal["whole", "line"] = "whole",
        timeout: str = "10s",
        limit: int = 100,
    ) -> dr.AwaitedEvents:
        """
        Wait until something happens, or the time is out.

        Which events to wait for, how long, and how many at most are wanted at once.
        """
        return self.perform(
            "wait_events",
            ds.WaitEventsArguments(
                venue=venue,
                kind=list(kind),
                filter=filter,
                after=after,
                messages=messages,
                timeout=timeout,
                limit=limit,
            ),
        )

    def list_rules(
        self,
        *,
        venue: str | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> r.Page[dr.Rule]:
        """
        List the rules, in the order they are asked.

        The rules of a venue, or of all.
        """
        return self.perform("list_rules", ds.RulesArguments(venue=venue, after=after, limit=limit))

    def create_rule(
        self,
        *,
        name: str | None = None,
        venue: str | None = None,
        when: str | dict[str, Any] | None = None,
        then: str | list[ds.RuleStep] = "",
        priority: int = 0,
        times: int | None = None,
        probability: str = "1",
        seed: int | None = None,
        scenario: str | None = None,
        state: str | None = None,
        becomes: str | None = None,
        enabled: bool = True,
    ) -> dr.Rule:
        """
        Make a rule: when a request fits, then these steps are taken.

        When a request fits, then these steps are taken; without steps it is only counted.

        ``when`` is a filter, as text or by names (``{"type": "D", "qty__ge": 500}``); ``then``
        steps, in one line or as a list. Rules are asked by falling ``priority``, and in the order
        they were made. With a ``scenario`` it fires only in ``state`` of that, which then
        ``becomes`` another.
        """
        return self.perform(
            "create_rule",
            s.NoArguments(),
            ds.NewRule(
                name=name,
                venue=venue,
                when=when,
                then=then,
                priority=priority,
                times=times,
                probability=probability,
                seed=seed,
                scenario=scenario,
                state=state,
                becomes=becomes,
                enabled=enabled,
            ),
        )

    def clear_rules(self, *, venue: str | None = None) -> dr.Cleared:
        """
        Remove all rules, and end what they began.

        A venue, which may be left out where there is just one.
        """
        return self.perform("clear_rules", ds.OneVenueArguments(venue=venue))

    def get_rule(self, rule: str, *, venue: str | None = None) -> dr.Rule:
        """
        Show a rule, and how often it fired.

        One rule of a venue, which may be left out where there is just one.
        """
        return self.perform("get_rule", ds.RuleArguments(rule=rule, venue=venue))

    def replace_rule(
        self,
        rule: str,
        *,
        name: str | None = None,
        venue: str | None = None,
        when: str | dict[str, Any] | None = None,
        then: str | list[ds.RuleStep] = "",
        priority: int = 0,
        times: int | None = None,
        probability: str = "1",
        seed: int | None = None,
        scenario: str | None = None,
        state: str | None = None,
        becomes: str | None = None,
        enabled: bool = True,
    ) -> dr.Rule:
        """
        Have a rule be another, in its place; it counts from 0, what it began goes on.

        When a request fits, then these steps are taken; without steps it is only counted.

        ``when`` is a filter, as text or by names (``{"type": "D", "qty__ge": 500}``); ``then``
        steps, in one line or as a list. Rules are asked by falling ``priority``, and in the order
        they were made. With a ``scenario`` it fires only in ``state`` of that, which then
        ``becomes`` another.
        """
        return self.perform(
            "replace_rule",
            ds.RulePlaceArguments(rule=rule),
            ds.NewRule(
                name=name,
                venue=venue,
                when=when,
                then=then,
                priority=priority,
                times=times,
                probability=probability,
                seed=seed,
                scenario=scenario,
                state=state,
                becomes=becomes,
                enabled=enabled,
            ),
        )

    def delete_rule(self, rule: str, *, venue: str | None = None) -> None:
        """
        Remove a rule; what it began goes on.

        One rule of a venue, which may be left out where there is just one.
        """
        return self.perform("delete_rule", ds.RuleArguments(rule=rule, venue=venue))

    def enable_rule(self, rule: str, *, venue: str | None = None) -> dr.Rule:
        """
        Have a rule asked again.

        One rule of a venue, which may be left out where there is just one.
        """
        return self.perform("enable_rule", ds.RuleArguments(rule=rule, venue=venue))

    def disable_rule(self, rule: str, *, venue: str | None = None) -> dr.Rule:
        """
        Have a rule not asked for now.

        One rule of a venue, which may be left out where there is just one.
        """
        return self.perform("disable_rule", ds.RuleArguments(rule=rule, venue=venue))

    def list_fault_kinds(
        self,
        *,
        after: str | None = None,
        limit: int = 100,
    ) -> r.Page[dr.FaultKind]:
        """
        List the kinds of faults, and what they take.

        A part of a list: what comes after a cursor.
        """
        return self.perform("list_fault_kinds", s.PageArguments(after=after, limit=limit))

    def list_faults(
        self,
        *,
        venue: str | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> r.Page[dr.Fault]:
        """
        List the faults that are set.

        The faults of a venue, or all.
        """
        return self.perform(
            "list_faults",
            ds.FaultsArguments(venue=venue, after=after, limit=limit),
        )

    def create_fault(
        self,
        *,
        kind: str,
        name: str | None = None,
        session: str | None = None,
        endpoint: str | None = None,
        venue: str | None = None,
        match: str | dict[str, Any] | None = None,
        direction: f.Direction | None = None,
        count: int | None = None,
        probability: str = "1",
        seed: int | None = None,
        parameters: Mapping[str, str | bool | int] = _NONE,
    ) -> dr.Fault:
        """
        Set a fault: messages that fit have a defect.

        A defect of messages that fit ``match``, a filter as text or by names.

        It is of a ``session``, of all of an ``endpoint`` or of a ``venue``; with none of them of
        the only venue there is. ``direction`` is ``in`` for what exsim receives, ``out`` for what
        it sends; ``count`` how often it fires. ``parameters`` are those of its kind: see
        ``/fault-kinds``.
        """
        return self.perform(
            "create_fault",
            s.NoArguments(),
            ds.NewFault(
                kind=kind,
                name=name,
                session=session,
                endpoint=endpoint,
                venue=venue,
                match=match,
                direction=direction,
                count=count,
                probability=probability,
                seed=seed,
                parameters=dict(parameters),
            ),
        )

    def clear_faults(self, *, venue: str | None = None) -> dr.Cleared:
        """
        Remove all faults.

        A venue, which may be left out where there is just one.
        """
        return self.perform("clear_faults", ds.OneVenueArguments(venue=venue))

    def get_fault(self, fault: str) -> dr.Fault:
        """Show a fault, and how often it fired."""
        return self.perform("get_fault", ds.FaultArguments(fault=fault))

    def replace_fault(
        self,
        fault: str,
        *,
        kind: str,
        name: str | None = None,
        session: str | None = None,
        endpoint: str | None = None,
        venue: str | None = None,
        match: str | dict[str, Any] | None = None,
        direction: f.Direction | None = None,
        count: int | None = None,
        probability: str = "1",
        seed: int | None = None,
        parameters: Mapping[str, str | bool | int] = _NONE,
    ) -> dr.Fault:
        """
        Have a fault be another, in its place; it counts from 0, what it holds up goes on.

        A defect of messages that fit ``match``, a filter as text or by names.

        It is of a ``session``, of all of an ``endpoint`` or of a ``venue``; with none of them of
        the only venue there is. ``direction`` is ``in`` for what exsim receives, ``out`` for what
        it sends; ``count`` how often it fires. ``parameters`` are those of its kind: see
        ``/fault-kinds``.
        """
        return self.perform(
            "replace_fault",
            ds.FaultArguments(fault=fault),
            ds.NewFault(
                kind=kind,
                name=name,
                session=session,
                endpoint=endpoint,
                venue=venue,
                match=match,
                direction=direction,
                count=count,
                probability=probability,
                seed=seed,
                parameters=dict(parameters),
            ),
        )

    def delete_fault(self, fault: str) -> None:
        """Remove a fault; what it holds up goes on."""
        return self.perform("delete_fault", ds.FaultArguments(fault=fault))

    def enable_fault(self, fault: str) -> dr.Fault:
        """Have a fault act again."""
        return self.perform("enable_fault", ds.FaultArguments(fault=fault))

    def disable_fault(self, fault: str) -> dr.Fault:
        """Have a fault not act for now."""
        return self.perform("disable_fault", ds.FaultArguments(fault=fault))

    def list_races(
        self,
        *,
        venue: str | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> r.Page[dr.Race]:
        """
        List the races, and what is armed of them.

        The rules of a venue, or of all.
        """
        return self.perform("list_races", ds.RulesArguments(venue=venue, after=after, limit=limit))

    def race(
        self,
        race: str,
        *,
        venue: str | None = None,
        session: str | None = None,
        match: str | dict[str, Any] | None = None,
        times: int | None = 1,
        parameters: Mapping[str, str | bool | int] = _NONE,
    ) -> dr.Race:
        """
        Arm a race: have two things happen at once.

        One race, at a venue which may be left out where there is just one.

        How a race is armed: for requests of a ``session`` that fit ``match``, a filter as text or
        by names; for all without them.

        It happens ``times`` times, null for no end. ``parameters`` are its own: see ``/races``.
        """
        return self.perform(
            "race",
            ds.RaceArguments(race=race, venue=venue),
            ds.NewRace(session=session, match=match, times=times, parameters=dict(parameters)),
        )

    def disarm_race(self, race: str, *, venue: str | None = None) -> dr.Cleared:
        """
        Remove what is armed of a race.

        One race, at a venue which may be left out where there is just one.
        """
        return self.perform("disarm_race", ds.RaceArguments(race=race, venue=venue))

    def list_snapshots(self, *, after: str | None = None, limit: int = 100) -> r.Page[dr.Snapshot]:
        """
        List the snapshots that were taken.

        A part of a list: what comes after a cursor.
        """
        return self.perform("list_snapshots", s.PageArguments(after=after, limit=limit))

    def take_snapshot(self, snapshot: str, *, at: int | None = None) -> dr.Snapshot:
        """
        Keep the state as it is, or was after an entry of the journal.

        When the state is taken: ``at`` an entry of this epoch's journal (the ``seq`` of a
        message), or now.
        """
        return self.perform(
            "take_snapshot",
            ds.SnapshotArguments(snapshot=snapshot),
            ds.NewSnapshot(at=at),
        )

    def restore_snapshot(self, snapshot: str) -> dr.Snapshot:
        """Be as a snapshot says: all are disconnected, and the journal begins anew."""
        return self.perform("restore_snapshot", ds.SnapshotArguments(snapshot=snapshot))

    def delete_snapshot(self, snapshot: str) -> None:
        """Forget a snapshot."""
        return self.perform("delete_snapshot", ds.SnapshotArguments(snapshot=snapshot))

    def list_recordings(self, *, after: str | None = None, limit: int = 100) -> r.Page[dr.Recorded]:
        """
        List recordings, whole and under way.

        A part of a list: what comes after a cursor.
        """
        return self.perform("list_recordings", s.PageArguments(after=after, limit=limit))

    def start_recording(
        self,
        recording: str,
        *,
        session: str | None = None,
        filter: str = "",
    ) -> dr.Recorded:
        """
        Record what is said from now on.

        What is recorded: the messages of a ``session`` that fit a ``filter``, or all.
        """
        return self.perform(
            "start_recording",
            ds.RecordingArguments(recording=recording),
            ds.NewRecording(session=session, filter=filter),
        )

    def stop_recording(self, recording: str) -> dr.Recorded:
        """End a recording, and keep it."""
        return self.perform("stop_recording", ds.RecordingArguments(recording=recording))

    def get_recording(self, recording: str) -> dr.Recording:
        """Save a recording: all that was said."""
        return self.perform("get_recording", ds.RecordingArguments(recording=recording))

    def load_recording(
        self,
        recording: str,
        *,
        messages: Sequence[ds.RecordedMessage],
    ) -> dr.Recorded:
        """
        Have a recording that was saved.

        The messages of a recording that was saved.
        """
        return self.perform(
            "load_recording",
            ds.RecordingArguments(recording=recording),
            ds.LoadedRecording(messages=list(messages)),
        )

    def delete_recording(self, recording: str) -> None:
        """Forget a recording."""
        return self.perform("delete_recording", ds.RecordingArguments(recording=recording))

    def convert_recording(self, recording: str, form: Literal["script", "test"]) -> str:
        """Tell a recording as a script or a pytest test that expects the same."""
        return self.perform(
            "convert_recording",
            ds.RecordingFormArguments(recording=recording, form=form),
        )

    def play_recording(
        self,
        recording: str,
        *,
        session: str | None = None,
        speed: Amount = "1",
        within: str = "60s",
        direction: f.Direction = "out",
        sessions: Mapping[str, str] = _NONE,
        endpoint: str | None = None,
        clock: Literal["session", "market"] = "session",
        ids: Literal["keep", "new"] = "keep",
        times: Literal["keep", "new"] = "new",
    ) -> dr.Played:
        """
        Play what was sent, or what came, once more: as fast as it was, or not.

        What is played: with ``direction`` ``out`` what the simulator sent goes out again; with
        ``in`` what came comes again, as if its sender had sent it. ``speed`` is how many times as
        fast as it was: 0 is at once. ``within`` is how long whoever asks waits for its end.

        ``session`` is who gets, or sends, all of it, by default who did; ``sessions`` says so of
        some. The others are for ``in``: ``endpoint`` is where sessions log on that there are not
        yet. ``clock``: whose time passes between messages; a market's that is manual is advanced.
        ``ids``: ``new`` ones so that nothing comes twice. ``times``: ``new`` ones, of today.
        """
        return self.perform(
            "play_recording",
            ds.RecordingArguments(recording=recording),
            ds.Playing(
                session=session,
                speed=amount(speed),
                within=within,
                direction=direction,
                sessions=dict(sessions),
                endpoint=endpoint,
                clock=clock,
                ids=ids,
                times=times,
            ),
        )

    def list_scripts(self, *, after: str | None = None, limit: int = 100) -> r.Page[dr.Script]:
        """
        List the scripts that can be run by name.

        A part of a list: what comes after a cursor.
        """
        return self.perform("list_scripts", s.PageArguments(after=after, limit=limit))

    def run_script(self, script: str, *, timeout: str = "60s") -> dr.ScriptRun:
        """
        Run a script, and tell what came of each step.

        One script, and how long whoever asks waits for its end.
        """
        return self.perform("run_script", ds.ScriptArguments(script=script, timeout=timeout))

    def list_behaviours(
        self,
        *,
        venue: str | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> r.Page[dr.Behaviour]:
        """
        List the outcomes that an order can choose by its symbol, ClOrdID or fields.

        The rules of a venue, or of all.
        """
        return self.perform(
            "list_behaviours",
            ds.RulesArguments(venue=venue, after=after, limit=limit),
        )

    def list_scenarios(
        self,
        *,
        venue: str | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> r.Page[dr.Scenario]:
        """
        List scenarios and the states that they are in.

        The rules of a venue, or of all.
        """
        return self.perform(
            "list_scenarios",
            ds.RulesArguments(venue=venue, after=after, limit=limit),
        )

    def reset_scenarios(self, *, venue: str | None = None) -> None:
        """
        Put all scenarios back where they start.

        A venue, which may be left out where there is just one.
        """
        return self.perform("reset_scenarios", ds.OneVenueArguments(venue=venue))

    def get_scenario(self, scenario: str, *, venue: str | None = None) -> dr.Scenario:
        """
        Show the state of a scenario.

        One scenario of a venue, which may be left out where there is just one.
        """
        return self.perform("get_scenario", ds.ScenarioArguments(scenario=scenario, venue=venue))

    def set_scenario(self, scenario: str, *, state: str, venue: str | None = None) -> dr.Scenario:
        """
        Put a scenario in a state.

        One scenario of a venue, which may be left out where there is just one.

        The state to put a scenario in.
        """
        return self.perform(
            "set_scenario",
            ds.ScenarioArguments(scenario=scenario, venue=venue),
            ds.ScenarioState(state=state),
        )

    def reset_scenario(self, scenario: str, *, venue: str | None = None) -> None:
        """
        Put a scenario back where it starts.

        One scenario of a venue, which may be left out where there is just one.
        """
        return self.perform("reset_scenario", ds.ScenarioArguments(scenario=scenario, venue=venue))

    def list_proxies(self, *, after: str | None = None, limit: int = 100) -> r.Page[pr.Proxy]:
        """
        List the proxies between clients and other acceptors.

        A part of a list: what comes after a cursor.
        """
        return self.perform("list_proxies", s.PageArguments(after=after, limit=limit))

    def create_proxy(
        self,
        *,
        name: str,
        connect: str,
        listen: str = "tcp:0:interface=127.0.0.1",
        protocol: Literal["fix", "ouch", "soup", "raw"] = "fix",
        venue: str | None = None,
    ) -> pr.Proxy:
        """
        Stand between clients and another acceptor.

        A proxy to be: clients connect to ``listen``, and for each it connects to ``connect``.

        ``protocol`` says how messages are told apart and read; they are told with those of
        ``venue``, which may be left out where there is just one.
        """
        return self.perform(
            "create_proxy",
            s.NoArguments(),
            ps.NewProxy(name=name, connect=connect, listen=listen, protocol=protocol, venue=venue),
        )

    def get_proxy(self, proxy: str) -> pr.Proxy:
        """Show a proxy, and where it listens."""
        return self.perform("get_proxy", ps.ProxyArguments(proxy=proxy))

    def delete_proxy(self, proxy: str) -> None:
        """Close the links of a proxy, and listen no more."""
        return self.perform("delete_proxy", ps.ProxyArguments(proxy=proxy))

    def list_links(
        self,
        proxy: str,
        *,
        after: str | None = None,
        limit: int = 100,
    ) -> r.Page[pr.Link]:
        """
        List the links of a proxy.

        What belongs to a proxy, from a cursor on.
        """
        return self.perform(
            "list_links",
            ps.ProxyListArguments(proxy=proxy, after=after, limit=limit),
        )

    def close_link(self, proxy: str, link: str) -> None:
        """Close both connections of a link."""
        return self.perform("close_link", ps.LinkArguments(proxy=proxy, link=link))

    def send_on_link(self, proxy: str, link: str, *, direction: f.Direction, raw: bytes) -> None:
        """
        Send bytes on a link as if the other side had.

        Bytes to send on a link as if the other side had: ``in`` to the acceptor, ``out`` to the
        client.
        """
        return self.perform(
            "send_on_link",
            ps.LinkArguments(proxy=proxy, link=link),
            ps.LinkBytes(direction=direction, raw=raw),
        )

    def list_held(
        self,
        proxy: str,
        *,
        after: str | None = None,
        limit: int = 100,
    ) -> r.Page[pr.HeldMessage]:
        """
        List the messages that a proxy holds.

        What belongs to a proxy, from a cursor on.
        """
        return self.perform(
            "list_held",
            ps.ProxyListArguments(proxy=proxy, after=after, limit=limit),
        )

    def wait_held(self, proxy: str, *, timeout: str = "10s", count: int = 1) -> pr.AwaitedHeld:
        """
        Wait until a proxy holds so many messages, or the time is out.

        How many messages are to be held at a proxy, and how long to wait for them.
        """
        return self.perform(
            "wait_held",
            ps.WaitHeldArguments(proxy=proxy, timeout=timeout, count=count),
        )

    def release_held(
        self,
        proxy: str,
        held: str,
        *,
        fields: str = "",
        raw: bytes | None = None,
    ) -> pr.HeldMessage:
        """
        Let a message go on, as it is or changed.

        What goes on in the place of a message that was held: it with some ``fields`` changed, or
        ``raw`` bytes; the message as it is without them.
        """
        return self.perform(
            "release_held",
            ps.HeldArguments(proxy=proxy, held=held),
            ps.Release(fields=fields, raw=raw),
        )

    def drop_held(self, proxy: str, held: str) -> pr.HeldMessage:
        """Let a message never go on."""
        return self.perform("drop_held", ps.HeldArguments(proxy=proxy, held=held))

    def list_bots(
        self,
        venue: str,
        *,
        after: str | None = None,
        limit: int = 100,
    ) -> r.Page[br.Bot]:
        """
        List the bots of a venue: what they do, and what they have.

        The bots of a venue, from a cursor on.
        """
        return self.perform("list_bots", bs.BotsArguments(venue=venue, after=after, limit=limit))

    def get_activity(self, venue: str) -> br.BotsActivity:
        """Tell how busy the bots of a venue are."""
        return self.perform("get_activity", s.VenueArguments(venue=venue))

    def change_bots(self, venue: str, *, activity: str) -> br.BotsActivity:
        """
        Have all bots of a venue be so busy from now.

        How busy all bots of a venue are to be: a word such as ``slow``, or a factor as ``x2.5``.
        """
        return self.perform(
            "change_bots",
            s.VenueArguments(venue=venue),
            bs.NewActivity(activity=activity),
        )

    def start_bots(self, venue: str) -> br.BotsActivity:
        """Start all bots of a venue."""
        return self.perform("start_bots", s.VenueArguments(venue=venue))

    def stop_bots(self, venue: str) -> br.BotsActivity:
        """Stop all bots of a venue, and cancel their orders."""
        return self.perform("stop_bots", s.VenueArguments(venue=venue))

    def get_bot(self, venue: str, bot: str) -> br.Bot:
        """Show a bot."""
        return self.perform("get_bot", bs.BotArguments(venue=venue, bot=bot))

    def change_bot(
        self,
        venue: str,
        bot: str,
        *,
        activity: str | None = None,
        options: Mapping[str, str] = _NONE,
    ) -> br.Bot:
        """
        Have a bot do otherwise from now.

        What a bot does otherwise: ``activity`` and ``options`` are as keys of its section.
        """
        return self.perform(
            "change_bot",
            bs.BotArguments(venue=venue, bot=bot),
            bs.BotChange(activity=activity, options=dict(options)),
        )

    def start_bot(self, venue: str, bot: str) -> br.Bot:
        """Start a bot."""
        return self.perform("start_bot", bs.BotArguments(venue=venue, bot=bot))

    def stop_bot(self, venue: str, bot: str) -> br.Bot:
        """Stop a bot, and cancel its orders."""
        return self.perform("stop_bot", bs.BotArguments(venue=venue, bot=bot))

    def list_nodes(self) -> nr.Nodes:
        """List the nodes, and which venues each of them carries."""
        return self.perform("list_nodes", s.NoArguments())

    def move_venue(self, venue: str, *, node: str) -> nr.CarriedVenue:
        """
        Have another node carry a venue.

        The node that is to carry a venue.
        """
        return self.perform("move_venue", s.VenueArguments(venue=venue), ns.Move(node=node))
