# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh and unit.sh go before it
# Has the process read its configuration once more, after the files are back, if the run had it do so: undo-reload.sh RUN SESSION KEY UNIT
# May be run again after it was cut short.
run=$1 session=$2 key=$3 unit=$4

begin_undo "$run" "$session" "$key"
if [ "$phase" = staged ]; then
  forget_action
  conclude already
fi

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
