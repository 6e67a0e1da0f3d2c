#!/bin/sh
# Injects a fault of calico-images into a node: there is none that a node could have by itself. Names of images stand in objects of the
# cluster (cluster-faults.ts).
set -eu
echo "no fault is called ${1:-}" >&2
exit 2
