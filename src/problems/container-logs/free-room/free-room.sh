# shellcheck shell=sh
# Which large logs fill a disk that is nearly full, and which of them nobody writes any more. While there is room it looks at nothing
# but the disks; no tree is walked a second time.
#   now <seconds since 1970>
#   disk …                                   a line as `disk/room` has it
#   roomy                                    a quarter of each disk is free: nothing else follows
#   pods-known · pod <uid>                   the pods that kubelet has on this node
#   log <open|closed> <blocks of 512> <mode, hex> <uid> <gid> <links> <device> <inode> <last written> <bytes> <path>
#   more <count>                             large logs that are not in the list, which holds the largest 300
# A log is large from 1 MiB on the disk.
container_logs_free_room() {
  nm_docker_root
  set --
  # shellcheck disable=SC2154 # set by nm_docker_root
  for container_logs_path in "$nm_docker_root/containers" /var/log/pods; do
    [ ! -d "$container_logs_path" ] || set -- "$@" "$container_logs_path"
  done
  [ "$#" -gt 0 ] || return 0
  # Copies that an undo needs lie below the last one.
  set -- "$@" /var/lib
  echo "now $(date +%s)"
  container_logs_rooms=$(stat -f -c '%S %b %f %a %c %d %i %n' -- "$@") || return 1
  set -f
  IFS='
'
  container_logs_state=roomy
  for container_logs_line in $container_logs_rooms; do
    echo "disk $container_logs_line"
    IFS=' '
    # shellcheck disable=SC2086 # eight fields
    container_logs_is_roomy $container_logs_line || container_logs_state=full
  done
  unset IFS
  set +f
  if [ "$container_logs_state" = roomy ]; then
    echo roomy
    return 0
  fi
  nm_is_root || return 77
  container_logs_room_pods
  container_logs_large
}

# container_logs_is_roomy BYTES_A_BLOCK BLOCKS FREE FREE_FOR_USERS INODES FREE_INODES ID PATH
container_logs_is_roomy() {
  [ "$8" = /var/lib ] || [ $(($4 * 4)) -ge "$2" ]
}

# kubelet has a folder for each pod that it knows, and takes it away with the pod.
container_logs_room_pods() {
  [ -d /var/lib/kubelet/pods ] || return 0
  echo pods-known
  for container_logs_path in /var/lib/kubelet/pods/*/; do
    container_logs_path=${container_logs_path%/}
    [ ! -d "$container_logs_path" ] || echo "pod ${container_logs_path##*/}"
  done
}

container_logs_large() {
  # shellcheck disable=SC2154 # set by the prelude
  container_logs_names=$nm_scratch/container-logs-large
  # The section `log-files` has the sizes of all of them. No name of a log holds a blank.
  awk '
    /^docker / { base = substr($0, 8) "/containers"; next }
    /^pods$/ { base = "/var/log/pods"; next }
    /^(drivers|names)$/ { exit }
    /^at / { folder = substr($0, 4); next }
    NF == 7 && $6 >= 2048 && $1 ~ /^8...$/ && $7 != "." {
      name = $7
      if (substr(name, 1, 1) == "=") name = folder substr(name, 2)
      print base "/" folder "/" name
    }' <"$(cat "$nm_scratch/container-logs-files").out" >"$container_logs_names"
  [ -s "$container_logs_names" ] || return 0
  tr '\n' '\000' <"$container_logs_names" | xargs -0 stat -c '%b %f %u %g %h %d %i %Y %s %n' -- 2>/dev/null |
    sort -rn >"$container_logs_names.all"
  container_logs_count=$(wc -l <"$container_logs_names.all")
  [ "$container_logs_count" -le 300 ] || echo "more $((container_logs_count - 300))"
  head -n 300 "$container_logs_names.all" >"$container_logs_names"
  # Whatever program holds a file open, by the file itself: names in /proc are those of another mount namespace.
  printf '%s\000' /proc/[0-9]*/fd/* | xargs -0 stat -L -c '%d:%i' 2>/dev/null | sort -u >"$container_logs_names.open"
  awk -v open_files="$container_logs_names.open" '
    BEGIN { while ((getline line <open_files) > 0) is_open[line] = 1 }
    { print "log", ($6 ":" $7) in is_open ? "open" : "closed", $0 }' <"$container_logs_names"
}

# `disk/room` has seen it already.
[ ! -e "$nm_scratch/disk-roomy" ] || nm_tell roomy
section container-logs/free-room 10 131072 container_logs_free_room
