# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh, image.sh and what asks the runtime go before it
# Looks whether the name is as planned and the disk has room, and writes down what undo needs. Changes nothing.
# prepare.sh ARGUMENTS... RECORD_BYTES PATH NEEDED KEEP_FREE INODES KEEP_FREE_INODES, INODES 0 where they are not reckoned, the record on standard input
take_arguments "$@"
shift 11
record_bytes=$1 room_path=$2 needed=$3 keep_free=$4 inodes=$5 keep_free_inodes=$6

require_tools
require_runtime
begin_apply "$run" "$session" "$key"
require_store
if [ "$phase" = committing ] || is_committed; then
  # An earlier process of the run: the next steps finish it.
  conclude already
fi
read_name "$image"
[ "$name_digest" = "$was" ] || refuse image-changed "$image: ${name_digest:-absent}"
if [ "$comes" = no ]; then
  read_name "$from"
  [ "$name_digest" = "$digest" ] || refuse image-changed "$from: ${name_digest:-absent}"
  find_lacking "$from"
  [ -z "$lacking" ] || refuse not-whole "$from: $lacking"
fi
# What other runs that were interrupted keep of other images, and nobody has gone on with for a day: the room is wanted.
now=$(date +%s)
for part in "$home"/runs/*/*/archive; do
  case $part in */"$key"/archive) continue ;; esac
  if [ -f "$part" ] && [ "$((now - $(stat -c %Y "$part")))" -ge 86400 ]; then
    must write-failed rm -f "$part"
  fi
done
# As kubelet reckons it: what is left for others than root. stat, because df of a busybox wants to know every mount.
free=$(stat -f -c '%a * %S' "$room_path" 2>/dev/null) || refuse no-folder "$room_path"
free=$((${free%% *} * ${free##* }))
[ "$needed" -eq 0 ] || [ "$((free - needed))" -ge "$keep_free" ] || refuse no-room "$room_path $free $needed $keep_free"
if [ "$inodes" -gt 0 ]; then
  free_inodes=$(stat -f -c %d "$room_path") || refuse no-folder "$room_path"
  [ "$((free_inodes - inodes))" -ge "$keep_free_inodes" ] ||
    refuse no-inodes "$room_path $free_inodes $inodes $keep_free_inodes"
fi
must write-failed mkdir -p "$action"
# What an earlier process of the run has brought by now is the run's.
if [ ! -e "$action/names" ]; then
  note_ids
  names=$(names_of_image && ids_of_image) || fail runtime-client "$(runtime_words)"
  words=$({ printf '%s\n' "$names" >"$action/names.new"; } 2>&1) || fail write-failed "$words"
  flush_file "$action/names.new"
  must write-failed mv -f "$action/names.new" "$action/names"
fi
keep_record "$record_bytes"
note_staged
say free "$free"
say outcome 'done'
