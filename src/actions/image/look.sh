# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh, image.sh and what asks the runtime go before it
# Says how far a run got and what the name stands for, without changing anything: look.sh ARGUMENTS...
take_arguments "$@"

require_runtime
say phase "$phase"
read_name "$image"
say name "${name_digest:--} ${name_run:--}"
if [ "$name_digest" = "$digest" ]; then
  find_lacking "$image"
  say_words lacking "$lacking"
  find_cri
  say cri "$cri"
fi
say outcome 'done'
