# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh and unit.sh go before it
# Has the process read its configuration once more, after the files are back, if the run had it do so: undo-reload.sh RUN SESSION KEY UNIT
# May be run again after it was cut short.
run=$1 session=$2 key=$3 unit=$4

take_turn
require_lock "$run" "$session"
action=$home/runs/$run/$key
phase=$(phase_of "$action")
case $phase in
  none)
    rm -rf "$action"
    conclude already
    ;;
  staged)
    # Nothing was read, so there is nothing to remember. The phase goes first: without it the rest means nothing.
    must write-failed rm -f "$action/phase-staged"
    must write-failed rm -rf "$action"
    conclude already
    ;;
  undone) conclude already ;;
esac

require_systemd
read_unit "$unit"
if [ "$unit_load" = not-found ] || [ "$unit_active" != active ]; then
  # Nothing has the new value in force; whatever starts next reads the old files.
  set_phase "$action" undone
  conclude already
fi
set_phase "$action" undoing
must systemctl systemctl reload -- "$unit"
set_phase "$action" undone
say outcome 'done'
