"""The messages that tell a FIX session of events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from exsim.model.events import (
    CancelReject,
    Copied,
    Details,
    DisplayRefreshed,
    Event,
    LegFill,
    Listed,
    MassReport,
    MessageReject,
    Outgoing,
    Report,
    TradesAnswer,
    TradeTold,
)
from exsim.model.lists import ListState
from exsim.model.market_data import DataRefused, DataTold, DataWaiting
from exsim.model.news import NewsTold
from exsim.model.quote_events import QuoteEvent
from exsim.model.reference_data import InstrumentsTold, PhaseTold, ReferenceEvent
from exsim.model.settings import SessionSettings
from exsim.protocols.fix_capture import trade_copied, trade_told, trades_answer
from exsim.protocols.fix_fees import NO, fee_fields
from exsim.protocols.fix_lists import list_state
from exsim.protocols.fix_market_data import data_refused, data_told
from exsim.protocols.fix_mass import listed_fields, mass_report
from exsim.protocols.fix_multileg import kind_field, leg_report
from exsim.protocols.fix_news import news_told
from exsim.protocols.fix_options import BOTH, MULTILEG
from exsim.protocols.fix_quotes_told import quote_answer
from exsim.protocols.fix_reports import Reports, day_fields, routing
from exsim.protocols.fix_securities import instruments_told, phase_told
from exsim.wire.fix_parts import Part

Told = tuple[bytes, Part, bytes]
"""MsgType, body and fields of the header of a message to be sent."""

_Rare = (
    MessageReject
    | MassReport
    | TradesAnswer
    | TradeTold
    | QuoteEvent
    | ListState
    | DataRefused
    | DataWaiting
    | DisplayRefreshed
    | ReferenceEvent
    | NewsTold
    | Outgoing
)
_NONE: Final[tuple[Told, ...]] = ()
_REFUSES: Final = "j"


class Telling:
    """What a session is told, in a version and with the styles that it has chosen."""

    __slots__ = ("_copy_trades", "_multileg_reports", "_report_fees", "_reports", "_version")

    def __init__(self, reports: Reports, settings: SessionSettings) -> None:
        options = settings.options
        self._reports = reports
        self._version = reports.version
        version = reports.version
        self._report_fees: str = options["report_fees"]
        self._copy_trades: str = options["copy_trades"] if version.trade_reports else ""
        self._multileg_reports: str = (
            options["multileg_reports"] if version.multileg_reporting else MULTILEG
        )

    def report(self, event: Report) -> Part | None:
        """The body of the one ExecutionReport(8) of a report; None where it is one of each leg."""
        more = event.more
        if more is None:
            return self._reports.report(event)
        if more.legs and self._multileg_reports != MULTILEG:
            return None
        return (self._reports.report(event), self._details(event, more))

    def messages(self, event: Event) -> Sequence[Told]:
        """
        The messages of an event, in order: none where FIX, or the version, has no word for it.
        Those that chosen fields make (:class:`exsim.model.events.Outgoing`) are the session's.
        """
        if isinstance(event, Report):
            return self._report(event)
        if isinstance(event, DataTold):
            msg_type, body = data_told(event.req_id, event.content, self._version)
            return ((msg_type, body, b""),)
        if isinstance(event, CancelReject):
            return ((b"9", self._reports.cancel_reject(event), routing(event.carry)),)
        if isinstance(event, Copied):
            return self._copies(event.report)
        if isinstance(event, Listed):
            listed = (self._reports.report(event.report), listed_fields(event, self._version))
            return ((b"8", listed, routing(event.report.carry)),)
        return self._answer(event)

    def _answer(self, event: _Rare) -> Sequence[Told]:
        reports, version = self._reports, self._version
        if isinstance(event, MessageReject):
            if event.msg_type == _REFUSES:
                return _NONE  # two sides that refuse each other's refusals would never stop
            return _told(reports.message_reject(event), routing(event.carry))
        if isinstance(event, DataRefused):
            return _told(data_refused(event), routing(event.request.carry))
        if isinstance(event, InstrumentsTold):
            return _told(instruments_told(event, version), routing(event.request.carry))
        if isinstance(event, PhaseTold):
            return _told(phase_told(event, version), routing(event.carry))
        if isinstance(event, NewsTold):
            return _told(news_told(event.news, version), b"")
        if isinstance(event, (DataWaiting, DisplayRefreshed, Outgoing)):
            return _NONE  # no FIX session shares a stream, and no report of FIX says a refresh
        if isinstance(event, QuoteEvent):
            return _told(quote_answer(event, reports), routing(event.carry))
        if isinstance(event, ListState):
            return _told(list_state(event, reports), routing(event.carry))
        carried = routing(event.request.carry)
        if isinstance(event, MassReport):
            return _told(mass_report(event, reports), carried)
        if isinstance(event, TradesAnswer):
            return _told(trades_answer(event, reports), carried)
        return _told(trade_told(event, reports), carried)

    def _report(self, event: Report) -> Sequence[Told]:
        header = routing(event.carry)
        body = self.report(event)
        if body is not None:
            return ((b"8", body, header),)
        more = event.more
        assert more is not None
        told = [(b"8", self._of_leg(event, *leg), header) for leg in enumerate(more.legs, 1)]
        if self._multileg_reports == BOTH:
            whole = (self._reports.report(event), self._details(event, more))
            told.insert(0, (b"8", whole, header))
        return told

    def _of_leg(self, event: Report, number: int, fill: LegFill) -> Part:
        return (self._reports.report(leg_report(event, fill, number)), kind_field(True))

    def _details(self, report: Report, more: Details) -> bytes:
        """What a report has that few have."""
        version = self._version
        fields = b""
        if more.exec_ref_id:
            fields += b"19=%b\x01" % more.exec_ref_id.encode()
        if more.restated >= 0:
            why = version.restatement(report.kind, more.restated)
            fields += b"" if why < 0 else b"378=%d\x01" % why
        if more.today is not None and version.day_quantities:
            fields += day_fields(more.today)
        if more.commission is not None and self._report_fees != NO:
            fields += fee_fields(more.commission, self._report_fees, version)
        if more.multileg and version.multileg_reporting:
            fields += kind_field(False)
        return fields

    def _copies(self, report: Report) -> Sequence[Told]:
        """A copy of a report, a TradeCaptureReport(AE) of a fill, or both."""
        # DeliverToCompID(128) of a copy is the session that the report itself went to.
        header = b"128=%b\x01" % report.session.encode() if report.session else b""
        told: list[Told] = []
        if self._copy_trades != "only":
            told.append((b"8", self._copy(report), header))
        if self._copy_trades:
            told += _told(trade_copied(report, self._reports), header)
        return told

    def _copy(self, report: Report) -> Part:
        """The body of a copy of a report: with CopyMsgIndicator(797) where the version has it."""
        mark = b"797=Y\x01" if self._version.copy_indicator else b""
        more = b"" if report.more is None else self._details(report, report.more)
        return (self._reports.report(report), mark + more)


def _told(answer: tuple[bytes, Part] | None, header: bytes) -> Sequence[Told]:
    return _NONE if answer is None else ((answer[0], answer[1], header),)
