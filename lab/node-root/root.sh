#!/bin/sh
# Enters the node's root, fills it with /proc, /sys, /dev, /run and /tmp of its own, and becomes its PID 1: root.sh INIT…
# NODE_ROOT (the mounted overlay), NODE_HOSTNAME, NODE_ADDRESS (with prefix), NODE_GATEWAY and NODE_CAPABILITIES come in the
# environment. Runs as root of the node's user namespace, with all capabilities there and none on the machine. Identity map:
# uid 0 in here is uid 0 outside, so whatever asks for nothing but uid 0 has to be closed here: the settings in /proc/sys, the
# modes of files in /proc (they are one and the same for all namespaces), the modes of the machine's device nodes.
#
# Mounts are made by `mount -a` in groups: with three hundred nodes the time goes into starting programs. Programs of util-linux
# and iproute2 are called by their paths, because some shells have lesser ones of the same names built in.
set -eu
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH LC_ALL=C
umask 022

# pivot_root wants a mount point that this namespace made itself.
/bin/mount --rbind "$NODE_ROOT" "$NODE_ROOT"
cd "$NODE_ROOT"
pivot_root . mnt
cd /
/bin/mount -t proc -o nosuid,nodev,noexec proc /proc
/bin/mount -t tmpfs -o nosuid,nodev,mode=0755,size=16m tmpfs /run

{
  printf 'sysfs /sys sysfs ro,nosuid,nodev,noexec 0 0\n'
  printf 'tmpfs /tmp tmpfs nosuid,nodev,mode=1777,size=64m 0 0\n'
  printf 'tmpfs /dev tmpfs nosuid,noexec,mode=0755,size=64k 0 0\n'
} >/run/nodemend-lab.mounts
/bin/mount -a -T /run/nodemend-lab.mounts
cp -a /usr/lib/nodemend-lab/start/. /

printf '%s' "$NODE_HOSTNAME" >/proc/sys/kernel/hostname
# A namespace below this one would be a way to mount things again.
if [ -e /proc/sys/user/max_user_namespaces ]; then printf 0 >/proc/sys/user/max_user_namespaces; fi
# A boot id of its own, new at every start of the node.
read -r boot_id </proc/sys/kernel/random/uuid
printf '%s\n' "$boot_id" >/run/nodemend-lab/boot_id
# What GRUB would have given the kernel: its first entry. A node without GRUB shows the machine's own.
if [ -f /boot/grub/grub.cfg ]; then
  sed -n 's/^[[:blank:]]*linux[[:blank:]]*/BOOT_IMAGE=/p' /boot/grub/grub.cfg | head -n 1 >/run/nodemend-lab/cmdline
fi

{
  # A device on a read-only mount can be written to; only its owner and mode cannot be changed.
  for device in null zero full random urandom tty; do
    printf '/mnt/dev/%s /dev/%s none bind,ro 0 0\n' "$device" "$device"
  done
  printf 'devpts /dev/pts devpts newinstance,nosuid,noexec,ptmxmode=0666,mode=0620,gid=5 0 0\n'
  printf 'tmpfs /dev/shm tmpfs nosuid,nodev,noexec,mode=1777,size=16m 0 0\n'
  # Values that are the network namespace's own; everything else of /proc is made read-only below. Of net itself the other
  # folders are closed too: netfilter/nf_hooks_lwtunnel, for one, is the whole machine's, and cannot be set back.
  printf '/proc/sys/net /proc/sys/net none bind 0 0\n'
  for path in /proc/sys/net/*; do
    case $path in
      */core | */ipv4 | */ipv6) ;;
      *) printf '%s %s none bind,ro 0 0\n' "$path" "$path" ;;
    esac
  done
  printf '/run/nodemend-lab/boot_id /proc/sys/kernel/random/boot_id none bind,ro 0 0\n'
  if [ -s /run/nodemend-lab/cmdline ]; then printf '/run/nodemend-lab/cmdline /proc/cmdline none bind,ro 0 0\n'; fi
  for path in kcore keys kmsg kpagecount kpageflags kpagecgroup latency_stats sched_debug sysrq-trigger timer_list; do
    if [ -e "/proc/$path" ]; then printf '/mnt/dev/null /proc/%s none bind,ro 0 0\n' "$path"; fi
  done
  for path in /proc/acpi /proc/asound /proc/scsi /proc/driver /sys/firmware; do
    if [ -d "$path" ]; then printf '/run/nodemend-lab/empty %s none bind,ro 0 0\n' "$path"; fi
  done
} >/run/nodemend-lab.mounts
/bin/mount -a -T /run/nodemend-lab.mounts
/bin/mount -o remount,bind,ro /proc

/sbin/ip -batch - <<COMMANDS
link set lo up
address add $NODE_ADDRESS dev eth0
link set eth0 up
route add default via $NODE_GATEWAY
COMMANDS

# The old root goes with everything below it; nothing of the machine's mounts stays reachable.
/bin/umount -l /mnt

# Without CAP_SYS_ADMIN nobody in here can mount, remount or unmount again. Gaining capabilities has cleared the signal that
# ends this process together with its parent, so it is set again.
exec /usr/bin/setpriv --bounding-set "$NODE_CAPABILITIES" --inh-caps=-all --pdeathsig KILL -- \
  env -i PATH="$PATH" HOME=/root container=nodemend-lab "$@"
