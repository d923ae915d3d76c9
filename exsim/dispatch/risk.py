"""
What a venue checks of an order besides its terms, where limits, accounts or fees are configured.

A venue that has none of these has no :class:`Risk`, and its orders pay nothing for it.
"""

from __future__ import annotations

from typing import Final

from exsim.dispatch import limits
from exsim.dispatch.accounts import Accounts
from exsim.dispatch.fees import Fees, fee
from exsim.dispatch.ledger import Ledger, Use
from exsim.dispatch.limits import Refusal
from exsim.dispatch.listing import Listing
from exsim.dispatch.switches import Switches
from exsim.dispatch.wall import Wall
from exsim.engine.matching import MatchingEngine
from exsim.errors import Bug
from exsim.model.amounts import format_amount
from exsim.model.codes import Reason, Side
from exsim.model.events import Details, Event, Report
from exsim.model.participants import LIMIT, AccountSettings, FeeTier, Participants
from exsim.model.plain import Plain
from exsim.model.requests import NO_PRICE, NewOrder
from exsim.model.settings import Instrument
from exsim.orders.order import Order
from exsim.orders.registry import Orders

_BUY: Final = int(Side.BUY)
_SHORT: Final = int(Side.SELL_SHORT)
_EXEMPT: Final = int(Side.SELL_SHORT_EXEMPT)
_LOCATE: Final = "locate"
_REFUSE: Final = "refuse"

Terms = tuple[str, str, str, int, int, int, int, int]


def asks_for(settings: Participants) -> bool:
    """Whether a venue has to look at its orders at all."""
    return settings.risk.checks or bool(settings.accounts) or bool(settings.fees)


def limited(instrument: Instrument) -> bool:
    """Whether an instrument has limits of its own."""
    return (
        instrument.price_band is not None
        or instrument.dynamic_band is not None
        or instrument.collar is not None
        or instrument.fat_finger is not None
        or instrument.max_notional is not None
        or instrument.short_sale != ""
    )


