"""Quotes, lists, mass actions and trade capture over real sockets: a short session of each."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.fix_client import FixClient
from tests.live.shared import fresh

NEWEST = "1137=9|"
ORDER = "11={name}|21=1|55=AAA|54={side}|38={qty}|40=2|44={price}|60=NOW|"


def order(name: str, side: int, qty: int, price: int) -> str:
    """The body of a limit order."""
    return ORDER.format(name=name, side=side, qty=qty, price=price)


class WorkflowTests(SynchronousTestCase):
    """Two counterparties of one simulator, ME in the newest version and YOU in FIX.4.4."""

    def setUp(self) -> None:
        """Both log on; RISK may act for them."""
        self.simulator = fresh("session:RISK.endpoint=order-entry", "session:RISK.act_for=any")
        self.me = self.client("FIXT.1.1", "ME", NEWEST)
        self.you = self.client("FIX.4.4", "YOU")

    def client(self, begin_string: str, name: str, more: str = "") -> FixClient:
        """Somebody who has logged on."""
        address = self.simulator.endpoints["order-entry"]
        assert address.port is not None
        client = FixClient((address.host, address.port), begin_string, name)
        self.addCleanup(client.__exit__, None, None, None)
        self.assertEqual(client.log_on(more)["35"], "A")
        return client

    def read(self, client: FixClient, *expected: str) -> list[dict[str, str]]:
        """
        The next messages, which have to be these: type, then fields, such as ``8 39=0 11=A``.
        """
        found = []
        for text in expected:
            message = client.receive()
            msg_type, *fields = text.split()
            told = [
                f"{field.partition('=')[0]}={message.get(field.partition('=')[0])}"
                for field in fields
            ]
            self.assertEqual([message.get("35"), *told], [msg_type, *fields], message)
            found.append(message)
        return found

    def test_quotes(self) -> None:
        """A quote rests, trades, is asked for, and canceled; an indicative one is told alone."""
        self.me.send("S", "117=Q1|55=AAA|132=99|133=101|134=10|135=10|1=ACC|")
        self.read(self.me, "AI 117=Q1 297=0 132=99 135=10")
        self.you.send("D", order("B", 1, 4, 101))
        self.read(self.you, "8 39=0", "8 39=2 32=4 31=101")
        self.read(self.me, "8 11=Q1 39=1 54=2 151=6")
        self.me.send("a", "649=?|55=AAA|")
        self.read(self.me, "AI 649=? 117=Q1 135=6 134=10")
        self.me.send("Z", "117=Q1|298=5|")
        self.read(self.me, "AI 297=17")
        self.me.send("S", "117=Q2|537=0|55=AAA|132=99|133=101|134=10|135=10|")
        self.read(self.me, "AI 117=Q2 537=0 297=0")
        self.you.send("D", order("C", 1, 4, 101) + "59=3|")
        self.read(self.you, "8 39=0", "8 39=4")
        (quote,) = self.simulator.list_quotes("XSIM").items
        self.assertEqual((quote.quote_id, quote.indicative), ("Q2", True))

    def test_lists(self) -> None:
        """An OCO list waits to be executed; one order of it trades, and the other goes."""
        low = order("L1", 1, 5, 99).replace("11=L1|", "11=L1|67=1|").replace("60=NOW|", "")
        high = order("L2", 2, 5, 101).replace("11=L2|", "11=L2|67=2|").replace("60=NOW|", "")
        low, high = (each.replace("21=1|", "") for each in (low, high))
        self.me.send("E", f"66=L|394=3|433=2|1385=1|68=2|73=2|{low}{high}")
        self.read(self.me, "8 11=L1 39=0 66=L", "8 11=L2 39=0 66=L", "N 66=L 429=1 431=2")
        self.you.send("D", order("A", 1, 5, 101) + "59=3|")
        self.read(self.you, "8 39=0", "8 39=4")
        self.me.send("L", "66=L|60=NOW|")
        self.read(self.me, "N 66=L 429=4 431=3")
        self.you.send("D", order("B", 1, 5, 101))
        self.read(self.you, "8 39=0", "8 39=2 31=101")
        self.read(self.me, "8 11=L2 39=2", "8 11=L1 39=4 66=L")
        self.me.send("M", "66=L|")
        self.read(self.me, "N 66=L 429=2 431=6")

    def test_mass_actions(self) -> None:
        """Orders are suspended, released, and canceled by who may act for their owner."""
        self.me.send("D", order("A", 1, 5, 99))
        self.me.send("D", order("B", 2, 5, 101))
        self.read(self.me, "8 11=A 39=0", "8 11=B 39=0")
        self.me.send("CA", "11=M1|1373=1|1374=7|60=NOW|")
        self.read(self.me, "8 11=A 39=9", "8 11=B 39=9", "BZ 11=M1 1373=1 1375=1 533=2")
        self.me.send("CA", "11=M2|1373=2|1374=1|55=AAA|54=1|60=NOW|")
        self.read(self.me, "8 11=A 39=0 150=D", "BZ 11=M2 1375=1 533=1")
        risk = self.client("FIXT.1.1", "RISK", NEWEST)
        name = self.session("ME")
        party = f"1461=1|1462={name}|1464=55|"
        risk.send("AF", f"584=S|585=7|{party}")
        self.read(risk, "8 37=1 39=0 912=N", "8 37=2 39=9 912=Y")
        risk.send("q", f"11=K|530=7|{party}60=NOW|")
        self.read(risk, "8 37=1 39=4", "8 37=2 39=4", "r 531=7 533=2")
        self.read(self.me, "8 11=A 39=4", "8 11=B 39=4")

    def test_trade_capture(self) -> None:
        """Trades are told as they happen, and again when a fill is corrected or busted."""
        self.me.send("AD", "568=T|569=0|263=1|")
        self.read(self.me, "AQ 568=T 749=0 750=0 748=0")
        self.me.send("D", order("A", 1, 5, 100))
        self.read(self.me, "8 39=0")
        self.you.send("D", order("B", 2, 5, 100))
        self.read(self.me, "8 39=2 17=4", "AE 571=1 487=0 325=Y 32=5 31=100")
        self.me.send("AR", "571=1|150=F|939=0|55=AAA|60=NOW|")
        (fill,) = self.simulator.list_fills("XSIM", "1").items
        self.simulator.correct_fill("XSIM", "1", exec_id=fill.exec_id, price="99")
        self.read(self.me, "8 150=G 31=99", "AE 571=1.1 572=1 487=2 150=G 31=99")
        (fill,) = self.simulator.list_fills("XSIM", "1").items
        self.simulator.bust_fill("XSIM", "1", exec_id=fill.exec_id)
        self.read(self.me, "8 150=H", "AE 571=1.2 572=1 487=1 150=H")
        self.me.send("AD", "568=T|569=0|263=2|")
        self.read(self.me, "AQ 568=T 749=0 750=1")
        self.me.send("AD", "568=U|569=0|")
        self.read(self.me, "AQ 568=U 748=0")

    def session(self, name: str) -> str:
        """What the session of somebody is called."""
        for session in self.simulator.list_sessions().items:
            if session.name.endswith(name):
                return session.name
        raise AssertionError(f"there is no session of {name}")
