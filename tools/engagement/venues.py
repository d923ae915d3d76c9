"""
``docs/engagement/``: the rules of each venue in ``etc/personalities/``, from its settings alone.

A page has what is in force, whether the file says it or it is so by default, and no more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from exsim.config.load import load
from exsim.config.market_values import PLAIN_TYPES, legs_text, ticks_text
from exsim.dispatch.phases import AUCTIONS, TIMES, TYPES, PhaseRules, changed, key, phase_of
from exsim.model.amounts import UNIT, format_amount
from exsim.model.codes import Phase
from exsim.model.participants import Rate, band_text
from exsim.model.settings import DaySettings, EndpointSettings, Instrument, Settings, VenueSettings
from exsim.plugins import Catalogue
from tools.engagement.rst import document, escaped, paragraph, table, title
from tools.engagement.trying import ROOT

FOLDER: Final = ROOT / "etc" / "personalities"
HEAD: Final = (
    "The rules of a simulated venue as its settings in ``{file}`` have them; that file says in its"
    " comments which rule of real markets each stands for. Written by"
    " ``python -m tools.engagement``. `FIX: rules of engagement <../fix.rst>`__ has the messages,"
    " `The trading day <../trading-day.rst>`__, `How orders match <../matching.rst>`__ and `Risk,"
    " accounts and fees <../risk.rst>`__ what the words mean."
)
_DAYS: Final = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_WORDS: Final = {code: word for word, code in PLAIN_TYPES.items()}
_PER: Final = {"share": "for each of the quantity", "bp": "bp of the value", "order": "an order"}
_OFTEN: Final = (
    "cancel_on_disconnect",
    "cancel_on_logout",
    "cancel_grace",
    "report_fees",
    "throttle_messages",
    "throttle_interval",
    "throttle_action",
    "start_day",
    "start_time",
    "end_day",
    "end_time",
)
"""Keys of an endpoint that are a matter of rules rather than of connecting."""
_TIMED: Final = ("cancel_grace", "throttle_interval")
_CLOCKS: Final = ("start_time", "end_time")

Rows = list[list[str]]


def files() -> dict[str, Callable[[], str]]:
    """What makes each page, by its name in ``docs/``."""
    return {
        f"engagement/{path.stem}.rst": partial(page, path) for path in sorted(FOLDER.glob("*.ini"))
    }


def page(path: Path) -> str:
    """The whole page of a file with one venue."""
    settings = load(str(path), [], Catalogue())
    (venue,) = settings.venues
    name = path.stem.replace("-", " ").capitalize().replace("Us ", "US ").replace("Fx", "FX")
    head = HEAD.format(file=f"etc/personalities/{path.name}")
    lines = [*title(f"{name}: rules of engagement", "="), *paragraph(head)]
    lines += _where(settings)
    lines += _schedule(venue.day)
    lines += _orders(venue.day)
    lines += _instruments(venue)
    lines += _limits(venue)
    lines += _fees(venue)
    lines += _quotes(venue)
    lines += _sessions(settings)
    return document(lines)


def _section(heading: str, head: tuple[str, ...], rows: Rows, nothing: str) -> list[str]:
    lines = title(heading, "-")
    return [*lines, *(table(head, rows) if rows else paragraph(nothing))]


def _where(settings: Settings) -> list[str]:
    rows = [
        ["FIX", f"``{one.listen}``, TargetCompID(56) ``{one.options['comp_id']}``"]
        for one in settings.endpoints
    ]
    if settings.rest is not None:
        rows.append(["REST", f"``{settings.rest.listen}``, venue ``{settings.venues[0].name}``"])
    return _section("Where", ("what", "where"), rows, "Nowhere.")


# -- the day


def _phases(day: DaySettings) -> list[Phase]:
    """The phases that there are without somebody's hand, in order."""
    names = [name for _, name in day.schedule] or [day.phase]
    if day.volatility_band:
        names.append(Phase.VOLATILITY_AUCTION.value)
    return [phase_of(name) for name in dict.fromkeys(names)]


def _schedule(day: DaySettings) -> list[str]:
    """When each phase begins, and what auctions do."""
    rules = changed(day.phase_rules)
    rows = [[_clock(second), name, _does(rules[phase_of(name)])] for second, name in day.schedule]
    zone = day.time_zone or "UTC"
    days = ", ".join(_DAYS[number] for number in day.days) or "all days"
    lines = _section(
        "Schedule",
        ("from", "phase", "orders"),
        rows,
        f"There is none: the market is in phase ``{day.phase}`` all the time, on all days.",
    )
    if rows:
        lines += paragraph(f"Times are those of {zone}, on {days}.")
        if day.calendar:
            lines += paragraph(f"Holidays and early closes are those of ``{day.calendar}``.")
    found = [[key_, text] for key_, text in _auctions(day)]
    return lines + (table(("rule", "what"), found) if found else [])


