# shellcheck shell=sh disable=SC2154 # prelude.sh and place.sh go before it
# Makes the folders that find_place missed, and remembers them in the action's own folder, so that an undo finds them.
make_folders() {
  made=$place_root
  made_rest=${place_below#/}
  while [ -n "$made_rest" ]; do
    made_in=$made
    made=${made%/}/${made_rest%%/*}
    case $made_rest in
      */*) made_rest=${made_rest#*/} ;;
      *) made_rest='' ;;
    esac
    # Before it is made: a run that dies in between leaves none that nobody knows of.
    made_words=$({ printf '%s\n' "$made" >>"$action/folders"; } 2>&1) || fail write-failed "$made_words"
    flush_file "$action/folders"
    must write-failed mkdir -m 0755 "$made"
    relabel "$made"
    flush_folder "$made_in"
  done
}

# Takes away what make_folders made, the innermost first, as far as nothing is in it.
unmake_folders() {
  [ -f "$action/folders" ] || return 0
  unmade=''
  while IFS= read -r made; do
    unmade="$made
$unmade"
  done <"$action/folders"
  while IFS= read -r made; do
    if [ -n "$made" ] && rmdir "$made" 2>/dev/null; then flush_folder "${made%/*}"; fi
  done <<UNMADE
$unmade
UNMADE
}
