#!/bin/sh
# A node's disk: a sparse file with ext4 on it, mounted; and the node's root on that: disk.sh FILE FOLDER BYTES LAYER
# FOLDER/upper takes what the node writes to its root. What lies on the disk itself, beside the overlay: the folders of the
# runtimes and of kubelet, because an overlay cannot lie on an overlay, and kubelet looks its file systems up by their device.
# The loop device frees itself with the last mount, and all mounts end with this mount namespace.
set -eu
file=$1
folder=$2
bytes=$3

truncate -s "$bytes" "$file"
mkfs.ext4 -q -F -m 0 -E lazy_itable_init=1,lazy_journal_init=1,nodiscard "$file"
mkdir -p "$folder"
/bin/mount -o loop "$file" "$folder"
cd "$folder"
rmdir lost+found
mkdir upper work root containerd kubelet docker log