class Risk:
    """
    The checks of one venue, what they go by, and what fills cost.

    ``listings`` are those of the venue, ``wall`` knows its days. The ``ledger`` hears of every
    order.
    """

    def __init__(
        self,
        settings: Participants,
        accounts: Accounts,
        listings: dict[str, Listing],
        orders: Orders,
        engine: MatchingEngine,
        wall: Wall,
    ) -> None:
        self._wall = wall
        self._limits = settings.risk
        self._accounts = accounts
        self._listings = listings
        self._engine = engine
        self.ledger = Ledger(orders, wall)
        self.fees = Fees(settings.fees) if settings.fees else None
        self.switches = Switches()
        self._recent: dict[Terms, tuple[int, str]] = {}
        self.ledger.load()
        orders.watcher = self.ledger

    def reset(self) -> None:
        """Nobody has anything, and nobody is switched off."""
        self.ledger.reset()
        self.switches = Switches()
        self._recent = {}

    # -- the checks

    def check_new(self, terms: NewOrder, listing: Listing, now: int) -> Refusal | None:
        """Whether a new order may be entered, whose terms alone are right."""
        account = self._accounts.by_name.get(terms.account)
        return (
            self._check_participant(terms, account)
            or self._check_short(terms, account, listing.instrument)
            or self._check_terms(terms, listing, account)
            or self._check_open(terms, account)
            or self._check_exposure(terms, listing, account, terms.qty)
            or self._check_duplicate(terms, now)
        )

    def check_quote(self, terms: NewOrder, listing: Listing, opens: int) -> Refusal | None:
        """
        The same for a side of a quote, which may come twice, beside ``opens`` more orders that its
        quote opens.
        """
        account = self._accounts.by_name.get(terms.account)
        return (
            self._check_participant(terms, account)
            or self._check_terms(terms, listing, account)
            or self._check_open(terms, account, opens)
            or self._check_exposure(terms, listing, account, terms.qty)
        )

    def check_replace(self, order: Order, terms: NewOrder, listing: Listing) -> Refusal | None:
        """The same for the terms that an order is to stand on."""
        account = self._accounts.by_name.get(terms.account)
        more = terms.qty - order.cum - order.leaves
        return (
            self._check_participant(terms, account)
            or self._check_terms(terms, listing, account)
            or self._check_exposure(terms, listing, account, more)
        )

    def _check_participant(
        self, terms: NewOrder, account: AccountSettings | None
    ) -> Refusal | None:
        """Whether session, account and firm may trade at all."""
        if self.switches.off:
            firm = self._accounts.firm_of(terms)
            killed = self.switches.killed(terms.session, terms.account, firm)
            if killed:
                return Reason.KILLED, killed
        if account is None:
            if self._limits.accounts == "any":
                return None
            what = f"there is no account {terms.account[:40]!r}" if terms.account else (
                "the order names no account"
            )  # fmt: skip
            return Reason.ACCOUNT, f"accounts = known: {what}"
        if account.sessions and terms.session and terms.session not in account.sessions:
            names = ", ".join(account.sessions)
            return Reason.NOT_ALLOWED, f"sessions: account {account.name} is for {names}"
        return None

    def _check_short(
        self, terms: NewOrder, account: AccountSettings | None, instrument: Instrument
    ) -> Refusal | None:
        if terms.side != _SHORT and terms.side != _EXEMPT:
            return None
        rule = "" if account is None else account.short_sale
        rule = rule or instrument.short_sale or self._limits.short_sale
        if rule == _REFUSE:
            return Reason.SHORT_SALE, "short_sale = refuse: short sales are not taken"
        if rule == _LOCATE and terms.side == _SHORT:
            extra = terms.extra
            if extra is None or not extra.located:
                text = "a short sale needs a locate, LocateReqd(114) = N"
                return Reason.SHORT_SALE, f"short_sale = locate: {text}"
        return None

    def _check_terms(
        self, terms: NewOrder, listing: Listing, account: AccountSettings | None
    ) -> Refusal | None:
        """Price, quantity and value of one order."""
        risk, instrument = self._limits, listing.instrument
        refusal: Refusal | None = None
        if terms.price != NO_PRICE:
            refusal = limits.check_bands(terms, listing, risk)
        elif limits.is_market(terms) and risk.collar_action != LIMIT:
            refusal = limits.check_collar(terms, listing, risk, self._engine)
        if refusal is None:
            refusal = limits.check_qty(terms.qty, risk.max_order_qty, "")
        if refusal is not None:
            return refusal
        price = limits.price_of(terms, listing)
        value = limits.worth(terms.qty, price, instrument.multiplier)
        most = risk.max_notional if instrument.max_notional is None else instrument.max_notional
        refusal = limits.check_notional(value, most, "")
        if refusal is None and account is not None:
            whose = f" of account {account.name}"
            refusal = limits.check_qty(terms.qty, account.max_order_qty, whose)
            if refusal is None:
                refusal = limits.check_notional(value, account.max_notional, whose)
        return refusal

    def _check_open(
        self, terms: NewOrder, account: AccountSettings | None, opens: int = 0
    ) -> Refusal | None:
        """How many orders may be open at a time; ``opens`` are about to be."""
        risk, ledger = self._limits, self.ledger
        if risk.max_open_session and terms.session:
            count = ledger.open_orders.get(terms.session, 0) + opens
            if count >= risk.max_open_session:
                text = f"session {terms.session} has {count} open, of {risk.max_open_session}"
                return Reason.RISK, f"max_open_session: {text}"
        most, rule = risk.max_open_account, "max_open_account"
        if account is not None and account.max_open_orders:
            most, rule = account.max_open_orders, "max_open_orders"
        if most and terms.account:
            count = ledger.use(terms.account).open_orders + opens
            if count >= most:
                text = f"account {terms.account} has {count} open, of {most}"
                return Reason.RISK, f"{rule}: {text}"
        return None

    def _check_exposure(
        self, terms: NewOrder, listing: Listing, account: AccountSettings | None, more: int
    ) -> Refusal | None:
        """Position and credit, with ``more`` open on the order's side; less is always fine."""
        if account is None or more <= 0:
            return None
        buys = terms.side == _BUY
        buy, sell = (more, 0) if buys else (0, more)
        use = self.ledger.use(account.name)
        limit = account.max_position
        for symbol, special in account.positions:
            if symbol == terms.symbol:
                limit = special
        after = use.exposure(terms.symbol, buy, sell)
        if limit is not None and after > limit and after > use.exposure(terms.symbol):
            text = f"the position in {terms.symbol} might come to {format_amount(after)}"
            return Reason.RISK, f"max_position: {text}, above {format_amount(limit)}"
        if account.credit is None:
            return None
        price = limits.price_of(terms, listing)
        before = self.credit_used(use, terms.symbol, price)
        used = self.credit_used(use, terms.symbol, price, buy, sell)
        if used > account.credit and used > before:
            text = f"account {account.name} would use {format_amount(used)}"
            return Reason.RISK, f"credit: {text} of {format_amount(account.credit)}"
        return None

    def credit_used(
        self, use: Use, symbol: str = "", price: int | None = None, buy: int = 0, sell: int = 0
    ) -> int:
        """
        What positions and open orders of an account may be worth together at most.

        Each instrument counts at its last price, else its reference price, else the last price
        that the account asked for; ``symbol`` at ``price`` where it has neither of the first two.
        ``buy`` and ``sell`` are what might be added of it.
        """
        total = 0
        names = set(use.positions) | set(use.buying) | set(use.selling) | {symbol}
        for name in names:
            listing = self._listings.get(name)
            if listing is None:
                continue
            base = listing.reference
            exposure = use.exposure(name)
            if name == symbol:
                exposure = use.exposure(name, buy, sell)
                base = price if base is None else base
            if base is None:
                base = use.prices.get(name)
            total += limits.worth(exposure, base, listing.instrument.multiplier) or 0
        return total

    def _check_duplicate(self, terms: NewOrder, now: int) -> Refusal | None:
        """Whether the same was asked for a short time ago; if not, it is remembered."""
        within, recent = self._limits.duplicate_within, self._recent
        if not within:
            return None
        while recent:
            oldest = next(iter(recent))
            if now - recent[oldest][0] < within:
                break
            del recent[oldest]
        key = (
            terms.session,
            terms.account,
            terms.symbol,
            terms.side,
            terms.ord_type,
            terms.tif,
            terms.qty,
            terms.price,
        )
        before = recent.get(key)
        if before is not None:
            ago, span = (now - before[0]) // 1_000_000, within // 1_000_000
            text = f"order {before[1]} has the same terms, and came {ago} ms ago"
            return Reason.DUPLICATE, f"duplicate_within: {text}, less than {span} ms"
        recent[key] = (now, terms.cl_ord_id)
        return None

    # -- fees

    def charge(self, out: list[Event], order: Order, maker: bool, now: int) -> None:
        """Count what the fill costs whose report is the last of ``out``, and have it say so."""
        if self.fees is None:
            return
        report = out[-1]
        if not isinstance(report, Report):
            raise Bug("what was filled has no report")
        amount = self.fee(order, report.last_qty, report.last_px, maker, now)
        if amount is not None:
            if report.more is None:
                report.more = Details()
            report.more.commission = amount

    def fee(self, order: Order, qty: int, price: int, maker: bool, now: int) -> int | None:
        """
        What a fill that was just counted costs its account, 10^-8 units; below 0 it is a rebate.

        None where the account has no fees.
        """
        if self.fees is None:
            return None
        terms = order.terms
        use = self.ledger.use(terms.account)
        use.turn(self._wall.day(now))
        tier = self.fees.tier(self._accounts.by_name.get(terms.account), use, qty)
        listing = self._listings.get(terms.symbol)
        if tier is None or listing is None:
            return None
        rate = tier.maker if maker else tier.taker
        amount = fee(rate, qty, price, listing.instrument.multiplier, order.cum == qty)
        use.fees += amount
        return amount

    def tier(self, account: str, now: int) -> FeeTier | None:
        """Which fees a next fill of an account has; None where it has none. Nothing is changed."""
        if self.fees is None:
            return None
        use, known = Use(), self.ledger.uses.get(account)
        if known is not None:
            use.day, use.day_volume = known.day, known.day_volume
            use.month, use.month_volume = known.month, known.month_volume
        use.turn(self._wall.day(now))
        return self.fees.tier(self._accounts.by_name.get(account), use)

    # -- snapshots

    def state(self) -> Plain:
        """All of it, for a snapshot; accounts have their own."""
        recent = [[list(key), time, name] for key, (time, name) in self._recent.items()]
        return [self.ledger.state(), self.switches.state(), recent]

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told; the orders are there already."""
        ledger, switches, recent = plain
        self.ledger.restore(ledger)
        self.switches.restore(switches)
        self._recent = {tuple(key): (time, name) for key, time, name in recent}
