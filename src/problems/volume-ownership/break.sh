#!/bin/sh
# Injects a fault of volume-ownership into a node: there is none that a node could have by itself. A pod that waits for its volume is an
# object of the cluster (cluster-faults.ts).
set -eu
echo "no fault is called ${1:-}" >&2
exit 2
