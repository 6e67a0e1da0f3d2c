# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh, image.sh and what asks the runtime go before it
# Says how far a run got and what the name stands for, without changing anything: look.sh ARGUMENTS... listed|read
# `read`: its content is read through as well; a step before may have done that.
take_arguments "$@"
shift 11
depth=$1

require_runtime
say phase "$phase"
read_name "$image"
say name "${name_digest:--} ${name_run:--}"
if [ "$name_digest" = "$digest" ]; then
  if [ "$depth" = read ]; then
    find_lacking "$image"
  else
    find_unlisted "$image"
  fi
  say_words lacking "$lacking"
  find_cri
  say cri "$cri"
fi
say outcome 'done'
