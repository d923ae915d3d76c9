"""The state after any entry of the journal, of which a simulator can go on."""

from __future__ import annotations

from exsim.errors import Conflict
from exsim.services import state
from exsim.services.replay import Replay, without_collector
from exsim.services.replaying import inert
from exsim.services.simulator import Simulator
from exsim.services.snapshots import Snapshot, plain


def forked(simulator: Simulator, at: int) -> Snapshot:
    """
    The state after an entry: that of the nearest file before it, and what the journal has since.

    :raises exsim.errors.Conflict: when the journal does not have it, or comes out otherwise.
    """
    journal = simulator.exchange.journal
    if not 0 <= at < journal.last:
        raise Conflict(f"the journal has entries up to {journal.last - 1}, and none of number {at}")
    base = simulator.library.base(at)
    other = inert(simulator.settings, simulator.parts.plugins)
    after = 0
    if base is not None:
        state.restore(other, base.state)
        after = base.seq
    elif journal.epoch != 1:
        raise Conflict(
            "the state at the beginning of this epoch was not kept: that needs a journal on a disk"
            " (durability), or no reset before"
        )
    if after + 1 < journal.first and at > after:
        raise Conflict(
            f"the journal begins with entry {journal.first}: what was before is not kept"
        )
    replay = Replay(other, journal.entries(after), journal.epoch, after, state_only=True)
    with without_collector():
        difference = replay.run(at) if at > after else None
    if difference is not None:
        raise Conflict(f"the journal comes out otherwise when it is run again: {difference.text()}")
    last = replay.tape.last
    current = replay.current
    time = simulator.now() if current is None else current.time
    return Snapshot(journal.epoch, last, time, plain(state.capture(other)))
