# shellcheck shell=sh
# When logrotate runs on a node, and when it last did. Only where docker keeps containers: elsewhere
# kubelet rotates their logs. Of command lines only paths, the accounts they name and the words below are printed.
#   no-docker                                nothing else follows
#   now <seconds since 1970> · uptime <seconds>
#   process <name>                           of cron and anacron
#   present <path>                           what a line of cron asks for before it does something
#   not-executable <path>                    a script in a folder of cron's that nobody can start
#   state <seconds since 1970> <path>        a state file of logrotate and when it was last written
#   crontab|user|anacron <path> TAB <schedule> TAB <word>…      a line with its schedule; of a table that starts logrotate every line
#   table <mode, hex> <uid> <links> <path>   such a table, links followed
#   unended <path>                           its last line has no end
#   account <name>                           an account that such a table names, and that exists
#   script <path> TAB TAB <word>…            a line of a script
#   unit <property>=<value>                  of systemd's timers and services; next= stands between two
# The words: logrotate · in:<the folders a name without a slash is looked for> · state:<path> · config:<path, or ? for one that only
# a shell knows> · force · debug · folder:</etc/cron.daily and its like> · anacron · unless:<path> · user:<name, or ?> · other, for a
# command that is none of these, and nothing, for none at all
container_logs_scheduler() {
  nm_is_root || return 77
  nm_docker_root
  # shellcheck disable=SC2154 # set by nm_docker_root
  if [ ! -d "$nm_docker_root/containers" ]; then
    echo no-docker
    # shellcheck disable=SC2154 # set by the prelude
    : >"$nm_scratch/no-docker"
    return 0
  fi
  read -r container_logs_uptime _ </proc/uptime
  echo "uptime ${container_logs_uptime%%.*}"
  for container_logs_name in cron crond anacron; do
    nm_daemon "$container_logs_name"
    # shellcheck disable=SC2154 # set by nm_daemon
    [ -z "$nm_found_pid" ] || echo "process $container_logs_name"
  done
  for container_logs_path in /run/systemd/system /usr/sbin/anacron /etc/cron.hourly/0anacron /usr/local/sbin/logrotate \
    /usr/local/bin/logrotate /usr/sbin/logrotate /usr/bin/logrotate /sbin/logrotate /bin/logrotate; do
    [ ! -e "$container_logs_path" ] || echo "present $container_logs_path"
  done
  container_logs_units
  container_logs_jobs
  container_logs_runs
}

# What systemd says of the timers that may start logrotate, or anacron: one question for all of them, and how many they are. A unit of
# the administrator's own is found by what it starts.
container_logs_units() {
  nm_systemd_said=/dev/null container_logs_asked=0
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
  container_logs_asked=$#
  nm_ask_systemd "$@"
}

