"""Tests with real sockets, processes and clocks; ``make test`` runs them, ``make check`` not."""
