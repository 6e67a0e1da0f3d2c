# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh goes before it, and place.sh with the file action
# Takes a change back, to the byte, if the file is still what the run wrote: undo.sh RUN SESSION KEY PATH FROM TO TEMP_NAME FOLDERS
# Without a record nothing was changed here. May be run again after it was cut short.
run=$1 session=$2 key=$3 path=$4 from=$5 to=$6 temp_name=$7 folders=$8

begin_undo "$run" "$session" "$key"

find_place "$path" "$folders"
temp=${folder%/}/$temp_name
must write-failed rm -f "$temp"
now=$(state_of "$target")
if [ "$phase" = staged ]; then
  unmake_folders
  forget_action
  conclude already
fi
if [ "$now" = "$from" ]; then
  unmake_folders
  set_phase "$action" undone
  conclude already
fi
if [ "$now" != "$to" ]; then
  say_content expected "$action/after"
  refuse_state "$now" "$target"
fi

if [ "$from" != absent ]; then
  backup=$(state_of "$action/before")
  [ "$backup" = "$from" ] || fail backup-damaged "$backup"
fi
set_phase "$action" undoing
if [ "$from" = absent ]; then
  must write-failed rm -f "$target"
else
  trap 'rm -f "$temp"' EXIT
  must write-failed cp -a "$action/before" "$temp"
  own "$temp" "$from"
  keep_attributes "$action/before" "$temp" "$(cat "$action/flags" 2>/dev/null || :)"
  dress "$temp" "$from"
  label=$(label_of "$action/before")
  move_onto "$temp" "$target" || fail write-failed "$move_words"
  if [ -z "$label" ] || [ "$(label_of "$target")" != "$label" ]; then
    relabel "$target"
  fi
  trap - EXIT
fi
flush_folder "$folder"
now=$(state_of "$target")
[ "$now" = "$from" ] || fail write-failed "restored $from, read back $now"
unmake_folders
set_phase "$action" undone
say outcome 'done'
