"""
Names of FIX, as filters know them: written by ``tools/make_filter_names.py``, not by hand.

Fields are told as ``Name=tag``, with ``#`` behind it where the value is a number, ``@`` where it is
a point in time, ``*`` where it is a code; codes as ``NAME=code``, behind the tag of their field;
last come the fields of protocols that have no tags.
"""

from __future__ import annotations

from typing import Final

FIELDS: Final = """
Account=1 AccountType=581* AccruedInterestAmt=159# AccruedInterestRate=158# AcctIDSource=660*
Adjustment=334* AdjustmentType=718* AdvId=2 AdvRefID=3 AdvSide=4* AdvTransType=5*
AffectedOrderID=535 AffectedSecondaryOrderID=536 AffirmStatus=940* AggregatedBook=266*
AggressorIndicator=1057* AgreementCurrency=918 AgreementDate=915 AgreementDesc=913 AgreementID=914
AllocAccount=79 AllocAccountType=798* AllocAccruedInterestAmt=742# AllocAcctIDSource=661#
AllocAvgPx=153# AllocCancReplaceReason=796* AllocClearingFeeIndicator=1136
AllocCustomerCapacity=993 AllocHandlInst=209* AllocID=70 AllocInterestAtMaturity=741#
AllocIntermedReqType=808* AllocLinkID=196 AllocLinkType=197* AllocMethod=1002* AllocNetMoney=154#
AllocNoOrdersType=857* AllocPositionEffect=1047* AllocPrice=366# AllocQty=80# AllocRejCode=88*
AllocReportID=755 AllocReportRefID=795 AllocReportType=794* AllocSettlCurrAmt=737#
AllocSettlCurrency=736 AllocSettlInstType=780* AllocShares=80# AllocStatus=87* AllocText=161
AllocTransType=71* AllocType=626* AllowableOneSidednessCurr=767 AllowableOneSidednessPct=765#
AllowableOneSidednessValue=766# AltMDSourceID=817 ApplBegSeqNum=1182# ApplEndSeqNum=1183#
ApplExtID=1156# ApplID=1180 ApplLastSeqNum=1350# ApplNewSeqNum=1399# ApplQueueAction=815*
ApplQueueDepth=813# ApplQueueMax=812# ApplQueueResolution=814* ApplReportID=1356
ApplReportType=1426* ApplReqID=1346 ApplReqType=1347* ApplResendFlag=1352 ApplResponseError=1354*
ApplResponseID=1353 ApplResponseType=1348* ApplSeqNum=1181# ApplTotalMessageCount=1349#
ApplVerID=1128* AsOfIndicator=1015* AsgnRptID=833 AssignmentMethod=744* AssignmentUnit=745#
AutoAcceptIndicator=754 AvgParPx=860# AvgPrxPrecision=74# AvgPx=6# AvgPxIndicator=819*
AvgPxPrecision=74# BasisFeatureDate=259 BasisFeaturePrice=260# BasisPxType=419* BeginSeqNo=7#
BeginString=8 Benchmark=219* BenchmarkCurveCurrency=220 BenchmarkCurveName=221*
BenchmarkCurvePoint=222 BenchmarkPrice=662# BenchmarkPriceType=663# BenchmarkSecurityID=699
BenchmarkSecurityIDSource=761 BidDescriptor=400 BidDescriptorType=399* BidForwardPoints=189#
BidForwardPoints2=642# BidID=390 BidPx=132# BidRequestTransType=374* BidSize=134# BidSpotRate=188#
BidSwapPoints=1065# BidTradeType=418* BidType=394* BidYield=632# BodyLength=9# BookingRefID=466
BookingType=775* BookingUnit=590* BrokerOfCredit=92 BusinessRejectReason=380*
BusinessRejectRefID=379 BuyVolume=330# CFICode=461 CPProgram=875* CPRegType=876
CalculatedCcyLastQty=1056# CancellationRights=480* CapPrice=1199# CardExpDate=490
CardHolderName=488 CardIssNo=491 CardIssNum=491 CardNumber=489 CardStartDate=503
CashDistribAgentAcctName=502 CashDistribAgentAcctNumber=500 CashDistribAgentCode=499
CashDistribAgentName=498 CashDistribCurr=478 CashDistribPayRef=501 CashMargin=544*
CashOrderQty=152# CashOutstanding=901# CashSettlAgentAcctName=185 CashSettlAgentAcctNum=184
CashSettlAgentCode=183 CashSettlAgentContactName=186 CashSettlAgentContactPhone=187
CashSettlAgentName=182 CcyAmt=1157# CheckSum=10 ClOrdID=11 ClOrdLinkID=583 ClearingAccount=440
ClearingBusinessDate=715 ClearingFeeIndicator=635* ClearingFirm=439 ClearingInstruction=577*
ClientBidID=391 ClientID=109 CollAction=944* CollApplType=1043* CollAsgnID=902 CollAsgnReason=895*
CollAsgnRefID=907 CollAsgnRejectReason=906* CollAsgnRespType=905* CollAsgnTransType=903*
CollInquiryID=909 CollInquiryQualifier=896* CollInquiryResult=946* CollInquiryStatus=945*
CollReqID=894 CollRespID=904 CollRptID=908 CollStatus=910* CommCurrency=479 CommType=13*
Commission=12# ComplianceID=376 Concession=238# ConfirmID=664 ConfirmRefID=772
ConfirmRejReason=774* ConfirmReqID=859 ConfirmStatus=665* ConfirmTransType=666* ConfirmType=773*
ContAmtCurr=521 ContAmtType=519* ContAmtValue=520# ContIntRptID=977 ContingencyType=1385*
ContraBroker=375 ContraLegRefID=655 ContraTradeQty=437# ContraTradeTime=438@ ContraTrader=337
ContractMultiplier=231# ContractSettlMonth=667 ContraryInstructionIndicator=719
CopyMsgIndicator=797 CorporateAction=292* Country=421 CountryOfIssue=470 CouponPaymentDate=224
CouponRate=223# CoveredOrUncovered=203* CreditRating=255 CrossID=548 CrossPercent=413#
CrossPrioritization=550* CrossType=549* CstmApplVerID=1129 CumQty=14# Currency=15
CurrencyRatio=1382# CustDirectedOrder=1029 CustOrderCapacity=582* CustOrderHandlingInst=1031*
CustomerOrFirm=204* CxlQty=84# CxlRejReason=102* CxlRejResponseTo=434* CxlType=125* DKReason=127*
DateOfBirth=486 DatedDate=873 DayAvgPx=426# DayBookingInst=589* DayCumQty=425# DayOrderQty=424#
DealingCapacity=1048# DefBidSize=293# DefOfferSize=294# DefaultApplExtID=1407#
DefaultApplVerID=1137 DefaultCstmApplVerID=1408 DefaultVerIndicator=1410 DeleteReason=285*
DeliverToCompID=128 DeliverToLocationID=145 DeliverToSubID=129 DeliveryDate=743 DeliveryForm=668*
DeliveryType=919* DerivFlexProductEligibilityIndicator=1243 DerivativeCFICode=1248
DerivativeCapPrice=1321# DerivativeContractMultiplier=1266# DerivativeContractSettlMonth=1285
DerivativeCountryOfIssue=1258 DerivativeEncodedIssuer=1278 DerivativeEncodedIssuerLen=1277#
DerivativeEncodedSecurityDesc=1281 DerivativeEncodedSecurityDescLen=1280# DerivativeEventDate=1288
DerivativeEventPx=1290# DerivativeEventText=1291 DerivativeEventTime=1289@
DerivativeEventType=1287# DerivativeExerciseStyle=1299 DerivativeFloorPrice=1322#
DerivativeFuturesValuationMethod=1319 DerivativeInstrAttribType=1313#
DerivativeInstrAttribValue=1314 DerivativeInstrRegistry=1257
DerivativeInstrmtAssignmentMethod=1255 DerivativeInstrumentPartyID=1293
DerivativeInstrumentPartyIDSource=1294 DerivativeInstrumentPartyRole=1295#
DerivativeInstrumentPartySubID=1297 DerivativeInstrumentPartySubIDType=1298#
DerivativeIssueDate=1276 DerivativeIssuer=1275 DerivativeListMethod=1320#
DerivativeLocaleOfIssue=1260 DerivativeMaturityDate=1252 DerivativeMaturityMonthYear=1251
DerivativeMaturityTime=1253 DerivativeMinPriceIncrement=1267#
DerivativeMinPriceIncrementAmount=1268# DerivativeNTPositionLimit=1274#
DerivativeOptAttribute=1265 DerivativeOptPayAmount=1225# DerivativePositionLimit=1273#
DerivativePriceQuoteMethod=1318 DerivativePriceUnitOfMeasure=1315
DerivativePriceUnitOfMeasureQty=1316# DerivativeProduct=1246# DerivativeProductComplex=1228
DerivativePutOrCall=1323# DerivativeSecurityAltID=1219 DerivativeSecurityAltIDSource=1220
DerivativeSecurityDesc=1279 DerivativeSecurityExchange=1272 DerivativeSecurityGroup=1247
DerivativeSecurityID=1216 DerivativeSecurityIDSource=1217 DerivativeSecurityStatus=1256
DerivativeSecuritySubType=1250 DerivativeSecurityType=1249 DerivativeSecurityXML=1283
DerivativeSecurityXMLLen=1282# DerivativeSecurityXMLSchema=1284 DerivativeSettlMethod=1317
DerivativeSettleOnOpenFlag=1254 DerivativeStateOrProvinceOfIssue=1259
DerivativeStrikeCurrency=1262 DerivativeStrikeMultiplier=1263# DerivativeStrikePrice=1261#
DerivativeStrikeValue=1264# DerivativeSymbol=1214 DerivativeSymbolSfx=1215 DerivativeTimeUnit=1271
DerivativeUnitOfMeasure=1269 DerivativeUnitOfMeasureQty=1270# Designation=494 DeskID=284
DeskOrderHandlingInst=1035* DeskType=1033* DeskTypeSource=1034* DiscretionInst=388*
DiscretionLimitType=843* DiscretionMoveType=841* DiscretionOffset=389# DiscretionOffsetType=842*
DiscretionOffsetValue=389# DiscretionPrice=845# DiscretionRoundDirection=844* DiscretionScope=846*
DisplayHighQty=1086# DisplayLowQty=1085# DisplayMethod=1084* DisplayMinIncr=1087# DisplayQty=1138#
DisplayWhen=1083* DistribPaymentMethod=477* DistribPercentage=512# DividendYield=1380# DlvyInst=86
DlvyInstType=787* DueToRelated=329* EFPTrackingError=405# EffectiveTime=168@ EmailThreadID=164
EmailType=94* EncodedAllocText=361 EncodedAllocTextLen=360# EncodedHeadline=359
EncodedHeadlineLen=358# EncodedIssuer=349 EncodedIssuerLen=348# EncodedLegIssuer=619
EncodedLegIssuerLen=618# EncodedLegSecurityDesc=622 EncodedLegSecurityDescLen=621#
EncodedListExecInst=353 EncodedListExecInstLen=352# EncodedListStatusText=446
EncodedListStatusTextLen=445# EncodedMktSegmDesc=1398 EncodedMktSegmDescLen=1397#
EncodedSecurityDesc=351 EncodedSecurityDescLen=350# EncodedSubject=357 EncodedSubjectLen=356#
EncodedText=355 EncodedTextLen=354# EncodedUnderlyingIssuer=363 EncodedUnderlyingIssuerLen=362#
EncodedUnderlyingSecurityDesc=365 EncodedUnderlyingSecurityDescLen=364# EncryptMethod=98*
EncryptedNewPassword=1404 EncryptedNewPasswordLen=1403# EncryptedPassword=1402
EncryptedPasswordLen=1401# EncryptedPasswordMethod=1400# EndAccruedInterestAmt=920# EndCash=922#
EndDate=917 EndMaturityMonthYear=1226 EndSeqNo=16# EndStrikePxRange=1203# EndTickPriceRange=1207#
EventDate=866 EventPx=867# EventText=868 EventTime=1145@ EventType=865* ExDate=230
ExDestination=100* ExDestinationIDSource=1133* ExchangeForPhysical=411* ExchangeRule=825
ExchangeSpecialInstructions=1139 ExecAckStatus=1036* ExecBroker=76 ExecID=17 ExecInst=18*
ExecInstValue=1308 ExecPriceAdjustment=485# ExecPriceType=484* ExecRefID=19
ExecRestatementReason=378* ExecTransType=20* ExecType=150* ExecValuationPoint=515@
ExerciseMethod=747* ExerciseStyle=1194* ExpQty=983# ExpType=982* ExpirationCycle=827*
ExpirationQtyType=982* ExpireDate=432 ExpireTime=126@ Factor=228# FairValue=406#
FeeMultiplier=1329# FillExecID=1363 FillPx=1364# FillQty=1365# FinancialStatus=291*
FirmTradeID=1041 FirstPx=1025# FlexProductEligibilityIndicator=1242 FlexibleIndicator=1244
FloorPrice=1200# ForexReq=121* FundRenewWaiv=497* FutSettDate=64 FutSettDate2=193
FuturesValuationMethod=1197* GTBookingInst=427* GapFillFlag=123* GrossTradeAmt=381#
HaltReasonChar=327* HandlInst=21* Headline=148 HeartBtInt=108# HighLimitPrice=1149# HighPx=332#
HopCompID=628 HopRefID=630# HopSendingTime=629@ HostCrossID=961 IDSource=22* IOIID=23
IOINaturalFlag=130* IOIOthSvc=24* IOIQltyInd=25* IOIQty=27* IOIQualifier=104* IOIRefID=26
IOIShares=27* IOITransType=28* IOIid=23 ImpliedMarketIndicator=1144* InViewOfCommon=328*
IncTaxInd=416* IndividualAllocID=467 IndividualAllocRejCode=776# IndividualAllocType=992*
InputSource=979 InstrAttribType=871* InstrAttribValue=872 InstrRegistry=543
InstrmtAssignmentMethod=1049* InstrumentPartyID=1019 InstrumentPartyIDSource=1050
InstrumentPartyRole=1051# InstrumentPartySubID=1053 InstrumentPartySubIDType=1054#
InterestAccrualDate=874 InterestAtMaturity=738# InvestorCountryOfResidence=475 IssueDate=225
Issuer=106 LastCapacity=29* LastForwardPoints=195# LastForwardPoints2=641# LastFragment=893*
LastLiquidityInd=851* LastMkt=30 LastMsgSeqNumProcessed=369# LastNetworkResponseID=934
LastParPx=669# LastPx=31# LastQty=32# LastRptRequested=912* LastShares=32# LastSpotRate=194#
LastSwapPoints=1071# LastUpdateTime=779@ LateIndicator=978 LeavesQty=151# LegAllocAccount=671
LegAllocAcctIDSource=674 LegAllocID=1366 LegAllocQty=673# LegAllocSettlCurrency=1367
LegBenchmarkCurveCurrency=676 LegBenchmarkCurveName=677 LegBenchmarkCurvePoint=678
LegBenchmarkPrice=679# LegBenchmarkPriceType=680# LegBidForwardPoints=1067# LegBidPx=681#
LegCFICode=608 LegCalculatedCcyLastQty=1074# LegContractMultiplier=614# LegContractSettlMonth=955
LegCountryOfIssue=596 LegCouponPaymentDate=248 LegCouponRate=615# LegCoveredOrUncovered=565#
LegCreditRating=257 LegCurrency=556 LegCurrencyRatio=1383# LegDatedDate=739 LegDividendYield=1381#
LegExecInst=1384 LegExerciseStyle=1420# LegFactor=253# LegFutSettDate=588 LegGrossTradeAmt=1075#
LegIOIQty=682 LegIndividualAllocID=672 LegInstrRegistry=599 LegInterestAccrualDate=956
LegIssueDate=249 LegIssuer=617 LegLastForwardPoints=1073# LegLastPx=637# LegLastQty=1418#
LegLocaleOfIssue=598 LegMaturityDate=611 LegMaturityMonthYear=610 LegMaturityTime=1212
LegNumber=1152# LegOfferForwardPoints=1068# LegOfferPx=684# LegOptAttribute=613
LegOptionRatio=1017# LegOrderQty=685# LegPool=740 LegPositionEffect=564 LegPrice=566#
LegPriceType=686# LegPriceUnitOfMeasure=1421 LegPriceUnitOfMeasureQty=1422# LegProduct=607#
LegPutOrCall=1358# LegQty=687# LegRatioQty=623# LegRedemptionDate=254 LegRefID=654
LegRepoCollateralSecurityType=250 LegReportID=990 LegRepurchaseRate=252# LegRepurchaseTerm=251#
LegSecurityAltID=605 LegSecurityAltIDSource=606 LegSecurityDesc=620 LegSecurityExchange=616
LegSecurityID=602 LegSecurityIDSource=603 LegSecuritySubType=764 LegSecurityType=609
LegSettlCurrency=675 LegSettlDate=588 LegSettlType=587 LegSettlmntTyp=587 LegSide=624
LegStateOrProvinceOfIssue=597 LegStipulationType=688 LegStipulationValue=689 LegStrikeCurrency=942
LegStrikePrice=612# LegSwapType=690* LegSymbol=600 LegSymbolSfx=601 LegTimeUnit=1001
LegUnitOfMeasure=999 LegUnitOfMeasureQty=1224# LegUnitofMeasure=999 LegVolatility=1379#
LegalConfirm=650* LinesOfText=33# LiquidityIndType=409* LiquidityNumSecurities=441#
LiquidityPctHigh=403# LiquidityPctLow=402# LiquidityValue=404# ListExecInst=69
ListExecInstType=433* ListID=66 ListMethod=1198* ListName=392 ListNoOrds=68# ListOrderStatus=431*
ListRejectReason=1386* ListSeqNo=67# ListStatusText=444 ListStatusType=429* ListUpdateAction=1324
LocaleOfIssue=472 LocateReqd=114* LocationID=283 LongQty=704# LotType=1093* LowLimitPrice=1148#
LowPx=333# MDBookType=1021* MDEntryBuyer=288 MDEntryDate=272 MDEntryForwardPoints=1027#
MDEntryID=278 MDEntryOriginator=282 MDEntryPositionNo=290# MDEntryPx=270# MDEntryRefID=280
MDEntrySeller=289 MDEntrySize=271# MDEntrySpotRate=1026# MDEntryTime=273 MDEntryType=269*
MDFeedType=1022 MDImplicitDelete=547* MDMkt=275 MDOriginType=1024* MDPriceLevel=1023#
MDQuoteType=1070* MDReportID=963# MDReqID=262 MDReqRejReason=281* MDSecSize=1179#
MDSecSizeType=1178* MDSubBookType=1173# MDUpdateAction=279* MDUpdateType=265* MailingDtls=474
MailingInst=482 ManualOrderIndicator=1028 MarginExcess=899# MarginRatio=898# MarketDepth=264#
MarketID=1301 MarketReportID=1394 MarketReqID=1393 MarketSegmentDesc=1396 MarketSegmentID=1300
MarketUpdateAction=1395* MassActionRejectReason=1376* MassActionReportID=1369
MassActionResponse=1375* MassActionScope=1374* MassActionType=1373* MassCancelRejectReason=532*
MassCancelRequestType=530* MassCancelResponse=531* MassStatusReqID=584 MassStatusReqType=585*
MatchAlgorithm=1142 MatchIncrement=1089# MatchStatus=573* MatchType=574* MaturityDate=541
MaturityDay=205# MaturityMonthYear=200 MaturityMonthYearFormat=1303*
MaturityMonthYearIncrement=1229# MaturityMonthYearIncrementUnits=1302* MaturityNetMoney=890#
MaturityRuleID=1222 MaturityTime=1079 MaxFloor=111# MaxMessageSize=383# MaxPriceLevels=1090#
MaxPriceVariation=1143# MaxShow=210# MaxTradeVol=1140# MessageEncoding=347*
MessageEventSource=1011 MidPx=631# MidYield=633# MinBidSize=647# MinLotSize=1231#
MinOfferSize=648# MinPriceIncrement=969# MinPriceIncrementAmount=1146# MinQty=110#
MinTradeVol=562# MiscFeeAmt=137# MiscFeeBasis=891* MiscFeeCurr=138 MiscFeeType=139* MktBidPx=645#
MktOfferPx=646# MoneyLaunderingStatus=481* MsgDirection=385* MsgSeqNum=34# MsgType=35*
MultiLegReportingType=442* MultiLegRptTypeReq=563* MultilegModel=1377* MultilegPriceMethod=1378*
NTPositionLimit=971# Nested2PartyID=757 Nested2PartyIDSource=758 Nested2PartyRole=759#
Nested2PartySubID=760 Nested2PartySubIDType=807# Nested3PartyID=949 Nested3PartyIDSource=950
Nested3PartyRole=951# Nested3PartySubID=953 Nested3PartySubIDType=954# Nested4PartyID=1415
Nested4PartyIDSource=1416 Nested4PartyRole=1417# Nested4PartySubID=1412
Nested4PartySubIDType=1411# NestedInstrAttribType=1210# NestedInstrAttribValue=1211
NestedPartyID=524 NestedPartyIDSource=525 NestedPartyRole=538# NestedPartySubID=545
NestedPartySubIDType=805# NetChgPrevDay=451# NetGrossInd=430* NetMoney=118# NetworkRequestID=933
NetworkRequestType=935* NetworkResponseID=932 NetworkStatusResponseType=937* NewPassword=925
NewSeqNo=36# NextExpectedMsgSeqNum=789# NoAffectedOrders=534# NoAllocs=78# NoAltMDSource=816#
NoApplIDs=1351# NoBidComponents=420# NoBidDescriptors=398# NoCapacities=862#
NoClearingInstructions=576# NoCollInquiryQualifier=938# NoCompIDs=936# NoContAmts=518#
NoContraBrokers=382# NoDates=580# NoDerivativeEvents=1286# NoDerivativeInstrAttrib=1311#
NoDerivativeInstrumentParties=1292# NoDerivativeInstrumentPartySubIDs=1296#
NoDerivativeSecurityAltID=1218# NoDistribInsts=510# NoDlvyInst=85# NoEvents=864#
NoExecInstRules=1232# NoExecs=124# NoExpiration=981# NoFills=1362# NoHops=627#
NoIOIQualifiers=199# NoInstrAttrib=870# NoInstrumentParties=1018# NoInstrumentPartySubIDs=1052#
NoLegAllocs=670# NoLegSecurityAltID=604# NoLegStipulations=683# NoLegs=555# NoLinesOfText=33#
NoLotTypeRules=1234# NoMDEntries=268# NoMDEntryTypes=267# NoMDFeedTypes=1141#
NoMarketSegments=1310# NoMatchRules=1235# NoMaturityRules=1236# NoMiscFees=136# NoMsgTypes=384#
NoNested2PartyIDs=756# NoNested2PartySubIDs=806# NoNested3PartyIDs=948# NoNested3PartySubIDs=952#
NoNested4PartyIDs=1414# NoNested4PartySubIDs=1413# NoNestedInstrAttrib=1312# NoNestedPartyIDs=539#
NoNestedPartySubIDs=804# NoNotAffectedOrders=1370# NoOfLegUnderlyings=1342# NoOfSecSizes=1177#
NoOrdTypeRules=1237# NoOrders=73# NoPartyIDs=453# NoPartySubIDs=802# NoPosAmt=753#
NoPositions=702# NoQuoteEntries=295# NoQuoteQualifiers=735# NoQuoteSets=296# NoRegistDtls=473#
NoRelatedSym=146# NoRootPartyIDs=1116# NoRootPartySubIDs=1120# NoRoutingIDs=215# NoRpts=82#
NoSecurityAltID=454# NoSecurityTypes=558# NoSettlDetails=1158# NoSettlInst=778# NoSettlOblig=1165#
NoSettlPartyIDs=781# NoSettlPartySubIDs=801# NoSideTrdRegTS=1016# NoSides=552*
NoStatsIndicators=1175# NoStipulations=232# NoStrategyParameters=957# NoStrikeRules=1201#
NoStrikes=428# NoTickRules=1205# NoTimeInForceRules=1239# NoTrades=897#
NoTradingSessionRules=1309# NoTradingSessions=386# NoTrdRegTimestamps=768#
NoTrdRepIndicators=1387# NoUnderlyingAmounts=984# NoUnderlyingLegSecurityAltID=1334#
NoUnderlyingSecurityAltID=457# NoUnderlyingStips=887# NoUnderlyings=711#
NoUndlyInstrumentParties=1058# NoUndlyInstrumentPartySubIDs=1062# NoUsernames=809#
NotAffOrigClOrdID=1372 NotAffectedOrderID=1371 NotifyBrokerOfCredit=208* NumBidders=417#
NumDaysInterest=157# NumTickets=395# NumberOfOrders=346# OddLot=575* OfferForwardPoints=191#
OfferForwardPoints2=643# OfferPx=133# OfferSize=135# OfferSpotRate=190# OfferSwapPoints=1066#
OfferYield=634# OnBehalfOfCompID=115 OnBehalfOfLocationID=144 OnBehalfOfSendingTime=370@
OnBehalfOfSubID=116 OpenClose=77* OpenCloseSettlFlag=286* OpenCloseSettleFlag=286*
OpenInterest=746# OptAttribute=206 OptPayAmount=1195# OrdRejReason=103* OrdStatus=39*
OrdStatusReqID=790 OrdType=40* OrderAvgPx=799# OrderBookingQty=800# OrderCapacity=528*
OrderCapacityQty=863# OrderCategory=1115* OrderHandlingInstSource=1032* OrderID=37
OrderInputDevice=821 OrderPercent=516# OrderQty=38# OrderQty2=192# OrderRestrictions=529*
OrigClOrdID=41 OrigCrossID=551 OrigOrdModTime=586@ OrigPosReqRefID=713 OrigSecondaryTradeID=1127
OrigSendingTime=122@ OrigTime=42@ OrigTradeDate=1125 OrigTradeHandlingInstr=1124 OrigTradeID=1126
OutMainCntryUIndex=412# OutsideIndexPct=407# OwnerType=522* OwnershipType=517*
ParentMktSegmID=1325 ParticipationRate=849# PartyID=448 PartyIDSource=447* PartyRole=452*
PartySubID=523 PartySubIDType=803* Password=554 PaymentDate=504 PaymentMethod=492* PaymentRef=476
PaymentRemitterID=505 PctAtRisk=869# PegDifference=211# PegLimitType=837* PegMoveType=835*
PegOffsetType=836* PegOffsetValue=211# PegPriceType=1094* PegRoundDirection=838* PegScope=840*
PegSecurityDesc=1099 PegSecurityID=1097 PegSecurityIDSource=1096 PegSymbol=1098 PeggedPrice=839#
PeggedRefPrice=1095# Pool=691 PosAmt=708# PosAmtType=707* PosMaintAction=712* PosMaintResult=723*
PosMaintRptID=721 PosMaintRptRefID=714 PosMaintStatus=722* PosQtyStatus=706* PosReqID=710
PosReqResult=728* PosReqStatus=729* PosReqType=724* PosTransType=709* PosType=703*
PositionCurrency=1055 PositionEffect=77* PositionLimit=970# PossDupFlag=43* PossResend=97*
PreTradeAnonymity=1091 PreallocMethod=591* PrevClosePx=140# PreviouslyReported=570* Price=44#
Price2=640# PriceDelta=811# PriceImprovement=639# PriceLimitType=1306* PriceProtectionScope=1092*
PriceQuoteMethod=1196* PriceType=423* PriceUnitOfMeasure=1191 PriceUnitOfMeasureQty=1192#
PriorSettlPrice=734# PriorSpreadIndicator=720 PriorityIndicator=638* PrivateQuote=1171*
ProcessCode=81* Product=460* ProductComplex=1227 ProgPeriodInterval=415# ProgRptReqs=414*
PublishTrdIndicator=852* PutOrCall=201* QtyType=854* Quantity=53# QuantityDate=976
QuantityType=465* QuoteCancelType=298* QuoteCondition=276* QuoteEntryID=299
QuoteEntryRejectReason=368* QuoteEntryStatus=1167* QuoteID=117 QuoteMsgID=1166 QuotePriceType=692*
QuoteQualifier=695 QuoteRejectReason=300* QuoteReqID=131 QuoteRequestRejectReason=658*
QuoteRequestType=303* QuoteRespID=693 QuoteRespType=694* QuoteResponseLevel=301* QuoteSetID=302
QuoteSetValidUntilTime=367@ QuoteStatus=297* QuoteStatusReqID=649 QuoteType=537* RFQReqID=644
RatioQty=319# RawData=96 RawDataLength=95# ReceivedDeptID=1030 RedemptionDate=240 RefAllocID=72
RefApplExtID=1406# RefApplID=1355 RefApplLastSeqNum=1357# RefApplVerID=1130 RefCompID=930
RefCstmApplVerID=1131 RefMsgType=372 RefOrderID=1080 RefOrderIDSource=1081* RefSeqNum=45#
RefSubID=931 RefTagID=371# RefreshIndicator=1187 RefreshQty=1088# RegistAcctType=493
RegistDetls=509 RegistDtls=509 RegistEmail=511 RegistID=513 RegistRefID=508
RegistRejReasonCode=507* RegistRejReasonText=496 RegistStatus=506* RegistTransType=514*
RejectText=1328 RelatdSym=46 RepoCollateralSecurityType=239 ReportToExch=113* ReportedPx=861#
ReportedPxDiff=1134 RepurchaseRate=227# RepurchaseTerm=226# ResetSeqNumFlag=141*
RespondentType=1172* ResponseDestination=726 ResponseTransportType=725* ReversalIndicator=700
RiskFreeRate=1190# RndPx=991# RootPartyID=1117 RootPartyIDSource=1118 RootPartyRole=1119#
RootPartySubID=1121 RootPartySubIDType=1122# RoundLot=561# RoundingDirection=468*
RoundingModulus=469# RoutingID=217 RoutingType=216* RptSeq=83# RptSys=1135 Rule80A=47* Scope=546*
SecondaryAllocID=793 SecondaryClOrdID=526 SecondaryDisplayQty=1082# SecondaryExecID=527
SecondaryFirmTradeID=1042 SecondaryHighLimitPrice=1230# SecondaryIndividualAllocID=989
SecondaryLowLimitPrice=1221# SecondaryOrderID=198 SecondaryPriceLimitType=1305#
SecondaryTradeID=1040 SecondaryTradeReportID=818 SecondaryTradeReportRefID=881
SecondaryTradingReferencePrice=1240# SecondaryTrdType=855# SecureData=91 SecureDataLen=90#
SecurityAltID=455 SecurityAltIDSource=456 SecurityDesc=107 SecurityExchange=207 SecurityGroup=1151
SecurityID=48 SecurityIDSource=22* SecurityListRequestType=559* SecurityReportID=964#
SecurityReqID=320 SecurityRequestResult=560* SecurityRequestType=321* SecurityResponseID=322
SecurityResponseType=323* SecuritySettlAgentAcctName=179 SecuritySettlAgentAcctNum=178
SecuritySettlAgentCode=177 SecuritySettlAgentContactName=180 SecuritySettlAgentContactPhone=181
SecuritySettlAgentName=176 SecurityStatus=965* SecurityStatusReqID=324 SecuritySubType=762
SecurityTradingEvent=1174* SecurityTradingStatus=326* SecurityType=167* SecurityUpdateAction=980*
SecurityXML=1185 SecurityXMLLen=1184# SecurityXMLSchema=1186 SellVolume=331# SellerDays=287#
SenderCompID=49 SenderLocationID=142 SenderSubID=50 SendingDate=51 SendingTime=52@
SessionRejectReason=373* SessionStatus=1409* SettlBrkrCode=174 SettlCurrAmt=119#
SettlCurrBidFxRate=656# SettlCurrFxRate=155# SettlCurrFxRateCalc=156* SettlCurrOfferFxRate=657#
SettlCurrency=120 SettlDate=64 SettlDate2=193 SettlDeliveryType=172* SettlDepositoryCode=173
SettlInstCode=175 SettlInstID=162 SettlInstMode=160* SettlInstMsgID=777 SettlInstRefID=214
SettlInstReqID=791 SettlInstReqRejCode=792* SettlInstSource=165* SettlInstTransType=163*
SettlLocation=166* SettlMethod=1193* SettlObligID=1161 SettlObligMode=1159* SettlObligMsgID=1160
SettlObligRefID=1163 SettlObligSource=1164* SettlObligTransType=1162* SettlPartyID=782
SettlPartyIDSource=783 SettlPartyRole=784# SettlPartySubID=785 SettlPartySubIDType=786#
SettlPrice=730# SettlPriceType=731* SettlSessID=716* SettlSessSubID=717 SettlType=63*
SettleOnOpenFlag=966 SettlementCycleNo=1153# SettlmntTyp=63* SharedCommission=858# Shares=53#
ShortQty=705# ShortSaleReason=853* Side=54* SideComplianceID=659 SideCurrency=1154
SideFillStationCd=1006 SideGrossTradeAmt=1072# SideMultiLegReportingType=752* SideQty=1009#
SideReasonCd=1007 SideSettlCurrency=1155 SideTimeInForce=962@ SideTradeReportID=1005
SideTrdRegTimestamp=1012@ SideTrdRegTimestampSrc=1014 SideTrdRegTimestampType=1013#
SideTrdSubTyp=1008# SideValue1=396# SideValue2=397# SideValueInd=401* Signature=89
SignatureLength=93# SolicitedFlag=377* Spread=218# SpreadToBenchmark=218# StandInstDbID=171
StandInstDbName=170 StandInstDbType=169* StartCash=921# StartDate=916 StartMaturityMonthYear=1241
StartStrikePxRange=1202# StartTickPriceRange=1206# StateOrProvinceOfIssue=471 StatsType=1176*
StatusText=929 StatusValue=928* StipulationType=233* StipulationValue=234 StopPx=99#
StrategyParameterName=958 StrategyParameterType=959* StrategyParameterValue=960 StrikeCurrency=947
StrikeExerciseStyle=1304# StrikeIncrement=1204# StrikeMultiplier=967# StrikePrice=202#
StrikeRuleID=1223 StrikeTime=443@ StrikeValue=968# Subject=147 SubscriptionRequestType=263*
SwapPoints=1069# Symbol=55 SymbolSfx=65* TZTransactTime=1132 TargetCompID=56 TargetLocationID=143
TargetStrategy=847* TargetStrategyParameters=848 TargetStrategyPerformance=850# TargetSubID=57
TaxAdvantageType=495* TerminationType=788* TestMessageIndicator=464* TestReqID=112 Text=58
ThresholdAmount=834# TickDirection=274* TickIncrement=1208# TickRuleType=1209* TierCode=994
TimeBracket=943 TimeInForce=59* TimeToExpiration=1189# TimeUnit=997* TotNoAccQuotes=1169#
TotNoAllocs=892# TotNoCxldQuotes=1168# TotNoFills=1361# TotNoOrders=68# TotNoQuoteEntries=304#
TotNoRejQuotes=1170# TotNoRelatedSym=393# TotNoSecurityTypes=557# TotNoStrikes=422#
TotNumAssignmentReports=832# TotNumReports=911# TotNumTradeReports=748# TotQuoteEntries=304#
TotalAccruedInterestAmt=540# TotalAffectedOrders=533# TotalNetValue=900# TotalNumPosReports=727#
TotalNumSecurities=393# TotalNumSecurityTypes=557# TotalTakedown=237# TotalVolumeTraded=387#
TotalVolumeTradedDate=449 TotalVolumeTradedTime=450 TradSesCloseTime=344@ TradSesEndTime=345@
TradSesEvent=1368* TradSesMethod=338* TradSesMode=339* TradSesOpenTime=342@
TradSesPreCloseTime=343@ TradSesReqID=335 TradSesStartTime=341@ TradSesStatus=340*
TradSesStatusRejReason=567* TradSesUpdateAction=1327 TradeAllocIndicator=826* TradeCondition=277*
TradeDate=75 TradeHandlingInstr=1123* TradeID=1003 TradeInputDevice=579 TradeInputSource=578
TradeLegRefID=824 TradeLinkID=820 TradeOriginationDate=229 TradePublishIndicator=1390*
TradeReportID=571 TradeReportRefID=572 TradeReportRejectReason=751* TradeReportTransType=487*
TradeReportType=856* TradeRequestID=568 TradeRequestResult=749* TradeRequestStatus=750*
TradeRequestType=569* TradeType=418* TradeVolume=1020# TradedFlatSwitch=258* TradingCurrency=1245
TradingReferencePrice=1150# TradingSessionDesc=1326 TradingSessionID=336* TradingSessionSubID=625*
TransBkdTime=483@ TransactTime=60@ TransferReason=830 TrdMatchID=880 TrdRegTimestamp=769@
TrdRegTimestampOrigin=771 TrdRegTimestampType=770* TrdRepIndicator=1389 TrdRepPartyRole=1388#
TrdRptStatus=939* TrdSubType=829* TrdType=828* TriggerAction=1101* TriggerNewPrice=1110#
TriggerNewQty=1112# TriggerOrderType=1111* TriggerPrice=1102# TriggerPriceDirection=1109*
TriggerPriceType=1107* TriggerPriceTypeScope=1108* TriggerSecurityDesc=1106 TriggerSecurityID=1104
TriggerSecurityIDSource=1105 TriggerSymbol=1103 TriggerTradingSessionID=1113
TriggerTradingSessionSubID=1114 TriggerType=1100* URLLink=149 UnderlyingAdjustedQuantity=1044#
UnderlyingAllocationPercent=972# UnderlyingCFICode=463 UnderlyingCPProgram=877
UnderlyingCPRegType=878 UnderlyingCapValue=1038# UnderlyingCashAmount=973# UnderlyingCashType=974*
UnderlyingCollectAmount=986# UnderlyingContractMultiplier=436# UnderlyingCountryOfIssue=592
UnderlyingCouponPaymentDate=241 UnderlyingCouponRate=435# UnderlyingCreditRating=256
UnderlyingCurrency=318 UnderlyingCurrentValue=885# UnderlyingDeliveryAmount=1037#
UnderlyingDirtyPrice=882# UnderlyingEndPrice=883# UnderlyingEndValue=886#
UnderlyingExerciseStyle=1419# UnderlyingFXRate=1045# UnderlyingFXRateCalc=1046*
UnderlyingFactor=246# UnderlyingIDSource=305 UnderlyingInstrRegistry=595 UnderlyingIssueDate=242
UnderlyingIssuer=306 UnderlyingLastPx=651# UnderlyingLastQty=652# UnderlyingLegCFICode=1344
UnderlyingLegMaturityDate=1345 UnderlyingLegMaturityMonthYear=1339 UnderlyingLegMaturityTime=1405
UnderlyingLegOptAttribute=1391 UnderlyingLegPutOrCall=1343# UnderlyingLegSecurityAltID=1335
UnderlyingLegSecurityAltIDSource=1336 UnderlyingLegSecurityDesc=1392
UnderlyingLegSecurityExchange=1341 UnderlyingLegSecurityID=1332 UnderlyingLegSecurityIDSource=1333
UnderlyingLegSecuritySubType=1338 UnderlyingLegSecurityType=1337 UnderlyingLegStrikePrice=1340#
UnderlyingLegSymbol=1330 UnderlyingLegSymbolSfx=1331 UnderlyingLocaleOfIssue=594
UnderlyingMaturityDate=542 UnderlyingMaturityDay=314# UnderlyingMaturityMonthYear=313
UnderlyingMaturityTime=1213 UnderlyingOptAttribute=317 UnderlyingPayAmount=985#
UnderlyingPriceUnitOfMeasure=1424 UnderlyingPriceUnitOfMeasureQty=1425# UnderlyingProduct=462#
UnderlyingPutOrCall=315# UnderlyingPx=810# UnderlyingQty=879# UnderlyingRedemptionDate=247
UnderlyingRepoCollateralSecurityType=243 UnderlyingRepurchaseRate=245#
UnderlyingRepurchaseTerm=244# UnderlyingSecurityAltID=458 UnderlyingSecurityAltIDSource=459
UnderlyingSecurityDesc=307 UnderlyingSecurityExchange=308 UnderlyingSecurityID=309
UnderlyingSecurityIDSource=305 UnderlyingSecuritySubType=763 UnderlyingSecurityType=310
UnderlyingSettlMethod=1039 UnderlyingSettlPrice=732# UnderlyingSettlPriceType=733#
UnderlyingSettlementDate=987 UnderlyingSettlementStatus=988 UnderlyingSettlementType=975*
UnderlyingStartValue=884# UnderlyingStateOrProvinceOfIssue=593 UnderlyingStipType=888
UnderlyingStipValue=889 UnderlyingStrikeCurrency=941 UnderlyingStrikePrice=316#
UnderlyingSymbol=311 UnderlyingSymbolSfx=312 UnderlyingTimeUnit=1000
UnderlyingTradingSessionID=822 UnderlyingTradingSessionSubID=823 UnderlyingUnitOfMeasure=998
UnderlyingUnitOfMeasureQty=1423# UnderlyingUnitofMeasure=998 UndlyInstrumentPartyID=1059
UndlyInstrumentPartyIDSource=1060 UndlyInstrumentPartyRole=1061# UndlyInstrumentPartySubID=1063
UndlyInstrumentPartySubIDType=1064# UnitOfMeasure=996* UnitOfMeasureQty=1147# UnitofMeasure=996*
UnsolicitedIndicator=325* Urgency=61* UserRequestID=923 UserRequestType=924* UserStatus=926*
UserStatusText=927 Username=553 ValidUntilTime=62@ ValueOfFutures=408# Volatility=1188# WaveNo=105
WorkingIndicator=636* WtAverageLiquidity=410# XmlData=213 XmlDataLen=212# Yield=236#
YieldCalcDate=701 YieldRedemptionDate=696 YieldRedemptionPrice=697# YieldRedemptionPriceType=698#
YieldType=235*
"""

