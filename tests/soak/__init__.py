"""
Tests that take long, by row of the table of reliability: ``python -m tests.soak ROW``.

Each row is a function of a seed, which it prints, that can run the same cases again.
"""
