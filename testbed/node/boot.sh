#!/bin/sh
# The node's boot, inside its new namespaces: boot.sh ROOT NAME ADDRESS GATEWAY HIERARCHY…
# HIERARCHY is FOLDER:OPTIONS of a cgroup v1 hierarchy, or one `unified` for cgroup v2. Waits for a line on standard input (the network card is in by then), makes
# ROOT the root, gives it /proc, /sys, /dev, /run and /tmp of its own, and becomes systemd.
#
# A node is root without a user namespace, because kubelet and the runtimes need that. What would reach the machine is closed here:
# the settings that kubelet writes although they are global, all others of /proc/sys, and the clock.
set -eu
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH LC_ALL=C
umask 022
root=$1
name=$2
address=$3
gateway=$4
shift 4

printf 'unshared\n'
read -r _

/bin/mount --make-rprivate /
/bin/mount --rbind "$root" "$root"
cd "$root"
pivot_root . mnt
cd /
/bin/mount -t proc proc /proc
/bin/mount -t sysfs sysfs /sys
/bin/mount -t tmpfs -o nosuid,nodev,mode=0755 tmpfs /run
/bin/mount -t tmpfs -o nosuid,nodev,mode=1777 tmpfs /tmp
/bin/mount -t tmpfs -o nosuid,mode=0755 tmpfs /dev
/bin/umount -l /mnt
printf '%s' "$name" >/proc/sys/kernel/hostname

# Devices. The number of each is the kernel's own (Documentation/admin-guide/devices.txt).
for device in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0; do
  numbers=${device#*:}
  mknod -m 0666 "/dev/${device%%:*}" c "${numbers%:*}" "${numbers#*:}"
done
mknod -m 0640 /dev/kmsg c 1 11
mkdir /dev/pts /dev/shm
/bin/mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts /dev/pts
/bin/mount -t tmpfs -o nosuid,nodev,mode=1777 tmpfs /dev/shm
ln -s pts/ptmx /dev/ptmx
ln -s /proc/self/fd /dev/fd
ln -s fd/0 /dev/stdin
ln -s fd/1 /dev/stdout
ln -s fd/2 /dev/stderr

# A boot of its own: its id, and the command line that its own grub.cfg gives the default entry.
mkdir -m 0700 /run/testbed
read -r boot_id </proc/sys/kernel/random/uuid
printf '%s\n' "$boot_id" >/run/testbed/boot_id
sh /usr/lib/testbed/kernel-command-line.sh /boot/grub >/run/testbed/cmdline
/bin/mount --bind /run/testbed/cmdline /proc/cmdline

# kubelet writes these six at its start and they are the machine's: it gets private files with their values.
guarded='vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes'
mkdir /run/testbed/sys
for setting in $guarded; do
  file=/run/testbed/sys/$(printf '%s' "$setting" | tr / _)
  cat "/proc/sys/$setting" >"$file"
done
# All others are read-only, except those of the network, which are the network namespace's own.
/bin/mount --bind /proc/sys /proc/sys
/bin/mount --bind /proc/sys/net /proc/sys/net
for setting in $guarded; do
  /bin/mount --bind "/run/testbed/sys/$(printf '%s' "$setting" | tr / _)" "/proc/sys/$setting"
done
/bin/mount --bind /run/testbed/boot_id /proc/sys/kernel/random/boot_id
/bin/mount -o remount,bind,ro /proc/sys
for path in sysrq-trigger kcore; do
  if [ -e "/proc/$path" ]; then /bin/mount --bind /dev/null "/proc/$path"; fi
done

if [ "$1" = unified ]; then
  /bin/mount -t cgroup2 -o nosuid,nodev,noexec,nsdelegate cgroup2 /sys/fs/cgroup
  set -- systemd.unified_cgroup_hierarchy=1
else
  /bin/mount -t tmpfs -o mode=0755 cgroup /sys/fs/cgroup
  for hierarchy in "$@"; do
    folder=/sys/fs/cgroup/${hierarchy%%:*}
    mkdir "$folder"
    /bin/mount -t cgroup -o "${hierarchy#*:}" cgroup "$folder"
  done
  # systemd would mount every other controller of the kernel as a hierarchy of the whole machine; without a folder it cannot.
  /bin/mount -o remount,ro,mode=0755 /sys/fs/cgroup
  # It would mount the hierarchy of v2 beside those of v1, too (systemd(1), "hybrid").
  set -- systemd.unified_cgroup_hierarchy=0 systemd.legacy_systemd_cgroup_controller=1
fi
/bin/mount --make-rshared /

/sbin/ip -batch - <<COMMANDS
link set lo up
address add $address dev eth0
link set eth0 up
route add default via $gateway
COMMANDS

printf 'booting %s\n' "$boot_id"
# Nothing of the machine stays open. systemd says what it does to its own journal.
exec </dev/null >/dev/null 2>&1
# The clock is the machine's (CAP_SYS_TIME), and so are its kernel modules (CAP_SYS_MODULE) and ports (CAP_SYS_RAWIO).
exec setpriv --bounding-set=-sys_time,-sys_module,-sys_rawio -- \
  env -i container=testbed PATH="$PATH" /lib/systemd/systemd --system --show-status=no "$@"
