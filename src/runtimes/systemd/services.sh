# shellcheck shell=sh disable=SC2154 # nm_… are set by what goes before it
# Units of systemd that serve pods beside the node's daemons, of what units.sh was answered: no process of its own.
#   no-systemd
#   <unit> <loaded> <active> <sub> <enabled at boot, or -> <main process, or 0> <its state (proc(5)), or -> <seconds since it was started, or -> <its file, or ->
# Who is the main process systemd says, not a name: a container may have a process that is called the same.
systemd_services() {
  nm_is_root || return 77
  if [ ! -d /run/systemd/system ]; then
    echo no-systemd
    return 0
  fi
  # Where there is an answer, it was told below.
  return 1
}

services_read() {
  services_lines=''
  services_next
  while IFS= read -r services_line; do
    case $services_line in
      '') services_told ;;
      Id=*) services_id=${services_line#*=} ;;
      LoadState=*) services_load=${services_line#*=} ;;
      ActiveState=*) services_active=${services_line#*=} ;;
      SubState=*) services_sub=${services_line#*=} ;;
      UnitFileState=?*) services_enabled=${services_line#*=} ;;
      MainPID=*) services_pid=${services_line#*=} ;;
      FragmentPath=/*) services_file=${services_line#*=} ;;
    esac
  done <"$nm_scratch/systemd-units"
  services_told
}

services_next() {
  services_id='' services_load='' services_active='' services_sub='' services_enabled=- services_pid=0 services_file=-
}

# Of one unit; an empty line stands between two.
services_told() {
  case $services_id in
    rpcbind.service | rpcbind.socket | rpc-statd.service | dcgm-exporter.service)
      nm_state_of "$services_pid"
      nm_age_of "$services_pid" || nm_state=- nm_age=-
      : >"$nm_scratch/$services_load-$services_id"
      : >"$nm_scratch/$services_active-$services_id"
      services_lines="$services_lines${services_lines:+
}$services_id $services_load $services_active $services_sub $services_enabled $services_pid $nm_state $nm_age $services_file"
      ;;
  esac
  services_next
}

# Nothing of it can hang.
if nm_is_root && [ -s "$nm_scratch/systemd-units" ]; then
  services_read
  nm_tell "$services_lines"
fi
section systemd/services 5 4096 systemd_services
