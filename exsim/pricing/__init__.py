"""Pricing sources: one file each, saying what an instrument is worth now."""
