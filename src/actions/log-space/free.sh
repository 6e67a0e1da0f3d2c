# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh goes before it, and place.sh with the log-space action
# Frees a log's room: free.sh RUN SESSION KEY PATH HOW DEVICE INODE SIZE MODIFIED RESERVE
# All that was looked at before is looked at again. A live log is emptied through an open file, so that it is the very one.
run=$1 session=$2 key=$3 path=$4 how=$5 device=$6 inode=$7 size=$8 modified=$9
shift 9
reserve=$1

require_proc
find_log "$path"
begin_commit "$run" "$session" "$key"
if is_committed; then
  conclude already
fi
see_log
if is_gone "$how" "$device" "$inode" "$size"; then
  if [ "$phase" = committing ]; then
    set_phase "$action" committed
    conclude already
  fi
  # Somebody else was quicker. The copy that was made of it is not wanted then.
  forget_action
  conclude gone
fi
require_same "$how" "$size" "$modified"

# Lines that were written since the copy was made, kept as well where they are few.
keep_rest() {
  rest=$((log_size - size))
  [ -f "$action/before.gz" ] && [ "$rest" -gt 0 ] || return 0
  rest_free=$(free_bytes "$home")
  [ $((${rest_free:-0} - rest)) -ge "$reserve" ] || return 0
  if { tail -c "+$((size + 1))" "./$log_name" | head -c "$rest" | gzip -c >"$action/rest.gz"; } 2>/dev/null; then
    flush_file "$action/rest.gz"
  else
    rm -f "$action/rest.gz"
  fi
}

# Others go on writing, so this is what they left of it. Some file systems count freed blocks a moment later.
say_freed() {
  freed_tries=0
  while :; do
    freed_after=$(free_bytes .)
    [ -n "$freed_before" ] || return 0
    if [ "$freed_tries" -ge 3 ] || [ $(((freed_after - freed_before) * 2)) -ge "$log_allocated" ]; then
      break
    fi
    freed_tries=$((freed_tries + 1))
    sleep 1
  done
  say freed "$((freed_after - freed_before))"
}

if [ "$how" = remove ]; then
  require_closed "$device" "$inode"
  set_phase "$action" committing
  freed_before=$(free_bytes .)
  must write-failed rm -f "./$log_name"
  flush_folder .
else
  keep_rest
  set_phase "$action" committing
  freed_before=$(free_bytes .)
  exec 3>>"./$log_name"
  # The log may be rotated between the look and the deed.
  opened=$(stat -L -c '%d %i' "/proc/$$/fd/3")
  if [ "$opened" != "$device $inode" ]; then
    set_phase "$action" staged
    refuse changed
  fi
  # Opened once more through the descriptor: the same file, whatever its name is by now.
  words=$({ : >"/proc/$$/fd/3"; } 2>&1) || fail write-failed "$words"
  exec 3>&-
  flush_file "./$log_name"
fi
say_freed
set_phase "$action" committed
if [ "$how" = truncate ]; then
  say_writers "$device" "$inode"
fi
say outcome 'done'
