#!/bin/sh
# The first process of a machine whose disk is new (make-image.sh): Debian's own programs put GRUB where BIOS and where UEFI look for it,
# and make its configuration. Then the machine is off; what came of it is said on the console.
set -eu
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH

finish() {
  [ "$?" = 0 ] || echo 'testbed: GRUB is not installed'
  echo o >/proc/sysrq-trigger
  sleep 60
}
trap finish EXIT

exec >/dev/ttyS0 2>&1
mount -o remount,rw /
mount /boot/efi
grub-install --target=i386-pc /dev/vda
grub-install --target=x86_64-efi --efi-directory=/boot/efi --no-nvram --force-extra-removable
update-grub
umount /boot/efi
# Not to the journal alone, which GRUB does not read.
mount -o remount,ro /
echo 'testbed: GRUB is installed'
