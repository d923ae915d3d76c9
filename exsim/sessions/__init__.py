"""Session machines: logon, sequence numbers, heartbeats and resends, without sockets or clocks."""
