#!/bin/sh
# Injects a fault of calico-ebpf into a node: there is none. What goes wrong with eBPF is told by objects of the cluster
# (cluster-faults.ts).
set -eu
echo "no fault is called ${1:-}" >&2
exit 2
