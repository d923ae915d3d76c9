"""Journals: where the ordered record of commands and messages is kept."""