container_logs_jobs() {
  set -- kind=unit asked="$container_logs_asked" "$nm_systemd_said" kind=crontab
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
  : >"$nm_scratch/container-logs-tables"
  : >"$nm_scratch/container-logs-accounts"
  : >"$nm_scratch/container-logs-configurations"
  container_logs_states=$nm_scratch/container-logs-states container_logs_tables=$nm_scratch/container-logs-tables \
    container_logs_accounts=$nm_scratch/container-logs-accounts \
    container_logs_configurations=$nm_scratch/container-logs-configurations awk '
    function state(path) {
      if (substr(path, 1, 1) == "/") print path >>ENVIRON["container_logs_states"]
      return " state:" path
    }
    # What is behind one of these is looked for or spoken of, not started.
    function is_start(part, before) {
      return part ~ /(^|\/)logrotate$/ && before !~ /^(-[xeftCpv]|test|which|pgrep|pkill|killall|echo)$/
    }
    function words(text,    parts, count, i, part, found, isOpen) {
      if (match(text, /(test -x|\[ ! -f) \/[^ ]*anacron/)) {
        found = substr(text, RSTART, RLENGTH)
        sub(/^[^\/]*/, "", found)
        found = " unless:" found
      } else if (index(text, "/run/systemd/system") > 0) found = " unless:/run/systemd/system"
      gsub(/[;&|(){}<>"]/, " & ", text)
      gsub(/\047/, " ", text)
      sub(/\r$/, "", text)
      count = split(text, parts, /[ \t]+/)
      for (i = 1; i <= count; i++) {
        part = parts[i]
        if (part ~ /^[;&|(){}<>\]]/) isOpen = 0
        else if (is_start(part, parts[i - 1])) { found = found " logrotate" (part == "logrotate" ? search : ""); isOpen = 1 }
        else if (part ~ /^\/etc\/cron\.(hourly|daily|weekly|monthly)\/?$/) { sub(/\/$/, "", part); found = found " folder:" part }
        else if (part ~ /(^|\/)anacron$/ && index(found, "unless:" part) == 0) found = found " anacron"
        else if (!isOpen || part == "" || part == "\"") continue
        else if (part ~ /^-[dfv]*s$/ || part == "--state") found = found (part ~ /^-[^-]*f/ ? " force" : "") (part ~ /^-[^-]*d/ ? " debug" : "") state(parts[++i])
        else if (part ~ /^(-s|--state=)\//) { sub(/^(-s|--state=)/, "", part); found = found state(part) }
        else if (part ~ /^(-l|--log|-m|--mail)$/) i++
        else if (part == "--force" || part ~ /^-[dfv]*f[dfv]*$/) found = found " force"
        else if (part == "--debug" || part ~ /^-[dfv]*d[dfv]*$/) found = found " debug"
        else if (part ~ /^\//) {
          found = found " config:" part
          print part >>ENVIRON["container_logs_configurations"]
        }
        else if (part !~ /^(-.*|[0-9])$/) found = found " config:?"
      }
      return found
    }
    # A setting of the environment, as cron tells it from a line with a time (load_env): a value in quotes has nothing behind it.
    function is_setting(text,    value) {
      if (!match(text, /^"[^"=]*"[ \t]*=/) && !match(text, /^\047[^\047=]*\047[ \t]*=/) && !match(text, /^[^ \t"\047=][^ \t=]*[ \t]*=/)) return 0
      value = substr(text, RSTART + RLENGTH)
      sub(/^[ \t]+/, "", value)
      sub(/[ \t\r]+$/, "", value)
      if (value ~ /^["\047]/ && value !~ /^"[^"]*"$/ && value !~ /^\047[^\047]*\047$/) return 0
      if (text ~ /^["\047]?PATH["\047]?[ \t]*=/) {
        gsub(/["\047]/, "", value)
        search = " in:" (value ~ /^[^ \t]+$/ ? value : "?")
      }
      return 1
    }
    # What stands before the next blank of `rest`, which loses it.
    function take(    word) {
      match(rest, /^[^ \t]*/)
      word = substr(rest, 1, RLENGTH)
      rest = substr(rest, RLENGTH + 1)
      sub(/^[ \t]+/, "", rest)
      return word
    }
    function account(name) {
      if (name == "") return ""
      if (name !~ /^[A-Za-z0-9_.\/][A-Za-z0-9_.\/-]*$/ || length(name) > 100) return " user:?"
      if (name !~ /\// && !(name in accounts)) {
        accounts[name]
        print name >>ENVIRON["container_logs_accounts"]
      }
      return " user:" name
    }
    # What comes behind those that were asked for here is for others, and so are some properties.
    kind == "unit" && (told >= asked || /^(FragmentPath|EnvironmentFiles|SubState|MainPID)=/) { next }
    kind == "unit" {
      search = ""
      if ($0 == "") told++
      if ($0 ~ /^ExecStart=/) {
        sub(/^.*argv\[\]=/, "")
        sub(/ ; ignore_errors=.*$/, "")
        $0 = "ExecStart=" words($0)
      }
      print "unit " ($0 == "" ? "next=" : $0)
      next
    }
    kind == "script" {
      search = ""
      # The line of a script that looks whether systemd runs stands apart from the one that starts something.
      if ($0 ~ /^[ \t]*#/ || $0 !~ /logrotate|anacron|\/etc\/cron\.|\/run\/systemd\/system/) next
      found = words($0)
      if (found != "") print "script " FILENAME "\t\t" substr(found, 2)
      next
    }
    {
      unfinished[FILENAME] = $0 !~ /^[ \t]*(#|$)/
    }
    FNR == 1 {
      # Both daemons begin each table with a search path of their own.
      search = " in:"
      if (!(FILENAME in lines)) order[++tables] = FILENAME
    }
    {
      rest = $0
      sub(/^[ \t]+/, "", rest)
      if (rest == "" || rest ~ /^#/ || is_setting(rest)) next
      fields = kind == "anacron" ? 2 : rest ~ /^-?@/ ? 1 : 5
      schedule = ""
      for (i = 0; i < fields && rest != ""; i++) {
        field = take()
        schedule = schedule (i > 0 ? " " : "") (field ~ /^[0-9A-Za-z*@,\/~;-]+$/ && length(field) < 200 ? field : "?")
      }
      isBlank = rest ~ /^[^ \t]+[ \t]/
      user = kind == "crontab" ? account(take()) : kind == "user" && rest ~ /^root[ \t]/ ? " user:root" : ""
      found = words(rest)
      if (found ~ /logrotate|folder:|anacron$/) kept[FILENAME]
      else if (kind == "anacron") next
      else found = rest == "" && !isBlank ? " nothing" : " other"
      lines[FILENAME] = lines[FILENAME] kind " " FILENAME "\t" schedule "\t" substr(user found, 2) "\n"
    }
    END {
      for (i = 1; i <= tables; i++) {
        if (!(order[i] in kept)) continue
        printf "%s", lines[order[i]]
        print unfinished[order[i]] " " order[i] >>ENVIRON["container_logs_tables"]
      }
    }
  ' "$@" /dev/null
  container_logs_tables
}

# What else decides whether cron reads a table that starts logrotate, and whom it names.
container_logs_tables() {
  set --
  while read -r container_logs_last container_logs_path; do
    set -- "$@" "$container_logs_path"
    # A comment or nothing may stand there without its end.
    if [ "$container_logs_last" = 1 ] && [ -n "$(tail -c 1 -- "$container_logs_path")" ]; then
      echo "unended $container_logs_path"
    fi
  done <"$nm_scratch/container-logs-tables"
  [ "$#" -eq 0 ] || stat -L -c 'table %f %u %h %n' -- "$@"
  while read -r container_logs_name; do
    ! id -u "$container_logs_name" >/dev/null 2>&1 || echo "account $container_logs_name"
  done <"$nm_scratch/container-logs-accounts"
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

# disk/room has looked for the folder.
! nm_is_root || [ ! -e "$nm_scratch/no-docker" ] || nm_tell no-docker
section container-logs/scheduler 5 65536 container_logs_scheduler
