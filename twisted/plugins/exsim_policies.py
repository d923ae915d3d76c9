"""The policies that come with exsim."""

from exsim.plugins import PolicyPlugin

match = PolicyPlugin("match", "exsim.policies.match.Match", "Send to the matching engine at once.")
fill = PolicyPlugin("fill", "exsim.policies.fill.Fill", "Fill in full, in part or in steps.")
reject = PolicyPlugin("reject", "exsim.policies.reject.Reject", "Refuse with a reason and a text.")
hold = PolicyPlugin("hold", "exsim.policies.hold.Hold", "Wait for a person or a test to decide.")
drop = PolicyPlugin("drop", "exsim.policies.drop.Drop", "Do nothing, and answer nothing.")
delay = PolicyPlugin("delay", "exsim.policies.delay.Delay", "Go on with the next policy later.")
echo = PolicyPlugin("echo", "exsim.policies.echo.Echo", "Send the message back to its sender.")
