#!/bin/sh
# npm run quick: sets up what is needed, then shows nodemend at work on a practice cluster.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
sh scripts/setup.sh quick
exec sh scripts/with-node.sh scripts/quick.ts
