# shellcheck shell=sh disable=SC2154 # prelude.sh and boot.sh go before it
# Says in which boot the node is and how far the run got, without changing anything: look.sh RUN KEY NAME...
run=$1 key=$2
shift 2

read_boot
say phase "$(phase_of "$home/runs/$run/$key")"
say_boot "$home/runs/$run/$key" "$@"
say outcome 'done'
