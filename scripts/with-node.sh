#!/bin/sh
# Runs a TypeScript file of this checkout with the Node that the set-up chose: with-node.sh FILE [ARGUMENT…]
# FILE is relative to the checkout; `?raw` imports are text, as in the bundle and in the tests.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
file=$root/$1
shift

node=$root/.node/bin/node
if [ ! -x "$node" ]; then
  node=node
  case $(node --version 2>/dev/null || true) in
    v2[4-9].* | v[3-9][0-9].*) ;;
    *)
      printf 'nodemend: Node 24 or newer is needed here\n  next: npm run setup\n' >&2
      exit 1
      ;;
  esac
fi
exec "$node" --disable-warning=ExperimentalWarning --import "$root/scripts/source-hooks.ts" "$file" "$@"
