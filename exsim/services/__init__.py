"""Sockets, timers, files: where the parts of exsim are joined and meet the world."""
