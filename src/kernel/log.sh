# shellcheck shell=sh
# The newest lines of the kernel's log about memory that it could not get, and about what looks like it; or
#   not-asked           the kernel is newer than the trouble that they tell of: going through its log costs as much as several sections
kernel_log() {
  nm_is_root || return 77
  # Through a pipe: all of the log is more than a section may write to a file. The run's marker, which no line of it can hold, tells that
  # dmesg came to its end. With -S it asks for the log in one go, and not for each of thousands of lines; busybox does so by itself.
  # shellcheck disable=SC2154 # set by the prelude
  { { dmesg -S 2>/dev/null || dmesg; } && echo "$nm_marker"; } | awk -v ended="$nm_marker" '
    /SLUB: Unable to allocate memory|^(\[[^]]*\] *)+cache: |kmem_cache_create\(|[Mm]emory cgroup out of memory|[Oo]ut of memory: Kill|invoked oom-killer|fork rejected by pids controller/ {
      lines[count++ % 60] = $0
    }
    { last = $0 }
    END {
      if (last != ended) exit 1
      for (at = count > 60 ? count - 60 : 0; at < count; at++) print lines[at % 60]
    }'
}

# 5.3 or newer: see kernel-memory/gate.ts.
kernel_gives_ids_back() {
  read -r kernel_line </proc/sys/kernel/osrelease || return
  kernel_major=${kernel_line%%.*}
  kernel_line=${kernel_line#*.}
  kernel_minor=${kernel_line%%[!0-9]*}
  case $kernel_major,$kernel_minor in ,* | *, | *[!0-9,]*) return 1 ;; esac
  [ "$kernel_major" -gt 5 ] || { [ "$kernel_major" -eq 5 ] && [ "$kernel_minor" -ge 3 ]; }
}

! nm_is_root || ! kernel_gives_ids_back || nm_tell not-asked
section kernel/log 5 16384 kernel_log
