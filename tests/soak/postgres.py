"""
Rows of a simulator whose journal is in PostgreSQL, each with the counterparty of row ``kill``: it
trades with itself as fast as it can and knows all that it was told.

* ``postgres-killed``: the database is killed (SIGKILL) and started again. Nothing that was
  acknowledged is lost, and work goes on soon after the database is back.
* ``owner-killed``: the simulator is killed and started again; see :mod:`tests.soak.kill`.
* ``owner-stopped``: the simulator stands still (SIGSTOP) past its lease, another one takes over,
  and then it goes on (SIGCONT): it has to write nothing, say nothing, cut its sessions and end.
"""

from __future__ import annotations

import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from random import Random

from exsim.services.commits import LOST
from tests.soak import kill
from tests.soak.kill import Broken, Counterparty, Server, check
from tests.soak.rows import Found

BACK_WITHIN = 5.0
"""Seconds from when the database answers until orders do, on a machine that has a core for each."""
LEASE = "exsim.lease=500ms"
_LATE = """
    SELECT count(*) FROM exsim.batch AS old WHERE EXISTS (
        SELECT FROM exsim.batch AS new WHERE new.term > old.term AND new.first <= old.last
    )
"""
_GAPS = """
    SELECT count(*) FROM (SELECT first, lag(last) OVER (ORDER BY first) AS before
    FROM exsim.batch WHERE epoch = 1) AS rows WHERE first <> before + 1
"""


def _with_database(work: Callable[[str], Found]) -> Found:
    """What work finds with a database of its own, by its URL."""
    # Not at the top: the other rows do without psycopg.
    from tests.postgres import missing, server

    if (reason := missing()) is not None:
        return Found([], f"left out: {reason}")
    name = server().create()
    found = work(server().url(name))
    try:
        server().drop(name)
    except OSError as error:
        found.failures.append(f"{error}; the database said: {server().said()}")
    return found


def _number(url: str, sql: str) -> int:
    """The number that a query gives."""
    from exsim.services.postgres.address import address

    with address(url).connect() as connection:
        row = connection.execute(sql.encode()).fetchone()
    assert row is not None
    number: int = row[0]
    return number


def _sound(url: str) -> None:
    """No entry is missing, none is there twice, and none of a term that was over."""
    if _number(url, _GAPS) or _number(url, _LATE):
        raise Broken("rows of the journal do not follow each other")


def owner_killed(seed: int, numbers: Sequence[int]) -> Found:
    """Kill the simulator once for each number."""
    return _with_database(lambda url: kill.run(seed, numbers, f"exsim.journal={url}", LEASE))


# -- the database is killed


def database_killed(seed: int, numbers: Sequence[int]) -> Found:
    """Kill the database once for each number; a failure ends the run."""
    return _with_database(lambda url: _kill_database(seed, numbers, url))


def _kill_database(seed: int, numbers: Sequence[int], url: str) -> Found:
    failures: list[str] = []
    party, longest, number = Counterparty(Random(seed)), 0.0, numbers[0]
    with tempfile.TemporaryDirectory(prefix="exsim-outage-") as folder:
        owner = Server(folder, f"exsim.journal={url}", LEASE)
        try:
            party.connect(owner.address)
            for number in numbers:
                longest = max(longest, _outage(party, Random(f"{seed}:{number}")))
                check(owner, party)
                _sound(url)
            owner.stop()
        except (Broken, OSError) as error:
            owner.kill()
            failures.append(f"seed {seed} case {number}: {error}")
    remark = (
        f"{len(party.orders):,} orders, {len(party.exec_ids):,} reports, the longest until work"
        f" went on took {longest:.1f} s"
    )
    return Found(failures, remark)


def _outage(party: Counterparty, random: Random) -> float:
    """Trade through an outage; how long it took until work went on."""
    from tests.postgres import server

    back, known, went_on = 0.0, -1, 0.0

    def enough() -> bool:
        nonlocal known, went_on
        if not back:
            return False
        if known < 0:
            known = len(party.exec_ids)
        went_on = time.monotonic()
        return len(party.exec_ids) > known

    # The database goes with the thread that started it.
    trading = threading.Thread(target=party.trade, args=(enough,), daemon=True)
    trading.start()
    time.sleep(random.uniform(0.05, 0.5))
    server().kill()
    time.sleep(random.uniform(0, 1))
    server().start()
    back = time.monotonic()
    trading.join()
    if not went_on:
        raise Broken("the simulator hung up while the database was away")
    took = went_on - back
    if took > BACK_WITHIN * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)):
        raise Broken(f"work went on {took:.1f} s after the database was back")
    party.get_level()
    return took


# -- the owner stands still


def owner_stopped(seed: int, numbers: Sequence[int]) -> Found:
    """Stop one owner after the other; a failure ends the run."""
    return _with_database(lambda url: _stop_owners(seed, numbers, url))


def _stop_owners(seed: int, numbers: Sequence[int], url: str) -> Found:
    failures: list[str] = []
    party, number = Counterparty(Random(seed)), numbers[0]
    with tempfile.TemporaryDirectory(prefix="exsim-stopped-") as folder:
        running: list[Server] = []

        def another(name: str) -> Server:
            own = f"{folder}/{name}"
            os.mkdir(own)
            running.append(Server(own, f"exsim.journal={url}", LEASE))
            return running[-1]

        try:
            owner = another("first")
            party.connect(owner.address)
            for number in numbers:
                _trade_a_while(party, Random(f"{seed}:{number}"))
                owner.kill(signal.SIGSTOP)
                party.send_blindly()  # what it reads when it goes on
                after = another(str(number))
                owner.kill(signal.SIGCONT)
                _is_over(owner, party)
                running.remove(owner)
                owner = after
                party.connect(owner.address)
                check(owner, party)
                _sound(url)
            owner.stop()
        except (Broken, OSError) as error:
            failures.append(f"seed {seed} case {number}: {error}")
            for each in running:
                each.kill()
    remark = f"{len(party.orders):,} orders, {len(party.exec_ids):,} reports"
    return Found(failures, remark)


def _trade_a_while(party: Counterparty, random: Random) -> None:
    end = time.monotonic() + random.uniform(0.05, 0.5)
    party.trade(lambda: time.monotonic() > end)
    party.get_level()


def _is_over(owner: Server, party: Counterparty) -> None:
    """An owner that lost its lease cuts its sessions without another word, and ends."""
    if not party.is_cut():
        raise Broken("it said something though its lease was over")
    status = owner.wait()
    if status != LOST:
        raise Broken(f"it ended with status {status}, not {LOST}")
