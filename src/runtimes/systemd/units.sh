# shellcheck shell=sh disable=SC2154 # ask.sh sets what it was answered, and what goes before it the rest
# The units of systemd that the node's daemons belong to, of what ask.sh, which goes before it, was answered.
#   unit <daemon> <unit>             dockerd, kubelet
#   fragment <unit> <path>           the unit's own file
#   user-args <unit>                 it is started with $KUBELET_USER_ARGS of /etc/kubernetes/kubelet-user-args
systemd_units() {
  nm_is_root || return 77
  [ -d /run/systemd/system ] || return 0
  systemd_asked=' '
  for systemd_daemon in dockerd kubelet; do
    nm_daemon "$systemd_daemon"
    [ -n "$nm_found_pid" ] || continue
    nm_unit_of "$nm_found_pid"
    [ -n "$nm_unit" ] || continue
    echo "unit $systemd_daemon $nm_unit"
    systemd_asked="$systemd_asked$nm_unit "
  done
  nm_ask_systemd || return
  systemd_next
  while IFS= read -r systemd_line; do
    case $systemd_line in
      '') systemd_told ;;
      Id=*) systemd_id=${systemd_line#*=} ;;
      FragmentPath=/*) systemd_fragment=${systemd_line#*=} ;;
      EnvironmentFiles=/etc/kubernetes/kubelet-user-args*) systemd_sourced=yes ;;
      ExecStart=*KUBELET_USER_ARGS*) systemd_used=yes ;;
    esac
  done <"$nm_systemd_said"
  systemd_told
}

systemd_next() {
  systemd_id='' systemd_fragment='' systemd_sourced='' systemd_used=''
}

# Of one unit; an empty line stands between two.
systemd_told() {
  case $systemd_asked in
    *" $systemd_id "*)
      [ -z "$systemd_fragment" ] || echo "fragment $systemd_id $systemd_fragment"
      [ -z "$systemd_sourced" ] || [ -z "$systemd_used" ] || echo "user-args $systemd_id"
      ;;
  esac
  systemd_next
}

section systemd/units 5 4096 systemd_units
