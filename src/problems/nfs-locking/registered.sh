# shellcheck shell=sh disable=SC2154 # nm_… are set by what goes before it
# Whether the node's rpc.statd is registered with rpcbind, and answers: what mount.nfs asks before it mounts with locks.
#   not-asked                        the node has nothing of NFS, or rpcbind does not run
#   silent                           rpcbind does not answer
#   unregistered                     rpcbind knows no program 100024 (status)
#   statd answers|silent
# rpcbind is asked only where it runs: its socket would start it.
nfs_locking_registered() {
  nm_is_root || return 77
  command -v rpcinfo >/dev/null 2>&1 || return 127
  if ! nfs_locking_within rpcinfo -p >"$nm_scratch/rpc-programs" 2>/dev/null; then
    echo silent
    return 0
  fi
  nfs_locking_said=unregistered
  while read -r nfs_locking_program _; do
    [ "$nfs_locking_program" != 100024 ] || nfs_locking_said=statd
  done <"$nm_scratch/rpc-programs"
  if [ "$nfs_locking_said" = statd ]; then
    if nfs_locking_within rpcinfo -t 127.0.0.1 100024 1 >/dev/null 2>&1; then
      nfs_locking_said='statd answers'
    else
      nfs_locking_said='statd silent'
    fi
  fi
  echo "$nfs_locking_said"
}

# One that was stopped takes connections, and never answers.
nfs_locking_within() {
  if command -v timeout >/dev/null 2>&1; then
    timeout -s KILL 3 "$@"
  else
    "$@"
  fi
}

if nm_is_root && { [ ! -e "$nm_scratch/nfs-client" ] || [ ! -e "$nm_scratch/active-rpcbind.service" ]; }; then
  nm_tell not-asked
fi
section nfs-locking/registered 8 4096 nfs_locking_registered
