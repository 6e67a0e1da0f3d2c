#!/bin/sh
# npm run check: sets up all that is needed, then runs every suite. Its last line is `N passed, N failed`.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
# What `su` without `-` leaves out.
PATH=$PATH:/usr/sbin:/sbin
export PATH
sh scripts/setup.sh check
exec sh scripts/with-node.sh scripts/check.ts "$@"
