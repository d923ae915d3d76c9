"""What this host is called."""

from __future__ import annotations

from socket import gethostname

from exsim.model.settings import Settings


def node_name(settings: Settings) -> str:
    """What it is called among those that share venues: as it is set, or its host name."""
    return settings.node or gethostname()
