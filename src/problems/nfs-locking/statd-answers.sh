# shellcheck shell=sh
# What rpcbind knows, and whether statd answers a call that does nothing.
rpcinfo -p
if command -v timeout >/dev/null 2>&1; then
  timeout -s KILL 5 rpcinfo -t 127.0.0.1 100024 1
else
  rpcinfo -t 127.0.0.1 100024 1
fi
