# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh, the file action's place.sh and generated.sh go before it
# What was made was read, and is right: it takes its place, and the phase says so.
# install.sh RUN SESSION KEY GENERATOR CONFIG SUM PHASE
run=$1 session=$2 key=$3 generator=$4 config=$5 sum=$6 reached=$7

find_config "$config"
begin_action "$run" "$session" "$key"
if [ "$generator" != grubby ]; then
  waiting=$(state_of "$config_new")
  case $waiting in
    "file $sum "*) ;;
    *) fail not-staged "$config_new: $waiting" ;;
  esac
  # It has the owner and the mode of the one whose place it takes.
  access=$(stat -c '%u:%g %a' "$config")
  if [ "$(stat -c '%u:%g %a' "$config_new")" != "$access" ]; then
    chown "${access% *}" "$config_new" 2>/dev/null || :
    chmod "0${access#* }" "$config_new" 2>/dev/null || :
  fi
  flush_file "$config_new"
  # Before it is there, so that an undo knows it for the run's own however this ends.
  [ "$reached" != committed ] || note generated-after "$sum  $config"
  move_onto "$config_new" "$config" || fail write-failed "$move_words"
  flush_folder "$config_folder"
  relabel "$config"
fi
set_phase "$action" "$reached"
say outcome 'done'
