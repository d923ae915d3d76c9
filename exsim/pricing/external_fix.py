"""``external-fix``: prices of another venue or simulator, by FIX market data."""

from __future__ import annotations

from exsim.model.options import REQUIRED, Option, choice, name, path, span, text
from exsim.pricing.external import EXTERNAL, External
from exsim.pricing.external_keys import READ


class ExternalFix(External):
    """Told by market data that it subscribes to, as an initiator of its own."""

    via = "fix"
    options: tuple[Option, ...] = (
        *EXTERNAL,
        Option("connect", text, REQUIRED, "Where it connects, such as tcp:127.0.0.1:9878."),
        Option(
            "begin_string",
            choice("FIX.4.2", "FIX.4.3", "FIX.4.4", "FIXT.1.1"),
            "FIX.4.4",
            "The version that is spoken there; with FIXT.1.1 messages are those of FIX 5.0 SP2.",
        ),
        Option("sender_comp_id", name, "EXSIM", "Who it is there: SenderCompID(49)."),
        Option("target_comp_id", name, REQUIRED, "Who the other side is: TargetCompID(56)."),
        Option("username", text, "", "Username(553) of its Logon."),
        Option("password_file", path, "", "A file with Password(554) of its Logon."),
        Option("heartbeat", span(1_000_000_000), "30s", "HeartBtInt(108), whole seconds."),
        Option(
            "updates",
            choice("full", "incremental"),
            "full",
            "MDUpdateType(265): whether each change tells all that it subscribes to, or itself.",
        ),
        *READ,
    )
