"""The files of the page: given away as they should be, light, and with nothing from elsewhere."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

from treq.testing import RequestTraversalAgent
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.client import readBody
from twisted.web.http_headers import Headers

from exsim.control.access import Access
from exsim.control.page import FOLDER, TYPES, PageFiles, paths_of
from exsim.control.resource import ControlResource
from tests.fake_control import FakeControl

ROOT = Path(__file__).parent.parent
FIRST_LOAD = 150 * 1024
"""Bytes that all of the page may be, compressed."""
OURS = sorted(path for path in FOLDER.rglob("*.js") if "vendor" not in path.parts)


class Site:
    """A resource before a fake control, as a browser has it."""

    def __init__(self, case: SynchronousTestCase, tokens: dict[str, list[str]] | None = None):
        self._case = case
        resource = ControlResource(FakeControl(), Access(tokens), Clock())
        # Not StubTreq, which would unpack what is packed.
        self._agent = RequestTraversalAgent(resource)

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, Any, bytes]:
        """Status, headers and content of an answer."""
        named = Headers({name.replace("_", "-"): [value] for name, value in headers.items()})
        asked = self._agent.request(method.encode(), f"http://localhost{path}".encode(), named)
        response = self._case.successResultOf(asked)
        reading = readBody(response)
        self._agent.flush()
        content = self._case.successResultOf(reading)
        return response.code, response.headers, content


def header(headers: Any, name: str) -> str:
    """The one value of a header; empty where there is none."""
    return str((headers.getRawHeaders(name) or [""])[0])


class FileTests(SynchronousTestCase):
    """What a browser is given."""

    def test_index(self) -> None:
        """The page is at the root, with a policy that lets nothing in from elsewhere."""
        status, headers, content = Site(self).ask("/")
        self.assertEqual(status, 200)
        self.assertIn(b"<!doctype html>", content)
        self.assertEqual(header(headers, "content-type"), "text/html; charset=utf-8")
        policy = header(headers, "content-security-policy").split("; ")
        self.assertIn("default-src 'self'", policy)
        self.assertIn("frame-ancestors 'none'", policy)
        self.assertNotIn("unsafe", " ".join(policy))
        self.assertEqual(header(headers, "x-content-type-options"), "nosniff")
        self.assertEqual(header(headers, "referrer-policy"), "no-referrer")
        self.assertEqual(header(headers, "cache-control"), "no-cache")

    def test_every_file(self) -> None:
        """Each is given by its path as it lies there, of its type, packed for who can unpack."""
        site = Site(self)
        for path, file in paths_of(FOLDER).items():
            status, headers, content = site.ask(path, accept_encoding="gzip, br")
            self.assertEqual((status, header(headers, "content-encoding")), (200, "gzip"), path)
            self.assertEqual(gzip.decompress(content), file.read_bytes(), path)
            self.assertEqual(header(headers, "content-type"), TYPES[file.suffix])
            plain = site.ask(path, accept_encoding="identity")
            self.assertEqual(plain[2], file.read_bytes())

    def test_known(self) -> None:
        """Who has a file is told just that, until it is another one."""
        folder = Path(self.mktemp())
        folder.mkdir()
        (folder / "one.js").write_text("1;")
        files = PageFiles(folder)
        tag = files._file("/page/one.js").tag
        self.assertEqual(files._file("/page/one.js").tag, tag)
        (folder / "one.js").write_text("1234;")
        self.assertNotEqual(files._file("/page/one.js").tag, tag)
        site = Site(self)
        tag = header(site.ask("/")[1], "etag")
        status, headers, content = site.ask("/", if_none_match=f'"x", {tag}')
        self.assertEqual((status, content, header(headers, "etag")), (304, b"", tag))
        self.assertEqual(site.ask("/", if_none_match='"x"')[0], 200)

    def test_nothing_else(self) -> None:
        """Nothing is given away that is not the page's, and nothing but given."""
        site = Site(self)
        for path in (
            "/page/../__init__.py",
            "/page/%2e%2e/__init__.py",
            "/page/vendor/uplot.d.ts",
            "/page/vendor/LICENSE.htm.txt",
            "/page/",
            "/page",
            "/page/index.html",
            "/index.html",
        ):
            self.assertEqual(site.ask(path)[0], 404, path)
        status, headers, _ = site.ask("/", "POST")
        self.assertEqual((status, header(headers, "allow")), (405, "GET, HEAD"))
        self.assertEqual(site.ask("/", "HEAD")[2], b"")

    def test_token(self) -> None:
        """The page itself takes no token: it asks for one, as all that it shows takes it."""
        site = Site(self, {"read": ["r" * 20], "admin": ["a" * 20]})
        self.assertEqual(site.ask("/")[0], 200)
        self.assertEqual(site.ask("/page/app.js")[0], 200)
        self.assertEqual(site.ask("/api/v1/access")[0], 401)
        for token, role in (("r" * 20, "read"), ("a" * 20, "admin")):
            status, _, content = site.ask("/api/v1/access", authorization=f"Bearer {token}")
            self.assertEqual(status, 200)
            self.assertEqual(content, b'{"guarded":true,"role":"%b"}' % role.encode())
        free = Site(self).ask("/api/v1/access")[2]
        self.assertEqual(free, b'{"guarded":false,"role":"admin"}')

    def test_elsewhere(self) -> None:
        """It is no more there for pages of elsewhere than REST is."""
        site = Site(self)
        self.assertEqual(site.ask("/", host="evil.example")[0], 421)
        self.assertEqual(site.ask("/page/app.js", origin="http://evil.example")[0], 403)


