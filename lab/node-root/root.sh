#!/bin/sh
# Makes the node's root out of its mounted overlay, enters it and becomes its PID 1: root.sh INIT…
# NODE_ROOT (the overlay), NODE_HOSTNAME, NODE_ADDRESS (with prefix), NODE_GATEWAY and NODE_CAPABILITIES come in the environment.
# Runs as root of the node's user namespace, with all capabilities there and none on the machine. Identity map: uid 0 in here
# is uid 0 outside, so every file of /proc and /sys that asks for nothing but uid 0 has to be closed here.
set -eu
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH LC_ALL=C
umask 022

# pivot_root wants a mount point that this namespace made itself.
mount --rbind "$NODE_ROOT" "$NODE_ROOT"
cd "$NODE_ROOT"

mount -t proc -o nosuid,nodev,noexec proc proc
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs sys
mount -t tmpfs -o nosuid,nodev,mode=0755,size=16m tmpfs run
mount -t tmpfs -o nosuid,nodev,mode=1777,size=64m tmpfs tmp
mount -t tmpfs -o nosuid,noexec,mode=0755,size=64k tmpfs dev
mkdir dev/pts dev/shm run/lock run/sshd run/nodemend-lab run/nodemend-lab/empty
chmod 1777 run/lock
for device in null zero full random urandom tty; do
  : >"dev/$device"
  mount --bind "/dev/$device" "dev/$device"
done
mount -t devpts -o newinstance,nosuid,noexec,ptmxmode=0666,mode=0620,gid=5 devpts dev/pts
mount -t tmpfs -o nosuid,nodev,noexec,mode=1777,size=16m tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr

printf '%s' "$NODE_HOSTNAME" >proc/sys/kernel/hostname
# A namespace below this one would be a way to mount things again.
if [ -e proc/sys/user/max_user_namespaces ]; then printf 0 >proc/sys/user/max_user_namespaces; fi

# A boot id of its own, new at every start of the node.
read -r boot_id <proc/sys/kernel/random/uuid
printf '%s\n' "$boot_id" >run/nodemend-lab/boot_id

for path in bus fs irq sys; do
  mount -o bind,ro "proc/$path" "proc/$path"
done
mount --bind proc/sys/net proc/sys/net
mount -o remount,bind,rw proc/sys/net
mount -o bind,ro run/nodemend-lab/boot_id proc/sys/kernel/random/boot_id
for path in kcore keys kmsg kpagecount kpageflags kpagecgroup latency_stats mtrr sched_debug sysrq-trigger timer_list; do
  if [ -e "proc/$path" ]; then mount -o bind,ro dev/null "proc/$path"; fi
done
for path in proc/acpi proc/asound proc/scsi proc/driver sys/firmware; do
  if [ -d "$path" ]; then mount -o bind,ro run/nodemend-lab/empty "$path"; fi
done

ip -batch - <<COMMANDS
link set lo up
address add $NODE_ADDRESS dev eth0
link set eth0 up
route add default via $NODE_GATEWAY
COMMANDS

# The old root is detached with everything below it; nothing of the machine's mounts stays reachable.
pivot_root . mnt
umount -l /mnt
cd /

# Without CAP_SYS_ADMIN nobody in here can mount, remount or unmount again. Gaining capabilities has cleared the signal that
# ends this process together with its parent, so it is set again.
exec setpriv --bounding-set "$NODE_CAPABILITIES" --inh-caps=-all --pdeathsig KILL -- \
  env -i PATH="$PATH" HOME=/root container=nodemend-lab "$@"
