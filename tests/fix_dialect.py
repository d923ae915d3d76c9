"""A small dialect of FIX.4.4 as a venue would publish it, in QuickFIX's XML format."""

from __future__ import annotations

XML = """\
<?xml version="1.0"?>
<fix type="FIX" major="4" minor="4" servicepack="0">
 <!-- comments may be anywhere -->
 <header>
  <field name="BeginString" required="Y"/>
  <field name="BodyLength" required="Y"/>
  <field name="MsgType" required="Y"/>
  <field name="SenderCompID" required="Y"/>
  <field name="TargetCompID" required="Y"/>
  <field name="MsgSeqNum" required="Y"/>
  <field name="SendingTime" required="Y"/>
  <group name="NoHops" required="N">
   <field name="HopCompID" required="Y"/>
   <field name="HopRefID" required="N"/>
  </group>
 </header>
 <messages>
  <message name="Heartbeat" msgtype="0" msgcat="admin">
   <field name="TestReqID" required="N"/>
  </message>
  <message name="NewOrderSingle" msgtype="D" msgcat="app">
   <field name="ClOrdID" required="Y"/>
   <component name="Legs" required="N"/>
   <component name="Instrument" required="Y"/>
   <field name="Side" required="Y"/>
   <field name="VenueFlags"/>
   <group name="NoFees" required="N">
    <field name="FeeType" required="N"/>
    <field name="FeeAmount" required="Y"/>
    <component name="FeeNotes" required="Y"/>
   </group>
  </message>
 </messages>
 <trailer>
  <field name="CheckSum" required="Y"/>
 </trailer>
 <components>
  <component name="Legs">
   <group name="NoLegs" required="Y">
    <component name="Instrument" required="Y"/>
    <field name="LegRatio" required="N"/>
   </group>
  </component>
  <component name="Instrument">
   <field name="Symbol" required="Y"/>
   <field name="Maturity" required="N"/>
  </component>
  <component name="FeeNotes">
   <group name="NoFeeNotes" required="N">
    <field name="FeeNote" required="N"/>
   </group>
  </component>
 </components>
 <fields>
  <field number="8" name="BeginString" type="STRING"/>
  <field number="9" name="BodyLength" type="LENGTH"/>
  <field number="10" name="CheckSum" type="STRING"/>
  <field number="11" name="ClOrdID" type="STRING"/>
  <field number="34" name="MsgSeqNum" type="SEQNUM"/>
  <field number="35" name="MsgType" type="STRING">
   <value enum="0" description="HEARTBEAT"/>
  </field>
  <field number="49" name="SenderCompID" type="STRING"/>
  <field number="52" name="SendingTime" type="UTCTIMESTAMP"/>
  <field number="54" name="Side" type="CHAR">
   <value enum="1" description="BUY"/>
   <value enum="2" description="SELL"/>
   <value enum="T"/>
  </field>
  <field number="55" name="Symbol" type="STRING"/>
  <field number="56" name="TargetCompID" type="STRING"/>
  <field number="112" name="TestReqID" type="STRING"/>
  <field number="541" name="Maturity" type="LOCALMKTDATE"/>
  <field number="555" name="NoLegs" type="NUMINGROUP"/>
  <field number="623" name="LegRatio" type="FLOAT"/>
  <field number="627" name="NoHops" type="NUMINGROUP"/>
  <field number="628" name="HopCompID" type="STRING"/>
  <field number="630" name="HopRefID" type="SEQNUM"/>
  <field number="5001" name="VenueFlags" type="multiplecharvalue">
   <value enum="a" description="ANONYMOUS"/>
   <value enum="b" description="BLOCK"/>
  </field>
  <field number="5002" name="NoFees" type="NUMINGROUP"/>
  <field number="5003" name="FeeType" type="STRING"/>
  <field number="5004" name="FeeAmount" type="AMT"/>
  <field number="5005" name="NoFeeNotes" type="NUMINGROUP"/>
  <field number="5006" name="FeeNote" type="STRING"/>
 </fields>
</fix>
"""


def xml(type: str = "FIX", major: str = "4", minor: str = "4", servicepack: str = "0") -> str:
    """The same, said to be of another version."""
    own = 'type="FIX" major="4" minor="4" servicepack="0"'
    other = f'type="{type}" major="{major}" minor="{minor}" servicepack="{servicepack}"'
    return XML.replace(own, other)