MESSAGES: Final = """
AccountSummaryReport=CQ AdjustedPositionReport=BL Advertisement=7 Allocation=J AllocationAck=P
AllocationInstruction=J AllocationInstructionAck=P AllocationInstructionAlert=BM
AllocationInstructionAlertRequest=DU AllocationInstructionAlertRequestAck=DV AllocationReport=AS
AllocationReportAck=AT ApplicationMessageReport=BY ApplicationMessageRequest=BW
ApplicationMessageRequestAck=BX AssignmentReport=AW BidRequest=k BidResponse=l
BusinessMessageReject=j CollateralAssignment=AY CollateralInquiry=BB CollateralInquiryAck=BG
CollateralReport=BA CollateralReportAck=DQ CollateralRequest=AX CollateralResponse=AZ
Confirmation=AK ConfirmationAck=AU ConfirmationRequest=BH ContraryIntentionReport=BO
CrossOrderCancelReplaceRequest=t CrossOrderCancelRequest=u CrossRequest=DS CrossRequestAck=DT
DerivativeSecurityList=AA DerivativeSecurityListRequest=z DerivativeSecurityListUpdateReport=BR
DontKnowTrade=Q Email=C ExecutionAck=BN ExecutionAcknowledgement=BN ExecutionReport=8 Heartbeat=0
IOI=6 ListCancelRequest=K ListExecute=L ListStatus=N ListStatusRequest=M ListStrikePrice=m Logon=A
Logout=5 MarginRequirementInquiry=CH MarginRequirementInquiryAck=CI MarginRequirementReport=CJ
MarketDataIncrementalRefresh=X MarketDataReport=DR MarketDataRequest=V MarketDataRequestReject=Y
MarketDataSnapshotFullRefresh=W MarketDataStatisticsReport=DP MarketDataStatisticsRequest=DO
MarketDefinition=BU MarketDefinitionRequest=BT MarketDefinitionUpdateReport=BV MassOrder=DJ
MassOrderAck=DK MassQuote=i MassQuoteAck=b MassQuoteAcknowledgement=b
MultilegOrderCancelReplace=AC MultilegOrderCancelReplaceRequest=AC
NetworkCounterpartySystemStatusRequest=BC NetworkCounterpartySystemStatusResponse=BD
NewOrderCross=s NewOrderList=E NewOrderMultileg=AB NewOrderSingle=D News=B OrderCancelReject=9
OrderCancelReplaceRequest=G OrderCancelRequest=F OrderMassActionReport=BZ
OrderMassActionRequest=CA OrderMassCancelReport=r OrderMassCancelRequest=q
OrderMassStatusRequest=AF OrderStatusRequest=H PartyActionReport=DI PartyActionRequest=DH
PartyDetailsDefinitionRequest=CX PartyDetailsDefinitionRequestAck=CY PartyDetailsListReport=CG
PartyDetailsListRequest=CF PartyDetailsListUpdateReport=CK PartyEntitlementsDefinitionRequest=DA
PartyEntitlementsDefinitionRequestAck=DB PartyEntitlementsReport=CV PartyEntitlementsRequest=CU
PartyEntitlementsUpdateReport=CZ PartyRiskLimitCheckRequest=DF PartyRiskLimitCheckRequestAck=DG
PartyRiskLimitsDefinitionRequest=CS PartyRiskLimitsDefinitionRequestAck=CT
PartyRiskLimitsReport=CM PartyRiskLimitsReportAck=DE PartyRiskLimitsRequest=CL
PartyRiskLimitsUpdateReport=CR PayManagementReport=EA PayManagementReportAck=EB
PayManagementRequest=DY PayManagementRequestAck=DZ PositionMaintenanceReport=AM
PositionMaintenanceRequest=AL PositionReport=AP PositionTransferInstruction=DL
PositionTransferInstructionAck=DM PositionTransferReport=DN Quote=S QuoteAck=CW
QuoteAcknowledgement=b QuoteCancel=Z QuoteRequest=R QuoteRequestReject=AG QuoteResponse=AJ
QuoteStatusReport=AI QuoteStatusRequest=a RFQRequest=AH RegistrationInstructions=o
RegistrationInstructionsResponse=p Reject=3 RequestForPositions=AN RequestForPositionsAck=AO
ResendRequest=2 SecurityDefinition=d SecurityDefinitionRequest=c SecurityDefinitionUpdateReport=BP
SecurityList=y SecurityListRequest=x SecurityListUpdateReport=BK SecurityMassStatus=CO
SecurityMassStatusRequest=CN SecurityStatus=f SecurityStatusRequest=e SecurityTypeRequest=v
SecurityTypes=w SequenceReset=4 SettlementInstructionRequest=AV SettlementInstructions=T
SettlementObligationReport=BQ StreamAssignmentReport=CD StreamAssignmentReportACK=CE
StreamAssignmentRequest=CC TestRequest=1 TradeAggregationReport=DX TradeAggregationRequest=DW
TradeCaptureReport=AE TradeCaptureReportAck=AR TradeCaptureReportRequest=AD
TradeCaptureReportRequestAck=AQ TradeMatchReport=DC TradeMatchReportAck=DD TradingSessionList=BJ
TradingSessionListRequest=BI TradingSessionListUpdateReport=BS TradingSessionStatus=h
TradingSessionStatusRequest=g UserNotification=CB UserRequest=BE UserResponse=BF XMLnonFIX=n
"""

