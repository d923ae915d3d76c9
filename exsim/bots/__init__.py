"""Bots: one file each, traders that act by themselves, through the same door as everybody."""
