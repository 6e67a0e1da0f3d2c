#!/bin/sh
# Mounts a node's root from its disk: overlay.sh DISK LAYER [PROGRAM NAME]…
# LAYER is what all nodes share, relative to DISK. Each PROGRAM of the machine appears as /usr/local/bin/NAME.
set -eu
cd "$1"
/bin/mount -t overlay -o "lowerdir=$2:/,upperdir=upper,workdir=work" nodemend-testbed root
shift 2
for name in containerd kubelet docker; do
  mkdir -p "root/var/lib/$name"
  /bin/mount --bind "$name" "root/var/lib/$name"
done
mkdir -p root/var/log root/opt/cni root/usr/local/bin
/bin/mount --bind log root/var/log
while [ $# -ge 2 ]; do
  : >"root/usr/local/bin/$2"
  chmod 0755 "root/usr/local/bin/$2"
  /bin/mount --bind "$1" "root/usr/local/bin/$2"
  /bin/mount -o remount,bind,ro "root/usr/local/bin/$2"
  shift 2
done
