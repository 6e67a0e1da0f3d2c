# shellcheck shell=sh
# Room on the file systems that hold the logs, and that kubelet watches: its own folder and those of images; and below which
# nodemend keeps what it brings. Asks those alone (df
# reads the table of all mounts, dead servers included).
#   <bytes a block> <blocks> <free> <free for users> <inodes> <free inodes> <id of the file system, hex> <path>
disk_room() {
  nm_docker_root
  # For those who ask about docker's containers alone.
  # shellcheck disable=SC2154 # set by the prelude
  [ -d "$nm_docker_root/containers" ] || : >"$nm_scratch/no-docker"
  set --
  # shellcheck disable=SC2154 # set by nm_docker_root
  for disk_path in "$nm_docker_root/containers" /var/log/pods /var/log /var/lib /var/lib/kubelet "$nm_docker_root" /var/lib/containerd; do
    [ ! -d "$disk_path" ] || set -- "$@" "$disk_path"
  done
  [ "$#" -gt 0 ] || return 0
  # shellcheck disable=SC2154 # set by the prelude
  stat -f -c '%S %b %f %a %c %d %i %n' -- "$@" >"$nm_scratch/disk-rooms" || return 1
  disk_full=''
  disk_roomy=yes
  while read -r disk_block disk_size disk_free disk_left disk_inodes disk_nodes disk_id disk_path; do
    echo "$disk_block $disk_size $disk_free $disk_left $disk_inodes $disk_nodes $disk_id $disk_path"
    [ $((disk_left * 5)) -ge "$disk_size" ] || disk_full="$disk_full$disk_id "
    case $disk_path in
      */containers | /var/log/pods) [ $((disk_left * 4)) -ge "$disk_size" ] || disk_roomy='' ;;
    esac
  done <"$nm_scratch/disk-rooms"
  # For whoever looks at nothing where there is room.
  # shellcheck disable=SC2154 # set by the prelude
  [ -z "$disk_roomy" ] || : >"$nm_scratch/disk-roomy"
  [ -z "$disk_full" ] || echo "$disk_full" >"$nm_scratch/disk-full"
}

section disk/room 5 4096 disk_room
