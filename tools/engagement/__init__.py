"""Writes what the rules of engagement for FIX can take from the code, and from trying it."""
