#!/bin/sh
# An order that is filled in part and canceled: shown from a shell. Run it by
#
#     exsim with -- sh test_with_shell.sh
#
# which starts a simulator on free ports for it; `exsim ctl` and trade.py find that.
set -eu
cd "$(dirname "$0")"

exsim ctl create-rule --when 'type=D symbol=AAA' \
    --then 'ack; fill 40 @ 100.10; cancel "market closed"' > answer.txt
trap 'rm -f answer.txt' EXIT

position=$(python3 trade.py buy AAA 100 100.25)

exsim ctl verify-messages --filter 'type=D symbol=AAA qty=100 session=BUYSIDE1' --exactly 1
exsim ctl verify-messages --filter 'type=8 exec=canceled text="market closed"' --exactly 1
exsim ctl list-orders XSIM --status any
test "$position" = 40
echo "position $position: as it should be"
