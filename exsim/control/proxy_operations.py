"""
Entries of the table of operations: proxies.

They belong to :mod:`exsim.control.operations`.
"""

from __future__ import annotations

from typing import Final

from exsim.control import proxy_results as pr
from exsim.control import proxy_schemas as ps
from exsim.control import results as r
from exsim.control import schemas as s
from exsim.control.entries import Operation, change, read

_PROXY: Final = "/proxies/{proxy}"
_LINK: Final = "/proxies/{proxy}/links/{link}"
_HELD: Final = "/proxies/{proxy}/held/{held}"


# fmt: off
PROXIES: Final[tuple[Operation, ...]] = (
    read("list_proxies", "/proxies", "List the proxies between clients and other acceptors",
         r.Page[pr.Proxy], s.PageArguments),
    change("create_proxy", "POST", "/proxies", "Stand between clients and another acceptor",
           pr.Proxy, body=ps.NewProxy, status=201),
    read("get_proxy", _PROXY, "Show a proxy, and where it listens", pr.Proxy,
         ps.ProxyArguments, 404),
    change("delete_proxy", "DELETE", _PROXY, "Close the links of a proxy, and listen no more",
           None, ps.ProxyArguments),
    read("list_links", _PROXY + "/links", "List the links of a proxy", r.Page[pr.Link],
         ps.ProxyListArguments, 404),
    change("close_link", "DELETE", _LINK, "Close both connections of a link", None,
           ps.LinkArguments),
    change("send_on_link", "POST", _LINK + "/send",
           "Send bytes on a link as if the other side had", None,
           ps.LinkArguments, ps.LinkBytes),
    read("list_held", _PROXY + "/held", "List the messages that a proxy holds",
         r.Page[pr.HeldMessage], ps.ProxyListArguments, 404),
    read("wait_held", _PROXY + "/held/wait",
         "Wait until a proxy holds so many messages, or the time is out", pr.AwaitedHeld,
         ps.WaitHeldArguments, 404, waits=True),
    change("release_held", "POST", _HELD + "/release",
           "Let a message go on, as it is or changed", pr.HeldMessage,
           ps.HeldArguments, ps.Release),
    change("drop_held", "POST", _HELD + "/drop", "Let a message never go on", pr.HeldMessage,
           ps.HeldArguments),
)
# fmt: on
