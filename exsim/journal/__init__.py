"""Journals: the format on disk, and the ring in memory."""

from zope.interface import classImplements

from exsim.interfaces import IJournal
from exsim.journal.memory import MemoryJournal

__all__ = ["MemoryJournal"]

# Not in the module of the class, which is compiled.
classImplements(MemoryJournal, IJournal)
