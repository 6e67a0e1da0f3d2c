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
    awk -v bytes="$missing" 'BEGIN {
      line = "{\"log\":\"level=info service=orders msg=accepted took_ms=87\\n\",\"stream\":\"stdout\",\"time\":\"2026-01-01T00:00:00.000000000Z\"}\n"
      for (n = 0; n < bytes; n += length(line)) printf "%s", line
    }' >>"$log"
    say "grew $log to $(wc -c <"$log") bytes"
  fi
}

# No run of logrotate is on record.
forget_runs() {
  rm -f /var/lib/logrotate/status /var/lib/logrotate/logrotate.status /var/lib/logrotate.status
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
  *)
    if [ ! -d "$containers" ]; then
      say 'no docker here' >&2
      exit 69
    fi
    ;;
esac

case $fault in
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
  rule-without-effect)
    remove_rules
    rule "$@" | write docker 0644
    ;;
  *)
    say "no fault is called $fault" >&2
    exit 2
    ;;
esac
