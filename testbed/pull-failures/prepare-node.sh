#!/bin/sh
# On a node, before many pulls that fail at once: prepare-node.sh NAMESERVER
# Names are asked of NAMESERVER. kubelet pulls side by side and as fast as it likes, so that no slow pull keeps others waiting, and tells of
# it as fast: kubelet 1.23 would send the API server five requests and five events a second. Addresses of pods with a network of their
# own are asked of a plugin that is not there. Not the plugin itself: dockershim would go on with the configuration that it had before.
set -eu
printf 'nameserver %s\noptions timeout:2 attempts:1\n' "$1" >/etc/resolv.conf
# containerd 2 asks a host that says nothing three times, half a minute each; 1.6 does not read this setting.
mkdir -p /etc/containerd/certs.d/lost.test
printf 'server = "https://lost.test"\ndial_timeout = "3s"\n' >/etc/containerd/certs.d/lost.test/hosts.toml
cat >>/var/lib/kubelet/config.yaml <<SETTINGS
serializeImagePulls: false
registryPullQPS: 0
kubeAPIQPS: 100
kubeAPIBurst: 200
eventRecordQPS: 100
eventBurst: 200
SETTINGS
sed -i 's/"type": "host-local"/"type": "no-such-plugin"/' /etc/cni/net.d/10-bridge.conflist
systemctl restart kubelet.service
