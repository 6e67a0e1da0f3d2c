# shellcheck shell=sh
# When logrotate runs on a node, and when it last did. Only where docker keeps containers: elsewhere
# kubelet rotates their logs. Of command lines only paths and the words below are printed.
#   no-docker                                nothing else follows
#   now <seconds since 1970> · uptime <seconds>
#   process <name>                           of cron and anacron
#   present <path>                           what a line of cron asks for before it does something
#   not-executable <path>                    a script in a folder of cron's that nobody can start
#   state <seconds since 1970> <path>        a state file of logrotate and when it was last written
#   crontab|user|anacron <path> TAB <schedule> TAB <word>…      a line with its schedule
#   script <path> TAB TAB <word>…            a line of a script
#   unit <property>=<value>                  of systemd's timers and services; next= stands between two
# The words: logrotate · state:<path> · config:<path> · folder:</etc/cron.daily and its like> · anacron · unless:<path>
container_logs_scheduler() {
  nm_is_root || return 77
  nm_docker_root
  # shellcheck disable=SC2154 # set by nm_docker_root
  if [ ! -d "$nm_docker_root/containers" ]; then
    echo no-docker
    return 0
  fi
  read -r container_logs_uptime _ </proc/uptime
  echo "uptime ${container_logs_uptime%%.*}"
  for container_logs_name in cron crond anacron; do
    nm_daemon "$container_logs_name"
    # shellcheck disable=SC2154 # set by nm_daemon
    [ -z "$nm_found_pid" ] || echo "process $container_logs_name"
  done
  for container_logs_path in /run/systemd/system /usr/sbin/anacron /etc/cron.hourly/0anacron; do
    [ ! -e "$container_logs_path" ] || echo "present $container_logs_path"
  done
  # shellcheck disable=SC2154 # set by the prelude
  container_logs_units >"$nm_scratch/container-logs-units"
  container_logs_jobs
  container_logs_runs
}

# What systemd says of the timers that may start logrotate, or anacron: one question for all of them. A unit of the
# administrator's own is found by what it starts.
container_logs_units() {
  [ -d /run/systemd/system ] || return 0
  set -- logrotate.timer logrotate.service anacron.timer
  for container_logs_path in /usr/lib/systemd/system/*logrotate*.timer /lib/systemd/system/*logrotate*.timer \
    $(grep -lsE 'logrotate|rotate-logs' /etc/systemd/system/*.service /etc/systemd/system/*.timer); do
    [ -f "$container_logs_path" ] || continue
    container_logs_name=${container_logs_path##*/}
    container_logs_name=${container_logs_name%.*}
    case $container_logs_name in
      logrotate | *@*) ;;
      *) set -- "$@" "$container_logs_name.timer" "$container_logs_name.service" ;;
    esac
  done
  systemctl show --no-pager -p Id,LoadState,ActiveState,UnitFileState,Unit,TimersCalendar,Result,ExecMainStatus \
    -p ExecMainExitTimestampMonotonic,ExecStart,ProtectSystem,ProtectHome,ReadWritePaths,ReadOnlyPaths,InaccessiblePaths -- "$@"
}

