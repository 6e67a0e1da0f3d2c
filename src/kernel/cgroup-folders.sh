# shellcheck shell=sh
# How many memory cgroups of version 1 there are that somebody can see. On a sick node that may be tens of thousands: it has a
# time of its own, and what is not counted in it is unknown.
#   <count> · few           the kernel has so few ids in use that the count says nothing: no folder is looked at
#   none                    there is no such hierarchy
kernel_many=5000

kernel_cgroup_folders() {
  folders_hierarchy=0 folders_ids=0
  # shellcheck disable=SC2034 # what is behind them
  [ ! -r /proc/cgroups ] || while read -r folders_name folders_number folders_count folders_rest; do
    [ "$folders_name" != memory ] || folders_hierarchy=$folders_number folders_ids=$folders_count
  done </proc/cgroups
  if [ "$folders_hierarchy" = 0 ]; then
    echo none
  elif [ "$folders_ids" -lt "$kernel_many" ]; then
    echo few
  else
    kernel_count_folders
  fi
}

kernel_count_folders() {
  # shellcheck disable=SC2034 # what is before and behind them
  while read -r folders_rest folders_place folders_type folders_options folders_rest; do
    case $folders_type,$folders_options, in
      cgroup,*,memory,*)
        find "$folders_place" -xdev -type d | wc -l
        return
        ;;
    esac
  done </proc/mounts
  echo none
}

# memory-cgroups.sh has read the table.
folders_ids=''
# shellcheck disable=SC2154 # set by the prelude
[ ! -s "$nm_scratch/kernel-memory-ids" ] || read -r folders_ids <"$nm_scratch/kernel-memory-ids"
[ "${folders_ids:-$kernel_many}" -ge "$kernel_many" ] || nm_tell few
section kernel/cgroup-folders 5 64 kernel_cgroup_folders
