# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh, the file action's place.sh, attributes.sh and exchange.sh, and generated.sh go before it
# Puts the edited defaults into place, and has made from them what is to be booted. A configuration waits beside the one that is
# booted until it was read; entries are edited where they stand, from copies that are kept.
# generate.sh RUN SESSION KEY PATH FROM TO TEMP_NAME FOLDERS GENERATOR CONFIG SOURCES ARGUMENT
run=$1 session=$2 key=$3 path=$4 from=$5 to=$6 temp_name=$7 folders=$8 generator=$9
shift 9
config=$1 sources=$2 argument=$3

find_config "$config"
find_place "$path" "$folders"
begin_commit "$run" "$session" "$key"
if is_committed; then
  conclude already
fi
temp=${folder%/}/$temp_name
now=$(state_of "$target")
if [ "$phase" = committing ] && [ "$now" = "$to" ]; then
  rm -f "$temp"
else
  put_into_place
fi
[ "$(sources_digest)" = "$sources" ] || refuse sources-changed
keep_generated
if [ "$generator" = grubby ]; then
  edit_entries --args "$argument"
  note generated-after "$(generated_sums)"
else
  generate_config
fi
say_state
say outcome 'done'
