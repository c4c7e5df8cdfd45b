#!/bin/sh
# Takes the place of login(1) behind telnetd and rlogind in the tests of
# internal/peers: it tells that it runs, the lines that it reads, and SIGINT.
trap 'echo interrupted' INT
stty -echo
echo ready
# Not for ever, whatever becomes of the terminal.
for turn in 1 2 3 4 5 6 7 8 9; do
	read -r line && echo "line $line"
done
