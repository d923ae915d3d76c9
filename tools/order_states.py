"""
Write the page of order state matrices from their data.

``python -m tools.order_states`` writes ``docs/order-states.rst`` from the files of
``tests/matrix/``, which the tests play. A test holds the page to them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.matrix_words import FILES, Matrix, matrices
from tools.engagement.rst import document, escaped, paragraph, table, title

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "order-states.rst"
TITLES: Final = {
    "fix41.toml": "FIX 4.1, Appendix D, 1 to 10",
    "fix42.toml": "FIX 4.2, Appendix D, D1 to D37",
    "fix43.toml": "FIX 4.3, Appendix D",
    "fix44.toml": "FIX 4.4 and later, groups A to L",
}
INTRODUCTION: Final = (
    "The specification shows in matrices how the state of an order changes, message by message."
    " Here are those of FIX 4.2 (Appendix D) and of FIX 4.4 on (Volume 4), and what was found of"
    " those of FIX 4.1 and 4.3. Each is played against a venue in every version that is named, over"
    " FIX and REST: in memory, and over real sockets. Written by ``python -m tools.order_states``"
    " from the files in ``tests/matrix/``.",
    "A matrix that was read in two documents is confirmed. Those of two versions count as two:"
    " where they differ, the page says so. Of those of FIX 4.1 only the titles were found: their"
    " steps are those of the matrices of FIX 4.2 with such titles.",
    "Reports are as for a session with ``pending_reports = yes``; pending new, which then comes"
    " before each new order, is left out. Most matrices are also played without, where reports that"
    " something is pending do not come.",
)
OPERATOR: Final = {
    "trade": "somebody's order for so much trades with it, at 50 or the price that follows",
    "bid, offer": "somebody bids for or offers so much, at 50 or the price that follows",
    "cross": "two others trade so much, at the price that follows",
    "fill": "it is filled by hand; with late after its end, too",
    "cancel": "it is canceled by hand",
    "replace": "its quantity is changed by hand",
    "phone": "an order is entered for the counterparty, over REST",
    "hold": "the request that waits is decided: ack, reject or release",
    "stop": "it is guaranteed so much at a price",
    "bust, correct": "the fill of that name is canceled, or corrected",
    "done-for-day": "it is marked so by hand",
    "phase": "the market changes to that phase: after closed comes another day",
    "split": "two shares for one",
}
HEAD: Final = ("Step", "ClOrdID", "OrdStatus", "OrderQty", "CumQty", "LeavesQty", "Also")
_MORE: Final = {"+": "LastQty", "@": "LastPx", "~": "AvgPx", "#": "ExecID", "^": "ExecRefID"}
_SENT: Final = {
    "new": "sent: new order",
    "cancel": "sent: cancel",
    "replace": "sent: replace",
    "status": "sent: status request",
}


def page() -> str:
    """The whole page."""
    lines = ["Order state matrices", "====================", ""]
    for text in INTRODUCTION:
        lines += paragraph(text)
    lines += [*_counts(), *title("Words", "-"), *paragraph("What the operator does is one of:")]
    lines += table(("Word", "Meaning"), list(OPERATOR.items()))
    for name in FILES:
        lines += title(TITLES[name], "-")
        for matrix in matrices(name):
            lines += _matrix(matrix)
    return document(lines)


def _counts() -> list[str]:
    rows = []
    for name in FILES:
        found = matrices(name)
        played = sum(len(matrix.versions) for matrix in found)
        confirmed = sum(matrix.confirmed for matrix in found)
        counts = map(str, (len(found), played, confirmed, len(found) - confirmed))
        rows.append([TITLES[name], *counts])
    head = ("Matrices and branches of them", "All", "Times versions", "Confirmed", "Not")
    return table(head, rows)


def _matrix(matrix: Matrix) -> list[str]:
    lines = title(f"{matrix.ref}: {matrix.about}", "~")
    versions = matrix.versions
    where = versions[0] if len(versions) == 1 else f"{versions[0]} to {versions[-1]}"
    played = f"Played in {where}{_with(matrix)}."
    lines += paragraph(f"{matrix.source}. {_confirmation(matrix)} {played}")
    if matrix.differs:
        lines += paragraph(f"Other than there: {escaped(matrix.differs)}")
    if matrix.like:
        return [*lines, *paragraph(f"The steps are those of {matrix.like}.")]
    return [*lines, *table(HEAD, [_step(line) for line in matrix.steps])]


def _confirmation(matrix: Matrix) -> str:
    if not matrix.read:
        return "**Not confirmed**: only its title was found."
    documents = "; ".join(escaped(text) for text in matrix.read)
    word = "Confirmed" if matrix.confirmed else "**Not confirmed**, read in one document"
    return f"{word}: {documents}."


def _with(matrix: Matrix) -> str:
    what = {
        "changes": "cancels and replaces are held",
        "orders": "new orders are held",
        "both": "new orders, cancels and replaces are held",
    }
    told = [what[matrix.held]] if matrix.held else []
    if matrix.reopens:
        told.append("the venue has ``replace_filled = yes``")
    return f"; {', and '.join(told)}" if told else ""


def _step(line: str) -> list[str]:
    """A step as a row of the table."""
    kind, *words = line.split()
    if kind == "!":
        return [f"operator: {' '.join(words)}", *[""] * 6]
    if kind == ">":
        what, names, *more = words
        qty = more.pop(0) if more and "=" not in more[0] else ""
        return [_SENT[what], _named(names), "", qty, "", "", ", ".join(more)]
    names, told, status, *more = words
    if told == "refused":
        return ["cancel reject", _named(names), _word(status), "", "", "", ", ".join(more)]
    qty, cum, leaves, *more = more
    also = ", ".join(map(_also, more))
    return [f"report: {told}", _named(names), _word(status), qty, cum, leaves, also]


def _named(names: str) -> str:
    name, _slash, orig = names.partition("/")
    return f"{name}, of {orig}" if orig else "" if name == "-" else name


def _word(status: str) -> str:
    return status.replace("-", " ")


def _also(word: str) -> str:
    if word[0] in _MORE:
        return f"{_MORE[word[0]]} {word[1:]}"
    if word[0] == "%":
        qty, _slash, cum = word[1:].partition("/")
        return f"DayOrderQty {qty}, DayCumQty {cum}"
    return word


def stale(path: Path = PAGE) -> bool:
    """Whether the page is not what would be written."""
    return not path.exists() or path.read_text(encoding="utf-8") != page()


def write(path: Path = PAGE) -> None:
    """Write it."""
    path.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write()
