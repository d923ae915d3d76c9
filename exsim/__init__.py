"""exsim: a simulated financial exchange to test trading systems against."""

__version__ = "0.1.0"
