#!/bin/sh
# An image from one node to others, one after the other, as one does by hand: one-by-one.sh IMAGE KEY KNOWN-HOSTS DONOR NODE...
# Nothing is unpacked, as nodemend does it. The user's own configuration stays out of it.
set -eu
image=$1 key=$2 known_hosts=$3 donor=$4
shift 4
on() {
  ssh -F none -i "$key" -o UserKnownHostsFile="$known_hosts" -o BatchMode=yes "root@$1" "$2"
}
for node in "$@"; do
  on "$donor" "ctr -n k8s.io images export --platform linux/amd64 - $image" </dev/null |
    on "$node" 'ctr -n k8s.io images import --no-unpack -' >/dev/null
done
