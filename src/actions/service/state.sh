# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh and unit.sh go before it
# Says how the unit is now, without changing anything: state.sh UNIT
require_systemd
read_unit "$1"
say_unit
say outcome 'done'
