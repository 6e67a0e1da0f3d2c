#!/bin/sh
# Injects a fault of volume-resize into a node: there is none that a node could have by itself. The driver and its configuration are
# objects of the cluster (cluster-faults.ts).
set -eu
echo "no fault is called ${1:-}" >&2
exit 2