CODES: Final = """
20 NEW=0 CANCEL=1 CORRECT=2 STATUS=3 21 AUTOMATED_EXECUTION_NO_INTERVENTION=1
AUTOMATED_EXECUTION_INTERVENTION_OK=2 MANUAL_ORDER=3 39 NEW=0 PARTIALLY_FILLED=1 FILLED=2
DONE_FOR_DAY=3 CANCELED=4 REPLACED=5 PENDING_CANCEL=6 STOPPED=7 REJECTED=8 SUSPENDED=9
PENDING_NEW=A CALCULATED=B EXPIRED=C ACCEPTED_FOR_BIDDING=D PENDING_REPLACE=E 40 MARKET=1 LIMIT=2
STOP=3 STOP_LIMIT=4 MARKET_ON_CLOSE=5 WITH_OR_WITHOUT=6 LIMIT_OR_BETTER=7 LIMIT_WITH_OR_WITHOUT=8
ON_BASIS=9 ON_CLOSE=A LIMIT_ON_CLOSE=B FOREX_MARKET=C PREVIOUSLY_QUOTED=D PREVIOUSLY_INDICATED=E
PEGGED=P FOREX_LIMIT=F FOREX_SWAP=G FOREX_PREVIOUSLY_QUOTED=H FUNARI=I MARKET_IF_TOUCHED=J
MARKET_WITH_LEFT_OVER_AS_LIMIT=K PREVIOUS_FUND_VALUATION_POINT=L NEXT_FUND_VALUATION_POINT=M
COUNTER_ORDER_SELECTION=Q STOP_ON_BID_OR_OFFER=R STOP_LIMIT_ON_BID_OR_OFFER=S 54 BUY=1 SELL=2
BUY_MINUS=3 SELL_PLUS=4 SELL_SHORT=5 SELL_SHORT_EXEMPT=6 UNDISCLOSED=7 CROSS=8 CROSS_SHORT=9
AS_DEFINED=B OPPOSITE=C CROSS_SHORT_EXEMPT=A SUBSCRIBE=D REDEEM=E LEND=F BORROW=G
SELL_UNDISCLOSED=H 59 DAY=0 GOOD_TILL_CANCEL=1 AT_THE_OPENING=2 IMMEDIATE_OR_CANCEL=3
FILL_OR_KILL=4 GOOD_TILL_CROSSING=5 GOOD_TILL_DATE=6 AT_THE_CLOSE=7 GOOD_THROUGH_CROSSING=8
AT_CROSSING=9 GOOD_FOR_TIME=A GOOD_FOR_AUCTION=B GOOD_FOR_MONTH=C 102 TOO_LATE_TO_CANCEL=0
UNKNOWN_ORDER=1 BROKER_CREDIT=2 ORDER_ALREADY_IN_PENDING_STATUS=3 DUPLICATE_CL_ORD_ID=6
ORIG_ORD_MOD_TIME=5 UNABLE_TO_PROCESS_ORDER_MASS_CANCEL_REQUEST=4 INVALID_PRICE_INCREMENT=18
OTHER=99 PRICE_EXCEEDS_CURRENT_PRICE=7 PRICE_EXCEEDS_CURRENT_PRICE_BAND=8 103 BROKER_CREDIT=0
UNKNOWN_SYMBOL=1 EXCHANGE_CLOSED=2 ORDER_EXCEEDS_LIMIT=3 TOO_LATE_TO_ENTER=4 UNKNOWN_ORDER=5
DUPLICATE_ORDER=6 DUPLICATE_OF_A_VERBALLY_COMMUNICATED_ORDER=7 STALE_ORDER=8
TRADE_ALONG_REQUIRED=9 INVALID_INVESTOR_ID=10 UNSUPPORTED_ORDER_CHARACTERISTIC=11
SURVEILLENCE_OPTION=12 INCORRECT_QUANTITY=13 INCORRECT_ALLOCATED_QUANTITY=14 UNKNOWN_ACCOUNT=15
INVALID_PRICE_INCREMENT=18 OTHER=99 PRICE_EXCEEDS_CURRENT_PRICE_BAND=16 SURVEILLANCE_OPTION=12
REFERENCE_PRICE_NOT_AVAILABLE=19 NOTIONAL_VALUE_EXCEEDS_THRESHOLD=20
ALGORITHM_RISK_THRESHOLD_BREACHED=21 SHORT_SELL_NOT_PERMITTED=22
SHORT_SELL_SECURITY_PRE_BORROW_RESTRICTION=23 SHORT_SELL_ACCOUNT_PRE_BORROW_RESTRICTION=24
INSUFFICIENT_CREDIT_LIMIT=25 EXCEEDED_CLIP_SIZE_LIMIT=26 EXCEEDED_MAX_NOTIONAL_ORDER_AMT=27
EXCEEDED_DV01_PV01_LIMIT=28 EXCEEDED_CS01_LIMIT=29 150 NEW=0 PARTIAL_FILL=1 FILL=2 DONE_FOR_DAY=3
CANCELED=4 REPLACED=5 PENDING_CANCEL=6 STOPPED=7 REJECTED=8 SUSPENDED=9 PENDING_NEW=A CALCULATED=B
EXPIRED=C RESTATED=D PENDING_REPLACE=E TRADE=F TRADE_CORRECT=G TRADE_CANCEL=H ORDER_STATUS=I
TRADE_IN_A_CLEARING_HOLD=J TRADE_HAS_BEEN_RELEASED_TO_CLEARING=K
TRIGGERED_OR_ACTIVATED_BY_SYSTEM=L LOCKED=M RELEASED=N 434 ORDER_CANCEL_REQUEST=1 ORDER_CANCEL=2
ORDER_CANCEL_REPLACE_REQUEST=2
"""

