"""The bots that come with exsim."""

from exsim.plugins import BotPlugin

maker = BotPlugin(
    "maker", "exsim.bots.maker.Maker", "Quotes both sides of each instrument around its price."
)
noise = BotPlugin(
    "noise",
    "exsim.bots.noise.Noise",
    "Orders and cancels that come by chance, alone or in clusters.",
)
replay = BotPlugin(
    "replay", "exsim.bots.replay.Replay", "A recorded book that others can trade in, too."
)
