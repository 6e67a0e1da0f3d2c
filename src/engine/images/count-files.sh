# shellcheck shell=sh
# Prints what layers of an image take, unpacked, as containerd counted it when it unpacked them, and changes nothing: of each that is
# there a line with its name, its bytes and its inodes.
# count-files.sh SOCKET SNAPSHOT...
set -u
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
socket=$1
shift
ctr --address "$socket" --namespace k8s.io --timeout 30s snapshots usage -b "$@" </dev/null
