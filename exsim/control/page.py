"""
The web page as files: what a browser is given at ``/`` and below ``/page/``.

The files lie in ``exsim/page/`` and go with the package. They hold no secret, so that whoever gets
here may load them; all that the page then shows it asks over REST, with a token where that takes
one.
"""

from __future__ import annotations

import gzip
import os
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Final

from twisted.web.server import Request

import exsim

FOLDER: Final = Path(exsim.__file__).parent / "page"
BELOW: Final = "/page/"
TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
"""What is given away, by the end of its name; others are for developers."""
HEADERS: Final = {
    # Asked for again each time, and answered by 304: a new version is there at once.
    "cache-control": "no-cache",
    "content-security-policy": (
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
        # Pictures that were asked for with a token, which <img src> cannot send.
        " object-src 'none'; img-src 'self' blob:"
    ),
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "vary": "accept-encoding",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


class PageFile:
    """One file, as it was when it was read; ``packed`` is it by gzip."""

    def __init__(self, path: Path, stamp: tuple[int, int]) -> None:
        self.stamp = stamp
        self.media = TYPES[path.suffix]
        self.content = path.read_bytes()
        self.packed = gzip.compress(self.content, 6, mtime=0)
        self.tag = f'"{blake2b(self.content, digest_size=12).hexdigest()}"'


class PageFiles:
    """
    All files of the page, each read when it is first asked for, and again when it was changed.

    Only what lay there when this was made is given away, whatever a path may say.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._paths = paths_of(folder)
        self._read: dict[str, PageFile] = {}

    def has(self, path: bytes) -> bool:
        """Whether a path is one of the page's."""
        return path.decode("ascii", "replace") in self._paths

    def answer(self, request: Request) -> bytes:
        """The body for a request of a path that is the page's; status and headers are set."""
        if request.method not in (b"GET", b"HEAD"):
            request.setResponseCode(405)
            request.setHeader("allow", "GET, HEAD")
            return b""
        file = self._file(request.path.decode("ascii"))
        for name, value in HEADERS.items():
            request.setHeader(name, value)
        request.setHeader("etag", file.tag)
        if file.tag in (request.getHeader("if-none-match") or ""):
            request.setResponseCode(304)
            return b""
        request.setHeader("content-type", file.media)
        content = file.content
        if "gzip" in (request.getHeader("accept-encoding") or ""):
            request.setHeader("content-encoding", "gzip")
            content = file.packed
        request.setHeader("content-length", str(len(content)))
        return content

    def _file(self, name: str) -> PageFile:
        path = self._paths[name]
        found = os.stat(path)
        stamp = (found.st_mtime_ns, found.st_size)
        file = self._read.get(name)
        if file is None or file.stamp != stamp:
            file = self._read[name] = PageFile(path, stamp)
        return file


@cache
def paths_of(folder: Path) -> dict[str, Path]:
    """The files of a page in a folder, by the paths that they have over HTTP."""
    files = (path for path in folder.rglob("*") if path.suffix in TYPES)
    paths = {BELOW + path.relative_to(folder).as_posix(): path for path in files}
    if (index := paths.pop(BELOW + "index.html", None)) is not None:
        paths["/"] = index
    return paths
