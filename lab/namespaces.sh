#!/bin/sh
# Tries what a lab needs of the kernel, in namespaces that end with this script: a private mount namespace with a tmpfs and an
# overlay of / on it, a bridge, and below that a user namespace that may mount its own /proc.
set -eu
exec /usr/bin/unshare --mount --pid --net --fork --kill-child -- sh -euc '
  /bin/mount -t tmpfs nodemend-lab-try /mnt
  mkdir /mnt/upper /mnt/work /mnt/root
  /bin/mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work nodemend-lab-try /mnt/root
  /sbin/ip link add lab type bridge
  /sbin/ip link add lab0 type veth peer name lab1
  /usr/bin/unshare --user --map-root-user --mount --pid --uts --ipc --net --fork --kill-child -- \
    /bin/mount -t proc proc /mnt/root/proc
'
