"""Layouts of binary messages, as data: :mod:`exsim.wire.layout` reads and writes them."""
