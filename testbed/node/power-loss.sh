#!/bin/sh
# What a power cut does to a node's disk: power-loss.sh FILE FOLDER
# Everything of the node has ended. ext4 is told that its device is gone (ioctl EXT4_IOC_SHUTDOWN without a flush of its journal), so
# what was not synced is lost as on a real disk; then the disk is mounted again, and ext4 recovers it from its journal.
set -eu
file=$1
folder=$2

if mountpoint -q "$folder"; then
  perl -e '
    open(my $folder, "<", $ARGV[0]) or die "$ARGV[0]: $!\n";
    my $no_log_flush = pack("L", 2);
    ioctl($folder, 0x8004587d, $no_log_flush) or die "EXT4_IOC_SHUTDOWN: $!\n";' "$folder"
  /bin/umount -R "$folder"
fi
# The kernel takes the ended node's own mounts apart in its own time. While one is left, mounting would give the dead file system.
tries=0
while [ -n "$(losetup -j "$file")" ]; do
  tries=$((tries + 1))
  [ "$tries" -le 200 ] || { echo "$file is still a loop device" >&2; exit 1; }
  sleep 0.05
done
/bin/mount -o loop "$file" "$folder"
