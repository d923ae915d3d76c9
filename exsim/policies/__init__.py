"""Policies: one file each, deciding what becomes of a request before the engine sees it."""
