# shellcheck shell=sh disable=SC2034,SC2154 # the prelude, path-of-root.sh and daemon.sh go before it, and read what it leaves
# What most sections ask for is learnt before the first of them, in time of its own, and handed on to all: which processes are the
# node's own daemons, what the paths are that the facts asked for ($nm_looks_ahead), and which folders are root's. Where that fails,
# each section looks by itself. The same process goes on with sections whose facts allow it ($nm_run_ahead, names of functions): a fork
# for each of them costs more than most of what they do. One that came to no end here is run in its turn. Who the node is, is told before
# anything is looked for.
nm_learn() {
  nm_go_ahead nm_identity
  nm_note_now
  nm_looks_ahead="$nm_looks_ahead $nm_scratch/now"
  nm_find_daemons
  IFS='
'
  set -f
  nm_files='' nm_folders=''
  for nm_line in $nm_known; do
    case $nm_line in
      /proc/*) ;;
      *"	"4???" "*)
        nm_folders="$nm_folders
$nm_line"
        ;;
      *)
        nm_files="$nm_files$nm_line
"
        ;;
    esac
  done
  printf '%s%s' "${nm_roots#?}" "$nm_files" >"$nm_scratch/known"
  nm_sum_ahead
  # From now on it is files that are asked for: they are found sooner at the beginning.
  nm_known="
$nm_files${nm_folders#?}"
  for nm_function in $nm_run_ahead; do nm_go_ahead "$nm_function"; done
}

nm_go_ahead() {
  "$1" >"$nm_scratch/ahead-$1.out" 2>"$nm_scratch/ahead-$1.err"
  { echo "$?" >"$nm_scratch/ahead-$1.code"; } 2>/dev/null || nm_forget_ahead "$1"
  # The next one finds the shell as it is at the beginning of a section.
  unset IFS
  set +f
  cd /
}

# What came to no end, or found no room, takes none from the others.
nm_forget_ahead() {
  : >"$nm_scratch/ahead-$1.out"
  : >"$nm_scratch/ahead-$1.err"
}

# Of files alone, and not of large ones.
nm_sum_ahead() {
  unset IFS
  set +f
  # shellcheck disable=SC2086 # patterns of paths
  set -- $nm_sums_ahead
  nm_wanted=" $* "
  IFS='
'
  set -f
  set --
  for nm_line in $nm_files; do
    nm_path=${nm_line%%	*}
    case $nm_wanted in *" $nm_path "*) ;; *) continue ;; esac
    nm_looks=${nm_line#*	}
    nm_size=${nm_looks% *}
    nm_size=${nm_size##* }
    case $nm_looks in 8???' '*) [ "$nm_size" -gt 262144 ] || set -- "$@" "$nm_path" ;; esac
  done
  unset IFS
  set +f
  [ "$#" -eq 0 ] || sha256sum -- "$@" >"$nm_scratch/sums" 2>/dev/null
  [ "$#" -eq 0 ] || while IFS= read -r nm_line; do
    nm_sums="$nm_sums
$nm_line"
  done <"$nm_scratch/sums"
}

if [ -n "$nm_scratch" ]; then
  # As much as the largest of them may print.
  section - 3 262144 nm_learn
  nm_learnt=$nm_status
  for nm_function in nm_identity $nm_run_ahead; do
    [ -s "ahead-$nm_function.code" ] || [ ! -e "ahead-$nm_function.out" ] || nm_forget_ahead "$nm_function"
  done
  section nodemend/identity 3 4096 nm_identity
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
else
  nm_identity_alone
fi
