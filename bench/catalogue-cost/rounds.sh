#!/bin/sh
# Processor time of a probe on a real node, round by round: rounds.sh MARKER ROUNDS FILE CLIENT…
#   round <nanoseconds of all processes> <of all clients>
#   client <name> <starts in all rounds> <least nanoseconds of a round>
# The kernel counts it, by cgroup. Before each client (a program that asks a daemon) goes a script that puts it into a cgroup of its own: its
# start, of 0.7 ms, counts for the probe.
set -eu
marker=$1 rounds=$2 file=$3
shift 3
group=/sys/fs/cgroup/cpuacct/probe-cost
mkdir -p "$group"
leave() {
  for client in "$@"; do
    rm -f "/usr/sbin/$client"
    rmdir "$group/$client"
  done
  echo "$$" >/sys/fs/cgroup/cpuacct/cgroup.procs
  rmdir "$group"
}
used() { cat "$1/cpuacct.usage"; }

found=''
for client in "$@"; do
  real=$(command -v "$client") || continue
  # The probe looks there first.
  [ "$real" != "/usr/sbin/$client" ]
  mkdir -p "$group/$client"
  printf '#!/bin/sh\necho >>%s\necho "$$" >%s\nexec %s "$@"\n' "$file.$client" "$group/$client/cgroup.procs" "$real" >"/usr/sbin/$client"
  chmod 755 "/usr/sbin/$client"
  : >"$file.$client"
  : >"$file.$client.used"
  found="$found $client"
done
# shellcheck disable=SC2064,SC2086 # names without blanks
trap "leave $found" EXIT

round=0
while [ "$round" -lt "$rounds" ]; do
  before=$(used "$group")
  for client in $found; do used "$group/$client" >"$file.$client.before"; done
  (
    echo 0 >"$group/cgroup.procs"
    exec sh "$file" "$marker" 60
  ) </dev/null >"$file.out" 2>&1
  of_clients=0
  for client in $found; do
    own=$(($(used "$group/$client") - $(cat "$file.$client.before")))
    echo "$own" >>"$file.$client.used"
    of_clients=$((of_clients + own))
  done
  echo "round $(($(used "$group") - before)) $of_clients"
  round=$((round + 1))
done
for client in $found; do
  echo "client $client $(wc -l <"$file.$client") $(sort -n "$file.$client.used" | head -n 1)"
done
