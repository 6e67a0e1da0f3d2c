# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh and containerd.sh go before it
# Says how far a run got and how the records are, without changing anything: look.sh RUN KEY SOCKET RECORD...
run=$1 key=$2 socket=$3
shift 3

require_containerd "$socket"
say phase "$(phase_of "$home/runs/$run/$key")"
while [ "$#" -gt 0 ]; do
  read_record "$1"
  say record "${record_digest:--} ${record_pinned:--} ${record_run:--}"
  shift 4
done
say outcome 'done'
