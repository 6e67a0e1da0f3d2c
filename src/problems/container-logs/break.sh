#!/bin/sh
# Injects a fault of container-logs into a node of the lab or of the testbed: break.sh FAULT
# Runs as root inside the node's root. The same fault twice leaves the node as once. Prints what it did. On a node that cannot have
# the fault it does nothing and ends with 69 (EX_UNAVAILABLE of sysexits.h).
set -eu
PATH=/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
umask 022
fault=${1:-rule-missing}
rules=/etc/logrotate.d
containers=/var/lib/docker/containers
covered="$containers/*/*-json.log"

say() {
  printf '%s\n' "$*"
}

# Every rule on container logs goes: whole files, which is how images and people write them.
remove_rules() {
  for file in "$rules"/* "$rules"/.[!.]*; do
    [ -f "$file" ] || continue
    if grep -qsE '/docker/containers/|/var/log/(pods|containers)/' "$file"; then
      rm -f "$file"
      say "removed $file"
    fi
  done
}

# write NAME MODE, content on standard input
write() {
  mkdir -p "$rules"
  cat >"$rules/$1"
  chown 0:0 "$rules/$1"
  chmod "$2" "$rules/$1"
  say "wrote $rules/$1 (mode $2)"
}

# rule DIRECTIVE…: a rule of its own on docker's logs
rule() {
  printf '%s {\n' "$covered"
  printf '    %s\n' "$@"
  printf '}\n'
}

# A container's log, grown to 8 MiB; one is made where docker has no container yet.
grow_log() {
  log=''
  for candidate in "$containers"/*/*-json.log; do
    [ -f "$candidate" ] && [ ! -L "$candidate" ] && log=$candidate && break
  done
  if [ -z "$log" ]; then
    id=6e6f64656d656e646c61620000000000000000000000000000000000c0ffee01
    mkdir -p "$containers/$id"
    chmod 0710 "$containers" "$containers/$id"
    printf '{"LogConfig":{"Type":"json-file","Config":{}}}\n' >"$containers/$id/hostconfig.json"
    log=$containers/$id/$id-json.log
    : >"$log"
    chmod 0640 "$log"
    say "made a container log: $log"
  fi
  missing=$((8388608 - $(wc -c <"$log")))
  if [ "$missing" -gt 0 ]; then
    awk -v bytes="$missing" -v time="$(date -u +%Y-%m-%dT%H:%M:%S.000000000Z)" 'BEGIN {
      line = "{\"log\":\"level=info service=orders msg=accepted took_ms=87\\n\",\"stream\":\"stdout\",\"time\":\"" time "\"}\n"
      for (n = 0; n < bytes; n += length(line)) printf "%s", line
    }' >>"$log"
    say "grew $log to $(wc -c <"$log") bytes"
  fi
}

# No run of logrotate is on record.
forget_runs() {
  rm -f /var/lib/logrotate/status /var/lib/logrotate/logrotate.status /var/lib/logrotate.status
}

# Fills the disk of the logs to 94 %: with logs that a rotation set aside, with one of a container that runs no more, and with the
# log of one that does. On a disk where that would take too much, of memory too, it does nothing.
fill_disk() {
  if [ -d "$containers" ]; then
    home=$containers
    for candidate in "$containers"/*/*-json.log; do
      newer "$candidate"
    done
    [ -n "${live-}" ] || grow_log
    live=${live:-$log}
    rotated=$live.
    dead_id=6e6f64656d656e646c61620000000000000000000000000000000000c0ffee02
    dead=$containers/$dead_id/$dead_id-json.log
  else
    home=/var/log/pods
    for candidate in "$home"/*/*/0.log; do
      newer "$candidate"
    done
    if [ -z "${live-}" ]; then
      say 'no docker here, and no pod with a log' >&2
      exit 69
    fi
    rotated=$live.20260101-00000
    dead=$home/default_batch-x_00000000-0000-4000-8000-0000c0ffee02/batch/0.log
  fi
  room=$(stat -f -c '%S %b %a' "$home")
  # shellcheck disable=SC2086 # three numbers
  set -- $room
  missing=$(($1 * $3 - $1 * $2 * 6 / 100))
  # Less than what stays free: a log that is larger, and is not rotated for that, is a fault of its own.
  least=$(($1 * $2 * 4 / 100))
  while read -r key kibibytes _; do
    [ "$key" = MemAvailable: ] && break
  done </proc/meminfo
  if [ "$missing" -gt 2147483648 ] || [ $((missing / 512)) -gt "$kibibytes" ]; then
    say 'the disk of the logs, of docker or of kubelet, is too large to be filled' >&2
    exit 69
  fi
  [ "$missing" -gt 1048576 ] || return 0
  mkdir -p "${dead%/*}"
  case $dead in
    *-json.log) chmod 0710 "${dead%/*}" ;;
    *) printf 'restarted\n' >"${dead%/*}/1.log" ;;
  esac
  for number in 3 2 1; do
    write_log "$rotated$number" $(((missing - 2 * least) / 3)) "$number days ago"
  done
  write_log "$dead" "$least" '2 days ago'
  write_log "$live" "$least" now
}

