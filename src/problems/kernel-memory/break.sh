#!/bin/sh
# Injects a fault of kernel-memory into a node: there is none that a node with another kernel could have. What kubelet says of it
# is an object of the cluster (cluster-faults.ts).
set -eu
echo "no fault is called ${1:-}" >&2
exit 2
