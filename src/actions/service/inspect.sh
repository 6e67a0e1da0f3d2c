# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh and unit.sh go before it
# Says how far a run got with a unit, without changing anything: inspect.sh RUN KEY UNIT
run=$1 key=$2 unit=$3

require_systemd
action=$home/runs/$run/$key
say phase "$(phase_of "$action")"
say before "$(kept_activation "$action/activation")"
say before-undo "$(kept_activation "$action/activation-undo")"
read_unit "$unit"
say_unit
say outcome 'done'
