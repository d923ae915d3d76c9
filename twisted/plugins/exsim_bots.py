"""The bots that come with exsim."""

from exsim.plugins import BotPlugin

arbitrage = BotPlugin(
    "arbitrage", "exsim.bots.arbitrage.Arbitrage", "Buys at one venue what another pays more for."
)
burst = BotPlugin(
    "burst", "exsim.bots.burst.Burst", "Many orders on one side, gone before they trade."
)
iceberg = BotPlugin(
    "iceberg", "exsim.bots.iceberg.Iceberg", "Sells much, a little of it shown at a time."
)
maker = BotPlugin(
    "maker", "exsim.bots.maker.Maker", "Quotes both sides of instruments around their price."
)
momentum = BotPlugin(
    "momentum", "exsim.bots.momentum.Momentum", "Goes with a price that has moved."
)
noise = BotPlugin(
    "noise", "exsim.bots.noise.Noise", "Orders and cancels by chance, alone or in clusters."
)
reversion = BotPlugin(
    "reversion", "exsim.bots.reversion.Reversion", "Goes against a price that has moved."
)
vacuum = BotPlugin(
    "vacuum", "exsim.bots.vacuum.Vacuum", "Takes all that rests on a side of a book."
)
replay = BotPlugin(
    "replay", "exsim.bots.replay.Replay", "A recorded book that others can trade in, too."
)
