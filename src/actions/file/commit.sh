# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh goes before it, and place.sh and exchange.sh with the file action
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
put_into_place
set_phase "$action" committed
say outcome 'done'
