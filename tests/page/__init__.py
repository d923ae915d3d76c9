"""Tests of the page in a real browser; ``make test`` runs them where Chromium is."""
