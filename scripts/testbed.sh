#!/bin/sh
# npm run testbed: sets up what a testbed is made of before it starts or builds one; the other commands need nothing new.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
case " $* " in
  # Whoever asks for the usage is not made to wait for packages.
  *' --help '* | *' -h '*) sh scripts/setup.sh base ;;
  ' up '* | ' build '*) sh scripts/setup.sh testbed ;;
  *) sh scripts/setup.sh base ;;
esac
exec sh scripts/with-node.sh testbed/testbed.ts "$@"
