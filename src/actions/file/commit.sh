# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh goes before it, and place.sh with the file action
# Puts the staged file into place: commit.sh RUN SESSION KEY PATH FROM TO TEMP_NAME FOLDERS
run=$1 session=$2 key=$3 path=$4 from=$5 to=$6 temp_name=$7 folders=$8

find_place "$path" "$folders"
begin_commit "$run" "$session" "$key"
temp=${folder%/}/$temp_name
now=$(state_of "$target")

if [ "$phase" != staged ] && [ "$now" = "$to" ]; then
  rm -f "$temp"
  [ "$phase" != committing ] || set_phase "$action" committed
  conclude already
fi
[ "$now" = "$from" ] || refuse_state "$now" "$target"
if [ "$to" != absent ]; then
  staged=$(state_of "$temp")
  [ "$staged" = "$to" ] || fail not-staged "$staged"
fi

# A label that somebody gave the file is kept; one that no tool could carry over is the policy's again.
label_was=''
[ "$from" = absent ] || label_was=$(label_of "$target")
set_phase "$action" committing
if [ "$to" = absent ]; then
  move_words=$(rm -f "$target" 2>&1) || moved=no
else
  move_onto "$temp" "$target" || moved=no
fi
if [ "${moved-yes}" = no ]; then
  set_phase "$action" staged
  fail write-failed "$move_words"
fi
flush_folder "$folder"
if [ "$to" != absent ] && { [ -z "$label_was" ] || [ "$(label_of "$target")" != "$label_was" ]; }; then
  relabel "$target"
fi
now=$(state_of "$target")
[ "$now" = "$to" ] || fail write-failed "wrote $to, read back $now"
set_phase "$action" committed
say outcome 'done'
