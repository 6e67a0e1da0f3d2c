#!/bin/sh
# First step of a node: enter.sh CGROUP… -- [COMMAND…]
# Goes into the node's cgroups, so that the cgroup namespace made next has them as its root, and becomes COMMAND.
set -eu
while [ "$1" != -- ]; do
  echo $$ >"$1/cgroup.procs"
  shift
done
shift
exec "$@"
