# shellcheck shell=sh
# The newest lines of the kernel's log about memory that it could not get, and about what looks like it.
kernel_log() {
  nm_is_root || return 77
  # shellcheck disable=SC2154 # set by the prelude
  dmesg >"$nm_scratch/kernel-log" || return
  # 1 is for nothing found.
  grep -E 'SLUB: Unable to allocate memory|^\[[^]]*\] +cache: |kmem_cache_create\(|[Mm]emory cgroup out of memory|[Oo]ut of memory: Kill|invoked oom-killer|fork rejected by pids controller' \
    <"$nm_scratch/kernel-log" >"$nm_scratch/kernel-lines"
  [ "$?" -le 1 ] || return
  exec tail -n 60 "$nm_scratch/kernel-lines"
}

section kernel/log 5 16384 kernel_log
