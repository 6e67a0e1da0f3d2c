#!/bin/sh
# PID 1 of a practice node: init.sh FORMAT SECONDS LOG
# Starts what a node of a cluster has running (sshd, cron, stand-ins for kubelet and containerd where there are some, and something that keeps writing the container log LOG, see
# log-writer.sh), says the node's boot id on standard output, and reaps. It ends with the lab.
set -u
trap 'exit 0' TERM INT

# As systemd would: what ends is started again.
keep() {
  while :; do
    "$@" </dev/null >/dev/null 2>&1
    sleep 1
  done
}

read -r boot_id </proc/sys/kernel/random/boot_id
printf 'booted %s\n' "$boot_id"
exec </dev/null >/dev/null 2>&1
keep /usr/sbin/sshd -D -E /var/log/auth.log &
keep /usr/sbin/cron -f &
if [ -x /usr/lib/nodemend-lab/kubelet ] && [ -e /var/lib/kubelet/config.yaml ]; then
  keep /usr/lib/nodemend-lab/kubelet --config=/var/lib/kubelet/config.yaml &
elif [ -x /usr/lib/nodemend-lab/kubelet ] && [ -d /var/lib/docker ]; then
  keep /usr/lib/nodemend-lab/kubelet --pod-infra-container-image=registry.k8s.io/pause:3.6 &
  # Where docker listens. Its daemon has no stand-in, and its client asks nobody.
  : >/run/docker.sock
fi
if [ -x /usr/lib/nodemend-lab/containerd ]; then
  keep /usr/lib/nodemend-lab/containerd &
fi
keep sh /usr/lib/nodemend-lab/log-writer.sh "$1" "$2" "$3" &
# wait also reaps the orphans of the node; it comes back only when all loops are gone.
while :; do
  wait
  sleep 60
done
