# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh and unit.sh go before it
# Restarts the unit once more, after the files are back, if the run had restarted it: undo.sh RUN SESSION KEY UNIT DAEMON_RELOAD
# May be run again after it was cut short.
run=$1 session=$2 key=$3 unit=$4 daemon_reload=$5

begin_undo "$run" "$session" "$key"
if [ "$phase" = staged ]; then
  forget_action
  conclude already
fi

require_systemd
read_unit "$unit"
say_unit
nothing_runs=no
case $unit_load in
  not-found) nothing_runs=yes ;;
esac
# Somebody stopped it since: nothing has the new value in force, and it is not for us to start it.
if [ "$phase" != committing ] && [ "$unit_active" = inactive ] && [ "$unit_job" = none ]; then
  nothing_runs=yes
fi
if [ "$phase" = committing ] && [ "$unit_job" = none ] && [ "$unit_activation" = "$(kept_activation "$action/activation")" ]; then
  # The run died before it had asked for the restart.
  nothing_runs=yes
fi
if [ "$nothing_runs" = yes ]; then
  if [ "$daemon_reload" = yes ]; then
    must systemctl systemctl daemon-reload
  fi
  set_phase "$action" undone
  conclude already
fi

if [ "$phase" = undoing ] && [ "$unit_active" != failed ] && [ "$unit_activation" != "$(kept_activation "$action/activation-undo")" ]; then
  # Restarted by an undo that was cut short afterwards: it only has to be seen to be up.
  say before "$(kept_activation "$action/activation-undo")"
  conclude 'done'
fi
keep_activation "$action/activation-undo"
say before "$unit_activation"
set_phase "$action" undoing
ask_for restart "$unit" "$daemon_reload"
say outcome 'done'
