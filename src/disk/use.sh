# shellcheck shell=sh
# Joined behind probe.sh, whose section `disk` leaves the ids of file systems under the scratch folder of which less than a fifth is free.

# What else takes the room of a disk that is nearly full. Looks at nothing while there is room. Of each place 50,000 files at most are
# counted, for two seconds at most; what was not gets the word `cut` and is more than is said.
#   use <kind> <id of the file system, hex> <blocks of 512> <files> <whole|cut> <path>
container_logs_disk_use() {
  nm_is_root || return 77
  container_logs_full=''
  # shellcheck disable=SC2154 # set by the prelude
  { read -r container_logs_full <"$nm_scratch/container-logs-full"; } 2>/dev/null
  [ -n "$container_logs_full" ] || return 0
  read -r container_logs_docker_root <"$nm_scratch/container-logs-root" || container_logs_docker_root=/var/lib/docker
  # Old ones print less, and know nothing of links.
  container_logs_printf=''
  ! find / -maxdepth 0 -printf '' 2>/dev/null || container_logs_printf=yes
  container_logs_limit=''
  ! command -v timeout >/dev/null 2>&1 || container_logs_limit='timeout 2'
  container_logs_place layers "$container_logs_docker_root/overlay2"
  container_logs_place layers /var/lib/containerd/io.containerd.snapshotter.v1.overlayfs
  container_logs_place images /var/lib/containerd/io.containerd.content.v1.content
  container_logs_place volumes "$container_logs_docker_root/volumes"
  container_logs_place pod-volumes /var/lib/kubelet/pods
  container_logs_place journal /var/log/journal
  container_logs_place system-logs /var/log ! -path '/var/log/journal/*' ! -path '/var/log/pods/*'
  container_logs_place temporary /tmp
  container_logs_place temporary /var/tmp
  container_logs_place crashes /var/lib/systemd/coredump
  container_logs_place crashes /var/crash
  container_logs_place homes /root
  container_logs_place homes /home
  container_logs_deleted
}

# container_logs_place KIND FOLDER [FIND'S WORDS…]
container_logs_place() {
  [ -d "$2" ] || return 0
  container_logs_kind=$1
  container_logs_path=$2
  shift 2
  container_logs_id=$(stat -f -c %i -- "$container_logs_path")
  case " $container_logs_full " in *" $container_logs_id "*) ;; *) return 0 ;; esac
  container_logs_count "use $container_logs_kind $container_logs_id" "$container_logs_path" <<FILES
$(container_logs_walk "$@" 2>/dev/null | awk 'NR > 50000 { cut = 1; exit } /cut/ { cut = 1; next } { sum += $1; files++ } END { printf "%.0f %d %s\n", sum, files, cut ? "cut" : "whole" }')
FILES
}

container_logs_walk() {
  # shellcheck disable=SC2086 # words on purpose
  if [ -n "$container_logs_printf" ]; then
    $container_logs_limit find "$container_logs_path" -xdev -type f "$@" -printf '%b\n'
  else
    $container_logs_limit find "$container_logs_path" -xdev -type f "$@" -exec stat -c %b -- {} +
  fi
  # Ended by `timeout`, that of busybox among them.
  case $? in 124 | 143) echo cut ;; esac
}

container_logs_count() {
  read -r container_logs_sum
  echo "$1 $container_logs_sum $2"
}

# Files that are deleted and still open keep their room, and no folder shows them. The largest twenty, from 1 MiB on, each counted once
# however often it is open.
container_logs_deleted() {
  [ -n "$container_logs_printf" ] || return 0
  # shellcheck disable=SC2086 # words on purpose
  $container_logs_limit find /proc/[0-9]*/fd -lname '/*(deleted)' -print 2>/dev/null | head -n 5000 |
    xargs stat -L -c '%b %d:%i %F %n' -- 2>/dev/null | awk '$1 >= 2048 && $3 == "regular" && !($2 in seen) { seen[$2]; print $1, $NF }' |
    sort -rn | head -n 20 | while read -r container_logs_blocks container_logs_path; do
    container_logs_id=$(stat -L -f -c %i -- "$container_logs_path" 2>/dev/null)
    case " $container_logs_full " in
      *" $container_logs_id "*) echo "use deleted $container_logs_id $container_logs_blocks 1 whole $container_logs_path" ;;
    esac
  done
}

section disk-use 8 16384 container_logs_disk_use
