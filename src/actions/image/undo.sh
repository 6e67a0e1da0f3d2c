# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh, image.sh and what asks the runtime go before it
# Removes the name that the run made, and what came with it; one that somebody made again since is left, as all that was there
# before: undo.sh ARGUMENTS...
take_arguments "$@"

begin_undo "$run" "$session" "$key"
if [ "$phase" = staged ] && [ "$comes" = no ]; then
  forget_action
  conclude already
fi
require_runtime
end_left_import
if [ "$phase" = staged ]; then
  withdraw_incoming
  withdraw_ids
  forget_action
  conclude already
fi
finish_removal "$image"
read_name "$image"
made=no
if [ -z "$was" ] && [ "$name_digest" = "$digest" ]; then
  # One that was killed in between had no time to say whose it is.
  if [ "$name_run" = "$run" ] || [ "$phase" = committing ]; then
    made=yes
  fi
fi
others=$(other_names) || fail runtime-client "$(runtime_words)"
if [ "$made" = yes ] && [ -z "$others" ]; then
  ids=$(ids_of_image) || fail runtime-client "$(runtime_words)"
  for name in "$image" $ids; do
    # One that goes back stays.
    find_before "$name"
    [ -z "$was_at" ] || continue
    users=$(users_of "$name") || fail runtime-client "$(runtime_words)"
    [ -z "$users" ] || refuse in-use "$(printf '%s\n' "$users" | head -n 1)"
  done
fi
# What came under a name that was there stays with it.
completed=no
if [ -n "$was" ] && [ "$name_digest" = "$digest" ] && [ "$name_run" = "$run" ]; then
  completed=yes
fi
interrupted=$phase
set_phase "$action" undoing
[ "$made" = no ] || remove_name "$image"
withdraw_incoming
moved_back=no
if [ "$made" = yes ] || [ "$completed" = yes ] || [ "$interrupted" = undoing ]; then
  withdraw_ids
fi
set_phase "$action" undone
# Of an undo that was cut short nobody knows what it had removed.
[ "$made" = yes ] || [ "$moved_back" = yes ] || [ "$interrupted" = undoing ] || conclude already
say outcome 'done'
