"""Benchmarks of exsim itself: ``exsim bench NAME``."""