class SourceTests(SynchronousTestCase):
    """What is in the files."""

    def test_weight(self) -> None:
        """All of it is light enough to be loaded at once."""
        packed = {
            path: len(gzip.compress(path.read_bytes(), 6)) for path in paths_of(FOLDER).values()
        }
        self.assertLess(sum(packed.values()), FIRST_LOAD, packed)
        self.assertGreater(len(packed), 20)

    def test_nothing_from_elsewhere(self) -> None:
        """No file names another host, but for namespaces, and where a library comes from."""
        for path in paths_of(FOLDER).values():
            for found in re.findall(r"https?:?//[\w.-]+", path.read_text(encoding="utf-8")):
                allowed = found == "http://www.w3.org" or path.parent.name == "vendor"
                self.assertTrue(allowed, f"{path.name}: {found}")

    def test_text_is_text(self) -> None:
        """Nothing that would have text of the wire be anything else."""
        forbidden = re.compile(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|srcdoc"
        )
        for path in OURS:
            self.assertEqual(forbidden.findall(path.read_text(encoding="utf-8")), [], path.name)

    def test_checked(self) -> None:
        """Each file of ours is checked, and says what it is for."""
        for path in OURS:
            first, second = path.read_text(encoding="utf-8").split("\n")[:2]
            self.assertEqual(first, "// @ts-check", path.name)
            self.assertTrue(second.startswith("/**"), path.name)

    def test_pages(self) -> None:
        """Every page of the navigation has its file."""
        told = re.findall(r'"\./pages/([\w-]+)\.js"', (FOLDER / "pages.js").read_text())
        self.assertGreaterEqual(len(told), 3)
        for name in told:
            self.assertTrue((FOLDER / "pages" / f"{name}.js").exists(), name)

    def test_preloaded(self) -> None:
        """What the frame is made of is asked for at once, not as one file names the next."""
        needed, waiting = set[Path](), [FOLDER / "app.js"]
        while waiting:
            path = waiting.pop()
            if path not in needed:
                needed.add(path)
                found = re.findall(
                    r'^(?:import|} from)[^;]*"(\./[^"]+|\.\./[^"]+)";', path.read_text(), re.M
                )
                waiting += [(path.parent / each).resolve() for each in found]
        told = re.findall(r'(?:href|src)="page/([^"]+\.js)"', (FOLDER / "index.html").read_text())
        names = {path.relative_to(FOLDER).as_posix() for path in needed}
        self.assertEqual({*told}, names)
        self.assertGreater(len(names), 8)

    def test_pictures(self) -> None:
        """Those of the documents are light; tools/page_pictures.py makes them."""
        pictures = sorted((ROOT / "docs").glob("page-*.png"))
        self.assertGreaterEqual(len(pictures), 4)
        for picture in pictures:
            self.assertLess(picture.stat().st_size, 150_000, picture.name)

    def test_libraries(self) -> None:
        """Each library is named, with its version and licence, and its licence is there."""
        told = (ROOT / "docs" / "acknowledgements.rst").read_text()
        for name, version in (("Preact", "10"), ("htm", "3.1.1"), ("uPlot", "1.6.32")):
            self.assertRegex(told, rf"{name} {re.escape(version)}")
            self.assertTrue((FOLDER / "vendor" / f"LICENSE.{name.lower()}.txt").exists())
