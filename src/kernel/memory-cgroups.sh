# shellcheck shell=sh
# What the kernel says of its memory cgroups; all of it from /proc and /sys, without a process but one.
#   release <uname -r>
#   argument <one of the boot arguments that matter here>
#   uptime <seconds>
#   controller <name> <hierarchy> <cgroups> <enabled>    the rows of /proc/cgroups that are compared
#   memory <name> <kB>                                   of /proc/meminfo
#   mount <v1|v2> <path>                                 where the memory controller is
#   slabinfo <table|empty|refused|absent>                memory.kmem.slabinfo of the pods' cgroup
#   dying <count>                                        v2: removed cgroups that are still charged
kernel_memory_cgroups() {
  read -r kernel_release </proc/sys/kernel/osrelease || return
  echo "release $kernel_release"
  kernel_arguments
  read -r kernel_line </proc/uptime || return
  echo "uptime ${kernel_line%% *}"
  kernel_controllers
  while read -r kernel_name kernel_value kernel_rest; do
    case $kernel_name in
      MemTotal: | MemAvailable: | Slab:) echo "memory ${kernel_name%:} $kernel_value" ;;
      # The last of them, in the order of fs/proc/meminfo.c: a shell reads byte by byte.
      SUnreclaim:)
        echo "memory ${kernel_name%:} $kernel_value"
        break
        ;;
    esac
  done </proc/meminfo
  kernel_found=''
  kernel_mounts
}

kernel_arguments() {
  read -r kernel_line </proc/cmdline || return
  # shellcheck disable=SC2086 # split at blanks, as the kernel does; globs are off
  set -f -- $kernel_line
  set +f
  for kernel_word in "$@"; do
    case $kernel_word in
      # Behind it everything is init's.
      --) break ;;
      cgroup[._]memory=* | cgroup_disable=* | cgroup_no_v1=* | systemd.unified_cgroup_hierarchy*) echo "argument $kernel_word" ;;
    esac
  done
}

# Since 6.12 a kernel may be made without what the file is about.
kernel_controllers() {
  [ -r /proc/cgroups ] || return 0
  while read -r kernel_name kernel_hierarchy kernel_count kernel_enabled; do
    case $kernel_name in
      memory | cpu | pids) echo "controller $kernel_name $kernel_hierarchy $kernel_count $kernel_enabled" ;;
    esac
    # For cgroup-folders.sh.
    # shellcheck disable=SC2154 # set by the prelude
    case $kernel_name:$kernel_hierarchy in
      memory:[1-9]*) echo "$kernel_count" >"$nm_scratch/kernel-memory-ids" ;;
    esac
  done </proc/cgroups
}

# Where systemd mounts them, and where kubelet looks; the table of all mounts, which is long on a node and dear to make, is read only where
# nothing is there. A mount point may hold blanks, written as \040: no memory controller is mounted there by anybody who means it.
kernel_mounts() {
  if [ -e /sys/fs/cgroup/memory/memory.usage_in_bytes ]; then
    kernel_version_1 /sys/fs/cgroup/memory
    return
  fi
  for kernel_place in /sys/fs/cgroup /sys/fs/cgroup/unified; do
    [ ! -e "$kernel_place/cgroup.controllers" ] || kernel_version_2 "$kernel_place"
  done
  [ -z "$kernel_found" ] || return 0
  # shellcheck disable=SC2154 # set by the prelude
  grep -E '^[^ ]+ [^ ]+ cgroup2? ' /proc/mounts >"$nm_scratch/kernel-mounts"
  # shellcheck disable=SC2034 # what is before and behind them
  while read -r kernel_rest kernel_place kernel_type kernel_options kernel_rest; do
    case $kernel_type,$kernel_options, in
      cgroup,*,memory,*) kernel_version_1 "$kernel_place" ;;
      cgroup2,*) kernel_version_2 "$kernel_place" ;;
    esac
  done <"$nm_scratch/kernel-mounts"
}

kernel_version_1() {
  echo "mount v1 $1"
  for kernel_pods in "$1/kubepods" "$1/kubepods.slice"; do
    [ -d "$kernel_pods" ] || continue
    kernel_slabinfo "$kernel_pods/memory.kmem.slabinfo"
    return
  done
}

# Where accounting is not active the kernel answers EIO (3.x and 4.x), which a shell does not tell from the end of a file; newer ones
# give nothing (5.9 and later, mm/memcontrol.c).
kernel_slabinfo() {
  if [ ! -e "$1" ]; then
    echo 'slabinfo absent'
  elif [ ! -r "$1" ]; then
    echo 'slabinfo refused'
  elif read -r kernel_line <"$1" 2>/dev/null; then
    echo 'slabinfo table'
  elif kernel_is_at_least_5_9 || cat -- "$1" >/dev/null 2>&1; then
    echo 'slabinfo empty'
  else
    echo 'slabinfo refused'
  fi
}

kernel_is_at_least_5_9() {
  case $kernel_release in
    5.9* | 5.[1-9][0-9]* | [6-9].* | [1-9][0-9]*.*) return 0 ;;
  esac
  return 1
}

kernel_version_2() {
  [ -r "$1/cgroup.controllers" ] && read -r kernel_line <"$1/cgroup.controllers" || return 0
  case " $kernel_line " in
    *' memory '*) ;;
    *) return 0 ;;
  esac
  kernel_found=yes
  echo "mount v2 $1"
  while read -r kernel_name kernel_value; do
    [ "$kernel_name" != nr_dying_descendants ] || echo "dying $kernel_value"
  done <"$1/cgroup.stat"
}

section kernel/memory-cgroups 5 8192 kernel_memory_cgroups
