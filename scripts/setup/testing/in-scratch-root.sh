#!/bin/sh
# Runs a command in a copy of this machine's root that is written to memory only, so that a test may install packages:
#   unshare --mount --pid --fork --kill-child in-scratch-root.sh FOLDER CHECKOUT COMMAND [ARGUMENT…]
# The checkout is there read-only; kernel settings cannot be changed.
set -eu
folder=$1
checkout=$2
shift 2

mount --make-rprivate /
mount -t tmpfs -o size=2g,mode=755 nodemend-test "$folder"
cd "$folder"
mkdir upper work root
mount -t overlay -o lowerdir=/,upperdir=upper,workdir=work nodemend-test root
mkdir -p "root$checkout"
mount --rbind "$checkout" "root$checkout"
mount -o remount,bind,ro "root$checkout"
mount -t proc proc root/proc
mount --bind root/proc/sys root/proc/sys
mount -o remount,bind,ro root/proc/sys
mount --rbind /dev root/dev
exec chroot root "$@"
