#!/bin/sh
# A stand-in for `systemctl reboot` and reboot(8) in roots that no machine belongs to: another boot id, and the command line that
# the boot of that number has. The real ones are used on the testbed and in the virtual machine.
case ${0##*/} in
  systemctl) [ "$1" = reboot ] || exit 1 ;;
esac
if [ -e /tmp/boots/refused ]; then
  echo 'Call to Reboot failed: Access denied' >&2
  exit 1
fi
[ ! -e /tmp/boots/deaf ] || exit 0
boot=$(cat /proc/sys/kernel/random/boot_id)
case $boot in
  boot-[0-9]) count=$((${boot#boot-} + 1)) ;;
  *) count=1 ;;
esac
if [ -e "/tmp/boots/cmdline-$count" ]; then
  cat "/tmp/boots/cmdline-$count" >/proc/cmdline
fi
echo "boot-$count" >/proc/sys/kernel/random/boot_id.new
mv -f /proc/sys/kernel/random/boot_id.new /proc/sys/kernel/random/boot_id
