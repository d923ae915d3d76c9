"""One language to say which messages are meant, for queries, waits, verifies, rules and faults."""

from exsim.filters.filter import EVERYTHING, Filter, When, filter_of, from_match, parse
from exsim.filters.names import field_value
from exsim.filters.nearest import Near, nearest
from exsim.filters.needs import Needs, asks_for, needs
from exsim.filters.parsing import FilterError
from exsim.filters.seen import Seen
from exsim.filters.terms import Miss

__all__ = [
    "EVERYTHING",
    "Filter",
    "FilterError",
    "Miss",
    "Near",
    "Needs",
    "Seen",
    "When",
    "asks_for",
    "field_value",
    "filter_of",
    "from_match",
    "nearest",
    "needs",
    "parse",
]
