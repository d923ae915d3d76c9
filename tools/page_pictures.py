"""Make the pictures of the page in docs/ and README.rst: from a run, in a browser.

``python -m tools.page_pictures [NAME...]`` starts a simulator on etc/exsim.ini, which is alive, has
a client trade there, and takes a picture of each page in Chromium: docs/page-NAME.png.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from exsim.client import Simulator
from exsim.client.spawn import SpawnedSimulator
from exsim.control.results import Level
from tests.fix_client import FixClient
from tests.page.browser import chromium

ROOT = Path(__file__).resolve().parent.parent
LARGEST: Final = 150_000
"""Bytes of a picture; a test counts."""
PATIENCE: Final = 30_000
"""Milliseconds to wait for anything."""


@dataclass(frozen=True)
class Picture:
    """One picture: where it is of, what is there when it can be taken, and by day or by night."""

    where: str
    ready: str
    scheme: Any = "light"
    click: str = ""
    size: tuple[int, int] = (1280, 800)


PICTURES: Final = {
    "overview": Picture("", ".lines .kind"),
    "ladder": Picture("#/ladder/XSIM/{symbol}", ".chart canvas"),
    "messages": Picture("#/messages", ".virtual .row.out", "dark", ".virtual .body .row.in"),
    "holds": Picture("#/holds", ".detail, aside.detail"),
    "orders": Picture("#/orders/XSIM/{order}", ".timeline svg"),
    "rules": Picture("#/rules", "main tbody tr", "dark", "", (1280, 420)),
    "narrow": Picture("#/ladder/XSIM/{symbol}", ".chart canvas", "dark", "", (390, 844)),
}


def path_of(name: str) -> Path:
    """Where a picture is."""
    return ROOT / "docs" / f"page-{name}.png"


def traded(simulator: SpawnedSimulator) -> tuple[FixClient, str, str]:
    """A client that has traded with bots; the instrument it did in; an order of some story."""
    symbols = [one.symbol for one in simulator.list_instruments("XSIM").items]
    symbol = next(one for one in symbols if one not in ("AAA", "BBB", "CCC"))
    address = simulator.endpoints["order-entry"]
    assert address.port is not None
    client = FixClient((address.host, address.port), "FIX.4.4", "BUYSIDE")
    client.log_on()
    simulator.create_rule(
        when="type=D qty>=500", then="ack; fill 200; after 1s; match", name="slow"
    )

    def bids() -> list[Level]:
        return simulator.get_book("XSIM", symbol, depth=6).bids

    while len(bids()) < 4:
        time.sleep(0.1)
    for number in range(12):
        book = simulator.get_book("XSIM", symbol, depth=1)
        side, best = (2, book.bids) if number % 2 else (1, book.asks)
        price = best[0].price if best else bids()[0].price
        terms = f"11=order-{number}|55={symbol}|54={side}|38={50 * (number + 1)}|40=2|44={price}"
        client.send("D", f"{terms}|59=0|60=NOW|")
        client.receive()
        time.sleep(0.3)
    for level in bids()[1:4]:
        simulator.enter_order("XSIM", symbol=symbol, side="BUY", quantity="300", price=level.price)
    mine = simulator.list_orders("XSIM", session="BUYSIDE").items
    slow = next(one for one in mine if one.cl_ord_id == "order-10")  # of 550, the rule's
    held(simulator, client)
    return client, symbol, slow.order_id


def held(simulator: SpawnedSimulator, client: FixClient) -> None:
    """Orders that wait for a decision, by a rule, and a rule about what is sent."""
    simulator.create_rule(when="symbol=BBB qty>=100", then="hold", name="ask-me")
    simulator.create_rule(
        when="type=8 dir=out exec=fill symbol=CCC", then="fault drop", name="lost"
    )
    for number, quantity in enumerate((100, 250, 400)):
        terms = f"11=large-{number}|55=BBB|54=1|38={quantity}|40=2|44=99.9{number}"
        client.send("D", f"{terms}|59=0|60=NOW|")


def take(page: Page, url: str, names: dict[str, str], picture: Picture, name: str) -> None:
    """Go there, wait for what is to be seen, and take it."""
    page.goto(f"{url}/{picture.where.format(**names)}")
    expect(page.locator(picture.ready).first).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".connection.live")).to_be_visible(timeout=PATIENCE)
    if picture.click:
        page.locator(picture.click).last.click()
        expect(page.locator(".detail td").first).to_be_visible(timeout=PATIENCE)
    page.evaluate("() => new Promise(done => setTimeout(done, 3000))")  # a little of its life
    taken = Image.open(BytesIO(page.screenshot())).convert("RGB")
    taken.quantize(256, dither=Image.Dither.NONE).save(path_of(name), optimize=True)
    print(f"{path_of(name).relative_to(ROOT)}: {path_of(name).stat().st_size} bytes")


def main(names: list[str]) -> None:
    """Take those that are named, or all."""
    with Simulator.spawn(ROOT / "etc" / "exsim.ini") as simulator, sync_playwright() as playwright:
        client, symbol, order = traded(simulator)
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        with client:
            for name in names or PICTURES:
                picture = PICTURES[name]
                width, height = picture.size
                size: Any = {"width": width, "height": height}
                page = browser.new_page(viewport=size, color_scheme=picture.scheme)
                take(page, simulator.url, {"symbol": symbol, "order": order}, picture, name)
                page.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
