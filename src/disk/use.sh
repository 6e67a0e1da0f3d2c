# shellcheck shell=sh
# What else takes the room of a disk that is nearly full: of those where `disk/room` found less than a fifth free. Looks at
# nothing while there is room. Of each place 50,000 files at most are counted, for two seconds at most; what was not gets the word
# `cut` and is more than is said.
#   use <kind> <id of the file system, hex> <blocks of 512> <files> <whole|cut> <path>
disk_use() {
  nm_is_root || return 77
  disk_full=''
  # shellcheck disable=SC2154 # set by the prelude
  { read -r disk_full <"$nm_scratch/disk-full"; } 2>/dev/null
  [ -n "$disk_full" ] || return 0
  nm_docker_root
  # Old ones print less, and know nothing of links.
  disk_printf=''
  ! find / -maxdepth 0 -printf '' 2>/dev/null || disk_printf=yes
  disk_limit=''
  ! command -v timeout >/dev/null 2>&1 || disk_limit='timeout 2'
  # shellcheck disable=SC2154 # set by nm_docker_root
  disk_place layers "$nm_docker_root/overlay2"
  disk_place layers /var/lib/containerd/io.containerd.snapshotter.v1.overlayfs
  disk_place images /var/lib/containerd/io.containerd.content.v1.content
  disk_place volumes "$nm_docker_root/volumes"
  disk_place pod-volumes /var/lib/kubelet/pods
  disk_place journal /var/log/journal
  disk_place system-logs /var/log ! -path '/var/log/journal/*' ! -path '/var/log/pods/*'
  disk_place temporary /tmp
  disk_place temporary /var/tmp
  disk_place crashes /var/lib/systemd/coredump
  disk_place crashes /var/crash
  disk_place homes /root
  disk_place homes /home
  disk_deleted
}

# disk_place KIND FOLDER [FIND'S WORDS…]
disk_place() {
  [ -d "$2" ] || return 0
  disk_kind=$1
  disk_path=$2
  shift 2
  disk_id=$(stat -f -c %i -- "$disk_path")
  case " $disk_full " in *" $disk_id "*) ;; *) return 0 ;; esac
  disk_count "use $disk_kind $disk_id" "$disk_path" <<FILES
$(disk_walk "$@" 2>/dev/null | awk 'NR > 50000 { cut = 1; exit } /cut/ { cut = 1; next } { sum += $1; files++ } END { printf "%.0f %d %s\n", sum, files, cut ? "cut" : "whole" }')
FILES
}

disk_walk() {
  # shellcheck disable=SC2086 # words on purpose
  if [ -n "$disk_printf" ]; then
    $disk_limit find "$disk_path" -xdev -type f "$@" -printf '%b\n'
  else
    $disk_limit find "$disk_path" -xdev -type f "$@" -exec stat -c %b -- {} +
  fi
  # Ended by `timeout`, that of busybox among them.
  case $? in 124 | 143) echo cut ;; esac
}

disk_count() {
  read -r disk_sum
  echo "$1 $disk_sum $2"
}

# Files that are deleted and still open keep their room, and no folder shows them. The largest twenty, from 1 MiB on, each counted once
# however often it is open.
disk_deleted() {
  [ -n "$disk_printf" ] || return 0
  # shellcheck disable=SC2086 # words on purpose
  $disk_limit find /proc/[0-9]*/fd -lname '/*(deleted)' -print 2>/dev/null | head -n 5000 |
    xargs stat -L -c '%b %d:%i %F %n' -- 2>/dev/null | awk '$1 >= 2048 && $3 == "regular" && !($2 in seen) { seen[$2]; print $1, $NF }' |
    sort -rn | head -n 20 | while read -r disk_blocks disk_path; do
    disk_id=$(stat -L -f -c %i -- "$disk_path" 2>/dev/null)
    case " $disk_full " in
      *" $disk_id "*) echo "use deleted $disk_id $disk_blocks 1 whole $disk_path" ;;
    esac
  done
}

! nm_is_root || [ -s "$nm_scratch/disk-full" ] || nm_tell
section disk/use 8 16384 disk_use
