# shellcheck shell=sh disable=SC2154 # prelude.sh goes before it
# Takes away what no undo needs any more: prune.sh look|remove DAYS COPIES [RUN...]
# A run's folder goes when nothing of the run is in force and it was left alone for DAYS days. With COPIES=yes the copies of
# freed logs go too, of runs as old: their records stay, so that an undo says what it cannot give back. "remove" takes the RUNs
# alone, and looks again. What was removed is remembered by name, for undo must not miss it.
what=$1 days=$2 copies=$3
shift 3

[ -d "$home/runs" ] || conclude 'done'
if [ "$what" = remove ]; then
  take_turn
fi
read_lock
now=$(date +%s)

# Whole days since anything of the run was touched.
age_of() {
  newest=0
  for touched in "$1" "$1"/*/ "$1"/*/phase-*; do
    [ -e "$touched" ] || continue
    touched_at=$(stat -c %Y "$touched")
    [ "$touched_at" -le "$newest" ] || newest=$touched_at
  done
  printf '%s' $(((now - newest) / 86400))
}

# over: nothing of it is in force, and nothing can be given back. So it is of an image that had come in part, and no more.
state_of_run() {
  run_state=over
  for action in "$1"/*/; do
    [ -d "$action" ] || continue
    case $(phase_of "${action%/}") in
      undone | none) ;;
      staged) [ -f "$action/archive" ] && [ ! -e "$action/importing" ] || run_state=in-force ;;
      *) run_state=in-force ;;
    esac
  done
  printf '%s' "$run_state"
}

copied_bytes() {
  copied=0
  for copy in "$1"/*/before.gz "$1"/*/rest.gz; do
    [ ! -f "$copy" ] || copied=$((copied + $(stat -c %s "$copy")))
  done
  printf '%s' "$copied"
}

wanted() {
  [ "$what" = remove ] || return 0
  wanted_run=$1
  shift
  for named; do
    [ "$named" != "$wanted_run" ] || return 0
  done
  return 1
}

for folder in "$home/runs"/*/; do
  [ -d "$folder" ] || continue
  folder=${folder%/}
  run=${folder##*/}
  wanted "$run" "$@" || continue
  [ "$run" != "$lock_run" ] || continue
  age=$(age_of "$folder")
  [ "$age" -ge "$days" ] || continue
  state=$(state_of_run "$folder")
  bytes=$(copied_bytes "$folder")
  case $state in
    over)
      if [ "$what" = remove ]; then
        words=$({ printf '%s\n' "$run" >>"$home/pruned"; } 2>&1) || fail write-failed "$words"
        flush_file "$home/pruned"
        must write-failed rm -rf "$folder"
      fi
      say over "$run $age $bytes"
      ;;
    *)
      if [ "$copies" = yes ] && [ "$bytes" -gt 0 ]; then
        if [ "$what" = remove ]; then
          must write-failed rm -f "$folder"/*/before.gz "$folder"/*/rest.gz
        fi
        say copies "$run $age $bytes"
      fi
      ;;
  esac
done
say outcome 'done'
