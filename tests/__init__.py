"""The tests of exsim: ``test_*.py`` are quick and open no socket; ``live/`` uses real ones."""

import signal

from hypothesis import HealthCheck, settings

# No verdict of a property test may hang on how busy the machine is: neither the time that
# an example takes nor the time that drawing it takes says anything about exsim.
settings.register_profile("exsim", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("exsim")

# A shell has what it starts with & ignore Ctrl-C, and that is passed on: programs that tests start
# and then interrupt are to have what a terminal gives them.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
