# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh, the file action's place.sh, attributes.sh, folders.sh and exchange.sh, and generated.sh go before it
# Takes the argument back: the defaults to the byte if they are what the run wrote, and what is booted likewise. Where somebody edited
# either since, the caller says what the defaults are to be without the argument, and what is booted is re-created from them.
# undo.sh RUN SESSION KEY PATH FROM TO TEMP_NAME FOLDERS GENERATOR CONFIG ARGUMENT_BEFORE ARGUMENT_AFTER HOW EDITED_FROM EDITED_TO
# HOW is `restore`; or `edit`, with the content on standard input; or `leave`, when it is no longer in the defaults.
run=$1 session=$2 key=$3 path=$4 from=$5 to=$6 temp_name=$7 folders=$8 generator=$9
shift 9
config=$1 argument_before=$2 argument_after=$3 how=$4 edited_from=$5 edited_to=$6

begin_undo "$run" "$session" "$key"
find_config "$config"
find_place "$path" "$folders"
temp=${folder%/}/$temp_name
must write-failed rm -f "$temp" "$config_new" "$config_new.new"
drop_waiting
now=$(state_of "$target")
if [ "$phase" = staged ]; then
  unmake_folders
  forget_action
  conclude already
fi

if [ "$now" != "$from" ]; then
  case $how in
    restore)
      if [ "$now" != "$to" ]; then
        say_state
        refuse_state "$now" "$target"
      fi
      put_back
      ;;
    edit)
      if [ "$now" != "$edited_to" ]; then
        [ "$now" = "$edited_from" ] || refuse_state "$now" "$target"
        incoming=$action/incoming
        words=$({ cat >"$incoming"; } 2>&1) || fail write-failed "$words"
        keep_content 0 "$edited_to" edited
        rm -f "$incoming"
        flags=$(flags_of "$target")
        set_phase "$action" undoing
        trap 'rm -f "$temp"' EXIT
        write_beside "$action/edited" "$edited_to"
        move_onto "$temp" "$target" || fail write-failed "$move_words"
        trap - EXIT
        flush_folder "$folder"
        relabel "$target"
      fi
      ;;
  esac
fi
set_phase "$action" undoing
unmake_folders

if [ "$how" = restore ] && are_the_runs; then
  restore_generated
fi
if is_as_before; then
  set_phase "$action" undone
  conclude 'done'
fi
if [ "$generator" = grubby ]; then
  if [ -n "$argument_before" ]; then
    edit_entries --args "$argument_before"
  else
    edit_entries --remove-args "$argument_after"
  fi
else
  generate_config
fi
say_state
say outcome generated
