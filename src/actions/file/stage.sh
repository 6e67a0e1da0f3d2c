# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh goes before it, and place.sh with the file action
# Prepares a change without touching the file: stage.sh RUN SESSION KEY PATH FROM TO TEMP_NAME FOLDERS RECORD_BYTES CONTENT_BYTES
# Standard input: the record, then the wanted content. Leaves the record, the backup and the wanted content in the run's
# folder, and beside the file a temporary one whose name the folder's readers ignore. That one has what the file has beside its
# content: ACL, attributes, label, flags.
run=$1 session=$2 key=$3 path=$4 from=$5 to=$6 temp_name=$7 folders=$8 record_bytes=$9 content_bytes=${10}

require_tools
find_place "$path" "$folders"
begin_apply "$run" "$session" "$key"
temp=${folder%/}/$temp_name
now=$(state_of "$target")

if [ "$now" = "$to" ]; then
  rm -f "$temp"
  conclude already
fi
[ "$now" = "$from" ] || refuse_state "$now" "$target"
old_bytes=0
if [ "$from" != absent ]; then
  # Another name of the same file would be left behind with the old content.
  [ "$(stat -c %h "$target")" = 1 ] || refuse not-a-file 'hard links'
  old_bytes=$(stat -c %s "$target")
  flags=$(flags_of "$target")
  case $flags in
    # Somebody made it so that nobody replaces it.
    *i* | *a*) refuse not-a-file 'immutable or append-only' ;;
  esac
fi

# require_space FOLDER KIB. Root may use the blocks that are kept back for it. stat(1) and not df(1), which walks the mount
# table; a file system that does not tell is asked by writing.
require_space() {
  space=$(stat -f -c '%f %S' "$1" 2>/dev/null) || return 0
  case $space in
    '' | *[!0-9\ ]*) return 0 ;;
  esac
  free=$((${space% *} * ${space#* } / 1024))
  [ "$free" -ge "$2" ] || refuse no-space "$1 $2 $free"
}
require_space "$home" $(((record_bytes + 2 * content_bytes + old_bytes) / 1024 + 64))
require_space "$place_root" $((content_bytes / 1024 + 64))

must write-failed mkdir -p "$action"
incoming=$action/incoming
trap 'rm -f "$incoming" "$action"/*.new' EXIT
words=$({ cat >"$incoming"; } 2>&1) || fail write-failed "$words"
[ "$(($(wc -c <"$incoming")))" -eq $((record_bytes + content_bytes)) ] || fail transfer 'the input ended early'

words=$({ head -c "$record_bytes" "$incoming" >"$action/record.json.new"; } 2>&1) || fail write-failed "$words"
flush_file "$action/record.json.new"
if [ "$to" != absent ]; then
  words=$({ tail -c "+$((record_bytes + 1))" "$incoming" >"$action/after.new"; } 2>&1) || fail write-failed "$words"
  sum=$(sha256sum <"$action/after.new")
  # shellcheck disable=SC2086 # five words
  set -- $to
  [ "${sum%% *}" = "$2" ] || fail transfer 'the content that arrived is not the content that was sent'
  flush_file "$action/after.new"
  must write-failed mv -f "$action/after.new" "$action/after"
fi
if [ "$from" != absent ]; then
  must write-failed cp -a "$target" "$action/before.new"
  backup=$(state_of "$action/before.new")
  [ "$backup" = "$from" ] || refuse_state "$(state_of "$target")" "$target"
  # cp -a of GNU keeps what it can and is silent about the rest.
  keep_attributes "$target" "$action/before.new" ''
  flush_file "$action/before.new"
  must write-failed mv -f "$action/before.new" "$action/before"
  if [ -n "$flags" ]; then
    words=$({ printf '%s\n' "$flags" >"$action/flags.new"; } 2>&1) || fail write-failed "$words"
    flush_file "$action/flags.new"
    must write-failed mv -f "$action/flags.new" "$action/flags"
  fi
fi
must write-failed mv -f "$action/record.json.new" "$action/record.json"
rm -f "$incoming"
note_staged
set_phase "$action" staged

if [ "$to" != absent ]; then
  make_folders
  trap 'rm -f "$temp"' EXIT
  rm -f "$temp"
  # noclobber makes the shell open it with O_EXCL.
  words=$({ set -C && cat "$action/after" >"$temp"; } 2>&1) || fail write-failed "$words"
  if [ "$from" != absent ]; then
    own "$temp" "$to"
    keep_attributes "$target" "$temp" "$flags"
  fi
  dress "$temp" "$to"
fi
trap - EXIT
say outcome 'done'
