#!/bin/sh
# Makes the disk of a virtual machine from Debian's packages, without a loop device or a mount of it: Debian's kernel and systemd with
# cgroup v1, OpenSSH, an NFS server and client that a test starts, and GRUB that boots it by BIOS and by UEFI, as on Debian's own cloud images.
# make-image.sh RESULT TEMPORARY: writes RESULT/disk.raw, RESULT/identity (whose owner may log in) and RESULT/host-key
set -eu
PATH=$PATH:/usr/sbin:/sbin

result=$1 temporary=$2
here=$(cd "$(dirname "$0")" && pwd)
root=$temporary/root disk=$result/disk.raw
suite=bookworm
root_uuid=6f2d4c1e-0000-4000-8000-00000000beef
esp_id=4E4D-0001
# Sectors of 512 bytes: what GRUB embeds for BIOS, the EFI partition, the root.
bios_start=2048 bios_size=2048
esp_start=4096 esp_size=65536
root_start=69632 root_size=1376256
arguments='console=ttyS0 systemd.unified_cgroup_hierarchy=0 systemd.legacy_systemd_cgroup_controller=1'

# PATH MODE, content from standard input.
put() {
  mkdir -p "$root$(dirname "$1")"
  cat >"$root$1"
  chmod "$2" "$root$1"
}

unpack_debian() {
  # For the initramfs no more than the disk needs: it is half as large, and loaded in half the time.
  mmdebstrap --quiet --mode=root --variant=minbase --aptopt='Acquire::Languages "none"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
    --include=systemd-sysv,udev,dbus,kmod,initramfs-tools,zstd,openssh-server,iproute2,procps,cron,logrotate \
    --include=linux-image-cloud-amd64,grub-cloud-amd64,nfs-kernel-server \
    --essential-hook="mkdir -p \"\$1/etc/initramfs-tools/conf.d\"" \
    --essential-hook="printf 'MODULES=list\\nCOMPRESS=zstd\\n' >\"\$1/etc/initramfs-tools/conf.d/small\"" \
    --essential-hook="printf 'virtio_pci\\nvirtio_blk\\next4\\n' >\"\$1/etc/initramfs-tools/modules\"" \
    "$suite" "$root" </dev/null
  rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*
}

# What an installer asks, and what spares an emulated processor some seconds at each boot. `norandmaps`: QEMU 7.2 finds what it
# has translated by its virtual address, so a program that lies elsewhere each time is translated each time: update-grub took 20 s, and takes 7.5.
configure() {
  echo vm | put /etc/hostname 644
  printf '127.0.0.1 localhost\n127.0.1.1 vm\n' | put /etc/hosts 644
  printf 'UUID=%s / ext4 errors=remount-ro,noatime 0 0\nUUID=%s /boot/efi vfat umask=0077 0 0\n' \
    "$root_uuid" "$esp_id" | put /etc/fstab 644
  mkdir -p "$root/boot/efi"
  # As networkd would, without it.
  put /etc/udev/rules.d/80-testbed-network.rules 644 <<'END'
ACTION=="add", SUBSYSTEM=="net", KERNEL!="lo", RUN+="/sbin/ip address add 10.0.2.15/24 dev $name", RUN+="/sbin/ip link set $name up"
END
  printf 'UseDNS no\nPasswordAuthentication no\nPermitRootLogin prohibit-password\n' | put /etc/ssh/sshd_config.d/00-testbed.conf 644
  tr -d - </proc/sys/kernel/random/uuid | put /etc/machine-id 444
  put /usr/lib/testbed/run-user-script.sh 755 <"$here/../node/run-user-script.sh"
  put /usr/lib/testbed/fetch-user-script.sh 755 <"$here/guest/fetch-user-script.sh"
  put /etc/systemd/system/testbed-user-script.service 644 <"$here/guest/user-script.service"
  want /etc/systemd/system/testbed-user-script.service
  put /etc/modprobe.d/testbed.conf 644 <"$here/guest/no-modules.conf"
  while read -r unit; do
    ln -sf /dev/null "$root/etc/systemd/system/$unit"
  done <"$here/guest/masked-units.txt"
  # Only a test starts them.
  rm -f "$root"/etc/systemd/system/*.wants/nfs-* "$root"/etc/systemd/system/*.wants/rpcbind.*
  # Each run of update-grub asks them for systems that are not there.
  chmod a-x "$root/etc/grub.d/20_linux_xen" "$root/etc/grub.d/30_os-prober"
  sed -i -e 's/^GRUB_TIMEOUT=.*/GRUB_TIMEOUT=0/' -e "s/^GRUB_CMDLINE_LINUX=.*/GRUB_CMDLINE_LINUX=\"$arguments\"/" \
    -e 's/^GRUB_CMDLINE_LINUX_DEFAULT=.*/GRUB_CMDLINE_LINUX_DEFAULT="quiet mitigations=off norandmaps"/' "$root/etc/default/grub"
  echo GRUB_DISABLE_OS_PROBER=true >>"$root/etc/default/grub"
}

