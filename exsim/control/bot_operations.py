"""
Entries of the table of operations: bots.

They belong to :mod:`exsim.control.operations`.
"""

from __future__ import annotations

from typing import Final

from exsim.control import bot_results as br
from exsim.control import bot_schemas as bs
from exsim.control import results as r
from exsim.control import schemas as s
from exsim.control.entries import Operation, change, read

_ALL: Final = "/venues/{venue}/bots"
_ONE: Final = "/venues/{venue}/bots/{bot}"

# fmt: off
BOTS: Final[tuple[Operation, ...]] = (
    read("list_bots", _ALL, "List the bots of a venue: what they do, and what they have",
         r.Page[br.Bot], bs.BotsArguments, 404),
    read("get_activity", "/venues/{venue}/activity", "Tell how busy the bots of a venue are",
         br.BotsActivity, s.VenueArguments, 404, 409),
    change("change_bots", "PATCH", _ALL, "Have all bots of a venue be so busy from now",
           br.BotsActivity, s.VenueArguments, bs.NewActivity),
    change("start_bots", "POST", "/venues/{venue}/start-bots",
           "Start all bots of a venue", br.BotsActivity, s.VenueArguments),
    change("stop_bots", "POST", "/venues/{venue}/stop-bots",
           "Stop all bots of a venue, and cancel their orders", br.BotsActivity,
           s.VenueArguments),
    read("get_bot", _ONE, "Show a bot", br.Bot, bs.BotArguments, 404),
    change("change_bot", "PATCH", _ONE, "Have a bot do otherwise from now", br.Bot,
           bs.BotArguments, bs.BotChange),
    change("start_bot", "POST", _ONE + "/start", "Start a bot", br.Bot, bs.BotArguments),
    change("stop_bot", "POST", _ONE + "/stop", "Stop a bot, and cancel its orders", br.Bot,
           bs.BotArguments),
)
# fmt: on
