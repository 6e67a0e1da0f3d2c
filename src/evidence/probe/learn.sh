# shellcheck shell=sh disable=SC2154 # the prelude, path-of-root.sh and daemon.sh go before it
# What most sections ask for is learnt before the first of them, in time of its own, and handed on to all: which processes are the
# node's own daemons, what the paths are that the facts asked for ($nm_looks_ahead), and which folders are root's. Where that fails,
# each section looks by itself.
nm_learn() {
  nm_note_now
  nm_looks_ahead="$nm_looks_ahead $nm_scratch/now"
  nm_find_daemons
  IFS='
'
  set -f
  nm_files=''
  for nm_line in $nm_known; do
    case $nm_line in
      /proc/* | *"	"4???" "*) ;;
      *)
        nm_files="$nm_files$nm_line
"
        ;;
    esac
  done
  printf '%s%s' "${nm_roots#?}" "$nm_files" >"$nm_scratch/known"
}

if [ -n "$nm_scratch" ]; then
  section - 3 65536 nm_learn
  if [ -s "$nm_scratch/daemons" ]; then
    nm_find_daemons
    while IFS= read -r nm_line; do
      case $nm_line in
        *'	'*)
          nm_known="$nm_known
$nm_line"
          ;;
        *)
          nm_roots="$nm_roots$nm_line
"
          ;;
      esac
    done <"$nm_scratch/known"
  fi
fi
