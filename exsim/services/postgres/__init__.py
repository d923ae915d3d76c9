"""The journal, the leases and the index of venues in PostgreSQL."""