def _does(rules: PhaseRules) -> str:
    what = "match" if rules.matches else "are collected" if rules.takes else "are refused"
    what += ", and trade at one price at its end" if rules.phase in AUCTIONS else ""
    what += "" if rules.cancels else "; no cancels"
    return what + ("" if rules.replaces or not rules.takes else "; no replaces")


def _auctions(day: DaySettings) -> Iterator[tuple[str, str]]:
    if day.auction_random_end:
        text = f"auctions end up to {_time(day.auction_random_end)} late, at random"
        yield "random end", text
    if day.auction_extension:
        beyond = []
        if day.extension_price:
            beyond.append(f"its price is {_percent(day.extension_price)} from the reference")
        if day.extension_imbalance:
            beyond.append(f"{_percent(day.extension_imbalance)} of its volume would be left over")
        text = f"an auction goes on for {_time(day.auction_extension)} where more than that:"
        yield "extension", f"{text} {', or '.join(beyond)}; {day.auction_extensions} at most"
    if day.volatility_band:
        text = f"a trade more than {_percent(day.volatility_band)} from the last price does not"
        text += f" happen: there is an auction of {_time(day.volatility_time)}"
        yield "volatility", text
    if any(phase is Phase.CLOSED for phase in _phases(day)):
        yield "end of the day", "orders expire that are for the day, as ``closed`` begins"
    if day.done_for_day:
        yield "done for day", "orders carried over are reported as done for the day"
    if day.gtc_restate:
        yield "restatement", "orders carried over are restated as the next day begins"


# -- orders


def _orders(day: DaySettings) -> list[str]:
    """Types by TimeInForce by phase; phases that take the same together."""
    rules = changed(day.phase_rules)
    alike: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for phase in _phases(day):
        alike.setdefault(tuple(_taken(rules[phase])), []).append(phase.value)
    rows = [
        [", ".join(phases), times, types]
        for taken, phases in alike.items()
        for times, types in taken
    ]
    head = ("phase", "TimeInForce", "OrdType")
    return _section("Orders", head, rows, "None is taken.")


def _taken(rules: PhaseRules) -> Iterator[tuple[str, str]]:
    """TimeInForce and the types that go with it; those that are alike together."""
    alike: dict[str, list[str]] = {}
    for time, tif in TIMES.items():
        types = [name for name, ord_type in TYPES.items() if key(ord_type, tif) in rules.takes]
        if types:
            alike.setdefault(", ".join(types), []).append(time)
    for types_text, times in alike.items():
        yield ", ".join(times), types_text
    if not alike:
        yield "none", "none"


# -- instruments and limits


def _instruments(venue: VenueSettings) -> list[str]:
    rows = [[one.symbol, _kind(one), _matched(one), _terms(one)] for one in venue.instruments]
    head = ("symbol", "what", "allocation", "terms")
    return _section("Instruments", head, rows, "None is there at the start.")


def _kind(one: Instrument) -> str:
    return f"{_WORDS.get(one.security_type, one.security_type)}, {one.currency}"


def _matched(one: Instrument) -> str:
    text = one.allocation
    if one.allocation == "fifo-pro-rata":
        text += f", {one.fifo_share} % by time"
    return text + (f", {one.lmm_share} % to lead market makers" if one.lmm_share else "")


def _terms(one: Instrument) -> str:
    parts = [f"tick {ticks_text(one.ticks) if one.ticks else format_amount(one.tick)}"]
    parts.append(f"lot {format_amount(one.lot)}")
    for name, value in (
        ("least quantity", one.min_qty),
        ("most quantity", one.max_qty),
        ("most value", one.max_notional),
        ("reference", one.reference),
        ("multiplier", one.multiplier if one.multiplier != UNIT else None),
        ("strike", one.strike),
    ):
        parts += [] if value is None else [f"{name} {format_amount(value)}"]
    for name, text in (("maturity", one.maturity), ("settlement", one.settlement)):
        parts += [f"{name} {text}"] if text else []
    parts += [f"legs {legs_text(one.legs)}"] if one.legs else []
    parts += [f"implied prices: {one.implied}"] if one.implied != "none" else []
    parts.append(f"a replace keeps its place: {one.replace_keeps}")
    return escaped("; ".join(parts))


