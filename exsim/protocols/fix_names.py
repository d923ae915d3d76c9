"""
Names of FIX fields, messages and codes, for people.

Kept here are the fields of the headers, the session messages and the orders' messages, up to
FIX 5.0; a tag without a name is told by its number alone. The newest name of a tag is given, and
older ones are understood.
"""

from __future__ import annotations

from typing import Final

_TAGS: Final = """
1 Account 6 AvgPx 7 BeginSeqNo 8 BeginString 9 BodyLength 10 CheckSum 11 ClOrdID 12 Commission
13 CommType 14 CumQty 15 Currency 16 EndSeqNo 17 ExecID 18 ExecInst 19 ExecRefID 20 ExecTransType
21 HandlInst 22 SecurityIDSource 23 IOIID 29 LastCapacity 30 LastMkt 31 LastPx 32 LastQty
34 MsgSeqNum 35 MsgType 36 NewSeqNo 37 OrderID 38 OrderQty 39 OrdStatus 40 OrdType 41 OrigClOrdID
43 PossDupFlag 44 Price 45 RefSeqNum 47 Rule80A 48 SecurityID 49 SenderCompID 50 SenderSubID
52 SendingTime 54 Side 55 Symbol 56 TargetCompID 57 TargetSubID 58 Text 59 TimeInForce
60 TransactTime 63 SettlType 64 SettlDate 65 SymbolSfx 66 ListID 70 AllocID 75 TradeDate
76 ExecBroker 77 PositionEffect 78 NoAllocs 79 AllocAccount 80 AllocQty 81 ProcessCode
89 Signature 90 SecureDataLen 91 SecureData 93 SignatureLength 95 RawDataLength 96 RawData
97 PossResend 98 EncryptMethod 99 StopPx 100 ExDestination 102 CxlRejReason 103 OrdRejReason
106 Issuer 107 SecurityDesc 108 HeartBtInt 109 ClientID 110 MinQty 111 MaxFloor 112 TestReqID
113 ReportToExch 114 LocateReqd 115 OnBehalfOfCompID 116 OnBehalfOfSubID 117 QuoteID 118 NetMoney
119 SettlCurrAmt 120 SettlCurrency 121 ForexReq 122 OrigSendingTime 123 GapFillFlag 125 CxlType
126 ExpireTime 128 DeliverToCompID 129 DeliverToSubID 136 NoMiscFees 137 MiscFeeAmt
138 MiscFeeCurr 139 MiscFeeType 140 PrevClosePx 141 ResetSeqNumFlag 142 SenderLocationID
143 TargetLocationID 144 OnBehalfOfLocationID 145 DeliverToLocationID 150 ExecType 151 LeavesQty
152 CashOrderQty 155 SettlCurrFxRate 156 SettlCurrFxRateCalc 157 NumDaysInterest
158 AccruedInterestRate 159 AccruedInterestAmt 167 SecurityType 168 EffectiveTime 192 OrderQty2
193 SettlDate2 194 LastSpotRate 195 LastForwardPoints 198 SecondaryOrderID 200 MaturityMonthYear
201 PutOrCall 202 StrikePrice 203 CoveredOrUncovered 204 CustomerOrFirm 205 MaturityDay
206 OptAttribute 207 SecurityExchange 210 MaxShow 211 PegOffsetValue 212 XmlDataLen 213 XmlData
218 Spread 220 BenchmarkCurveCurrency 221 BenchmarkCurveName 222 BenchmarkCurvePoint
223 CouponRate 224 CouponPaymentDate 225 IssueDate 226 RepurchaseTerm 227 RepurchaseRate
228 Factor 229 TradeOriginationDate 230 ExDate 231 ContractMultiplier 232 NoStipulations
233 StipulationType 234 StipulationValue 235 YieldType 236 Yield 237 TotalTakedown 238 Concession
239 RepoCollateralSecurityType 240 RedemptionDate 241 UnderlyingCouponPaymentDate
242 UnderlyingIssueDate 243 UnderlyingRepoCollateralSecurityType 244 UnderlyingRepurchaseTerm
245 UnderlyingRepurchaseRate 246 UnderlyingFactor 247 UnderlyingRedemptionDate
248 LegCouponPaymentDate 249 LegIssueDate 250 LegRepoCollateralSecurityType 251 LegRepurchaseTerm
252 LegRepurchaseRate 253 LegFactor 254 LegRedemptionDate 255 CreditRating
256 UnderlyingCreditRating 257 LegCreditRating 258 TradedFlatSwitch 259 BasisFeatureDate
260 BasisFeaturePrice 305 UnderlyingSecurityIDSource 306 UnderlyingIssuer
307 UnderlyingSecurityDesc 308 UnderlyingSecurityExchange 309 UnderlyingSecurityID
310 UnderlyingSecurityType 311 UnderlyingSymbol 312 UnderlyingSymbolSfx
313 UnderlyingMaturityMonthYear 315 UnderlyingPutOrCall 316 UnderlyingStrikePrice
317 UnderlyingOptAttribute 318 UnderlyingCurrency 336 TradingSessionID 337 ContraTrader
347 MessageEncoding 348 EncodedIssuerLen 349 EncodedIssuer 350 EncodedSecurityDescLen
351 EncodedSecurityDesc 354 EncodedTextLen 355 EncodedText 362 EncodedUnderlyingIssuerLen
363 EncodedUnderlyingIssuer 364 EncodedUnderlyingSecurityDescLen 365 EncodedUnderlyingSecurityDesc
369 LastMsgSeqNumProcessed 370 OnBehalfOfSendingTime 371 RefTagID 372 RefMsgType
373 SessionRejectReason 375 ContraBroker 376 ComplianceID 377 SolicitedFlag
378 ExecRestatementReason 379 BusinessRejectRefID 380 BusinessRejectReason 381 GrossTradeAmt
382 NoContraBrokers 383 MaxMessageSize 384 NoMsgTypes 385 MsgDirection 386 NoTradingSessions
388 DiscretionInst 389 DiscretionOffsetValue 423 PriceType 424 DayOrderQty 425 DayCumQty
426 DayAvgPx 427 GTBookingInst 432 ExpireDate 434 CxlRejResponseTo 435 UnderlyingCouponRate
436 UnderlyingContractMultiplier 437 ContraTradeQty 438 ContraTradeTime 439 ClearingFirm
440 ClearingAccount 442 MultiLegReportingType 447 PartyIDSource 448 PartyID 452 PartyRole
453 NoPartyIDs 454 NoSecurityAltID 455 SecurityAltID 456 SecurityAltIDSource
457 NoUnderlyingSecurityAltID 458 UnderlyingSecurityAltID 459 UnderlyingSecurityAltIDSource
460 Product 461 CFICode 462 UnderlyingProduct 463 UnderlyingCFICode 464 TestMessageIndicator
465 QuantityType 467 IndividualAllocID 468 RoundingDirection 469 RoundingModulus
470 CountryOfIssue 471 StateOrProvinceOfIssue 472 LocaleOfIssue 479 CommCurrency
480 CancellationRights 481 MoneyLaunderingStatus 483 TransBkdTime 484 ExecPriceType
485 ExecPriceAdjustment 494 Designation 497 FundRenewWaiv 513 RegistID 515 ExecValuationPoint
516 OrderPercent 518 NoContAmts 519 ContAmtType 520 ContAmtValue 521 ContAmtCurr 523 PartySubID
524 NestedPartyID 525 NestedPartyIDSource 526 SecondaryClOrdID 527 SecondaryExecID
528 OrderCapacity 529 OrderRestrictions 538 NestedPartyRole 539 NoNestedPartyIDs 541 MaturityDate
542 UnderlyingMaturityDate 543 InstrRegistry 544 CashMargin 545 NestedPartySubID 548 CrossID
549 CrossType 551 OrigCrossID 553 Username 554 Password 555 NoLegs 556 LegCurrency
564 LegPositionEffect 565 LegCoveredOrUncovered 566 LegPrice 574 MatchType 581 AccountType
582 CustOrderCapacity 583 ClOrdLinkID 584 MassStatusReqID 586 OrigOrdModTime 587 LegSettlType
588 LegSettlDate 589 DayBookingInst 590 BookingUnit 591 PreallocMethod
592 UnderlyingCountryOfIssue 593 UnderlyingStateOrProvinceOfIssue 594 UnderlyingLocaleOfIssue
595 UnderlyingInstrRegistry 596 LegCountryOfIssue 597 LegStateOrProvinceOfIssue
598 LegLocaleOfIssue 599 LegInstrRegistry 600 LegSymbol 601 LegSymbolSfx 602 LegSecurityID
603 LegSecurityIDSource 604 NoLegSecurityAltID 605 LegSecurityAltID 606 LegSecurityAltIDSource
607 LegProduct 608 LegCFICode 609 LegSecurityType 610 LegMaturityMonthYear 611 LegMaturityDate
612 LegStrikePrice 613 LegOptAttribute 614 LegContractMultiplier 615 LegCouponRate
616 LegSecurityExchange 617 LegIssuer 618 EncodedLegIssuerLen 619 EncodedLegIssuer
620 LegSecurityDesc 621 EncodedLegSecurityDescLen 622 EncodedLegSecurityDesc 623 LegRatioQty
624 LegSide 625 TradingSessionSubID 627 NoHops 628 HopCompID 629 HopSendingTime 630 HopRefID
635 ClearingFeeIndicator 636 WorkingIndicator 637 LegLastPx 638 PriorityIndicator
639 PriceImprovement 640 Price2 641 LastForwardPoints2 651 UnderlyingLastPx 652 UnderlyingLastQty
654 LegRefID 655 ContraLegRefID 660 AcctIDSource 661 AllocAcctIDSource 662 BenchmarkPrice
663 BenchmarkPriceType 667 ContractSettlMonth 669 LastParPx 675 LegSettlCurrency
683 NoLegStipulations 685 LegOrderQty 687 LegQty 688 LegStipulationType 689 LegStipulationValue
690 LegSwapType 691 Pool 693 QuoteRespID 696 YieldRedemptionDate 697 YieldRedemptionPrice
698 YieldRedemptionPriceType 699 BenchmarkSecurityID 701 YieldCalcDate 711 NoUnderlyings
736 AllocSettlCurrency 738 InterestAtMaturity 739 LegDatedDate 740 LegPool
761 BenchmarkSecurityIDSource 762 SecuritySubType 763 UnderlyingSecuritySubType
764 LegSecuritySubType 768 NoTrdRegTimestamps 769 TrdRegTimestamp 770 TrdRegTimestampType
771 TrdRegTimestampOrigin 775 BookingType 788 TerminationType 789 NextExpectedMsgSeqNum
790 OrdStatusReqID 797 CopyMsgIndicator 802 NoPartySubIDs 803 PartySubIDType
804 NoNestedPartySubIDs 805 NestedPartySubIDType 810 UnderlyingPx 835 PegMoveType
836 PegOffsetType 837 PegLimitType 838 PegRoundDirection 839 PeggedPrice 840 PegScope
841 DiscretionMoveType 842 DiscretionOffsetType 843 DiscretionLimitType
844 DiscretionRoundDirection 845 DiscretionPrice 846 DiscretionScope 847 TargetStrategy
848 TargetStrategyParameters 849 ParticipationRate 850 TargetStrategyPerformance
851 LastLiquidityInd 854 QtyType 864 NoEvents 865 EventType 866 EventDate 867 EventPx
868 EventText 873 DatedDate 874 InterestAccrualDate 875 CPProgram 876 CPRegType
877 UnderlyingCPProgram 878 UnderlyingCPRegType 879 UnderlyingQty 882 UnderlyingDirtyPrice
883 UnderlyingEndPrice 884 UnderlyingStartValue 885 UnderlyingCurrentValue 886 UnderlyingEndValue
887 NoUnderlyingStips 888 UnderlyingStipType 889 UnderlyingStipValue 891 MiscFeeBasis
898 MarginRatio 911 TotNumReports 912 LastRptRequested 913 AgreementDesc 914 AgreementID
915 AgreementDate 916 StartDate 917 EndDate 918 AgreementCurrency 919 DeliveryType
920 EndAccruedInterestAmt 921 StartCash 922 EndCash 925 NewPassword 941 UnderlyingStrikeCurrency
942 LegStrikeCurrency 943 TimeBracket 947 StrikeCurrency 955 LegContractSettlMonth
956 LegInterestAccrualDate 957 NoStrategyParameters 958 StrategyParameterName
959 StrategyParameterType 960 StrategyParameterValue 961 HostCrossID 965 SecurityStatus
966 SettleOnOpenFlag 967 StrikeMultiplier 968 StrikeValue 969 MinPriceIncrement 970 PositionLimit
971 NTPositionLimit 972 UnderlyingAllocationPercent 973 UnderlyingCashAmount
974 UnderlyingCashType 975 UnderlyingSettlementType 996 UnitOfMeasure 997 TimeUnit
998 UnderlyingUnitOfMeasure 999 LegUnitOfMeasure 1000 UnderlyingTimeUnit 1001 LegTimeUnit
1017 LegOptionRatio 1018 NoInstrumentParties 1019 InstrumentPartyID 1028 ManualOrderIndicator
1029 CustDirectedOrder 1030 ReceivedDeptID 1031 CustOrderHandlingInst 1032 OrderHandlingInstSource
1033 DeskType 1034 DeskTypeSource 1035 DeskOrderHandlingInst 1038 UnderlyingCapValue
1039 UnderlyingSettlMethod 1044 UnderlyingAdjustedQuantity 1045 UnderlyingFXRate
1046 UnderlyingFXRateCalc 1049 InstrmtAssignmentMethod 1050 InstrumentPartyIDSource
1051 InstrumentPartyRole 1052 NoInstrumentPartySubIDs 1053 InstrumentPartySubID
1054 InstrumentPartySubIDType 1056 CalculatedCcyLastQty 1057 AggressorIndicator
1058 NoUndlyInstrumentParties 1059 UnderlyingInstrumentPartyID
1060 UnderlyingInstrumentPartyIDSource 1061 UnderlyingInstrumentPartyRole
1062 NoUndlyInstrumentPartySubIDs 1063 UnderlyingInstrumentPartySubID
1064 UnderlyingInstrumentPartySubIDType 1071 LastSwapPoints 1073 LegLastForwardPoints
1074 LegCalculatedCcyLastQty 1075 LegGrossTradeAmt 1079 MaturityTime 1080 RefOrderID
1081 RefOrderIDSource 1082 SecondaryDisplayQty 1083 DisplayWhen 1084 DisplayMethod
1085 DisplayLowQty 1086 DisplayHighQty 1087 DisplayMinIncr 1088 RefreshQty 1089 MatchIncrement
1090 MaxPriceLevels 1091 PreTradeAnonymity 1092 PriceProtectionScope 1093 LotType
1094 PegPriceType 1095 PeggedRefPrice 1096 PegSecurityIDSource 1097 PegSecurityID 1098 PegSymbol
1099 PegSecurityDesc 1100 TriggerType 1101 TriggerAction 1102 TriggerPrice 1103 TriggerSymbol
1104 TriggerSecurityID 1105 TriggerSecurityIDSource 1106 TriggerSecurityDesc 1107 TriggerPriceType
1108 TriggerPriceTypeScope 1109 TriggerPriceDirection 1110 TriggerNewPrice 1111 TriggerOrderType
1112 TriggerNewQty 1113 TriggerTradingSessionID 1114 TriggerTradingSessionSubID 1115 OrderCategory
1128 ApplVerID 1129 CstmApplVerID 1130 RefApplVerID 1131 RefCstmApplVerID
1133 ExDestinationIDSource 1137 DefaultApplVerID 1138 DisplayQty 1156 ApplExtID
1400 EncryptedPasswordMethod 1401 EncryptedPasswordLen 1402 EncryptedPassword
1403 EncryptedNewPasswordLen 1404 EncryptedNewPassword 1406 RefApplExtID 1407 DefaultApplExtID
1408 DefaultCstmApplVerID 1409 SessionStatus
"""

