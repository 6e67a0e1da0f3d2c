# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh, the file action's place.sh, attributes.sh, folders.sh and exchange.sh, and generated.sh go before it
# Prepares the edit of GRUB's defaults, and looks whether what is booted is what the plan saw. Changes neither.
# stage.sh RUN SESSION KEY PATH FROM TO TEMP_NAME FOLDERS GENERATOR CONFIG RECORD_BYTES CONTENT_BYTES SOURCES CONFIG_SUM
# Standard input: the record, then the wanted content.
run=$1 session=$2 key=$3 path=$4 from=$5 to=$6 temp_name=$7 folders=$8 generator=$9
shift 9
config=$1 record_bytes=$2 content_bytes=$3 sources=$4 config_sum=$5

require_tools
find_config "$config"
find_place "$path" "$folders"
begin_apply "$run" "$session" "$key"
if [ "$phase" = committing ] || is_committed; then
  # An earlier process of the run: the next step finishes it.
  conclude already
fi
temp=${folder%/}/$temp_name
now=$(state_of "$target")
[ "$now" = "$from" ] || refuse_state "$now" "$target"
# A file of the defaults that is new, or another one now, may say something else than was read.
[ "$(sources_digest)" = "$sources" ] || refuse sources-changed
config_now=$(state_of "$config")
case $config_now in
  "file $config_sum "*) ;;
  'file '*) refuse config-changed "$config" ;;
  *) refuse not-a-file "$config: $config_now" ;;
esac
stage_file "$record_bytes" "$content_bytes"
say outcome 'done'
