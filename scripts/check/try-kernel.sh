#!/bin/sh
# Tries one thing that tests ask of the kernel: try-kernel.sh namespaces|mounts|network-namespaces|user-namespaces
# What it makes is in namespaces that end with it. Ends with 0 when it works, else with the words of what refused.
set -eu
case $1 in
  namespaces)
    exec /usr/bin/unshare --mount --pid --uts --ipc --fork --kill-child -- true
    ;;
  mounts)
    exec /usr/bin/unshare --mount --pid --fork --kill-child -- sh -euc '
      /bin/mount -t tmpfs nodemend-try /mnt
      mkdir /mnt/upper /mnt/work /mnt/root
      /bin/mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work nodemend-try /mnt/root
      /bin/mount -t proc proc /mnt/root/proc'
    ;;
  network-namespaces)
    exec /usr/bin/unshare --net --fork --kill-child -- sh -euc '
      /sbin/ip link set lo up
      /sbin/ip link add try type bridge
      /sbin/ip link add try0 type veth peer name try1'
    ;;
  user-namespaces)
    # A container that hides parts of /proc allows the namespace, and refuses a /proc of its own in it.
    exec /usr/bin/unshare --user --map-root-user --mount --pid --fork --kill-child -- /bin/mount -t proc proc /proc
    ;;
  *)
    echo "try-kernel.sh: there is no '$1' to try" >&2
    exit 2
    ;;
esac