container_logs_jobs() {
  set -- kind=unit "$nm_scratch/container-logs-units" kind=crontab
  for container_logs_path in /etc/crontab /etc/cron.d/*; do
    [ ! -f "$container_logs_path" ] || set -- "$@" "$container_logs_path"
  done
  set -- "$@" kind=user
  for container_logs_path in /var/spool/cron/root /var/spool/cron/crontabs/root /var/spool/cron/tabs/root /etc/crontabs/root; do
    [ ! -f "$container_logs_path" ] || set -- "$@" "$container_logs_path"
  done
  [ ! -f /etc/anacrontab ] || set -- "$@" kind=anacron /etc/anacrontab
  set -- "$@" kind=script
  for container_logs_path in /etc/cron.hourly/* /etc/cron.daily/* /etc/cron.weekly/* /etc/cron.monthly/*; do
    [ -f "$container_logs_path" ] || continue
    if [ -x "$container_logs_path" ]; then
      set -- "$@" "$container_logs_path"
    else
      case $container_logs_path in *logrotate*) echo "not-executable $container_logs_path" ;; esac
    fi
  done
  printf '%s\n' /var/lib/logrotate/status /var/lib/logrotate/logrotate.status /var/lib/logrotate.status >"$nm_scratch/container-logs-states"
  container_logs_states=$nm_scratch/container-logs-states awk '
    function state(path) {
      if (substr(path, 1, 1) == "/") print path >>ENVIRON["container_logs_states"]
      return " state:" path
    }
    function words(text,    parts, count, i, part, found, isOpen) {
      if (match(text, /(test -x|\[ ! -f) \/[^ ]*anacron/)) {
        found = substr(text, RSTART, RLENGTH)
        sub(/^[^\/]*/, "", found)
        found = " unless:" found
      } else if (index(text, "/run/systemd/system") > 0) found = " unless:/run/systemd/system"
      gsub(/[;&|(){}<>"]/, " & ", text)
      gsub(/\047/, " ", text)
      count = split(text, parts, /[ \t]+/)
      for (i = 1; i <= count; i++) {
        part = parts[i]
        if (part ~ /^[;&|(){}<>\]]/) isOpen = 0
        else if (part ~ /(^|\/)logrotate$/) { found = found " logrotate"; isOpen = 1 }
        else if (part ~ /^\/etc\/cron\.(hourly|daily|weekly|monthly)\/?$/) { sub(/\/$/, "", part); found = found " folder:" part }
        else if (part ~ /(^|\/)anacron$/ && index(found, "unless:" part) == 0) found = found " anacron"
        else if (isOpen && (part == "-s" || part == "--state")) found = found state(parts[++i])
        else if (isOpen && part ~ /^(-s|--state=)\//) { sub(/^(-s|--state=)/, "", part); found = found state(part) }
        else if (isOpen && part ~ /^\//) found = found " config:" part
      }
      return found
    }
    kind == "unit" {
      if ($0 ~ /^ExecStart=/) {
        sub(/^.*argv\[\]=/, "")
        sub(/ ; ignore_errors=.*$/, "")
        $0 = "ExecStart=" words($0)
      }
      print "unit " ($0 == "" ? "next=" : $0)
      next
    }
    /^[ \t]*#/ { next }
    # The line of a script that looks whether systemd runs stands apart from the one that starts something.
    !/logrotate|anacron|\/etc\/cron\.|\/run\/systemd\/system/ { next }
    {
      schedule = ""
      rest = $0
      if (kind != "script") {
        sub(/^[ \t]+/, "", rest)
        fields = kind == "anacron" ? 2 : substr(rest, 1, 1) == "@" ? 1 : 5
        for (i = 0; i < fields; i++) {
          if (!match(rest, /^[0-9A-Za-z*@,\/-]+[ \t]+/)) next
          field = substr(rest, 1, RLENGTH)
          sub(/[ \t]+$/, "", field)
          schedule = schedule (i > 0 ? " " : "") field
          rest = substr(rest, RLENGTH + 1)
        }
      }
      found = words(rest)
      if (kind == "script" ? found != "" : found ~ /logrotate|folder:|anacron$/) print kind " " FILENAME "\t" schedule "\t" substr(found, 2)
    }
  ' "$@" /dev/null
}

# When state files were written, and what the time is now: one stat for all. The state file is told by its own time, which is
# one without a zone in its text.
container_logs_runs() {
  : >"$nm_scratch/container-logs-now"
  set -- "$nm_scratch/container-logs-now"
  while read -r container_logs_path; do
    case " $* " in *" $container_logs_path "*) continue ;; esac
    [ ! -f "$container_logs_path" ] || set -- "$@" "$container_logs_path"
  done <"$nm_scratch/container-logs-states"
  stat -L -c '%Y %n' -- "$@" >"$nm_scratch/container-logs-written"
  while read -r container_logs_written container_logs_path; do
    case $container_logs_path in
      */container-logs-now) echo "now $container_logs_written" ;;
      *) echo "state $container_logs_written $container_logs_path" ;;
    esac
  done <"$nm_scratch/container-logs-written"
}

section container-logs/scheduler 5 65536 container_logs_scheduler
