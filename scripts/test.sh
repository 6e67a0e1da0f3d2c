#!/bin/sh
# npm test: types, lint and the tests that need neither root nor Debian packages.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
sh scripts/setup.sh base
exec sh scripts/with-node.sh scripts/check.ts --quick "$@"
