#!/bin/sh
# Injects a fault of upgrade-blockers into a node: there is none. What stands in the way of an upgrade is objects of the cluster
# (cluster-faults.ts).
set -eu
echo "no fault is called ${1:-}" >&2
exit 2
