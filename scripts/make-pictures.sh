#!/bin/sh
# Makes docs/images/ from real runs on a practice cluster. Needs root, tmux and what `npm run quick` sets up.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
lab=shop
trap 'bin/nodemend lab down --name "$lab" >/dev/null' EXIT
trap 'exit 130' INT

bin/nodemend lab up --name "$lab" --nodes 20 >/dev/null
bin/nodemend lab break container-logs --name "$lab" >/dev/null
NODEMEND_CONFIG=${XDG_STATE_HOME:-$HOME/.local/state}/nodemend/labs/$lab/nodemend.yaml
export NODEMEND_CONFIG

picture() {
  out=$1
  shift
  sh scripts/with-node.sh scripts/terminal-picture.ts "docs/images/$out" --columns 80 --rows 40 -- "$@"
}

LC_ALL=C.UTF-8 LANG=en_US.UTF-8 picture diagnose.svg nodemend diagnose --via ssh
LC_ALL=C.UTF-8 LANG=ko_KR.UTF-8 picture diagnose.ko.svg nodemend diagnose --via ssh --lang ko
