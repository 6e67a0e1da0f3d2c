#!/bin/sh
# Processor time of a probe on a real node, round by round: rounds.sh MARKER ROUNDS FILE CLIENT…
#   round <nanoseconds of all processes> <of all clients>
#   client <name> <starts in all rounds> <least nanoseconds of a round>
#   script <nanoseconds>        what the bench itself adds to the probe with each start of a client
# The kernel counts it, by cgroup. In the place of each client (a program that asks a daemon) stands a script that puts it into a cgroup of
# its own: in another folder it would be another program to the probe, which looks at whose it is.
set -eu
marker=$1 rounds=$2 file=$3
shift 3
group=/sys/fs/cgroup/cpuacct/probe-cost
mkdir -p "$group"
leave() {
  for client in "$@"; do
    mv -f "$(command -v "$client")".real "$(command -v "$client")"
    rmdir "$group/$client"
  done
  rm -f /usr/bin/bench-nothing
  echo "$$" >/sys/fs/cgroup/cpuacct/cgroup.procs
  rmdir "$group"
}
used() { cat "$1/cpuacct.usage"; }

# stands_for NAME PROGRAM
stands_for() {
  mkdir -p "$group/$1"
  mv "$2" "$2.real"
  printf '#!/bin/sh\necho >>%s\necho "$$" >%s\nexec %s "$@"\n' "$file.$1" "$group/$1/cgroup.procs" "$2.real" >"$2"
  chmod 755 "$2"
  : >"$file.$1"
}

found=''
for client in "$@"; do
  real=$(command -v "$client") || continue
  stands_for "$client" "$real"
  : >"$file.$client.used"
  found="$found $client"
done
# shellcheck disable=SC2064,SC2086 # names without blanks
trap "leave $found bench-nothing" EXIT
cp /bin/true /usr/bin/bench-nothing
stands_for bench-nothing /usr/bin/bench-nothing

# starts COUNT: what so many cost the one that starts them
starts() {
  before=$(used "$group") of_clients=$(used "$group/bench-nothing")
  # shellcheck disable=SC2016 # for the inner shell
  (
    echo 0 >"$group/cgroup.procs"
    exec sh -c 'while [ "$0" -gt "$#" ]; do bench-nothing; set -- "$@" 1; done' "$1"
  )
  echo $(($(used "$group") - before - $(used "$group/bench-nothing") + of_clients))
}
least=''
for round in 1 2 3 4 5; do
  none=$(starts 0)
  one=$((($(starts 20) - none) / 20))
  [ -n "$least" ] && [ "$one" -ge "$least" ] || least=$one
done
echo "script $least"

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
