# shellcheck shell=sh disable=SC2154 # the prelude, path-of-root.sh and daemon.sh go before it
# What most sections ask for is learnt before the first of them, in time of its own, and handed on to all: which processes are the
# node's own daemons, and whose the folders on the way to their files are. Where that fails, each section looks by itself.
nm_learn() {
  nm_find_daemons
  echo "$nm_known" >"$nm_scratch/known"
}

if [ -n "$nm_scratch" ]; then
  section - 3 65536 nm_learn
  if [ -s "$nm_scratch/daemons" ]; then
    nm_find_daemons
    while IFS= read -r nm_line; do
      nm_known="$nm_known
$nm_line"
    done <"$nm_scratch/known"
  fi
fi
