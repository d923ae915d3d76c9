"""An order manager that loses a fill: shown with pytest."""

from exsim.testing import ack, fill


def test_oms_survives_a_lost_fill(exsim, oms):  # a fresh venue on its own port
    s = exsim.session("BUYSIDE1")
    oms.connect(s.host, s.port, sender="BUYSIDE1", target="XSIM")
    exsim.when("D", symbol="IBM", qty__ge=500).then(ack(), fill(200, "10.01")).after("5m").then(
        fill(300, "10.02")
    )
    with s.fault("drop", match={"type": "8", "exec": "fill"}, direction="out", count=1):
        oms.buy("IBM", 500, limit="10.05")
        s.test_request()  # the next number shows the gap
        exsim.expect("2", session=s, within="2s")  # it asked for a resend
    exsim.clock.advance("5m")
    exsim.verify("D", symbol="IBM", side="BUY", count=1)
    assert oms.position("IBM") == 500
