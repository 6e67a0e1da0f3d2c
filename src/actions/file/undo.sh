# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh goes before it, and place.sh and exchange.sh with the file action
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
put_back
unmake_folders
set_phase "$action" undone
say outcome 'done'
