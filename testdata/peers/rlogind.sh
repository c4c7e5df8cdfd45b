#!/bin/sh
# Runs the rlogind $3 with the folder $1 as /etc/pam.d and the program $2 as
# /bin/login, in a mount namespace of its own: nothing of the machine changes,
# once the namespace does not pass its mounts on.
mount --make-rprivate / &&
	mount --bind "$1" /etc/pam.d &&
	mount --bind "$2" /bin/login &&
	exec "$3"
