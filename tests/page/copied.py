"""What the page copies of a message, and what the simulator says to it."""

from __future__ import annotations

import json
import shlex
from typing import Any
from urllib.request import Request, urlopen


def copied(page: Any, name: str, whole: bool = False) -> list[str]:
    """The words of a command that is copied of the message that is open, or all as one."""
    page.evaluate("navigator.clipboard.writeText('')")
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("menuitem", name=name).click()
    page.wait_for_function("navigator.clipboard.readText()")
    text: str = page.evaluate("navigator.clipboard.readText()")
    return [text] if whole else shlex.split(text)


def answer(words: list[str]) -> Any:
    """What curl would be told; a problem is an error."""
    url = next(word for word in words if word.startswith("http"))
    data = words[-1].encode() if "-d" in words else None
    headers = {"Content-Type": "application/json"} if data else {}
    with urlopen(Request(url, data, headers)) as response:
        return json.load(response)