def _limits(venue: VenueSettings) -> list[str]:
    """What an order may not be, by the name of the rule that a reject has."""
    risk = venue.participants.risk
    rows: Rows = []
    for name in ("price_band", "dynamic_band", "collar", "fat_finger"):
        found = [(venue.name, getattr(risk, name))]
        found += [(one.symbol, getattr(one, name)) for one in venue.instruments]
        texts = [f"{whose}: {band_text(band)}" for whose, band in found if band is not None]
        rows += [[f"``{name}``", ", ".join(texts)]] if texts else []
    for name in ("max_order_qty", "max_notional"):
        value = getattr(risk, name)
        rows += [] if value is None else [[f"``{name}``", format_amount(value)]]
    for name in ("max_open_session", "max_open_account"):
        count = getattr(risk, name)
        rows += [[f"``{name}``", str(count)]] if count else []
    if risk.duplicate_within:
        rows.append(["``duplicate_within``", _time(risk.duplicate_within)])
    if risk.collar_action != "reject":
        rows.append(["``collar_action``", risk.collar_action])
    if risk.hidden != "allow":
        lit = f"; shown are those of {', '.join(risk.lit)}" if risk.lit else ""
        rows.append(["``hidden``", risk.hidden + lit])
    rows.append(["``restated_reports``", venue.restated_reports])
    rows += [["``user_defined``", "yes"]] if venue.lists.user_defined else []
    rows.append(["``short_sale``", risk.short_sale])
    rows.append(["``accounts``", _accounts(venue)])
    by = "" if risk.stp == "none" else f", between orders of one {risk.stp_by}"
    rows.append(["``stp``", risk.stp + by])
    return _section("Limits and self-trade prevention", ("rule", "what"), rows, "None.")


def _accounts(venue: VenueSettings) -> str:
    names = []
    for one in venue.participants.accounts:
        limit = one.max_position
        names.append(one.name if limit is None else f"{one.name} (to {format_amount(limit)})")
    return ": ".join(filter(None, (venue.participants.risk.accounts, ", ".join(names))))


def _fees(venue: VenueSettings) -> list[str]:
    rows = [
        [
            one.name,
            f"{format_amount(one.volume)} in the {one.by}",
            _rate(one.maker),
            _rate(one.taker),
        ]
        for one in venue.participants.fees
    ]
    head = ("tier", "from a volume of", "maker", "taker")
    return _section("Fees", head, rows, "Trading is free.")


def _rate(rate: Rate) -> str:
    kind, amount = rate
    return f"{format_amount(amount)} {_PER[kind]}" if amount else "nothing"


# -- quotes and sessions


def _quotes(venue: VenueSettings) -> list[str]:
    """Quotes that rest, and requests for quotes."""
    one = venue.quoting
    rows: Rows = [["``quotes``", one.quotes]]
    for name, value in (
        ("mmp_fills", str(one.mmp_fills) if one.mmp_fills else ""),
        ("mmp_quantity", format_amount(one.mmp_quantity) if one.mmp_quantity else ""),
        ("mmp_delta", format_amount(one.mmp_delta) if one.mmp_delta else ""),
    ):
        rows += [[f"``{name}``", f"{value} within {_time(one.mmp_time)}"]] if value else []
    rows.append(["``rfq``", one.rfq])
    if one.rfq == "price":
        rows.append(["``rfq_spread``", band_text(one.rfq_spread)])
        rows.append(["``rfq_size``", format_amount(one.rfq_size)])
        rows.append(["``rfq_interval``", _time(one.rfq_interval)])
    if one.rfq != "none":
        rows.append(["``rfq_valid``", _time(one.rfq_valid)])
        rows.append(["``rfq_time``", _time(one.rfq_time)])
        wait, chance = one.last_look
        text = f"{_percent(chance * 100)} trade"
        rows.append(["``last_look``", f"{text}, after {_time(wait)}" if wait else text])
    rows.append(["``ioi``", one.ioi])
    return _section("Quotes and indications", ("rule", "what"), rows, "None.")


def _sessions(settings: Settings) -> list[str]:
    """What holds for all sessions of an endpoint."""
    rows = [
        [f"``{name}``", _option(name, endpoint)]
        for endpoint in settings.endpoints
        for name in _OFTEN
        if _option(name, endpoint)
    ]
    return _section("Sessions", ("rule", "what"), rows, "Nothing is special about them.")


def _option(name: str, endpoint: EndpointSettings) -> str:
    """The value of a key in words; nothing where it says that there is no such rule."""
    value = endpoint.options[name]
    if name.startswith("throttle_") and not endpoint.options["throttle_messages"]:
        return ""
    if name.startswith(("start_", "end_")) and endpoint.options["start_time"] is None:
        return ""
    if value in (None, "", 0, False, "no"):
        return ""
    if name in _TIMED:
        return _time(int(value))
    if name in _CLOCKS:
        return f"{_clock(int(value))} {endpoint.options['time_zone']}"
    if name.endswith("_day"):
        return _DAYS[int(value)]
    return "yes" if value is True else str(value)


def _clock(second: int) -> str:
    text = f"{second // 3600:02}:{second // 60 % 60:02}"
    return f"{text}:{second % 60:02}" if second % 60 else text


def _time(nanoseconds: int) -> str:
    """A time as settings have it."""
    for unit, size in (("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000)):
        if nanoseconds and nanoseconds % size == 0:
            return f"{nanoseconds // size}{unit}"
    return f"{format_amount(nanoseconds * UNIT // 1_000_000)}ms"


def _percent(value: int) -> str:
    return f"{format_amount(value)} %"
