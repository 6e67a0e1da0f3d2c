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
    place=$(place_of "$client")
    mv -f "$place.real" "$place"
    rmdir "$group/$client"
  done
  rm -f /usr/bin/bench-nothing
  echo "$$" >/sys/fs/cgroup/cpuacct/cgroup.procs
  rmdir "$group"
}
# Where the probe finds it (prelude.sh): on a node of containerd 2 the one that a shell finds first lies elsewhere, and is a mount.
place_of() (
  PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin
  command -v "$1"
)
used() { cat "$1/cpuacct.usage"; }

# stands_for NAME
stands_for() {
  mkdir -p "$group/$1"
  program=$(command -v "$1")
  place=$(place_of "$1")
  mv "$place" "$place.real"
  [ "$program" != "$place" ] || program=$place.real
  printf '#!/bin/sh\necho >>%s\necho "$$" >%s\nexec %s "$@"\n' "$file.$1" "$group/$1/cgroup.procs" "$program" >"$place"
  chmod 755 "$place"
  : >"$file.$1"
}

found=''
for client in "$@"; do
  place_of "$client" >/dev/null || continue
  stands_for "$client"
  : >"$file.$client.used"
  found="$found $client"
done
# shellcheck disable=SC2064,SC2086 # names without blanks
trap "leave $found bench-nothing" EXIT
cp /bin/true /usr/bin/bench-nothing
stands_for bench-nothing

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
