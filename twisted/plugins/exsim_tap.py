"""``twistd exsim``."""

from twisted.application.service import ServiceMaker

exsim = ServiceMaker("exsim", "exsim.tap", "A simulated exchange to test against.", "exsim")
