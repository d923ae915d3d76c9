"""The ini reader: sections and keys with their lines, and what it says of mistakes of form."""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.config.ini import MAX_SIZE, Place, parse, read_text
from exsim.errors import ConfigError, Problem
from tests.amount import amount

WORDS = st.text(st.sampled_from("aZ09.-_$%]'\"\u00e9\u20ac"), min_size=1, max_size=8)


def read(text: str) -> tuple[dict[str, dict[str, tuple[str, int]]], list[str]]:
    """What `text` holds, as section, key, (value, line); and what is wrong with it."""
    problems: list[Problem] = []
    sections = parse(text, "x.ini", problems)
    found = {
        str(section): {key: (e.text, e.place.line) for key, e in section.entries.items()}
        for section in sections
    }
    return found, [str(problem) for problem in problems]


class ParseTests(SynchronousTestCase):
    """What a file may look like."""

    def assert_reads(self, text: str, **keys: tuple[str, int]) -> None:
        """Check that `text` has one section, with exactly these keys, and no mistake."""
        found, problems = read(text)
        self.assertEqual((list(found.values()), problems), ([keys], []))

    def test_sections(self) -> None:
        """A title is a kind and a name; the name may have colons; spaces around count nothing."""
        problems: list[Problem] = []
        text = "[exsim]\n[ venue : XSIM ]\n\n[instrument:XSIM:BRK:B]"
        sections = parse(text, "x.ini", problems)
        named = [(one.kind, one.name, one.place) for one in sections]
        expected = [
            ("exsim", "", Place("x.ini", 1)),
            ("venue", "XSIM", Place("x.ini", 2)),
            ("instrument", "XSIM:BRK:B", Place("x.ini", 4)),
        ]
        self.assertEqual((named, problems), (expected, []))
        titles = ["[exsim]", "[venue:XSIM]", "[instrument:XSIM:BRK:B]"]
        self.assertEqual([str(section) for section in sections], titles)

    def test_values(self) -> None:
        """A value keeps what is inside of it: spaces, equals signs, brackets, comment signs."""
        self.assert_reads(
            "[a]\nb=1\nc  =  x  =  [y] # z ; 'q'  \n\nd =\n",
            b=("1", 2),
            c=("x  =  [y] # z ; 'q'", 3),
            d=("", 5),
        )

    def test_comments(self) -> None:
        """A line that begins with a sign is none, indented or not, even amid a value."""
        self.assert_reads("# é\n[a]\n;x = 1\n  # y = 1\nb = 1\n  # no\n  2\n#", b=("1 2", 5))

    def test_going_on(self) -> None:
        """A deeper line goes on with a value; a blank line or a title ends it."""
        self.assert_reads("[a]\nb = 1,\n  2,\n\t 3\nc =\n  [4]\n", b=("1, 2, 3", 2), c=("[4]", 5))
        self.assert_reads("[a]\nb = 1\n\n  c = 2\n", b=("1", 2), c=("2", 4))

    def test_indented(self) -> None:
        """All keys of a section may be indented, with tabs too; deeper ones go on."""
        self.assert_reads("[a]\n\tb = 1\n\t  2\n\tc = 3\n", b=("1 2", 2), c=("3", 4))
        self.assert_reads("  [a]\n  b = 1\n        2\n\tc = 3\n", b=("1 2 c = 3", 2))

    def test_line_ends(self) -> None:
        """Windows' line ends do; other separators do not count lines."""
        self.assert_reads(
            "[a]\r\nb = x\x0by\u2028z\r\nc = 2\r\n", b=("x\x0by\u2028z", 2), c=("2", 3)
        )

    def test_empty(self) -> None:
        """Nothing is in nothing."""
        self.assertEqual(read(""), ({}, []))
        self.assertEqual(read("\n# x\n"), ({}, []))

    @given(
        st.dictionaries(
            WORDS,
            st.dictionaries(WORDS, st.lists(WORDS, min_size=1, max_size=3), max_size=4),
            max_size=4,
        )
    )
    @settings(derandomize=True, deadline=None, max_examples=50)
    def test_round_trip(self, wanted: dict[str, dict[str, list[str]]]) -> None:
        """What is written down is read again."""
        lines = []
        for kind, keys in wanted.items():
            lines.append(f"[{kind}]")
            for key, words in keys.items():
                lines.append(f"{key} = " + "\n  ".join(words))
        expected = {
            f"[{kind}]": {key: " ".join(words) for key, words in keys.items()}
            for kind, keys in wanted.items()
        }
        found, problems = read("\n".join(lines))
        texts = {
            title: {key: value for key, (value, _line) in keys.items()}
            for title, keys in found.items()
        }
        self.assertEqual((texts, problems), (expected, []))


