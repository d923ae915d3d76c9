"""The protocols that come with exsim."""

from exsim.plugins import ProtocolPlugin

fix = ProtocolPlugin("fix", "exsim.services.fix.Fix", "FIX order entry, tag=value.")
ouch = ProtocolPlugin("ouch", "exsim.protocols.ouch.OuchProtocol", "OUCH over SoupBinTCP.")
itch = ProtocolPlugin("itch", "exsim.protocols.itch.ItchProtocol", "ITCH 5.0 over SoupBinTCP.")
glimpse = ProtocolPlugin(
    "glimpse", "exsim.protocols.itch.GlimpseProtocol", "The state of an ITCH stream, at each login."
)
