"""
``python -m exsim.bench.served PIPE COLLECTOR PROFILE WORD ...``: a simulator that is measured.

The words are those of ``exsim run``. COLLECTOR may be empty; PROFILE is 0 or 1.
"""

from __future__ import annotations

import sys

from exsim.bench.gauge import Gauge

PIDFILE = "--pidfile="


def main(words: list[str]) -> None:
    """Run a simulator until it is stopped."""
    from twisted.scripts.twistd import run

    pipe, collector, profile, *options = words
    Gauge(int(pipe), collector, profile == "1").install()
    of_twistd = [word for word in options if word.startswith(PIDFILE)]
    of_exsim = [word for word in options if not word.startswith(PIDFILE)]
    sys.argv = ["twistd", "--nodaemon", *of_twistd, "exsim", *of_exsim]  # where twistd looks
    run()


if __name__ == "__main__":
    main(sys.argv[1:])