OTHERS: Final = """
BBOWeightIndicator BuySellIndicator Capacity CustomerType DecrementShares Display EventCode
ExecutedShares ExecutionPrice ExistingOrderToken Firm InterMarketSweepEligibility
IntermarketSweepEligibility LiquidityFlag MatchNumber MinimumQuantity NextUserRefNum
OrderReferenceNumber OrderState OrderToken OrigUserRefNum PreviousOrderToken
QuantityPreventedFromTrading Reason ReferencePrice ReferencePriceType ReplacementOrderToken Stock
Timestamp UserRefNum attribution authenticity breached_level canceled_shares cross_price
cross_type etp_flag etp_leverage event_code executed_shares execution_price extension far_price
financial_status halt_action imbalance_direction imbalance_shares interest inverse_indicator
ipo_flag ipo_price issue_classification issue_sub_type level_1 level_2 level_3 lower_collar
lower_price luld_tier market_category market_code market_maker_mode market_participant_state
match_number maximum_price minimum_price mpid near_execution_price near_execution_time near_price
new_reference open_eligibility paired_shares price price_variation primary_market_maker printable
reason reference reference_price reg_sho_action release_qualifier release_time reserved
round_lot_size round_lots_only shares short_sale_threshold side stock stock_locate timestamp
tracking_number trading_state upper_collar upper_price
"""
