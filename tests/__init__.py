"""The tests of exsim: ``test_*.py`` are quick and open no socket; ``live/`` uses real ones."""

from hypothesis import HealthCheck, settings

# No verdict of a property test may hang on how busy the machine is: neither the time that
# an example takes nor the time that drawing it takes says anything about exsim.
settings.register_profile("exsim", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("exsim")
