# shellcheck shell=sh disable=SC2034,SC2154 # prelude.sh goes before it
# What the scripts of the service action share.
require_systemd() {
  if [ ! -d /run/systemd/system ] || ! command -v systemctl >/dev/null 2>&1; then
    refuse no-systemd
  fi
}

# Sets what systemd says of a unit. An activation is one life of its main process: it changes with every start, and by the boot
# id also with a start of the node. InvocationID would say the same, but systemd 219 (CentOS 7) has none.
read_unit() {
  unit_load='' unit_active='' unit_sub='' unit_pid='' unit_start='' unit_fragment='' unit_job='' unit_result='' unit_enabled=''
  unit_shown=$(systemctl show -p LoadState -p ActiveState -p SubState -p MainPID -p ExecMainStartTimestampMonotonic \
    -p FragmentPath -p UnitFileState -p Job -p Result -- "$1" 2>&1) || fail systemctl "$unit_shown"
  while IFS='=' read -r unit_name unit_value; do
    case $unit_name in
      LoadState) unit_load=$unit_value ;;
      ActiveState) unit_active=$unit_value ;;
      SubState) unit_sub=$unit_value ;;
      MainPID) unit_pid=$unit_value ;;
      ExecMainStartTimestampMonotonic) unit_start=$unit_value ;;
      FragmentPath) unit_fragment=$unit_value ;;
      UnitFileState) unit_enabled=$unit_value ;;
      Job) unit_job=$unit_value ;;
      Result) unit_result=$unit_value ;;
    esac
  done <<SHOWN
$unit_shown
SHOWN
  case $unit_job in
    '' | 0) unit_job=none ;;
  esac
  unit_activation="$(cat /proc/sys/kernel/random/boot_id) $unit_pid $unit_start"
}

say_unit() {
  say load "$unit_load"
  say active "$unit_active"
  say sub "$unit_sub"
  say result "$unit_result"
  say job "$unit_job"
  say enabled "$unit_enabled"
  say activation "$unit_activation"
}

# Remembers the present activation under a name: keep_activation FILE
keep_activation() {
  keep_words "$1" "$unit_activation"
}

# keep_words FILE WORDS
keep_words() {
  keep_said=$({ printf '%s\n' "$2" >"$1.new"; } 2>&1) || fail write-failed "$keep_said"
  flush_file "$1.new"
  must write-failed mv -f "$1.new" "$1"
}

# An activation that was remembered, or nothing.
kept_activation() {
  if [ -f "$1" ]; then
    cat "$1"
  fi
}

# Asks for a restart, or a start, and does not wait for it: whoever waits may lose its own connection to it (a pod's goes through kubelet).
# ask_for VERB UNIT DAEMON_RELOAD
ask_for() {
  if [ "$3" = yes ]; then
    must systemctl systemctl daemon-reload
  fi
  must systemctl systemctl "$1" --no-block -- "$2"
}

# The links that start the unit at boot, or one that is enabled with it, and the folders that links are in, a line each: unit_links "UNIT…"
# They are looked at as files: what systemd remembers of them is older than what a process that died has done.
unit_links() {
  for unit_link in /etc/systemd/system/* /etc/systemd/system/*/*; do
    if [ -d "$unit_link" ] && [ ! -L "$unit_link" ]; then
      printf '%s\n' "$unit_link"
    elif [ -L "$unit_link" ]; then
      # An alias has another name, and leads to the unit.
      unit_to=$(readlink "$unit_link")
      case " $1 " in
        *" ${unit_link##*/} "* | *" ${unit_to##*/} "*) printf '%s\n' "$unit_link" ;;
      esac
    fi
  done
}
