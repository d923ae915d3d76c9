"""Bytes <-> fields, with bounded buffers; no session, no meaning."""
