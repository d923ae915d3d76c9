"""
Build exsim: all metadata is in setup.cfg; here the parts without I/O are compiled, where that goes.

A wheel is compiled, by mypyc, where a C compiler and Python's headers are; it is pure Python where
they are not, or where ``EXSIM_PURE=1`` is set. It holds the sources either way. An editable install
is always pure: a compiled module that lay beside its source would win over every later edit.
"""

from __future__ import annotations

import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from setuptools import Distribution, Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.build_py import build_py
from setuptools.errors import CCompilerError, ExecError, PlatformError

PACKAGES = (
    "model",
    "filters",
    "wire",
    "sessions",
    "protocols",
    "engine",
    "orders",
    "feeds",
    "journal",
    "dispatch",
)
PLAIN = {
    "exsim/model/acyclic.py": "is there for the compiler alone",
    "exsim/protocols/fix.py": "says which interfaces of zope the classes of the others provide",
    "exsim/protocols/itch.py": "says which interfaces of zope the classes of the others provide",
    "exsim/protocols/itch_options.py": "reads the configuration, once",
    "exsim/protocols/ouch.py": "says which interfaces of zope the classes of the others provide",
    "exsim/protocols/ouch_options.py": "reads the configuration, once",
    "exsim/protocols/session_options.py": "reads the configuration, once",
    "exsim/model/settings.py": "holds None where the configuration is wrong, until all is told",
}
"""The modules of these packages that stay as they are, and why."""
IN_C = [
    Extension(
        "exsim.filters._looks",
        ["exsim/filters/looks.c"],
        depends=[
            "exsim/filters/byte_looks.h",
            "exsim/filters/message.h",
            "exsim/model/attribute.h",
        ],
    ),
    Extension(
        "exsim.journal._codec", ["exsim/journal/codec.c"], depends=["exsim/model/attribute.h"]
    ),
    Extension(
        "exsim.wire._fix_codec",
        ["exsim/wire/fix_codec.c", "exsim/wire/fix_same.c"],
        depends=["exsim/wire/fix_text.h"],
    ),
    Extension("exsim.protocols._fix_recall", ["exsim/protocols/fix_recall.c"]),
    Extension("exsim.services._large_pages", ["exsim/services/large_pages.c"]),
]
"""What is written in C: with the same in Python beside it, where it is not for speed alone."""
OPTIONS = ["-O2", "-fvisibility=hidden", "-fno-plt"]
"""
How the large library is compiled. Nobody else calls what is in it, so that calls within it need not
go by way of a table: orders take 6 per cent less, at window 1 and at 100. -Os takes 14 more.
"""
FAILURES = (CCompilerError, ExecError, PlatformError)
"""What comes of a compiler that is missing, or fails."""
ROOT = Path(__file__).resolve().parent


def extensions() -> list[Extension]:
    """What to compile: one library of all modules, and for each a small one that has its name."""
    if "bdist_wheel" not in sys.argv:  # metadata, a source archive, an editable install
        return []
    if os.environ.get("EXSIM_PURE", "0") not in ("", "0"):
        return pure("EXSIM_PURE is set")
    if not compiler_works():
        return pure("no C compiler that works, or no headers of Python")
    try:
        from mypyc.build import mypycify
    except ImportError as error:  # pip installs it beforehand, unless told not to
        return pure(str(error))
    options = ["--config-file=pyproject.toml", "--cache-dir=build/mypy"]
    found = mypycify([*options, *modules()], group_name="exsim", multi_file=True, debug_level="0")
    for extension in found:
        # mypyc turns warnings into errors, and every new compiler brings new ones.
        extension.extra_compile_args = [*extension.extra_compile_args, *OPTIONS, "-Wno-error"]
    return [*found, *IN_C]


def modules() -> list[str]:
    """The modules to compile, as paths from here."""
    found = sorted(path for name in PACKAGES for path in ROOT.glob(f"exsim/{name}/*.py"))
    paths = [path.relative_to(ROOT).as_posix() for path in found if path.name != "__init__.py"]
    return [path for path in paths if path not in PLAIN]


def pure(reason: str) -> list[Extension]:
    """Say why nothing is compiled."""
    print(f"exsim stays pure Python: {reason}")
    return []


def compiler_works() -> bool:
    """Whether an empty extension can be compiled and linked."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "empty.c")
        source.write_text("#include <Python.h>\n", encoding="utf-8")
        trial = build_ext(Distribution({"ext_modules": [Extension("empty", [str(source)])]}))
        trial.build_lib = trial.build_temp = folder
        trial.ensure_finalized()
        try:
            trial.run()
        except FAILURES:
            return False
    return True


class AllOrNothing(build_ext):
    """
    Compiles all, or leaves an install of pure Python.

    An extension is not ``optional`` by itself: the small ones are of no use without the large one.
    """

    def run(self) -> None:
        """Compile; where that fails, take away what there is."""
        self.parallel = os.cpu_count()
        try:
            super().run()
        except FAILURES as error:
            pure(str(error))
            for path in self.get_outputs():
                Path(path).unlink(missing_ok=True)

    def build_extensions(self) -> None:
        """Use all processors for the files of one extension too: the large one decides."""
        compile_all = self.compiler.compile

        def side_by_side(sources: list[str], *arguments: Any, **options: Any) -> list[str]:
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                jobs = [pool.submit(compile_all, [one], *arguments, **options) for one in sources]
                return [name for job in jobs for name in job.result()]

        self.compiler.compile = side_by_side
        super().build_extensions()


class OfNow(build_py):
    """Takes away what former states of the sources left in the folder that the wheel is made of."""

    def run(self) -> None:
        """Copy the sources; keep these and, since compiling takes long, what was compiled."""
        super().run()
        if self.editable_mode:
            return
        commands = map(self.get_finalized_command, ("build_py", "build_ext"))
        wanted = {Path(path) for command in commands for path in command.get_outputs()}
        for path in Path(self.build_lib).rglob("*"):
            if path.is_file() and path not in wanted:
                path.unlink()


setup(ext_modules=extensions(), cmdclass={"build_ext": AllOrNothing, "build_py": OfNow})
