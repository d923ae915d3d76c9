"""
The code sets of FIX by version, as data: what each version adds to those before it, by tag.

Here are those fields alone whose codes exsim acts on; the dictionaries have all of them.
"""

from __future__ import annotations

from typing import Final

ADDED_CODES: Final[dict[bytes, tuple[tuple[str, str], ...]]] = {
    b"18": (
        ("FIX.4.0", "0123456789ABCDEFGILMNOPRS"),
        ("FIX.4.1", "UV"),
        ("FIX.4.2", "TW"),
        ("FIX.4.3", "HJKQXY"),
        ("FIX.4.4", "Zabcde"),
        ("FIX.5.0", "fghijk"),
        ("FIX.5.0SP1", "lmnopqrst"),
        ("FIX.5.0SP2", "uvwxyz"),
    ),
    b"21": (("FIX.4.0", "123"),),
    b"40": (
        ("FIX.4.0", "123456789ABCDEP"),
        ("FIX.4.1", "FGH"),
        ("FIX.4.2", "I"),
        ("FIX.4.3", "JKLM"),
        ("FIX.5.0", "Q"),
        ("FIX.5.0SP2", "RS"),
    ),
    b"54": (
        ("FIX.4.0", "123456"),
        ("FIX.4.1", "78"),
        ("FIX.4.2", "9"),
        ("FIX.4.3", "ABC"),
        ("FIX.4.4", "DEFG"),
        ("FIX.5.0SP2", "H"),
    ),
    b"59": (
        ("FIX.4.0", "0123456"),
        ("FIX.4.3", "7"),
        ("FIX.5.0SP1", "89"),
        ("FIX.5.0SP2", "ABC"),
    ),
    b"125": (("FIX.4.0", "FP"),),
    b"127": (("FIX.4.0", "ABCDEZ"), ("FIX.4.4", "F"), ("FIX.5.0SP2", "G")),
    b"388": (("FIX.4.2", "012345"), ("FIX.4.4", "6"), ("FIX.5.0", "7")),
    b"835": (("FIX.4.4", "01"),),
    b"836": (("FIX.4.4", "0123"), ("FIX.5.0SP2", "4")),
    b"838": (("FIX.4.4", "12"),),
    b"842": (("FIX.4.4", "0123"),),
    b"1083": (("FIX.5.0", "12"),),
    b"1084": (("FIX.5.0", "123"), ("FIX.5.0SP2", "4")),
    b"1094": (("FIX.5.0", "123456789"),),
    b"1100": (("FIX.5.0", "1234"), ("FIX.5.0SP2", "5")),
    b"1101": (("FIX.5.0", "123"),),
    b"1107": (("FIX.5.0", "123456"),),
    b"1109": (("FIX.5.0", "DU"),),
}
MISSING_CODES: Final[dict[tuple[str, bytes], str]] = {
    ("FIX.4.3", b"18"): "T",
    ("FIX.4.4", b"18"): "T",
    ("FIX.4.4", b"40"): "5ABCFH",
    ("FIX.5.0SP1", b"1094"): "6",
    ("FIX.5.0SP2", b"1094"): "6",
}
"""Codes that a version does not have, though one before it has them."""
