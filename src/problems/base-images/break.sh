#!/bin/sh
# Injects a fault of base-images into a node of the lab or of the testbed: break.sh FAULT
# Runs as root inside the node's root. The same fault twice leaves the node as once. Prints what it did.
set -eu
fault=${1:-sandbox-image-removed}

# Of docker's clients and containerd's the one whose daemon answers.
remove() {
  if docker --host unix:///var/run/docker.sock image inspect "$1" >/dev/null 2>&1; then
    docker --host unix:///var/run/docker.sock rmi --force "$1" >/dev/null
  elif ctr --namespace k8s.io images ls -q 2>/dev/null | grep -qxF "$1"; then
    ctr --namespace k8s.io images rm --sync "$1" >/dev/null
  else
    echo "$1 is not here"
    return 0
  fi
  echo "removed $1"
}

case $fault in
  sandbox-image-removed)
    remove registry.k8s.io/pause:3.6
    ;;
  *)
    echo "no fault is called $fault" >&2
    exit 2
    ;;
esac
