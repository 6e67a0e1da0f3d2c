# shellcheck shell=sh disable=SC2154 # the prelude, path-of-root.sh and daemon.sh go before it
# What most sections ask for is learnt before the first of them, in time of its own, and handed on to all: which processes are the
# node's own daemons, what the paths are that the facts asked for ($nm_looks_ahead), and which folders are root's. Where that fails,
# each section looks by itself. The same process goes on with sections whose facts allow it ($nm_run_ahead, names of functions): a fork for each
# of them costs more than most of what they do. One that came to no end here is run in its turn.
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
  unset IFS
  for nm_function in $nm_run_ahead; do
    set +f
    # The next one finds all as it is at the beginning of a section.
    "$nm_function" >"$nm_scratch/ahead-$nm_function.out" 2>"$nm_scratch/ahead-$nm_function.err"
    echo "$?" >"$nm_scratch/ahead-$nm_function.code"
    unset IFS
    cd /
  done
}

if [ -n "$nm_scratch" ]; then
  # As much as the largest of them may print.
  section - 3 262144 nm_learn
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
