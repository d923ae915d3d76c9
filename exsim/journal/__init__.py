"""Journals: the format on disk, the ring in memory, and what a second run is compared with."""

from zope.interface import classImplements

from exsim.interfaces import IJournal
from exsim.journal.memory import MemoryJournal
from exsim.journal.tape import Tape

__all__ = ["MemoryJournal", "Tape"]

# Not in the modules of the classes, which are compiled.
classImplements(MemoryJournal, IJournal)
classImplements(Tape, IJournal)
