#!/bin/sh
# Runs skopeo in a mount namespace of its own so that it leaves nothing: skopeo.sh FOLDER ARGUMENT…
# As root it keeps a cache below /var/lib/containers and has no option against it, and its temporary files outlive a pull that fails.
# Both go to a tmpfs on FOLDER, an empty one, which ends with the namespace.
set -eu
folder=$1
shift
/bin/mount -t tmpfs -o mode=0700 tmpfs "$folder"
mkdir "$folder/upper" "$folder/work" "$folder/tmp"
/bin/mount -t overlay -o "lowerdir=/var/lib,upperdir=$folder/upper,workdir=$folder/work" overlay /var/lib
exec skopeo --insecure-policy --tmpdir "$folder/tmp" "$@"
