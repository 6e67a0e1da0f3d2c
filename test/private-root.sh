#!/bin/sh
# Turns a new mount and process-id namespace into a root of its own: what is changed in it stays in memory and is gone with it.
# Called by private-root.ts through unshare, as process 1 of the new namespace. "$1" is a scratch folder that both sides see
# under its own name; "$2", if given, a folder whose files the machine seems to have. Ends, with all that runs in it, when standard
# input does.
set -eu
shared=$1
machine=${2:+$2:}/

mount --make-rprivate /
space=$shared/.root
mkdir "$space"
# The changes go to memory: an overlay cannot keep them below the root that it covers.
mount -t tmpfs -o mode=0755 nodemend-root "$space"
mkdir "$space/upper" "$space/work" "$space/root"

# What runtimes and kubelet of the machine keep is none of a test's: with a folder of theirs and no daemon, a client waits for one.
# A character device 0:0 in an upper layer hides the entry of that name, whether there is one or not.
for path in /var /var/lib /var/log /etc; do
  mkdir "$space/upper$path"
  chown --reference="$path" "$space/upper$path"
  chmod --reference="$path" "$space/upper$path"
done
for path in /var/lib/containerd /var/lib/docker /var/lib/docker-engine /var/lib/cri-dockerd /var/lib/dockershim /var/lib/kubelet \
  /var/lib/cni /var/lib/nodemend /var/log/pods /var/log/containers /etc/kubernetes; do
  mknod "$space/upper$path" c 0 0
done

mount -t overlay -o "lowerdir=$machine,upperdir=$space/upper,workdir=$space/work" nodemend-root "$space/root"
cd "$space/root"
mount -t proc proc proc
mount --rbind /dev dev
mount -t tmpfs -o mode=1777,nosuid,nodev shm dev/shm
mount --rbind /sys sys
mount -o remount,bind,ro sys
mount -t tmpfs -o mode=0755 run run
mkdir -p run/sshd
mount --bind "$shared" "${shared#/}"
mkdir .old
pivot_root . .old
umount -l /.old
rmdir /.old

# The host's settings are the same ones inside: nothing here may turn them.
mount --bind /proc/sys /proc/sys
mount -o remount,bind,ro /proc/sys

echo ready
# A shell that waits also buries what others left behind. What runs in the background is given no standard input by itself.
exec 3<&0
cat <&3 >/dev/null &
wait "$!"
