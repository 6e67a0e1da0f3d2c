# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh, image.sh and what asks the runtime go before it
# Keeps what has come of an image that is not named yet, for a resume or the next run; of one of which nothing has come nothing
# stays: pause.sh ARGUMENTS...
take_arguments "$@"

begin_undo "$run" "$session" "$key"
[ "$phase" = staged ] || fail not-staged "$phase"
require_runtime
end_left_import
archive=$action/archive
kept=0
if [ -s "$archive" ]; then
  kept=$(($(wc -c <"$archive")))
elif [ "$comes" = yes ]; then
  read_name "$from"
  [ "$name_digest" != "$digest" ] || kept=all
fi
if [ "$kept" = 0 ]; then
  withdraw_incoming
  withdraw_ids
  forget_action
  conclude already
fi
say kept "$kept"
say outcome 'done'
