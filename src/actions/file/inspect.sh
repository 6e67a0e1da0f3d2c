# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh goes before it, and place.sh with the file action
# Says how far a run got with a file, without changing anything: inspect.sh RUN KEY PATH TEMP_NAME FOLDERS
run=$1 key=$2 path=$3 temp_name=$4 folders=$5

find_place "$path" "$folders"
say phase "$(phase_of "$home/runs/$run/$key")"
say state "$(state_of "$target")"
say staged "$(state_of "${folder%/}/$temp_name")"
say outcome 'done'
