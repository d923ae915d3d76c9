"""Faults: deliberate defects of what sessions send and receive, without sockets or clocks."""
