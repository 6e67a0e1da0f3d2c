# shellcheck shell=sh disable=SC2154 # the prelude, path-of-root.sh and daemon.sh go before it
# What most sections ask for is learnt before the first of them, in time of its own, and handed on to all: which processes are the
# node's own daemons, what the paths are that the facts asked for ($nm_looks_ahead), and which folders are root's. Where that fails,
# each section looks by itself. The same process goes on with sections whose facts allow it ($nm_run_ahead, names of functions): a fork
# for each of them costs more than most of what they do. One that came to no end here is run in its turn.
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
  set +f
  nm_sum_ahead
  for nm_function in $nm_run_ahead; do
    "$nm_function" >"$nm_scratch/ahead-$nm_function.out" 2>"$nm_scratch/ahead-$nm_function.err"
    { echo "$?" >"$nm_scratch/ahead-$nm_function.code"; } 2>/dev/null || nm_forget_ahead "$nm_function"
    # The next one finds the shell as it is at the beginning of a section.
    unset IFS
    set +f
    cd /
  done
}

# What came to no end, or found no room, takes none from the others.
nm_forget_ahead() {
  : >"$nm_scratch/ahead-$1.out"
  : >"$nm_scratch/ahead-$1.err"
}

# Of files alone, and not of large ones.
nm_sum_ahead() {
  set --
  for nm_path in $nm_sums_ahead; do
    nm_is_known "$nm_path" || continue
    nm_size=${nm_looks% *}
    nm_size=${nm_size##* }
    case $nm_looks in 8???' '*) [ "$nm_size" -gt 262144 ] || set -- "$@" "$nm_path" ;; esac
  done
  [ "$#" -eq 0 ] || sha256sum -- "$@" >"$nm_scratch/sums" 2>/dev/null
  [ "$#" -eq 0 ] || while IFS= read -r nm_line; do
    nm_sums="$nm_sums
$nm_line"
  done <"$nm_scratch/sums"
}

if [ -n "$nm_scratch" ]; then
  # As much as the largest of them may print.
  section - 3 262144 nm_learn
  for nm_function in $nm_run_ahead; do
    [ -s "$nm_scratch/ahead-$nm_function.code" ] || [ ! -e "$nm_scratch/ahead-$nm_function.out" ] || nm_forget_ahead "$nm_function"
  done
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
