# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh goes before it, and place.sh, folders.sh and exchange.sh with the file action
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
stage_file "$record_bytes" "$content_bytes"
say outcome 'done'
