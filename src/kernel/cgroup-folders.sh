# shellcheck shell=sh
# How many memory cgroups of version 1 there are that somebody can see. On a sick node that may be tens of thousands: it has a
# time of its own, and what is not counted in it is unknown.
kernel_cgroup_folders() {
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

section kernel/cgroup-folders 5 64 kernel_cgroup_folders
