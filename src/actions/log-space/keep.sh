# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh goes before it, and place.sh with the log-space action
# Writes down what will be freed, and keeps a compressed copy of it where there is room:
# keep.sh RUN SESSION KEY PATH HOW KEEP DEVICE INODE SIZE MODIFIED RESERVE RECORD_BYTES
# Standard input: the record. HOW is remove or truncate; KEEP is always, when-it-fits or never. RESERVE is the bytes that stay
# free where the copy lies, for the records, for the journal and for the node. The log itself is only read.
run=$1 session=$2 key=$3 path=$4 how=$5 keep=$6 device=$7 inode=$8 size=$9
shift 9
modified=$1 reserve=$2 record_bytes=$3

require_tools
require_proc
find_log "$path"
begin_apply "$run" "$session" "$key"
if is_committed; then
  conclude already
fi
see_log
if is_gone "$how" "$device" "$inode" "$size"; then
  # What a killed run had freed is brought to its end by the next step; what somebody else freed is none of ours.
  [ "$phase" = committing ] || conclude gone
  conclude already
fi
require_same "$how" "$size" "$modified"
[ "$how" = truncate ] || require_closed "$device" "$inode"

keep_record "$record_bytes"

# Ends the copy as soon as somebody else takes the room that it counts on: watch_copy PROCESS
watch_copy() {
  while kill -0 "$1" 2>/dev/null; do
    sleep 1
    watched=$(free_bytes "$home")
    if [ -n "$watched" ] && [ "$watched" -lt "$reserve" ]; then
      kill "$1" 2>/dev/null || :
    fi
  done
}

gently() {
  if command -v nice >/dev/null 2>&1; then
    nice -n 19 "$@"
  else
    "$@"
  fi
}

# The first SIZE bytes, because a live log grows meanwhile. Not one byte more than there is room for is ever written.
keep_copy() {
  copy=$action/before.gz.new
  copy_free=$(free_bytes "$home")
  copy_room=$((${copy_free:-0} - reserve))
  copy_bytes=0
  [ "$copy_room" -gt 0 ] || return 1
  { head -c "$size" "./$log_name" | gently gzip -c | head -c "$((copy_room + 1))" >"$copy"; } 2>/dev/null &
  copy_process=$!
  # Its sleep outlives it for a moment, and would hold the answer back.
  watch_copy "$copy_process" >/dev/null 2>&1 </dev/null &
  copy_watch=$!
  copy_status=0
  wait "$copy_process" || copy_status=$?
  kill "$copy_watch" 2>/dev/null || :
  wait "$copy_watch" 2>/dev/null || :
  [ -f "$copy" ] || return 1
  copy_bytes=$(stat -c %s "$copy")
  [ "$copy_status" -eq 0 ] && [ "$copy_bytes" -le "$copy_room" ] || return 1
  copy_sum=$(gzip -dc "$copy" 2>/dev/null | sha256sum)
  log_sum=$(head -c "$size" "./$log_name" | sha256sum)
  [ "$copy_sum" = "$log_sum" ] || return 1
  # Owner, mode and time of the log itself, for an undo.
  copy_access=$(stat -c '%u:%g %a' "./$log_name") || return 1
  chown "${copy_access% *}" "$copy" && chmod "0${copy_access#* }" "$copy" && touch -r "./$log_name" "$copy"
}

must write-failed rm -f "$action/before.gz" "$action/rest.gz"
kept=0
if [ "$keep" != never ]; then
  command -v gzip >/dev/null 2>&1 || refuse tool-missing gzip
  if keep_copy 2>/dev/null; then
    flush_file "$action/before.gz.new"
    must write-failed mv -f "$action/before.gz.new" "$action/before.gz"
    kept=$copy_bytes
  else
    rm -f "$action/before.gz.new"
    if [ "$keep" = always ]; then
      rm -f "$action/record.json"
      refuse no-space "$home $(((reserve + copy_bytes) / 1024 + 1)) $((${copy_free:-0} / 1024))"
    fi
  fi
fi
say kept "$kept"
note_staged
trap - EXIT
say outcome 'done'
