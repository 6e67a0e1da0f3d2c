# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh and what asks the runtime go before it
# Says how far a run got and what the name stands for, without changing anything:
# look.sh RUN SESSION KEY SOCKET IMAGE DIGEST ID WAS FROM
run=$1 session=$2 key=$3 socket=$4 image=$5 digest=$6 id=$7 was=$8 from=$9

require_containerd "$socket"
say phase "$(phase_of "$home/runs/$run/$key")"
read_name "$image"
say name "${name_digest:--} ${name_run:--}"
if [ -n "$name_digest" ]; then
  find_lacking "$image"
  say_words lacking "$lacking"
fi
say outcome 'done'
