#!/bin/sh
# Gives the layer that all nodes share Debian's own GRUB: grub-layer.sh FOLDER PROBE PACKAGE…
# Each PACKAGE is a Debian package unpacked into a folder. PROBE is the text of a stand-in for grub-probe: an overlay lies on no disk. The
# kernels are files of no content, which GRUB only names; all else is as the packages have it, and update-grub is run once, as an installation does.
set -eu
cd "$1"
probe=$2
shift 2
/bin/mount -t overlay -o lowerdir=/,upperdir=upper,workdir=work overlay root
for package in "$@"; do cp -a "$package/." root/; done
printf '%s' "$probe" >root/usr/sbin/grub-probe
chmod 0755 root/usr/sbin/grub-probe
# As the postinst of grub-pc does.
mkdir -p root/boot/grub root/etc/default/grub.d
cp root/usr/share/grub/default/grub root/etc/default/grub
for kernel in 6.1.0-25-amd64 6.1.0-28-amd64; do
  : >"root/boot/vmlinuz-$kernel"
  : >"root/boot/initrd.img-$kernel"
done
rm -f root/boot/grub/grub.cfg
/bin/mount --bind /dev root/dev
chroot root /bin/sh -c 'PATH=/usr/sbin:/usr/bin:/sbin:/bin exec update-grub'
/bin/umount root/dev
/bin/umount root
