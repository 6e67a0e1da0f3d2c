# shellcheck shell=sh disable=SC2154 # the prelude and daemon.sh go before it
# nm_ask_systemd [UNIT…]: what systemd says of these units, and behind them of those that the node's daemons belong to and of the others
# that are asked for on each node, in the file $nm_systemd_said. Asked once for all facts, by whoever comes first: only the scheduler of
# logrotate's runs, which does, has units of its own.
nm_ask_systemd() {
  nm_systemd_said=$nm_scratch/systemd-units
  [ ! -e "$nm_scratch/systemd-asked" ] || return 0
  nm_properties=Id,FragmentPath,ExecStart,EnvironmentFiles,LoadState,ActiveState,SubState,UnitFileState,MainPID
  [ "$#" -eq 0 ] || nm_properties=$nm_properties,Unit,TimersCalendar,Result,ExecMainStatus,ExecMainExitTimestampMonotonic,ProtectSystem,ProtectHome,ReadWritePaths,ReadOnlyPaths,InaccessiblePaths
  for nm_daemon_name in dockerd kubelet; do
    nm_daemon "$nm_daemon_name"
    [ -n "$nm_found_pid" ] || continue
    nm_unit_of "$nm_found_pid"
    [ -z "$nm_unit" ] || set -- "$@" "$nm_unit"
  done
  systemctl show --no-pager -p "$nm_properties" -- "$@" \
    rpcbind.service rpcbind.socket rpc-statd.service dcgm-exporter.service >"$nm_systemd_said" || return
  : >"$nm_scratch/systemd-asked"
}