class MistakeTests(SynchronousTestCase):
    """What is said of a file that is none."""

    def assert_says(self, text: str, *expected: str) -> None:
        """Check what is wrong with `text`."""
        self.assertEqual(read(text)[1], [f"x.ini:{problem}" for problem in expected])

    def test_neither(self) -> None:
        """A line that is nothing; what follows deeper belongs to it, and is not complained of."""
        self.assert_says(
            "[a]\njust words\n  more\n= 1\n",
            "2: 'just words' is neither [SECTION] nor KEY = VALUE",
            "4: '= 1' is neither [SECTION] nor KEY = VALUE",
        )
        long = "x" * 100
        self.assert_says(
            f"[a]\n{long}", f"2: '{long[:37]}...' is neither [SECTION] nor KEY = VALUE"
        )

    def test_no_section(self) -> None:
        """A key needs a section."""
        self.assert_says("b = 1\n  2\n", "1: 'b' stands before any [SECTION]")

    def test_bracket(self) -> None:
        """A title has to end; it is taken for what it seems to be."""
        self.assert_says("[venue:X\nb = 1", "1: '[venue:X' does not end with a bracket ]")
        self.assertEqual(read("[venue:X\nb = 1")[0], {"[venue:X]": {"b": ("1", 2)}})

    def test_twice(self) -> None:
        """A section or a key a second time, with both lines; the first stands."""
        text = "[a]\nb = 1\n\nb = 2\n  3\n[c]\n[ a ]\nb = 4\n"
        self.assert_says(
            text,
            "4: [a] has 'b' a second time; the first is in line 2",
            "7: [a] is here a second time; the first is in line 1",
        )
        first = parse(text, "x.ini", [])[0]
        self.assertEqual(first.entries["b"].text, "1")

    @given(st.text(st.sampled_from("ab=[]:#; \t\n\r")))
    @settings(derandomize=True, deadline=None, max_examples=amount(75, 300))
    def test_anything(self, text: str) -> None:
        """Whatever it is given, it ends, and every line is a line of the text."""
        problems: list[Problem] = []
        sections = parse(text, "x.ini", problems)
        places = [entry.place for one in sections for entry in one.entries.values()]
        lines = [place.line for place in places] + [problem.line for problem in problems]
        self.assertTrue(all(1 <= line <= text.count("\n") + 1 for line in lines))


class FileTests(SynchronousTestCase):
    """Reading a file at all."""

    def setUp(self) -> None:
        """Have a path."""
        self.path = Path(self.mktemp())

    def assert_refused(self, text: str) -> None:
        """Check that the file is not read, and what is said."""
        error = self.assertRaises(ConfigError, read_text, str(self.path))
        self.assertEqual(str(error), f"{self.path}{text}")

    def test_utf8(self) -> None:
        """A byte order mark is no part of the text."""
        self.path.write_bytes(b"\xef\xbb\xbf[a]\r\n\xc3\xa9 = 1\n")
        self.assertEqual(read_text(str(self.path)), "[a]\r\n\u00e9 = 1\n")

    def test_not_utf8(self) -> None:
        """The line of the first byte that is wrong, with and without a mark."""
        self.path.write_bytes(b"[a]\n\nb = \xe9\n")
        self.assert_refused(":3: is not in UTF-8")
        self.path.write_bytes(b"\xef\xbb\xbf[a]\n\xe9\n\n\n")
        self.assert_refused(":2: is not in UTF-8")

    def test_unreadable(self) -> None:
        """No such file, a folder, a name that cannot be one."""
        self.assert_refused(": cannot be read: No such file or directory")
        self.path.mkdir()
        self.assert_refused(": cannot be read: Is a directory")
        self.path = self.path.with_name("\0")
        self.assert_refused(": cannot be read: embedded null byte")

    def test_size(self) -> None:
        """The largest file is read, one byte more is not, nor is one without an end."""
        self.path.write_bytes(b"#" * MAX_SIZE)
        self.assertEqual(len(read_text(str(self.path))), MAX_SIZE)
        with self.path.open("ab") as file:
            file.write(b"#")
        self.assert_refused(f": is larger than {MAX_SIZE} bytes")
        self.path = Path("/dev/zero")
        self.assert_refused(f": is larger than {MAX_SIZE} bytes")

    def test_paths(self) -> None:
        """A path of a file is relative to its folder, one of the command line is not."""
        self.assertEqual(Place("etc/x.ini", 3).path("a.csv"), "etc/a.csv")
        self.assertEqual(Place("etc/x.ini", 3).path("/a.csv"), "/a.csv")
        self.assertEqual(Place("--set venue:a/b.c").path("a.csv"), "a.csv")
        self.assertEqual(Place("x.ini", 1).path("~/a"), os.path.expanduser("~/a"))
