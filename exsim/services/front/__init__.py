"""A process for each venue, and one REST interface for all: ``[exsim] processes = venue``."""