want() {
  mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
  ln -sf "$1" "$root/etc/systemd/system/multi-user.target.wants/$(basename "$1")"
}

# The host key is known before the first connection; whoever may read the image may log in.
make_keys() {
  rm -f "$root"/etc/ssh/ssh_host_*
  ssh-keygen -q -t ed25519 -N '' -C vm -f "$root/etc/ssh/ssh_host_ed25519_key"
  ssh-keygen -q -t ed25519 -N '' -C testbed -f "$result/identity"
  mkdir -p "$root/root/.ssh"
  chmod 700 "$root/root/.ssh"
  put /root/.ssh/authorized_keys 600 <"$result/identity.pub"
  rm "$result/identity.pub"
  cut -d' ' -f1,2 "$root/etc/ssh/ssh_host_ed25519_key.pub" >"$result/host-key"
}

make_disk() {
  : >"$disk"
  chmod 600 "$disk"
  truncate -s $(((root_start + root_size + 2048) * 512)) "$disk"
  sfdisk --quiet "$disk" <<END
label: gpt
start=$bios_start, size=$bios_size, type=21686148-6449-6E6F-744E-656564454649
start=$esp_start, size=$esp_size, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B
start=$root_start, size=$root_size, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4
END
  mkfs.vfat -F 16 -i "$(echo "$esp_id" | tr -d -)" --offset "$esp_start" "$disk" $((esp_size / 2)) >/dev/null 2>&1
  mkfs.ext4 -q -F -U "$root_uuid" -d "$root" -E "offset=$((root_start * 512)),lazy_itable_init=1" "$disk" $((root_size / 2))k
}

# GRUB is installed by Debian's own programs on the machine that it is to boot; this once QEMU loads the kernel itself.
install_grub() {
  put /usr/lib/testbed/install-grub.sh 755 <"$here/guest/install-grub.sh"
  make_disk
  cp "$root"/boot/vmlinuz-* "$temporary/kernel"
  cp "$root"/boot/initrd.img-* "$temporary/initrd"
  timeout --kill-after=5 900 qemu-system-x86_64 -nodefaults -no-user-config -no-reboot -machine q35 -accel tcg,thread=multi -cpu qemu64 -smp 2 -m 512 \
    -display none -serial "file:$temporary/console" -nic none \
    -drive "file=$disk,if=none,id=disk,format=raw,cache=unsafe,discard=unmap" -device virtio-blk-pci,drive=disk -device virtio-rng-pci \
    -kernel "$temporary/kernel" -initrd "$temporary/initrd" \
    -append "root=UUID=$root_uuid ro quiet norandmaps panic=1 console=ttyS0 init=/usr/lib/testbed/install-grub.sh" </dev/null
  grep -q '^testbed: GRUB is installed' "$temporary/console" || {
    tail -n 20 "$temporary/console" >&2
    return 1
  }
}

unpack_debian
configure
make_keys
install_grub
