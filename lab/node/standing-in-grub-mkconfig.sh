#!/bin/sh
# A stand-in for grub-mkconfig: grub-mkconfig -o FILE. It reads the defaults as Debian's does, and writes one entry for the one kernel that
# there is, as 10_linux would. A practice node has no disk that GRUB could be asked about.
set -eu
[ "${1-}" = -o ] || {
  echo "grub-mkconfig is a stand-in here, and cannot do that: $*" >&2
  exit 1
}
GRUB_CMDLINE_LINUX='' GRUB_CMDLINE_LINUX_DEFAULT=''
for defaults in /etc/default/grub /etc/default/grub.d/*.cfg; do
  # shellcheck disable=SC1090 # they are the node's
  if [ -e "$defaults" ]; then . "$defaults"; fi
done
for kernel in /boot/vmlinuz-*; do
  cat <<CONFIGURATION
### BEGIN /etc/grub.d/10_linux ###
menuentry 'Ubuntu' --class ubuntu {
	linux	$kernel root=UUID=3f1c9d0e-5a77-4c0b-9d55-0123456789ab ro $GRUB_CMDLINE_LINUX $GRUB_CMDLINE_LINUX_DEFAULT
}
### END /etc/grub.d/10_linux ###
CONFIGURATION
done >"$2"
