#!/bin/sh
# Injects a fault of nfs-locking into a node of the testbed that has Debian's nfs-common: break.sh FAULT
# Runs as root inside the node's root. The same fault twice leaves the node as once. Prints what it did.
set -eu
fault=${1:-statd-stopped}

needs_nfs() {
  if [ ! -d /run/systemd/system ] || ! systemctl cat rpc-statd.service >/dev/null 2>&1; then
    echo "$fault needs systemd and nfs-common, which this node does not have" >&2
    exit 2
  fi
}

case $fault in
  # As by an administrator's command: nothing is left that starts rpcbind.
  statd-stopped)
    needs_nfs
    systemctl stop rpc-statd.service rpcbind.socket rpcbind.service
    systemctl disable rpcbind.service rpcbind.socket 2>/dev/null
    echo 'stopped rpc-statd and rpcbind, and disabled rpcbind'
    ;;
  # It is there, takes calls and answers none.
  statd-suspended)
    needs_nfs
    systemctl start rpc-statd.service
    kill -STOP "$(systemctl show --value -p MainPID rpc-statd.service)"
    echo 'stopped the process of rpc-statd with SIGSTOP'
    ;;
  # It has ended, and its parent, which is not systemd, takes no note: so it is in containers whose first process waits for no child.
  # The drop-in is gone with the next boot.
  statd-zombie)
    needs_nfs
    folder=/run/systemd/system/rpc-statd.service.d
    mkdir -p "$folder"
    cat >"$folder/lab.conf" <<'DROP_IN'
[Service]
ExecStart=
ExecStart=/bin/sh -c '( rpc.statd -F & echo $! >/run/rpc.statd.pid; exec sleep infinity ) & until [ -s /run/rpc.statd.pid ]; do sleep 0.1; done'
DROP_IN
    systemctl daemon-reload
    systemctl restart rpc-statd.service
    statd=$(cat /run/rpc.statd.pid)
    until rpcinfo -t 127.0.0.1 100024 1 >/dev/null 2>&1; do sleep 0.1; done
    kill -KILL "$statd"
    rm "$folder/lab.conf"
    rmdir "$folder"
    systemctl daemon-reload
    echo "ended rpc.statd, process $statd, whose parent does not wait for it"
    ;;
  *)
    echo "no fault is called $fault" >&2
    exit 2
    ;;
esac