_OLDER_TAGS: Final = """
22 IDSource 23 IOIid 32 LastShares 63 SettlmntTyp 64 FutSettDate 77 OpenClose 80 AllocShares
193 FutSettDate2 211 PegDifference 218 SpreadToBenchmark 305 UnderlyingIDSource
389 DiscretionOffset 587 LegSettlmntTyp 588 LegFutSettDate 996 UnitofMeasure
998 UnderlyingUnitofMeasure 999 LegUnitofMeasure 1059 UndlyInstrumentPartyID
1060 UndlyInstrumentPartyIDSource 1061 UndlyInstrumentPartyRole 1063 UndlyInstrumentPartySubID
1064 UndlyInstrumentPartySubIDType
"""

_MESSAGES: Final = """
0 Heartbeat 1 TestRequest 2 ResendRequest 3 Reject 4 SequenceReset 5 Logout 6 IOI 7 Advertisement
8 ExecutionReport 9 OrderCancelReject A Logon B News C Email D NewOrderSingle E NewOrderList
F OrderCancelRequest G OrderCancelReplaceRequest H OrderStatusRequest J AllocationInstruction
K ListCancelRequest L ListExecute M ListStatusRequest N ListStatus P AllocationInstructionAck
Q DontKnowTrade R QuoteRequest S Quote T SettlementInstructions V MarketDataRequest
W MarketDataSnapshotFullRefresh X MarketDataIncrementalRefresh Y MarketDataRequestReject
Z QuoteCancel a QuoteStatusRequest b MassQuoteAck c SecurityDefinitionRequest d SecurityDefinition
e SecurityStatusRequest f SecurityStatus g TradingSessionStatusRequest h TradingSessionStatus
i MassQuote j BusinessMessageReject k BidRequest l BidResponse m ListStrikePrice n XMLnonFIX
o RegistrationInstructions p RegistrationInstructionsResponse q OrderMassCancelRequest
r OrderMassCancelReport s NewOrderCross t CrossOrderCancelReplaceRequest u CrossOrderCancelRequest
v SecurityTypeRequest w SecurityTypes x SecurityListRequest y SecurityList
z DerivativeSecurityListRequest AA DerivativeSecurityList AB NewOrderMultileg
AC MultilegOrderCancelReplace AD TradeCaptureReportRequest AE TradeCaptureReport
AF OrderMassStatusRequest AG QuoteRequestReject AH RFQRequest AI QuoteStatusReport
AJ QuoteResponse AK Confirmation AL PositionMaintenanceRequest AM PositionMaintenanceReport
AN RequestForPositions AO RequestForPositionsAck AP PositionReport AQ TradeCaptureReportRequestAck
AR TradeCaptureReportAck AS AllocationReport AT AllocationReportAck AU ConfirmationAck
AV SettlementInstructionRequest AW AssignmentReport AX CollateralRequest AY CollateralAssignment
AZ CollateralResponse BA CollateralReport BB CollateralInquiry
BC NetworkCounterpartySystemStatusRequest BD NetworkCounterpartySystemStatusResponse
BE UserRequest BF UserResponse BG CollateralInquiryAck BH ConfirmationRequest
BO ContraryIntentionReport BP SecurityDefinitionUpdateReport BK SecurityListUpdateReport
BL AdjustedPositionReport BM AllocationInstructionAlert BN ExecutionAck BJ TradingSessionList
BI TradingSessionListRequest BQ SettlementObligationReport BR DerivativeSecurityListUpdateReport
BS TradingSessionListUpdateReport BT MarketDefinitionRequest BU MarketDefinition
BV MarketDefinitionUpdateReport CB UserNotification BZ OrderMassActionReport
CA OrderMassActionRequest BW ApplicationMessageRequest BX ApplicationMessageRequestAck
BY ApplicationMessageReport CC StreamAssignmentRequest CD StreamAssignmentReport
CE StreamAssignmentReportACK CH MarginRequirementInquiry CI MarginRequirementInquiryAck
CJ MarginRequirementReport CF PartyDetailsListRequest CG PartyDetailsListReport
CK PartyDetailsListUpdateReport CL PartyRiskLimitsRequest CM PartyRiskLimitsReport
CN SecurityMassStatusRequest CO SecurityMassStatus CQ AccountSummaryReport
CR PartyRiskLimitsUpdateReport CS PartyRiskLimitsDefinitionRequest
CT PartyRiskLimitsDefinitionRequestAck CU PartyEntitlementsRequest CV PartyEntitlementsReport
CW QuoteAck CX PartyDetailsDefinitionRequest CY PartyDetailsDefinitionRequestAck
CZ PartyEntitlementsUpdateReport DA PartyEntitlementsDefinitionRequest
DB PartyEntitlementsDefinitionRequestAck DC TradeMatchReport DD TradeMatchReportAck
DE PartyRiskLimitsReportAck DF PartyRiskLimitCheckRequest DG PartyRiskLimitCheckRequestAck
DH PartyActionRequest DI PartyActionReport DJ MassOrder DK MassOrderAck
DL PositionTransferInstruction DM PositionTransferInstructionAck DN PositionTransferReport
DO MarketDataStatisticsRequest DP MarketDataStatisticsReport DQ CollateralReportAck
DR MarketDataReport DS CrossRequest DT CrossRequestAck DU AllocationInstructionAlertRequest
DV AllocationInstructionAlertRequestAck DW TradeAggregationRequest DX TradeAggregationReport
EA PayManagementReport EB PayManagementReportAck DY PayManagementRequest
DZ PayManagementRequestAck
"""

