# shellcheck shell=sh
# Removes blobs from the content store of containerd: remove-content.sh ROOT DIGEST...
# Its file is there until containerd has collected it, which is at once where it has nothing else to do. One that is busy rests between
# two collections for fifty times as long as the first took (pause_threshold, containerd/docs/garbage-collection.md).
cd "$1/io.containerd.content.v1.content/blobs/sha256" || exit 1
shift
ctr -n k8s.io content rm "$@" >/dev/null || exit 1
for digest in "$@"; do
  while [ -e "${digest#sha256:}" ]; do sleep 0.1; done
done
