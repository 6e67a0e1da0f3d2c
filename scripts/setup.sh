#!/bin/sh
# Makes this checkout ready: setup.sh [base|quick|testbed|check|fetch NAME]
#   base     Node 24 and the npm packages (needs no root)
#   quick    and the Debian packages of the practice cluster
#   testbed  those of the testbed
#   check    and those of the whole test run
#   fetch NAME   prints the path of one package of downloads.txt, downloading it when it is not in the cache
# Does only what is missing, so it can be called before every command.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
set_name=${1:-base}
machine_npm=$(command -v npm || true)
cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/nodemend
cd "$root"

say() { printf 'set-up: %s\n' "$*"; }

# fail CAUSE NEXT: one line each, as nodemend's own errors.
fail() {
  printf 'set-up: %s\n  next: %s\n' "$1" "$2" >&2
  exit 1
}

# shellcheck source=scripts/setup/fetch.sh
. "$root/scripts/setup/fetch.sh"
# shellcheck source=scripts/setup/node.sh
. "$root/scripts/setup/node.sh"
# shellcheck source=scripts/setup/dependencies.sh
. "$root/scripts/setup/dependencies.sh"
# shellcheck source=scripts/setup/packages.sh
. "$root/scripts/setup/packages.sh"

case $set_name in
  base | quick | testbed | check | fetch) ;;
  *) fail "there is no set '$set_name'" 'name one of: base, quick, testbed, check, fetch' ;;
esac

# One set-up at a time for this user; a second waits and then finds its work done.
mkdir -p "$cache" || fail "cannot write to $cache" 'set XDG_CACHE_HOME to a folder that can be written'
if command -v flock >/dev/null; then
  exec 8>"$cache/setup.lock"
  flock 8
fi

if [ "$set_name" = fetch ]; then
  fetch "${2:?fetch needs a name of downloads.txt}" >&2
  echo "$fetched"
  exit
fi
setup_node
setup_dependencies
[ "$set_name" = base ] || setup_packages "$set_name"
