# shellcheck shell=sh disable=SC2154 # nm_… are set by what goes before it
# What of NFS a node has, and which process /run/rpc.statd.pid names: mount.nfs starts no statd while one that it names is there, be it
# a zombie or another program (start-statd of nfs-utils asks it with signal 0).
#   client · mounts <that lock by statd> <others> · pid-file <pid> <state of the process (proc(5)), or ->
nfs_locking_client() {
  nm_is_root || return 77
  for nfs_locking_program in /sbin/mount.nfs /usr/sbin/mount.nfs; do
    [ -x "$nfs_locking_program" ] || continue
    echo client
    : >"$nm_scratch/nfs-client"
    break
  done
  nfs_locking_mounts >"$nm_scratch/nfs-mounts" || return 1
  nfs_locking_own=0 nfs_locking_others=0
  while read -r _ _ nfs_locking_type nfs_locking_options _; do
    # NFSv4 locks by itself, and nolock keeps locks on the node (nfs(5)).
    case $nfs_locking_type,$nfs_locking_options, in
      nfs4,* | *,nolock,* | *,vers=4*) nfs_locking_others=$((nfs_locking_others + 1)) ;;
      *) nfs_locking_own=$((nfs_locking_own + 1)) ;;
    esac
  done <"$nm_scratch/nfs-mounts"
  echo "mounts $nfs_locking_own $nfs_locking_others"
  [ "$((nfs_locking_own + nfs_locking_others))" -eq 0 ] || : >"$nm_scratch/nfs-client"
  if { read -r nfs_locking_pid </run/rpc.statd.pid; } 2>/dev/null; then
    case $nfs_locking_pid in
      '' | 0* | *[!0-9]*) ;;
      *)
        nm_state_of "$nfs_locking_pid"
        echo "pid-file $nfs_locking_pid $nm_state"
        ;;
    esac
  fi
}

# Those of process 1: a CSI driver's reach it too, because kubelet has to see them. A kernel that does not know the file system has
# none of it mounted; that is asked first, because it makes a table of all mounts each time, of thousands on a full node.
nfs_locking_mounts() {
  nfs_locking_known=''
  while read -r _ nfs_locking_type; do
    case $nfs_locking_type in nfs | nfs4) nfs_locking_known=yes ;; esac
  done </proc/filesystems || nfs_locking_known=yes
  [ -n "$nfs_locking_known" ] || return 0
  grep '^[^ ]* [^ ]* nfs4\{0,1\} ' /proc/1/mounts || [ "$?" -eq 1 ]
}

section nfs-locking/client 5 4096 nfs_locking_client