_CODES: Final = {
    "20": "0 NEW 1 CANCEL 2 CORRECT 3 STATUS",
    "21": "1 AUTOMATED_NO_INTERVENTION 2 AUTOMATED_INTERVENTION_OK 3 MANUAL",
    "39": "0 NEW 1 PARTIALLY_FILLED 2 FILLED 3 DONE_FOR_DAY 4 CANCELED 5 REPLACED"
    " 6 PENDING_CANCEL 7 STOPPED 8 REJECTED 9 SUSPENDED A PENDING_NEW B CALCULATED C EXPIRED"
    " D ACCEPTED_FOR_BIDDING E PENDING_REPLACE",
    "40": "1 MARKET 2 LIMIT 3 STOP 4 STOP_LIMIT 5 MARKET_ON_CLOSE 6 WITH_OR_WITHOUT"
    " 7 LIMIT_OR_BETTER 8 LIMIT_WITH_OR_WITHOUT 9 ON_BASIS A ON_CLOSE B LIMIT_ON_CLOSE"
    " C FOREX_MARKET D PREVIOUSLY_QUOTED E PREVIOUSLY_INDICATED F FOREX_LIMIT G FOREX_SWAP"
    " H FOREX_PREVIOUSLY_QUOTED I FUNARI J MARKET_IF_TOUCHED K MARKET_TO_LIMIT"
    " L PREVIOUS_FUND_VALUATION_POINT M NEXT_FUND_VALUATION_POINT P PEGGED"
    " Q COUNTER_ORDER_SELECTION R STOP_ON_BID_OR_OFFER S STOP_LIMIT_ON_BID_OR_OFFER",
    "54": "1 BUY 2 SELL 3 BUY_MINUS 4 SELL_PLUS 5 SELL_SHORT 6 SELL_SHORT_EXEMPT 7 UNDISCLOSED"
    " 8 CROSS 9 CROSS_SHORT A CROSS_SHORT_EXEMPT B AS_DEFINED C OPPOSITE D SUBSCRIBE E REDEEM"
    " F LEND G BORROW H SELL_UNDISCLOSED",
    "59": "0 DAY 1 GOOD_TILL_CANCEL 2 AT_THE_OPENING 3 IMMEDIATE_OR_CANCEL 4 FILL_OR_KILL"
    " 5 GOOD_TILL_CROSSING 6 GOOD_TILL_DATE 7 AT_THE_CLOSE 8 GOOD_THROUGH_CROSSING 9 AT_CROSSING"
    " A GOOD_FOR_TIME B GOOD_FOR_AUCTION C GOOD_FOR_MONTH",
    "102": "0 TOO_LATE_TO_CANCEL 1 UNKNOWN_ORDER 2 BROKER_OPTION 3 ALREADY_PENDING"
    " 4 UNABLE_TO_PROCESS_MASS_CANCEL 5 ORIG_ORD_MOD_TIME 6 DUPLICATE_CL_ORD_ID"
    " 7 PRICE_EXCEEDS_CURRENT_PRICE 8 PRICE_EXCEEDS_PRICE_BAND 18 INVALID_PRICE_INCREMENT"
    " 99 OTHER",
    "103": "0 BROKER_OPTION 1 UNKNOWN_SYMBOL 2 EXCHANGE_CLOSED 3 ORDER_EXCEEDS_LIMIT"
    " 4 TOO_LATE_TO_ENTER 5 UNKNOWN_ORDER 6 DUPLICATE_ORDER 7 DUPLICATE_OF_VERBAL_ORDER"
    " 8 STALE_ORDER 9 TRADE_ALONG_REQUIRED 10 INVALID_INVESTOR_ID"
    " 11 UNSUPPORTED_ORDER_CHARACTERISTIC 12 SURVEILLANCE_OPTION 13 INCORRECT_QUANTITY"
    " 14 INCORRECT_ALLOCATED_QUANTITY 15 UNKNOWN_ACCOUNT 16 PRICE_EXCEEDS_PRICE_BAND"
    " 18 INVALID_PRICE_INCREMENT 99 OTHER",
    "150": "0 NEW 1 PARTIAL_FILL 2 FILL 3 DONE_FOR_DAY 4 CANCELED 5 REPLACED 6 PENDING_CANCEL"
    " 7 STOPPED 8 REJECTED 9 SUSPENDED A PENDING_NEW B CALCULATED C EXPIRED D RESTATED"
    " E PENDING_REPLACE F TRADE G TRADE_CORRECT H TRADE_CANCEL I ORDER_STATUS"
    " J TRADE_IN_A_CLEARING_HOLD K TRADE_RELEASED_TO_CLEARING L TRIGGERED M LOCKED N RELEASED",
    "373": "0 INVALID_TAG_NUMBER 1 REQUIRED_TAG_MISSING 2 TAG_NOT_DEFINED_FOR_MESSAGE"
    " 3 UNDEFINED_TAG 4 TAG_WITHOUT_VALUE 5 VALUE_OUT_OF_RANGE 6 INCORRECT_DATA_FORMAT"
    " 7 DECRYPTION_PROBLEM 8 SIGNATURE_PROBLEM 9 COMP_ID_PROBLEM 10 SENDING_TIME_ACCURACY"
    " 11 INVALID_MSG_TYPE 12 XML_VALIDATION_ERROR 13 TAG_APPEARS_TWICE 14 TAG_OUT_OF_ORDER"
    " 15 GROUP_FIELDS_OUT_OF_ORDER 16 INCORRECT_GROUP_COUNT 17 VALUE_HOLDS_DELIMITER"
    " 18 INVALID_APPL_VER 99 OTHER",
    "380": "0 OTHER 1 UNKNOWN_ID 2 UNKNOWN_SECURITY 3 UNSUPPORTED_MESSAGE_TYPE"
    " 4 APPLICATION_NOT_AVAILABLE 5 CONDITIONALLY_REQUIRED_FIELD_MISSING 6 NOT_AUTHORIZED"
    " 7 DELIVER_TO_FIRM_NOT_AVAILABLE 8 THROTTLE_LIMIT_EXCEEDED"
    " 9 THROTTLE_LIMIT_EXCEEDED_SESSION_DISCONNECTED 10 THROTTLED_MESSAGES_REJECTED_ON_REQUEST"
    " 18 INVALID_PRICE_INCREMENT",
    "434": "1 ORDER_CANCEL_REQUEST 2 ORDER_CANCEL_REPLACE_REQUEST",
}


def _pairs(text: str) -> dict[str, str]:
    words = text.split()
    return dict(zip(words[::2], words[1::2], strict=True))


_TAG_NAMES: Final = _pairs(_TAGS)
_TAG_NUMBERS: Final = {
    name: tag
    for text in (_OLDER_TAGS, _TAGS)
    for tag, name in zip(text.split()[::2], text.split()[1::2], strict=True)
}
_MESSAGE_NAMES: Final = _pairs(_MESSAGES)
_CODE_NAMES: Final = {tag: _pairs(text) for tag, text in _CODES.items()}


def tag_name(tag: str) -> str:
    """The name of a tag, or empty text."""
    return _TAG_NAMES.get(tag, "")


def tag_number(name: str) -> str | None:
    """The tag of a field's name, any version's, or None."""
    return _TAG_NUMBERS.get(name)


def message_name(msg_type: str) -> str:
    """The name of a MsgType(35), or empty text."""
    return _MESSAGE_NAMES.get(msg_type, "")


def code_name(tag: str, value: str) -> str:
    """What a code means, such as ``BUY`` for Side(54) 1, or empty text."""
    return _CODE_NAMES.get(tag, {}).get(value, "")
