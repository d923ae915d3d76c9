"""Memory in large pages: that it is asked for, used and given back."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import BuiltinFunctionType
from typing import Any, Final

from twisted.trial.unittest import SkipTest, SynchronousTestCase

from exsim.services.large_pages import large

COMPILED: Final = isinstance(large, BuiltinFunctionType)
PROGRAM: Final = """
import json, re, sys
from exsim.services.large_pages import large

def asked():  # kB that are used of memory for which large pages were asked
    text = open("/proc/self/smaps").read()
    areas = re.split(r"^(?=[0-9a-f]+-[0-9a-f]+ )", text, flags=re.M)
    return sum(
        int(re.search(r"^Rss: +([0-9]+)", area, re.M)[1])
        for area in areas
        if re.search(r"^VmFlags:.* hg( |$)", area, re.M)
    )

found = [asked(), large(), large()]
kept = [[number] for number in range(1_000_000)]
found.append(asked())
right = all(each == [number] for number, each in enumerate(kept))
del kept
found.append(asked())
again = [[number] for number in range(1_000_000)]
found.append(asked())
right = right and all(each == [number] for number, each in enumerate(again))
print(json.dumps([*found, right]))
"""
"""Makes a hundred megabytes of objects, twice, and tells what memory was taken."""


def outcome() -> list[Any]:
    """What the program tells, in a process of its own: what is asked for there lasts."""
    command = [sys.executable, "-c", PROGRAM]
    run = subprocess.run(command, capture_output=True, check=True, text=True, timeout=60)
    found: list[Any] = json.loads(run.stdout)
    return found


class LargePagesTests(SynchronousTestCase):
    """Objects after :func:`large`."""

    def test_pure(self) -> None:
        """Without C it says that nothing was done."""
        if COMPILED:
            raise SkipTest("exsim is compiled")
        self.assertIs(large(), False)

    def test_compiled(self) -> None:
        """Objects lie in it, are whole, and their memory is given back and used again."""
        if not COMPILED:
            raise SkipTest("exsim is not compiled")
        if not Path("/sys/kernel/mm/transparent_hugepage").exists():
            raise SkipTest("this system has no large pages")
        before, once, twice, full, empty, again, right = outcome()
        self.assertEqual((before, once, twice, right), (0, True, True, True))
        self.assertGreater(full, 80_000)
        self.assertLess(empty, 20_000)
        self.assertGreater(again, 80_000)