# newer FILE: of the logs that are asked about, the one that was written last is in $live
newer() {
  [ -f "$1" ] && [ ! -L "$1" ] || return 0
  # shellcheck disable=SC3013 # dash, bash and busybox have it
  if [ -z "${live-}" ] || [ "$1" -nt "$live" ]; then
    live=$1
  fi
}

# write_log FILE BYTES DATE: that many bytes of lines are added
write_log() {
  case $1 in
    *-json.log*) line='{"log":"level=info service=orders msg=accepted order=7 items=3 took_ms=87\n","stream":"stdout","time":"2026-01-01T00:00:00.000000000Z"}' ;;
    *) line='2026-01-01T00:00:00.000000000Z stdout F level=info service=orders msg=accepted order=7 items=3 took_ms=87' ;;
  esac
  lines=$(($2 / (${#line} + 1)))
  yes "$line" | head -n "$lines" >>"$1"
  chmod 0640 "$1"
  [ "$3" = now ] || touch -d "@$(($(date +%s) - ${3%% *} * 86400))" "$1"
  say "wrote $1 ($2 bytes)"
}

guide='daily
maxsize 100M
rotate 10
copytruncate
missingok
notifempty
compress
dateext
dateformat -%Y%m%d-%s'

IFS='
'
# shellcheck disable=SC2086 # one directive a line
set -- $guide
unset IFS

case $fault in
  rule-fights-kubelet | rule-without-effect)
    if [ -d "$containers" ]; then
      say 'docker keeps the logs here, and kubelet rotates none' >&2
      exit 69
    fi
    ;;
  disk-over-threshold) ;;
  *)
    if [ ! -d "$containers" ]; then
      say 'no docker here' >&2
      exit 69
    fi
    ;;
esac

case $fault in
  disk-over-threshold)
    fill_disk
    ;;
  rule-missing)
    remove_rules
    grow_log
    ;;
  rule-broken)
    remove_rules
    # Docker's own way to write a size; logrotate knows only a capital M.
    rule daily 'maxsize 100m' 'rotate 10' copytruncate missingok | write docker 0644
    grow_log
    ;;
  rule-ignored)
    remove_rules
    rule "$@" | write docker 0666
    grow_log
    ;;
  rule-does-not-cover)
    remove_rules
    printf '/var/log/containers/*.log {\n    daily\n    rotate 10\n    copytruncate\n    missingok\n}\n' | write docker 0644
    grow_log
    ;;
  rule-unsafe)
    remove_rules
    rule daily 'rotate 10' missingok notifempty compress nocopytruncate 'create 0644 root root' | write docker 0644
    grow_log
    ;;
  rule-never-rotates)
    remove_rules
    rule 'size 900G' 'rotate 10' copytruncate missingok | write docker 0644
    grow_log
    ;;
  rule-duplicate)
    remove_rules
    rule "$@" | write docker 0644
    rule "$@" | write docker-logs 0644
    grow_log
    ;;
  rule-fights-kubelet)
    remove_rules
    printf '/var/log/pods/*/*/*.log {\n    daily\n    rotate 10\n    copytruncate\n    missingok\n}\n' | write pods 0644
    ;;
  logrotate-not-scheduled)
    if [ -d /run/systemd/system ]; then
      systemctl disable --now logrotate.timer 2>&1
    fi
    for file in /etc/cron.hourly/logrotate /etc/cron.daily/logrotate; do
      [ ! -e "$file" ] || rm -f "$file"
    done
    say 'removed what starts logrotate'
    forget_runs
    ;;
  daemon-config-broken)
    # A number where docker wants a text: it runs on, and does not start again.
    mkdir -p /etc/docker
    printf '{\n  "log-opts": { "max-size": "10m", "max-file": 3 }\n}\n' >/etc/docker/daemon.json
    say 'wrote /etc/docker/daemon.json'
    ;;
  rule-without-effect)
    remove_rules
    rule "$@" | write docker 0644
    ;;
  *)
    say "no fault is called $fault" >&2
    exit 2
    ;;
esac
