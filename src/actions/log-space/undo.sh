# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh goes before it, and place.sh with the log-space action
# Gives a log back from its copy: undo.sh RUN SESSION KEY PATH HOW DEVICE INODE SIZE RETURN_NAME TEMP_NAME RESERVE
# A removed log comes back under its own name. The old lines of an emptied one come back under RETURN_NAME beside it, because
# behind the new lines they would be out of order. Without a copy there is nothing to give back. May be run again.
run=$1 session=$2 key=$3 path=$4 how=$5 device=$6 inode=$7 size=$8 return_name=$9
shift 9
temp_name=$1 reserve=$2

begin_undo "$run" "$session" "$key"

find_log "$path"
see_log
if [ "$phase" = staged ] || { [ "$phase" = committing ] && ! is_gone "$how" "$device" "$inode" "$size"; }; then
  forget_action
  conclude already
fi
[ "$phase" != committing ] || set_phase "$action" committed
[ -f "$action/before.gz" ] || refuse not-kept
[ "$folder_state" = there ] || refuse no-folder "$log_folder"

content() {
  gzip -dc "$action/before.gz"
  [ ! -f "$action/rest.gz" ] || gzip -dc "$action/rest.gz"
}
content >/dev/null 2>&1 || fail backup-damaged "$key"

finish() {
  rm -f "./$temp_name"
  set_phase "$action" undone
  # The room of the copy is worth more than a second one.
  rm -f "$action/before.gz" "$action/rest.gz"
  flush_folder "$action"
  conclude "$1"
}
if [ -e "./$return_name" ] || [ -L "./$return_name" ]; then
  if [ "$phase" = undoing ] && [ "$(content | sha256sum)" = "$(sha256sum <"./$return_name")" ]; then
    finish 'done'
  fi
  refuse changed
fi
room=$(free_bytes .)
if [ -n "$room" ] && [ "$room" -lt $((size + reserve)) ]; then
  refuse no-space "$log_folder $(((size + reserve) / 1024)) $((room / 1024))"
fi
set_phase "$action" undoing
trap 'rm -f "./$temp_name"' EXIT
rm -f "./$temp_name"
words=$({ content >"./$temp_name"; } 2>&1) || fail write-failed "$words"
copy_access=$(stat -c '%u:%g %a' "$action/before.gz")
must write-failed chown "${copy_access% *}" "./$temp_name"
must write-failed chmod "0${copy_access#* }" "./$temp_name"
must write-failed touch -r "$action/before.gz" "./$temp_name"
flush_file "./$temp_name"
# A link is made under a free name only, whole or not at all.
must write-failed ln "./$temp_name" "./$return_name"
must write-failed rm -f "./$temp_name"
trap - EXIT
flush_folder .
if [ -e /sys/fs/selinux/enforce ] && command -v restorecon >/dev/null 2>&1; then
  restorecon -F "./$return_name" >/dev/null 2>&1 || say note 'restorecon failed'
fi
finish 'done'
