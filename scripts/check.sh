#!/bin/sh
# npm run check: sets up all that is needed, then runs every suite. Its last line is `N passed, N failed`.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
sh scripts/setup.sh check
exec sh scripts/with-node.sh scripts/check.ts "$@"
