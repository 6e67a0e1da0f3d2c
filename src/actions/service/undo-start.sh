# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh and unit.sh go before it
# Stops what the run started, and waits until it has ended: undo-start.sh RUN SESSION KEY UNIT DAEMON_RELOAD
# May be run again after it was cut short.
run=$1 session=$2 key=$3 unit=$4 daemon_reload=$5

begin_undo "$run" "$session" "$key"
if [ "$phase" = staged ]; then
  forget_action
  conclude already
fi

require_systemd
if [ "$daemon_reload" = yes ]; then
  must systemctl systemctl daemon-reload
fi
read_unit "$unit"
case $unit_active:$unit_job in
  inactive:none | failed:none)
    # Somebody stopped it since, or the run died before it had asked for the start.
    set_phase "$action" undone
    conclude already
    ;;
esac
set_phase "$action" undoing
must systemctl systemctl stop -- "$unit"
set_phase "$action" undone
say outcome 'done'
