#!/bin/sh
# The guide's loop over the worker nodes, one after the other, with its own command: one-by-one.sh KEY KNOWN-HOSTS PORT NODE...
# The port and the files of known hosts and configuration are added, so that the user's own stay out of it.
set -eu
key=$1
known_hosts=$2
port=$3
shift 3
for node in "$@"; do
  node_conf_hash=$(ssh -F none -o UserKnownHostsFile="$known_hosts" -p "$port" -i "$key" -o StrictHostKeyChecking=no "root@$node" 'md5sum /etc/logrotate.conf' | awk '{print $1}')
  [ -n "$node_conf_hash" ]
done
