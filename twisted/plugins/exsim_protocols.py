"""The protocols that come with exsim."""

from exsim.plugins import ProtocolPlugin

fix = ProtocolPlugin("fix", "exsim.protocols.fix.FixProtocol", "FIX order entry, tag=value.")
