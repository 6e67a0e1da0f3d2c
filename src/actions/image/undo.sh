# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh and what asks the runtime go before it
# Removes the name that the run made, and what came with it; one that somebody made again since is left, as all that was there before.
# undo.sh RUN SESSION KEY SOCKET IMAGE DIGEST ID WAS FROM
run=$1 session=$2 key=$3 socket=$4 image=$5 digest=$6 id=$7 was=$8 from=$9

was_there() {
  grep -qxF -e "$1" "$action/names"
}

begin_undo "$run" "$session" "$key"
require_containerd "$socket"
remove_incoming "$from"
if [ "$phase" = staged ]; then
  forget_action
  conclude already
fi
read_name "$image"
made=no
if [ -z "$was" ] && [ "$name_digest" = "$digest" ]; then
  # Of one that was killed in between, the name has no mark yet.
  if [ "$name_run" = "$run" ] || [ "$phase" = committing ]; then
    made=yes
  fi
fi
others=$(names_of "$digest") || fail runtime-client "$others"
others=$(printf '%s\n' "$others" | { grep -vxF -e "$image" || :; })
ids=$(ids_of "$digest") || fail runtime-client "$ids"
if [ "$made" = yes ] && [ -z "$others" ]; then
  for name in "$image" $ids; do
    users=$(users_of "$name") || fail runtime-client "$users"
    [ -z "$users" ] || refuse in-use "$(printf '%s' "$users" | head -n 1)"
  done
fi
interrupted=$phase
set_phase "$action" undoing
[ "$made" = no ] || remove_name "$image"
# CRI's own name of the image came with ours.
if [ -z "$others" ] && { [ "$made" = yes ] || [ "$interrupted" = undoing ]; }; then
  for name in $ids; do
    was_there "$name" || remove_name "$name"
  done
fi
set_phase "$action" undone
# Of an undo that was cut short nobody knows what it had removed.
[ "$made" = yes ] || [ "$interrupted" = undoing ] || conclude already
say outcome 'done'
