"""The protocols that come with exsim."""

from exsim.plugins import ProtocolPlugin

fix = ProtocolPlugin("fix", "exsim.services.fix.Fix", "FIX order entry, tag=value.")
