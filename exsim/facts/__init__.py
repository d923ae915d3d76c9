"""Stylised facts: what a market looked like, in numbers, beside what real ones look like."""
